"""Who did what, from where: the trail's words, a record's history, and who looked at people's data."""

from __future__ import annotations

import csv
import datetime as dt
import io
import logging
import re

import pytest
import structlog
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from accounting.banking.booking import save_bank_account
from accounting.banking.models import BankAccount
from accounting.budgets import planning
from accounting.budgets.planning import Plan
from accounting.ledger import charting, recurring, years
from accounting.ledger.bulk import NewEntry, post_many
from accounting.ledger.lines import credit, debit
from accounting.ledger.models import CostCentre, EntryTemplate, FiscalYear, JournalEntry, Period
from accounting.ledger.posting import reverse
from erp.access.permissions import Permission
from erp.audit import access_log, queries, trail
from erp.audit.models import AccessLogEntry, AuditEvent
from erp.audit.readers import needed_for
from erp.audit.subjects import subjects
from erp.celery import app
from erp.cockpit.members import grant, withdraw
from erp.cockpit.trail import AuditTrail
from erp.core import clock, origin
from erp.core.origin import Origin, Via
from erp.core.tenancy import open_companies
from erp.settings import LOGGING
from erp.web.middleware import OriginMiddleware
from tests import make
from tests.erp.client import Api, problem
from tests.make import MARCH_31, chf
from vat.codes.models import VatSettings
from vat.settings.changing import change_settings


def signed_in(user, **headers):
    client = Client(**headers)
    client.force_login(user)
    return client


def last(company, action):
    return AuditEvent.of(company).filter(action=action).latest("pk")


def told(company, action):
    return last(company, action).details


@pytest.fixture
def browse(anna):
    return signed_in(anna)


def shown(response):
    assert response.status_code == 200, response.content[:400]
    text = re.sub(r"<(?!br)[^>]*>|\s+", " ", response.content.decode())
    return re.sub(r"\s+", " ", text.replace("&#x27;", "'").replace("&amp;", "&"))


# --- where it comes from


AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


@pytest.mark.parametrize(("proxies", "forwarded", "remote", "address"), [
    (0, None, "192.0.2.7", "192.0.2.7"),
    (0, "203.0.113.9", "192.0.2.7", "192.0.2.7"),  # nobody vouches for it
    (1, "203.0.113.9", "10.0.0.1", "203.0.113.9"),
    (1, "6.6.6.6, 203.0.113.9", "10.0.0.1", "203.0.113.9"),  # what the client made up stays out
    (2, "6.6.6.6, 203.0.113.9, 10.0.0.2", "10.0.0.1", "203.0.113.9"),
    (2, "203.0.113.9", "10.0.0.1", ""),  # it did not pass the proxies
    (1, "2001:db8:1:2:3:4:5:6", "10.0.0.1", "2001:db8:1:2:3:4:5:6"),
    (1, "x\n<script>", "10.0.0.1", ""),
])  # fmt: skip
def test_an_act_keeps_the_address_our_proxies_vouch_for(
    company, anna, settings, proxies, forwarded, remote, address
):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = proxies
    client = signed_in(anna, REMOTE_ADDR=remote, HTTP_USER_AGENT=AGENT,
                       **({"HTTP_X_FORWARDED_FOR": forwarded} if forwarded else {}))  # fmt: skip
    answer = client.post(f"/c/{company.pk}/ledger/cost-centres/",
                         {"kind": "centre", "number": "7", "name_de": "x"})  # fmt: skip
    assert answer.status_code == 302
    event = last(company, "cost_unit.add")
    assert (event.address, event.agent, event.via) == (address, AGENT, "page")
    assert event.request_id == answer["X-Request-Id"] and len(event.request_id) == 32


