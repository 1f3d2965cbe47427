"""What waits for somebody's approval: counted, told once a day, and told back when it is returned."""

from __future__ import annotations

import datetime as dt

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounting.hours import approving as hours_approving
from accounting.hours.models import HourEntry
from accounting.payables import approving
from accounting.payments import approving as payment_approving
from accounting.payments import four_eyes
from accounting.payments.digest import digest_of
from accounting.payments.models import PaymentRun
from erp.access.gate import access_to
from erp.access.models import User
from erp.access.permissions import Permission, ready_rights
from erp.cockpit import tasks
from erp.cockpit.digests import tell_approvers
from erp.cockpit.models import ApprovalDigest
from erp.cockpit.today import tiles
from erp.cockpit.waiting import waiting
from erp.companies.models import Module
from erp.core import clock
from erp.mails.models import OutgoingMail
from payroll.expenses import deciding
from payroll.expenses.models import ExpenseClaim
from tests import make
from tests.accounting.hours import books as hours
from tests.accounting.payables.purchases import draft, line, supplier
from tests.accounting.payables.test_approving import rule
from tests.accounting.payments import books as payments
from tests.erp.client import Api
from tests.payroll.expenses import books as expenses

pytestmark = pytest.mark.django_db
FRIDAY, MONDAY, TUESDAY = (dt.date(2026, 3, day) for day in (6, 9, 10))
APPROVES = [Permission.PAYABLES_APPROVE, Permission.HOURS_APPROVE, Permission.EXPENSES_APPROVE,
            Permission.PAYMENTS_APPROVE, Permission.COMPANY_READ]  # fmt: skip


@pytest.fixture
def company(db):
    new = payments.company()
    new.modules = Module.values
    new.save(update_fields=["modules"])
    return new


@pytest.fixture
def owner(company):
    return make.owner_of(company)


@pytest.fixture
def worker(company):
    return make.user(company=company, granted=["hours.own", "expenses.own"], language="fr")


@pytest.fixture
def boss(company):
    return make.user(company=company, granted=APPROVES)


@pytest.fixture
def work(company, owner, worker, boss):
    """A bill, hours of two weeks, and a claim, all of which wait; some of the boss's own does not count."""
    rule(company, boss)
    approving.submit(draft(supplier(company), line()), by=owner)
    project = hours.project(company, contact=None)
    for person in (worker, boss):
        hours.hours(project, user=person)
        hours.hours(project, user=person, day=hours.MARCH_9)
    expenses.kind(company, wage_type=None)
    for person in (worker, boss):
        deciding.submit(expenses.claim(company, person), user=person, by=person)
    return project


def counts(company, user, on=MONDAY):
    granted = access_to(company.pk, user=user).granted
    return {one.kind: one.count for one in waiting(company, user, granted, on=on)}


def mails(company, kind="approvals"):
    return list(OutgoingMail.of(company).filter(kind=kind).order_by("pk"))


def test_what_others_have_done_waits_and_ones_own_does_not(company, work, boss, worker, owner):
    with clock.at(dt.datetime(2026, 3, 9, 8, tzinfo=dt.UTC)):
        payments.owe(company, payments.supplier(company, "Zahlbar"), "100.00")
        payments.draft(company, by=owner)
    assert counts(company, boss) == {"bills": 1, "hours": 1, "claims": 1, "payments": 1}
    assert counts(company, boss, on=FRIDAY)["hours"] == 0  # the week of 2 March is being written
    assert counts(company, boss, on=dt.date(2026, 3, 16))["hours"] == 2
    assert counts(company, worker) == {}
    access = access_to(company.pk, user=boss)
    with CaptureQueriesContext(connection) as asked:
        found = tiles(access, on=MONDAY, liquidity=None)
    assert len(asked) == 4
    assert [(tile.label, tile.figure) for tile in found] == [
        ("Rechnungen freigeben", "1"), ("Stunden freigeben", "1"), ("Spesen freigeben", "1"),
        ("Zahlungsläufe freigeben", "1"),
    ]  # fmt: skip
    told = Api(company, boss).get("overview/").json()
    assert (told["to_approve"], told["expenses_to_approve"], told["payments_to_approve"]) == (
        1, 1, 1,
    )  # fmt: skip
    assert Api(company, owner).get("overview/").json()["to_approve"] == 0


