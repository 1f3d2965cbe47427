"""``…/budgets/``: begun, planned by month or year, imported, and kept from being overwritten."""

from __future__ import annotations

import pytest

from accounting.budgets.models import Budget, BudgetAmount
from tests.erp.client import new_key, problem

pytestmark = pytest.mark.django_db


@pytest.fixture
def budget(api):
    """An empty budget of 2026."""
    made = api.post("budgets/", {"fiscal_year": "2026", "name": "Entwurf"})
    assert made.status_code == 201, made.content
    return made.json()["id"]


def plan(api, budget, *plans):
    _told, version = api.read(f"budgets/{budget}/")
    return api.put(f"budgets/{budget}/amounts/", {"plans": list(plans)}, **version)


def test_a_year_is_spread_and_months_are_taken_as_sent(api, budget):
    api.post("cost-centres/", {"number": "10", "name_de": "Laden"})
    done = plan(
        api, budget,
        {"account": "6000", "amount": "100.00"},
        {"account": "3200", "cost_centre": "10", "months": [{"month": "2026-05", "amount": "-7.35"}]},
    )  # fmt: skip
    assert done.status_code == 200, done.content
    sales, rent = done.json()["planned"]
    assert sales == {"account": "3200", "cost_centre": "10", "amount": "-7.35",
                     "months": [{"month": "2026-05", "amount": "-7.35"}]}  # fmt: skip
    assert (rent["account"], rent["amount"], len(rent["months"])) == ("6000", "100.00", 12)
    assert api.get(f"budgets/{budget}/amounts/").json() == done.json()


def test_who_has_not_read_the_budget_as_it_is_does_not_overwrite_it(api, budget):
    _told, version = api.read(f"budgets/{budget}/")
    body = {"plans": [{"account": "6000", "amount": "1.00"}]}
    assert api.put(f"budgets/{budget}/amounts/", body, **version).status_code == 200
    problem(api.put(f"budgets/{budget}/amounts/", body, **version), 412)


@pytest.mark.parametrize(
    ("body", "status", "place"),
    [
        ({"account": "600X", "amount": "1.00"}, 400, "plans[0].account"),
        ({"account": "6000"}, 400, "plans[0]"),
        ({"account": "6000", "amount": "1.00", "months": []}, 400, "plans[0]"),
        ({"account": "6000", "amount": 1.5}, 400, "plans[0].amount"),
        (
            {"account": "6000", "months": [{"month": "2026-13", "amount": "1"}]},
            400,
            "plans[0].months",
        ),
        ({"account": "6000", "months": [{"month": "2027-01", "amount": "1"}]}, 422, "month"),
        ({"account": "9000", "amount": "1.00"}, 422, "account"),
    ],
)
def test_what_cannot_be_planned_is_told_with_its_place(api, company, budget, body, status, place):
    told = problem(plan(api, budget, body), status)
    assert told["errors"][0]["field"].replace(".0.", "[0].").startswith(place.split("[")[0])
    assert not BudgetAmount.of(company).exists()


def test_a_budget_is_chosen_renamed_and_deleted(api, company, budget):
    second = api.post("budgets/", {"fiscal_year": "2026", "name": "Zweiter", "source": "budget",
                                   "other": budget, "percent": "5.00", "step": "100.00"}).json()  # fmt: skip
    assert second["is_chosen"] is False
    told, version = api.read(f"budgets/{second['id']}/")
    changed = api.patch(f"budgets/{second['id']}/", {"name": "B", "is_chosen": True}, **version)
    assert changed.json() | {"changed_at": ""} == told | {
        "name": "B", "is_chosen": True, "changed_at": ""
    }  # fmt: skip
    assert [b["is_chosen"] for b in api.get("budgets/").json()] == [True, False]
    _told, version = api.read(f"budgets/{budget}/")
    assert api.delete(f"budgets/{budget}/", **version).status_code == 204
    assert [b.name for b in Budget.of(company)] == ["B"]


@pytest.mark.parametrize(
    ("more", "place"),
    [({"source": "budget"}, "other"), ({"other": 1}, "other"), ({"percent": "1001"}, "percent"),
     ({"fiscal_year": "1999"}, "fiscal_year"), ({"step": "3"}, "step")],
)  # fmt: skip
def test_a_budget_that_cannot_begin_is_refused(api, company, more, place):
    told = problem(api.post("budgets/", {"fiscal_year": "2026", "name": "x", **more}), 400)
    assert told["errors"][0]["field"] == place
    assert not Budget.of(company).exists()


def test_a_file_is_looked_at_then_taken_once(api, company, budget):
    file = b"account;amount\n6000;1200.00\n3200;5000.00\n"
    looked = api.upload(f"budgets/{budget}/imports/?dry_run=true", file)
    assert looked.json() == {"dry_run": True, "rows": 2, "total": "3800.00"}
    assert not BudgetAmount.of(company).exists()
    key = new_key()
    assert api.upload(f"budgets/{budget}/imports/", file, key=key).status_code == 201
    assert BudgetAmount.of(company).count() == 24
    again = api.upload(f"budgets/{budget}/imports/", file, key=key)
    assert (again.status_code, again.json()["rows"]) == (201, 2)
    bad = problem(
        api.upload(f"budgets/{budget}/imports/", b"account;amount\n1;2\n", key=new_key()), 422
    )
    assert "1" in bad["detail"]
