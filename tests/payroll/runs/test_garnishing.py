"""A garnishment is typed by what stays with the employee: on the page, by program, by a file, each month."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from django.test import Client

from erp.core.errors import DomainError
from payroll.employees.facts import Recurring
from payroll.runs import movement_importing, movements
from payroll.runs.models import Payslip, Typed
from payroll.wage_types.garnishing import KeepsNegative, KeepsNotHere
from tests import make
from tests.erp.client import Api, new_key
from tests.payroll.runs import books
from tests.payroll.runs.books import JANUARY

pytestmark = pytest.mark.django_db
GARNISHMENT = 6530
KEEPS = Decimal("3000.00")
TYPED = Typed(type=GARNISHMENT, keeps=KEEPS, text="BA Zürich")


@pytest.fixture
def company():
    return books.company()


@pytest.fixture
def anna(company):
    return make.owner_of(company)


def kept(company):
    return movements.of_month(company, JANUARY)


def test_what_exceeds_the_minimum_is_garnished(company, anna):
    who = books.employee(company, "5000.00")
    movements.save_person(company=company, employee=who, month=JANUARY, rows=[TYPED], by=anna)
    books.posted(company)
    slip = Payslip.of(company).get().content.slip
    assert slip.payout == KEEPS
    (line,) = [one for one in slip.lines if one.type == GARNISHMENT]
    assert line.amount == KEEPS - slip.net


def test_a_garnishment_may_recur(company):
    books.employee(company, "5000.00", Recurring(type=GARNISHMENT, keeps=KEEPS))
    books.calculated(company)
    assert Payslip.of(company).get().content.slip.payout == KEEPS


@pytest.mark.parametrize(
    ("typed", "refusal"),
    [
        (Typed(type=1210, amount=Decimal(1), keeps=KEEPS), KeepsNotHere),
        (Typed(type=GARNISHMENT, keeps=Decimal(-1)), KeepsNegative),
    ],
)
def test_a_minimum_belongs_to_a_garnishment(company, anna, typed, refusal):
    who = books.employee(company, "5000.00")
    with pytest.raises(refusal) as told:
        movements.save_person(company=company, employee=who, month=JANUARY, rows=[typed], by=anna)
    assert told.value.place == "rows[0].keeps"
    with pytest.raises(DomainError):
        books.employee(company, "5000.00", Recurring(type=typed.type, amount=typed.amount,
                                                     keeps=typed.keeps), number=2)  # fmt: skip


def test_it_is_typed_on_the_page_by_program_and_in_a_file(company, anna):
    who = books.employee(company, "5000.00")
    client = Client()
    client.force_login(anna)
    place = f"/c/{company.pk}/payroll/movements/{who.pk}/"
    row = {"type": "6530", "quantity": "", "rate": "", "percent": "", "amount": "",
           "keeps": "3000.00", "text": "BA Zürich", "cost_centre": "", "for_month": ""}  # fmt: skip
    assert client.post(place, {"month": "2026-01", **row}).status_code == 302
    assert kept(company)[who.pk] == [TYPED]
    shown = client.get(f"{place}?month=2026-01").content.decode()
    assert re.search(r'name="keeps"[^>]*value="3.?000', shown)
    movements.save_person(company=company, employee=who, month=JANUARY, rows=[], by=anna)

    api = Api(company, anna)
    told = {"employee": who.pk, "month": "2026-01",
            "movements": [{"type": 6530, "keeps": "3000.00", "text": "BA Zürich"}]}  # fmt: skip
    assert api.post("movements/", told, key=new_key()).status_code == 200
    assert kept(company)[who.pk] == [TYPED]
    assert api.get("movements/?month=2026-01").json()["results"][0]["keeps"] == "3000.00"
    movements.save_person(company=company, employee=who, month=JANUARY, rows=[], by=anna)

    content = f"Personalnummer;Lohnart;Existenzminimum;Text\n{who.number};6530;3000;BA Zürich\n"
    movement_importing.import_movements(company=company, month=JANUARY, by=anna,
                                        content=content.encode())  # fmt: skip
    assert kept(company)[who.pk] == [TYPED]


def test_the_price_of_a_car_is_enough(company, anna):
    who = books.employee(company, "5000.00")
    rows = [Typed(type=1910, rate=Decimal(50000))]
    movements.save_person(company=company, employee=who, month=JANUARY, rows=rows, by=anna)
    books.calculated(company)
    lines = Payslip.of(company).get().content.slip.lines
    assert {one.type: one.amount for one in lines}[1910] == Decimal("450.00")
