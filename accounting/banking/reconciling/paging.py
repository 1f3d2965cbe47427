"""The waiting lines of a bank account, a page at a time (Seiten der Abstimmung)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Final

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from accounting.banking.models import BankAccount, BankTransaction
from accounting.banking.reconciling.suggesting import BankLine, lines_of
from accounting.open_items.models import Side
from erp.companies.models import Company

PAGE: Final = 50
MOST_BOOKED: Final = 10  # of those booked last


@dataclass(frozen=True, slots=True)
class LinePage:
    """Lines in the order of their days; ``after`` and ``before`` are the keys of the pages beside."""

    lines: list[BankLine]
    after: str = ""
    before: str = ""


def accounts_of(company: Company) -> list[BankAccount]:
    """Bank accounts by name, each with how many lines wait: ``waiting``; one query."""
    rows = BankTransaction.waiting(company).filter(bank_account=OuterRef("pk")).order_by()
    count = rows.values("bank_account").annotate(n=Count("pk")).values("n")
    banks = BankAccount.of(company).select_related("account", "company")
    return list(banks.annotate(waiting=Coalesce(Subquery(count), 0)).order_by("name", "pk"))


def page_of(
    bank: BankAccount, *, after: str = "", before: str = "", text: str = "", with_items: bool = True
) -> LinePage:
    """A page of what waits on a bank account, with all that is suggested; by keys as pages give them.

    What is no key begins at the beginning. ``text`` leaves those whose party or text contains it.
    A fixed number of queries, however much waits: two, and what ``lines_of`` asks.
    """
    rows = BankTransaction.waiting(bank.company).filter(bank_account=bank)
    if text:
        rows = rows.filter(Q(party__icontains=text) | Q(text__icontains=text))
    backward = bool(_place(before))
    found = _from(rows, before if backward else after, backward)
    more, found = len(found) > PAGE, found[:PAGE]
    if backward:
        found.reverse()
    for row in found:
        row.bank_account, row.company = bank, bank.company
    lines = lines_of(bank.company, found, with_items=with_items)
    if not found:
        return LinePage([])
    has_before = more if backward else bool(_place(after))
    has_after = True if backward else more
    return LinePage(
        lines, _key(found[-1]) if has_after else "", _key(found[0]) if has_before else ""
    )


def booked_last(bank: BankAccount) -> list[BankTransaction]:
    """What was booked last on an account, the latest entry first."""
    rows = BankTransaction.of(bank.company).filter(bank_account=bank).exclude(entry=None)
    return list(rows.select_related("entry").order_by("-entry")[:MOST_BOOKED])


def keeps_items(company: Company) -> bool:
    """Whether the company keeps open items at all."""
    return any(company.uses(side) for side in Side.values)


def _from(
    rows: QuerySet[BankTransaction], key: str, backward: bool
) -> list[BankTransaction]:  # fmt: skip
    place = _place(key)
    order = ("-booking_date", "-pk") if backward else ("booking_date", "pk")
    if place is not None:
        day, pk = place
        if backward:
            rows = rows.filter(Q(booking_date__lt=day) | Q(booking_date=day, pk__lt=pk))
        else:
            rows = rows.filter(Q(booking_date__gt=day) | Q(booking_date=day, pk__gt=pk))
    return list(rows.order_by(*order)[: PAGE + 1])


def _key(row: BankTransaction) -> str:
    return f"{row.booking_date.isoformat()}.{row.pk}"


def _place(key: str) -> tuple[dt.date, int] | None:
    day, _dot, pk = key.partition(".")
    if not (pk.isascii() and pk.isdigit() and len(pk) < 19):
        return None
    try:
        return dt.date.fromisoformat(day), int(pk)
    except ValueError:
        return None
