"""Taking a run or a letter back (Mahnung zurücknehmen): what was written stays, marked as cancelled."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounting.open_items.opening import cancel as cancel_items
from accounting.receivables.dunning.models import DunningNotice, DunningNoticeItem, DunningRun
from accounting.receivables.dunning.running import alone, held_run
from erp.access.models import User
from erp.audit import trail
from erp.core import clock
from erp.core.errors import DomainError
from erp.core.texts import one_line


class NotExecuted(DomainError):
    code = "dunning.not_executed"
    message = _("The dunning run of %(date)s is %(status)s; only an executed one can be cancelled.")
    conflict = True


class CancelledAlready(DomainError):
    code = "dunning.cancelled_already"
    message = _("Letter %(number)s is cancelled already.")
    conflict = True


class LaterLevels(DomainError):
    code = "dunning.later_levels"
    message = _("Items of letter %(number)s were dunned again later, with letter %(later)s. Cancel that "
                "first.")  # fmt: skip
    conflict = True


@transaction.atomic
def cancel(run: DunningRun, *, by: User, reason: str, date: dt.date | None = None) -> DunningRun:
    """Take a run back: its items stand where they stood, its fees are cancelled on ``date``.

    The letters stay, marked as cancelled; what was sent cannot be called back. Raises
    ``NotExecuted``, ``LaterLevels``, and what cancelling a fee raises, as where it is paid.
    """
    alone(run.company)
    held = held_run(run)
    if held.status != DunningRun.Status.EXECUTED:
        raise NotExecuted(date=held.date, status=held.get_status_display())
    rows = DunningNotice.of(held.company_id).filter(run=held, cancelled_at=None)
    _take_back(list(rows.select_related("company", "fee_entry__company")), by=by, date=date)
    held.status, held.cancelled_at, held.cancelled_by = DunningRun.Status.CANCELLED, clock.now(), by
    held.reason = one_line(reason, field="reason", most=200)
    held.save(update_fields=["status", "cancelled_at", "cancelled_by", "reason"])
    trail.record(company=held.company, by=by, action="dunning.cancel", subject=held,
                 details={"date": held.date, "reason": held.reason})  # fmt: skip
    return held


@transaction.atomic
def cancel_notice(notice: DunningNotice, *, by: User, reason: str) -> None:
    """Take one letter back, as ``cancel`` does. Raises ``CancelledAlready``, ``LaterLevels``."""
    alone(notice.company)
    rows = DunningNotice.of(notice.company_id).select_related("company", "fee_entry__company")
    current = rows.get(pk=notice.pk)
    if current.cancelled_at is not None:
        raise CancelledAlready(number=current.number)
    _take_back([current], by=by, date=None)
    trail.record(company=notice.company, by=by, action="dunning.cancel_letter", subject=current,
                 details={"number": current.number,
                          "reason": one_line(reason, field="reason", most=200)})  # fmt: skip


def _take_back(notices: Sequence[DunningNotice], *, by: User, date: dt.date | None) -> None:
    for notice in notices:
        later = _later(notice)
        if later is not None:
            raise LaterLevels(number=notice.number, later=later.number)
        if notice.fee_entry is not None:
            cancel_items(notice.fee_entry, date=date or notice.fee_entry.date, by=by)
    ids = [notice.pk for notice in notices]
    company = notices[0].company_id if notices else 0
    DunningNotice.of(company).filter(pk__in=ids).update(cancelled_at=clock.now())
    DunningNoticeItem.of(company).filter(notice__in=ids).update(is_cancelled=True)


def _later(notice: DunningNotice) -> DunningNotice | None:
    mine = DunningNoticeItem.of(notice.company_id).filter(notice=notice, step__isnull=False)
    rows = DunningNoticeItem.of(notice.company_id).filter(
        item__in=mine.values("item"), is_cancelled=False, step__isnull=False,
        notice__number__gt=notice.number,
    )  # fmt: skip
    found = rows.select_related("notice").order_by("notice__number").first()
    return found.notice if found else None
