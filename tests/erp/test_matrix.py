"""The matrix, generated: every route for every ready-made role, for strangers and for other companies."""

from __future__ import annotations

import json
from io import StringIO

import pytest
from django.conf import settings
from django.core.management import call_command
from django.test import Client
from django.urls import get_resolver

from erp import routes
from erp.access.models import Membership, Role
from erp.access.permissions import EMPLOYEE, READY_ROLES, Permission
from erp.companies.models import Module
from erp.urls import endpoints, pages
from tests import make
from tests.erp.test_routes import fill, flat
from tests.examples import DEEP, PARTS, of_today

#: What a role without the right sees, and what a role with it may see for an empty request.
REFUSED = {403}
LET_IN = {200, 201, 204, 302, 400, 404, 409, 412, 415, 422, 428}


def test_every_route_declares_what_it_asks_for():
    """AUZ-1: a route that is missing from the table fails the build."""
    assert routes.undeclared() == []
    found = routes.routes()
    assert len(found) > 150
    assert len({(r.address, r.method) for r in found}) == len(found)


def test_a_route_that_says_nothing_is_found(monkeypatch):
    route = next(r for r in routes.routes() if r.name == "healthz")
    monkeypatch.delitem(routes.GENERAL, "healthz")
    assert [r.address for r in routes.undeclared()] == [route.address]


def test_the_command_prints_the_table():
    out = StringIO()
    call_command("check_access_matrix", "--format", "json", stdout=out)
    rows = json.loads(out.getvalue())
    journal = next(r for r in rows if r["address"] == "/c/<int:company>/ledger/journal/")
    assert journal["asks"] == "ledger.read" and "auditor" in journal["roles"]
    assert {r["asks"] for r in rows} <= {*Permission.values, *routes.GENERAL.values(), routes.STAFF}


def everything(company):
    """Each page and endpoint with its methods and the rights any of which opens it."""
    for start, patterns in (("c", pages), ("api", endpoints)):
        for _prefix, pattern in flat(patterns):
            if "\\." in str(pattern.pattern):
                continue
            view = routes.view_class(pattern)
            actions = getattr(pattern.callback, "actions", None)
            for method in routes.METHODS:
                if actions is not None:
                    asks = view.permissions.get(actions[method]) if method in actions else None
                else:
                    asks = view.needs(method) if hasattr(view, method) else None
                if asks is not None:
                    rights = {asks} | getattr(view, "opened_by", frozenset())
                    yield start, pattern, method, fill(pattern, company.pk), rights


@pytest.fixture(scope="module")
def told():
    """How often each answer was given, to see that the matrix is no empty one."""
    return {}


@pytest.mark.django_db
@pytest.mark.parametrize("role", [role.code for role in READY_ROLES])
def test_each_role_gets_in_where_it_may_and_nowhere_else(role, told):
    """A part of the roles at each address, in turn, all with ``RAPPEN_DEEP=1``."""
    place = [ready.code for ready in READY_ROLES].index(role)
    company = make.company(modules=Module.values)
    person = make.user()
    Membership.unscoped.create(company=company, user=person, role=Role.of(company).get(code=role))
    granted = next(ready.permissions for ready in READY_ROLES if ready.code == role)
    client = Client(raise_request_exception=False)
    client.force_login(person)
    wrong = []
    for nth, (_start, pattern, method, address, asks) in enumerate(everything(company)):
        if not (DEEP or nth % PARTS == place % PARTS):
            continue
        answer = getattr(client, method)(address)
        wanted = LET_IN if asks & granted else REFUSED
        if (pattern.name, role) == ("start", EMPLOYEE):
            wanted = {302}  # on to the one page they have
        told[answer.status_code] = told.get(answer.status_code, 0) + 1
        if answer.status_code not in wanted:
            wrong.append((pattern.name, method, sorted(asks), answer.status_code))
    assert wrong == []


@pytest.mark.django_db
def test_nobody_gets_in_without_signing_in():
    company = make.company()
    client = Client()
    for start, pattern, method, address, _asks in of_today(everything(company)):
        answer = getattr(client, method)(address)
        if start == "c":
            told = (answer.status_code, answer["Location"].partition("?")[0])
            assert told == (302, "/accounts/login/"), (pattern.name, method)
        else:
            assert answer.status_code in {401, 403}, (pattern.name, method, answer.status_code)


