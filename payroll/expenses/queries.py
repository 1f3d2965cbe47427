"""Questions about expense claims and their kinds."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, Q, QuerySet

from erp.companies.models import Company
from payroll.expenses.models import ExpenseClaim, ExpenseKind, ExpenseRate


@dataclass(frozen=True, slots=True)
class Offered:
    """A kind that may be claimed, with its flat rate of today, if it is one."""

    kind: ExpenseKind
    rate: Decimal | None


def claims(
    company: Company, *, user: int | None = None, state: str = "", since: dt.date | None = None,
    until: dt.date | None = None,
) -> QuerySet[ExpenseClaim]:  # fmt: skip
    """Claims of a person (by id), in a state, by the days they were written; with their receipts counted."""
    asked = {"user": user, "state": state or None, "created_at__date__gte": since,
             "created_at__date__lte": until}  # fmt: skip
    rows = ExpenseClaim.of(company).filter(**{k: v for k, v in asked.items() if v is not None})
    return rows.select_related(
        "company", "user", "decided_by", "bill", "employee__contact"
    ).annotate(receipts=Count("lines", filter=Q(lines__file__isnull=False)))


def kinds(company: Company) -> QuerySet[ExpenseKind]:
    rows = ExpenseKind.of(company).order_by("is_off", "code")
    return rows.select_related("company", "account", "vat_code", "wage_type")


def rates_of(company: Company, kind: int | None = None) -> QuerySet[ExpenseRate]:
    rows = ExpenseRate.of(company) if kind is None else ExpenseRate.of(company).filter(kind=kind)
    return rows.select_related("company", "kind").order_by("kind__code", "-valid_from")


def offered(company: Company, on: dt.date) -> list[Offered]:
    """The kinds that are not switched off, with the rates that hold on a day; two queries."""
    rates: dict[int, Decimal] = {}
    rows = ExpenseRate.of(company).filter(valid_from__lte=on).order_by("valid_from")
    for kind, rate in rows.values_list("kind", "rate"):
        rates[kind] = rate
    found = ExpenseKind.of(company).filter(is_off=False).order_by("code")
    return [Offered(one, rates.get(one.pk) if one.unit else None) for one in found]
