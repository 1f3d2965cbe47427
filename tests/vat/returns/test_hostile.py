"""What somebody might try: odd codes, rates that change, groups, entries coded on both sides, rounding."""

from __future__ import annotations

import datetime as dt

import pytest
from lxml import etree

from accounting.ledger.lines import Line, VatFacts
from accounting.ledger.posting import post, reverse
from erp.documents.storing import content_of
from tests import make
from tests.accounting.open_items import books as items
from tests.vat.returns.books import (
    Q1,
    Q2,
    YEAR,
    D,
    day,
    entry,
    form,
    pay,
    purchase,
    returned,
    sale,
    settled_by,
)
from tests.vat.returns.test_filing import UID, balance, checked, filed_return
from vat.codes.models import VatCode, VatSettings
from vat.codes.own import add_code, change_code
from vat.returns import checks, filing, settling
from vat.returns.computing import compute
from vat.returns.queries import computed, frozen_scope, reporting
from vat.returns.reconciling import reconciliation
from vat.settings.activities import assign_accounts, end_activity, grant_activity
from vat.settings.changing import change_settings

pytestmark = pytest.mark.django_db
GROUP, OTHER_GROUP = "CHE107787577", "CHE105805649"


@pytest.fixture
def books():
    return items.company(uid=UID)


def by(books):
    return make.owner_of(books)


def half(books, model, short=None):
    """A code of whose tax a half is deducted."""
    return add_code(company=books, code=short or f"{model}H", based_on=model, by=by(books),
                    deductible_percent=D("50"), names={"name_de": f"{model} zur Hälfte"})  # fmt: skip


def corrected(books, one, on):
    found = filing.begin_correction(one, by=by(books))
    return filing.file(checked(found, by(books)), by=by(books), today=on)


def regained(*filed):
    for one in filed:  # the ledger gives each of them again
        assert form(compute(frozen_scope(one))) == form(computed(one))


# --- shares ----------------------------------------------------------------------------------------
def test_a_share_is_deducted_in_returns_and_explained_in_the_year(books):
    half(books, "MN"), half(books, "BM"), half(books, "MZ")
    purchase(books, "1081.00", "MNH")  # 40.50 of 81.00
    entry(books, day(2), "6570", "1020", "1000.00", "BMH")  # 81.00 owed, 40.50 deducted
    entry(books, day(2), "4200", "1020", "200.00", "MZH")  # 100.00 of an assessment of 200.00
    first = filed_return(books)
    assert form(computed(first)) == {"383 8.10": D("1000.00"), "400": D("181.00")}
    assert first.payable == D("-100.00")  # 81.00 - 181.00
    for period in reporting(books, YEAR[1])[1:]:
        filed_return(books, period.start, today=dt.date(2027, 1, 20))
    found = reconciliation(books, *YEAR)
    assert (found.input_tax.rest, found.turnover.rest) == (0, 0)
    assert found.input_tax.declared == D("181.00")
    settling.settle(first, date=day(4), by=by(books))
    assert balance(books, "1170") == 0 and balance(books, "2201") == D("100.00")


def test_a_share_by_received_consideration_comes_to_the_whole(books):
    settled_by(books, basis="received")
    half(books, "MN")
    bill = purchase(books, "100.03", "MNH")  # tax 7.50 of 100.03, 3.75 deducted
    parts = ["33.33", "33.33", "33.37"]
    for nth, part in enumerate(parts):
        pay(bill, part, date=day(1 + nth * 3, 20))
    filed = [filed_return(books, dt.date(2026, month, 1)) for month in (1, 4, 7)]
    told = [computed(one).declaration.box("400") for one in filed]
    assert sum(told) == D("3.75") and min(told) >= D("1.24")
    regained(*filed)


def test_a_share_that_changes_later_leaves_what_was_filed(books):
    code = half(books, "MN")
    purchase(books, "1081.00", "MNH")
    first = filed_return(books)
    change_code(code, deductible_percent=D("10"), by=by(books))
    purchase(books, "1081.00", "MNH", date=day(3))  # late: 8.10
    again = corrected(books, first, day(6))
    assert (first.payable, again.payable) == (D("-40.50"), D("-48.60"))
    regained(first, again)


def test_shares_count_for_nothing_with_net_rates(books):
    net(books, ("A0001", "2.1", "3200"))
    half(books, "MN"), half(books, "BM")
    purchase(books, "1081.00", "MNH")
    entry(books, day(2), "6570", "1020", "1000.00", "BMH")
    found = returned(books, Q1[0], Q2[1], method="net")
    assert form(found) == {"383 8.10": D("1000.00")} and found.declaration.payable == D("81.00")


# --- net rates -------------------------------------------------------------------------------------
def net(books, *granted, until=None):
    settled_by(books, method="net", interval="half")
    rows = [
        grant_activity(company=books, activity_code=code, name=code, percent=D(percent),
                       valid_from=Q1[0], valid_to=until, by=by(books))
        for code, percent, _account in granted
    ]  # fmt: skip
    accounts = {account: code for code, _percent, account in granted}
    assign_accounts(company=books, accounts=accounts, by=by(books))
    return rows


