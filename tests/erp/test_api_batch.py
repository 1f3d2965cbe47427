"""A batch: each item an endpoint's own write, with its own key, answer and transaction."""

from __future__ import annotations

import pytest

from accounting.liquidity.models import PlannedPayment
from accounting.receivables.models import SalesDocument
from contacts.models import Contact
from erp.access.sign_in.models import SecurityEvent
from erp.api.batch import MOST
from erp.companies.models import Module
from tests import make
from tests.erp.client import Api, places, problem

LEASE = {"date": "2026-04-25", "text": "Leasing", "amount": "-640.00"}


def lease(key, **more):
    return {"key": key, "method": "POST", "path": "planned-payments/", "body": LEASE, **more}


def send(api, *items, **more):
    answer = api.post("batch/", {"items": list(items), **more})
    assert answer.status_code == 200, answer.json()
    return answer.json()


def statuses(told):
    return [one["status"] for one in told["results"]]


def test_each_item_stands_for_itself_and_is_done_once(api, company):
    items = [lease("aaaaaaaa"), lease("bbbbbbbb", body={"text": "Leasing"}), lease("cccccccc")]
    first = send(api, *items)
    assert (statuses(first), first["left"]) == ([201, 400, 201], 0)
    assert first["results"][0]["body"]["text"] == "Leasing" and first["results"][0]["etag"]
    assert first["results"][1]["body"]["code"] == "invalid"
    again = send(api, *items)
    assert statuses(again) == [201, 400, 201]
    assert [one["replayed"] for one in again["results"]] == [True, False, True]
    assert again["results"][0]["body"] == first["results"][0]["body"]
    assert PlannedPayment.of(company).count() == 2
    sent_alone = api.post("planned-payments/", LEASE, key="aaaaaaaa")
    assert sent_alone["Idempotency-Replayed"] == "true"


def test_a_later_item_names_what_an_earlier_one_made(api, company):
    company.modules = Module.values
    company.save(update_fields=["modules"])
    person = {"kind": "person", "last_name": "Muster"}
    line = {
        "text": "Arbeit",
        "quantity": "2",
        "price": "95.00",
        "account": "3400",
        "vat_code": "UN",
    }
    told = send(
        api,
        {"key": "aaaaaaaa", "name": "anna", "method": "POST", "path": "contacts/", "body": person},
        {"key": "bbbbbbbb", "name": "bill", "method": "POST", "path": "sales-documents/", "body": {
            "kind": "invoice", "contact": "@anna.id", "date": "2026-03-31", "lines": [line]}},
        {"key": "cccccccc", "method": "DELETE", "path": "sales-documents/@bill.id/",
         "if_match": "*"},
        {"key": "dddddddd", "method": "DELETE", "path": "contacts/@bea.id/", "if_match": "*"},
        {"key": "eeeeeeee", "method": "PATCH", "path": "contacts/@anna.id/", "if_match": "*",
         "body": {"notes": "an anna@bea.id schreiben"}},
    )  # fmt: skip
    assert statuses(told) == [201, 201, 204, 424, 200], told
    assert told["results"][3]["body"]["code"] == "batch.nothing_made"
    assert Contact.of(company).get(last_name="Muster").notes == "an anna@bea.id schreiben"
    assert not SalesDocument.of(company).exists()


def test_a_change_says_what_it_has_read(api):
    made = api.post("planned-payments/", LEASE)
    path = f"planned-payments/{made.json()['id']}/"
    change = {"method": "PATCH", "path": path, "body": {"text": "Neu"}}
    told = send(
        api,
        {**change, "key": "aaaaaaaa"},
        {**change, "key": "bbbbbbbb", "if_match": made["ETag"]},
        {**change, "key": "cccccccc", "if_match": made["ETag"]},
    )
    assert statuses(told) == [428, 200, 412]


def test_it_stops_where_that_is_wished(api, company):
    told = send(api, lease("aaaaaaaa"), lease("bbbbbbbb", body={}), lease("cccccccc"), stop=True)
    assert (statuses(told), told["left"]) == ([201, 400], 1)


def test_every_item_asks_for_its_own_right(company):
    reader = Api(company, make.user(company=company, granted=["ledger.read"]))
    assert statuses(send(reader, lease("aaaaaaaa"))) == [403]
    noted = SecurityEvent.objects.get(user=reader.user, kind=SecurityEvent.Kind.DENIED)
    assert noted.details["path"].endswith("/planned-payments/")
    stranger = Api(company, make.user())
    problem(stranger.post("batch/", {"items": [lease("aaaaaaaa")]}), 404)
    assert not PlannedPayment.of(company).exists()


def test_what_wants_the_second_factor_again_says_so(api, company):
    session = api.client.session
    session["account_authentication_methods"] = []
    session.save()
    told = send(api, {"key": "aaaaaaaa", "method": "POST", "path": "app-tokens/",
                      "body": {"name": "x", "scopes": ["ledger.read"], "days": 30}},
                lease("bbbbbbbb"))  # fmt: skip
    assert statuses(told) == [403, 201]
    assert told["results"][0]["body"]["code"] == "step_up_needed"


@pytest.mark.parametrize(
    "path",
    ["batch/", "/contacts/", "../../companies/", "contacts/?fields=id", "nothing/", "", "openapi.json",
     "https://example.com/", "contacts//", "../1/contacts/", "contacts/#x"],
)  # fmt: skip
def test_nothing_but_endpoints_of_the_company_is_reached(api, path):
    answer = api.post("batch/", {"items": [lease("aaaaaaaa", path=path)]})
    if path:
        assert statuses(answer.json()) in ([404], [405]), answer.json()
    else:
        problem(answer, 400)


def test_a_batch_that_is_none_is_refused_whole(api, company):
    told = problem(api.post("batch/", {"items": [lease("short")], "colour": 1}), 400)
    assert places(told) == [("items[0].key", "invalid"), ("colour", "unknown")]
    problem(api.post("batch/", {"items": []}), 400)
    many = [lease(f"{n:08}") for n in range(MOST + 1)]
    problem(api.post("batch/", {"items": many}), 400)
    problem(api.post("batch/", {"items": [lease("aaaaaaaa", method="GET")]}), 400)
    assert not PlannedPayment.of(company).exists()
