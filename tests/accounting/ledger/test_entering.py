"""From what people type to lines: sides, VAT, cost units, currencies."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from django.test import Client

from accounting.ledger import charting
from accounting.ledger.entering import (
    NoPlaceForVat,
    NotLiable,
    PurposeMissing,
    Reader,
    TypedLine,
    UnknownAccount,
    UnknownCostUnit,
    UnknownVatCode,
    simple_entry,
)
from accounting.ledger.models import Account, CostCentre, CostObject, JournalEntry
from accounting.ledger.posting import post, rows_of
from accounting.ledger.typed import lines_of, typed_of
from erp.core.errors import Refusals
from tests import make
from tests.make import MARCH_31, chf
from vat.codes.breakdown import CodeInactive
from vat.codes.models import VatCode
from vat.codes.queries import NoRate
from vat.settings.changing import change_settings

pytestmark = pytest.mark.django_db
MATERIAL, INVESTMENT, OUTPUT, ACQUISITION = "1170", "1171", "2200", "2202"


@pytest.fixture
def company():
    return make.company()


@pytest.fixture
def anna(company):
    return make.owner_of(company)


def simple(company, debit, credit, amount, vat_code="", *, date=MARCH_31, reader=None, **more):
    """A simple entry, posted, as (account, debit, credit) and the VAT facts of each line."""
    reader = reader or Reader(company)
    typed = simple_entry(reader=reader, date=date, debit=debit, credit=credit, amount=chf(amount),
                         vat_code=vat_code, **more)  # fmt: skip
    lines = reader.lines(typed, date=date)
    post(company=company, date=date, text="x", lines=lines, by=make.owner_of(company))
    return lines


def sides(lines):
    return [(line.account.number, str(line.debit), str(line.credit)) for line in lines]


def facts(lines):
    return [
        (x.account.number, x.vat.code.code, x.vat.part, str(x.vat.base)) for x in lines if x.vat
    ]


@pytest.mark.parametrize(
    ("debit", "credit", "code", "lines", "vat"),
    [
        # a purchase, and its refund
        ("6500", "1020", "IN",
         [("6500", "100.00", "0.00"), (INVESTMENT, "8.10", "0.00"), ("1020", "0.00", "108.10")],
         [("6500", "B", "100.00"), (INVESTMENT, "T", "100.00")]),
        ("1020", "6500", "IN",
         [("1020", "108.10", "0.00"), ("6500", "0.00", "100.00"), (INVESTMENT, "0.00", "8.10")],
         [("6500", "B", "-100.00"), (INVESTMENT, "T", "-100.00")]),
        # a sale, and its credit note
        ("1020", "3200", "UN",
         [("1020", "108.10", "0.00"), ("3200", "0.00", "100.00"), (OUTPUT, "0.00", "8.10")],
         [("3200", "B", "-100.00"), (OUTPUT, "T", "-100.00")]),
        ("3200", "1020", "un ",
         [("3200", "100.00", "0.00"), (OUTPUT, "8.10", "0.00"), ("1020", "0.00", "108.10")],
         [("3200", "B", "100.00"), (OUTPUT, "T", "100.00")]),
        # between balance sheet accounts: a machine bought, a machine sold
        ("1500", "2000", "IN",
         [("1500", "100.00", "0.00"), (INVESTMENT, "8.10", "0.00"), ("2000", "0.00", "108.10")],
         [("1500", "B", "100.00"), (INVESTMENT, "T", "100.00")]),
        ("1100", "1500", "UN",
         [("1100", "108.10", "0.00"), ("1500", "0.00", "100.00"), (OUTPUT, "0.00", "8.10")],
         [("1500", "B", "-100.00"), (OUTPUT, "T", "-100.00")]),
        # stock has a place on neither list of defaults
        ("1200", "1000", "MN",
         [("1200", "100.00", "0.00"), (MATERIAL, "8.10", "0.00"), ("1000", "0.00", "108.10")],
         [("1200", "B", "100.00"), (MATERIAL, "T", "100.00")]),
        ("1020", "3201", "UX",
         [("1020", "108.10", "0.00"), ("3201", "0.00", "108.10")],
         [("3201", "B", "-108.10")]),
    ],
)  # fmt: skip
def test_vat_goes_to_the_side_that_is_no_means_of_payment(company, debit, credit, code, lines, vat):
    found = simple(company, debit, credit, "108.10", code)
    assert sides(found) == lines
    assert [(a, part, base) for a, _code, part, base in facts(found)] == vat


@pytest.mark.parametrize(
    ("debit", "credit", "code", "carries"),
    [("2030", "1020", "UN", "2030"), ("1020", "2030", "IN", "2030"), ("2000", "1510", "IN", "1510"),
     ("2210", "1100", "UN", "2210")],
)  # fmt: skip
def test_beside_an_account_that_only_pays_the_other_has_the_code(
    company, debit, credit, code, carries
):
    """A deposit paid back is a sale taken back, though it is the credit that is the bank's."""
    typed = simple_entry(reader=Reader(company), date=MARCH_31, debit=debit, credit=credit,
                         amount=chf("10.00"), vat_code=code)  # fmt: skip
    assert [line.account for line in typed if line.vat_code] == [carries]


