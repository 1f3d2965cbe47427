"""Pages and endpoints of the year-end, and what they ask the database."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounting.archive.reports import closing as archived
from accounting.closing.appropriating import appropriate
from accounting.closing.closing import close_year
from accounting.closing.models import CheckNote
from accounting.closing.noting import accept
from accounting.ledger import year_end
from accounting.ledger.models import YearClosing
from erp.access.permissions import Permission
from erp.audit.models import AuditEvent
from tests import make
from tests.accounting.closing import books
from tests.erp.client import Api, new_key, problem

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF"


def client_of(user):
    client = Client()
    client.force_login(user)
    return client


def test_a_year_is_closed_and_reopened_on_its_page():
    company, year = books.of_2025()
    client = client_of(make.owner_of(company))
    start = f"/c/{company.pk}/year-end/"
    page = f"{start}{year.pk}/"
    assert "nicht abgeschlossen" in client.get(start).content.decode()
    shown = client.get(page).content.decode()
    assert "Aufwand und Ertrag sind abgegrenzt" in shown and "offen" in shown
    assert (
        "Sperre der Perioden" in shown
        and "Der Jahresabschluss sperrt, was noch offen ist: 0" in shown
    )
    client.post(f"{page}close/")
    assert not YearClosing.of(company).exists()
    for code in ("accruals", "provisions", "direct_taxes"):
        client.post(f"{page}checks/{code}/", {"text": "Geprüft mit der Treuhand"})
    assert "bereit zum Abschluss" in client.get(page).content.decode()
    client.post(f"{page}close/")
    shown = client.get(page).content.decode()
    assert YearClosing.of(company).get().digest in shown and "30’000.00" in shown
    taken = client.get(f"{page}report.pdf")
    assert taken["Content-Type"] == "application/pdf" and taken.content.startswith(b"%PDF")
    client.post(f"{page}reopen/", {"reason": "Nachtrag"})
    assert "Geändert seit dem Abschluss 1" in client.get(page).content.decode()
    for one in ("accruals", "appropriation", "notes"):
        assert client.get(f"{page}{one}/").status_code == 200


def test_what_was_decided_is_shown_where_nothing_is_to_decide():
    company, year = books.of_2025()
    by = make.owner_of(company)
    books.accept_all(company, year)
    close_year(company=company, year=year, by=by)
    appropriate(company=company, year=year, by=by, decided_on=dt.date(2026, 6, 15),
                statutory=make.chf("1500"), statutory_account=make.account(company, "2950"))  # fmt: skip
    company.legal_form = "sole"
    company.save(update_fields=["legal_form"])
    page = f"/c/{company.pk}/year-end/{year.pk}/appropriation/"
    shown = client_of(by).get(page).content.decode()
    assert "28’500.00" in shown and 'name="undo"' in shown
    told = Api(company, by).get(f"year-end/{year.pk}/appropriation/").json()
    assert told["proposal"] is None and told["used"]["statutory"] == "1500.00"
    client_of(by).post(page, {"undo": "1"})
    shown = client_of(by).get(page).content.decode()
    assert "28’500.00" not in shown and "nichts zu beschliessen" in shown


def test_what_is_entered_is_refused_beside_its_field():
    company, year = books.of_2025()
    client = client_of(make.owner_of(company))
    page = f"/c/{company.pk}/year-end/{year.pk}/accruals/"
    told = {"kind": "prepaid_expense", "account": make.account(company, "6000").pk, "amount": "-5",
            "text": "Miete"}  # fmt: skip
    refused = client.post(page, told)
    assert refused.status_code == 422 and "über null" in refused.content.decode()
    assert client.post(page, told | {"amount": "1500"}).status_code == 302
    assert "1’500.00" in client.get(page).content.decode()


def test_why_a_check_was_accepted_is_for_who_may_see_its_figures(monkeypatch):
    of_wages = replace(year_end.check_named("transit"), permission=Permission.PAYROLL_READ)
    monkeypatch.setitem(year_end._checks, "transit", of_wages)
    company, year = books.of_2025(modules=["ledger", "payroll"])
    owner, reader = make.owner_of(company), make.user(company=company, granted=["ledger.read"])
    books.enter(company, "1090", "1020", "300.00", books.LAST)
    accept(books.access_of(company), year, check="transit", text="Lohn Huber 4711.50")
    page = f"/c/{company.pk}/year-end/{year.pk}/"

    def shown(user):
        return client_of(user).get(page).content.decode()

    def told(user):
        rows = Api(company, user).get(f"year-end/{year.pk}/checks/").json()
        return next(one["accepted"]["text"] for one in rows if one["code"] == "transit")

    assert "Huber" in shown(owner) and "Huber" in told(owner)
    assert "Huber" not in shown(reader) and told(reader) == ""
    assert not AuditEvent.of(company).filter(details__icontains="Huber").exists()
    books.accept_all(company, year)
    close_year(company=company, year=year, by=owner)
    assert "Huber" in shown(owner) and "Huber" not in shown(reader)
    (kept,) = json.loads(archived(company, year)["closings.json"])
    accepted = {one["code"]: one["accepted"] for one in kept["checks"]}
    assert (accepted["transit"], accepted["accruals"]) == ("", "Geprüft")


def test_the_endpoints_do_the_same():
    company, year = books.of_2025()
    api = Api(company, make.owner_of(company))
    one = f"year-end/{year.pk}/"
    assert {y["name"] for y in api.get("year-end/").json()["results"]} == {"2025", "2026"}
    states = {c["code"]: c["state"] for c in api.get(f"{one}checks/").json()}
    assert (states["drafts"], states["accruals"], states["inventory"]) == (
        "ok",
        "open",
        "not_applicable",
    )
    problem(api.post(f"{one}close/", {}, key=new_key()), 422, "refused")
    sent = api.upload(f"{one}checks/accruals/", PDF, name="liste.pdf", text="Liste liegt bei")
    assert sent.status_code == 204, sent.content
    assert api.get(f"{one}checks/accruals/").content == PDF
    for code in ("provisions", "direct_taxes"):
        assert api.post(f"{one}checks/{code}/", {"text": "Geprüft"}).status_code == 204
    problem(api.post(f"{one}checks/weather/", {"text": "x"}), 400)
    _told, match = api.read(one)
    assert api.delete(f"{one}checks/accruals/", **match).status_code == 204
    assert CheckNote.of(company).filter(is_withdrawn=True).count() == 1
    accrual = {"fiscal_year": year.pk, "kind": "accrued_expense", "account": "6500", "amount": "800.00",
               "text": "Revision"}  # fmt: skip
    made = api.post("year-accruals/", accrual, key=new_key())
    assert made.status_code == 201 and made.json()["balance_account"] == "2300"
    problem(api.post("year-accruals/", accrual | {"fiscal_year": 10**15}, key=new_key()), 400)
    assert api.post(f"{one}checks/accruals/", {"text": "Geprüft"}).status_code == 204
    closed = api.post(f"{one}close/", {}, key=new_key())
    assert closed.status_code == 201 and closed.json()["result"] == "29200.00"
    problem(api.post(f"{one}close/", {}, key=new_key()), 409, "closing.already_closed")
    assert api.get(f"{one}appropriation/").json()["proposal"]["statutory"] == "1460.00"
    use = {"decided_on": "2026-06-15", "statutory": "1460.00", "dividend": "1000.00",
           "statutory_account": "2950", "dividend_account": "2261"}  # fmt: skip
    assert api.post(f"{one}appropriation/", use, key=new_key()).json()["used"]["entry"]
    _told, match = api.read(one)
    assert api.delete(f"{one}appropriation/", **match).status_code == 204
    reopened = api.post(f"{one}reopen/", {"reason": "Nachtrag"}, key=new_key())
    assert reopened.json()["reason"] == "Nachtrag"
    assert api.get(f"{one}changes/").json()["since"] == 1
    _told, match = api.read(one)
    assert (
        api.patch(f"{one}notes/", {"code": "events", "text": "Keine."}, **match).status_code == 200
    )
    assert api.get(f"{one}report/").content.startswith(b"%PDF")
    assert len(api.get(f"{one}closings/").json()) == 1


def test_checks_ask_a_fixed_number_of_questions():
    company, year = books.of_2025(
        modules=["ledger", "banking", "vat", "receivables", "payables", "payroll"]
    )
    client = client_of(make.owner_of(company))

    def asked():
        with CaptureQueriesContext(connection) as seen:
            client.get(f"/c/{company.pk}/year-end/{year.pk}/")
        return len(seen)

    asked()
    before = asked()
    for nth in range(1, 6):
        books.enter(company, "1090", "1020", f"{nth}00.00", books.LAST)
    assert asked() == before <= 90
