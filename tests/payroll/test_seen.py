"""Who sees what: AHV numbers masked, files with a right of their own and the second factor, looks noted."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from django.test import Client

from contacts import merging
from erp.audit.models import AccessLogEntry
from erp.core import clock
from payroll.employees.following import BothEmployees
from payroll.employees.models import Employee
from payroll.runs.models import Payslip
from tests import make
from tests.erp.client import Api, problem
from tests.payroll.runs import books
from tests.payroll.whole import whole

pytestmark = pytest.mark.django_db
NUMBER = books.ahv(7)
MASKED = f"756.••••.••••.{NUMBER[-2:]}"


@pytest.fixture(autouse=True)
def january():
    with time_machine.travel(dt.datetime(2026, 1, 20, 9), tick=True):
        yield


@pytest.fixture
def company():
    return books.company()


@pytest.fixture
def ids(company):
    return whole(company)


def page_of(user):
    client = Client()
    client.force_login(user)
    return client


def reader(company, *more):
    return make.user(company=company, granted=["payroll.read", *more])


def shown(ids):
    """Pages and endpoints that tell people's numbers to those who may."""
    return (
        (f"employees/{ids['employee']}/", "year/2026/lists/ahv/", "year/2026/lists/alv/",
         "year/2026/lists/bvg/"),
        (f"employees/{ids['employee']}/", f"payslips/{ids['slip']}/", "payroll/years/2026/lists/ahv/",
         "payroll/years/2026/lists/alv/"),
    )  # fmt: skip


def test_numbers_are_masked_for_those_who_do_not_change_people(company, ids):
    for user, told in ((reader(company), MASKED), (reader(company, "payroll.people"), NUMBER)):
        client, api = page_of(user), Api(company, user)
        pages, endpoints = shown(ids)
        answers = [client.get(f"/c/{company.pk}/payroll/{path}") for path in pages]
        answers += [api.get(path) for path in endpoints]
        for answer in answers:
            text = answer.content.decode()
            assert answer.status_code == 200, answer.request["PATH_INFO"]
            assert (MASKED in text, NUMBER in text) == (told == MASKED, told == NUMBER), (
                answer.request["PATH_INFO"]
            )  # fmt: skip


def test_no_other_page_or_endpoint_tells_a_number_to_a_reader(company, ids):
    user = reader(company)
    client, api = page_of(user), Api(company, user)
    run, who = ids["run"], ids["employee"]
    for path in ("employees/", "employees/due/", f"employees/{who}/leave/", f"runs/{run}/",
                 f"runs/{run}/recap/", f"runs/{run}/slips/{ids['slip']}/", "movements/?month=2026-01",
                 f"movements/{who}/?month=2026-01", "year/2026/", f"year/2026/certificates/{who}/",
                 f"year/2026/accounts/{who}/", "year/2026/recap/", "year/2026/reconciliation/",
                 *(f"year/2026/lists/{one}/" for one in ("ahv-open", "fak", "uvg", "ktg", "tax"))):  # fmt: skip
        answer = client.get(f"/c/{company.pk}/payroll/{path}")
        assert answer.status_code == 200, path
        assert NUMBER not in answer.content.decode(), path
    for path in ("employees/", f"employee-facts/?employee={who}", f"payroll-runs/{run}/",
                 f"employees/{who}/findings/", "payroll/years/2026/",
                 f"payroll/years/2026/accounts/{who}/", "payroll/years/2026/lists/tax/"):  # fmt: skip
        answer = api.client.get(api.start + path)
        assert answer.status_code == 200, path
        for number in (NUMBER, books.ahv(77)):
            assert number not in answer.content.decode(), path


def files(ids):
    """What leaves the house of one or many people: pages and endpoints."""
    return (
        (f"runs/{ids['run']}/slips/{ids['slip']}/pdf/", f"runs/{ids['run']}/slips.pdf",
         f"runs/{ids['run']}/recap/pdf/", f"year/2026/certificates/{ids['employee']}/preview/",
         f"year/2026/certificates/{ids['employee']}/paper/{ids['certificate']}/",
         f"employees/files/{ids['file']}/", f"year/2026/accounts/{ids['employee']}/pdf/"),
        (f"payslips/{ids['slip']}/pdf/", f"employee-files/{ids['file']}/file/",
         f"payroll/years/2026/certificates/{ids['certificate']}/pdf/"),
    )  # fmt: skip