@pytest.mark.parametrize("account", ["1000", "1020", "1100", "2000"])
@pytest.mark.parametrize("code", ["UN", "IN", "UX"])
def test_money_and_open_items_take_no_code(company, account, code):
    """Cash paid into the bank is no turnover: all of it arrives."""
    line = TypedLine(account, debit=chf("10.00"), vat_code=code)
    with pytest.raises(NoPlaceForVat) as found:
        Reader(company).lines([line], date=MARCH_31)
    assert found.value.place == "vat_code"
    assert code in str(found.value) and account in str(found.value)


def test_between_two_accounts_of_money_a_code_is_refused_and_without_it_all_arrives(company):
    with pytest.raises(NoPlaceForVat):
        simple(company, "1020", "1000", "10.00", "UN")
    assert sides(simple(company, "1020", "1000", "10.00")) == [
        ("1020", "10.00", "0.00"), ("1000", "0.00", "10.00")
    ]  # fmt: skip


def test_a_net_amount_is_paid_with_its_tax(company):
    found = simple(company, "6500", "1020", "100.00", "IN", vat_basis="net")
    assert sides(found) == [
        ("6500", "100.00", "0.00"), (INVESTMENT, "8.10", "0.00"), ("1020", "0.00", "108.10")
    ]  # fmt: skip
    assert sides(simple(company, "1020", "3200", "100.00", "UN", vat_basis="net"))[0] == (
        "1020", "108.10", "0.00"
    )  # fmt: skip


@pytest.mark.parametrize("basis", ["gross", "net"])
def test_acquisition_tax_is_booked_twice_and_not_paid(company, basis):
    found = simple(company, "4400", "1020", "1000.00", "BM", vat_basis=basis)
    assert sides(found) == [
        ("4400", "1000.00", "0.00"), (MATERIAL, "81.00", "0.00"), (ACQUISITION, "0.00", "81.00"),
        ("1020", "0.00", "1000.00"),
    ]  # fmt: skip
    cost = simple(company, "4400", "1020", "1000.00", "BO", vat_basis=basis)
    assert sides(cost) == [
        ("4400", "1081.00", "0.00"), (ACQUISITION, "0.00", "81.00"), ("1020", "0.00", "1000.00")
    ]  # fmt: skip


def test_of_import_tax_all_is_input_tax(company):
    found = simple(company, "4200", "1020", "77.70", "MZ")
    assert sides(found) == [(MATERIAL, "77.70", "0.00"), ("1020", "0.00", "77.70")]


