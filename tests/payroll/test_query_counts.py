"""Lists and pages of payroll ask as often for many people as for few."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from payroll.runs import approving, booking, calculating
from payroll.runs.digest import digest_of_run
from tests import make
from tests.erp.client import Api
from tests.payroll.runs import books

pytestmark = pytest.mark.django_db

FEBRUARY = dt.date(2026, 2, 1)
PAGES = ("runs/", "runs/{run}/", "runs/{run}/recap/", "movements/", "employees/", "employees/due/")
ENDPOINTS = ("payroll-runs/", "payroll-runs/{run}/", "employees/",
             "movements/?month=2026-01")  # fmt: skip
YEAR = ("year/2026/", "year/2026/recap/", "year/2026/reconciliation/",
        *(f"year/2026/lists/{one}/" for one in ("ahv", "fak", "uvg", "ktg", "bvg")))  # fmt: skip


@pytest.fixture(autouse=True)
def january():
    with time_machine.travel(dt.datetime(2026, 1, 20, 9), tick=True):
        yield


@pytest.fixture
def company():
    return books.company()


@pytest.fixture
def asked(company):
    """How many queries each page and endpoint takes, asked for a second time."""
    anna = make.owner_of(company)
    page, api = Client(), Api(company, anna)
    page.force_login(anna)

    def count(pages, endpoints=(), run=0):
        found = {}
        for path in [*pages, *endpoints]:
            told = path.format(run=run)
            for _ in range(2):
                with CaptureQueriesContext(connection) as seen:
                    answer = api.get(told) if path in endpoints else page.get(
                        f"/c/{company.pk}/payroll/{told}")  # fmt: skip
            assert answer.status_code == 200, (told, answer.status_code)
            found[path] = len(seen)
        return found

    return count


def hire(company, *numbers):
    for number in numbers:
        books.employee(company, f"{5000 + number}.00", number=number, iban=books.iban(number))


def post(company, run):
    by = make.owner_of(company)
    approving.approve(run, seen=digest_of_run(run), by=by)
    booking.post(run, by=by)


def test_pages_of_a_run_and_of_people_ask_as_often_for_many(company, asked):
    hire(company, 1, 2)
    run = books.calculated(company)
    few = asked(PAGES, ENDPOINTS, run.pk)
    hire(company, 3, 4, 5)
    calculating.calculate_all(run, by=make.owner_of(company))
    assert asked(PAGES, ENDPOINTS, run.pk) == few


def test_lists_of_a_year_ask_as_often_for_many_people_and_months(company, asked):
    hire(company, 1, 2)
    post(company, books.calculated(company))
    few = asked(YEAR)
    hire(company, 3, 4, 5)
    post(company, books.calculated(company, FEBRUARY))
    assert asked(YEAR) == few
