"""Pages and endpoints of a payroll year: what is shown, what asks for the second factor, what is noted."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path

import pytest
from django.test import Client
from lxml import etree

from erp.audit.models import AccessLogEntry
from erp.core import clock
from payroll.declarations import elm, issuing, jobs
from payroll.declarations.jobs import issue_certificates
from payroll.declarations.models import DeclarationSettings, IssuedCertificate
from payroll.declarations.noting import notes_of
from payroll.declarations.refusals import InstitutionIncomplete
from payroll.setup.institutions import save_institution
from payroll.setup.models import Institution
from tests import make
from tests.erp.client import Api
from tests.payroll.runs import books

pytestmark = pytest.mark.django_db


@pytest.fixture
def company():
    return books.company()


@pytest.fixture
def anna(company):
    return make.owner_of(company)


@pytest.fixture
def who(company):
    person = books.p1(company)
    books.posted(company)
    return person


@pytest.fixture
def page(company, anna, who):
    client = Client()
    client.force_login(anna)
    client.start = f"/c/{company.pk}/payroll/year/"
    return client


def test_each_page_of_the_year_is_shown(page, who):
    assert page.get(page.start)["Location"].endswith("/year/2026/")
    for path, word in (
        ("2026/", "Anna Muster"), ("2026/recap/", "6’500.00"), (f"2026/accounts/{who.pk}/", "6’715.00"),
        ("2026/reconciliation/", "1091"), (f"2026/certificates/{who.pk}/", "13.2.1"),
        ("settings/", "contact_name"),
        *((f"2026/lists/{one}/", "</table>") for one in ("ahv", "alv", "fak", "uvg", "ktg", "bvg",
                                                       "institutions", "accruals")),
    ):  # fmt: skip
        answer = page.get(page.start + path)
        assert answer.status_code == 200, path
        assert word in answer.content.decode(), path
    for path in ("2026/lists/unknown/", "2025/accounts/1/", "2026/lists/tax/"):
        assert page.get(page.start + path).status_code in {200, 404}


def test_what_leaves_asks_for_the_second_factor(page, who, anna):
    with clock.at(clock.now() - dt.timedelta(minutes=6)):
        page.force_login(anna)
    for path in ("2026/recap/pdf/", f"2026/accounts/{who.pk}/xlsx/", "2026/lists/ahv/csv/",
                 "2026/reconciliation/pdf/", "2026/certificates/", "2026/elm/"):  # fmt: skip
        answer = page.get(page.start + path)
        assert (answer.status_code, "reauthenticate" in answer["Location"]) == (302, True), path


def test_files_are_made_and_noted(page, who, company):
    for path, kind in (
        ("2026/recap/xlsx/", b"PK"), (f"2026/accounts/{who.pk}/pdf/", b"%PDF"),
        ("2026/lists/ahv/csv/", b"\xef\xbb\xbf"), ("2026/reconciliation/xlsx/", b"PK"),
    ):  # fmt: skip
        answer = page.get(page.start + path)
        assert answer.content.startswith(kind), path
    exports = AccessLogEntry.of(company).filter(kind="export", subject="employee")
    assert exports.count() == 4


def test_notes_are_typed_on_the_page(page, who):
    path = f"{page.start}2026/certificates/{who.pk}/"
    half = page.post(path, {"shares_canton": "ZH", "version": 0})
    assert half.status_code == 422
    told = {"canteen": "on", "remark": "Frei", "expatriate_canton": "ZH",
            "expatriate_date": "03.02.2026", "version": 0}  # fmt: skip
    assert page.post(path, told).status_code == 302
    notes, version = notes_of(who, 2026)
    assert (notes.canteen, notes.remark, notes.expatriate.canton, version) == (
        True,
        "Frei",
        "ZH",
        1,
    )
    assert page.post(path, told).status_code == 422  # seen before it was changed


def test_settings_are_kept(page, company):
    told = {"contact_name": "Hans Muster", "contact_phone": "041", "expense_rule": "approved"}
    assert page.post(page.start + "settings/", told).status_code == 422
    told |= {"expense_canton": "LU", "expense_date": "02.01.2025"}
    assert page.post(page.start + "settings/", told).status_code == 302
    assert DeclarationSettings.of(company).get().expense_canton == "LU"


def test_certificates_are_issued_by_a_job_in_steps(company, anna, who):
    from erp.jobs.kinds import Done, Running

    running = Running(1, {"year": 2026})
    running.__class__ = type("Mine", (Running,), {"company": company, "user": anna})
    cursor, steps = {}, 0
    while not isinstance(step := issue_certificates(running, cursor), Done):
        cursor, steps = step.cursor, steps + 1
    assert (steps, step.result["certificates"]) == (2, 1)
    assert IssuedCertificate.of(company).count() == 1
    assert jobs.CERTIFICATES == "payroll.certificates"


def test_endpoints_tell_what_pages_show(company, anna, who):
    api = Api(company, anna)
    assert api.get("payroll/years/").json() == [{"year": 2026}]
    [row] = api.get("payroll/years/2026/").json()["certificates"]
    assert (row["name"], row["state"], row["boxes"]["8"]) == ("Anna Muster", "open", "6715.00")
    parts = api.get(f"payroll/years/2026/accounts/{who.pk}/").json()
    assert parts[0]["rows"][-1]["total"] == "6715.00"
    ahv = api.get("payroll/years/2026/lists/ahv/").json()
    assert (ahv["rows"][0]["ahv_wage"], ahv["columns"]["ahv_wage"]) == ("6500.00", "AHV-Lohn")
    whole = api.get("payroll/years/2026/reconciliation/").json()
    assert (whole["agrees"], whole["clearing"]) == (True, "-5940.15")
    assert api.get("payroll/years/2025/").status_code == 404
    assert api.get("payroll/years/2026/recap/").status_code == 200


# --- ELM --------------------------------------------------------------------------------------------
def complete(company, anna):
    for row in Institution.of(company):
        told = {"member_number": "100-9976.9", "sub_number": "003.000"}
        save_institution(company=company, by=anna, row=row, **told)
    company.street, company.postcode, company.town = "Bahnhofstrasse", "6003", "Luzern"
    company.save()


def test_the_export_is_valid_against_the_schema(company, anna, who, shared: Path):
    schema = shared / "payroll/elm-xsd/elm5_20200220/SalaryDeclarationServiceTypes.xsd"
    complete(company, anna)
    made = elm.declaration_of(company, 2026, at=clock.now().astimezone(clock.ZURICH))
    content = elm.written(made)
    assert content == elm.written(made)
    root = etree.fromstring(content)
    etree.XMLSchema(etree.parse(schema)).assertValid(root)
    text = content.decode()
    assert "without Swissdec certification" in text
    names = {"sd": "http://www.swissdec.ch/schema/sd/20200220/SalaryDeclaration"}
    told = {name: root.findtext(f".//sd:{name}", namespaces=names) for name in (
        "AHV-AVS-Income", "GrossIncome", "NetIncome", "FAK-CAF-WorkplaceCanton", "UVG-LAA-MasterTotal",
    )}  # fmt: skip
    assert told == {"AHV-AVS-Income": "6500.00", "GrossIncome": "6715.00", "NetIncome": "5979.15",
                    "FAK-CAF-WorkplaceCanton": "ZH", "UVG-LAA-MasterTotal": "6500.00"}  # fmt: skip


def test_the_export_names_what_is_missing(company, anna, who):
    with pytest.raises(Exception) as refusal:
        elm.declaration_of(company, 2026, at=clock.now())
    told = refusal.value.refusals
    assert any(isinstance(one, InstitutionIncomplete) for one in told)
    assert "UVG" in " ".join(map(str, told))


def test_issued_papers_come_back_as_they_were(page, company, anna, who):
    [row] = issuing.issue(company=company, year=2026, by=anna)
    path = f"{page.start}2026/certificates/"
    assert page.get(f"{path}{who.pk}/paper/{row.pk}/").content == row.paper
    assert page.get(path).content.startswith(b"%PDF")
    assert page.get(f"{path}{who.pk}/preview/").content.startswith(b"%PDF")
    assert Decimal(row.content.box("8")) == Decimal("6715.00")
