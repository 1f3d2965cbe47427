"""The shipped VAT codes: named in four languages, with boxes and accounts that exist."""

from __future__ import annotations

import csv
import datetime as dt

import pytest

from accounting.ledger.chart import kmu_chart
from accounting.ledger.models import Account
from erp.companies.models import LegalForm
from tests import make
from vat.codes.catalogue import catalogue
from vat.codes.models import CodeKind, RateClass, VatCode
from vat.codes.queries import boxes_of, form_on

DAYS = (dt.date(2023, 12, 31), dt.date(2024, 1, 1))
RATE_BOXES = {"output", "acquisition"}  # stand for the box of the rate on the supply date


def code_of(entry):
    return VatCode(code=entry.code, catalogue_code=entry.code, kind=entry.kind,
                   rate_class=entry.rate_class)  # fmt: skip


@pytest.fixture(scope="module")
def form(shared):
    """Box to its row of the effective form."""
    with (shared / "reference" / "vat_form_boxes.csv").open(encoding="utf-8") as file:
        return {
            row["box"]: row
            for row in csv.DictReader(file)
            if row["method"] in {"effective", "both"}
        }


@pytest.mark.parametrize("entry", catalogue().values(), ids=lambda e: e.code)
def test_each_code_has_its_names_and_known_kinds(entry):
    assert set(entry.names) == {"name_de", "name_fr", "name_it", "name_en"}
    assert all(name.strip() for name in entry.names.values())
    assert entry.kind in CodeKind.values and entry.rate_class in RateClass.values
    assert len(entry.code) <= VatCode._meta.get_field("code").max_length


def test_no_two_codes_share_a_name():
    for language in ("name_de", "name_fr", "name_it", "name_en"):
        names = [entry.names[language] for entry in catalogue().values()]
        assert len(set(names)) == len(names)


@pytest.mark.django_db
@pytest.mark.parametrize("entry", catalogue().values(), ids=lambda e: e.code)
def test_its_boxes_stand_in_the_form_and_take_what_it_gives(entry, form):
    """Bases go where the form asks for turnover or an amount, taxes where it asks for tax."""
    fixed = {*entry.base_boxes, entry.tax_box} - {""} - RATE_BOXES
    assert fixed <= set(form)
    assert all("tax" not in form[box]["amount_kind"] for box in set(entry.base_boxes) - RATE_BOXES)
    if entry.tax_box and entry.tax_box not in RATE_BOXES:
        assert "tax" in form[entry.tax_box]["amount_kind"]
    for day in DAYS:
        boxes = boxes_of(code_of(entry), day)
        assert set(boxes) <= set(form) and list(boxes) == sorted(boxes)
        assert len(boxes) == len([b for b in {*entry.base_boxes, entry.tax_box} if b])


@pytest.mark.django_db
def test_every_box_that_is_typed_into_is_fed_by_a_code(form):
    asked = {
        box for box, row in form.items() if row["calc"] in {"input", "deduction", "memo"}
        or row["calc"].startswith(("tax=", "credit", "debit"))
    }  # fmt: skip
    forms = [form_on(day) for day in DAYS]
    fed = {
        box for one in catalogue().values() for day in forms for box in day.boxes_of(code_of(one))
    }
    assert fed >= asked, asked - fed


@pytest.mark.parametrize("legal_form", LegalForm.values)
def test_the_accounts_of_its_taxes_are_in_the_chart(legal_form):
    purposes = [row.purpose for row in kmu_chart(legal_form) if row.purpose]
    assert len(set(purposes)) == len(purposes)
    needed = {e.input_purpose for e in catalogue().values()} - {""}
    assert needed | {"output_tax", "acquisition_tax", "vat_settlement"} <= set(purposes)
    assert set(purposes) <= set(Account.Purpose.values)


@pytest.mark.parametrize("entry", catalogue().values(), ids=lambda e: e.code)
def test_input_tax_codes_name_the_account_of_their_box(entry):
    wanted = {"400": "input_tax_material", "405": "input_tax_investment"}
    if entry.kind != CodeKind.CORRECTION:
        assert entry.input_purpose == wanted.get(entry.tax_box, "")


@pytest.mark.django_db
def test_a_new_company_has_the_codes_in_order():
    company = make.company()
    codes = VatCode.of(company).order_by("position")
    assert [(c.code, c.kind, c.rate_class, c.name_it, c.active) for c in codes] == [
        (e.code, e.kind, e.rate_class, e.names["name_it"], True) for e in catalogue().values()
    ]
