"""A closed year takes nothing by any room: what each had ready for it is refused, says why, and stays as it was."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
import time_machine
from django.db import transaction

from accounting.assets import categories, disposing, running
from accounting.banking import booking as of_bank
from accounting.banking import importing
from accounting.banking.models import BankTransaction
from accounting.cash import booking as of_cash
from accounting.cash.booking import Share
from accounting.closing.accruing import accrue
from accounting.closing.closing import close_year
from accounting.ledger import recurring
from accounting.ledger.entering import TypedLine
from accounting.ledger.errors import PeriodLocked
from accounting.ledger.models import EntryTemplate, JournalEntry
from accounting.ledger.years import open_fiscal_year
from accounting.open_items import settling
from accounting.open_items.models import OpenItem
from accounting.open_items.plans import Money, Part
from accounting.payables import approving
from accounting.receivables import issuing
from accounting.valuation import running as valuing
from erp.core.errors import DomainError
from payroll.expenses import booking as of_expenses
from payroll.runs import booking as of_wages
from tests import make
from tests.accounting.assets import books as assets
from tests.accounting.banking.files import camt053, paid
from tests.accounting.cash import books as cash
from tests.accounting.closing import books
from tests.accounting.open_items.books import invoice
from tests.accounting.payables import purchases
from tests.accounting.receivables import sales
from tests.accounting.valuation.books import moved
from tests.erp.test_demo_modules import digests
from tests.payroll.expenses import books as expenses
from tests.payroll.runs import books as wages
from tests.vat.returns.books import entry
from vat.returns import checks, filing
from vat.returns import settling as of_vat
from vat.returns.queries import computed

pytestmark = pytest.mark.django_db
LAST = dt.date(2026, 12, 31)
MARCH_9 = dt.date(2026, 3, 9)


@pytest.fixture(autouse=True)
def later():
    with time_machine.travel(dt.datetime(2027, 2, 15, 9), tick=True):
        yield


class Rooms:
    """A company that has something ready in each of its rooms, all of it dated in 2026."""

    def __init__(self):
        self.company = company = wages.company()
        self.by = make.owner_of(company)
        told = {"uid": "CHE116281710", "street": "Seestrasse", "house_number": "1", "postcode": "8002",
                "town": "Zürich"}  # fmt: skip
        for name, value in told.items():
            setattr(company, name, value)
        company.save(update_fields=list(told))
        self.year = books.year_of(company, "2026")
        open_fiscal_year(
            company=company, start=dt.date(2027, 1, 1), end=dt.date(2027, 12, 31), by=self.by
        )
        wages.p1(company)
        self.run = wages.approved(company)
        content = camt053(paid("108.10", "Kundin AG", day="2026-03-09"), account=(
            f"<Id><IBAN>{wages.BANK}</IBAN></Id><Ccy>CHF</Ccy>"))  # fmt: skip
        importing.take_in(company=company, content=content, by=self.by)
        self.movement = BankTransaction.of(company).get()
        self.bill = purchases.draft(
            purchases.supplier(company), purchases.line(code="MN"), date=MARCH_9
        )
        self.document = sales.draft(company, sales.customer(company), date=MARCH_9)
        self.item = invoice(company, "216.20", date=MARCH_9)
        expenses.kind(company)
        self.claim = expenses.approved(company, self.by)
        self.book = cash.cash_book(company)
        categories.add_defaults(company, by=self.by, valid_from=dt.date(2026, 1, 1))
        self.van = assets.van(company)
        moved(company, "1024", "1000.00", "950.00")
        self.template = recurring.save_template(
            EntryTemplate(company=company, name="Miete", rhythm="month", next_date=dt.date(2026, 12, 1)),
            by=self.by, content={"mode": "simple", "debit": "6000", "credit": "1020", "amount": "10.00", "text": "x"},
        )  # fmt: skip
        entry(company, MARCH_9, "1020", "3200", "1081.00", "UN")
        opened = filing.begin(company=company, start=dt.date(2026, 1, 1), by=self.by)
        told = [one.code for one in checks.run(opened, computed(opened)) if not one.is_error]
        checked = filing.check(opened, by=self.by, accepted=told)
        self.filed = filing.file(checked, by=self.by, today=dt.date(2027, 2, 15))

    def doors(self):
        company, by, line = self.company, self.by, TypedLine("3200", vat_code="UN")
        yield "bank", lambda: of_bank.book(self.movement, contra=[line], by=by)
        yield "bill", lambda: approving.submit(self.bill, by=by)
        yield "invoice", lambda: issuing.issue(self.document, by=by)
        part = Part(self.item, paid=self.item.amount)
        money = Money(make.account(company, "1020"), self.item.amount, self.item.amount)
        yield (
            "payment",
            lambda: settling.settle(
                company=company, date=MARCH_9, parts=[part], money=money, by=by
            ),
        )
        yield "wages", lambda: of_wages.post(self.run, by=by)
        payee = purchases.supplier(company, "Wer zahlte")
        yield (
            "expenses",
            lambda: of_expenses.book_as_bill(self.claim, date=MARCH_9, by=by, contact=payee),
        )
        yield "cash", lambda: of_cash.record(book=self.book, date=LAST, text="Barverkauf", amount=Decimal(5), by=by,
                                             shares=[Share("3600", Decimal(5))])  # fmt: skip
        yield "depreciation", lambda: running.run(company, until=LAST, by=by)
        yield "disposal", lambda: disposing.dispose(self.van, date=LAST, by=by)
        yield (
            "valuation",
            lambda: valuing.value(company, date=LAST, by=by, typed={"EUR": Decimal("0.9")}),
        )
        yield "VAT", lambda: of_vat.settle(self.filed, date=LAST, by=by)
        yield (
            "recurring",
            lambda: recurring.book_due(self.template, date=dt.date(2026, 12, 1), by=by),
        )
        yield "accrual", lambda: accrue(company=company, year=self.year, kind="accrued_expense", by=by, text="x",
                                        account=make.account(company, "6530"), amount=Decimal(5))  # fmt: skip


def test_no_room_gets_anything_into_a_closed_year():
    rooms = Rooms()
    company = rooms.company
    books.accept_all(company, rooms.year)
    entries, doors = JournalEntry.of(company).count(), list(rooms.doors())
    close_year(company=company, year=rooms.year, by=rooms.by)
    before = digests(company)
    told = {}
    for name, act in doors:
        with pytest.raises(DomainError) as refused, transaction.atomic():
            act()
        told[name] = (refused.value.code, str(refused.value))
    assert {name: code for name, (code, _text) in told.items()} == dict.fromkeys(
        told, PeriodLocked.code
    )
    assert len(told) == 13 and all("2026" in text for _code, text in told.values())
    assert digests(company) == before
    assert JournalEntry.of(company).count() == entries
    assert OpenItem.of(company).filter(settled_on=None).count() == 1


def test_what_is_refused_goes_in_when_the_year_is_open():
    """Else the test above would prove nothing: each of these acts is ready but for the lock."""
    rooms = Rooms()
    for name, act in rooms.doors():
        with transaction.atomic():
            before = JournalEntry.of(rooms.company).count()
            act()
            assert JournalEntry.of(rooms.company).count() > before, name
            transaction.set_rollback(True)