@pytest.mark.parametrize(("path", "headers", "via"), [
    ("api/v1/companies/1/", {}, Via.API),
    ("api/v1/companies/1/", {"HTTP_AUTHORIZATION": "Bearer x"}, Via.API),  # not found good yet
    ("_allauth/app/v1/config", {}, Via.API),
    ("c/1/", {}, Via.PAGE),
])  # fmt: skip
def test_the_way_in_is_told_by_the_address(db, path, headers, via, rf):
    def handler(request):
        found.append(origin.current())
        return {}

    found = []
    OriginMiddleware(handler)(rf.get("/" + path, **headers))
    assert found[0].via == via
    assert origin.current() == Origin()


def test_an_agent_is_kept_short_and_without_control_characters(company, anna):
    client = signed_in(anna, HTTP_USER_AGENT="Evil\x1b[31m\r\nX: y\x00" + "z" * 500)
    client.post(f"/c/{company.pk}/ledger/cost-centres/",
                {"kind": "centre", "number": "7", "name_de": "x"})  # fmt: skip
    agent = last(company, "cost_unit.add").agent
    assert agent.startswith("Evil[31mX: yz") and len(agent) == 200


def test_requests_are_named_in_answer_problem_and_log(api, company, caplog):
    refused = api.get("drafts/1/")
    assert problem(refused, 404)["request_id"] == refused["X-Request-Id"]
    again = api.get("drafts/1/")
    assert again["X-Request-Id"] != refused["X-Request-Id"]

    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=LOGGING["formatters"]["line"]["foreign_pre_chain"],
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                    structlog.processors.JSONRenderer()],
    )  # fmt: skip
    record = logging.LogRecord("x", logging.INFO, "x", 1, "hello", None, None)
    assert f'"request_id": "{again["X-Request-Id"]}"' in formatter.format(record)


def test_jobs_and_commands_say_so(company, anna):
    trail.record(company=company, by=anna, action="cost_unit.add")
    assert last(company, "cost_unit.add").via == "command"

    @app.task(name="test.record")
    def work():
        trail.record(company=company, by=anna, action="cost_unit.add")

    work.apply(task_id="12345678-1234-1234-1234-123456789012")
    event = last(company, "cost_unit.add")
    assert (event.via, event.request_id) == ("job", "12345678123412341234123456789012")
    assert origin.current() == Origin()


# --- old and new values


