"""Checklists: templates, months of clients, and signatures that ask the books."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import transaction
from django.http import Http404
from django.test import Client

from accounting.ledger.models import Period
from accounting.ledger.years import lock_period
from erp.access.firms.gate import in_client, over_mandates
from erp.access.gate import access_to
from erp.audit.models import AuditEvent
from erp.cockpit import firms
from erp.companies.models import Module
from erp.core.errors import DomainError
from erp.core.tenancy import open_companies, set_local
from erp.fiduciary import checking, checklists, mandates
from erp.fiduciary.checklists import Step
from erp.fiduciary.models import ChecklistItem, ChecklistTemplate
from tests import make
from tests.erp.client import problem
from tests.erp.fiduciary.conftest import mandate

MARCH = dt.date(2026, 3, 1)
STEPS = [
    Step("Bank gebucht", 10, check_code="bank"),
    Step("Monat gesperrt", 15, check_code="lock"),
    Step("MWST", 30, rhythm="quarter", check_code="vat"),
    Step("Abschluss besprechen", 90, rhythm="year"),
]


@pytest.fixture
def company(db):
    return make.company(modules=Module.values)


@pytest.fixture
def lead(db):
    return make.user()


@pytest.fixture
def firm(lead, company):
    firm = firms.found_firm(name="Arnold", manager=lead, by=make.user(is_operator=True))
    mandate(company, firm)
    set_local("rappen.user", str(lead.pk))
    return firm


@pytest.fixture
def begun(firm, lead, company):
    template = checklists.save_template(firm=firm, name="Monat", steps=STEPS)
    access = in_client(firm.pk, company.pk, user=lead)
    mandates.set_responsible(firm=firm, company=company, responsible=lead)
    checklists.assign(firm=firm, company=company, template=template)
    return access, checklists.begin_month(firm=firm, company=company, month=MARCH)


def test_a_month_has_the_steps_that_fall_due_for_it(begun, firm, company, lead):
    _access, items = begun
    assert [(one.text, one.due_on, one.responsible) for one in items] == [
        ("Bank gebucht", dt.date(2026, 4, 10), lead),
        ("Monat gesperrt", dt.date(2026, 4, 15), lead),
        ("MWST", dt.date(2026, 4, 30), lead),
    ]
    again = checklists.begin_month(firm=firm, company=company, month=dt.date(2026, 3, 31))
    assert [one.pk for one in again] == [one.pk for one in items]
    february = checklists.begin_month(firm=firm, company=company, month=dt.date(2026, 2, 1))
    assert [one.text for one in february] == ["Bank gebucht", "Monat gesperrt"]


def test_what_the_program_can_ask_it_asks_before_a_signature(begun, company, lead):
    access, (bank, lock, vat) = begun
    assert checklists.sign_off(bank, access=access, note="ok").signed_by == lead
    with pytest.raises(checking.StillOpen) as refusal:
        checklists.sign_off(lock, access=access)
    assert refusal.value.values["count"] == 3
    for period in Period.of(company).filter(end__lte=dt.date(2026, 3, 31)):
        lock_period(company=company, period=period, lock="locked", by=lead)
    assert checklists.sign_off(lock, access=access).state == "done"
    with pytest.raises(checking.StillOpen):
        checklists.sign_off(vat, access=access)
    assert checklists.sign_off(vat, access=access, not_needed=True).state == "not_needed"
    with pytest.raises(checklists.AlreadySigned):
        checklists.sign_off(bank, access=access)
    assert checklists.open_again(bank, access=access).signed_at is None


def test_a_check_takes_the_right_to_see_what_it_asks(firm, lead, company):
    template = checklists.save_template(
        firm=firm, name="Lohn", steps=[Step("Lohn", check_code="payroll")]
    )
    access = in_client(firm.pk, company.pk, user=lead)  # a fiduciary sees no wages
    checklists.assign(firm=firm, company=company, template=template)
    (item,) = checklists.begin_month(firm=firm, company=company, month=MARCH)
    with pytest.raises(checking.MayNotCheck):
        checklists.sign_off(item, access=access)


@pytest.mark.parametrize(
    ("told", "code"),
    [
        ({"name": " ", "steps": STEPS}, "checklists.no_name"),
        ({"name": "x", "steps": []}, "checklists.no_steps"),
        ({"name": "x", "steps": [Step("a", 400)]}, "checklists.due_too_late"),
        ({"name": "Monat", "steps": STEPS}, "checklists.name_taken"),
    ],
)
def test_a_template_that_cannot_be_is_refused(firm, told, code):
    checklists.save_template(firm=firm, name="Monat", steps=STEPS)
    with pytest.raises(DomainError) as refusal:
        checklists.save_template(firm=firm, **told)
    assert refusal.value.code == code


def test_a_template_that_somebody_changed_meanwhile_is_not_overwritten(firm):
    made = checklists.save_template(firm=firm, name="Monat", steps=STEPS)
    checklists.save_template(firm=firm, name="Monat neu", steps=STEPS, template=made, version=1)
    with pytest.raises(checklists.ChecklistChanged) as refusal:
        checklists.save_template(firm=firm, name="x", steps=STEPS, template=made, version=1)
    assert refusal.value.place == "version" and "Monat neu" in str(refusal.value)
    kept = ChecklistTemplate.of_firm(firm).get()
    assert (kept.name, kept.version) == ("Monat neu", 2)


def test_two_people_do_not_overwrite_each_others_templates(three):
    arnold = three[0]
    client = Client()
    client.force_login(arnold.lead)
    start = f"/api/v1/firms/{arnold.firm.pk}/checklist-templates/"
    body = {"name": "Monat", "steps": [{"text": "Bank", "due_day": 5}]}

    def put(address, body, **more):
        return client.put(address, body, content_type="application/json", **more)

    made = client.post(start, body, content_type="application/json")
    assert made.status_code == 201 and made.json()["version"] == 1
    one = f"{start}{made.json()['id']}/"
    read = client.get(one)
    assert read.json() == made.json() and read["ETag"] == made["ETag"]
    problem(put(one, body), 428)
    mine = put(one, {**body, "name": "Meiner"}, HTTP_IF_MATCH=read["ETag"])
    assert (mine.status_code, mine.json()["name"], mine.json()["version"]) == (200, "Meiner", 2)
    assert client.get(one)["ETag"] == mine["ETag"] != read["ETag"]
    problem(put(one, {**body, "name": "Deiner"}, HTTP_IF_MATCH=read["ETag"]), 412)
    problem(put(f"{start}0/", body, HTTP_IF_MATCH="*"), 404)
    problem(put(one, {**body, "id": 1}, HTTP_IF_MATCH="*"), 400)
    page = f"/firms/{arnold.firm.pk}/checklists/templates/{made.json()['id']}/"
    form = {"name": "Von der Seite", "text": ["Bank"], "due_day": ["5"], "rhythm": ["month"],
            "check_code": [""]}  # fmt: skip
    assert 'name="version" value="2"' in client.get(page).content.decode()
    for version in ("1", "", "x"):
        late = client.post(page, {**form, "version": version})
        assert late.status_code == 409, version
        assert "hat inzwischen jemand anders geändert" in late.content.decode()
        assert "Von der Seite" in late.content.decode()  # what was typed is not lost
    assert client.get(one).json()["name"] == "Meiner"
    assert client.post(page, {**form, "version": "2"}).status_code == 302
    assert client.get(one).json()["name"] == "Von der Seite"


def test_a_client_without_a_checklist_cannot_begin(firm, lead, company):
    in_client(firm.pk, company.pk, user=lead)
    with pytest.raises(checklists.NoChecklist):
        checklists.begin_month(firm=firm, company=company, month=MARCH)


def test_reviewers_look_and_accountants_leave_templates_alone(firm, lead, company):
    reviewer, accountant = (make.staff(firm, lead, role) for role in ("reviewer", "accountant"))
    for user, address, status in (
        (reviewer, f"/firms/{firm.pk}/clients/{company.pk}/", 409),
        (accountant, f"/firms/{firm.pk}/checklists/templates/new/", 409),
        (accountant, f"/firms/{firm.pk}/clients/{company.pk}/", 302),
        (lead, f"/firms/{firm.pk}/checklists/templates/new/", 302),
    ):
        client = Client()
        client.force_login(user)
        told = {"do": "responsible", "name": "x", "text": ["a"], "due_day": ["3"], "rhythm": ["month"],
                "check_code": ["bank"]}  # fmt: skip
        assert client.post(address, told).status_code == status, (user, address)
    assert ChecklistTemplate.of_firm(firm).get().steps.get().check_code == "bank"


def test_no_firm_sees_anothers_checklists_nor_does_the_client(three):
    arnold, berger, _conti = three
    shared = arnold.clients[1]
    with transaction.atomic():
        in_client(arnold.firm.pk, shared.pk, user=arnold.lead)
        checklists.add_item(firm=arnold.firm, company=shared, month=MARCH, text="x", due_on=MARCH)
        checklists.save_template(firm=arnold.firm, name="x", steps=STEPS)
    with transaction.atomic():
        over_mandates(berger.firm.pk, user=berger.lead)
        assert not ChecklistItem.unscoped.exists() and not ChecklistTemplate.unscoped.exists()
    with transaction.atomic():
        open_companies([shared.pk])
        access_to(shared.pk, user=make.owner_of(shared))
        assert not ChecklistItem.unscoped.exists() and not ChecklistTemplate.unscoped.exists()
    client = Client()
    client.force_login(arnold.lead)
    foreign = berger.clients[1]
    assert client.get(f"/firms/{arnold.firm.pk}/clients/{foreign.pk}/").status_code == 404
    assert (
        client.post(f"/firms/{arnold.firm.pk}/clients/{foreign.pk}/", {"do": "begin"}).status_code
        == 404
    )
    with pytest.raises(Http404), transaction.atomic():
        in_client(arnold.firm.pk, foreign.pk, user=arnold.lead)


def test_a_month_is_begun_for_all_clients_at_once(three):
    arnold = three[0]
    client = Client()
    client.force_login(arnold.lead)
    start = f"/firms/{arnold.firm.pk}"
    client.post(f"{start}/checklists/templates/new/", {
        "name": "Monat", "text": ["Bank"], "due_day": ["5"], "rhythm": ["month"], "check_code": ["bank"],
    })  # fmt: skip
    with transaction.atomic():
        set_local("rappen.user", str(arnold.lead.pk))
        template = ChecklistTemplate.of_firm(arnold.firm).get()
    for one in arnold.clients:
        client.post(f"{start}/clients/{one.pk}/", {"do": "checklist", "template": template.pk})
    answer = client.post(f"{start}/checklists/", {"month": "2026-03"})
    assert answer["Location"].endswith("?month=2026-03")
    page = client.get(f"{start}/checklists/?month=2026-03").content.decode()
    assert page.count("0 / 1") == 2
    first = arnold.clients[0]
    told = client.get(f"/api/v1{start}/clients/{first.pk}/checklist/?month=2026-03").json()
    (item,) = told["results"]
    signed = client.post(f"/api/v1{start}/clients/{first.pk}/checklist/{item['id']}/",
                         {"state": "done"}, content_type="application/json")  # fmt: skip
    assert signed.json()["state"] == "done"
    page = client.get(f"{start}/clients/{first.pk}/?month=2026-03").content.decode()
    assert str(arnold.lead) in page
    clients = client.get(f"/api/v1{start}/cockpit/?sort=checklist").json()["results"]
    assert [one["counts"]["overdue"]["number"] for one in clients] == [1, 0]


def test_signatures_stand_in_the_trail_of_the_client(begun, company):
    access, (bank, _lock, vat) = begun
    checklists.sign_off(bank, access=access)
    checklists.open_again(bank, access=access)
    checklists.open_again(bank, access=access)  # it is open
    checklists.sign_off(vat, access=access, not_needed=True)
    rows = AuditEvent.of(company).filter(action__startswith="checklist.").order_by("pk")
    assert [(one.action, one.details["step"]) for one in rows] == [
        ("checklist.sign", "Bank gebucht"), ("checklist.open_again", "Bank gebucht"),
        ("checklist.not_needed", "MWST"),
    ]  # fmt: skip
    assert rows[0].details["month"] == "2026-03"


def test_vouchers_are_asked_for_up_to_the_month_and_under_lock(firm, lead, company):
    make.rent(company, date=dt.date(2026, 2, 27))
    make.rent(company, date=dt.date(2026, 4, 30))
    for period in Period.of(company).filter(end__lte=dt.date(2026, 3, 31)):
        lock_period(company=company, period=period, lock="locked", by=lead)
    access = in_client(firm.pk, company.pk, user=lead)
    for end, count in (
        (dt.date(2026, 1, 31), 0),
        (dt.date(2026, 3, 31), 1),
        (dt.date(2026, 4, 30), 2),
    ):
        if not count:
            checking.require_done(access, "vouchers", step="x", end=end)
            continue
        with pytest.raises(checking.StillOpen) as refusal:
            checking.require_done(access, "vouchers", step="x", end=end)
        assert refusal.value.values["count"] == count
