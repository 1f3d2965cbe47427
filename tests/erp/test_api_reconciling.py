"""Reconciling by program: rules, suggestions, taking, sharing out, the account's state."""

from __future__ import annotations

import pytest

from accounting.banking.models import BankAccount, BankRule
from accounting.open_items.models import OpenItem
from erp.audit.models import AuditEvent
from tests import make
from tests.accounting.banking.conftest import bank_account
from tests.accounting.banking.files import camt053, entry, tx
from tests.accounting.open_items.books import company as books_of
from tests.accounting.open_items.books import invoice
from tests.erp.client import Api, new_key, problem

from accounting.banking import importing  # isort: skip

RULE = {"name": "Gebühren", "text_contains": "gebühr", "account": "6940", "direction": "out"}


@pytest.fixture
def company(db):
    return books_of()


@pytest.fixture
def bank(company):
    return bank_account(company)


@pytest.fixture
def lines(company, bank):
    """A payment over 100, another over 40, and a charge of 12."""
    by = make.owner_of(company)
    importing.take_in(company=company, by=by, content=camt053(
        entry("100.00", tx("100.00", party="Wer"), ref="a"),
        entry("40.00", tx("40.00", party="Wer"), ref="b"),
        entry("12.00", ref="c", side="DBIT", text="Kontoführungsgebühr"),
    ))  # fmt: skip
    found = bank.transactions.order_by("pk")
    return list(found)


@pytest.fixture
def api(company):
    return Api(company, make.owner_of(company))


def test_rules_are_made_changed_tried_ordered_and_removed(api, company, lines):
    made = api.post("bank-rules/", RULE)
    assert made.status_code == 201
    where = f"bank-rules/{made.json()['id']}/"
    second = api.post("bank-rules/", {**RULE, "name": "b", "amount_from": "5.00"}).json()
    tried = api.get(where + "dry-run/").json()
    assert tried["count"] == 1 and tried["rows"][0]["transaction"] == lines[2].pk
    assert [one["code"] for one in tried["rows"][0]["but"]] == ["rule_asks"]
    changed = api.patch(where, {"books": True, "cost_centre": ""}, **api.read(where)[1])
    assert changed.json()["books"] is True
    order = [second["id"], made.json()["id"]]
    assert [one["id"] for one in api.post("bank-rules/reorder/", {"order": order}).json()] == order
    bare = {"name": "x", "account": "6940"}
    problem(api.post("bank-rules/", bare), 422, "banking.rule_without_condition")
    problem(api.post("bank-rules/", {**RULE, "account": "1"}), 422, "ledger.unknown_account")
    assert api.delete(where, HTTP_IF_MATCH="*").status_code == 204
    assert BankRule.of(company).get().pk == second["id"]
    assert len(api.get("bank-rules/").json()) == 1


def test_lines_tell_what_they_may_be_and_are_taken(api, bank, lines):
    api.post("bank-rules/", RULE)
    page = api.get(f"bank-accounts/{bank.pk}/lines/").json()
    assert [line["amount"] for line in page["lines"]] == ["100.00", "40.00", "-12.00"]
    (found,) = api.get(f"bank-transactions/{lines[2].pk}/suggestions/").json()
    assert (found["kind"], found["contra"]["account"]) == ("rule", "6940")
    where = f"bank-transactions/{lines[2].pk}/take/"
    key = new_key()
    answers = [api.post(where, {"key": found["key"]}, key=key) for _ in range(2)]
    assert [one.status_code for one in answers] == [201, 201]
    assert answers[0].json() == answers[1].json()
    again = api.post(where, {"key": found["key"]}, key=new_key())
    problem(again, 409, "banking.already_booked")


def test_lines_are_shared_out_over_items_and_accounts(api, company, lines):
    item = invoice(company, "120.00")
    where = f"bank-transactions/{lines[0].pk}/share-out/"
    told = {"others": [lines[1].pk], "items": [{"item": item.pk, "paid": "120.00"}]}
    answer = api.post(where, told, key=new_key())
    assert answer.status_code == 201 and len(answer.json()) == 2
    credit = OpenItem.of(company).exclude(pk=item.pk).get()
    assert str(credit.open_amount) == "-20.00"
    problem(api.post(where, {}, key=new_key()), 422, "banking.nothing_chosen")
    other = {"others": [10**9], "items": [{"item": item.pk, "paid": "1.00"}]}
    problem(api.post(where, other, key=new_key()), 400)


def test_the_state_of_an_account_is_told_with_its_differences(api, bank, lines):
    state = api.get(f"bank-accounts/{bank.pk}/state/").json()
    assert (state["ledger"], state["closing"], state["agrees"]) == ("0.00", "128.00", False)
    assert [(one["kind"], one["count"], one["amount"]) for one in state["groups"]] == [
        ("waiting", 3, "128.00")
    ]


def test_the_switch_is_changed_with_a_trace(company, api, bank):
    where = f"bank-accounts/{bank.pk}/"
    told, version = api.read(where)
    assert told["books_certain"] is True
    assert api.patch(where, {"books_certain": False}, **version).json()["books_certain"] is False
    assert BankAccount.of(company).get().books_certain is False
    assert AuditEvent.of(company).get(action="bank_account.change").details == {
        "books_certain": [True, False]
    }
