"""Which gross wage brings somebody to a net wage, by their own data; what was found can be taken over."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from functools import partial

import msgspec
import pytest
from django.test import Client

from erp.access.models import User
from payroll.employees.keeping import correct_fact
from payroll.employees.models import Fact
from payroll.runs import movements, net_to_gross
from payroll.runs.models import Payslip, Typed
from payroll.runs.net_to_gross import gross_of
from payroll.wages.net_to_gross import Target
from tests import make
from tests.erp.client import Api
from tests.payroll.runs import books

pytestmark = pytest.mark.django_db
JANUARY, FEBRUARY = dt.date(2026, 1, 1), dt.date(2026, 2, 1)


@pytest.fixture
def company():
    return books.company()


@pytest.fixture
def who(company):
    return books.p1(company)


@pytest.fixture
def anna(company) -> User:
    return make.owner_of(company)


def test_a_wage_for_a_net_of_5000_becomes_the_contract_and_the_slip_says_so(company, who, anna):
    books.posted(company)
    found = gross_of(company=company, employee=who, month=FEBRUARY, wanted=Decimal("5000.00"))
    assert (found.reached, found.why) == (Decimal("5000.00"), None)
    net_to_gross.take_over_wage(found, by=anna)
    run = books.calculated(company, FEBRUARY)
    slip = Payslip.of(company).get(run=run).content.slip
    assert (slip.net, slip.lines[0].amount) == (Decimal("5000.00"), found.amount)


@pytest.mark.parametrize(
    ("wanted", "hours", "pension"),
    [("5000.00", "10", True), ("215.00", None, True), ("6000.00", None, False)],
)
def test_a_wage_that_was_found_is_what_the_run_pays(company, anna, wanted, hours, pension):
    """Overtime and small wages depend on the wage of the contract, the law's least pension as well."""
    hired = books.p1 if pension else partial(books.employee, amount="3000.00")
    who = hired(company, entry=FEBRUARY)
    if hours:
        movements.save_person(company=company, employee=who, month=FEBRUARY, by=anna,
                              rows=[Typed(type=1061, quantity=Decimal(hours))])  # fmt: skip
    found = gross_of(company=company, employee=who, month=FEBRUARY, wanted=Decimal(wanted))
    assert found.why is None or found.reached != Decimal(wanted)
    held = Fact.of(company).get(employee=who, kind="wage")
    value = msgspec.structs.replace(held.content, amount=found.amount)
    correct_fact(held, value=value, by=anna)
    slip = Payslip.of(company).get(run=books.calculated(company, FEBRUARY)).content.slip
    assert (slip.net, slip.charges) == (found.reached, found.slip.charges)
    assert abs(slip.net - Decimal(wanted)) <= Decimal("0.05")


def test_a_bonus_for_a_payout_becomes_a_movement(company, who, anna):
    movements.save_person(company=company, employee=who, month=JANUARY, by=anna,
                          rows=[Typed(type=6000, amount=Decimal("80.00"))])  # fmt: skip
    found = gross_of(company=company, employee=who, month=JANUARY, wanted=Decimal("7500.00"), type=1203,
                     target=Target.PAYOUT)  # fmt: skip
    net_to_gross.take_over_movement(found, company=company, by=anna)
    run = books.calculated(company, JANUARY)
    assert Payslip.of(company).get(run=run).content.slip.payout == Decimal("7500.00")
    with pytest.raises(net_to_gross.NoMonthlyWage):
        net_to_gross.take_over_wage(found, by=anna)


def test_what_cannot_be_reckoned_is_named(company, who, anna):
    told = {"company": company, "employee": who, "month": JANUARY}
    with pytest.raises(net_to_gross.NothingWanted):
        gross_of(**told, wanted=Decimal(0))
    with pytest.raises(Exception, match="9999"):
        gross_of(**told, wanted=Decimal(100), type=9999)
    assert gross_of(**told, wanted=Decimal(100), type=1203).why.code == "net.too_low"
    late = books.employee(
        company, "5000.00", number=2, entry=dt.date(2026, 1, 15), iban=books.iban(2)
    )
    with pytest.raises(net_to_gross.NoMonthlyWage):
        gross_of(**(told | {"employee": late}), wanted=Decimal(2000))
    books.posted(company)
    with pytest.raises(net_to_gross.MonthPosted):
        gross_of(**told, wanted=Decimal(5000))


def test_the_page_reckons_and_takes_over_by_right(company, who, anna):
    client = Client()
    client.force_login(anna)
    start = f"/c/{company.pk}/payroll/net-to-gross/"
    asked = {
        "employee": who.pk,
        "month": "02.2026",
        "wanted": "5000",
        "target": "net",
        "what": "contract",
    }
    assert client.get(f"{start}?employee={who.pk}").status_code == 200
    shown = client.post(start, asked).content.decode()
    assert "5’000.00" in shown and "net-to-gross/wage/" in shown
    assert client.post(start, asked | {"month": "x"}).status_code == 422
    assert client.post(start, asked | {"wanted": "-1"}).status_code == 422
    reader = Client()
    reader.force_login(make.user(company=company, granted=["payroll.read"]))
    shown = reader.post(start, asked).content.decode()
    assert "5’000.00" in shown and "net-to-gross/wage/" not in shown
    for act in ("wage/", "movement/"):
        assert reader.post(start + act, asked).status_code == 403
    assert client.post(start + "wage/", asked)["Location"].endswith(f"/employees/{who.pk}/")
    bonus = asked | {"what": "1203", "wanted": "9000"}
    assert "movements" in client.post(start + "movement/", bonus)["Location"]


def test_programs_reckon_without_a_key_and_nothing_is_kept(company, who, anna):
    api = Api(company, anna)
    told = {"employee": who.pk, "month": "2026-02", "wanted": "5000.00"}
    answer = api.post("payroll/net-to-gross/", told)
    assert answer.status_code == 200, answer.content
    found = answer.json()
    assert (found["reached"], found["exact"], found["net"]) == ("5000.00", True, "5000.00")
    assert api.post("payroll/net-to-gross/", told | {"target": "x"}).status_code == 400
    assert api.post("payroll/net-to-gross/", told | {"employee": 999999}).status_code == 400
