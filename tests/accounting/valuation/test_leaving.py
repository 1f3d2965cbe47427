"""What a valuation leaves as it is: advances and goods keep their rate, nothing foreign is passed over in silence."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounting.ledger.charting import change_account
from accounting.ledger.lines import Line
from accounting.ledger.posting import post
from accounting.ledger.queries import year_of
from accounting.open_items.models import OpenItem
from accounting.valuation.leaving import rules
from accounting.valuation.models import ValuationPosition
from accounting.valuation.reckoning import reckon
from accounting.valuation.running import value
from accounting.valuation.year_end import is_valued
from tests import make
from tests.accounting.open_items.books import MARCH_1, invoice
from tests.accounting.valuation.books import DEC_31, D, booked, moved

pytestmark = pytest.mark.django_db


def kept_in(company, anna, number, **values):
    return change_account(make.account(company, number), by=anna, **values)


def told(found):
    return [(one.number, one.currency, one.amount, one.book, one.why) for one in found.left_out]


def noted(company, number, amount, base, *, currency="EUR"):
    """Euros that a line on an account in francs only notes."""
    lines = [Line(make.account(company, number), debit=D(base), currency=currency,
                  amount_foreign=D(amount)),
             Line(make.account(company, "2450"), credit=D(base))]  # fmt: skip
    return post(company=company, date=MARCH_1, text="Notiert", lines=lines,
                by=make.owner_of(company))  # fmt: skip


def test_an_advance_keeps_the_rate_of_its_payment_a_credit_note_does_not(company, anna, euro):
    """1,000 euros received for goods at 0.95 stay 950.00; 40 euros owed back at 0.95 are worth 36.00."""
    kept_in(company, anna, "2030", currency="EUR")
    moved(company, "2030", "-1000.00", "-950.00", contra="1020")
    invoice(company, "-40.00", currency="EUR", base="-38.00", account="1101", document="G-1")
    found = reckon(company, DEC_31)
    assert told(found) == [("2030", "EUR", D("-1000.00"), D("-950.00"), "advance")]
    assert "IFRIC 22" in found.left_out[0].source and not found.left_out[0].is_finding
    run = value(company, date=DEC_31, by=anna)
    assert "2030" not in {number for number, _amount in booked(run.entry)}
    credit = ValuationPosition.of(company).get(
        run=run, item=OpenItem.of(company).get(document="G-1")
    )
    assert (credit.book, credit.value) == (D("-38.00"), D("-36.00"))
    assert [one["number"] for one in run.left_out] == ["2030"]
    year = year_of(company, DEC_31)
    assert is_valued(company, year).fulfilled is True
    before = is_valued(company, year).digest
    moved(company, "2030", "-1.00", "-0.95", contra="1020")
    assert is_valued(company, year).digest != before


@pytest.mark.parametrize(
    ("number", "why"), [("1200", "not_money"), ("1500", "not_money"), ("1140", "advance")]
)
def test_goods_keep_their_rate_unless_the_account_says_otherwise(company, anna, euro, number, why):
    kept_in(company, anna, number, currency="EUR")
    moved(company, number, "100.00", "95.00")
    assert told(reckon(company, DEC_31)) == [(number, "EUR", D("100.00"), D("95.00"), why)]
    kept_in(company, anna, number, valuation="closing")  # as a loan among advances
    found = reckon(company, DEC_31)
    assert found.left_out == []
    assert {one.account.number: one.value for one in found.subtotals}[number] == D("90.00")


def test_an_account_may_say_that_it_keeps_its_rate_after_it_was_valued(company, anna, euro):
    """The run that stands counts as not posted in what is left out, too."""
    value(company, date=DEC_31, by=anna)
    kept_in(company, anna, "1024", valuation="historical")
    assert is_valued(company, year_of(company, DEC_31)).fulfilled is False
    assert told(reckon(company, DEC_31)) == [("1024", "EUR", D("1000.00"), D("950.00"), "chosen")]
    again = value(company, date=DEC_31, by=anna)
    assert {number for number, _amount in booked(again.entry)} == {"1108", "6949"}


def test_euros_on_an_account_of_no_currency_are_named(company, anna, euro, api, page):
    year = year_of(company, DEC_31)
    noted(company, "1020", "500.00", "470.00")
    value(company, date=DEC_31, by=anna)
    found = is_valued(company, year)
    assert found.fulfilled is False and "1020" in found.reason
    (left,) = reckon(company, DEC_31).left_out
    assert (left.number, left.amount, left.book, left.is_finding) == (
        "1020", D("500.00"), D("470.00"), True,
    )  # fmt: skip
    shown = api.get("valuations/proposal/?date=2026-12-31").json()["left_out"]
    assert [(one["account"], one["amount"], one["is_finding"]) for one in shown] == [
        ("1020", "500.00", True)
    ]
    html = page.get(page.start + "valuations/proposal/?date=31.12.2026").content.decode()
    assert "Nicht bewertet" in html and "anzusehen" in html
    rows = page.get(page.start + "valuations/proposal/?date=31.12.2026&format=csv")
    assert "nicht bewertet" in rows.content.decode("utf-8-sig").splitlines()[-1]
    noted(company, "1020", "20.00", "19.00", currency="USD")
    assert is_valued(company, year).digest != found.digest
    kept_in(company, anna, "1020", valuation="historical")
    assert is_valued(company, year).fulfilled is True


def test_money_that_came_and_went_leaves_nothing_to_name(company, euro):
    noted(company, "1020", "500.00", "470.00")
    noted(company, "1020", "-500.00", "1.00")
    assert reckon(company, DEC_31).left_out == []


def test_the_cost_does_not_follow_the_lines(company, euro):
    def asked():
        with CaptureQueriesContext(connection) as seen:
            reckon(company, DEC_31)
        return len(seen)

    noted(company, "1020", "500.00", "470.00")
    before = asked()
    for _nth in range(3):
        noted(company, "1020", "1.00", "0.94")
    assert asked() == before


def test_each_rule_has_a_source_and_a_day():
    assert len(rules()) == 6
    for rule in rules():
        assert rule.source and rule.valid_from and bool(rule.purpose) != bool(rule.position)
