"""The guided set-up of a company: seen in its data, in steps that may be set aside."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from django.test import Client

from accounting.banking.booking import save_bank_account
from accounting.banking.models import BankAccount
from accounting.ledger.lines import credit, debit
from accounting.ledger.models import Account, JournalEntry
from accounting.ledger.posting import post
from erp.access.gate import access_to
from erp.audit.models import AuditEvent
from erp.cockpit import invitations
from erp.cockpit.forms import short_name_of
from erp.cockpit.members import change_company
from erp.cockpit.setting_up import ask_also, ask_for
from erp.cockpit.setup_steps import PLACES, STEP_OF, State, steps
from erp.companies.models import Company, SetupStep
from erp.core.tenancy import open_companies
from tests import make
from tests.erp.access.people import signed_in
from tests.erp.client import Api, problem
from vat.codes.models import VatSettings

NEW = {"name": "Bäckerei Huber & Söhne GmbH", "legal_form": "llc", "language": "de", "currency": "CHF",
       "vat_method": "net", "vat_basis": "received", "year_start": "2026-07-01", "year_end": "2027-12-31",
       "street": "Dorfstrasse", "house_number": "4", "postcode": "6454", "town": "Flüelen"}  # fmt: skip


@pytest.fixture
def company(db):
    return make.company()


@pytest.fixture
def owner(company):
    return make.owner_of(company)


def seen(company, owner):
    found = steps(access_to(company.pk, user=owner))
    assert [one.code for one in found] == list(SetupStep)
    return {one.code.value: one for one in found}


def test_founding_leads_to_the_steps_with_a_short_name_of_its_own(db):
    operator = make.user(is_operator=True)
    client = signed_in(operator)
    answer = client.post("/companies/add/", NEW | {"modules": ["ledger", "banking", "vat"]})
    assert answer.status_code == 302, answer.context["form"].errors
    number = int(answer["Location"].split("/")[2])
    assert answer["Location"] == f"/c/{number}/setup/"
    page = client.get(answer["Location"]).content.decode()
    assert "1 · Mandant und Geschäftsjahr" in page and "01.07.2026" in page and "31.12.2027" in page
    open_companies([number])
    company = Company.objects.get(pk=number)
    assert (company.short_name, company.postcode) == ("baeckerei-huber-soehne-gmbh", "6454")
    settings = VatSettings.of(company).get()
    assert (settings.method, settings.basis, settings.interval) == ("net", "received", "half")
    found = seen(company, operator)
    assert [code for code, one in found.items() if one.state == State.DONE] == [
        "company",
        "payroll",
    ]
    assert len(found["vat"].missing) == 2  # neither a UID nor a granted rate


def test_a_name_without_a_letter_wants_a_short_one(db):
    client = signed_in(make.user(is_operator=True))
    answer = client.post("/companies/add/", NEW | {"name": "日本"})
    assert answer.status_code == 422 and "short_name" in answer.context["form"].errors
    assert short_name_of("Ärzte & Œuvre SA") == "aerzte-uvre-sa"


def test_each_step_is_done_by_the_data_alone(company, owner):
    before = seen(company, owner)
    assert {code for code, one in before.items() if one.state == State.OPEN} == {
        "company", "vat", "bank", "layout", "people", "opening",
    }  # fmt: skip
    change_company(company, by=owner, uid="CHE-107.810.911", street="Weg", postcode="6460",
                   town="Altdorf", logo_digest="0" * 64)  # fmt: skip
    bank = BankAccount(company=company, name="Bank", iban="CH9300762011623852957", currency="CHF",
                       account=Account.of(company).get(number="1020"))  # fmt: skip
    save_bank_account(bank, by=owner)
    invitations.invite(company=company, email="neu@firma.example", roles=["auditor"], by=owner)
    post(company=company, date=dt.date(2026, 1, 1), text="Eröffnung", by=owner,
         kind=JournalEntry.Kind.OPENING,
         lines=[debit(make.account(company, "1020"), make.chf("500")),
                credit(make.account(company, "2800"), make.chf("500"))])  # fmt: skip
    after = seen(Company.objects.get(pk=company.pk), owner)
    assert {one.state for one in after.values()} == {State.DONE}
    assert "CH93 0076 2011 6238 5295 7" in after["bank"].holds
    assert "1" in after["people"].holds and "CHE-107.810.911" in after["vat"].holds


def test_payroll_is_asked_for_where_the_module_is_on(owner, company):
    company.modules = [*company.modules, "payroll"]
    company.save(update_fields=["modules"])
    found = seen(company, owner)["payroll"]
    assert found.state == State.OPEN and found.missing


def test_a_step_is_set_aside_and_taken_up_again_and_the_set_up_ends(company, owner):
    client = signed_in(owner)
    where = f"/c/{company.pk}/setup/"
    start = f"/c/{company.pk}/"
    assert "Eröffnungssalden" in client.get(start).content.decode()
    assert client.post(where, {"aside": "opening"}).status_code == 302
    assert seen(Company.objects.get(pk=company.pk), owner)["opening"].state == State.ASIDE
    assert "Bringen Sie die Salden" not in client.get(start).content.decode()
    client.post(where, {"take_up": "opening"})
    assert seen(Company.objects.get(pk=company.pk), owner)["opening"].state == State.OPEN
    assert client.post(where, {"aside": "tea"}).status_code == 404
    client.post(where, {"end": "1"})
    assert Company.objects.get(pk=company.pk).setup_steps == []
    page = client.get(start).content.decode()
    assert f'action="{where}"' not in page
    told = AuditEvent.of(company).filter(action="company.change").order_by("pk").last()
    assert told.details["setup_steps"][1] == []


def test_the_way_is_on_the_pages_of_a_step_while_it_is_asked_for(company, owner):
    client = signed_in(owner)
    page = client.get(f"/c/{company.pk}/vat/settings/").content.decode()
    assert "Schritt 2 von" in page and f"/c/{company.pk}/banking/accounts/" in page
    assert 'class="way"' not in client.get(f"/c/{company.pk}/ledger/journal/").content.decode()
    ask_for(company, steps=["bank"], by=owner)
    assert 'class="way"' not in client.get(f"/c/{company.pk}/vat/settings/").content.decode()
    page = client.get(f"/c/{company.pk}/banking/accounts/").content.decode()
    assert "Schritt 1 von 1" in page and "Zum Schluss der Einrichtung" in page


def test_who_may_not_change_the_company_is_neither_asked_nor_led(company, owner):
    clerk = make.user(company=company, granted=["company.read", "vat.read", "ledger.read"])
    client = signed_in(clerk)
    assert client.get(f"/c/{company.pk}/setup/").status_code == 403
    assert f"/c/{company.pk}/setup/" not in client.get(f"/c/{company.pk}/").content.decode()
    assert 'class="way"' not in client.get(f"/c/{company.pk}/vat/settings/").content.decode()


def test_who_may_not_see_what_a_step_is_about_learns_nothing_of_it(company, owner):
    bank = BankAccount(company=company, name="Bank", iban="CH9300762011623852957", currency="CHF",
                       account=Account.of(company).get(number="1020"))  # fmt: skip
    save_bank_account(bank, by=owner)
    clerk = make.user(company=company, granted=["company.change"])
    page = signed_in(clerk).get(f"/c/{company.pk}/setup/").content.decode()
    assert "0076" not in page and "UID" not in page and "2026" not in page
    told = {one["code"]: one for one in Api(company, clerk).get("setup/").json()["steps"]}
    assert {one["holds"] for one in told.values()} == {"", "Das Modul ist aus. Schalten Sie es unter «Mandant» ein, "
                                                       "wenn Löhne gezahlt werden."}  # fmt: skip
    assert (told["bank"]["state"], told["bank"]["missing"]) == ("done", [])
    assert told["vat"]["missing"] == ["Das ist noch nicht erledigt."]


def test_a_step_is_set_aside_from_what_is_asked_by_then(company, owner):
    before = Company.objects.get(pk=company.pk)
    ask_also(company, less=["bank"], by=owner)
    ask_also(before, less=["vat"], by=owner)
    assert {"bank", "vat"}.isdisjoint(Company.objects.get(pk=company.pk).setup_steps)


def test_the_endpoint_tells_the_steps_and_changes_what_is_asked(company, owner):
    api = Api(company, owner)
    told = api.get("setup/")
    assert told.status_code == 200
    body = told.json()
    assert body["asked"] == SetupStep.values and len(body["steps"]) == len(SetupStep)
    assert body["steps"][2] | {"title": ""} == {
        "code": "bank", "title": "", "state": "open", "holds": "", "missing": body["steps"][2]["missing"],
    }  # fmt: skip
    client = Client()
    client.force_login(owner)
    path = f"/api/v1/companies/{company.pk}/setup/"

    def patch(body, **headers):
        return client.patch(path, json.dumps(body), content_type="application/json", **headers)

    problem(patch({"asked": []}), 428)
    problem(patch({"asked": []}, HTTP_IF_MATCH='"stale"'), 412)
    problem(patch({"asked": ["tea"]}, HTTP_IF_MATCH=told["ETag"]), 400)
    changed = patch({"asked": ["vat", "company"]}, HTTP_IF_MATCH=told["ETag"])
    assert changed.status_code == 200 and changed.json()["asked"] == ["company", "vat"]
    states = {one["code"]: one["state"] for one in changed.json()["steps"]}
    assert (states["vat"], states["bank"]) == ("open", "aside")


def test_the_list_asks_a_fixed_number_of_questions(company, owner, django_assert_num_queries):
    access = access_to(company.pk, user=owner)
    with django_assert_num_queries(9):
        steps(access)


def test_every_step_has_its_pages():
    assert set(PLACES) == set(SetupStep) == set(STEP_OF.values())
