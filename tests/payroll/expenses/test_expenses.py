"""Expense claims: written, handed in, approved by another, booked in one way, and free again."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from accounting.open_items.models import OpenItem
from accounting.payables import booking as bills
from accounting.payables import drafting
from accounting.payables.approving import save_rule
from accounting.payables.approving import submit as submit_bill
from accounting.payables.approving import withdraw as withdraw_bill
from accounting.payables.making import typed_of
from accounting.payables.models import ApprovalRule, SupplierInvoice
from accounting.payables.reckoning import lines_of
from contacts import merging
from erp.core.errors import Refusals
from payroll.delivery.signing_in import link
from payroll.expenses import booking, claiming, deciding, kinds
from payroll.expenses.models import ExpenseClaim, ExpenseLine
from payroll.expenses.refusals import (
    BadAmount,
    BadQuantity,
    BillStands,
    ChangedMeanwhile,
    KindInUse,
    MovementOfClaim,
    NobodyPaid,
    NoExpenseType,
    NoInputTax,
    NotApproved,
    NotAsClaimed,
    NoTaxOnFlatRates,
    NotBooked,
    NotChangeable,
    NothingClaimed,
    NotSubmitted,
    NotYours,
    NoWageType,
    OwnClaim,
    PayeeMissing,
    RateMissing,
    ReasonMissing,
    ReceiptMissing,
    UnknownKind,
    UnknownLine,
    VatNeedsBill,
)
from payroll.runs import movements
from tests import make
from tests.accounting.hours import books as hours
from tests.accounting.payables import purchases
from tests.payroll.employees import books as people
from tests.payroll.expenses import books
from tests.payroll.expenses.books import APRIL, MARCH, MARCH_2, MARCH_31

pytestmark = pytest.mark.django_db
_State = ExpenseClaim.State


@pytest.fixture
def worker(company):
    return make.user(company=company, granted=["expenses.own", "payroll.own"])


@pytest.fixture
def kind(company):
    return books.kind(company)


def employee(company, user):
    found = people.hire(company)
    link(found, email=user.email, by=make.owner_of(company))
    return found


def test_a_claim_reckons_flat_rates_and_foreign_money(company, anna, worker, kind):
    km = books.kind(company, "KM", unit="km")
    kinds.add_rate(km, valid_from=dt.date(2026, 1, 1), rate=Decimal("0.70"), by=anna)
    kinds.add_rate(km, valid_from=MARCH_31, rate=Decimal("0.75"), by=anna)
    found = books.claim(
        company, worker, books.line("32.50"),
        books.line("", code="KM", quantity=Decimal("41.5")),
        books.line("20.00", currency="EUR", exchange_rate=Decimal("0.9531")),
    )  # fmt: skip
    told = [(one.paid, one.currency, one.amount, one.rate) for one in claiming.lines_of(found)]
    assert told == [
        (Decimal("32.50"), "CHF", Decimal("32.50"), None),
        (Decimal("29.05"), "CHF", Decimal("29.05"), Decimal("0.70")),
        (Decimal("20.00"), "EUR", Decimal("19.06"), None),
    ]
    assert (found.total, found.number, found.state) == (Decimal("80.61"), 1, _State.DRAFT)


def test_all_faults_of_a_claim_are_told_with_their_places(company, anna, worker, kind):
    books.kind(company, "KM", unit="km")
    lines = (books.line("0.00"), books.line(code="X"), books.line("", code="KM"),
             books.line("", code="KM", quantity=Decimal(3)))  # fmt: skip
    with pytest.raises(Refusals) as found:
        books.claim(company, worker, *lines)
    assert [(type(one), one.place) for one in found.value.refusals] == [
        (BadAmount, "lines[0].paid"), (UnknownKind, "lines[1].kind"),
        (BadQuantity, "lines[2].quantity"), (RateMissing, "lines[3].kind"),
    ]  # fmt: skip
    assert not ExpenseClaim.of(company).exists()


def test_a_line_keeps_its_receipt_and_nobody_elses_claim_is_touched(company, anna, worker, kind):
    file = books.receipt(company, worker)
    first = books.claim(company, worker, books.line(file=file))
    line = claiming.lines_of(first)[0]
    again = books.claim(company, worker, books.line("40.00", line=line.pk), claim=first, version=1)
    assert [(one.amount, one.file) for one in claiming.lines_of(again)] == [
        (Decimal("40.00"), file)
    ]
    with pytest.raises(ChangedMeanwhile):
        books.claim(company, worker, claim=first, version=1)
    with pytest.raises(UnknownLine):
        books.claim(company, anna, books.line(line=claiming.lines_of(again)[0].pk))
    mine = books.claim(company, anna, books.line())
    assert claiming.lines_of(mine)[0].file is None  # of another claim nothing is kept
    with pytest.raises(NotYours):
        books.claim(company, anna, claim=again)
    for act in (deciding.submit, deciding.withdraw, claiming.delete_claim):
        with pytest.raises(NotYours):
            act(again, user=anna, by=anna)


def test_what_is_handed_in_has_receipts_and_stays_as_it_is(company, anna, worker, kind):
    books.kind(company, "HOTEL", needs_receipt=True)
    empty = books.claim(company, worker, lines=())
    with pytest.raises(NothingClaimed):
        deciding.submit(empty, user=worker, by=worker)
    found = books.claim(company, worker, books.line(), books.line(code="HOTEL"))
    with pytest.raises(ReceiptMissing) as refusal:
        deciding.submit(found, user=worker, by=worker)
    assert refusal.value.place == "lines[1].file"
    file = books.receipt(company, worker)
    claiming.attach(found, position=2, file=file, user=worker, by=worker)
    deciding.submit(found, user=worker, by=worker)
    with pytest.raises(NotChangeable):
        books.claim(company, worker, claim=found)
    with pytest.raises(NotChangeable):
        claiming.attach(found, position=1, file=file, user=worker, by=worker)
    deciding.withdraw(found, user=worker, by=worker)
    claiming.delete_claim(found, user=worker, by=worker)
    assert ExpenseClaim.of(company).get() == empty


def test_another_person_decides_and_what_is_sent_back_is_mended(company, anna, worker, kind):
    found = books.claim(company, worker)
    with pytest.raises(NotSubmitted):
        deciding.approve(found, by=anna)
    deciding.submit(found, user=worker, by=worker)
    with pytest.raises(ReasonMissing):
        deciding.reject(found, reason=" ", by=anna)
    back = deciding.reject(found, reason="Beleg unleserlich", by=anna)
    assert (back.state, back.reason, back.decided_by) == (
        _State.REJECTED,
        "Beleg unleserlich",
        anna,
    )
    books.claim(company, worker, claim=found)
    again = deciding.submit(found, user=worker, by=worker)
    assert (again.reason, again.decided_by) == ("", None)
    for stale in (  # what was seen is the claim before it was mended
        lambda: deciding.approve(found, by=anna, version=back.version),
        lambda: deciding.reject(found, reason="x", by=anna, version=back.version),
    ):
        with pytest.raises(ChangedMeanwhile):
            stale()
    deciding.approve(found, by=anna, version=again.version)
    own = deciding.submit(books.claim(company, anna), user=anna, by=anna)
    assert deciding.approve(own, by=anna).decided_by == anna  # nobody else may
    make.user(company=company, granted=["expenses.approve"])
    second = deciding.submit(books.claim(company, anna), user=anna, by=anna)
    with pytest.raises(OwnClaim):
        deciding.approve(second, by=anna)


def test_a_claim_becomes_a_bill_and_reversing_it_frees_the_claim(company, anna, worker):
    books.kind(company, vat="IN", account="5820")
    file = books.receipt(company, worker)
    project = hours.project(company, contact=None)
    found = books.approved(company, worker, books.line("108.10", file=file, project=project.number))
    with pytest.raises(PayeeMissing):
        booking.book_as_bill(found, date=MARCH_31, by=anna)
    contact = purchases.supplier(company, "Werkmann Beat")
    booked = booking.book_as_bill(found, date=MARCH_31, by=anna, contact=contact)
    bill = booked.bill
    assert (bill.status, bill.number, bill.payable, bill.vat, bill.file) == (
        "posted", "SP-1", Decimal("108.10"), Decimal("8.10"), file)  # fmt: skip
    item = OpenItem.of(company).get(entry=bill.entry)
    assert (item.contact, item.amount) == (contact, Decimal("108.10"))
    with pytest.raises(NotApproved):
        booking.book_as_bill(found, date=MARCH_31, by=anna)
    with pytest.raises(BillStands):
        booking.take_back(found, by=anna)
    bills.reverse(bill, date=MARCH_31, by=anna)
    now = claiming.held(found)
    assert (now.state, now.bill, now.way) == (_State.APPROVED, None, "")
    again = books.approved(company, worker, books.line("10.00"))
    assert booking.payee_of(again) is None  # the bill was reversed; nothing was paid to anybody


def test_a_bill_that_waits_for_its_approvers_keeps_the_claim(company, anna, worker, kind):
    approver = make.user(company=company, granted=["payables.approve"])
    save_rule(ApprovalRule(company=company, approver=approver, from_amount=0), by=anna)
    found = books.approved(company, worker)
    contact = purchases.supplier(company)
    bill = booking.book_as_bill(found, date=MARCH_31, by=anna, contact=contact).bill
    assert bill.status == SupplierInvoice.Status.SUBMITTED
    withdraw_bill(bill, by=anna)
    with pytest.raises(BillStands):
        booking.take_back(found, by=anna)
    assert submit_bill(bill, by=anna).status == SupplierInvoice.Status.SUBMITTED
    withdraw_bill(bill, by=anna)
    other = purchases.supplier(company, "Ganz anderer AG")
    rows = SupplierInvoice.of(company).filter(pk=bill.pk)
    for change in ({"contact": other}, {"payable": Decimal("99.00")}, {"currency": "EUR"}):
        before = rows.values(*change).get()
        rows.update(**change)
        with pytest.raises(NotAsClaimed):
            booking.require_as_claimed(rows.get())
        rows.update(**before)
    typed = typed_of(bill, lines_of(bill))
    lines = (replace(typed.lines[0], amount=Decimal("90.00")),)
    drafting.save(company=company, typed=replace(typed, payable=None, lines=lines), by=anna,
                  invoice=bill)  # fmt: skip
    with pytest.raises(NotAsClaimed):
        submit_bill(bill, by=anna)
    drafting.save(company=company, typed=typed, by=anna, invoice=bill)
    merging.merge(other, contact, by=anna)  # the claim follows its payee
    assert submit_bill(bill, by=anna).contact == other


def test_a_claim_is_paid_with_the_wage_and_taken_back(company, anna, worker, kind):
    found = books.approved(company, worker, books.line("30.00"), books.line("2.50"))
    with pytest.raises(NobodyPaid):
        booking.book_as_movement(found, month=MARCH, by=anna)
    somebody = employee(company, worker)
    other = movements.Cell(somebody.pk, 6070, amount=Decimal(100))
    movements.save_cells(company=company, month=MARCH, cells=[other], by=anna)
    booked = booking.book_as_movement(found, month=MARCH_2, by=anna)
    assert (booked.month, booked.employee, booked.way) == (MARCH, somebody, "payroll")
    told = movements.of_month(company, MARCH)[somebody.pk]
    assert [(one.type, one.amount, one.text) for one in told] == [
        (6070, 100, ""), (6000, Decimal("32.50"), "SP-1")]  # fmt: skip
    with pytest.raises(MovementOfClaim), transaction.atomic():
        movements.save_person(company=company, employee=somebody, month=MARCH, rows=[], by=anna)
    assert movements.copy_month(company=company, source=MARCH, month=APRIL, by=anna) == 1
    assert [one.text for one in movements.of_month(company, APRIL)[somebody.pk]] == [""]
    booking.take_back(found, by=anna)
    assert [one.type for one in movements.of_month(company, MARCH)[somebody.pk]] == [6070]
    with pytest.raises(NotBooked):
        booking.take_back(found, by=anna)
    assert booking.payee_of(claiming.held(found)) == somebody.contact


@pytest.mark.parametrize("act", ["book", "take_back"])
def test_nobody_posts_the_run_between_the_look_and_the_movements(company, anna, worker, kind, act):
    employee(company, worker)
    found = books.approved(company, worker)
    if act == "take_back":
        booking.book_as_movement(found, month=MARCH, by=anna)
    with CaptureQueriesContext(connection) as asked:
        if act == "book":
            booking.book_as_movement(found, month=MARCH, by=anna)
        else:
            booking.take_back(found, by=anna)
    told = [one["sql"] for one in asked]
    lock = next(nth for nth, sql in enumerate(told) if f"payroll:{company.pk}'" in sql)
    look = next(nth for nth, sql in enumerate(told) if 'FROM "payroll_payrollrun"' in sql)
    typed = next(nth for nth, sql in enumerate(told) if '"payroll_monthlymovement"' in sql)
    assert lock < look < typed


def test_no_input_tax_is_deducted_where_there_is_none(company, anna, worker):
    books.kind(company, vat="IN")
    with pytest.raises(NoTaxOnFlatRates):
        books.kind(company, "KM", vat="IN", unit="km")
    found = books.approved(
        company, worker, books.line("108.10"),
        books.line("100.00", currency="EUR", exchange_rate=Decimal("1.0810")),
    )  # fmt: skip
    contact = purchases.supplier(company)
    bill = booking.book_as_bill(found, date=MARCH_31, by=anna, contact=contact).bill
    assert (bill.payable, bill.vat) == (Decimal("216.20"), Decimal("8.10"))
    employee(company, worker)
    abroad = books.approved(
        company, worker, books.line("10.00", currency="EUR", exchange_rate=Decimal(1))
    )
    assert booking.book_as_movement(abroad, month=MARCH, by=anna).month == MARCH


def test_what_payroll_cannot_pay_says_why(company, anna, worker):
    books.kind(company, "A", vat="IN")
    books.kind(company, "B", wage_type=None)
    employee(company, worker)
    for code, refusal in (("A", VatNeedsBill), ("B", NoWageType)):
        found = books.approved(company, worker, books.line(code=code))
        with pytest.raises(refusal):
            booking.book_as_movement(found, month=MARCH, by=anna)
    assert movements.of_month(company, MARCH) == {}


def test_the_database_keeps_what_was_handed_in(company, anna, worker, kind):
    found = books.approved(company, worker)
    claims, lines = ExpenseClaim.of(company), ExpenseLine.of(company)
    contact = purchases.supplier(company)
    for act in (
        lambda: claims.update(total=1), lambda: claims.update(title="x"), lambda: claims.delete(),
        lambda: lines.update(amount=1), lambda: lines.delete(), lambda: claims.update(state="draft"),
    ):  # fmt: skip
        with pytest.raises(DatabaseError, match=r"expenses\.frozen"), transaction.atomic():
            act()
    booking.book_as_bill(found, date=MARCH_31, by=anna, contact=contact)
    free = {"state": "approved", "way": "", "bill": None}
    with pytest.raises(DatabaseError, match=r"expenses\.frozen"), transaction.atomic():
        claims.update(**free)


def test_kinds_are_checked_and_deleted_only_unused(company, anna, worker, kind):
    with pytest.raises(NoExpenseType):
        books.kind(company, "X", wage_type=1000)
    with pytest.raises(NoInputTax):
        books.kind(company, "X", vat="UN")
    books.claim(company, worker)
    with pytest.raises(KindInUse):
        kinds.delete_kind(kind, by=anna)
    kind.is_off = True
    kinds.save_kind(kind, by=anna)
    with pytest.raises(UnknownKind):
        books.claim(company, worker)
    kinds.delete_kind(books.kind(company, "Y"), by=anna)
