"""The guided start tells what people lack: terms, funds of their cantons, tariffs; and figures of law."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from payroll.employees.facts import WithholdingTax
from payroll.setup import readiness
from tests.payroll.runs import books

pytestmark = pytest.mark.django_db
MAY = dt.date(2026, 5, 31)


@pytest.fixture
def company():
    return books.company()


def steps(company, on=MAY):
    with translation.override("en"):
        return {one.code: one for one in readiness.steps(company, on)}


def test_people_without_terms_are_named_with_a_link(company):
    assert steps(company)["people"].state == "warn"  # nobody is there
    books.p1(company)
    books.employee(company, "5000.00", number=2, iban=books.iban(2))
    assert (steps(company)["people"].state, steps(company)["fak_cantons"].state) == ("good", "good")
    lost = books.hire(company, entry=dt.date(2026, 5, 1), person=books.person(first_name="Ruth"),
                      personal=books.personal(ahv_number=books.ahv(9)), facts=())  # fmt: skip
    one = steps(company)["people"]
    assert (one.state, one.address, one.target) == ("bad", "employee", lost.pk)
    assert one.told == "Something is missing of 1 person: Ruth Muster."


def test_cantons_of_work_and_tariffs_of_the_year_are_asked_for(company):
    taxed = WithholdingTax(code="A0N", canton="BE", commune=351)
    books.employee(company, "5000.00", taxed, canton="BE")
    found = steps(company)
    assert (found["fak_cantons"].state, found["tariffs"].state) == ("bad", "bad")
    assert "BE" in found["fak_cantons"].told and "BE" in found["tariffs"].told
    assert found["tariffs"].address == "payroll-tariffs"


def test_figures_that_nobody_knows_stand_in_the_way(company):
    assert steps(company)["figures"].state == "good"
    later = steps(company, dt.date(2031, 1, 31))["figures"]
    assert (later.state, later.address) == ("bad", "payroll-figures")
    assert "31.01.2031" in later.told


def test_more_people_are_no_more_queries(company):
    books.employee(company, "5000.00", number=1, iban=books.iban(1))
    with CaptureQueriesContext(connection) as few:
        steps(company)
    for number in (2, 3):
        books.employee(company, "5000.00", number=number, iban=books.iban(number))
    with CaptureQueriesContext(connection) as many:
        steps(company)
    assert len(few) == len(many)
