"""A key on any write: one effect, the first answer again, nothing sealed kept in plain."""

from __future__ import annotations

import datetime as dt

import pytest

from accounting.liquidity.models import PlannedPayment
from erp.access.models import Membership
from erp.api import idempotency
from erp.api.models import IdempotencyRecord
from erp.api.tasks import forget_keys_of
from erp.companies.models import Module
from erp.core import clock
from tests import make
from tests.erp.client import Api, changed, places, problem

LEASE = {"date": "2026-04-25", "text": "Leasing", "amount": "-640.00"}
RENT = {
    "date": "2026-03-31", "text": "Miete",
    "lines": [{"account": "6000", "debit": "2000.00"}, {"account": "1020", "credit": "2000.00"}],
}  # fmt: skip


def records(company):
    return IdempotencyRecord.of(company)


def test_a_key_is_honoured_where_none_is_asked_for(api, company):
    first = api.post("planned-payments/", LEASE, key="aaaaaaaa")
    again = api.post("planned-payments/", LEASE, key="aaaaaaaa")
    assert first.status_code == again.status_code == 201 and again.json() == first.json()
    assert (again["Idempotency-Replayed"], again["ETag"]) == ("true", first["ETag"])
    assert PlannedPayment.of(company).count() == 1
    problem(api.post("planned-payments/", changed(LEASE, text="Miete"), key="aaaaaaaa"), 422,
            "api.idempotency_key_reused")  # fmt: skip
    assert api.post("planned-payments/", LEASE).status_code == 201  # without one: another one
    told = problem(api.post("planned-payments/", LEASE, key="short"), 400)
    assert places(told) == [("Idempotency-Key", "invalid")]


def test_a_change_is_repeated_though_its_version_is_gone(api, company):
    made = api.post("planned-payments/", LEASE)
    address, sent = f"planned-payments/{made.json()['id']}/", {"HTTP_IF_MATCH": made["ETag"]}
    first = api.patch(address, {"text": "Neu"}, HTTP_IDEMPOTENCY_KEY="aaaaaaaa", **sent)
    again = api.patch(address, {"text": "Neu"}, HTTP_IDEMPOTENCY_KEY="aaaaaaaa", **sent)
    assert first.status_code == again.status_code == 200 and again.json() == first.json()
    problem(api.patch(address, {"text": "Neu"}, **sent), 412)
    sent = {"HTTP_IF_MATCH": first["ETag"], "HTTP_IDEMPOTENCY_KEY": "bbbbbbbb"}
    assert api.delete(address, **sent).status_code == 204
    again = api.delete(address, **sent)
    assert (again.status_code, again.content) == (204, b"")
    assert again["Idempotency-Replayed"] == "true"


def test_a_refusal_is_not_kept(api, company):
    problem(api.post("planned-payments/", {"text": "Leasing"}, key="aaaaaaaa"), 400)
    assert api.post("planned-payments/", LEASE, key="aaaaaaaa").status_code == 201


def test_who_lost_the_right_is_not_told_again(api, company, anna):

    bea = make.user(company=company, granted=["ledger.read", "ledger.budget"])
    other = Api(company, bea)
    assert other.post("planned-payments/", LEASE, key="aaaaaaaa").status_code == 201
    Membership.of(company).filter(user=bea).delete()
    problem(other.post("planned-payments/", LEASE, key="aaaaaaaa"), 404)


def test_of_wages_and_secrets_nothing_is_kept_but_the_id(api, company):
    company.modules = Module.values
    company.save(update_fields=["modules"])
    body = {"kind": "ahv", "name": "Ausgleichskasse"}
    made = f"institutions/{api.post('institutions/', body, key='cccccccc').json()['id']}/"
    sent = {"HTTP_IF_MATCH": "*", "HTTP_IDEMPOTENCY_KEY": "aaaaaaaa"}
    answer = api.patch(made, {"member_number": "77.1"}, **sent)
    assert answer.json()["member_number"] == "77.1"
    kept = records(company).get(key="aaaaaaaa")
    assert kept.body == {"id": answer.json()["id"]} and not kept.lasting
    again = api.patch(made, {"member_number": "77.1"}, **sent)
    assert again.status_code == 200 and again.json() == kept.body
    body = {"name": "Kasse", "scopes": ["contacts.read"], "days": 30}
    token = api.post("app-tokens/", body, key="bbbbbbbb").json()
    assert token["token"].startswith("rappen_")
    assert api.post("app-tokens/", body, key="bbbbbbbb").json() == {"id": token["id"]}
    assert token["token"] not in str(list(records(company).values()))


def test_keys_are_forgotten_those_of_postings_after_a_year(api, company, monkeypatch):
    api.post("planned-payments/", LEASE, key="aaaaaaaa")
    api.post("journal-entries/", RENT, key="bbbbbbbb")
    now = clock.now()

    def left(days):
        monkeypatch.setattr(clock, "now", lambda: now + dt.timedelta(days=days))
        gone = forget_keys_of(company_id=company.pk)
        monkeypatch.undo()
        return gone, set(records(company).values_list("key", flat=True))

    assert left(31) == (0, {"aaaaaaaa", "bbbbbbbb"})
    monkeypatch.setattr(idempotency, "AT_ONCE", 1)
    assert left(91) == (1, {"bbbbbbbb"})
    assert left(366) == (1, set())


@pytest.mark.parametrize("method", ["get", "head"])
def test_a_key_on_a_question_says_nothing(api, company, method):
    answer = getattr(api.client, method)(api.start + "planned-payments/", HTTP_IDEMPOTENCY_KEY="x")
    assert answer.status_code == 200 and not records(company).exists()
