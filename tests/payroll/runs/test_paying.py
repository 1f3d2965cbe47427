"""Wages go to the bank as one debit that names nobody, and come back as booked by the statement."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path

import pytest
import time_machine
from django.db import connection
from lxml import etree

from accounting.banking import booking as statements
from accounting.banking.matching.accepting import accept_certain
from accounting.payments.pain import rules
from accounting.payments.refusals import DayGone
from contacts.models import ContactAddress
from erp.audit.models import AccessLogEntry
from payroll.employees.facts import Payout, Share
from payroll.employees.keeping import set_fact
from payroll.runs import booking, paying, refusals
from payroll.runs.models import Payslip, WageOrder
from tests import make
from tests.payroll.runs import books
from tests.payroll.runs.debits import arrived, clearing

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 1, 23)


@pytest.fixture(autouse=True)
def january():
    with time_machine.travel(dt.datetime(2026, 1, 20, 9), tick=True):
        yield


@pytest.fixture
def company():
    return books.company()


@pytest.fixture
def anna(company):
    return make.owner_of(company)


@pytest.fixture
def run(company):
    books.p1(company)
    books.employee(company, "5000.00", number=1, iban=books.iban(1))
    return books.posted(company)


def pay(company, run, **more):
    by = make.owner_of(company)
    return paying.pay(run, **({"bank": books.bank_of(company), "date": DAY, "by": by} | more))


def test_the_file_is_one_debit_marked_as_wages_and_keeps_silent(company, run):
    (order,) = pay(company, run)
    text = order.file.decode()
    assert rules.check(order.file) == []
    assert "<Cd>SALA</Cd>" in text
    assert "<BtchBookg>true</BtchBookg>" in text
    assert "<Prtry>CND</Prtry>" in text
    assert order.count == 2
    assert clearing(company) == -order.total
    assert pay(company, run)[0].pk == order.pk
    assert WageOrder.of(company).count() == 1


def test_the_file_lies_sealed_and_each_download_is_noted(company, anna, run):
    (order,) = pay(company, run)
    with connection.cursor() as cursor:
        cursor.execute("SELECT file FROM payroll_wageorder WHERE id = %s", [order.pk])
        assert "pain.001" not in cursor.fetchone()[0]
    assert paying.taken_along(order, by=anna) == order.file
    assert AccessLogEntry.of(company).filter(kind="export", count=2).exists()


def both(company, *shares, number=0):
    who = books.employee(company, "6000.00", number=number)
    set_fact(who, value=Payout(shares=shares), valid_from=dt.date(2026, 1, 2),
             by=make.owner_of(company))  # fmt: skip


def test_a_payout_is_shared_out_over_accounts(company):
    both(company, Share(iban="CH9300762011623852957", amount=Decimal("1000.00")),
         Share(iban=books.iban(6), percent=Decimal(25)), Share(iban=books.iban(7)))  # fmt: skip
    (order,) = pay(company, books.posted(company))
    payout = Payslip.of(company).get().content.payout
    assert payout[0].amount == Decimal("1000.00")
    assert payout[1].amount == round(order.total / 4, 2)
    assert (order.count, order.total) == (3, sum(one.amount for one in payout))


GERMAN, BRITISH = "DE89370400440532013000", "GB29NWBK60161331926819"


def found_on_slips(company):
    return {
        one.code for slip in Payslip.of(company) for one in slip.content.slip.findings if one.stops
    }


def test_accounts_abroad_are_paid_by_an_order_of_their_own(company, shared: Path):
    both(company, Share(iban="CH9300762011623852957", amount=Decimal("1000.00")),
         Share(iban=GERMAN, bic="cobadeff xxx", percent=Decimal(25)),
         Share(iban=BRITISH, bic="NWBKGB2L"))  # fmt: skip
    orders = pay(company, books.posted(company))
    payout = sum(one.amount for one in Payslip.of(company).get().content.payout)
    assert ([one.count for one in orders], sum(one.total for one in orders)) == ([1, 2], payout)
    schema = etree.XMLSchema(etree.parse(shared / "schemas/iso20022-ch/pain.001.001.09.ch.03.xsd"))
    for order in orders:
        assert schema.validate(etree.fromstring(order.file)), schema.error_log
        assert rules.check(order.file) == []
    abroad = orders[1].file.decode()
    assert "<BICFI>COBADEFFXXX</BICFI>" in abroad and "<TwnNm>Zürich</TwnNm>" in abroad


def test_what_a_payment_abroad_lacks_stops_the_run_and_is_named(company):
    both(company, Share(iban=GERMAN))
    with pytest.raises(refusals.Stopped):
        books.approved(company)
    assert found_on_slips(company) == {"run.bic_missing"}
    with pytest.raises(Exception) as refused:
        both(company, Share(iban=GERMAN, bic="nonsense!"), number=3)
    assert "BIC" in str(refused.value)


def test_a_payee_abroad_needs_an_address(company):
    both(company, Share(iban=GERMAN, bic="COBADEFFXXX"))
    ContactAddress.of(company).all().delete()
    books.calculated(company)
    assert "run.address_missing" in found_on_slips(company)


def test_the_banks_debit_is_known_and_booked_against_the_clearing_account(company, anna, run):
    (order,) = pay(company, run)
    assert accept_certain(company, arrived(company, order), by=anna) == (1, [])
    assert clearing(company) == 0
    run.refresh_from_db()
    assert run.status == "paid"
    movement = WageOrder.of(company).get()
    assert movement.booked_on == DAY


def test_without_its_number_it_is_asked_about(company, anna, run):
    (order,) = pay(company, run)
    assert accept_certain(company, arrived(company, order, named=False), by=anna) == (0, [])


def test_another_amount_is_not_booked(company, anna, run):
    (order,) = pay(company, run)
    rows = arrived(company, order, amount=order.total - 1)
    assert accept_certain(company, rows, by=anna) == (0, [])


def test_an_undone_booking_opens_the_run_again(company, anna, run):
    (order,) = pay(company, run)
    (movement,) = arrived(company, order)
    accept_certain(company, [movement], by=anna)
    statements.unbook(movement, by=anna)
    run.refresh_from_db()
    assert run.status == "posted"
    assert WageOrder.of(company).get().booked_entry is None


def test_what_is_at_the_bank_is_recalled_before_the_run_is_taken_back(company, anna, run):
    pay(company, run)
    with pytest.raises(refusals.PaidAlready):
        booking.undo(run, reason="Test", by=anna)
    paying.recall(run, reason="Test", by=anna)
    assert booking.undo(run, reason="Test", by=anna).status == "cancelled"
    assert clearing(company) == 0


@pytest.mark.parametrize(
    ("told", "refusal"),
    [({"date": dt.date(2026, 1, 19)}, DayGone)],
)
def test_days_that_are_gone_are_refused(company, run, told, refusal):
    with pytest.raises(refusal):
        pay(company, run, **told)


def test_only_what_is_posted_is_paid(company):
    books.p1(company)
    with pytest.raises(refusals.NotPosted):
        pay(company, books.approved(company))
