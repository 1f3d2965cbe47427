"""Pages of employees: hire on one page, look, change from a day on, correct; who may see what."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from erp.audit.models import AccessLogEntry
from payroll.employees import keeping, people
from payroll.employees.facts import Payout, Residence, Wage
from payroll.employees.models import Employee, Fact
from tests import make
from tests.payroll import tables
from tests.payroll.employees import books

pytestmark = pytest.mark.django_db
JANUARY = books.JANUARY
TYPED = {
    "first_name": "Anna", "last_name": "Muster", "language": "de", "country": "CH",
    "street": "Gasse", "house_number": "1", "postcode": "8001", "town": "Zürich",
    "birth_date": "1.3.1986", "sex": "F", "ahv_number": books.AHV, "nationality": "CH",
    "entry": "1.1.2026", "function": "Köchin",
    "wage.pay": "month", "wage.amount": "6'000", "wage.degree": "80", "wage.canton": "zh",
    "wage.thirteenth": "december", "wage.holiday_weeks": "5",
    "residence.kind": "swiss", "civil_status.status": "single",
    "payout.shares[0].iban": "CH93 0076 2011 6238 5295 7",
}  # fmt: skip


@pytest.fixture
def company():
    return books.company()


@pytest.fixture
def page(company):
    """A signed-in browser of the owner, for addresses below the employees."""
    return Browser(company, make.owner_of(company))


class Browser(Client):
    def __init__(self, company, user):
        super().__init__()
        self.start = f"/c/{company.pk}/payroll/employees/"
        self.force_login(user)

    def see(self, path="", **query):
        return self.get(self.start + path, query)

    def send(self, path, data):
        return self.post(self.start + path, data)


def test_somebody_is_hired_on_one_page(company, page):
    assert page.see("add/").status_code == 200
    answer = page.send("add/", TYPED)
    employee = Employee.of(company).get()
    assert answer["Location"] == f"{page.start}{employee.pk}/"
    file = people.file_of(employee, on=JANUARY)
    wage = file.at(Wage, JANUARY)
    assert (wage.amount, wage.degree, wage.canton) == (Decimal(6000), Decimal(80), "ZH")
    assert file.at(Residence, JANUARY) == Residence(canton="ZH", commune=261)
    assert file.at(Payout, JANUARY).shares[0].iban == books.IBAN
    assert {one.kind for one in file.facts} == {"wage", "residence", "civil_status", "payout"}


def test_all_faults_of_the_page_are_named_at_once_and_what_was_typed_stays(company, page):
    wrong = TYPED | {"ahv_number": "756.9217.0769.84", "wage.amount": "viel", "entry": "gestern"}
    text = page.send("add/", wrong)
    assert text.status_code == 422
    shown = text.content.decode()
    for told in ("756.9217.0769.84", "viel", "gestern", "Köchin"):
        assert told in shown
    wrong = TYPED | {"ahv_number": "756.9217.0769.84", "wage.canton": "XX", "postcode": "80",
                     "payout.shares[0].iban": "CH44 3199 9123 0008 8901 2"}  # fmt: skip
    answer = page.send("add/", wrong)
    assert answer.status_code == 422
    shown = answer.content.decode()
    assert shown.count('<ul class="error">') == 4
    assert not Employee.of(company).exists()


def test_a_wage_changes_from_a_day_on_and_a_mistake_is_corrected(company, page):
    employee = books.hire(company)
    place = f"{employee.pk}/facts/wage/"
    shown = page.see(place).content.decode()
    assert "6’000" in shown
    sent = {"valid_from": "1.7.2026", "pay": "month", "amount": "6500", "degree": "100", "canton": "ZH",
            "thirteenth": "none", "holiday_weeks": "5"}  # fmt: skip
    assert page.send(place, sent).status_code == 302
    assert page.send(place, sent).status_code == 422  # something begins on that day already
    fact = Fact.of(company).filter(kind="wage").order_by("valid_from").last()
    place = f"{employee.pk}/fact/{fact.pk}/"
    assert "6’500" in page.see(place).content.decode()
    assert page.send(place, sent | {"amount": "6400", "version": "1"}).status_code == 302
    assert page.send(place, sent | {"amount": "6300", "version": "1"}).status_code == 422
    wage = people.file_of(employee, on=JANUARY).at(Wage, dt.date(2026, 8, 1))
    assert wage.amount == Decimal(6400)
    page.send(place, {"remove": "1", "version": "2"})
    assert Fact.of(company).filter(kind="wage").count() == 1


def test_the_page_shows_another_day(company, page):
    employee = books.hire(company)
    keeping.set_fact(employee, value=books.wage("6543.00"), valid_from=dt.date(2027, 1, 1),
                     by=make.owner_of(company))  # fmt: skip
    row = '<td class="tight">01.01.2027</td><td class="tight"><a'
    assert row not in page.see(f"{employee.pk}/", on="31.12.2026").content.decode()
    assert row in page.see(f"{employee.pk}/", on="1.1.2027").content.decode()


def test_only_who_changes_people_sees_whole_ahv_numbers(company, page):
    employee = books.hire(company)
    assert books.AHV in page.see(f"{employee.pk}/").content.decode()
    reader = Browser(company, make.user(company=company, granted=["payroll.read"]))
    shown = reader.see(f"{employee.pk}/").content.decode()
    assert books.AHV not in shown and "756.••••.••••.85" in shown
    assert reader.see(f"{employee.pk}/edit/").status_code == 403
    assert reader.see(f"{employee.pk}/facts/wage/").status_code == 403


def test_each_look_is_noted(company, page):
    employee = books.hire(company)
    page.see(f"{employee.pk}/")
    page.see()
    page.see(q="mus")
    looks = AccessLogEntry.of(company).filter(subject="employee").order_by("pk")
    assert list(looks.values_list("kind", "subject_id", "count")) == [
        ("read", employee.pk, None), ("list", None, 1), ("search", None, 1),
    ]  # fmt: skip


def test_the_list_finds_filters_and_asks_the_same_for_one_and_many(company, page):
    books.hire(company)
    page.see()
    with CaptureQueriesContext(
        connection,
    ) as one:
        assert "Muster" in page.see().content.decode()
    for nth in range(4):
        books.hire(company, personal=books.personal(ahv_number=""),
                   person=books.person(first_name="Beat", last_name=f"Keller{nth}"))  # fmt: skip
    with CaptureQueriesContext(connection) as many:
        shown = page.see().content.decode()
    assert len(many) == len(one)
    assert shown.index("Keller0") < shown.index("Keller3") < shown.index("Anna Muster")
    found = page.see(q="keller2").content.decode()
    assert "Keller2" in found and "Keller1" not in found
    assert "Anna Muster" in page.see(q="zürich").content.decode()
    page.send(f"{Employee.of(company).get(number='1').pk}/employments/",
              {"act": "leave", "exit": "28.2.2026", "reason": "resigned"})  # fmt: skip
    page.see()  # what was saved is told once
    assert "Anna Muster" not in page.see().content.decode()
    assert "Anna Muster" in page.see(state="left").content.decode()


def test_exit_and_return_by_page(company, page):
    employee = books.hire(company)
    place = f"{employee.pk}/employments/"
    assert page.see(place).status_code == 200
    assert page.send(place, {"act": "leave", "exit": "", "reason": "other"}).status_code == 422
    page.send(place, {"act": "leave", "exit": "31.3.2026", "reason": "retired"})
    page.send(place, {"act": "return", "entry": "1.6.2026", "function": "Aushilfe"})
    file = people.file_of(employee, on=JANUARY)
    assert [(one.entry.month, one.exit and one.exit.month) for one in file.employments] == [
        (1, 3),
        (6, None),
    ]
    assert page.send(place, {"act": "delete"})["Location"] == page.start


def test_personal_data_by_page(company, page):
    employee = books.hire(company)
    sent = {"birth_date": "2.3.1986", "sex": "M", "ahv_number": books.OTHER_AHV, "nationality": "de",
            "number": "A7", "version": str(employee.version)}  # fmt: skip
    assert page.send(f"{employee.pk}/edit/", sent).status_code == 302
    found = Employee.of(company).get()
    assert (found.number, found.personal.nationality, found.personal.sex) == ("A7", "DE", "M")
    assert page.send(f"{employee.pk}/edit/", sent).status_code == 422  # an older version


def test_nothing_that_can_be_read_lies_in_the_tables(company, page):
    page.send("add/", TYPED)
    employee = Employee.of(company).get()
    page.send(f"{employee.pk}/facts/child/", {"valid_from": "1.1.2026", "first_name": "Lealotte",
                                              "birth_date": "1.5.2020", "allowance": "child"})  # fmt: skip
    everything = tables.everything()
    assert "Muster" in everything  # what is looked for would be found
    for secret in (
        books.AHV,
        books.AHV.replace(".", ""),
        books.IBAN,
        "6000.00",
        "1986-03-01",
        "Lealotte",
    ):
        assert secret not in everything, secret
