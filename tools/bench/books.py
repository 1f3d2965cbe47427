"""Seeded books of a size."""

from __future__ import annotations

import datetime as dt
import os
import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import psycopg
from allauth.mfa.totp.internal.auth import TOTP
from django.db import transaction

from accounting.banking.booking import save_bank_account
from accounting.banking.models import BankAccount
from accounting.ledger.bulk import NewEntry, post_many
from accounting.ledger.lines import Line, credit, debit
from accounting.ledger.models import Account
from accounting.ledger.years import open_fiscal_year
from erp.access.gate import operating
from erp.access.models import User
from erp.cockpit.founding import set_up_company
from erp.companies.models import Company
from tools.bench.measuring import under_way

YEARS = (2024, 2025, 2026)
IBAN = "CH9300762011623852957"
NUMBERS = ("1000", "1100", "1200", "1510", "2000", "3200", "3400", "4200", "5000", "5700", "6000",
           "6100", "6200", "6400", "6500", "6510", "6600", "6900", "6940")  # fmt: skip


@dataclass
class Book:
    """A seeded company of a size."""

    lines: int
    reference: str
    company: int
    accounts: dict[str, Any] = field(default_factory=dict)


@contextmanager
def acting(book: Book) -> Iterator[tuple[Company, User]]:
    with operating(book.reference) as access:
        yield access.company, access.user


def found(lines: int) -> Book:
    """A company with three years, named by the work that asks for it and ``lines``: how many it is to have."""
    reference = f"bench-{under_way()}-{lines}"
    with transaction.atomic():
        owner = User.objects.filter(email="bench@example.ch").first() or User.objects.create_user(
            "bench@example.ch", "nur-fuer-die-Messung"
        )
        company = set_up_company(
            by=owner, name=f"Messung {lines}", short_name=reference, legal_form="corporation",
            first_year=(dt.date(YEARS[0], 1, 1), dt.date(YEARS[0], 12, 31)),
        )  # fmt: skip
        for year in YEARS[1:]:
            open_fiscal_year(company=company, start=dt.date(year, 1, 1), end=dt.date(year, 12, 31),
                             by=owner)  # fmt: skip
        bank = Account.of(company).get(number="1020")
        save_bank_account(BankAccount(company=company, name="Bank", iban=IBAN, currency="CHF",
                                      account=bank), by=owner)  # fmt: skip
    return Book(lines, reference, company.pk)


def signed_up() -> User:
    """The owner of all books, with a second factor: without one no page or token opens a company."""
    owner = User.objects.get(email="bench@example.ch")
    if not owner.has_factor:
        with transaction.atomic():
            TOTP.activate(owner, "RAPPENDEMORAPPENDEMORAPPENDEMO22")
    return User.objects.get(pk=owner.pk)  # who knows of it


def fill(book: Book) -> float:
    """Post the book's lines in batches; returns the seconds."""
    chance = random.Random(book.lines)  # noqa: S311 - seeded on purpose
    written, started = 0, time.perf_counter()
    while written < book.lines:
        with acting(book) as (company, owner):
            accounts = accounts_of(company)
            entries = []
            while written < book.lines and len(entries) < 10_000:
                entry = random_entry(accounts, chance)
                entries.append(entry)
                written += len(entry.lines)
            post_many(company=company, entries=entries, by=owner)
    return time.perf_counter() - started


def accounts_of(company: Company) -> dict[str, Account]:
    rows = Account.of(company).select_related("vat_code", "company")
    return {a.number: a for a in rows if a.number in (*NUMBERS, "1020")}


def random_entry(accounts: dict[str, Account], chance: random.Random) -> NewEntry:
    day = dt.date(YEARS[0], 1, 1) + dt.timedelta(days=chance.randrange(365 * 3))
    return NewEntry(day, f"Buchung {chance.randrange(5000)}", random_lines(accounts, chance),
                    voucher=str(chance.randrange(10**6)))  # fmt: skip


def random_lines(accounts: dict[str, Account], chance: random.Random) -> list[Line]:
    count = chance.choice((1, 1, 1, 2, 3))
    parts = [Decimal(chance.randrange(100, 500_000)) / 100 for _ in range(count)]
    lines = [debit(accounts[chance.choice(NUMBERS)], part) for part in parts]
    return [*lines, credit(accounts["1020"], sum(parts, Decimal(0)))]


def analyse() -> None:
    """What autovacuum would do by itself after a while."""
    url = os.environ["DATABASE_OWNER_URL"].replace("rappen_owner", "postgres", 1)
    with psycopg.connect(url, autocommit=True) as admin:
        admin.execute("VACUUM ANALYZE")
