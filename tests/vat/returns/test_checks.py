"""Checks before filing: each finds what is wrong, says how much, and leads to where it is mended."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from accounting.ledger.lines import Line, VatFacts, credit, debit
from accounting.ledger.posting import post
from erp.core import clock
from tests import make
from tests.accounting.open_items import books as items
from tests.vat.returns.books import Q1, Q2, D, day, entry, pay, purchase, sale, settled_by
from tests.vat.returns.test_filing import filed_return
from vat.codes.models import VatCode
from vat.returns import checks, filing
from vat.returns.queries import computed

pytestmark = pytest.mark.django_db
UID = "CHE107787577"


@pytest.fixture
def company():
    return items.company(uid=UID)


def looked(company, start=Q1[0]):
    """What the checks find in the return that begins on a day, by code."""
    one = filing.begin(company=company, start=start, by=make.owner_of(company))
    with translation.override("en"):
        return {found.code: found for found in checks.run(one, computed(one))}


def declared(company, start):
    """A period that was filed with another program."""
    filing.filed_elsewhere(company=company, start=start, by=make.owner_of(company))


def by_hand(company, date, *lines):
    return post(company=company, date=date, text="von Hand", lines=lines,
                by=make.owner_of(company))  # fmt: skip


def account(company, number):
    return make.account(company, number)


def facts(company, code, part, rate, base, supplied):
    return VatFacts(VatCode.of(company).get(code=code), part, D(rate), D(base), supplied)


def test_tidy_books_have_no_findings(company):
    sale(company, "1081.00", "UN")
    purchase(company, "540.50", "MN")

    assert looked(company) == {}


def test_turnover_and_tax_without_a_code_are_named_by_account(company):
    sale(company, "1081.00", "UN")
    by_hand(company, day(2), debit(account(company, "1020"), D("300.00")),
            credit(account(company, "3200"), D("300.00")))  # fmt: skip
    by_hand(company, day(2), debit(account(company, "1170"), D("8.10")),
            credit(account(company, "1020"), D("8.10")))  # fmt: skip
    by_hand(company, day(2), debit(account(company, "4200"), D("50.00")),
            credit(account(company, "1020"), D("50.00")))  # fmt: skip

    found = looked(company)

    assert set(found) == {
        "vat.turnover_not_declared", "vat.tax_without_code", "vat.entries_without_code"
    }  # fmt: skip
    turnover = found["vat.turnover_not_declared"]
    assert turnover.amount == "300.00" and "3200" in str(turnover.text)
    assert turnover.link == "ledger/accounts/3200/?from=2026-01-01&until=2026-03-31"
    assert found["vat.tax_without_code"].amount == "−8.10"  # noqa: RUF001
    assert found["vat.entries_without_code"].amount == "50.00"
    assert not any(one.is_error for one in found.values())


def test_rounding_and_currency_gains_are_no_turnover(company):
    by_hand(company, day(2), debit(account(company, "1020"), D("0.03")),
            credit(account(company, "6993"), D("0.03")))  # fmt: skip

    assert looked(company) == {}


def test_a_rate_that_is_not_of_the_day_of_supply_is_named_with_its_entries(company):
    sale(company, "1077.00", "UN", supplied=dt.date(2023, 12, 15))  # the old rate is right here
    wrong = entry(company, day(2), "1020", "3200", "1077.00", "UN", vat_rate=D("7.7"))

    found = looked(company)["vat.rate_not_of_supply_date"]

    assert f"{wrong.number} (7.70 % instead of 8.10 %)" in str(found.text)
    assert found.link == f"ledger/entries/{wrong.pk}/" and not found.is_error


def test_a_rate_the_law_never_knew_refuses_the_return(company):
    entry(company, day(2), "1020", "3200", "1070.00", "UN", vat_rate=D("7.0"))

    found = looked(company)

    assert found["vat.rate_never_existed"].is_error
    assert found["vat.rate_never_existed"].amount == "1’000.00"  # noqa: RUF001
    assert "vat.no_box_for_rate" not in found  # told once


def test_tax_by_hand_that_does_not_match_its_base(company):
    code = {"supplied": day(2), "rate": "8.10"}
    by_hand(
        company, day(2), debit(account(company, "1020"), D("1090.00")),
        Line(account(company, "3200"), credit=D("1000.00"),
             vat=facts(company, "UN", "B", base="-1000.00", **code)),
        Line(account(company, "2200"), credit=D("90.00"),
             vat=facts(company, "UN", "T", base="-1000.00", **code)),
    )  # fmt: skip

    found = looked(company)

    # 90.00 instead of 81.00
    assert found["vat.tax_not_of_base"].amount == "9.00"
    assert found["vat.declared_not_booked"].amount == "−9.00"  # noqa: RUF001


def test_earlier_periods_come_first(company):
    sale(company, "1081.00", "UN", date=day(5))

    found = looked(company, Q2[0])["vat.earlier_period_open"]
    assert found.is_error and "Quarter 1 2026" in str(found.text)

    declared(company, Q1[0])
    assert looked(company, Q2[0]) == {}


def test_what_came_late_is_said_with_its_amounts(company):
    declared(company, Q1[0])
    sale(company, "1081.00", "UN", date=day(3))
    sale(company, "216.20", "UN", date=day(5))

    found = looked(company, Q2[0])["vat.posted_late"]

    assert found.is_info and found.amount == "81.00" and "1’000.00" in str(found.text)  # noqa: RUF001


def test_a_running_period_is_said(company):
    found = looked(company, dt.date(2026, 10, 1))
    assert found["vat.period_runs"].is_info


def test_without_a_uid_nothing_is_filed():
    found = looked(items.company())["vat.uid_missing"]
    assert found.is_error and found.link == "settings/"


def test_what_waits_is_counted(company):
    from accounting.ledger.posting import write_draft

    write_draft(company=company, date=day(2), text="Entwurf", by=make.owner_of(company), lines=[
        debit(account(company, "6000"), D("10.00")), credit(account(company, "1020"), D("10.00")),
    ])  # fmt: skip
    found = looked(company)["vat.drafts"]
    assert found.link == "ledger/drafts/?from=2026-01-01&until=2026-03-31"


def test_received_payments_of_items_taken_over_are_said(company):
    from accounting.open_items.opening import OWNER, NewItem, open_items

    settled_by(company, basis="received")
    owner, control = make.owner_of(company), account(company, "1100")
    opening = post(
        company=company, date=dt.date(2026, 1, 1), text="Übernahme", by=owner, kind="opening",
        owner=OWNER, lines=[debit(control, D("500.00")), credit(account(company, "9100"), D("500.00"))],
    )  # fmt: skip
    item = open_items(entry=opening, account=control, party=items.HUBER, by=owner, document="R-0",
                      items=[NewItem(D("500.00"), day(2))])[0]  # fmt: skip
    pay(item, "500.00", date=day(2))

    found = looked(company)["vat.taken_over_receivables"]

    assert found.amount == "500.00" and found.link == "open-items/receivables/"


def test_net_rates_want_an_activity_for_each_account_with_a_rate_on_the_day(company):
    from vat.settings.activities import assign_accounts, grant_activity

    settled_by(company, method="net", interval="half")
    owner = make.owner_of(company)
    for code, percent, since in (("A0001", "5.3", dt.date(2026, 1, 1)), ("A0002", "0.6", day(6))):
        grant_activity(company=company, activity_code=code, name=code, percent=D(percent),
                       valid_from=since, by=owner)  # fmt: skip
    assign_accounts(company=company, accounts={"3400": "A0002"}, by=owner)
    entry(company, day(2), "1020", "3200", "1000.00", "UN")
    entry(company, day(2), "1020", "3400", "500.00", "UN")

    found = looked(company)

    missing, rateless = found["vat.activity_of_account_missing"], found["vat.activity_without_rate"]
    assert missing.is_error and missing.amount == "1’000.00" and "3200" in str(missing.text)  # noqa: RUF001
    assert rateless.is_error and rateless.amount == "500.00" and "A0002" in str(rateless.text)
    assert "vat.rate_missing" not in found and "vat.activity_missing" not in found


def test_what_is_unusual_beside_earlier_returns_is_said(company, monkeypatch):
    """Four months with 2'000.00 of turnover and services from abroad, then one with 6'100.00 and none."""
    monkeypatch.setattr(clock, "today", lambda: dt.date(2026, 12, 31))
    settled_by(company, interval="month")
    for month in (1, 2, 3, 4):
        entry(company, day(month), "1020", "3200", "2162.00", "UN")
        entry(company, day(month), "6570", "1020", "300.00", "BM")
        filed_return(company, dt.date(2026, month, 1))
    entry(company, day(5), "1020", "3200", "6594.10", "UN")

    found = looked(company, dt.date(2026, 5, 1))

    assert set(found) == {"vat.turnover_unusual", "vat.acquisitions_missing"}
    assert found["vat.turnover_unusual"].amount == "4’100.00"  # noqa: RUF001
    assert "300.00" in str(found["vat.acquisitions_missing"].text)


def test_turnover_below_zero_is_said(company):
    entry(company, day(2), "3200", "1020", "108.10", "UN")

    assert looked(company)["vat.turnover_negative"].amount == "−100.00"  # noqa: RUF001


def test_far_from_earlier_returns():
    from vat.returns.checking.earlier import _is_far

    class Look:
        class one:  # noqa: N801
            end = Q1[1]

    assert _is_far(D("9001"), D("3000"), Look)  # more than three times as much
    assert not _is_far(D("9000"), D("3000"), Look)
    assert _is_far(D("-1200"), D("3000"), Look)
    assert not _is_far(D("10"), D("900"), Look)  # too small to tell


def test_the_checks_ask_a_fixed_number_of_queries(company):
    def asked():
        one = filing.begin(company=company, start=Q1[0], by=make.owner_of(company))
        found = computed(one)
        with CaptureQueriesContext(connection) as caught:
            checks.run(one, found)
        return len(caught)

    sale(company, "1081.00", "UN")
    first = asked()
    for nth in range(5):
        sale(company, "1081.00", "UN", date=day(1, 10 + nth))
        purchase(company, "540.50", "IN", account="6500")
        entry(company, day(2), "1020", "3200", "1077.00", "UN", vat_rate=D("7.7"))
    assert asked() == first <= 16
