"""Books with a bank account, for the tests of banking."""

from __future__ import annotations

import time

import pytest
from django.db import connection
from django.utils import translation

from accounting.banking import booking, importing
from accounting.banking.models import BankAccount, BankTransaction, Statement
from accounting.ledger.entering import TypedLine
from erp.audit.models import AuditEvent
from tests import make
from tests.accounting.banking.files import (
    IBAN,
    camt053,
    paid,
)


def bank_account(company, *, iban=IBAN, account="1020", currency="CHF", name="Hausbank"):
    bank = BankAccount(company=company, name=name, iban=iban, currency=currency,
                       account=make.account(company, account))  # fmt: skip
    return booking.save_bank_account(bank, by=make.owner_of(company))


def rows(company):
    """How much importing wrote so far."""
    return [kind.of(company).count() for kind in (Statement, BankTransaction, AuditEvent)]


def wait_until_somebody_waits(seconds=20):
    """Returns once another connection waits for a lock that this one holds."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_locks"
                " WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid))"
            )
            if cursor.fetchone()[0]:
                return
        time.sleep(0.02)
    raise AssertionError("nobody waits")


@pytest.fixture
def company(db):
    return make.company()


@pytest.fixture
def anna(company):
    return make.owner_of(company)


@pytest.fixture
def bank(company):
    return bank_account(company)


@pytest.fixture
def take_in(company, anna, bank):
    """Takes a file into the company, as its owner."""
    return lambda content: importing.take_in(company=company, content=content, by=anna)


@pytest.fixture
def movements(company):
    """The company's bank transactions as they are now, oldest first."""
    return lambda **only: list(
        BankTransaction.of(company).filter(**only).order_by("booking_date", "pk")
    )


@pytest.fixture
def refused(company, take_in):
    """Take a file in, and see it refused as told with nothing written; gives the message."""

    def check(content, kind, *fragments, **values):
        before = rows(company)
        with translation.override("en"), pytest.raises(kind) as caught:
            take_in(content)
        assert type(caught.value) is kind
        assert rows(company) == before
        for name, value in values.items():
            assert caught.value.values[name] == value
        with translation.override("en"):
            message = str(caught.value)
        for fragment in fragments:
            assert fragment in message
        return message

    return check


@pytest.fixture
def moved(take_in, movements):
    """Takes one entry in and gives its transaction."""
    count = iter(range(1, 1000))

    def one(amount="108.10", party="Kundin GmbH", **more):
        nth = next(count)
        take_in(camt053(paid(amount, party, ref=f"R{nth}", **more), ident=f"S-{nth}"))
        return movements()[-1] if "day" not in more else max(movements(), key=lambda m: m.pk)

    return one


@pytest.fixture
def book(anna):
    return lambda movement, *lines, **more: booking.book(
        movement, contra=lines or [TypedLine("3600")], by=anna, **more
    )