def test_changes_say_what_was_and_what_is(company, anna):
    by = anna
    account = charting.add_account(company=company, by=by, number="1021", name_de="Bank",
                                   type="asset", or_position="959a-1-1a")  # fmt: skip
    assert told(company, "account.add") == {
        "number": "1021", "name_de": "Bank", "type": "asset", "or_position": "959a-1-1a",
        "cost_centre_rule": "may", "cost_object_rule": "may",
    }  # fmt: skip
    charting.change_account(account, by=by, name_de="Raiffeisen", blocked_from=MARCH_31)
    assert told(company, "account.change") == {
        "name_de": ["Bank", "Raiffeisen"], "blocked_from": [None, "2026-03-31"]
    }  # fmt: skip
    charting.delete_account(charting.Account.of(company).get(pk=account.pk), by=by)
    assert told(company, "account.delete")["name_de"] == "Raiffeisen"

    unit = charting.save_cost_unit(CostCentre(company=company), by=by, number="1", name_de="Alt")
    assert told(company, "cost_unit.add") == {"number": "1", "name_de": "Alt"}
    charting.save_cost_unit(unit, by=by, name_de="Neu")
    assert told(company, "cost_unit.change") == {"name_de": ["Alt", "Neu"]}

    bank = BankAccount(company=company, name="UBS", iban="CH9300762011623852957", currency="CHF",
                       account=make.account(company, "1020"))  # fmt: skip
    save_bank_account(bank, by=by)
    assert told(company, "bank_account.add") == {
        "name": "UBS", "iban": "CH9300762011623852957", "currency": "CHF", "account": "1020",
        "books_certain": True,
    }  # fmt: skip
    bank.name = "ZKB"
    save_bank_account(bank, by=by)
    assert told(company, "bank_account.change") == {"name": ["UBS", "ZKB"]}

    day = dt.date(2027, 1, 1)
    settled = {"company": company, "valid_from": day, "basis": "agreed", "by": by}
    change_settings(method="effective", interval="quarter", **settled)
    change_settings(method="net", interval="half", **settled)
    assert told(company, "vat.change_settings") == {
        "valid_from": "2027-01-01", "method": ["effective", "net"], "interval": ["quarter", "half"]
    }  # fmt: skip

    template = recurring.save_template(
        EntryTemplate(company=company, name="Lohn", rhythm="month", next_date=MARCH_31), by=by,
        content={"mode": "simple", "text": "Lohn", "debit": "5000", "credit": "1020",
                 "amount": "7500.00"},
    )  # fmt: skip
    assert told(company, "template.save") == {
        "name": "Lohn", "rhythm": "month", "next_date": "2026-03-31", "text": "Lohn",
        "accounts": "1020, 5000",
    }  # fmt: skip
    recurring.skip_due(template, date=MARCH_31, by=by)
    assert told(company, "template.skip") == {
        "name": "Lohn", "next_date": ["2026-03-31", "2026-04-30"]
    }  # fmt: skip
    template.refresh_from_db()
    template.rhythm = "year"
    recurring.save_template(template, by=by)
    assert told(company, "template.save") == {"name": "Lohn", "rhythm": ["month", "year"]}
    recurring.delete_template(template, by=by)
    assert told(company, "template.delete")["rhythm"] == "year"
    assert "7500" not in str(list(AuditEvent.of(company).values_list("details", flat=True)))

    year = FiscalYear.of(company).get()
    budget = planning.open_budget(company=company, year=year, name="A", by=by)
    rent = make.account(company, "6000")
    planning.plan(budget, [Plan(rent, None, {year.start: chf("5.00")})], by=by)
    planning.plan(budget, [Plan(rent, None, {year.start: chf("7.00")})], by=by)
    assert told(company, "budget.plan") == {"6000": ["5.00", "7.00"]}
    planning.delete_budget(budget, by=by)
    assert told(company, "budget.delete") == {
        "name": "A", "year": "2026", "is_chosen": True, "accounts": 1
    }  # fmt: skip


def test_what_changed_nothing_is_no_event(company, anna):
    account = make.account(company, "1020")
    unit = charting.save_cost_unit(CostCentre(company=company), by=anna, number="1", name_de="x")
    settings = VatSettings.of(company).get()
    before = AuditEvent.of(company).count()
    charting.change_account(account, by=anna, name_de=account.name_de)
    charting.save_cost_unit(unit, by=anna, name_de="x")
    change_settings(company=company, valid_from=settings.valid_from, method=settings.method,
                    basis=settings.basis, interval=settings.interval, by=anna)  # fmt: skip
    assert AuditEvent.of(company).count() == before


def test_a_posting_says_its_number_and_what_it_reverses(company, anna):
    entry = make.rent(company, by=anna)
    assert told(company, "entry.post") == {"number": 1, "date": "2026-03-31"}
    reverse(entry, date=MARCH_31, by=anna)
    assert told(company, "entry.post") == {"number": 2, "date": "2026-03-31", "reverses": 1}


def test_a_new_company_says_what_it_was_given(company):
    assert told(company, "company.found") == {
        "name": company.name, "short_name": company.short_name, "legal_form": "corporation",
        "country": "CH", "language": "de", "currency": "CHF",
        "modules": ["ledger", "banking", "vat", "costs"],
    }  # fmt: skip


# --- history


def history(company, record):
    with translation.override("en"):
        found = queries.history(company, record._meta.model_name, record.pk,
                                granted=frozenset(Permission.values))  # fmt: skip
        return [(row.label, [str(d) for d in row.details]) for row in found.rows]