def test_the_rate_is_that_of_the_supply_date(company):
    reader = Reader(company)
    found = simple(company, "6500", "1020", "107.70", "IN", reader=reader,
                   supply_date=dt.date(2023, 12, 31))  # fmt: skip
    assert sides(found)[:2] == [("6500", "100.00", "0.00"), (INVESTMENT, "7.70", "0.00")]
    assert {x.vat.supply_date for x in found if x.vat} == {dt.date(2023, 12, 31)}
    net = simple(company, "6500", "1020", "100.00", "IN", vat_basis="net", reader=reader,
                 supply_date=dt.date(2023, 12, 31))  # fmt: skip
    assert sides(net)[-1] == ("1020", "0.00", "107.70")
    assert reader.warnings == []
    with pytest.raises(NoRate):
        simple(company, "6500", "1020", "1.00", "IN", supply_date=dt.date(1994, 12, 31))


def test_another_rate_is_used_and_told(company):
    reader = Reader(company)
    found = simple(company, "6500", "1020", "107.70", "IN", reader=reader, vat_rate=chf("7.7"))
    assert sides(found)[1] == (INVESTMENT, "7.70", "0.00")
    assert len(reader.warnings) == 1
    assert "IN" in reader.warnings[0] and "7.7" in reader.warnings[0]


# Methods


def settle(company, method, valid_from=dt.date(2026, 1, 1)):
    change_settings(company=company, valid_from=valid_from, method=method, basis="agreed",
                    interval="quarter" if method == "effective" else "half",
                    by=make.owner_of(company))  # fmt: skip


def test_who_is_not_liable_books_no_vat(company):
    settle(company, "none")
    with pytest.raises(NotLiable):
        simple(company, "6500", "1020", "108.10", "IN")
    with pytest.raises(NotLiable):
        simple(company, "6500", "1020", "100.00", "IN", vat_basis="net")
    assert sides(simple(company, "6500", "1020", "108.10"))[0] == ("6500", "108.10", "0.00")


def test_liability_begins_on_its_day(company):
    settle(company, "none")
    settle(company, "effective", dt.date(2026, 4, 1))
    with pytest.raises(NotLiable):
        simple(company, "6500", "1020", "108.10", "IN", date=dt.date(2026, 3, 31))
    begun = simple(company, "6500", "1020", "108.10", "IN", date=dt.date(2026, 4, 1))
    assert len(begun) == 3


@pytest.mark.parametrize("method", ["net", "flat"])
@pytest.mark.parametrize(("basis", "typed"), [("gross", "108.10"), ("net", "100.00")])
def test_net_tax_rates_split_nothing_off_but_acquisition_tax(company, method, basis, typed):
    """Turnover is kept including VAT, with the code for the return; a net amount is grossed up."""
    settle(company, method)
    sale = simple(company, "1020", "3200", typed, "UN", vat_basis=basis)
    assert sides(sale) == [("1020", "108.10", "0.00"), ("3200", "0.00", "108.10")]
    assert facts(sale) == [("3200", "UN", "B", "-108.10")]
    cost = simple(company, "6500", "1020", typed, "IN", vat_basis=basis)
    assert sides(cost) == [("6500", "108.10", "0.00"), ("1020", "0.00", "108.10")]
    owed = simple(company, "4400", "1020", "1000.00", "BO", vat_basis=basis)
    assert (ACQUISITION, "0.00", "81.00") in sides(owed)


# The mask


@pytest.mark.parametrize("as_draft", [False, True])
def test_the_mask_names_each_field_that_is_empty_or_cannot_be(company, anna, as_draft):
    page = Client()
    page.force_login(anna)

    def refused(**typed):
        told = {"mode": "simple", "date": "2026-03-31", "as_draft": as_draft} | typed
        answer = page.post(f"/c/{company.pk}/ledger/post/", {"entry": json.dumps(told)})
        assert answer.status_code == 422
        return [(one["field"], one["message"]) for one in answer.json()["errors"]]

    places, told = zip(*refused(), strict=True)
    assert places == ("text", "debit", "credit", "amount")
    assert "«Soll»" in told[1] and "«Haben»" in told[2] and len(set(told)) == 4
    full = {"text": "Miete", "debit": "6000", "credit": "1020", "amount": "9.25"}
    for wrong, words in (
        ({"credit": "1O20"}, "1O20"), ({"amount": "-9.25"}, "9.25"), ({"amount": "0"}, "Betrag"),
        ({"amount": "viel"}, "viel"), ({"text": " "}, "Text"),
    ):  # fmt: skip
        ((place, message),) = refused(**full | wrong)
        assert place in wrong and words in message and "Zeile" not in message
    assert not JournalEntry.of(company).exists()
    assert refused(mode="split", lines=[])[0][0] == "text"


