"""Rates, and books with foreign money, for the tests of valuations."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from accounting.ledger.lines import Line
from accounting.ledger.posting import post
from accounting.ledger.years import open_fiscal_year
from erp.reference.models import ExchangeRate, ReferenceVersion
from tests import make
from tests.accounting.open_items import books

DEC_31, JAN_1 = dt.date(2026, 12, 31), dt.date(2027, 1, 1)
D = Decimal


def company(**more):
    """Open items on both sides, and a second year to release into."""
    new = books.company(**more)
    open_fiscal_year(company=new, start=JAN_1, end=dt.date(2027, 12, 31), by=make.owner_of(new))
    return new


def rate(currency, value, day, *, source="bazg-daily", until=None):
    """An official rate that counts on a day."""
    version, _new = ReferenceVersion.objects.get_or_create(
        source=source, scope=day.isoformat(),
        defaults={"state": "active", "origin": "upload", "edition_date": day},
    )  # fmt: skip
    return ExchangeRate.objects.create(
        source=source, currency=currency, unit=1, quoted=D(value), rate=D(value), published=day,
        valid_from=day, valid_to=until or day, version=version,
    )  # fmt: skip


def moved(company, account, amount, base, *, date=books.MARCH_1, contra="2450", currency="EUR"):
    """Foreign money onto an account (negative: from it), against an account in francs."""
    amount, base = D(amount), D(base)
    told = {"currency": currency, "amount_foreign": amount}
    sides = {"debit": base} if base > 0 else {"credit": -base}
    other = {"credit": base} if base > 0 else {"debit": -base}
    lines = [Line(make.account(company, account), **sides, **told),
             Line(make.account(company, contra), **other)]  # fmt: skip
    return post(company=company, date=date, text="Fremdwährung", lines=lines,
                by=make.owner_of(company))  # fmt: skip


def booked(entry):
    """Account and debit less credit of an entry's lines."""
    rows = entry.lines.order_by("position").select_related("account")
    return [(r.account.number, r.debit - r.credit) for r in rows]