def test_the_history_of_a_record_is_told_newest_first_in_words(company, anna):
    account = charting.add_account(company=company, by=anna, number="1021", name_de="Bank",
                                   type="asset", or_position="959a-1-1a")  # fmt: skip
    charting.change_account(account, by=anna, cost_centre_rule="must", blocked_from=MARCH_31)
    change, add = history(company, account)
    assert change == (
        "Account changed", ["cost centre: may → must", "blocked from: – → 31.03.2026"]
    )  # fmt: skip
    assert add[0] == "Account opened" and "number: 1021" in add[1]


def test_a_year_tells_of_its_periods_and_an_entry_of_the_import_it_came_with(company, anna):
    year = FiscalYear.of(company).get()
    period = Period.of(company).order_by("start").first()
    years.lock_period(company=company, period=period, lock="locked", by=anna, reason="fertig")
    assert [label for label, _d in history(company, year)] == [
        "Period locked or opened", "Fiscal year opened"
    ]  # fmt: skip
    lines = [debit(make.account(company, "6000"), chf("5.00")),
             credit(make.account(company, "1020"), chf("5.00"))]  # fmt: skip
    ids = post_many(company=company, entries=[NewEntry(MARCH_31, "x", lines)] * 3, by=anna)
    single = make.rent(company, by=anna)
    many = JournalEntry.of(company).get(pk=ids[1])
    assert history(company, many) == [("Entries posted", ["origin: journal import", "count: 3"])]
    assert [label for label, _d in history(company, single)] == ["Entry posted"]


def test_the_page_of_a_history(company, anna, browse):
    bea = make.user()
    grant(company=company, user=bea, role="bookkeeper", by=anna)
    withdraw(company=company, user=bea, role="bookkeeper", by=anna)
    page = shown(browse.get(f"/c/{company.pk}/history/user/{bea.pk}/"))
    assert page.index("Zugriff entzogen") < page.index("Zugriff gegeben")
    assert "Buchhaltung" in page and str(anna) in page
    change_of_town(browse, company)
    page = shown(browse.get(f"/c/{company.pk}/history/company/{company.pk}/"))
    assert "– → Bern" in page and "127.0.0.1" in page


def change_of_town(browse, company):
    typed = {"name": company.name, "country": "CH", "language": "de", "town": "Bern",
             "modules": company.modules}  # fmt: skip
    assert browse.post(f"/c/{company.pk}/settings/", typed).status_code == 302


def test_what_is_unknown_or_anothers_has_no_history(company, anna, browse):
    other = make.company()
    theirs, entry = make.account(other, "1020"), make.rent(other)
    stranger = make.owner_of(other)
    open_companies([company.pk])
    for path in (
        f"account/{theirs.pk}", f"journalentry/{entry.pk}", f"company/{other.pk}",
        f"user/{stranger.pk}", "session/1", "auditevent/1", "audithead/1", "account/0",
        "account/99999999999999999999", "accounting_account/1",
    ):  # fmt: skip
        assert browse.get(f"/c/{company.pk}/history/{path}/").status_code == 404, path
    mine = make.account(company, "1020")
    assert browse.get(f"/c/{company.pk}/history/account/{mine.pk}/").status_code == 200
    assert browse.get(f"/c/{other.pk}/history/account/{theirs.pk}/").status_code == 404
    open_companies([other.pk])  # at its end the transaction proves its entries


def test_what_is_gone_keeps_its_history(company, anna, browse):
    account = charting.add_account(company=company, by=anna, number="6998", type="expense",
                                   name_de="Kurz")  # fmt: skip
    pk = account.pk
    charting.delete_account(account, by=anna)
    page = shown(browse.get(f"/c/{company.pk}/history/account/{pk}/"))
    assert page.index("Konto gelöscht") < page.index("Konto eröffnet")


