"""Method and basis change on the same day (MWSTV Art. 79 para. 4, Art. 81 para. 6).

The case, all open on 31 December 2025: an invoice over 1'081.00 (tax 81.00), another over 216.20 of
which 108.10 is paid (8.10 of tax open), a bill over 540.50 (input tax 40.50). Net tax rate: 2.1 %.
Everything is paid in February 2026.
"""

from __future__ import annotations

import datetime as dt

import pytest

from accounting.ledger.years import open_fiscal_year
from tests import make
from tests.accounting.open_items import books as items
from tests.vat.returns.books import Q1, D, form, pay, purchase, sale, settled_by
from tests.vat.returns.test_filing import UID, balance, checked, filed_return
from vat.returns import checks, errors, filing, settling
from vat.returns.computing import compute
from vat.returns.models import TaxOffice, VatReturn
from vat.returns.queries import computed, frozen_scope
from vat.returns.reconciling import turnover_reconciliation
from vat.settings.activities import grant_activity

pytestmark = pytest.mark.django_db
OTHER = {"agreed": "received", "received": "agreed"}
NEW_YEAR = dt.date(2026, 1, 1)
INTERVAL = {"effective": "quarter", "net": "half"}
LAST = {"effective": dt.date(2025, 10, 1), "net": dt.date(2025, 7, 1)}


def of_2025(month, nth=15):
    return dt.date(2025, month, nth)


def begun(method, basis, *, changed=True):
    """Books of 2025 and 2026 with the case, all periods of 2025 but the last filed."""
    year = (dt.date(2025, 1, 1), dt.date(2025, 12, 31))
    books = items.company(uid=UID, first_year=year)
    by = make.owner_of(books)
    open_fiscal_year(company=books, by=by, start=Q1[0], end=dt.date(2026, 12, 31))
    grant_activity(company=books, activity_code="A0001", name="A", percent=D("2.1"),
                   valid_from=year[0], by=by)  # fmt: skip
    settled_by(books, method=method, basis=basis, interval=INTERVAL[method], valid_from=year[0])
    if changed:
        change(books, method, basis)
    starts = (1, 4, 7) if method == "effective" else (1,)
    for month in starts:
        filed_return(books, dt.date(2025, month, 1))
    return books


def change(books, method, basis):
    new = "net" if method == "effective" else "effective"
    settled_by(books, method=new, basis=OTHER[basis], interval=INTERVAL[new], valid_from=NEW_YEAR)


def the_case(books):
    opened = [
        sale(books, "1081.00", "UN", date=of_2025(12)),
        sale(books, "216.20", "UN", date=of_2025(12)),
    ]
    bill = purchase(books, "540.50", "MN", date=of_2025(12))
    pay(opened[1], "108.10", date=of_2025(12, 20))
    return opened, bill


def all_paid(opened, bill):
    pay(opened[0], "1081.00", date=dt.date(2026, 2, 15))
    pay(opened[1], "108.10", date=dt.date(2026, 2, 15))
    pay(bill, "540.50", date=dt.date(2026, 2, 15))


CASES = [
    # 1'200.00 declared less 1'100.00 open: 100.00, 8.10; input tax 40.50 less 40.50. Then the payments,
    # 1'189.10 x 2.1 % = 24.9711
    ("effective", "agreed", {"200": D("100.00"), "303 8.10": D("100.00")}, "8.10", "24.97"),
    # received 100.00, and 1'100.00 open is charged: 97.20 less input tax 40.50. Then nothing.
    ("effective", "received",
     {"200": D("1200.00"), "303 8.10": D("1200.00"), "400": D("40.50")}, "56.70", "0.00"),
    # 1'297.20 declared less 1'189.10 open: 108.10 x 2.1 % = 2.2701. Then the payments, 1'100.00 x 8.1 %;
    # input tax of the bill was compensated by the net rate, and none was booked.
    ("net", "agreed", {"200": D("108.10"), "A0001 2.10": D("108.10")}, "2.27", "89.10"),
    # received 108.10, and 1'189.10 is charged: 1'297.20 x 2.1 % = 27.2412. Then nothing.
    ("net", "received", {"200": D("1297.20"), "A0001 2.10": D("1297.20")}, "27.24", "0.00"),
]  # fmt: skip


@pytest.mark.parametrize(("method", "basis", "boxes", "payable", "after"), CASES)
def test_the_last_return_of_the_old_method_carries_what_is_open(
    method, basis, boxes, payable, after
):
    books = begun(method, basis)
    opened, bill = the_case(books)
    all_paid(opened, bill)

    last = filed_return(books, LAST[method])
    first = filed_return(books, NEW_YEAR)

    assert form(computed(last)) == boxes
    assert (last.payable, first.payable) == (D(payable), D(after))
    assert (first.switched_on, last.next_basis) == (None, OTHER[basis])
    for one in (last, first):
        assert form(compute(frozen_scope(one))) == form(computed(one))


