"""Every route: declared, closed to strangers, silent about other companies."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from erp.access.permissions import Permission
from erp.api.endpoints import CompanyViewSet
from erp.urls import endpoints, pages
from erp.web.pages import CompanyView
from tests import make
from tests.examples import of_today

FILLED = {
    "asset": 999999, "category": 999999,
    "webhook": 999999, "export": 999999,
    "project": 999999, "person": 999999, "claim": 999999, "expense": 999999, "line": 999999,
    "activity": 999999, "question": 999999, "message": 999999,
    "settings": 999999,"company": 1, "entry": 999999, "voucher": 999999, "period": 999999, "template": 999999,
          "by": "customers", "movement": 999999, "bank": 999999, "rule": 999999, "budget": 999999, "valuation": 999999,
          "job": 999999, "subject": "account", "record": 999999,
          "mail": 999999, "kind": "unknown", "language": "de",
          "contact": 999999, "file": 999999, "item": 999999, "settlement": 999999,
          "document": 999999, "nth": 1, "start": "2026-01-01", "recurring": 999999, "what": "customers",
          "product": 999999, "type": 999999, "institution": 999999, "solution": 999999, "book": 999999,
          "count": 999999, "planned": 999999,
          "invoice": 999999, "employee": 999999, "fact": 999999, "slip": 999999, "order": 999999,
          "form": "pdf", "list": "ahv", "certificate": 999999, "year": 1999, "month": "01",
          "run": 999999, "notice": 999999,
          "procedure": 999999, "level": 999999, "currency": "CHF",
          "check": "drafts", "key": "999999", "number": "1020", "pk": "999999", "code": "UN"}  # fmt: skip
METHODS = ("get", "post", "put", "patch", "delete")


def flat(patterns, prefix=""):
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from flat(pattern.url_patterns, prefix + str(pattern.pattern))
        elif isinstance(pattern, URLPattern):
            yield prefix, pattern


def view_class(pattern):
    callback = pattern.callback
    while not (hasattr(callback, "view_class") or hasattr(callback, "cls")):
        callback = callback.__wrapped__
    return getattr(callback, "view_class", None) or callback.cls


def offered(pattern, asked=METHODS):
    """Those of the methods ``asked`` that a route has."""
    actions = getattr(pattern.callback, "actions", None)
    view = view_class(pattern)
    return [m for m in asked if (hasattr(view, m) if actions is None else m in actions)]


def test_a_page_and_an_endpoint_never_answer_to_one_name():
    """Of two that take the same arguments ``{% url %}`` would name the one that was added last."""

    def named(patterns):
        return {
            (one.name, frozenset(one.pattern.regex.groupindex)) for _prefix, one in flat(patterns)
        }

    assert named(pages) & named(endpoints) == set()


def test_every_page_of_a_company_declares_its_permission():
    """AUZ-1: silence denies, and is not to be found."""
    for _prefix, pattern in flat(pages):
        view = view_class(pattern)
        assert issubclass(view, CompanyView), pattern
        for method in METHODS:
            if hasattr(view, method):
                assert view.needs(method) in Permission, (pattern.name, method)


def test_every_endpoint_declares_a_permission_per_action():
    for _prefix, pattern in flat(endpoints):
        view = view_class(pattern)
        assert issubclass(view, CompanyViewSet), pattern
        for action in set(pattern.callback.actions.values()):
            assert view.permissions.get(action) in Permission, (pattern.name, action)


def addresses():
    for start, patterns in (("c/{company}/", pages), ("api/v1/companies/{company}/", endpoints)):
        for prefix, pattern in flat(patterns):
            yield start + prefix, pattern


def fill(pattern, company):
    from django.urls import reverse

    values = {**FILLED, "company": company}
    if pattern.name.startswith("payroll-years-"):
        values["pk"] = "1999"  # their ids are years
    names = list(pattern.pattern.converters) + [
        name for name in getattr(pattern.pattern, "regex", None).groupindex
        if name not in pattern.pattern.converters
    ]  # fmt: skip
    return reverse(pattern.name, kwargs={"company": company, **{n: values[n] for n in names}})


@pytest.mark.django_db
def test_a_foreign_company_is_as_missing_as_one_that_does_not_exist():
    """AUZ-2: on every route and method, the same 404 for both."""
    stranger = make.user()
    foreign = make.company()
    client = Client()
    client.force_login(stranger)
    tried = 0
    for start, pattern in of_today(addresses()):
        if "\\." in str(pattern.pattern):  # the router's format suffixes
            continue
        theirs, nobodys = fill(pattern, foreign.pk), fill(pattern, 987654)
        for method in offered(pattern, ("get", "post")):
            a = getattr(client, method)(theirs)
            b = getattr(client, method)(nobodys)
            told = (pattern.name, method, a.status_code, b.status_code)
            assert (a.status_code, b.status_code) == (404, 404), told
            if start.startswith("c/"):
                assert len(a.content) == len(b.content), told
            tried += 1
    assert tried > 60


@pytest.mark.django_db
def test_a_member_without_the_right_gets_403_everywhere():
    company = make.company()
    nobody = make.user(company=company, granted=[])
    client = Client()
    client.force_login(nobody)
    for _start, pattern in of_today(addresses()):
        if "\\." in str(pattern.pattern):
            continue
        for method in offered(pattern, ("get", "post")):
            status = getattr(client, method)(fill(pattern, company.pk)).status_code
            assert status == 403, (pattern.name, method, status)


@pytest.mark.django_db
def test_a_module_switched_off_takes_its_rights_along_and_keeps_its_data():
    company = make.company()
    owner = make.owner_of(company)
    make.rent(company, by=owner)
    client = Client()
    client.force_login(owner)
    journal = f"/c/{company.pk}/ledger/journal/"
    assert client.get(journal).status_code == 200
    company.modules = []
    company.save()
    assert client.get(journal).status_code == 403
    company.modules = ["ledger", "banking", "vat", "costs"]
    company.save()
    assert "Miete" in client.get(journal).content.decode()


@pytest.mark.django_db
def test_strangers_are_sent_to_the_sign_in_page():
    client = Client()
    assert client.get("/c/1/").headers["Location"] == "/accounts/login/?next=/c/1/"
    assert client.get("/api/v1/companies/").status_code in {401, 403}
    assert client.get("/healthz").content == b"ok"
    assert client.get("/api/v1/openapi.json").status_code == 200


def test_every_route_has_a_view():
    assert len(list(flat(get_resolver().url_patterns))) > 80
