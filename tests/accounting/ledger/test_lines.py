"""What a line cannot be: refused with a reason, and never left to the database to round or reject."""

from __future__ import annotations

import pytest

from accounting.ledger.bulk import NewEntry, post_many
from accounting.ledger.lines import BadLineAmount, Line, VatFacts, WrongCurrency, credit, debit
from accounting.ledger.models import JournalEntry
from accounting.ledger.posting import change_draft, post, write_draft
from erp.core.errors import Refusals
from erp.core.money import FloatRefused
from tests import make
from tests.make import MARCH_31, chf
from vat.codes.models import VatCode

pytestmark = pytest.mark.django_db


@pytest.fixture
def company():
    return make.company()


def facts(company, **more):
    code = VatCode.of(company).get(code="UN")
    given = {"part": "B", "rate": chf("8.10"), "base": chf("5.00"), "supply_date": MARCH_31}
    return VatFacts(code, **(given | more))


def told(company):
    return {"company": company, "date": MARCH_31, "text": "x", "by": make.owner_of(company)}


IMPOSSIBLE = {
    "thousandths of a euro": (BadLineAmount, {"currency": "EUR", "amount_foreign": chf("0.125")}),
    "euros beyond the column": (BadLineAmount, {"currency": "EUR", "amount_foreign": chf("1e14")}),
    "no number of euros": (BadLineAmount, {"currency": "EUR", "amount_foreign": chf("NaN")}),
    "a currency without an amount": (WrongCurrency, {"currency": "EUR"}),
    "an amount without a currency": (WrongCurrency, {"amount_foreign": chf("5.00")}),
    "a rate of three decimals": (BadLineAmount, {"vat": {"rate": chf("8.125")}}),
    "a base of three decimals": (BadLineAmount, {"vat": {"base": chf("4.625")}}),
}


@pytest.mark.parametrize("why", IMPOSSIBLE)
def test_what_the_columns_cannot_hold_is_refused_and_nothing_is_written(company, why):
    refusal, more = IMPOSSIBLE[why]
    if "vat" in more:
        more = {"vat": facts(company, **more["vat"])}
    bank, cash = make.account(company, "1020"), make.account(company, "1000")
    lines = [debit(bank, chf("5.00"), **more), credit(cash, chf("5.00"))]
    by = make.owner_of(company)

    with pytest.raises(refusal):
        post(lines=lines, **told(company))
    with pytest.raises(refusal):
        write_draft(lines=lines, **told(company))
    with pytest.raises(refusal):
        post_many(company=company, entries=[NewEntry(MARCH_31, "x", lines)], by=by)
    assert not JournalEntry.of(company).exists()


def test_a_draft_may_be_lopsided_but_each_line_has_an_amount(company):
    bank, euro = make.account(company, "1020"), make.account(company, "1024")
    draft = write_draft(lines=[debit(euro, chf("5.00"))], **told(company))
    for lines in ([Line(bank)], [Line(bank, debit=chf("5.00"), credit=chf("5.00"))]):
        with pytest.raises(BadLineAmount):
            change_draft(draft, date=MARCH_31, text="x", lines=lines, by=make.owner_of(company))
    with pytest.raises(Refusals) as refusals:
        write_draft(lines=[Line(bank), Line(bank)], **told(company))
    assert [r.values["line"] for r in refusals.value.refusals] == [1, 2]
    assert draft.lines.get().debit == chf("5.00")


def test_no_float_gets_in(company):
    bank = make.account(company, "1020")
    with pytest.raises(FloatRefused):
        write_draft(lines=[debit(bank, 5.0)], **told(company))