def test_pages_lead_to_histories_for_those_who_may_read_them(company, anna, browse):
    bank = BankAccount(company=company, name="UBS", iban="CH9300762011623852957", currency="CHF",
                       account=make.account(company, "1020"))  # fmt: skip
    save_bank_account(bank, by=anna)
    year = FiscalYear.of(company).get()
    budget = planning.open_budget(company=company, year=year, name="A", by=anna)
    entry, settings = make.rent(company, by=anna), VatSettings.of(company).get()
    pages = {
        f"ledger/entries/{entry.pk}/": entry, "ledger/accounts/1020/": bank.account,
        "ledger/accounts/1020/edit/": bank.account, "banking/accounts/": bank,
        f"budgets/{budget.pk}/": budget, "settings/": company, "settings/access/": anna,
        "vat/settings/": settings, "ledger/years/": year,
    }  # fmt: skip
    rest = [p for p in Permission.values if p != "audit.read"]
    other = signed_in(make.user(company=company, granted=rest))
    for path, record in pages.items():
        link = f"/c/{company.pk}/history/{record._meta.model_name}/{record.pk}/"
        assert link in browse.get(f"/c/{company.pk}/{path}").content.decode(), path
        assert browse.get(link).status_code == 200, path
        assert "/history/" not in other.get(f"/c/{company.pk}/{path}").content.decode(), path
        assert other.get(link).status_code == 403


# --- the company's trail


def test_the_trail_is_filtered(company, anna, browse):
    bea = make.user(company=company, granted=["ledger.chart", "ledger.read"])
    with clock.at(dt.datetime(2026, 3, 31, 22, 30, tzinfo=dt.UTC)):  # 1 April in Zurich
        charting.save_cost_unit(CostCentre(company=company), by=bea, number="77", name_de="Büro")
    charting.save_cost_unit(CostCentre(company=company), by=anna, number="78", name_de="Lager")

    def found(**query):
        page = browse.get(f"/c/{company.pk}/settings/audit/", query)
        assert page.status_code == 200
        return {n for n in ("77", "78") if f">{n}</a>" in page.content.decode()}

    assert found() == {"77", "78"}
    assert found(by=bea.email) == {"77"}
    assert found(action="cost_unit.add", q="lager") == {"78"}
    assert found(q="büro") == {"77"}
    assert found(q="Kostenstelle oder") == {"77", "78"}
    assert found(**{"from": "01.04.2026", "until": "01.04.2026"}) == {"77"}
    assert found(until="31.03.2026") == set()
    assert found(q="100%_\\'\"<") == found(by="x") == found(action="x") == set()


def test_the_trail_is_paged_by_key_with_its_filters(company, anna, browse, monkeypatch):
    monkeypatch.setattr(AuditTrail, "size", 2)
    for n in range(5):
        charting.save_cost_unit(CostCentre(company=company), by=anna, number=f"8{n}", name_de="x")
    address, seen = "?action=cost_unit.add", []
    while address:
        page = browse.get(f"/c/{company.pk}/settings/audit/{address}").content.decode()
        seen += re.findall(r">(8\d)</a>", page)
        link = re.search(r'rel="next" href="([^"]+)"', page)
        address = link[1].replace("&amp;", "&") if link else ""
    assert seen == ["84", "83", "82", "81", "80"]


def test_the_trail_leaves_as_a_file_and_that_is_noted(company, anna, browse):
    charting.save_cost_unit(CostCentre(company=company), by=anna, number="=1+1", name_de="@x")
    query = {"format": "csv", "action": "cost_unit.add"}
    answer = browse.get(f"/c/{company.pk}/settings/audit/", query)
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))
    assert len(rows) == 2
    row = dict(zip(rows[0], rows[1], strict=True))
    assert row["E-Mail"] == anna.email
    assert "'=1+1" in rows[1] and "@x" in " ".join(rows[1])  # no cell begins a formula
    assert not any(cell[:1] in "=+-@" for cell in rows[1] if cell)
    entry = AccessLogEntry.of(company).get()
    assert (entry.kind, entry.subject, entry.count, entry.by) == ("export", "auditevent", 1, anna)
    assert browse.get(f"/c/{company.pk}/settings/audit/", {"format": "xlsx"}).status_code == 200
    assert browse.get(f"/c/{company.pk}/settings/audit/", {"format": "exe"}).status_code == 404


