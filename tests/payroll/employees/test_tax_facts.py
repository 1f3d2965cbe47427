"""What is told of the withholding tax beside the code, by page and by program."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from payroll.employees import employments, keeping, people, reading
from payroll.employees.exporting import table_of
from payroll.employees.facts import Leaving, WithholdingTax
from payroll.employees.fields import KINDS
from payroll.employees.models import Fact
from tests import make
from tests.erp.client import Api, problem
from tests.payroll.employees import books
from tests.payroll.employees.test_pages import Browser

pytestmark = pytest.mark.django_db


@pytest.fixture
def company():
    return books.company()


def content(company, kind):
    return Fact.of(company).filter(kind=kind).last().content


def test_other_jobs_days_abroad_and_the_last_wage_are_typed_on_the_page(company):
    employee = books.hire(company)
    page = Browser(company, make.owner_of(company))
    path = f"{employee.pk}/facts/withholding/"
    shown = page.see(path).content.decode()
    assert all(f'name="{name}"' in shown for name in (
        "other_rate", "work_days", "work_days_abroad", "last_wage"))  # fmt: skip
    told = {"code": "a0n", "canton": "zh", "other_rate": "30", "work_days": "21.5",
            "work_days_abroad": "4", "last_wage": "6'500.00", "valid_from": "1.1.2026"}  # fmt: skip
    assert page.send(path, told).status_code == 302
    assert content(company, "withholding") == WithholdingTax(
        code="A0N", canton="ZH", only_job=False, other_rate=Decimal(30), work_days=Decimal("21.5"),
        work_days_abroad=Decimal(4), last_wage=Decimal("6500.00"),
    )  # fmt: skip
    refused = page.send(path, told | {"work_days_abroad": "22"})
    assert refused.status_code == 422
    assert any(
        word in refused.content.decode() for word in ("22 Tage im Ausland", "22 days abroad")
    )


def test_the_same_by_program(company):
    employee = books.hire(company)
    api = Api(company, make.owner_of(company))
    body = {"employee": employee.pk, "kind": "withholding", "valid_from": "2026-01-01",
            "content": {"code": "A0N", "canton": "ZH", "only_job": False, "other_rate": "30",
                        "work_days": "20", "work_days_abroad": "4", "last_wage": "6500.00"}}  # fmt: skip
    assert api.post("employee-facts/", body).status_code == 201
    body["content"] |= {"total_rate": "80"}
    told = problem(api.post("employee-facts/", body), 422)
    assert [one["code"] for one in told["errors"]] == ["people.other_jobs_twice"]


def test_the_wages_of_the_year_are_entered_with_the_exit(company):
    employee, by = books.hire(company), make.owner_of(company)
    employments.leave(employee, exit=dt.date(2026, 6, 30), by=by)
    fact = Fact.of(company).get(kind="leaving")
    page = Browser(company, by)
    shown = page.see(f"{employee.pk}/").content.decode()
    assert f"/fact/{fact.pk}/" in shown
    assert f"/payroll/movements/{employee.pk}/" in shown  # what is paid after the exit
    path = f"{employee.pk}/fact/{fact.pk}/"
    form = page.see(path).content.decode()
    assert 'name="wages_of_year"' in form and 'name="valid_from"' not in form
    told = {"reason": "resigned", "wages_of_year": "36'000", "version": "1", "remove": "1"}
    assert page.send(path, told).status_code == 302
    assert content(company, "leaving") == Leaving(reason="resigned", wages_of_year=Decimal(36000))
    assert Fact.of(company).get(kind="leaving").valid_from == dt.date(2026, 6, 30)
    assert keeping.correct_fact(fact, value=Leaving(), by=by).fact.content == Leaving()


def test_other_jobs_are_in_the_file_of_employees_and_are_read_from_it(company):
    employee, by = books.hire(company), make.owner_of(company)
    told = WithholdingTax(code="A0N", canton="ZH", only_job=False, other_rate=Decimal(30))
    keeping.set_fact(employee, value=told, valid_from=books.JANUARY, by=by)
    table = table_of([people.file_of(employee, on=books.JANUARY)], on=books.JANUARY, with_ahv=True)
    cells = dict(zip(table.head, table.rows[0], strict=True))
    assert (cells["withholding.only_job"], cells["withholding.other_rate"]) == ("0", "30")
    shown = {name.removeprefix("withholding."): text for name, text in cells.items()
             if name.startswith("withholding.") and text}  # fmt: skip
    assert reading.read(WithholdingTax, KINDS["withholding"].fields, shown) == told