def test_files_take_their_own_right_and_the_second_factor(company, ids):
    pages, endpoints = files(ids)
    allowed, without = reader(company, "payroll.export"), reader(company, "payroll.people")
    client, api = page_of(allowed), Api(company, allowed)
    for path in pages:
        assert client.get(f"/c/{company.pk}/payroll/{path}").status_code == 200, path
        assert page_of(without).get(f"/c/{company.pk}/payroll/{path}").status_code == 403, path
    for path in endpoints:
        assert api.get(path).status_code == 200, path
        assert Api(company, without).get(path).status_code == 403, path
    with clock.at(clock.now() - dt.timedelta(minutes=6)):
        client.force_login(allowed)
        api.client.force_login(allowed)
    for path in pages:
        answer = client.get(f"/c/{company.pk}/payroll/{path}")
        assert (answer.status_code, "reauthenticate" in answer["Location"]) == (302, True), path
    for path in endpoints:
        problem(api.get(path), 403, "step_up_needed")


def looks(company, user):
    rows = AccessLogEntry.of(company).filter(by=user, subject="employee").order_by("pk")
    return list(rows.values_list("kind", "subject_id", "count"))


def test_each_look_at_one_person_says_whose_it_was(company, ids):
    user, who = reader(company, "payroll.export"), ids["employee"]
    client, api = page_of(user), Api(company, user)
    year, api_year = f"/c/{company.pk}/payroll/year/2026", "payroll/years/2026"
    for path, kind in ((f"certificates/{who}/", "read"), (f"accounts/{who}/", "read"),
                       (f"certificates/{who}/preview/", "export"), (f"accounts/{who}/csv/", "export"),
                       (f"certificates/{who}/paper/{ids['certificate']}/", "export")):  # fmt: skip
        assert client.get(f"{year}/{path}").status_code == 200, path
        assert looks(company, user)[-1] == (kind, who, None), path
    for path, kind in ((f"accounts/{who}/", "read"),
                       (f"certificates/{ids['certificate']}/pdf/", "export")):  # fmt: skip
        assert api.get(f"{api_year}/{path}").status_code == 200, path
        assert looks(company, user)[-1] == (kind, who, None), path
    before = len(looks(company, user))
    assert api.get(f"payroll-runs/{ids['run']}/recap/").status_code == 200
    assert looks(company, user)[before:] == [("list", None, 2)]


def test_a_slips_page_opens_no_other_slip(company, ids, monkeypatch):
    field, opened = Payslip._meta.get_field("content"), []
    known = field.opened
    monkeypatch.setattr(
        field, "opened", lambda row, text: opened.append(row.pk) or known(row, text)
    )
    page = page_of(reader(company)).get(
        f"/c/{company.pk}/payroll/runs/{ids['run']}/slips/{ids['slip']}/"
    )
    other = Payslip.of(company).exclude(pk=ids["slip"]).get()
    assert set(opened) == {ids["slip"]}
    assert f"/slips/{other.pk}/" in page.content.decode()


def test_a_file_is_called_what_no_name_can_break(company, ids):
    Employee.of(company).filter(pk=ids["employee"]).update(number='7"; x="')
    client = page_of(reader(company, "payroll.export"))
    company.short_name = 'Mu"ster'
    company.save()
    answer = client.get(f"/c/{company.pk}/payroll/runs/{ids['run']}/slips.pdf")
    assert answer["Content-Disposition"] == 'attachment; filename="Mu\\"ster-2026-01.pdf"'


def test_who_merges_contacts_is_told_no_personnel_numbers(company, ids):
    one, two = Employee.of(company).select_related("contact").order_by("pk")
    with pytest.raises(BothEmployees) as told:
        merging.merge(one.contact, two.contact, by=make.owner_of(company))
    assert told.value.values == {}


def test_what_was_shown_with_a_refusal_is_noted(company, ids):
    anna = make.owner_of(company)
    run = books.calculated(company, dt.date(2026, 2, 1))
    before = AccessLogEntry.of(company).count()
    told = page_of(anna).post(
        f"/c/{company.pk}/payroll/runs/{run.pk}/", {"do": "cancel", "reason": ""}
    )
    assert told.status_code == 422 and "Muster" in told.content.decode()
    (entry,) = AccessLogEntry.of(company).order_by("pk")[before:]
    assert (entry.by, entry.subject) == (anna, "employee")
    run.refresh_from_db()
    assert run.is_open
