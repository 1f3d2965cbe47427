"""A switch of basis, late postings around it, and corrections under other settings: all declared once.

MWSTV Art. 106: what is open on the day of the switch is declared, or taken off, as it was declared before.
"""

from __future__ import annotations

import datetime as dt

import pytest

from accounting.ledger.years import open_fiscal_year
from accounting.open_items.models import OpenItem
from tests import make
from tests.accounting.open_items import books as items
from tests.vat.returns.books import Q1, Q2, D, day, form, pay, purchase, sale, settled_by
from tests.vat.returns.test_filing import UID, balance, checked, filed_return
from vat.returns import errors, filing, settling
from vat.returns.computing import compute
from vat.returns.queries import computed, frozen_scope
from vat.settings.activities import grant_activity

pytestmark = pytest.mark.django_db
Q3 = dt.date(2026, 7, 1)
OTHER = {"agreed": "received", "received": "agreed"}


@pytest.fixture(params=["agreed", "received"])
def before(request):
    """The basis until the end of March; then it is the other one."""
    return request.param


@pytest.fixture
def books(before):
    company = items.company(uid=UID)
    settled_by(company, basis=before)
    settled_by(company, basis=OTHER[before], valid_from=Q2[0])
    return company


def turnover(*filed):
    return sum((computed(one).declaration.box("200") for one in filed), D(0))


def all_filed(books, first):
    filed = [first, filed_return(books, Q2[0]), filed_return(books, Q3)]
    for one in filed:  # the ledger gives each of them again
        assert form(compute(frozen_scope(one))) == form(computed(one))
    return filed


def test_a_late_invoice_is_declared_once(books):
    first = filed_return(books)
    late = sale(books, "1081.00", "UN", date=day(3))
    second = filed_return(books, Q2[0])
    pay(late, "1081.00", date=day(7))
    third = filed_return(books, Q3)
    assert turnover(first, second, third) == D("1000.00")


def test_a_late_payment_is_declared_once(books):
    item = sale(books, "1081.00", "UN", date=day(3))
    first = filed_return(books)
    pay(item, "1081.00", date=day(3, 20))
    assert turnover(*all_filed(books, first)) == D("1000.00")


def test_a_payment_later_still_is_declared_once(books):
    item = sale(books, "1081.00", "UN", date=day(3))
    first = filed_return(books)
    second = filed_return(books, Q2[0])
    pay(item, "1081.00", date=day(3, 20))
    third = filed_return(books, Q3)
    assert turnover(first, second, third) == D("1000.00")
    assert form(compute(frozen_scope(second))) == form(computed(second))


def test_an_invoice_later_still_is_declared_once(books):
    first = filed_return(books)
    second = filed_return(books, Q2[0])
    item = sale(books, "1081.00", "UN", date=day(3))
    pay(item, "1081.00", date=day(7))
    third = filed_return(books, Q3)
    assert turnover(first, second, third) == D("1000.00")
    assert form(compute(frozen_scope(second))) == form(computed(second))


def test_a_correction_under_another_basis_leaves_what_the_next_return_declared():
    """What came late was declared by the next return: the correction must not tell it again."""
    books, by = items.company(uid=UID), None
    by = make.owner_of(books)
    paid = sale(books, "1081.00", "UN")
    pay(paid, "1081.00", date=day(2))
    sale(books, "540.50", "UN")
    first = filed_return(books)
    late = sale(books, "108.10", "UN", date=day(3))
    pay(late, "108.10", date=day(3, 20))
    second = filed_return(books, Q2[0])
    settled_by(books, basis="received")
    correction = filing.begin_correction(first, by=by)
    correction = filing.file(checked(correction, by), by=by, today=day(8))

    assert (first.payable, second.payable, correction.payable) == (
        D("121.50"),
        D("8.10"),
        D("81.00"),
    )
    for one in (first, second, correction):
        settling.settle(one, date=day(8), by=by)
    assert balance(books, "2201") == D("-89.10")  # 81.00 + 8.10
    assert balance(books, "2200") == D("-40.50")  # not received yet
    assert form(compute(frozen_scope(correction))) == form(computed(correction))


def test_a_wrong_setting_put_right_gives_tax_back_to_its_account():
    books = items.company(uid=UID)
    by = make.owner_of(books)
    sale(books, "1081.00", "UN")
    first = filed_return(books)
    settling.settle(first, date=day(4), by=by)
    settled_by(books, basis="received")
    correction = filing.begin_correction(first, by=by)
    correction = filing.file(checked(correction, by), by=by, today=day(6))
    settling.settle(correction, date=day(6), by=by)
    assert (balance(books, "2200"), balance(books, "2201")) == (D("-81.00"), 0)
    pay(OpenItem.of(books).get(), "1081.00", date=day(5))
    second = filed_return(books, Q2[0])
    settling.settle(second, date=day(7), by=by)
    assert (balance(books, "2200"), balance(books, "2201")) == (0, D("-81.00"))