@pytest.mark.django_db
def test_to_members_of_another_company_nothing_exists():
    foreign, owner = make.company(), make.owner_of(make.company())
    client = Client()
    client.force_login(owner)
    for _start, pattern, method, address, _asks in of_today(everything(foreign)):
        assert getattr(client, method)(address).status_code == 404, (pattern.name, method)


# What every answer carries


def crawled(company, owner):
    """An answer of every route there is: pages, endpoints, sign-in, files, errors."""
    client = Client(raise_request_exception=False)
    client.force_login(owner)
    for _start, _pattern, method, address, _asks in of_today(everything(company)):
        if method in {"get", "post"}:
            yield address, getattr(client, method)(address)
    for address, _pattern in routes.flat(get_resolver().url_patterns):
        if "<" not in address and "(?P" not in address:
            plain = "/" + address.replace("^", "").replace("$", "")
            for who in (client, Client(raise_request_exception=False)):
                yield plain, who.get(plain)
    for lost in ("/gibt/es/nicht/", "/c/999999/", "/static/gibt-es-nicht.css"):
        yield lost, client.get(lost)


@pytest.mark.django_db
def test_every_answer_is_hardened():
    """WEB-1: no inline script or style may run, no frame, no guessing of types, no cache."""
    company = make.company(modules=Module.values)
    seen = 0
    for address, answer in crawled(company, make.owner_of(company)):
        told = (address, answer.status_code)
        policy = answer.get("Content-Security-Policy", "")
        rules = dict(part.strip().partition(" ")[::2] for part in policy.split(";") if part.strip())
        assert rules, told
        if "sandbox" not in rules:
            assert rules["default-src"] == "'self'", told
            for name in ("script-src", "style-src", "form-action"):
                assert rules[name] == "'self'", told
            for name in ("object-src", "base-uri", "frame-ancestors"):
                assert rules[name] == "'none'", told
        assert "unsafe" not in policy and "http" not in policy, told
        assert answer["X-Content-Type-Options"] == "nosniff", told
        assert answer["Referrer-Policy"] == "same-origin", told
        assert answer["Cross-Origin-Opener-Policy"] == "same-origin", told
        assert answer.get("X-Frame-Options") in {"DENY", "SAMEORIGIN"}, told
        if not address.startswith(("/static/", "/api/v1/openapi.json")):  # nobody's data
            assert "no-store" in answer["Cache-Control"], told
        if answer.get("Content-Type", "").startswith("text/html"):
            text = answer.content.decode()
            assert "onclick=" not in text and 'style="' not in text and "javascript:" not in text, (
                told
            )
            for script in text.split("<script")[1:]:
                head, _gt, _body = script.partition(">")
                inert = 'type="application/json"' in head
                assert " src=" in head or inert, (told, head)
        seen += 1
    assert seen > 150


@pytest.mark.django_db
def test_cookies_are_kept_from_scripts_and_other_sites():
    from tests.erp.sign_in.people import browser, sign_in

    client = browser()
    sign_in(client, make.user())
    for name in (settings.SESSION_COOKIE_NAME, settings.DEVICE_COOKIE_NAME):
        cookie = client.cookies[name]
        assert cookie["httponly"] and cookie["samesite"] == "Lax" and cookie["path"] == "/"


@pytest.mark.django_db
@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example/", "javascript:alert(1)"]
)
def test_nobody_is_sent_to_a_foreign_site(target):
    """WEB-2"""
    from tests.erp.sign_in.people import browser, code, type_code

    client, anna = browser(), make.user()
    first = client.post(
        "/accounts/login/",
        {"login": anna.email, "password": "ein-gutes-Kennwort-2026", "next": target},
    )
    assert first["Location"].startswith("/accounts/2fa/authenticate/")
    answer = type_code(client, code())
    assert answer.status_code in {200, 302} and "evil" not in answer.get("Location", "")
    answer = client.post("/language/", {"language": "de", "next": target})
    assert "evil" not in answer.get("Location", "") and "javascript" not in answer.get(
        "Location", ""
    )


@pytest.mark.django_db
def test_a_form_without_our_token_is_refused():
    client = Client(enforce_csrf_checks=True)
    company = make.company()
    client.force_login(make.owner_of(company))
    for address in (f"/c/{company.pk}/ledger/post/", f"/c/{company.pk}/settings/", "/account/",
                    "/accounts/logout/", "/accounts/password/change/", "/language/"):  # fmt: skip
        assert client.post(address).status_code == 403, address
    assert client.post(f"/api/v1/companies/{company.pk}/drafts/", "{}",
                       content_type="application/json").status_code == 403  # fmt: skip
