"""Who may call which endpoint: one right each, 403 without it, 404 from outside, nothing written."""

from __future__ import annotations

import json
import threading

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.client import BOUNDARY, MULTIPART_CONTENT
from django.urls import resolve

from accounting.ledger.models import CostCentre
from erp.access.gate import operating
from erp.access.permissions import Permission
from erp.companies.models import Module
from erp.core.tenancy import open_companies
from erp.urls import endpoints
from tests import make
from tests.erp.client import Api, new_key, problem
from tests.erp.endpoints import ENDPOINTS
from tests.erp.everything import a_claim, a_favourite, one_of_everything, some_hours
from tests.erp.test_routes import flat
from tests.examples import of_today

LISTS = ("accounts/", "journal-entries/", "drafts/", "entry-templates/", "fiscal-years/",
         "cost-centres/", "cost-objects/", "budgets/", "bank-accounts/", "bank-transactions/", "statements/",
         "vat-codes/", "vat-settings/", "vat-returns/", "contacts/", "contact-activities/", "contact-persons/",
         "contact-groups/", "own-fields/", "members/", "roles/", "invitations/", "app-tokens/",
         "employees/", "employee-facts/", "employee-leave/", "employee-files/",
         "support-consents/", "mandates/", "mail-domains/", "leak-findings/", "audit-events/", "")  # fmt: skip

#: Pieces of a file say by their offset what was read (tus); clients of that protocol know nothing else.
BY_OFFSET = {("uploads-detail", "patch"), ("uploads-detail", "delete")}


@pytest.fixture
def company(db):
    """A company that uses everything."""
    return make.company(modules=Module.values)


@pytest.fixture
def books(api, company):
    return one_of_everything(api, company)


#: What of payroll answers with wages, or is learned from its answer.
SEEING = (
    "payroll/tax-settlements/",
    "wage-delivery/",
    "payroll/years/2026/people/",
    "payroll/net-to-gross/",
)


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


def call(client, start, method, path, body, **headers):
    kind = "application/json" if body is not None else MULTIPART_CONTENT
    content = json.dumps(body) if body is not None else f"--{BOUNDARY}--\r\n"
    return client.generic(method, start + path, content, content_type=kind, **headers)


#: Where one's own are found, and by nobody else.
OWN = ("my-", "favourites/")


def everything(api):
    return {path: api.get(path).json() for path in LISTS}


def test_each_endpoint_takes_its_one_right_and_no_other(api, company, books):
    # No request below is complete: who may pass is told what is missing, and writes nothing.
    others = {
        right: signed_in(
            make.user(company=company, granted=[p for p in Permission.values if p != right])
        )
        for right in {row[3] for row in ENDPOINTS}
    }
    # The draft in the books is the owner's: whoever is to reach it has the right to those of others.
    users = {
        right: make.user(company=company, granted=[right, "ledger.draft_all"]) for right in others
    }
    ones = {right: signed_in(user) for right, user in users.items()}
    # Own fields are settings of the company, and each kind of record has its own right on top.
    of_fields = signed_in(make.user(company=company, granted=["company.read", "contacts.settings"]))
    # Acts that answer with wages, or say where they go, ask for the right to see them beside their own.
    seeing = {
        right: signed_in(make.user(company=company, granted=[right, "payroll.read"]))
        for right in ("payroll.post", "payroll.people", "payroll.capture")
    }
    # One's own are found by nobody else.
    own = {
        "hours": some_hours(company, users["hours.own"]),
        "claim": a_claim(company, users["expenses.own"]),
        "favourite": a_favourite(company, users["company.read"]),
    }
    before = everything(api)
    for method, path, body, right in of_today(ENDPOINTS):
        place = path.format(**books)
        told = (method, path, right)
        refused = call(others[right], api.start, method, place, body, HTTP_IF_MATCH="*",
                       HTTP_IDEMPOTENCY_KEY=new_key())  # fmt: skip
        assert refused.status_code == 403, told
        problem(refused, 403, "permission_denied")
        one = of_fields if path.startswith("own-fields/") else ones[right]
        if path.startswith(SEEING):
            one = seeing.get(right, one)
        place = path.format(**books | own) if path.startswith(OWN) else place
        passed = call(one, api.start, method, place, body, HTTP_IF_MATCH='"0"')
        expected = {"GET": {200}, "POST": {400}}.get(method, {412})
        if path == "year-end/{year}/appropriation/" and method == "GET":
            expected = {409}  # the year is open
        assert passed.status_code in expected, (told, passed.status_code, passed.content[:300])
    assert everything(api) == before


def test_from_outside_nothing_is_there(api, company, books):
    """AUZ-2: whatever the method, as if the company did not exist."""
    before = everything(api)
    stranger = signed_in(make.owner_of(make.company()))
    for method, path, body, _right in of_today(ENDPOINTS):
        place = path.format(**books)
        answers = [
            problem(call(stranger, start, method, place, body, HTTP_IF_MATCH="*",
                         HTTP_IDEMPOTENCY_KEY=new_key()), 404)
            for start in (api.start, "/api/v1/companies/987654/")
        ]  # fmt: skip
        for answer in answers:
            del answer["request_id"]
        assert answers[0] == answers[1], (method, path)
    open_companies([company.pk])
    assert everything(api) == before


def test_what_is_not_there_is_missing_whatever_is_asked_of_it(api, anna, books):
    client = signed_in(anna)
    for method, path, body, _right in of_today(ENDPOINTS):
        if "{" in path:
            nowhere = path.format(**dict.fromkeys(books, 999999999))
            answer = call(client, api.start, method, nowhere, body, HTTP_IF_MATCH="*",
                          HTTP_IDEMPOTENCY_KEY=new_key())  # fmt: skip
            assert answer.status_code == 404, (method, path, answer.status_code)


def test_a_change_of_anything_says_what_was_read(api, anna, books):
    """API-2: a missing If-Match is 428, a stale one 412, on every PUT, PATCH and DELETE."""
    tried, client = set(), signed_in(anna)
    for method, path, body, _right in ENDPOINTS:
        if method in {"PUT", "PATCH", "DELETE"}:
            place = path.format(**books)
            problem(call(client, api.start, method, place, body), 428)
            problem(call(client, api.start, method, place, body, HTTP_IF_MATCH='"0"'), 412)
            tried.add((resolve(api.start + place).url_name, method.lower()))
    offered = {
        (pattern.name, method) for _prefix, pattern in flat(endpoints)
        for method in set(pattern.callback.actions) & {"put", "patch", "delete"}
    }  # fmt: skip
    assert tried == offered - BY_OFFSET


def test_of_changes_sent_at_once_one_is_made_and_the_others_read_again(committed_db):
    with transaction.atomic():
        company = make.company()
        anna = make.owner_of(company)
    clients = [Api(company, anna) for _ in range(4)]
    path = f"cost-centres/{_unit(clients[0])}/"
    _told, version = clients[0].read(path)
    answers, barrier = [], threading.Barrier(4)

    def send(nth):
        barrier.wait(10)
        answers.append(clients[nth].patch(path, {"name_de": f"Nr. {nth}"}, **version))
        connection.close()

    threads = [threading.Thread(target=send, args=[nth]) for nth in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(a.status_code for a in answers) == [200, 412, 412, 412]
    (made,) = (a.json()["name_de"] for a in answers if a.status_code == 200)
    with operating(str(company.pk)):
        assert CostCentre.of(company).get().name_de == made


def _unit(api):
    return api.post("cost-centres/", {"number": "1", "name_de": "x"}).json()["id"]
