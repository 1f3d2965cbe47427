"""Valuations as they were posted: runs, their sums by account, and their positions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import Case, Count, F, Q, QuerySet, Sum, Value, When
from django.db.models.functions import Coalesce

from accounting.ledger.models import Account
from accounting.valuation.models import ValuationPosition, ValuationRule, ValuationRun
from accounting.valuation.reckoning import PositionRow, Subtotal
from erp.companies.models import Company
from erp.core.money import ZERO


def runs(company: Company) -> QuerySet[ValuationRun]:
    """All valuations, with their entries and who made them; the latest first."""
    rows = ValuationRun.of(company).select_related(
        "entry", "release", "residue", "created_by", "undone_by", "company"
    )
    return rows.order_by("-date", "-pk")


def rules(company: Company) -> QuerySet[ValuationRule]:
    """How the company values, the latest first."""
    return ValuationRule.of(company).order_by("-valid_from")


def subtotals_of(run: ValuationRun) -> list[Subtotal]:
    """A run by account and currency. Two queries."""
    rows = (
        ValuationPosition.of(run.company_id)
        .filter(run=run)
        .annotate(by_item=Case(When(item=None, then=Value(False)), default=Value(True)))
        .values_list("account", "by_item", "currency")
        .annotate(
            Count("pk"), Sum("amount"), Sum("book"), Sum("value"),
            gains=Coalesce(Sum(F("value") - F("book"), filter=Q(value__gt=F("book"))), ZERO),
            losses=Coalesce(Sum(F("book") - F("value"), filter=Q(value__lt=F("book"))), ZERO),
        )
        .order_by("account__number", "currency", "by_item")
    )  # fmt: skip
    sums = list(rows)
    named = Account.of(run.company_id).in_bulk([pk for pk, *_rest in sums])
    return [Subtotal(named[pk], *rest) for pk, *rest in sums]


def rows_of(
    run: ValuationRun, subtotals: Sequence[Subtotal], *, first: int = 0, most: int | None = None
) -> list[PositionRow]:
    """The positions of a run from ``first`` on, by account, currency and the day they are due. One query."""
    accounts = {one.account.pk: one.account for one in subtotals}
    rows = ValuationPosition.of(run.company_id).filter(run=run)
    found: Any = rows.order_by("account__number", "currency", "item__due_date", "item").values_list(
        "account", "item", "currency", "amount", "book", "value", "item__party", "item__document",
        "item__due_date",
    )  # fmt: skip
    until = None if most is None else first + most
    return [PositionRow(accounts[row[0]], *row[1:]) for row in found[first:until]]