def test_too_many_events_are_no_file(company, browse, monkeypatch):
    monkeypatch.setattr("erp.cockpit.trail.MOST_EXPORTED", 1)
    answer = browse.get(f"/c/{company.pk}/settings/audit/", {"format": "csv"})
    assert answer.status_code == 302
    assert not AccessLogEntry.of(company).exists()


# --- endpoints


def test_events_are_filtered_by_what_is_allowed_alone(api, company, anna):
    bea = make.user(company=company, granted=["ledger.chart"])
    Api(company, bea).post("cost-centres/", {"number": "1", "name_de": "x"})
    api.post("cost-centres/", {"number": "2", "name_de": "y"})
    unit = CostCentre.of(company).get(number="2")

    def numbers(**query):
        answer = api.get("audit-events/", action="cost_unit.add", **query)
        assert answer.status_code == 200, answer.json()
        return [e["details"]["number"] for e in answer.json()["results"]]

    assert numbers() == ["2", "1"]
    assert numbers(by=bea.email) == ["1"]
    assert numbers(subject="costcentre", subject_id=unit.pk) == ["2"]
    assert numbers(since=clock.today().isoformat()) == ["2", "1"]
    assert numbers(until="2020-01-01") == []
    assert numbers(details="x", company=1) == ["2", "1"]  # not offered: left aside
    for wrong in ({"since": "gestern"}, {"subject_id": "x"}, {"subject_id": "0"}):
        problem(api.get("audit-events/", **wrong), 400)
    event = api.get("audit-events/", action="cost_unit.add").json()["results"][0]
    assert (event["address"], event["via"]) == ("127.0.0.1", "api")
    assert len(event["request_id"]) == 32


def test_the_access_log_is_told(api, company, anna):
    member = api.get("members/").json()["results"][0]
    api.get(f"members/{member['id']}/")
    rows = api.get("access-log/").json()["results"]
    assert [(r["kind"], r["subject"], r["subject_id"], r["count"]) for r in rows] == [
        ("read", "user", anna.pk, None), ("list", "user", None, 1)
    ]  # fmt: skip
    assert (rows[0]["by"], rows[0]["via"], rows[0]["recipient"]) == (anna.email, "api", "")
    assert api.get("access-log/", by="nobody@example.ch").json()["results"] == []
    assert api.get("access-log/", until="2020-01-01").json()["results"] == []
    problem(api.post("access-log/", {}), 405)


# --- the access log


def test_who_looks_at_the_members_is_noted_and_seen(company, anna, browse):
    browse.get(f"/c/{company.pk}/settings/access/")
    entry = AccessLogEntry.of(company).get()
    assert (entry.kind, entry.subject, entry.count, entry.address, entry.via) == (
        "list", "user", 1, "127.0.0.1", "page"
    )  # fmt: skip
    access_log.note(company=company, by=anna, kind=AccessLogEntry.Kind.DISCLOSURE, subject=anna,
                    recipient="AHV-Ausgleichskasse " + "x" * 200)  # fmt: skip
    page = shown(browse.get(f"/c/{company.pk}/settings/access-log/"))
    assert page.index("AHV-Ausgleichskasse") < page.rindex("127.0.0.1")
    assert AccessLogEntry.of(company).count() == 2  # looking at the log is not looking at people


def test_who_is_refused_has_seen_nothing(company):
    stranger = signed_in(make.user(company=company, granted=["ledger.read"]))
    assert stranger.get(f"/c/{company.pk}/settings/access/").status_code == 403
    assert not AccessLogEntry.of(company).exists()
    assert stranger.get(f"/c/{company.pk}/settings/access-log/").status_code == 403


