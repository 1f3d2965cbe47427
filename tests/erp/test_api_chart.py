"""Endpoints of the ledger's settings: accounts, fiscal years, periods, cost units."""

from __future__ import annotations

import datetime as dt

import pytest

from accounting.ledger.models import Account, CostCentre, CostObject, FiscalYear, Period
from erp.audit.models import AuditEvent
from tests.accounting.banking.conftest import bank_account
from tests.erp.client import changed, places, problem
from tests.erp.test_api import RENT
from tests.erp.test_api_ledger import ANY, drafted

# Accounts


def test_accounts_are_found_by_type_and_number(api):
    everything = api.get("accounts/").json()
    assets = api.get("accounts/", type="asset").json()
    assert assets == [a for a in everything if a["type"] == "asset"] and assets
    tens = api.get("accounts/", number_prefix="10", type="asset").json()
    assert tens == [a for a in assets if a["number"].startswith("10")] and len(tens) < len(assets)
    assert api.get("accounts/", number_prefix="%").json() == []
    assert places(problem(api.get("accounts/", type="rich"), 400)) == [("type", "invalid_choice")]


def test_an_account_without_entries_goes_and_one_with_stays(api, company):
    api.post("accounts/", {"number": "1021", "type": "asset", "name_de": "Bank"})
    _told, version = api.read("accounts/1021/")
    problem(api.delete("accounts/1021/"), 428)
    problem(api.delete("accounts/1021/", HTTP_IF_MATCH='"0"'), 412)
    assert api.delete("accounts/1021/", **version).status_code == 204
    problem(api.get("accounts/1021/"), 404)
    drafted(api)
    problem(api.delete("accounts/6000/", **ANY), 409, "ledger.not_deletable")
    problem(api.delete("accounts/2200/", **ANY), 409, "ledger.not_deletable")  # has a purpose
    api.post("accounts/", {"number": "1022", "type": "asset", "name_de": "Bank"})
    bank_account(company, account="1022")
    problem(api.delete("accounts/1022/", **ANY), 409, "ledger.account_named_elsewhere")
    assert Account.of(company).filter(number__in=["6000", "2200", "1022"]).count() == 3


# Fiscal years and periods


def test_a_year_is_opened_and_deleted_while_it_is_empty(api, company):
    answer = api.post("fiscal-years/", {"start": "2027-01-01", "end": "2027-03-31"})
    told = answer.json()
    assert (answer.status_code, told["name"], len(told["periods"])) == (201, "2027", 3)
    path = f"fiscal-years/{told['id']}/"
    assert api.get(path).json() == told and api.get(path)["ETag"] == answer["ETag"]
    told = problem(api.post("fiscal-years/", {"start": "2027-03-01", "end": "2028-02-28"}), 422,
                   "ledger.year_overlaps")  # fmt: skip
    problem(api.post("fiscal-years/", {"start": "9999-01-01", "end": "9999-12-31"}), 400)
    problem(api.post("fiscal-years/", {"start": "2028-01-01", "end": "2027-12-31"}), 422,
            "ledger.year_length")  # fmt: skip
    api.enter(changed(RENT, date="2027-02-01"))
    problem(api.delete(path, **ANY), 409, "ledger.year_not_empty")
    assert [y["name"] for y in api.get("fiscal-years/").json()] == ["2026", "2027"]

    empty = api.post(
        "fiscal-years/", {"start": "2028-01-01", "end": "2028-12-31", "name": "Zu früh"}
    ).json()
    path = f"fiscal-years/{empty['id']}/"
    problem(api.delete(path), 428)
    problem(api.delete(path, HTTP_IF_MATCH='"0"'), 412)
    assert api.delete(path, **api.read(path)[1]).status_code == 204
    problem(api.delete(path, **ANY), 404)
    assert FiscalYear.of(company).count() == 2


def test_a_period_is_locked_and_reopened_with_a_reason(api, company):
    period = Period.of(company).get(start=dt.date(2026, 3, 1))
    path = f"periods/{period.pk}/"
    told, version = api.read(path)
    assert told == {"id": period.pk, "start": "2026-03-01", "end": "2026-03-31", "lock": "open"}
    problem(api.patch(path, {"lock": "locked"}), 428)
    locked = api.patch(path, {"lock": "locked"}, **version)
    assert locked.json() == {**told, "lock": "locked"}
    problem(api.enter(RENT), 409, "ledger.period_locked")
    problem(api.patch(path, {"lock": "open"}, **version), 412)
    reopened = api.patch(
        path, {"lock": "open", "reason": "Nachtrag"}, HTTP_IF_MATCH=locked["ETag"]
    )  # fmt: skip
    assert reopened["ETag"] == version["HTTP_IF_MATCH"]
    event = AuditEvent.of(company).filter(action="period.lock").latest("pk")
    assert event.details["lock"] == ["locked", "open"] and event.details["reason"] == "Nachtrag"
    drafted(api)
    problem(api.patch(path, {"lock": "locked"}, **ANY), 409, "ledger.drafts_in_period")
    assert places(problem(api.patch(path, {"reason": "x"}, **ANY), 400)) == [("lock", "required")]
    assert places(problem(api.patch(path, {"lock": "shut"}, **ANY), 400)) == [
        ("lock", "invalid_choice")
    ]
    assert Period.of(company).get(pk=period.pk).lock == "open"


# Cost centres and cost objects


@pytest.mark.parametrize(("name", "model"), [("centres", CostCentre), ("objects", CostObject)])
def test_cost_units_are_added_and_changed(api, company, name, model):
    path = f"cost-{name}/"
    answer = api.post(path, {"number": "10", "name_de": "Werkstatt"})
    told = answer.json()
    assert answer.status_code == 201 and api.get(path).json() == [told]
    one = f"{path}{told['id']}/"
    _told, version = api.read(one)
    assert version["HTTP_IF_MATCH"] == answer["ETag"]
    problem(api.patch(one, {"name_de": "Atelier"}), 428)
    done = api.patch(one, {"name_fr": "Atelier", "active_until": "2026-12-31"}, **version)
    assert done.json() == {**told, "name_fr": "Atelier", "active_until": "2026-12-31"}
    problem(api.patch(one, {"name_de": "Anders"}, **version), 412)
    problem(api.post(path, {"number": "10", "name_de": "Zweite"}), 422, "ledger.number_taken")
    problem(api.post(path, {"number": "11"}), 422, "ledger.name_missing")
    problem(api.patch(one, {"name_de": "", "name_fr": ""}, **ANY), 422, "ledger.name_missing")
    assert places(problem(api.post(path, {"name_de": "x", "company": 1}), 400)) == [
        ("number", "required"), ("company", "unknown")
    ]  # fmt: skip
    assert api.get(one).json() == done.json() and model.of(company).count() == 1
