"""What waits for somebody's approval (offene Freigaben): bills, hours, expense claims, payment runs.

One's own is left out: nobody approves it, but where they are alone, and then they know.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Count, Max, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounting.hours.models import HourEntry
from accounting.payables import approving
from accounting.payables.models import Visa
from accounting.payments.queries import approvable_by
from erp.access.models import User
from erp.access.permissions import Permission
from erp.companies.models import Company, Module
from payroll.expenses.models import ExpenseClaim


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many of a ``kind`` wait; ``mark`` grows whenever another one is added. ``url`` lists them."""

    kind: str
    label: Any
    count: int
    mark: int
    url: str


def waiting(
    company: Company, user: User, granted: Collection[str], *, on: dt.date
) -> Iterator[Waiting]:
    """What waits for the approval of somebody with these rights, on a day; a query for each right."""
    for permission, kind, label, found in _KINDS:
        if permission in granted and (kind != "payments" or company.uses(Module.PAYABLES)):
            told = found(company, user, on)
            yield Waiting(kind, label, *told)


def last_week_ends(on: dt.date) -> dt.date:
    """Hours are looked through by the week: those of the present one are still being written."""
    return on - dt.timedelta(days=on.weekday() + 1)


def _bills(company: Company, user: User, on: dt.date) -> tuple[int, int, str]:
    wanted = Visa.of(company).filter(
        state=Visa.State.WANTED, invoice__in=approving.waiting_for(company, user)
    )
    url = f"{reverse('supplier-invoices', args=[company.pk])}#mine"
    return *_counted(wanted, Count("invoice", distinct=True), Max("pk")), url


def _hours(company: Company, user: User, on: dt.date) -> tuple[int, int, str]:
    until = last_week_ends(on)
    rows = HourEntry.of(company).filter(state=HourEntry.State.OPEN, day__lte=until)
    rows = rows.exclude(user=user).exclude(changed_by=user)
    url = f"{reverse('hours-list', args=[company.pk])}?until={until.isoformat()}"
    return *_counted(rows, Count("pk"), Max("pk")), url


def _claims(company: Company, user: User, on: dt.date) -> tuple[int, int, str]:
    rows = ExpenseClaim.of(company).filter(state=ExpenseClaim.State.SUBMITTED).exclude(user=user)
    found = rows.aggregate(count=Count("pk"), last=Max("submitted_at"))
    mark = 0 if found["last"] is None else _microseconds(found["last"])
    return found["count"], mark, reverse("expense-claims", args=[company.pk])


def _payments(company: Company, user: User, on: dt.date) -> tuple[int, int, str]:
    rows = approvable_by(company, user)
    return *_counted(rows, Count("pk"), Max("pk")), reverse("payments", args=[company.pk])


def _counted(rows: QuerySet[Any], count: Count, last: Max) -> tuple[int, int]:
    found = rows.order_by().aggregate(count=count, last=last)
    return found["count"], found["last"] or 0


def _microseconds(moment: dt.datetime) -> int:
    return (moment - dt.datetime(1970, 1, 1, tzinfo=dt.UTC)) // dt.timedelta(microseconds=1)


_Found = Callable[[Company, User, dt.date], tuple[int, int, str]]
_KINDS: Final[tuple[tuple[Permission, str, Any, _Found], ...]] = (
    (Permission.PAYABLES_APPROVE, "bills", _("Approve bills"), _bills),
    (Permission.HOURS_APPROVE, "hours", _("Approve hours"), _hours),
    (Permission.EXPENSES_APPROVE, "claims", _("Approve expenses"), _claims),
    (Permission.PAYMENTS_APPROVE, "payments", _("Approve payment runs"), _payments),
)
#: The rights that make somebody an approver.
APPROVES: Final = frozenset(permission.value for permission, *_rest in _KINDS)
