"""Each module of the demo company is switched off and on again: nothing of it is shown meanwhile, nothing is lost."""

from __future__ import annotations

import datetime as dt
import re
from functools import lru_cache

import pytest
from django.apps import apps
from django.db import connection
from django.test import Client
from django.test.client import RequestFactory
from django.urls import Resolver404, resolve, reverse

from accounting.closing.asking import standings
from accounting.ledger.lines import credit, debit
from accounting.ledger.models import FiscalYear, JournalEntry
from accounting.ledger.posting import post
from accounting.ledger.posting import reverse as reversed_entry
from accounting.ledger.verifying import verify_ledger
from accounting.ledger.year_end import State
from accounting.open_items.models import OpenItem
from accounting.open_items.tasks import check_company
from accounting.receivables import tasks as of_documents
from contacts import panels
from contacts.models import Contact
from erp.access.gate import access_to, operating
from erp.cockpit import tasks as of_cockpit
from erp.cockpit.demo import seed
from erp.cockpit.members import change_company
from erp.cockpit.today import tiles
from erp.cockpit.waiting import waiting
from erp.companies.models import Company, CompanyOwned, Module
from erp.core import clock
from erp.core.tenancy import open_companies
from erp.fiduciary import tasks as of_fiduciaries
from erp.navigation import SECTIONS, sections
from erp.routes import view_class
from erp.search import finding
from erp.search import tasks as of_search
from erp.urls import endpoints, pages
from erp.web.pages import CompanyView
from payroll.employees.models import Employee
from tests import make
from tests.erp.client import problem
from tests.erp.test_routes import fill, flat
from tests.examples import DEEP, of_today, turn

pytestmark = [pytest.mark.django_db, turn(2)]
#: What looking at pages writes: who looked, and words that searches find.
OF_LOOKING = {"erp_auditevent", "erp_audithead", "erp_accesslogentry", "erp_searchword",
              "erp_searchhead"}  # fmt: skip
TABLES = sorted({model._meta.db_table for model in apps.get_models() if issubclass(model, CompanyOwned)}
                - OF_LOOKING)  # fmt: skip
DIGESTS = " UNION ALL ".join(
    f"SELECT '{table}', count(*), md5(string_agg(md5(t::text), '' ORDER BY md5(t::text)))"
    f" FROM {table} t WHERE company_id = %(company)s" for table in TABLES
)  # fmt: skip
WORDS = ("seeblick", "brunner", "swisscom", "crafter", "1000", "umbau", "miete", "huber")
ADDRESS = re.compile(r'(?:href|action|hx-get|hx-post|data-url|data-source)="(/c/\d+/[^"?#]*)')
DAY = dt.date(2026, 11, 20)