@pytest.mark.parametrize("case", CASES, ids=lambda case: "-".join(case[:2]))
def test_what_is_carried_is_told_and_every_account_is_cleared(case):
    method, basis, _boxes, payable, after = case
    books = begun(method, basis)
    opened, bill = the_case(books)
    by = make.owner_of(books)
    one = filing.begin(company=books, start=LAST[method], by=by)
    found = {row.code: row for row in checks.run(one, computed(one))}
    assert found["vat.carried_at_change"].is_info
    filed = [filed_return(books, LAST[method])]
    all_paid(opened, bill)
    filed.append(filed_return(books, NEW_YEAR))
    for one in filed:
        if one.payable:
            settling.settle(one, date=dt.date(2026, 8, 1), by=by)
    assert balance(books, "2200") == balance(books, "1170") == 0
    assert balance(books, "2201") == -D(payable) - D(after)


@pytest.mark.parametrize("case", CASES, ids=lambda case: "-".join(case[:2]))
def test_a_change_that_was_entered_late_is_put_right_by_a_correction(case):
    """The return of December is filed before the settings of January are known."""
    method, basis, boxes, payable, after = case
    books = begun(method, basis, changed=False)
    opened, bill = the_case(books)
    last = filed_return(books, LAST[method])
    change(books, method, basis)
    all_paid(opened, bill)
    by = make.owner_of(books)
    new = filing.begin(company=books, start=NEW_YEAR, by=by)
    assert "vat.method_and_basis_changed" in {row.code for row in checks.run(new, computed(new))}

    correction = filing.begin_correction(last, by=by)
    correction = filing.file(checked(correction, by), by=by, today=dt.date(2026, 12, 1))

    assert form(computed(correction)) == boxes and correction.payable == D(payable)
    assert form(compute(frozen_scope(correction))) == form(computed(correction))
    assert "vat.method_and_basis_changed" not in {
        row.code for row in checks.run(new, computed(new))
    }
    assert filed_return(books, NEW_YEAR).payable == D(after)


def late_case(books, day):
    """An invoice and a payment of December's invoice that are posted after all returns of the year."""
    return sale(books, "2162.00", "UN", date=day)


@pytest.mark.parametrize("day", [of_2025(8), of_2025(12)], ids=["earlier", "last"])
@pytest.mark.parametrize("way", ["correction", "differences", "reconciliation"])
@pytest.mark.parametrize("case", CASES[:2], ids=lambda case: "-".join(case[:2]))
def test_what_comes_late_counts_once(case, day, way):
    """Under effective reckoning turnover is the same whenever it counts: 1'200.00 and late 2'000.00."""
    method, basis, *_rest = case
    books = begun(method, basis)
    opened, bill = the_case(books)
    by = make.owner_of(books)
    filed = [filed_return(books, LAST[method])]
    late = late_case(books, day)
    pay(opened[0], "1081.00", date=of_2025(12, 28))  # so did its payment come late
    if way != "reconciliation":
        TaxOffice.unscoped.create(company=books, differences=way == "differences")
        one = filing.begin_correction(filed[0], by=by)
        one = filing.file(checked(one, by), by=by, today=dt.date(2026, 3, 1))
        assert form(compute(frozen_scope(one))) == form(computed(one))
        # it tells the whole of its quarter, or what the first lacks
        filed = [one] if way == "correction" else [*filed, one]
    year = filing.begin_reconciliation(company=books, start=dt.date(2025, 1, 1),
                                       end=dt.date(2025, 12, 31), by=by)  # fmt: skip
    filed.append(filing.file(checked(year, by), by=by, today=dt.date(2026, 3, 1)))
    pay(opened[1], "108.10", date=dt.date(2026, 3, 15))
    pay(bill, "540.50", date=dt.date(2026, 3, 15))
    pay(late, "2162.00", date=dt.date(2026, 3, 20))
    filed.append(filed_return(books, NEW_YEAR))

    before = [computed(one).declaration.box("200") for one in filed[:-1]]
    since = computed(filed[-1]).declaration.box("200")
    if basis == "agreed":  # net rates take the payments of 2026 with their tax
        assert (sum(before), since) == (D("1100.00"), D("2270.10"))  # 108.10 + 2'162.00
    else:
        assert (sum(before), since) == (D("3200.00"), 0)


def test_periods_before_are_corrected_by_the_year():
    books = begun("effective", "agreed")
    third = VatReturn.of(books).get(start=dt.date(2025, 7, 1))
    filed_return(books, LAST["effective"])
    with pytest.raises(errors.SwitchedSince):
        filing.begin_correction(third, by=make.owner_of(books))


def test_a_last_return_filed_elsewhere_is_told_of():
    books = begun("effective", "agreed")
    by = make.owner_of(books)
    filing.filed_elsewhere(company=books, start=LAST["effective"], by=by)
    one = filing.begin(company=books, start=NEW_YEAR, by=by)
    found = {row.code: row for row in checks.run(one, computed(one))}
    assert found["vat.carried_elsewhere"].is_info


@pytest.mark.parametrize("case", CASES, ids=lambda case: "-".join(case[:2]))
def test_the_year_that_ends_explains_what_is_carried(case):
    method, basis, *_rest = case
    books = begun(method, basis)
    the_case(books)
    filed_return(books, LAST[method])
    found = turnover_reconciliation(books, dt.date(2025, 1, 1), dt.date(2025, 12, 31))
    open_turnover = D("1100.00") if method == "effective" else D("1189.10")
    sign = -1 if basis == "agreed" else 1
    assert {step.code: step.amount for step in found.steps}["carried"] == sign * open_turnover
    assert found.rest == 0