def test_runs_that_pay_to_an_account_one_gave_wait_for_others(company, owner, boss):
    """As approving itself has it: by the instruction of the payment, or as the payee's first account."""
    with clock.at(dt.datetime(2026, 3, 9, 8, tzinfo=dt.UTC)):
        by_qr = payments.owe(company, payments.supplier(company, account=""), "300.00")
        payments.qr_bill(company, by_qr, by=boss)
        payments.draft(company, by=owner)
        assert counts(company, boss)["payments"] == 0
        other = payments.colleague(company)
        assert counts(company, other)["payments"] == 1
        nobody = payments.owe(company, None, "20.00", document="L-2")
        payments.qr_bill(
            company, nobody, 2, by=other, account=payments.iban("CH", "30000123456789013")
        )
        payments.draft(company, by=owner)
        for person in (boss, other):
            assert counts(company, person)["payments"] == 1
            assert sum(may_approve(run, person) for run in PaymentRun.of(company)) == 1


def may_approve(run, person):
    try:
        with transaction.atomic():
            payment_approving.approve(run, seen=digest_of(run), by=person)
            transaction.set_rollback(True)
    except four_eyes.NeedsAnother:
        return False
    return True


def test_the_ready_approver_approves_all_that_waits(company, work, owner):
    person = make.user(company=company, granted=sorted(ready_rights("approver")))
    rule(company, person)
    assert set(counts(company, person)) == {"bills", "hours", "claims", "payments"}
    claim = ExpenseClaim.of(company).order_by("pk").first()
    hours_of_week = HourEntry.of(company).filter(state=HourEntry.State.OPEN).first()
    seen = {"id": hours_of_week.pk, "version": hours_of_week.version}
    api = Api(company, person)
    assert (
        api.post(f"expense-claims/{claim.pk}/approve/", {"version": claim.version}).json()["state"]
        == "approved"
    )
    done = api.post("hour-entries/approve/", {"entries": [seen]})
    assert done.status_code == 200, done.content


def test_a_module_that_is_off_asks_nobody(company, work, boss):
    company.modules = [one for one in Module.values if one != Module.EXPENSES]
    company.save(update_fields=["modules"])
    assert set(counts(company, boss)) == {"bills", "hours", "payments"}
    assert tell_approvers(company, by=make.owner_of(company), on=MONDAY) == 2
    (mail,) = [one for one in mails(company) if one.to == [boss.email]]
    assert "Spesen" not in mail.body


def test_one_mail_a_day_and_only_for_what_is_new(company, work, boss, worker, owner):
    assert tell_approvers(company, by=owner, on=MONDAY) == 2  # the boss, and the owner
    (mail,) = [one for one in mails(company) if one.to == [boss.email]]
    assert mail.language == "de" and mail.subject == "Es wartet auf Ihre Freigabe"
    assert "– Rechnungen freigeben: 1\n– Stunden freigeben: 1\n– Spesen freigeben: 1\n" in mail.body
    assert f"{settings.PUBLIC_ADDRESS}/c/{company.pk}/" in mail.body
    for word in (worker.name, "Umbau", "Kunde in Bern", "32.50", "Lieferant"):
        assert word not in mail.body
    assert tell_approvers(company, by=owner, on=MONDAY) == 0
    assert tell_approvers(company, by=owner, on=TUESDAY) == 0  # nothing new
    deciding.submit(expenses.claim(company, worker, title="Zug"), user=worker, by=worker)
    assert tell_approvers(company, by=owner, on=MONDAY) == 0  # new, but told on that day
    assert tell_approvers(company, by=owner, on=TUESDAY) == 2
    assert tell_approvers(company, by=owner, on=dt.date(2026, 3, 11)) == 0
    assert len([one for one in mails(company) if one.to == [boss.email]]) == 2
    assert ApprovalDigest.of(company).get(user=boss).sent_on == TUESDAY


def test_a_week_that_is_over_is_new_whatever_was_entered_meanwhile(company, boss, worker, owner):
    project = hours.project(company, contact=None)
    of_the_week = hours.hours(project, user=worker, day=hours.MARCH_9)
    late = hours.hours(project, user=worker)  # of the week before, entered afterwards
    assert late.pk > of_the_week.pk
    assert tell_approvers(company, by=owner, on=MONDAY) == 2
    hours.approved(project, late, by=boss)
    assert tell_approvers(company, by=owner, on=TUESDAY) == 0
    assert tell_approvers(company, by=owner, on=dt.date(2026, 3, 16)) == 2
    hours_approving.reopen(company=company, entries=[late.pk], by=boss)
    assert tell_approvers(company, by=owner, on=dt.date(2026, 3, 17)) == 2