# Cost units


def test_cost_units_go_to_the_side_that_costs(company, anna):
    shop, job = CostCentre(company=company), CostObject(company=company)
    charting.save_cost_unit(shop, by=anna, number="10", name_de="Laden")
    charting.save_cost_unit(job, by=anna, number="77", name_de="Auftrag")
    units = {"cost_centre": "10", "cost_object": " 77 "}
    for debit, credit, code in (
        ("6500", "1020", "IN"), ("1020", "3200", "UN"), ("6000", "1020", ""), ("1020", "3400", ""),
    ):  # fmt: skip
        found = simple(company, debit, credit, "108.10", code, **units)
        placed = {x.account.number for x in found if x.cost_centre or x.cost_object}
        assert placed == {debit if debit != "1020" else credit}
        assert {(x.cost_centre, x.cost_object) for x in found if x.account.number in placed} == {
            (shop, job)
        }
    for unit in ("cost_centre", "cost_object"):
        with pytest.raises(UnknownCostUnit) as refusal:
            simple(company, "6500", "1020", "1.00", **{unit: "99"})
        assert refusal.value.values == {"value": "99"}


# Currencies


def test_the_amount_in_currency_goes_to_the_account_kept_in_it(company):
    """Debit positive; the other side stays in francs."""
    paid = simple(company, "1024", "3201", "94.00", "UX", amount_foreign=chf("100.00"))
    assert [(x.account.number, x.currency, x.amount_foreign) for x in paid] == [
        ("1024", "EUR", chf("100.00")), ("3201", "", None)
    ]  # fmt: skip
    spent = simple(company, "6500", "1024", "108.10", "IN", currency="EUR",
                   amount_foreign=chf("115.00"))  # fmt: skip
    assert [(x.account.number, x.currency, x.amount_foreign) for x in spent] == [
        ("6500", "", None), (INVESTMENT, "", None), ("1024", "EUR", chf("-115.00"))
    ]  # fmt: skip


def test_a_pure_currency_difference_has_no_francs(company, anna):
    """Residue: the balance in currency moves, the one in francs does not."""
    reader = Reader(company)
    lines = reader.lines(
        [TypedLine("1024", amount_foreign=chf("0.37")), TypedLine("1000", debit=chf("1.00")),
         TypedLine("6940", credit=chf("1.00"))], date=MARCH_31,
    )  # fmt: skip
    post(company=company, date=MARCH_31, text="Kurs", lines=lines, by=anna)
    assert (lines[0].debit, lines[0].credit, lines[0].amount_foreign) == (0, 0, chf("0.37"))


# And back


