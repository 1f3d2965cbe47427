"""Codes of the company's own, and codes of whose tax a share is deducted."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from accounting.ledger.entering import Reader, TypedLine, simple_entry
from accounting.ledger.posting import post, rows_of
from accounting.ledger.typed import lines_of, typed_of
from accounting.ledger.vat_journal import purchase_journal
from accounting.payables.models import SupplierInvoice
from erp.audit.models import AuditEvent
from erp.core.errors import DomainError
from tests import make
from tests.accounting.payables import purchases
from tests.accounting.payables.purchases import entered, line, posted, supplier
from tests.make import MARCH_31
from tests.vat.test_breakdown import NEW, code, shipped_rate
from vat.codes.breakdown import Basis, TaxLine, break_down, deductible
from vat.codes.catalogue import catalogue
from vat.codes.models import VatCode
from vat.codes.own import add_code, change_code
from vat.codes.queries import boxes_of, codes_of

pytestmark = pytest.mark.django_db
D = Decimal


@pytest.fixture
def company(db):
    return purchases.company()


@pytest.fixture
def anna(company):
    return make.owner_of(company)


def own(company, short="MN50", based_on="MN", share="50", **more):
    told = {"names": {"name_de": f"Vorsteuer {share} %"}} | more
    return add_code(company=company, code=short, based_on=based_on, deductible_percent=D(share),
                    by=make.owner_of(company), **told)  # fmt: skip


# Amounts


@pytest.mark.parametrize(
    ("name", "share", "amount", "basis", "net", "base", "taxes"),
    [
        # 8.10 of 108.10 is tax, of which 4.05 is deducted and 4.05 cost
        ("MN", "50", "108.10", "gross", "104.05", "100.00",
         [TaxLine("input_tax_material", D("4.05"), True)]),
        # 0.67 deducted of 1.01 (12.50 at 8.1 %): 0.6667
        ("IN", "66", "12.50", "net", "12.84", "12.50",
         [TaxLine("input_tax_investment", D("0.67"), True)]),
        ("MN", "0", "108.10", "gross", "108.10", "100.00", []),
        # acquisition tax is owed whole, and deducted in part
        ("BI", "40", "1000.00", "gross", "1048.60", "1000.00",
         [TaxLine("input_tax_investment", D("32.40"), True),
          TaxLine("acquisition_tax", D("81.00"), False)]),
        # of import tax, what is not deducted is cost
        ("MZ", "30", "777.77", "gross", "544.44", "0.00",
         [TaxLine("input_tax_material", D("233.33"), True)]),
    ],
)  # fmt: skip
def test_only_the_share_becomes_input_tax(name, share, amount, basis, net, base, taxes):
    parts = break_down(code(name, deductible_percent=D(share)), D(amount), supply_date=NEW,
                       basis=basis, rate_on=shipped_rate)  # fmt: skip
    assert (parts.net, parts.base) == (D(net), D(base))
    assert list(parts.tax_lines) == taxes


@settings(max_examples=500)
@given(
    st.decimals(D("0.01"), D("99999999.99"), places=2),
    st.decimals(D(0), D(100), places=2),
    st.sampled_from([e.code for e in catalogue().values() if e.kind in {"input", "import", "acquisition"}]),
    st.sampled_from(Basis.values),
)  # fmt: skip
def test_what_is_not_deducted_is_cost_and_nothing_is_lost(amount, share, name, basis):
    whole = break_down(code(name), amount, supply_date=NEW, basis=basis, rate_on=shipped_rate)
    if not catalogue()[name].input_purpose:
        share = D(100)  # as the acts see to
    parts = break_down(code(name, deductible_percent=share), amount, supply_date=NEW, basis=basis,
                       rate_on=shipped_rate)  # fmt: skip
    assert (parts.payable, parts.base, parts.rate) == (whole.payable, whole.base, whole.rate)
    taxes = {t.purpose: t.amount for t in whole.tax_lines}
    for tax in parts.tax_lines:
        full = taxes[tax.purpose]
        assert tax.amount == (full if not tax.same_side else round_half_up(full * share / 100))


def round_half_up(amount):
    return amount.quantize(D("0.01"), rounding="ROUND_HALF_UP")


def test_the_share_keeps_the_sign_of_the_tax():
    fifty = code("MN", deductible_percent=D(50))
    assert deductible(fifty, D("0.01")) == D("0.01") and deductible(fifty, D("-0.01")) == D("-0.01")


# In the books


@pytest.mark.parametrize(
    "typed",
    [
        [TypedLine("6500", debit=D("108.10"), vat_code="MN50"), TypedLine("1020", credit=D("108.10"))],
        [TypedLine("1020", debit=D("54.05"), vat_code=""),
         TypedLine("6500", credit=D("54.05"), vat_code="MN50")],
        [TypedLine("6570", debit=D("240.00"), vat_code="BI40"), TypedLine("1020", credit=D("240.00"))],
        [TypedLine("4200", debit=D("777.77"), vat_code="MZ30"), TypedLine("1020", credit=D("777.77"))],
        [TypedLine("4200", debit=D("777.77"), vat_code="MZ0"), TypedLine("1020", credit=D("777.77"))],
        [TypedLine("6500", debit=D("33.33"), vat_code="MN0"), TypedLine("1020", credit=D("33.33"))],
    ],
    ids=["cost", "refund", "acquisition", "import", "import without deduction", "nothing deducted"],
)  # fmt: skip
def test_an_entry_with_a_share_typed_back_gives_the_same_lines(company, anna, typed):
    own(company), own(company, "BI40", "BI", "40"), own(company, "MZ30", "MZ", "30")
    own(company, "MZ0", "MZ", "0"), own(company, "MN0", "MN", "0")
    reader = Reader(company)
    lines = reader.lines(typed, date=MARCH_31)
    entry = post(company=company, date=MARCH_31, text="x", lines=lines, by=anna)
    told = json.loads(json.dumps(typed_of(entry, reader)))
    assert told["mode"] == "simple"
    again = reader.lines(lines_of(told, reader, MARCH_31), date=MARCH_31)
    assert rows_of(again) == rows_of(lines)


def test_the_rest_of_import_tax_lands_on_the_account_typed(company, anna):
    own(company, "MZ30", "MZ", "30")
    reader = Reader(company)
    typed = simple_entry(reader=reader, date=MARCH_31, debit="4200", credit="1020",
                         amount=D("777.77"), vat_code="MZ30")  # fmt: skip
    lines = reader.lines(typed, date=MARCH_31)
    assert [(x.account.number, x.debit - x.credit, x.vat and (x.vat.part, x.vat.base)) for x in lines] == [
        ("4200", D("544.44"), ("B", D("0.00"))), ("1170", D("233.33"), ("T", D("0.00"))),
        ("1020", D("-777.77"), None),
    ]  # fmt: skip


def test_the_journal_of_purchases_tells_consideration_and_deducted_tax(company, anna):
    own(company)
    invoice = posted(supplier(company), line("108.10", code="MN50"), line("54.05", "6500", "MN50"))
    assert entered(invoice.entry) == [
        ("2000", "-162.15", "", ""),
        ("4200", "104.05", "MN50B", "100.00"), ("6500", "52.02", "MN50B", "50.00"),
        ("1170", "6.08", "MN50T", "150.00"),  # of 12.15
    ]  # fmt: skip
    assert (invoice.net, invoice.vat) == (D("150.00"), D("12.15"))  # as the supplier bills it
    (row,) = purchase_journal(company, dt.date(2026, 1, 1), dt.date(2026, 12, 31))
    assert (row.code, row.net, row.tax) == ("MN50", D("150.00"), D("6.08"))


def test_acquired_and_imported_goods_with_a_share_on_a_bill(company):
    own(company, "BI40", "BI", "40"), own(company, "MZ30", "MZ", "30")
    acquired = posted(supplier(company), line("1000.00", "6570", "BI40"))
    assert entered(acquired.entry) == [
        ("2000", "-1000.00", "", ""), ("6570", "1048.60", "BI40B", "1000.00"),
        ("1171", "32.40", "BI40T", "1000.00"), ("2202", "-81.00", "BI40T", "-1000.00"),
    ]  # fmt: skip
    imported = posted(supplier(company, "Zoll"), line("640.55", "4200", "MZ30"), number="Z-1")
    assert entered(imported.entry) == [
        ("2000", "-640.55", "", ""), ("4200", "448.38", "MZ30B", "0.00"),
        ("1170", "192.17", "MZ30T", "0.00"),  # 192.165
    ]  # fmt: skip


def test_import_tax_with_a_share_needs_an_account_of_cost(company):
    own(company, "MZ30", "MZ", "30")
    with pytest.raises(DomainError) as refusal, transaction.atomic():
        posted(supplier(company), line("640.55", None, "MZ30"))
    assert (refusal.value.code, refusal.value.place) == (
        "payables.account_missing", "lines[0].account"
    )  # fmt: skip
    assert not SupplierInvoice.of(company).filter(status="posted").exists()


# Acts


def test_an_own_code_behaves_as_its_model_and_stands_after_it(company, anna):
    first, second = own(company), own(company, "mn70", share="70")
    assert (second.code, second.kind, second.rate_class) == ("MN70", "input", "standard")
    assert second.is_own and second.shipped == catalogue()["MN"]
    assert boxes_of(first, MARCH_31) == ("400",)
    names = list(codes_of(company).values_list("code", flat=True))
    place = names.index("MN")
    assert names[place : place + 4] == ["MN", "MN50", "MN70", "MR"]
    assert [n for n in names if n not in {"MN50", "MN70"}] == list(catalogue())
    event = AuditEvent.of(company).filter(action="vat.add_code").first()
    assert event.details["catalogue_code"] == "MN"


def refused(act, **told):
    with pytest.raises(DomainError) as refusal, transaction.atomic():
        act(**told)
    return refusal.value.code, refusal.value.place


@pytest.mark.parametrize(
    ("told", "code", "field"),
    [
        ({"code": "MN-50"}, "vat.bad_code", "code"),
        ({"code": "TOOLONG"}, "vat.bad_code", "code"),
        ({"code": "mn"}, "vat.code_taken", "code"),
        ({"code": "MN50"}, "vat.code_taken", "code"),
        ({"based_on": "QQ"}, "vat.unknown_model", "based_on"),
        ({"based_on": "MN50"}, "vat.unknown_model", "based_on"),
        ({"names": {"name_de": "  "}}, "vat.name_missing", "name_de"),
        ({"deductible_percent": D("100.01")}, "vat.bad_share", "deductible_percent"),
        ({"deductible_percent": D("-1")}, "vat.bad_share", "deductible_percent"),
        ({"deductible_percent": D("33.333")}, "vat.bad_share", "deductible_percent"),
        ({"based_on": "UN"}, "vat.nothing_to_deduct", "deductible_percent"),
        ({"based_on": "M0"}, "vat.nothing_to_deduct", "deductible_percent"),
        ({"based_on": "BO"}, "vat.nothing_to_deduct", "deductible_percent"),
    ],
)
def test_what_cannot_be_a_code_is_refused(company, anna, told, code, field):
    own(company)
    fine = {"company": company, "code": "X1", "based_on": "MN", "names": {"name_de": "Eigener"},
            "deductible_percent": D(50), "by": anna}  # fmt: skip
    assert refused(add_code, **(fine | told)) == (code, field)


def test_names_share_and_use_change_and_the_model_never(company, anna):
    mine = own(company)
    change_code(
        mine, names={"name_fr": "Moitié"}, deductible_percent=D("60"), active=False, by=anna
    )
    mine.refresh_from_db()
    assert (mine.name_de, mine.name_fr, mine.deductible_percent, mine.active) == (
        "Vorsteuer 50 %", "Moitié", D("60.00"), False
    )  # fmt: skip
    event = AuditEvent.of(company).filter(action="vat.change_code").first()
    assert event.details["deductible_percent"] == ["50.00", "60"]
    assert refused(change_code, code=mine, names={"name_de": "", "name_fr": ""}, by=anna) == (
        "vat.name_missing", "name_de"
    )  # fmt: skip
    assert refused(change_code, code=mine, deductible_percent=D(101), by=anna) == (
        "vat.bad_share", "deductible_percent"
    )  # fmt: skip
    sales = VatCode.of(company).get(code="UN")
    assert refused(change_code, code=sales, deductible_percent=D(50), by=anna) == (
        "vat.nothing_to_deduct", "deductible_percent"
    )  # fmt: skip


def test_the_database_keeps_shares_possible(company):
    for told in ({"deductible_percent": D("100.01")}, {"catalogue_code": ""}):
        with pytest.raises(IntegrityError), transaction.atomic():
            VatCode.of(company).filter(code="MN").update(**told)
    with pytest.raises(IntegrityError), transaction.atomic():
        VatCode.of(company).filter(code="UN").update(deductible_percent=D(50))
