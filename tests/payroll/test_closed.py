"""Payroll is closed: to every role without the right, to other companies, right by right, on what really is there."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from erp import routes
from erp.access.permissions import EMPLOYEE, READY_ROLES, Permission
from erp.core.tenancy import open_companies
from erp.urls import endpoints, pages
from payroll.setup.models import Institution, Solution
from payroll.wage_types.models import WageType
from tests import make
from tests.erp.test_routes import FILLED, flat
from tests.payroll.runs import books
from tests.payroll.whole import whole

pytestmark = pytest.mark.django_db
PAYROLL = {one for one in Permission if one.value.startswith("payroll.")}
#: What the id of an endpoint names.
NAMED = {"payroll-runs": "run", "payslips": "slip", "employees": "employee", "employee-facts": "fact",
         "employee-leave": "leave", "employee-files": "file", "employments": "employment",
         "payroll-years": "year", "institutions": "institution", "insurance-solutions": "solution",
         "wage-types": "type"}  # fmt: skip


@pytest.fixture(autouse=True)
def january():
    with time_machine.travel(dt.datetime(2026, 1, 20, 9), tick=True):
        yield


def ids_of(company):
    return whole(company) | {
        "institution": Institution.of(company).order_by("pk")[0].pk,
        "solution": Solution.of(company).order_by("pk")[0].pk,
        "type": WageType.of(company).order_by("pk")[0].pk,
    }


def addresses(company, ids):
    """Each page and endpoint of payroll with its method, right and address, for things that exist."""
    for start, patterns in (("c", pages), ("api", endpoints)):
        for _prefix, pattern in flat(patterns):
            view = routes.view_class(pattern)
            if not view.__module__.startswith("payroll.") or "\\." in str(pattern.pattern):
                continue
            if view.__module__.startswith("payroll.expenses"):  # no wages, and rights of their own
                continue
            actions = getattr(pattern.callback, "actions", None)
            for method in routes.METHODS:
                if actions is not None:
                    asks = view.permissions.get(actions[method]) if method in actions else None
                else:
                    asks = view.needs(method) if hasattr(view, method) else None
                if asks is not None:
                    yield start, pattern.name, method, asks, _address(pattern, company, ids)


def _address(pattern, company, ids):
    names = {*pattern.pattern.converters, *pattern.pattern.regex.groupindex}
    told = {name: ids.get(name, FILLED[name]) for name in names}
    if "payout" in (pattern.name or "") and "fact" in told:
        told["fact"] = ids["payout"]
    for basename, what in NAMED.items():
        if "pk" in told and pattern.name.removeprefix("api-").startswith(f"{basename}-"):
            told["pk"] = ids[what]
    return reverse(pattern.name, kwargs={"company": company.pk, **told})


def named_in(address, ids):
    """Whether an address names something of a company by its id."""
    found = {str(pk) for key, pk in ids.items() if key not in {"year", "kind"}}
    return bool(found & set(address.partition("payroll/")[2].split("/") + address.split("/")[5:]))


def signed_in(user):
    client = Client(raise_request_exception=False)
    client.force_login(user)
    return client


def test_a_ready_role_has_all_rights_of_payroll_or_none():
    """So whoever has everything else stands for each of them. Employees see their own papers alone."""
    own, rest = {Permission.PAYROLL_OWN}, PAYROLL - {Permission.PAYROLL_OWN}
    assert {len(rest & ready.permissions) for ready in READY_ROLES} == {0, len(rest)}
    assert {ready.code for ready in READY_ROLES if ready.permissions & PAYROLL == own} == {EMPLOYEE}


def test_without_just_the_right_it_asks_for_nothing_opens():
    """Whoever has everything but the right; addresses without an id are tried by the matrix of all roles."""
    company = books.company()
    ids = ids_of(company)
    every, wrong, tried = set(Permission), [], []
    clients = {
        right: signed_in(make.user(company=company, granted=[one.value for one in every - {right}]))
        for right in PAYROLL
    }
    for start, name, method, asks, address in addresses(company, ids):
        assert asks in PAYROLL, name
        if not named_in(address, ids):
            continue
        tried.append(start)
        answer = getattr(clients[asks], method)(address)
        if answer.status_code != 403 or b"7123.45" in answer.content:
            wrong.append((name, method, asks, answer.status_code))
    assert wrong == []
    assert tried.count("c") > 50
    assert tried.count("api") > 40


def test_what_shows_wages_or_leads_to_them_asks_for_the_right_to_see_them_whatever_else_it_asks():
    """Acts that answer with wages, or say to whom papers go: their own right alone opens none of them."""
    company = books.company()
    ids = ids_of(company)
    every = set(Permission) - {Permission.PAYROLL_READ}
    client = signed_in(make.user(company=company, granted=[one.value for one in every]))
    seeing = {Permission.PAYROLL_READ, Permission.PAYROLL_EXPORT}
    rooms = ("net-to-gross", "tax-settlement", "payroll-delivery", "wage-delivery-detail")
    wrong, tried = [], set()
    for start, name, method, asks, address in addresses(company, ids):
        if asks in seeing or not any(room in name for room in rooms):
            continue
        tried.add((start, name, method))
        if getattr(client, method)(address).status_code != 403:
            wrong.append((start, name, method))
    assert wrong == []
    assert len(tried) > 8, tried


def test_what_belongs_to_another_company_is_not_there():
    """AUZ-2: by an address of one's own company with ids of another one."""
    theirs = books.company()
    ids = ids_of(theirs)
    mine = books.company()
    client = signed_in(make.owner_of(mine))
    wrong, seen = [], 0
    for _start, name, method, _asks, address in addresses(mine, ids):
        if method not in {"get", "post"} or not named_in(address, ids):
            continue
        seen += 1
        answer = getattr(client, method)(address)
        allowed = {404} if method == "get" else {302, 400, 404, 405}
        if answer.status_code not in allowed or b"7123.45" in answer.content:
            wrong.append((name, method, answer.status_code))
    open_companies([theirs.pk, mine.pk])
    assert wrong == []
    assert seen > 50