def test_a_correction_that_switches_takes_off_what_was_declared_before():
    """Filed by agreed consideration since January; received is granted from April, found out later."""
    books = items.company(uid=UID)
    by = make.owner_of(books)
    item = sale(books, "1081.00", "UN", date=day(3))
    first = filed_return(books)
    pay(item, "1081.00", date=day(5))
    second = filed_return(books, Q2[0])
    settled_by(books, basis="received", valid_from=Q2[0])
    correction = filing.begin_correction(second, by=by)
    correction = filing.file(checked(correction, by), by=by, today=day(8))
    assert (first.payable, second.payable, correction.payable) == (D("81.00"), 0, 0)


def test_a_correction_of_the_switch_keeps_what_was_carried(books, before):
    by = make.owner_of(books)
    sale(books, "1081.00", "UN", date=day(3))
    first = filed_return(books)
    second = filed_return(books, Q2[0])
    pay(sale(books, "108.10", "UN", date=day(4)), "108.10", date=day(5))
    correction = filing.begin_correction(second, by=by)
    correction = filing.file(checked(correction, by), by=by, today=day(8))
    assert correction.payable == second.payable + D("8.10")
    for one in [one for one in (first, second, correction) if not computed(one).declaration.is_nil]:
        settling.settle(one, date=day(8), by=by)
    assert balance(books, "2201") == -first.payable - correction.payable
    assert form(compute(frozen_scope(correction))) == form(computed(correction))


def test_after_a_switch_no_correction_goes_by_the_basis_before_it(books):
    """It would count what the returns since count by the other basis: they take it up themselves."""
    first = filed_return(books)
    filed_return(books, Q2[0])
    with pytest.raises(errors.SwitchedSince):
        filing.begin_correction(first, by=make.owner_of(books))


def test_a_reconciliation_after_a_switch_counts_what_came_late_once(before):
    """The basis changes at new year; the year before is reconciled after the first return of the next."""
    books = items.company(uid=UID, first_year=(dt.date(2025, 1, 1), dt.date(2025, 12, 31)))
    open_fiscal_year(company=books, by=make.owner_of(books), start=Q1[0], end=dt.date(2026, 12, 31))
    by = make.owner_of(books)
    settled_by(books, basis=before, valid_from=dt.date(2025, 1, 1))
    settled_by(books, basis=OTHER[before], valid_from=dt.date(2026, 1, 1))
    filed = [filed_return(books, dt.date(2025, month, 1)) for month in (1, 4, 7, 10)]
    filed.append(filed_return(books, Q1[0]))
    late = sale(books, "1081.00", "UN", date=dt.date(2025, 11, 15))
    year = filing.begin_reconciliation(company=books, start=dt.date(2025, 1, 1),
                                       end=dt.date(2025, 12, 31), by=by)  # fmt: skip
    year = filing.file(checked(year, by), by=by, today=dt.date(2026, 8, 1))
    pay(late, "1081.00", date=day(5))
    filed += [year, filed_return(books, Q2[0])]
    assert turnover(*filed) == D("1000.00")
    assert form(compute(frozen_scope(year))) == form(computed(year))


def test_what_comes_late_is_declared_by_the_method_of_its_period():
    """Input tax of an effective period is not lost because net tax rates hold since."""
    books = items.company(uid=UID, first_year=(dt.date(2025, 1, 1), dt.date(2025, 12, 31)))
    open_fiscal_year(company=books, by=make.owner_of(books), start=Q1[0], end=dt.date(2026, 12, 31))
    by = make.owner_of(books)
    settled_by(books, valid_from=dt.date(2025, 1, 1))
    filed = [filed_return(books, dt.date(2025, month, 1)) for month in (1, 4, 7, 10)]
    purchase(books, "1081.00", "MN", date=dt.date(2025, 11, 15))
    settled_by(books, method="net", interval="half", valid_from=dt.date(2026, 1, 1))
    grant_activity(company=books, activity_code="A0001", name="A", percent=D("2.1"),
                   valid_from=dt.date(2026, 1, 1), by=by)  # fmt: skip
    sale(books, "100.00", "UN")
    assert filed_return(books, Q1[0]).payable == D("2.10")
    correction = filing.begin_correction(filed[3], by=by)
    correction = filing.file(checked(correction, by), by=by, today=day(8))
    assert correction.payable == D("-81.00")