@pytest.mark.parametrize(
    "typed",
    [
        [TypedLine("6500", debit=chf("108.10"), vat_code="IN"), TypedLine("1020", credit=chf("108.10"))],
        [TypedLine("1020", debit=chf("87.20")), TypedLine("3200", credit=chf("87.20"), vat_code="UN")],
        [TypedLine("6500", debit=chf("33.33"), vat_code="IN", vat_basis="net"),
         TypedLine("1020", credit=chf("36.03"))],
        [TypedLine("6500", debit=chf("107.70"), vat_code="IN", supply_date=dt.date(2023, 12, 31)),
         TypedLine("1020", credit=chf("107.70"))],
        [TypedLine("6500", debit=chf("107.70"), vat_code="IN", vat_rate=chf("7.7")),
         TypedLine("1020", credit=chf("107.70"))],
        [TypedLine("6500", debit=chf("100.00"), vat_code="IN", vat_rate=chf("0.00")),
         TypedLine("1020", credit=chf("100.00"))],
        [TypedLine("4400", debit=chf("1000.00"), vat_code="BM"), TypedLine("1020", credit=chf("1000.00"))],
        [TypedLine("4400", debit=chf("1000.00"), vat_code="BO"), TypedLine("1020", credit=chf("1000.00"))],
        [TypedLine("4200", debit=chf("77.70"), vat_code="MZ"), TypedLine("1020", credit=chf("77.70"))],
        [TypedLine("1024", debit=chf("94.00"), amount_foreign=chf("100.00")),
         TypedLine("3201", credit=chf("94.00"), vat_code="UX")],
        [TypedLine("6500", debit=chf("50.00"), vat_code="IN", text="Papier"),
         TypedLine("6510", debit=chf("20.00"), vat_code="IN"),
         TypedLine("6000", debit=chf("30.00")), TypedLine("1020", credit=chf("100.00"))],
        [TypedLine("1024", amount_foreign=chf("0.37")), TypedLine("1000", debit=chf("1.00")),
         TypedLine("6940", credit=chf("1.00"))],
        [TypedLine("1024", debit=chf("5.00"), amount_foreign=chf("0.00")),
         TypedLine("6999", credit=chf("5.00"))],
    ],
    ids=["cost", "income", "net", "old supply", "other rate", "no rate", "acquisition",
         "acquisition without deduction", "import", "currency", "split", "difference",
         "revaluation"],
)  # fmt: skip
def test_an_entry_typed_back_gives_the_same_lines(company, anna, typed):
    """Copies, templates and drafts that are edited lose neither tax nor currency."""
    reader = Reader(company)
    lines = reader.lines(typed, date=MARCH_31)
    entry = post(company=company, date=MARCH_31, text="x", lines=lines, by=anna)
    told = json.loads(json.dumps(typed_of(entry, reader)))
    again = reader.lines(lines_of(told, reader, MARCH_31), date=MARCH_31)
    assert rows_of(again) == rows_of(lines)


# Refusals


def test_each_wrong_line_of_a_split_entry_is_told(company):
    typed = [
        TypedLine("9999", debit=chf("1.00")),
        TypedLine("6500", debit=chf("1.00"), vat_code="QQ"),
        TypedLine("6500", debit=chf("1.00"), cost_centre="99"),
        TypedLine(" 1020 ", credit=chf("3.00")),
    ]
    with pytest.raises(Refusals) as refusal:
        Reader(company).lines(typed, date=MARCH_31)
    assert [(type(r), r.values["value"]) for r in refusal.value.refusals] == [
        (UnknownAccount, "9999"), (UnknownVatCode, "QQ"), (UnknownCostUnit, "99")
    ]  # fmt: skip
    with pytest.raises(UnknownAccount):
        Reader(company).lines(typed[:1], date=MARCH_31)


@pytest.mark.parametrize("basis", ["gross", "net"])
def test_unknown_numbers_and_codes_are_told_in_a_simple_entry(company, basis):
    with pytest.raises(UnknownAccount):
        simple(company, "6500", "9999", "1.00", "IN", vat_basis=basis)
    with pytest.raises(UnknownVatCode):
        simple(company, "6500", "1020", "1.00", "QQ", vat_basis=basis)


def test_a_code_switched_off_and_a_missing_tax_account_are_told(company):
    VatCode.of(company).filter(code="IN").update(active=False)
    with pytest.raises(CodeInactive):
        simple(company, "6500", "1020", "1.00", "IN")
    Account.of(company).filter(number=MATERIAL).update(purpose="")
    with pytest.raises(PurposeMissing):
        simple(company, "4200", "1020", "108.10", "MN")