@pytest.fixture(scope="module", autouse=True)
def _books(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock():
        seed()
        connection.close()


@pytest.fixture
def company(db):
    with operating("alpenholz") as access:
        yield access.company


@pytest.fixture
def owner(company):
    return make.owner_of(company)


@pytest.fixture
def client(owner):
    client = Client()
    client.force_login(owner)
    return client


def digests(company):
    """All that the company owns: table, rows, digest of their whole contents."""
    open_companies([company.pk])
    with connection.cursor() as cursor:
        cursor.execute(DIGESTS, {"company": company.pk})
        return {table: (rows, digest) for table, rows, digest in cursor.fetchall() if rows}


def switch(company, modules, by):
    return change_company(Company.objects.get(pk=company.pk), by=by, modules=list(modules))


def shown(company, owner):
    """What is offered to the owner without a page being named: navigation, search, cockpit, contacts, year-end."""
    access = access_to(company.pk, user=owner)
    company = access.company
    request = RequestFactory().get(f"/c/{company.pk}/")
    request.resolver_match = None
    around = [(str(s["label"]), [(str(i["label"]), i["url"]) for i in s["items"]])
              for s in sections(access, request)]  # fmt: skip
    found = {
        (one.kind.name, hit.id)
        for word in WORDS
        for one in finding.find(access, word)
        for hit in one.hits
    }
    people = Contact.of(company).filter(pk__in=contacts_of(company).values())
    beside = {(who.pk, one.key): one.content for who in people
              for one in (*panels.panels_of(access, who), *panels.links_of(access, who))}  # fmt: skip
    running = FiscalYear.of(company).order_by("start").last()
    checks = {one.check: (one.state, one.finding.digest) for one in standings(company, running)}
    return {
        "granted": sorted(access.granted), "around": around, "found": found, "beside": beside,
        "checks": checks, "tiles": tiles(access, on=DAY, liquidity=None),
        "waiting": [(one.kind, one.count) for one in waiting(company, owner, access.granted, on=DAY)],
    }  # fmt: skip


def contacts_of(company):
    """A customer, a supplier, and somebody who works here."""
    items = OpenItem.of(company).exclude(contact=None).order_by("pk")
    return {
        "customer": items.filter(side="receivables").first().contact_id,
        "supplier": items.filter(side="payables").first().contact_id,
        "employee": Employee.of(company).order_by("pk").first().contact_id,
    }


@lru_cache(maxsize=4096)
def modules_of(path):
    """The modules that the page at an address belongs to; None where there is no page."""
    try:
        view = view_class_of(resolve(path))
    except Resolver404:
        return None
    if not isinstance(view, type) or not issubclass(view, CompanyView):
        return None
    methods = [m for m in ("get", "post") if hasattr(view, m)]
    asked = view.needs(methods[0].upper())
    return frozenset(filter(None, {asked.module, view.module}))


def view_class_of(match):
    return getattr(match.func, "view_class", None)


def of_module(module, company):
    """Each page and endpoint of a module, as (is a page, address)."""
    for _prefix, pattern in flat(pages):
        view = view_class(pattern)
        if hasattr(view, "get") and module in {view.needs("GET").module, view.module}:
            yield True, fill(pattern, company.pk)
    for _prefix, pattern in flat(endpoints):
        view = view_class(pattern)
        action = pattern.callback.actions.get("get")
        if action is None or "\\." in str(pattern.pattern) or view.opened_by:
            continue
        if module in {view.permissions[action].module, view.modules.get(action)}:
            yield False, fill(pattern, company.pk)


def open_pages(company, off):
    """Pages that stay: those without an argument, and those of records that many modules have to do with."""
    for _prefix, pattern in flat(pages):
        view = view_class(pattern)
        if hasattr(view, "get") and not {view.needs("GET").module, view.module} & off and (
            set(pattern.pattern.converters) <= {"company"} and not pattern.pattern.regex.groupindex.keys() - {"company"}
        ):  # fmt: skip
            yield reverse(pattern.name, args=[company.pk])


def records(company):
    newest = JournalEntry.of(company).exclude(number=None).order_by("source", "kind", "-pk")
    for entry in newest.distinct("source", "kind"):
        yield reverse("entry", args=[company.pk, entry.pk])
    for number in ("1020", "1100", "2000", "1530", "5000", "2200"):
        yield reverse("account-sheet", args=[company.pk, number])
    for year in FiscalYear.of(company):
        yield reverse("year-end", args=[company.pk, year.pk])
    for side in ("receivables", "payables"):
        item = OpenItem.of(company).filter(side=side).order_by("pk").first()
        yield reverse("open-item", args=[company.pk, item.pk])
    for who in contacts_of(company).values():
        yield reverse("contact", args=[company.pk, who])


@pytest.mark.parametrize("module", [*of_today(Module.values, in_turn=True), "all"])
def test_a_module_goes_and_comes_back_as_it_was(company, owner, client, module):
    """Each seventh of its doors is tried, all of them with ``RAPPEN_DEEP=1``."""
    all_on = list(company.modules)
    assert set(all_on) == set(Module.values), "the demo uses every module"
    off = set(Module.values) if module == "all" else {module}
    before, seen = digests(company), shown(company, owner)

    switch(company, [one for one in all_on if one not in off], owner)
    assert digests(company) == before
    _nothing_is_shown(company, owner, off, seen)
    _doors_are_closed(company, client, off)

    switch(company, all_on, owner)
    assert digests(company) == before
    assert shown(company, owner) == seen
    assert set(Company.objects.get(pk=company.pk).modules) == set(all_on)
    for is_page, address in list(of_module(sorted(off)[0], company))[:5]:
        assert client.get(address).status_code != 403, (is_page, address)


def _nothing_is_shown(company, owner, off, seen):
    found = shown(company, owner)
    belongs = {
        (item.url_name): {item.permission.module, item.module} for s in SECTIONS for item in s.items
    }
    gone = {reverse(name, args=[company.pk]) for name, modules in belongs.items() if modules & off}
    around = {url for _label, items in found["around"] for _name, url in items}
    assert around == {url for _l, items in seen["around"] for _n, url in items} - gone
    assert not [one for one in found["granted"] if one.partition(".")[0] in off]
    kinds = {kind for kind, _id in found["found"]}
    by_module = {
        kind.name: kind.permission.module
        for kind in finding.kinds_for(access_to(company.pk, user=owner))
    }
    assert kinds <= set(by_module) and not set(by_module.values()) & off
    assert found["found"] <= seen["found"]
    hits = [pk for kind, pk in found["found"] if kind == "open_items"]
    assert not OpenItem.of(company).filter(pk__in=hits, side__in=off).exists()
    assert not [
        key
        for key in found["beside"]
        if {_panel(key[1]).permission.module, _panel(key[1]).module} & off
    ]
    for check, (state, _digest) in found["checks"].items():
        if check.permission.module in off - {Module.LEDGER}:
            assert state == State.NOT_APPLICABLE, check.code
    for tile in found["tiles"]:
        assert not modules_of(tile.url.partition("#")[0].partition("?")[0]) & off


def _panel(key):
    return {**panels._panels, **panels._links}[key]


def _doors_are_closed(company, client, off):
    for module in sorted(off)[:: len(off)]:
        told = str(Module(module).label)
        tried = 0
        for nth, (is_page, address) in enumerate(of_module(module, company)):
            if not DEEP and nth % 7:
                continue
            answer = client.get(address)
            if is_page:
                text = answer.content.decode()
                assert answer.status_code == 403 and "ausgeschaltet" in text and told in text, (
                    address
                )
            else:
                body = problem(answer, 403, "module_off")
                assert told in body["detail"], address
            tried += 1
        assert tried or module == Module.LEDGER, module


#: Each figure of each room leads to what it is made of in the ledger; with that off, to a page that says so.
BEHIND_FIGURES = {"entry", "account-sheet"}


def gone(address, off):
    there = modules_of(address) or frozenset()
    return bool(there & off) and resolve(address).url_name not in BEHIND_FIGURES


@pytest.mark.parametrize(
    "off",
    [{Module.LEDGER}, set(Module) - {Module.LEDGER}, set(Module)],
    ids=["ledger", "all but the ledger", "all"],
)
def test_no_page_that_stays_leads_to_one_that_is_gone(company, owner, client, off):
    """Pages are looked at in turn, a third of them on a day."""
    every = [*records(company), *open_pages(company, off)]
    switch(company, [one for one in Module.values if one not in off], owner)
    looked, astray = 0, set()
    for address in of_today(every, in_turn=True):
        answer = client.get(address)
        assert answer.status_code in {200, 302, 400, 403, 404}, address
        if answer.status_code == 200 and "html" in answer["Content-Type"]:
            looked += 1
            led_to = ADDRESS.findall(answer.content.decode())
            astray |= {
                (resolve(address).url_name, resolve(to).url_name) for to in led_to if gone(to, off)
            }
    assert sorted(astray) == []
    assert looked > 5


def test_the_ledger_goes_on_whatever_is_switched_off(company, owner):
    """Control accounts and those of wages, too, are posted to by hand while their modules are off."""
    switch(company, [Module.LEDGER], owner)
    company.refresh_from_db()
    for to, of in (("6500", "1020"), ("1100", "3200"), ("4200", "2000"), ("5000", "1091"), ("1530", "1020"),
                   ("1170", "1020")):  # fmt: skip
        lines = [debit(make.account(company, to), make.chf("108.10")),
                 credit(make.account(company, of), make.chf("108.10"))]  # fmt: skip
        entry = post(company=company, date=DAY, text="Von Hand", lines=lines, by=owner)
        assert reversed_entry(entry, date=DAY, by=owner).reverses_id == entry.pk
    switch(company, Module.values, owner)
    assert verify_ledger(Company.objects.get(pk=company.pk)).sound


def test_what_goes_by_night_leaves_switched_off_modules_alone(company, owner, monkeypatch):
    monkeypatch.setattr(of_documents, "MOST_AT_ONCE", 1)
    switch(company, [], owner)
    before = digests(company)
    number = str(company.pk)
    assert of_documents.archive_rest(company_id=company.pk) == 0
    assert check_company(company_id=company.pk) == 0
    assert of_cockpit._tell(number) == 0
    of_fiduciaries.look_at_company(company_id=company.pk)
    of_fiduciaries.remind_company(company_id=company.pk)
    of_search._keep(number)
    assert digests(company) == before
    switch(company, Module.values, owner)
    assert of_documents.archive_rest(company_id=company.pk) == 1, "by night again"
    assert clock.today() >= DAY
