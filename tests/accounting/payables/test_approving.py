"""Who approves suppliers' invoices, in what order, and what nobody does by themselves."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.db import DatabaseError, transaction

from accounting.ledger import years
from accounting.ledger.models import CostCentre, Period
from accounting.payables import approving, drafting, errors
from accounting.payables.models import ApprovalRule, SupplierInvoice, Visa
from accounting.payables.reckoning import lines_of
from erp.access.permissions import Permission
from tests import make
from tests.accounting.payables.purchases import MARCH_1, company, draft, line, supplier, typed

pytestmark = pytest.mark.django_db
D = Decimal
APPROVES = [Permission.PAYABLES_READ, Permission.PAYABLES_APPROVE]


@pytest.fixture
def books(db):
    return company()


@pytest.fixture
def meier(books):
    return supplier(books)


@pytest.fixture
def anna(books):
    return make.user(company=books, granted=APPROVES)


@pytest.fixture
def beat(books):
    return make.user(company=books, granted=APPROVES)


def rule(books, approver, amount="0", **more):
    return approving.save_rule(
        ApprovalRule(company=books, approver=approver, from_amount=D(amount), **more),
        by=make.owner_of(books),
    )


def test_it_is_posted_when_the_last_one_has_approved(books, meier, anna, beat):
    rule(books, anna)
    rule(books, beat, "1000", position=2)
    by = make.owner_of(books)
    small = approving.submit(draft(meier, line("999.99")), by=by)
    assert small.status == SupplierInvoice.Status.SUBMITTED
    assert approving.approve(small, by=anna).is_posted
    large = approving.submit(draft(meier, line("1000.00"), number="A-2"), by=by)
    assert list(approving.waiting_for(books, anna)) == [large]
    assert not approving.approve(large, by=anna).is_posted
    assert list(approving.waiting_for(books, anna)) == []
    assert approving.approve(large, by=beat).is_posted
    assert [visa.state for visa in approving.visas(large)] == ["given", "given"]


def test_amounts_are_compared_in_francs_and_credit_notes_too(books, meier, anna):
    rule(books, anna, "1000")
    by = make.owner_of(books)
    below = draft(meier, line("1050.00"), currency="EUR", exchange_rate=D("0.95"))
    assert approving.submit(below, by=by).is_posted
    above = draft(meier, line("1060.00"), currency="EUR", exchange_rate=D("0.95"), number="A-2")
    assert not approving.submit(above, by=by).is_posted
    note = draft(meier, line("5000.00"), kind="credit_note", number="A-3")
    assert not approving.submit(note, by=by).is_posted


def test_a_cost_centre_has_its_own_approver(books, meier, anna, beat):
    centre = CostCentre.unscoped.create(company=books, number="10", name_de="Werkstatt")
    CostCentre.unscoped.create(company=books, number="20", name_de="Laden")
    rule(books, anna, cost_centre=centre)
    by = make.owner_of(books)
    assert approving.submit(draft(meier, line(cost_centre="20")), by=by).is_posted
    waiting = approving.submit(
        draft(meier, line(cost_centre="20"), line("1.00", cost_centre="10"), number="A-2"), by=by
    )
    assert [visa.approver for visa in approving.visas(waiting)] == [anna]


def test_nobody_approves_what_they_handed_in_and_the_deputy_may(books, meier, anna, beat):
    rule(books, anna, deputy=beat)
    waiting = approving.submit(draft(meier, line()), by=anna)
    with pytest.raises(errors.OwnInvoice):
        approving.approve(waiting, by=anna)
    with pytest.raises(errors.NotYours):
        approving.approve(waiting, by=make.owner_of(books))
    assert approving.approve(waiting, by=beat).is_posted
    assert approving.visas(waiting).get().decided_by == beat


def test_who_sends_it_back_says_why_and_it_starts_again(books, meier, anna, beat):
    rule(books, anna)
    rule(books, beat)
    by = make.owner_of(books)
    waiting = approving.submit(draft(meier, line()), by=by)
    approving.approve(waiting, by=anna)
    with pytest.raises(errors.ReasonMissing):
        approving.reject(waiting, reason="  ", by=beat)
    back = approving.reject(waiting, reason="Not what we ordered", by=beat)
    assert (back.status, back.rejected_because) == ("draft", "Not what we ordered")
    changed = drafting.save(company=books, typed=typed(meier, line("90.00")), by=by, invoice=back)
    again = approving.submit(changed, by=by)
    assert again.round == 2
    assert list(approving.waiting_for(books, anna)) == [again]  # what was said of the first is past
    with pytest.raises(errors.NotYours):
        approving.approve(again, by=by)


def test_what_waits_does_not_change(books, meier, anna):
    rule(books, anna)
    by = make.owner_of(books)
    waiting = approving.submit(draft(meier, line()), by=by)
    with pytest.raises(errors.NotADraft):
        drafting.save(company=books, typed=typed(meier, line("1.00")), by=by, invoice=waiting)
    for change in ({"payable": 1}, {"payment": {"iban": "x"}}, {"status": "posted"}, {"round": 9}):
        with pytest.raises(DatabaseError), transaction.atomic():
            SupplierInvoice.of(books).filter(pk=waiting.pk).update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        lines_of(waiting)[0].delete()
    visa = approving.visas(waiting).get()
    approving.approve(waiting, by=anna)
    for change in ({"state": "refused"}, {"decided_by": by}):
        with pytest.raises(DatabaseError), transaction.atomic():
            Visa.of(books).filter(pk=visa.pk).update(**change)


def test_a_visa_cannot_be_skipped_in_the_database(books, meier, anna):
    rule(books, anna)
    waiting = approving.submit(draft(meier, line()), by=make.owner_of(books))
    with pytest.raises(DatabaseError), transaction.atomic():
        SupplierInvoice.of(books).filter(pk=waiting.pk).update(status="approved")


def test_it_is_taken_back(books, meier, anna):
    rule(books, anna)
    by = make.owner_of(books)
    waiting = approving.submit(draft(meier, line()), by=by)
    assert approving.withdraw(waiting, by=by).is_draft
    assert approving.visas(waiting).get().state == "void"
    with pytest.raises(errors.NotSubmitted):
        approving.approve(waiting, by=anna)


def test_a_locked_period_keeps_the_approval(books, meier, anna):
    rule(books, anna)
    by = make.owner_of(books)
    waiting = approving.submit(draft(meier, line()), by=by)
    period = Period.of(books).get(start=MARCH_1)
    years.lock_period(company=books, period=period, lock="locked", by=by)
    approved = approving.approve(waiting, by=anna)
    assert approved.status == SupplierInvoice.Status.APPROVED
    years.lock_period(company=books, period=period, lock="", by=by, reason="late bill")
    assert approving.post_approved(approved, by=by).is_posted


def test_only_those_who_may_are_asked(books, meier, anna):
    outsider, reader = make.user(), make.user(company=books, granted=[Permission.PAYABLES_READ])
    with pytest.raises(errors.UnknownMember):
        rule(books, outsider)
    with pytest.raises(errors.NotAnApprover):
        rule(books, reader)
    with pytest.raises(errors.NotAnApprover):
        rule(books, anna, deputy=reader)


def test_one_person_is_asked_once(books, meier, anna):
    rule(books, anna)
    rule(books, anna, "50", position=2)
    waiting = approving.submit(draft(meier, line()), by=make.owner_of(books))
    assert approving.visas(waiting).count() == 1
    assert waiting.date <= dt.date(2026, 12, 31)
