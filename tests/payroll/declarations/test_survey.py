"""The survey of wages is valid against the schema, and names what it lacks."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path

import pytest
from django.test import Client
from lxml import etree

from erp.core import clock
from payroll.declarations import elm
from payroll.declarations.elm.surveyed import UnknownAgreement
from payroll.declarations.refusals import NothingPosted
from payroll.employees.facts import Education, Position, Statistics
from payroll.employees.keeping import set_fact
from payroll.employees.models import Employment
from payroll.runs import movements
from payroll.runs.models import Typed
from payroll.wages.kinds import Pay
from tests import make
from tests.erp.client import Api
from tests.payroll.runs import books

pytestmark = pytest.mark.django_db
JANUARY = dt.date(2026, 1, 1)
SD = {"sd": "http://www.swissdec.ch/schema/sd/20200220/SalaryDeclaration"}


@pytest.fixture
def company():
    company = books.company()
    company.street, company.postcode, company.town = "Gasse", "8001", "Zürich"
    company.save()
    by = make.owner_of(company)
    known = Statistics(education=Education.VOCATIONAL, position=Position.NONE)
    books.p1(company)
    hourly = books.employee(company, "30.00", number=2, iban=books.iban(2), pay=Pay.HOUR)
    movements.save_person(company=company, employee=hourly, month=JANUARY, by=by,
                          rows=[Typed(type=1005, quantity=Decimal(100))])  # fmt: skip
    for one in company_people(company):
        set_fact(one, value=known, valid_from=JANUARY, by=by)
    Employment.of(company).update(function="Buchhalterin")
    books.posted(company)
    return company


def company_people(company):
    from payroll.employees.models import Employee

    return list(Employee.of(company))


def test_the_survey_is_valid_and_tells_the_month(company, shared: Path):
    schema = etree.XMLSchema(etree.parse(
        shared / "payroll/elm-xsd/elm5_20200220/SalaryDeclarationServiceTypes.xsd"
    ))  # fmt: skip
    made = elm.survey_of(company, JANUARY, at=clock.now().astimezone(clock.ZURICH))
    content = elm.written_survey(made)
    assert content == elm.written_survey(made)
    root = etree.fromstring(content)
    schema.assertValid(root)
    assert b"without Swissdec certification" in content
    wages = [one.text for one in root.iterfind(".//sd:GrossBaseSalaryAndRegularAllowance", SD)]
    assert "6500.00" in wages
    assert root.findtext(".//sd:FamilyIncomeSupplement", namespaces=SD) == "215.00"
    assert root.findtext(".//sd:TotalHoursOfWork", namespaces=SD) == "100.00"


def test_what_is_missing_is_named(company):
    with pytest.raises(NothingPosted):
        elm.survey_of(company, dt.date(2026, 2, 1), at=clock.now())
    with pytest.raises(UnknownAgreement):
        elm.survey_of(company, JANUARY, at=clock.now(), agreement="x")
    Employment.of(company).update(function="")
    with pytest.raises(Exception) as refused:
        elm.survey_of(company, JANUARY, at=clock.now())
    assert {one.code for one in refused.value.refusals} == {"declarations.person_incomplete"}


def test_page_and_program_give_the_file(company):
    anna = make.owner_of(company)
    client = Client()
    client.force_login(anna)
    start = f"/c/{company.pk}/payroll/year/2026/elm/survey/"
    assert client.get(f"{start}1/").content.startswith(b"<?xml")
    assert client.get(f"{start}1/?agreement=x").status_code == 302
    assert client.get(f"{start}10/").status_code == 302
    assert client.get(f"{start}13/").status_code == 404
    api = Api(company, anna)
    assert api.get("payroll/years/2026/survey/01/").content.startswith(b"<?xml")
    assert api.get("payroll/years/2026/survey/01/", agreement="x").status_code == 422
