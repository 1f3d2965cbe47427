"""Two people at the same payment run: real connections, real commits, one effect (PAY-6)."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from django.db import transaction

from accounting.payments import approving, drafting, exporting
from accounting.payments.digest import digest_of
from accounting.payments.models import PaymentRun, RunItem
from accounting.payments.refusals import ContentChanged, NothingToPay, NotReady
from erp.audit.models import AuditEvent
from erp.core.tenancy import open_companies
from tests.accounting.ledger.test_concurrency import at_once, at_the_desk
from tests.accounting.payments.books import bank, colleague, company, owe, supplier

pytestmark = pytest.mark.usefixtures("committed_db")


@pytest.fixture
def day():
    """A bank day to come, whatever the day of the tests is; the clocks of threads are real ones."""
    with time_machine.travel(dt.datetime(2026, 3, 24, 9), tick=True):
        yield dt.date(2026, 3, 31)


@pytest.fixture
def books(day):
    with transaction.atomic():
        new = company()
        for nth in range(3):
            owe(new, supplier(new, f"Lieferantin {nth}"), document=f"L-{nth}")
    return new


@pytest.fixture
def others(books):
    with transaction.atomic():
        open_companies([books.pk])
        return [colleague(books), colleague(books)]


def run_of(books, pk):
    return PaymentRun.of(books).select_related("company", "bank_account").get(pk=pk)


def prepared(books, day):
    with at_the_desk(books) as by:
        return drafting.draft(bank(books), date=day, until=day, by=by)


def test_two_proposals_at_once_pay_each_item_once(books, day):
    def propose():
        with at_the_desk(books) as by:
            return drafting.draft(bank(books), date=day, until=day, by=by)

    answers = at_once(*[propose] * 3)
    assert sum(isinstance(one, NothingToPay) for one in answers) == 2, answers
    with at_the_desk(books):
        assert RunItem.of(books).filter(is_live=True).count() == 3


def test_of_two_approvals_at_once_one_counts(books, day, others):
    run = prepared(books, day)

    def approve(by):
        def act():
            with at_the_desk(books):
                found = run_of(books, run.pk)
                return approving.approve(found, seen=digest_of(found), by=by)

        return act

    answers = at_once(*(approve(by) for by in others))
    assert sum(isinstance(one, (NotReady, ContentChanged)) for one in answers) == 1, answers
    with at_the_desk(books):
        assert AuditEvent.of(books).filter(action="payment_run.approve").count() == 1


def test_of_many_exports_at_once_there_is_one_file(books, day, others):
    run = prepared(books, day)
    with at_the_desk(books):
        approving.approve(run, seen=digest_of(run), by=others[0])

    def export():
        with at_the_desk(books) as by:
            return exporting.export(run_of(books, run.pk), by=by)

    answers = at_once(*[export] * 4)
    assert {one.file_id for one in answers} == {answers[0].file_id}, answers
    with at_the_desk(books):
        assert AuditEvent.of(books).filter(action="payment_run.export").count() == 1


def test_a_change_beside_the_approval_is_seen_or_voids_it(books, day, others):
    run = prepared(books, day)
    with at_the_desk(books):
        seen = digest_of(run_of(books, run.pk))
        row = RunItem.of(books).filter(run=run).first()

    def approve():
        with at_the_desk(books):
            return approving.approve(run_of(books, run.pk), seen=seen, by=others[0])

    def change():
        with at_the_desk(books) as by:
            return drafting.take_out(run_of(books, run.pk), by=by, payment=row.payment_id)

    approved, changed = at_once(approve, change)
    assert not isinstance(changed, Exception), changed
    with at_the_desk(books):
        now = run_of(books, run.pk)
        assert (now.status, now.digest) == ("draft", ""), approved
        assert digest_of(now) != seen
