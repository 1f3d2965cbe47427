"""Employees as endpoints: hired, read, changed by version, with nothing secret in what is kept."""

from __future__ import annotations

import pytest

from erp.api.models import IdempotencyRecord
from payroll.employees.models import Employee, Fact
from tests import make
from tests.erp.client import Api, new_key, problem
from tests.payroll.employees import books

pytestmark = pytest.mark.django_db
HIRED = {
    "person": {"first_name": "Anna", "last_name": "Muster",
               "addresses": [{"postcode": "8001", "town": "Zürich"}]},
    "personal": {"birth_date": "1986-03-01", "sex": "F", "ahv_number": books.AHV},
    "entry": "2026-01-01",
    "facts": [
        {"kind": "wage", "content": {"pay": "month", "amount": "400.00", "canton": "ZH"}},
        {"kind": "residence", "content": {}},
        {"kind": "payout", "content": {"shares": [{"iban": books.IBAN}]}},
    ],
}  # fmt: skip


@pytest.fixture
def company():
    return books.company()


@pytest.fixture
def api(company):
    return Api(company, make.owner_of(company))


def test_somebody_is_hired_once_per_key_and_nothing_secret_is_kept(company, api):
    key = new_key()
    first = api.post("employees/", HIRED, key=key)
    assert first.status_code == 201
    assert first.json() == {
        "id": Employee.of(company).get().pk, "number": "1", "remarks": ["people.wage_low"],
    }  # fmt: skip
    assert api.post("employees/", HIRED, key=key).json() == first.json()
    assert "400" not in str(IdempotencyRecord.of(company).get().body)
    facts = api.get("employee-facts/", employee=first.json()["id"]).json()["results"]
    home = next(one for one in facts if one["kind"] == "residence")
    assert (home["content"]["canton"], home["content"]["commune"]) == ("ZH", 261)
    wage = next(one for one in facts if one["kind"] == "wage")
    assert wage["content"]["amount"] == "400.00" and wage["content"]["degree"] == "100"


@pytest.mark.parametrize(
    ("change", "place", "code"),
    [
        ({"personal": {"birth_date": "1986-03-01"}}, "personal", "people.bad_content"),
        ({"personal": {**HIRED["personal"], "wage": "1"}}, "personal.wage", "people.unknown_field"),
        ({"personal": {**HIRED["personal"], "ahv_number": "756.1"}}, "ahv_number", "people.bad_ahv_number"),
        ({"facts": [{"kind": "wage", "content": {"pay": "month", "amount": 1.5}}]}, "content",
         "people.bad_content"),
        ({"facts": [{"kind": "wage", "content": {"pay": "month", "amount": "0", "canton": "ZH"}}]},
         "wage.amount", "people.out_of_range"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named(api, change, place, code):
    told = problem(api.post("employees/", HIRED | change, key=new_key()), 422)
    assert [(one["field"], one["code"]) for one in told["errors"]] == [(place, code)]


def test_a_person_has_the_fields_of_a_contact_and_no_others(company, api):
    body = HIRED | {"person": HIRED["person"] | {"company": 1}}
    told = problem(api.post("employees/", body, key=new_key()), 400)
    assert [one["field"] for one in told["errors"]] == ["person.company"]
    assert not Employee.of(company).exists()


def test_a_fact_is_set_corrected_and_taken_away(company, api):
    employee = books.hire(company)
    body = {"employee": employee.pk, "kind": "wage", "valid_from": "2026-07-01",
            "content": {"pay": "month", "amount": "6500.00", "canton": "ZH"}}  # fmt: skip
    made = api.post("employee-facts/", body)
    assert made.status_code == 201 and made.json()["remarks"] == []
    place = f"employee-facts/{made.json()['id']}/"
    _told, version = api.read(place)
    changed = api.patch(place, {"content": body["content"] | {"amount": "6600.00"}}, **version)
    assert changed.json()["content"]["amount"] == "6600.00" and changed.json()["version"] == 2
    problem(api.patch(place, {"valid_until": "2026-12-31"}, **version), 412)
    _told, version = api.read(place)
    assert api.delete(place, **version).status_code == 204
    assert Fact.of(company).filter(kind="wage").count() == 1


def test_readers_see_masked_numbers(company):
    employee = books.hire(company)
    reader = Api(company, make.user(company=company, granted=["payroll.read"]))
    told = reader.get(f"employees/{employee.pk}/").json()
    assert told["personal"]["ahv_number"] == "756.••••.••••.85" and told["name"] == "Anna Muster"


def test_accounts_want_the_second_factor(company):
    employee = books.hire(company)
    api = Api(company, make.owner_of(company))
    session = api.client.session
    session["account_authentication_methods"] = []
    session.save()
    body = {"employee": employee.pk, "kind": "payout", "valid_from": "2026-07-01",
            "content": {"shares": [{"iban": books.IBAN}]}}  # fmt: skip
    problem(api.post("employee-facts/", body), 403, "step_up_needed")


def test_exit_return_leave_and_balances(company, api):
    employee = books.hire(company)
    place = f"employees/{employee.pk}/"
    assert api.post(f"{place}leave/", {"exit": "2026-06-30", "reason": "resigned"}).json() == []
    back = api.post(f"{place}return/", {"entry": "2026-10-01"}).json()
    assert [one["code"] for one in back] == ["people.terms_of_before"]
    body = {"employee": employee.pk, "kind": "holidays", "date": "2026-03-01", "amount": "-3.00"}
    assert api.post("employee-leave/", body).status_code == 201
    holidays = api.get(f"{place}balances/", year=2026).json()[0]
    assert (holidays["entitled"], holidays["left"]) == ("18.80", "15.80")
    assert api.get(f"{place}findings/").status_code == 200
    assert (
        api.get("employees/due/", since="2026-01-01", until="2026-12-31").json()["results"][0][
            "code"
        ]
        == "entry"
    )
