"""Time spent for clients (Aufwand je Mandat)."""

from __future__ import annotations

import datetime as dt
from typing import Final

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from erp.access.firms.models import Firm
from erp.access.gate import Access
from erp.access.models import User
from erp.core import clock
from erp.core.errors import DomainError
from erp.core.texts import one_line
from erp.fiduciary.models import MandateTime

A_DAY: Final = 1440


class NoSuchTime(DomainError):
    code = "times.no_such_time"
    message = _("%(minutes)s minutes are no time of one day. Enter from 1 minute to 24 hours.")
    field = "minutes"


class NotYet(DomainError):
    code = "times.not_yet"
    message = _("%(day)s is still to come. Enter time when it is spent.")
    field = "day"


class NothingDone(DomainError):
    code = "times.nothing_done"
    message = _("Say in a few words what was done.")
    field = "text"


class OfSomebodyElse(DomainError):
    code = "times.of_somebody_else"
    message = _(
        "This time is %(person)s's, or billed already. Only one's own that is not billed goes away."
    )
    conflict = True


@transaction.atomic
def enter(*, firm: Firm, access: Access, day: dt.date, minutes: int, text: str) -> MandateTime:
    """Enter one's own time for a client (Aufwand erfassen), which is open by ``in_client``.

    Raises ``NoSuchTime``, ``NotYet``, ``NothingDone``, ``NotOneLine`` or ``LineTooLong``.
    """
    if not 0 < minutes <= A_DAY:
        raise NoSuchTime(minutes=minutes)
    if day > clock.today():
        raise NotYet(day=day)
    text = one_line(text, field="text", most=200)
    if not text:
        raise NothingDone
    return MandateTime.unscoped.create(
        firm=firm, company=access.company, client_name=access.company.name[:120],
        user=access.user, day=day, minutes=minutes, text=text,
    )  # fmt: skip


@transaction.atomic
def take_back(row: MandateTime, *, by: User) -> None:
    """Delete one's own time that is not billed. Raises ``OfSomebodyElse``."""
    held = MandateTime.of_firm(row.firm_id).select_for_update(of=("self",)).select_related("user")
    row = held.get(pk=row.pk)
    if row.user_id != by.pk or row.is_billed:
        raise OfSomebodyElse(person=row.user)
    row.delete()


@transaction.atomic
def mark_billed(*, firm: Firm, rows: list[int]) -> int:
    """Say that time is billed (verrechnet), also after the mandate; how many rows there were."""
    return MandateTime.of_firm(firm).filter(pk__in=rows, is_billed=False).update(is_billed=True)
