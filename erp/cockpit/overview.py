"""How a company stands, and what is to be done (Übersicht), as far as somebody may see it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from accounting.banking.models import BankTransaction
from accounting.ledger import queries
from accounting.ledger.recurring import due
from accounting.statements import statements
from accounting.statements.monthly import Month, by_month, liquid_funds
from erp.access.gate import Access
from erp.access.permissions import Permission
from vat.returns.queries import Row, next_due


@dataclass(frozen=True, slots=True)
class Todo:
    """What waits in the books: how many of each, and the return that is due next, if any.

    ``bank`` is None for whoever may not see the banks.
    """

    bank: int | None
    drafts: int
    recurring: int
    vat: Row | None


@dataclass(frozen=True, slots=True)
class Figures:
    """The year that is looked at, on ``day``: liquid funds, result, its months; company currency."""

    day: dt.date
    liquidity: Decimal
    result: Decimal
    months: Sequence[Month]


def figures(company: Any, on: dt.date) -> Figures | None:
    """How the company stands on a day, brought into a fiscal year; None where there is none."""
    year = queries.year_of(company, on)
    if year is None:
        return None
    day = min(max(on, year.start), year.end)
    cols = statements.columns(company, until=day)
    found = statements.income_statement(company, cols, language="de")
    return Figures(day, liquid_funds(company, year=year, day=day), found.result[0],
                   by_month(company, last=day))  # fmt: skip


def todo(access: Access, on: dt.date) -> Todo:
    """What waits on a day; the caller may see the books."""
    company = access.company
    return Todo(
        bank=BankTransaction.waiting(company).count()
        if access.may(Permission.BANKING_READ)
        else None,
        drafts=queries.drafts_of(access).count(),
        recurring=len(due(company, on)),
        vat=next_due(company, on) if access.may(Permission.VAT_READ) else None,
    )
