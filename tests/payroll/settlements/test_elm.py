"""The month's message of withholding tax is valid, and its sums are those of the settlement."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path

import pytest
from django.test import Client
from lxml import etree

from erp.core import clock
from payroll.declarations import elm
from payroll.declarations.refusals import InstitutionIncomplete, NothingPosted
from payroll.settlements import settling
from payroll.setup.institutions import save_institution
from tests import make
from tests.erp.client import Api
from tests.payroll.runs import books
from tests.payroll.settlements import made
from tests.payroll.settlements.test_settling import FEBRUARY, JANUARY, LAST, MARCH, corrected

pytestmark = pytest.mark.django_db
SD = {"sd": "http://www.swissdec.ch/schema/sd/20200220/SalaryDeclaration"}


@pytest.fixture
def company():
    made.tariff()
    company = books.company()
    company.street, company.postcode, company.town = "Gasse", "8001", "Zürich"
    company.save()
    made.taxed(company)
    made.taxed(company, "5000.00", number=2, iban=books.iban(2), entry=dt.date(2026, 1, 15))
    return company


@pytest.fixture
def anna(company):
    return make.owner_of(company)


@pytest.fixture
def valid(company, shared: Path):
    schema = etree.XMLSchema(etree.parse(
        shared / "payroll/elm-xsd/elm5_20200220/SalaryDeclarationServiceTypes.xsd"
    ))  # fmt: skip

    def message(month):
        found = elm.message_of(company, month, at=clock.now().astimezone(clock.ZURICH))
        content = elm.written_month(found)
        assert content == elm.written_month(found)
        root = etree.fromstring(content)
        schema.assertValid(root)
        assert b"without Swissdec certification" in content
        return root

    return message


def amounts(root, name):
    return [Decimal(one.text) for one in root.iterfind(f".//sd:{name}", SD)]


def test_the_message_is_valid_and_comes_to_the_settlement(company, anna, valid):
    made.office(company, member_number="ZH-1234")
    books.posted(company)
    root = valid(JANUARY)
    one = settling.settle(company=company, canton="ZH", until=JANUARY, date=LAST, by=anna)
    assert amounts(root, "TotalTaxAtSource") == [one.tax]
    assert amounts(root, "TotalCommission") == [one.commission]
    assert amounts(root, "TotalTaxableEarning") == [one.taxable]
    assert sorted(amounts(root, "Current/sd:TaxAtSource")) == sorted(
        row.amount for row in one.content
    )
    reasons = [each.text for each in root.iterfind(".//sd:Entry/sd:Reason", SD)]
    assert reasons == ["entryCompany", "entryCompany"]
    assert root.findtext(".//sd:WorkMunicipalityID", namespaces=SD) == "261"


def test_corrections_tell_old_and_new_and_add_up(company, anna, valid):
    made.office(company, member_number="ZH-1234")
    january = books.posted(company)
    corrected(january, anna, day=dt.date(2026, 3, 10))
    books.posted(company, FEBRUARY)
    books.posted(company, MARCH)
    root = valid(MARCH)
    one = settling.propose(company, "ZH", MARCH)
    of_march = sum((row.amount for row in one.rows if row.month == MARCH), Decimal(0))
    assert sum(amounts(root, "TotalTaxAtSource")) == of_march
    (correction,) = root.iterfind(".//sd:Correction", SD)
    assert correction.findtext("sd:Month", namespaces=SD) == "2026-01"
    old, new = (Decimal(correction.findtext(f"sd:{name}/sd:TaxAtSource", namespaces=SD))
                for name in ("Old", "New"))  # fmt: skip
    assert (old, new - old) == (Decimal("300.00"), amounts(root, "TotalTaxAtSource")[1])


def test_what_is_missing_is_named(company, anna):
    with pytest.raises(NothingPosted):
        elm.message_of(company, JANUARY, at=clock.now())
    books.posted(company)
    with pytest.raises(Exception) as refused:
        elm.message_of(company, JANUARY, at=clock.now())
    assert [type(one) for one in refused.value.refusals] == [InstitutionIncomplete]
    office = made.office(company)
    save_institution(company=company, by=anna, row=office, member_number="ZH-1234")
    company.town = "Nirgends"
    company.save()
    with pytest.raises(Exception) as refused:
        elm.message_of(company, JANUARY, at=clock.now())
    assert [one.code for one in refused.value.refusals] == ["declarations.company_incomplete"]


def test_page_and_program_give_the_file(company, anna):
    made.office(company, member_number="ZH-1234")
    books.posted(company)
    client = Client()
    client.force_login(anna)
    start = f"/c/{company.pk}/payroll/year/2026/elm/"
    assert client.get(f"{start}1/").content.startswith(b"<?xml")
    assert client.get(f"{start}2/").status_code == 302
    assert client.get(f"{start}13/").status_code == 404
    answer = Api(company, anna).get("payroll/years/2026/elm-tax/01/")
    assert answer.content.startswith(b"<?xml")


def test_the_message_names_the_office_that_is_active_in_its_month(company, valid):
    made.office(company, member_number="ZH-OLD", name="Früher", active_until=dt.date(2025, 12, 31))
    made.office(company, member_number="ZH-1234")
    books.posted(company)
    told = etree.tostring(valid(JANUARY))
    assert b"ZH-1234" in told and b"ZH-OLD" not in told