def test_a_rate_that_changes_within_the_period_wants_a_code_of_its_own(books):
    """The file has one rate for each activity: the new rate is granted with a code and an account of its own."""
    (row,) = net(books, ("A0001", "2.1", "3200"))
    end_activity(row, valid_to=dt.date(2026, 4, 30), by=by(books))
    grant_activity(company=books, activity_code="A0001", name="A", percent=D("3.0"),
                   valid_from=dt.date(2026, 5, 1), by=by(books))  # fmt: skip
    sale(books, "1000.00", "UN", date=day(3))
    sale(books, "1000.00", "UN", date=day(5))
    one = filing.begin(company=books, start=Q1[0], by=by(books))
    found = computed(one)
    assert form(found) == {
        "200": D("2000.00"), "A0001 2.10": D("1000.00"), "A0001 3.00": D("1000.00")
    }  # fmt: skip
    assert [row.code for row in checks.run(one, found) if row.is_error] == ["vat.rates_mixed"]


def test_a_new_rate_with_its_own_code_follows_the_day_of_supply(books):
    rows = net(books, ("A0001", "2.1", "3200"), ("A0002", "3.0", "3400"))
    end_activity(rows[0], valid_to=dt.date(2026, 4, 30), by=by(books))
    sale(books, "1000.00", "UN", date=day(3))
    sale(books, "1000.00", "UN", date=day(5), account="3400")
    sale(books, "1000.00", "UN", date=day(5), supplied=day(4))  # billed in May, done in April
    first = filed_return(books, Q1[0])
    assert first.payable == D("72.00")  # 42.00 + 30.00
    sale(books, "500.00", "UN", date=day(6), account="3400")  # late
    undone = entry(books, day(4), "1020", "3200", "100.00", "UN")
    reverse(undone, date=day(6), by=by(books))
    again = corrected(books, first, dt.date(2026, 9, 1))
    assert again.payable == D("87.00")  # 500.00 at 3 % more; what was reversed is nothing
    for one in (first, again):
        settling.settle(one, date=dt.date(2026, 9, 1), by=by(books))
    assert balance(books, "2201") == D("-87.00")
    regained(first, again)


def test_turnover_after_an_activity_ended_refuses_the_return_until_it_is_put_right(books):
    rows = net(books, ("A0001", "2.1", "3200"), ("A0002", "6.2", "3400"))
    end_activity(rows[1], valid_to=dt.date(2026, 3, 31), by=by(books))
    sale(books, "1000.00", "UN", account="3400", date=day(2))
    sale(books, "1000.00", "UN", account="3200", date=day(5))
    late = sale(books, "100.00", "UN", account="3400", date=day(5))
    one = filing.begin(company=books, start=Q1[0], by=by(books))
    assert any(found.is_error for found in checks.run(one, computed(one)))
    reverse(late.entry, date=day(6), by=by(books), owner="items")
    # the mirror counts on its own day of supply: nothing is left of the two
    first = filed_return(books, Q1[0])
    assert first.payable == D("83.00")  # 62.00 + 21.00
    refund = entry(books, day(6), "3400", "1020", "100.00", "UN", supply_date=day(2))
    assert refund.number
    again = corrected(books, first, dt.date(2026, 9, 1))
    assert again.payable == D("76.80")  # 6.20 less: the rate of February
    regained(first, again)


def test_an_end_that_is_told_after_filing_shows_in_the_correction(books):
    (row,) = net(books, ("A0001", "2.1", "3200"))
    sale(books, "1000.00", "UN", date=day(5))
    first = filed_return(books, Q1[0])
    end_activity(row, valid_to=dt.date(2026, 4, 30), by=by(books))
    found = filing.begin_correction(first, by=by(books))
    assert computed(found).declaration.payable == first.payable  # filed figures stay
    sale(books, "1000.00", "UN", date=day(6))
    assert any(one.is_error for one in checks.run(found, computed(found)))  # no rate in June


# --- groups ----------------------------------------------------------------------------------------
def uid_of(one):
    tree = etree.fromstring(content_of(one.xml))
    return next(el.text for el in tree.iter() if el.tag.endswith("}uid"))


def test_a_group_declares_from_its_day_on_and_corrections_keep_who_declared(books):
    VatSettings.of(books).update(valid_from=Q1[0])
    change_settings(company=books, valid_from=Q2[0], method="effective", basis="agreed",
                    interval="quarter", group_uid=GROUP, by=by(books))  # fmt: skip
    sale(books, "1081.00", "UN")
    first, second = filed_return(books), filed_return(books, Q2[0])
    assert (uid_of(first), uid_of(second)) == (UID, GROUP)
    sale(books, "108.10", "UN", date=day(3))
    again = corrected(books, first, day(8))
    assert uid_of(again) == UID and again.payable == D("89.10")
    change_settings(company=books, valid_from=Q2[0], method="effective", basis="agreed",
                    interval="quarter", group_uid=OTHER_GROUP, by=by(books))  # fmt: skip
    sale(books, "108.10", "UN", date=day(5))
    assert uid_of(corrected(books, second, day(8))) == OTHER_GROUP
    assert uid_of(second) == GROUP  # frozen


