"""Bad input of payroll is refused with field, value and remedy, by page and by program; nothing of it is kept."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from django.test import Client

from accounting.ledger.models import Period
from accounting.ledger.years import lock_period
from payroll.employees.facts import WithholdingTax
from payroll.employees.keeping import set_fact
from payroll.employees.models import Employee, Employment, Fact
from payroll.runs import calculating
from payroll.runs.digest import digest_of_run
from payroll.runs.models import MonthlyMovement, PayrollRun
from tests import make
from tests.erp.client import Api, new_key, problem
from tests.payroll.employees.test_api import HIRED
from tests.payroll.employees.test_pages import TYPED
from tests.payroll.rates.test_tariffs import load, record
from tests.payroll.runs import books
from tests.payroll.runs.books import JANUARY

pytestmark = pytest.mark.django_db
MARCH = dt.date(2026, 3, 1)


@pytest.fixture(autouse=True)
def january():
    with time_machine.travel(dt.datetime(2026, 1, 20, 9), tick=True):
        yield


@pytest.fixture
def company():
    return books.company()


@pytest.fixture
def anna(company):
    return make.owner_of(company)


@pytest.fixture
def api(company, anna):
    return Api(company, anna)


@pytest.fixture
def page(company, anna):
    client = Client()
    client.force_login(anna)
    client.start = f"/c/{company.pk}/payroll/"
    return client


def told(answer, status, code, value):
    """A problem with one fault: its code and place, the value within its words; the place."""
    body = problem(answer, status, code)
    (fault,) = body["errors"]
    assert fault["code"] == code
    assert fault["message"].count(".") >= 2 or ":" in fault["message"], fault  # and a remedy
    assert value in fault["message"], fault
    return fault["field"]


def shown(answer, *words):
    """The page with what is wrong on it, as a refusal."""
    text = answer.content.decode()
    assert answer.status_code == 422, answer.status_code
    for word in words:
        assert word in text, word


# --- people ----------------------------------------------------------------------------------------
def test_a_wrong_check_digit(company, api, page):
    wrong = "756.9217.0769.84"
    body = HIRED | {"personal": HIRED["personal"] | {"ahv_number": wrong}}
    answer = api.post("employees/", body, key=new_key())
    assert told(answer, 422, "people.bad_ahv_number", wrong) == "ahv_number"
    shown(page.post(f"{page.start}employees/add/", TYPED | {"ahv_number": wrong}), wrong, "756",
          "ausweis")  # fmt: skip
    assert not Employee.of(company).exists()


def test_an_unknown_code_of_withholding_tax(company, api, page):
    who = books.p1(company)
    body = {"employee": who.pk, "kind": "withholding", "valid_from": "2026-02-01",
            "content": {"code": "F0N", "canton": "ZH"}}  # fmt: skip
    field = told(api.post("employee-facts/", body), 422, "people.unknown_tax_code", "F0N")
    assert field.endswith("code")
    shown(page.post(f"{page.start}employees/{who.pk}/facts/withholding/",
                    {"code": "F0N", "canton": "ZH", "valid_from": "01.02.2026"}),
          "F0N", "B2N")  # fmt: skip
    assert not Fact.of(company).filter(kind="withholding").exists()


def test_a_fact_before_the_entry(company, api, page):
    who = books.employee(company, "5000.00", entry=MARCH)
    wage = {"pay": "month", "amount": "5500.00", "canton": "ZH"}
    body = {"employee": who.pk, "kind": "wage", "valid_from": "2026-02-01", "content": wage}
    answer = api.post("employee-facts/", body)
    assert told(answer, 422, "people.outside_employment", "01.02.2026") == "valid_from"
    shown(page.post(f"{page.start}employees/{who.pk}/facts/wage/", wage | {"valid_from": "01.02.2026"}),
          "01.02.2026", "01.03.2026")  # fmt: skip
    assert Fact.of(company).filter(kind="wage").count() == 1


def test_two_employments_that_overlap(company, api, page):
    who = books.p1(company)
    answer = api.post(f"employees/{who.pk}/return/", {"entry": "2026-02-01"})
    assert told(answer, 422, "people.employments_overlap", "01.01.2026") == "entry"
    place = f"{page.start}employees/{who.pk}/employments/"
    shown(page.post(place, {"act": "return", "entry": "01.02.2026"}), "01.01.2026")
    assert api.post(f"employees/{who.pk}/leave/", {"exit": "2026-06-30"}).status_code == 200
    assert api.post(f"employees/{who.pk}/return/", {"entry": "2026-10-01"}).status_code == 200
    second = Employment.of(company).get(entry=dt.date(2026, 10, 1))
    _body, version = api.read(f"employments/{second.pk}/")
    answer = api.patch(f"employments/{second.pk}/", {"entry": "2026-06-30"}, **version)
    assert told(answer, 422, "people.employments_overlap", "30.06.2026") == "entry"
    shown(page.post(place, {"act": "change", "employment": second.pk, "entry": "30.06.2026"}),
          "30.06.2026")  # fmt: skip


# --- what is typed for a month ---------------------------------------------------------------------
def test_an_unknown_wage_type(company, api, page):
    who = books.p1(company)
    body = {"employee": who.pk, "month": "2026-01", "movements": [{"type": 7777, "amount": "1.00"}]}
    answer = api.post("movements/", body, key=new_key())
    assert told(answer, 422, "payroll.no_such_type", "7777") == "rows[0].type"
    body = {"month": "2026-01", "cells": [{"employee": who.pk, "type": 7777, "amount": "1.00"}]}
    answer = api.post("movements/cells/", body, key=new_key())
    assert told(answer, 422, "payroll.no_such_type", "7777") == "cells[0]"
    shown(
        page.post(f"{page.start}movements/", {"month": "2026-01", f"c-{who.pk}-7777": "1"}), "7777"
    )
    row = {"type": "7777", "quantity": "", "rate": "", "amount": "1", "text": "", "cost_centre": "",
           "for_month": ""}  # fmt: skip
    shown(page.post(f"{page.start}movements/{who.pk}/", {"month": "2026-01", **row}), "7777")
    assert not MonthlyMovement.of(company).exists()


def test_a_wage_before_the_entry(company, api, page):
    who = books.employee(company, "5000.00", entry=MARCH)
    typed = {"type": 1210, "amount": "100.00"}
    body = {"employee": who.pk, "month": "2026-01", "movements": [typed]}
    assert told(api.post("movements/", body, key=new_key()), 422, "payroll.before_entry",
                "01.03.2026") == "month"  # fmt: skip
    body = {"month": "2026-02", "cells": [{"employee": who.pk, **typed}]}
    assert told(api.post("movements/cells/", body, key=new_key()), 422, "payroll.before_entry",
                "02.2026") == "cells[0]"  # fmt: skip
    late = [typed | {"for_month": "2026-01"}]
    body = {"employee": who.pk, "month": "2026-03", "movements": late}
    assert told(api.post("movements/", body, key=new_key()), 422, "payroll.before_entry",
                "01.2026") == "rows[0].for_month"  # fmt: skip
    shown(page.post(f"{page.start}movements/", {"month": "2026-01", f"c-{who.pk}-1210": "100"}),
          "Anna Muster", "01.03.2026")  # fmt: skip
    row = {"type": "1210", "quantity": "", "rate": "", "amount": "100", "text": "",
           "cost_centre": "", "for_month": ""}  # fmt: skip
    shown(page.post(f"{page.start}movements/{who.pk}/", {"month": "2026-02", **row}), "01.03.2026")
    assert not MonthlyMovement.of(company).exists()
    body = {"employee": who.pk, "month": "2026-03", "movements": [typed]}
    assert api.post("movements/", body, key=new_key()).status_code == 200


@pytest.mark.parametrize(
    "name", ["c-1", "c-", "c-x-1210", "c-1-1210-q-q", "c--1210", "c-1-12100000"]
)
def test_fields_that_no_form_has(company, page, name):
    books.p1(company)
    answer = page.post(f"{page.start}movements/", {"month": "2026-01", name: "1"})
    assert answer.status_code in {404, 422}


# --- runs ------------------------------------------------------------------------------------------
def test_a_second_run_of_the_month(company, api, page):
    books.p1(company)
    books.begun(company)
    answer = api.post("payroll-runs/", {"month": "2026-01"}, key=new_key())
    assert told(answer, 409, "payroll.run_exists", "01.2026") == "month"
    shown(page.post(f"{page.start}runs/", {"month": "01.2026"}), "01.2026")
    assert PayrollRun.of(company).count() == 1


def test_a_run_in_a_locked_period(company, anna, api, page):
    books.p1(company)
    period = Period.of(company).get(start__lte=JANUARY, end__gte=JANUARY)
    lock_period(company=company, period=period, lock=Period.Lock.LOCKED, by=anna, reason="Test")
    answer = api.post("payroll-runs/", {"month": "2026-01"}, key=new_key())
    assert told(answer, 409, "ledger.period_locked", "01.2026") is not None
    shown(page.post(f"{page.start}runs/", {"month": "01.2026"}), "gesperrt")
    assert not PayrollRun.of(company).exists()


def test_a_run_whose_period_was_locked_since(company, anna, api, page):
    books.p1(company)
    run = books.approved(company)
    period = Period.of(company).get(start__lte=JANUARY, end__gte=JANUARY)
    lock_period(company=company, period=period, lock=Period.Lock.LOCKED, by=anna, reason="Test")
    answer = api.post(f"payroll-runs/{run.pk}/post/", {}, key=new_key())
    told(answer, 409, "ledger.period_locked", "01.2026")
    shown(page.post(f"{page.start}runs/{run.pk}/post/"), "gesperrt")
    run.refresh_from_db()
    assert (run.status, run.entry_id) == ("approved", None)
    later = {"date": "2026-02-28"}
    assert (
        api.post(f"payroll-runs/{run.pk}/post/", later, key=new_key()).json()["status"] == "posted"
    )


@pytest.mark.parametrize(("canton", "year"), [("BE", 2026), ("ZH", 2025)])
def test_the_tariff_of_another_canton_or_year(company, anna, api, page, canton, year):
    """It is never taken in place of the one that is missing: the run stops and says which."""
    load(record("06", "A0N", 1, percent=200, canton=canton, year=year), canton=canton, year=year,
         made=f"{year - 1}1208")  # fmt: skip
    who = books.p1(company)
    tax = WithholdingTax(code="A0N", canton="ZH", commune=261)
    set_fact(who, value=tax, valid_from=JANUARY, by=anna)
    run = calculating.calculate_all(books.begun(company), by=anna)
    seen = {"seen": digest_of_run(run)}
    answer = api.post(f"payroll-runs/{run.pk}/approve/", seen)
    body = problem(answer, 422)
    assert any("ZH" in one["message"] and "2026" in one["message"] for one in body["errors"]), body
    assert {one["code"] for one in body["errors"]} == {"payroll.stopped"}
    shown(page.post(f"{page.start}runs/{run.pk}/approve/", seen), "ZH", "2026")
    run.refresh_from_db()
    assert run.status == "draft"