# --- who may read what


def test_every_kind_of_record_says_who_may_read_it():
    """A model of a package that ``READ_BY`` does not know is told to nobody: add the package."""
    assert {s for s in subjects() if needed_for(s) is None} == set()
    assert needed_for("journalentry") == "ledger.read"
    assert needed_for("banktransaction") == "banking.read"
    assert needed_for("leakfinding") == "security.read"
    assert needed_for("user") == needed_for("invitation") == "members.read"
    assert needed_for("gibtesnicht") is None


def test_names_and_values_of_records_are_told_to_those_who_may_see_them(company, anna):
    """AUZ-4: the right to see who did what opens no module."""
    bea = make.user()
    grant(company=company, user=bea, role="bookkeeper", by=anna)
    account = charting.add_account(company=company, by=anna, number="1021", name_de="Geheimkonto",
                                   type="asset", or_position="959a-1-1a")  # fmt: skip
    auditor = make.user(company=company, granted=["audit.read"])
    keeper = make.user(company=company, granted=["audit.read", "ledger.read"])
    start = f"/c/{company.pk}"
    for who, seen in ((auditor, False), (keeper, True), (anna, True)):
        browse = signed_in(who)
        for path in (f"/history/account/{account.pk}/", "/settings/audit/",
                     "/settings/audit/?format=csv"):  # fmt: skip
            answer = browse.get(start + path)
            text = answer.content.decode("utf-8-sig")
            assert ("Geheimkonto" in text) is seen, (who, path)
            assert bool(re.search(r"\b1021\b", text)) is seen, (
                who,
                path,
            )  # digests may hold it, too
            assert anna.name in text  # who did it is told to all of them
        found = browse.get(f"{start}/settings/audit/?q=Geheimkonto").content.decode()
        assert ('class="act wide"' in found) is seen
    for who, seen in ((auditor, False), (keeper, False), (anna, True)):
        page = signed_in(who).get(f"{start}/history/user/{bea.pk}/")
        assert page.status_code == 200 and (bea.name in page.content.decode()) is seen


def test_the_endpoint_of_the_trail_keeps_values_back_alike(company, anna):
    charting.add_account(company=company, by=anna, number="1021", name_de="Geheimkonto",
                         type="asset", or_position="959a-1-1a")  # fmt: skip
    for granted, seen in ((["audit.read"], False), (["audit.read", "ledger.read"], True)):
        api = Api(company, make.user(company=company, granted=granted))
        answer = api.get("audit-events/", action="account.add")
        (event,) = answer.json()["results"]
        assert (event["details"] is not None) is seen
        assert ("Geheimkonto" in answer.content.decode()) is seen


def test_the_access_log_names_people_to_those_who_may_see_them(company, anna):
    bea = make.user()
    grant(company=company, user=bea, role="bookkeeper", by=anna)
    for person in (bea, make.owner_of(company)):
        access_log.note(company=company, by=anna, subject=person, kind=AccessLogEntry.Kind.READ)
    auditor = make.user(company=company, granted=["audit.read"])
    path = f"/c/{company.pk}/settings/access-log/"
    assert bea.name not in signed_in(auditor).get(path).content.decode()
    assert bea.name in signed_in(anna).get(path).content.decode()


def test_the_access_log_costs_the_same_for_many(company, anna):
    browse, counts = signed_in(anna), []
    for _ in range(3):
        access_log.note(company=company, by=anna, subject=make.user(),
                        kind=AccessLogEntry.Kind.READ)  # fmt: skip
        with CaptureQueriesContext(connection) as seen:
            assert browse.get(f"/c/{company.pk}/settings/access-log/").status_code == 200
        counts.append(len(seen))
    assert len(set(counts)) == 1, counts