def test_an_address_that_takes_no_mail_stops_nobody(company, work, boss, worker, owner):
    boss.email = '"frei gaben"@example.ch'
    worker.email = '"spe sen"@example.ch'
    boss.save(update_fields=["email"])
    worker.save(update_fields=["email"])
    assert tell_approvers(company, by=owner, on=MONDAY) == 1
    deciding.reject(worker_claim(company, worker), reason="Doppelt", by=owner)
    assert worker_claim(company, worker).state == ExpenseClaim.State.REJECTED


def test_who_does_not_want_mails_or_may_not_approve_gets_none(company, work, boss, worker, owner):
    page = Client()
    page.force_login(owner)
    assert 'value="off"' in page.get("/account/").content.decode()
    page.post("/account/", {"approval_mails": "off"})
    assert not User.objects.get(pk=owner.pk).approval_mails
    assert 'value="on"' in page.get("/account/").content.decode()
    me = Client()
    me.force_login(boss)
    answer = me.post("/api/v1/me/approval-mails/", {"wanted": False}, "application/json")
    assert answer.json()["approval_mails"] is False
    assert tell_approvers(company, by=owner, on=MONDAY) == 0 and not mails(company)
    me.post("/api/v1/me/approval-mails/", {"wanted": True}, "application/json")
    assert tell_approvers(company, by=owner, on=MONDAY) == 1
    assert [one.to for one in mails(company)] == [[boss.email]]


def test_mails_are_in_the_language_of_the_person(company, work, boss, owner):
    boss.language = "fr"
    boss.save(update_fields=["language"])
    tell_approvers(company, by=owner, on=MONDAY)
    (mail,) = [one for one in mails(company) if one.to == [boss.email]]
    assert mail.subject == "Des approbations vous attendent" and "Rechnungen" not in mail.body


def test_the_night_writes_to_the_people_of_each_company(company, work, boss):
    with clock.at(dt.datetime(2026, 3, 9, 6, 0, tzinfo=dt.UTC)):
        assert tasks._tell(str(company.pk)) == 2
    assert ApprovalDigest.of(company).get(user=boss).sent_on == MONDAY


def test_who_handed_in_is_told_that_it_came_back(company, work, boss, worker, owner):
    claim = worker_claim(company, worker)
    deciding.reject(claim, reason="Beleg unleserlich", by=boss)
    (mail,) = mails(company, "expense_claim_back")
    assert (mail.to, mail.language) == ([worker.email], "fr")
    assert f"/c/{company.pk}/expenses/{claim.pk}/" in mail.body
    assert "unleserlich" not in mail.body and "32.50" not in mail.body

    (bill,) = approving.waiting_for(company, boss)
    approving.reject(bill, reason="Nicht bestellt", by=boss)
    (mail,) = mails(company, "supplier_invoice_back")
    assert mail.to == [owner.email] and "Nicht bestellt" not in mail.body

    entries = hours.approved(work, *hours_of(company, worker), by=owner)
    ids = [one.pk for one in entries]
    hours_approving.reopen(company=company, entries=ids, by=owner)
    (mail,) = mails(company, "hours_reopened")
    assert mail.to == [worker.email]
    assert "02.03.2026" in mail.body and "09.03.2026" in mail.body
    assert f"/c/{company.pk}/hours/?day=2026-03-02" in mail.body


def test_nobody_is_told_of_what_they_did_themselves_or_after_they_left(company, owner, worker):
    expenses.kind(company, wage_type=None)
    mine = deciding.submit(expenses.claim(company, owner), user=owner, by=owner)
    deciding.reject(mine, reason="Doppelt", by=owner)  # alone, they decide on their own
    theirs = deciding.submit(expenses.claim(company, worker), user=worker, by=worker)
    worker.is_active = False
    worker.save(update_fields=["is_active"])
    deciding.reject(theirs, reason="Doppelt", by=owner)
    assert not mails(company, "expense_claim_back")


def worker_claim(company, worker):
    return ExpenseClaim.of(company).get(user=worker)


def hours_of(company, worker):
    return HourEntry.of(company).filter(user=worker)