# --- entries coded on both lines -------------------------------------------------------------------
def facts(books, code, base, part="B"):
    found = VatCode.of(books).get(code=code)
    return VatFacts(found, part, D("8.10"), D(base), day(2))


def coded(books, *lines):
    """An entry by hand: (account, debit less credit, code, part, base)."""
    rows = []
    for number, amount, code, part, base in lines:
        value = D(amount)
        side = {"debit": value} if value > 0 else {"credit": -value}
        rows.append(Line(make.account(books, number), **side, vat=facts(books, code, base, part)))
    return post(company=books, date=day(2), text="von Hand", lines=rows, by=by(books))


def test_turnover_moved_between_accounts_is_no_turnover(books):
    sale(books, "1081.00", "UN")
    coded(books, ("3200", "400.00", "UN", "B", "400.00"), ("3400", "-400.00", "UN", "B", "-400.00"))
    found = returned(books, *Q1)
    assert form(found) == {"200": D("1000.00"), "303 8.10": D("1000.00")}
    net(books, ("A0001", "2.1", "3200"), ("A0002", "6.2", "3400"))
    rows = form(returned(books, Q1[0], Q2[1], method="net"))
    # 1'081.00 less 400.00 that were moved with their tax: 600.00 and 400.00 of 1'081.00 are not told apart
    assert rows["200"] == D("1081.00")
    assert rows["A0001 2.10"] + rows["A0002 6.20"] == D("1081.00")


def test_an_entry_of_cost_and_income_counts_on_both_sides(books):
    """A barter: 1'000.00 of advice against 1'000.00 of goods, each with its tax."""
    coded(books, ("4200", "1000.00", "MN", "B", "1000.00"), ("1170", "81.00", "MN", "T", "1000.00"),
          ("3400", "-1000.00", "UN", "B", "-1000.00"), ("2200", "-81.00", "UN", "T", "-1000.00"))  # fmt: skip
    first = filed_return(books)
    assert form(computed(first)) == {
        "200": D("1000.00"),
        "303 8.10": D("1000.00"),
        "400": D("81.00"),
    }
    assert first.payable == 0
    settling.settle(first, date=day(4), by=by(books))
    assert balance(books, "1170") == balance(books, "2200") == balance(books, "2201") == 0
    for period in reporting(books, YEAR[1])[1:]:
        filed_return(books, period.start, today=dt.date(2027, 1, 20))
    found = reconciliation(books, *YEAR)
    assert (found.turnover.rest, found.input_tax.rest) == (0, 0)


def test_a_code_on_the_bank_line_is_found(books):
    """Turnover coded on both lines of an entry cancels: the check names the account with income left."""
    coded(
        books,
        ("1020", "1000.00", "UN", "B", "1000.00"),
        ("3200", "-1000.00", "UN", "B", "-1000.00"),
    )
    one = filing.begin(company=books, start=Q1[0], by=by(books))
    found = computed(one)
    assert found.declaration.is_nil
    assert next(row.code for row in checks.run(one, found)) == "vat.turnover_cancelled"


# --- rounding --------------------------------------------------------------------------------------
@pytest.mark.parametrize("differences", [False, True])
def test_rounding_down_never_declares_more_and_leaves_nothing_on_the_accounts(books, differences):
    VatSettings.of(books).update(round_down=True)
    from vat.returns.models import TaxOffice

    TaxOffice.unscoped.create(company=books, differences=differences)
    exact, filed = D(0), []
    sale(books, "333.33", "UN")
    filed.append(filed_return(books))
    for month in (5, 6, 7):
        sale(books, "77.77", "UN", date=day(3))
        purchase(books, "12.34", "MN", date=day(3))
        filed.append(corrected(books, filed[-1] if not differences else filed[0], day(month)))
    for nth, one in enumerate(filed):
        assert one.payable % D("0.05") == 0
        settling.settle(one, date=day(5 + nth), by=by(books))
    exact = D("24.98") + 3 * (D("5.83") - D("0.92"))  # 308.35, 71.94 and 11.42 at 8.1 %
    declared = sum((one.payable for one in filed), D(0)) if differences else filed[-1].payable
    steps = len(filed) if differences else 1
    assert 0 <= exact + D("0.02") - declared < steps * D("0.05") + D("0.04")
    assert balance(books, "2201") == -declared
    assert balance(books, "2200") == balance(books, "1170") == 0
    regained(*filed)
