"""What a phone offers first (Heute): the daily tasks as tiles, each with its figure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import BooleanField, Case, Sum, Value, When
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounting.open_items.models import OpenItem, Side
from accounting.payables.capture.models import WAITING, InboxDocument
from erp.access.gate import Access
from erp.access.permissions import Permission
from erp.cockpit.waiting import waiting
from erp.core.display import chf


@dataclass(frozen=True)
class Tile:
    """A task: ``figure`` and ``note`` say how it stands. ``takes_photo`` leads to the camera."""

    label: str
    url: str
    figure: str = ""
    note: str = ""
    is_urgent: bool = False
    takes_photo: bool = False


def tiles(access: Access, *, on: dt.date, liquidity: Decimal | None) -> list[Tile]:
    """The tasks that somebody may do, in the order of a day; at most six queries.

    ``liquidity`` are the liquid funds as the start page has them, in the company's currency.
    """
    return [
        *_bills(access),
        *_approvals(access, on),
        *_owed(access, on),
        *_figures(access, liquidity),
    ]


def _bills(access: Access) -> Iterator[Tile]:
    company = access.company
    if access.may(Permission.PAYABLES_CAPTURE):
        waiting = InboxDocument.of(company).filter(state__in=WAITING).count()
        note = ngettext("%s waits in the inbox", "%s wait in the inbox", waiting) % waiting
        yield Tile(_("Photograph a bill"), reverse("inbox", args=[company.pk]),
                   note=note if waiting else "", takes_photo=True)  # fmt: skip


def _approvals(access: Access, on: dt.date) -> Iterator[Tile]:
    """Bills always, as one may be named for them any day; the rest where something waits."""
    for one in waiting(access.company, access.user, access.granted, on=on):
        if one.count or one.kind == "bills":
            yield Tile(str(one.label), one.url, figure=str(one.count), is_urgent=one.count > 0)


def _owed(access: Access, on: dt.date) -> Iterator[Tile]:
    if not access.may(Permission.OPEN_ITEMS_READ):
        return
    company = access.company
    kept = [(side, label) for side, label in ((Side.RECEIVABLES, _("Owed to us")), (Side.PAYABLES, _("We owe")))
            if access.uses(side)]  # fmt: skip
    if not kept:
        return
    owed = OpenItem.of(company).filter(settled_on=None)
    told = {(row["side"], row["late"]): row["sum"] for row in _sums(owed, on)}
    for side, label in kept:
        late, due_later = (told.get((side.value, is_late), Decimal(0)) for is_late in (True, False))
        note = _("overdue: %s") % chf(late) if late > 0 else ""
        yield Tile(label, reverse(f"open-{side.value}", args=[company.pk]),
                   figure=chf(late + due_later), note=note, is_urgent=late > 0)  # fmt: skip


def _sums(owed: Any, on: dt.date) -> Any:
    late = Case(When(due_date__lt=on, then=Value(True)), default=Value(False),
                output_field=BooleanField())  # fmt: skip
    return owed.order_by().values("side", late=late).annotate(sum=Sum("open_base"))


def _figures(access: Access, liquidity: Decimal | None) -> Iterator[Tile]:
    company = access.company
    if access.may(Permission.LEDGER_READ):
        figure = chf(liquidity) if liquidity is not None else ""
        yield Tile(_("Liquidity"), reverse("liquidity", args=[company.pk]), figure=figure)
    if access.may(Permission.HOURS_OWN):
        yield Tile(_("Hours"), reverse("hours", args=[company.pk]))
    if access.may(Permission.EXPENSES_OWN):
        yield Tile(_("Expenses"), reverse("expense-new", args=[company.pk]))
    if access.may(Permission.CONTACTS_READ):
        yield Tile(_("Call somebody"), reverse("contacts", args=[company.pk]))
