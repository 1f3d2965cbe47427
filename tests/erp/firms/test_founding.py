"""Those who lead a fiduciary that may do so open the books of new clients themselves."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from erp.access.firms.models import Firm, Mandate
from erp.access.gate import access_to
from erp.access.models import Membership
from erp.audit.models import AuditEvent
from erp.cockpit import firms, invitations
from erp.cockpit.founding import MayNotFound, set_up_client
from erp.cockpit.members import withdraw
from erp.companies.models import Company
from erp.core import clock
from erp.core.tenancy import open_companies, set_local
from erp.core.texts import NotOneLine
from tests import make
from tests.erp.access.people import signed_in
from tests.erp.client import problem

NEW = {"name": "Bäckerei Huber GmbH", "legal_form": "llc", "language": "de", "currency": "CHF",
       "vat_method": "effective", "year_start": "2026-01-01", "year_end": "2026-12-31"}  # fmt: skip


@pytest.fixture
def firm(lead, operator):
    return firms.found_firm(name="Treuhand Arnold AG", manager=lead, by=operator, may_found=True)


def new(of, short_name, **more):
    return NEW | {"short_name": f"{short_name}-{of.pk}", "firm": of.pk} | more


def post(user, body):
    client = Client()
    client.force_login(user)
    return client.post("/api/v1/companies/", json.dumps(body), content_type="application/json")


def test_a_client_has_its_founder_as_owner_and_the_firm_by_mandate(firm, lead):
    client = signed_in(lead)
    page = client.get(f"/companies/add/?firm={firm.pk}")
    assert page.status_code == 200 and page.context["form"].fields["firm"].required
    answer = client.post("/companies/add/", new(firm, "huber", modules=["ledger", "vat"]))
    assert answer.status_code == 302, answer.context["form"].errors
    company = Company.objects.get(pk=int(answer["Location"].split("/")[2]))
    open_companies([company.pk])
    assert make.owner_of(company) == lead
    mandate = Mandate.of(company).get()
    assert (mandate.firm, mandate.role.code, mandate.given_by) == (firm, "fiduciary", lead)
    acts = set(AuditEvent.of(company).values_list("action", flat=True))
    assert {"company.found", "mandate.give"} <= acts
    colleague = make.staff(firm, lead, "accountant")
    assert access_to(company.pk, user=colleague).may("ledger.post")


def test_ownership_is_handed_over_and_the_mandate_stays(firm, lead):
    boss = make.user()
    year = (dt.date(2026, 1, 1), dt.date(2026, 12, 31))
    company = set_up_client(firm=firm.pk, by=lead, first_year=year, name="Huber",
                            short_name=f"hand-{firm.pk}", legal_form="llc")  # fmt: skip
    issued = invitations.invite(company=company, email=boss.email, roles=["owner"], by=lead)
    invitations.accept(issued.token, user=boss)
    withdraw(company=company, user=lead, role="owner", by=lead)
    assert [m.user for m in Membership.of(company)] == [boss]
    access = access_to(company.pk, user=lead)
    assert access.may("ledger.post") and not access.may("members.change")


def test_only_those_who_lead_a_firm_that_may(firm, lead, operator, company):
    shut = firms.found_firm(name="Zu", manager=lead, by=operator)
    clerk = make.staff(firm, lead, "accountant")
    helper = make.staff(firm, lead, "lead")
    year = (dt.date(2026, 1, 1), dt.date(2026, 12, 31))
    values = {"first_year": year, "name": "x", "legal_form": "llc"}
    for who, where in ((clerk, firm), (lead, shut), (make.user(), firm)):
        with pytest.raises(MayNotFound):
            set_up_client(firm=where.pk, by=who, short_name="x", **values)
    for who in (clerk, make.user(), make.owner_of(company)):
        assert signed_in(who).get("/companies/add/").status_code == 403
        problem(post(who, new(firm, "nein")), 403)
    assert signed_in(lead).post("/companies/add/", new(shut, "zu")).status_code == 422
    assert signed_in(helper).get("/companies/add/").status_code == 200
    assert signed_in(operator).get("/companies/add/").status_code == 200


def test_the_endpoint_founds_a_client(firm, lead):
    client = Client()
    client.force_login(lead)
    (told,) = client.get("/api/v1/firms/").json()
    assert told == {"id": firm.pk, "name": "Treuhand Arnold AG", "code": firm.code,
                    "team_role": "lead", "is_manager": True, "may_found": True}  # fmt: skip
    made = post(lead, new(firm, "api"))
    assert made.status_code == 201, made.content
    open_companies([made.json()["id"]])
    assert Mandate.of(made.json()["id"]).get().firm == firm
    without = new(firm, "ohne")
    del without["firm"]
    problem(post(lead, without), 422, "firms.may_not_found")
    problem(post(lead, new(firm, "fremd", firm=999999)), 422, "firms.may_not_found")
    problem(post(lead, new(firm, "api")), 422, "companies.short_name_taken")


def test_it_wants_the_second_factor(firm, lead):
    client = Client()
    with clock.at(clock.now() - dt.timedelta(minutes=6)):
        client.force_login(lead)
    answer = client.post("/companies/add/", new(firm, "alt"))
    assert answer.status_code == 302 and "reauthenticate" in answer["Location"]
    told = client.post("/api/v1/companies/", json.dumps(new(firm, "alt")),
                       content_type="application/json")  # fmt: skip
    problem(told, 403, "step_up_needed")


def test_an_operator_founds_with_and_without_a_firm(firm, operator):
    assert signed_in(operator).post("/companies/add/", new(firm, "op", firm="")).status_code == 302
    other = firms.found_firm(name="Eigene", manager=operator, by=operator, may_found=True)
    page = signed_in(operator)
    assert page.post("/companies/add/", new(other, "op2", firm="")).status_code == 302
    assert page.post("/companies/add/", new(other, "op3")).status_code == 302
    set_local("rappen.user", str(operator.pk))
    assert Mandate.unscoped.filter(firm=other).count() == 1


def test_the_commands_say_what_a_firm_may(operator, lead, capsys):
    call_command("add_firm", "Treuhand Müller", "--manager", lead.email, "--may-found")
    code = capsys.readouterr().out.strip()
    set_local("rappen.user", str(lead.pk))
    assert Firm.objects.get(code=code).may_found
    call_command("let_firm_found", code.lower(), "--stop")
    set_local("rappen.user", str(lead.pk))
    assert not Firm.objects.get(code=code).may_found
    call_command("let_firm_found", code)
    with pytest.raises(CommandError):
        call_command("let_firm_found", "GIBTSNICHT")
    for name in ("", "A\nB"):
        with pytest.raises(CommandError):
            call_command("add_firm", name, "--manager", lead.email)


@pytest.mark.parametrize("name", ["A\nB", "A\x7fB", "A\u200bB"])
def test_names_are_of_one_line(firm, lead, name):
    answer = post(lead, new(firm, "zeile", name=name))
    assert problem(answer, 422, "core.not_one_line")["errors"][0]["field"] == "name"
    with pytest.raises(NotOneLine):
        firms.found_firm(name=name, manager=lead, by=lead)
