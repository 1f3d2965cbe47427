"""Approving hours (Stunden freigeben), and taking an approval back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.db import transaction

from accounting.hours import notices
from accounting.hours.entering import held
from accounting.hours.errors import ChangedMeanwhile, NotApproved, NotOpen, OwnHours
from accounting.hours.models import HourEntry
from accounting.hours.people import others_may
from erp.access.models import User
from erp.access.permissions import Permission
from erp.audit import trail
from erp.companies.models import Company
from erp.core import clock

_State = HourEntry.State


@transaction.atomic
def approve(
    *, company: Company, entries: Sequence[int], by: User, versions: Mapping[int, int] | None = None
) -> list[HourEntry]:
    """Approve hours by their ids: they stay as they are, and may be billed.

    ``versions`` are those that were seen, by id; None does not ask. Nobody approves their own, nor what
    they wrote last, unless they alone may approve. Ids that are none of the company's are left out.
    Returns what is approved. Raises ``NotOpen``, ``ChangedMeanwhile`` or ``OwnHours``; then nothing is
    approved.
    """
    found = held(company, entries)
    own = [one for one in found if by.pk in {one.user_id, one.changed_by_id}]
    for one in found:
        if not one.is_open:
            raise NotOpen(field="entries", entry=one)
    _require_seen(found, versions)
    if own and others_may(company, Permission.HOURS_APPROVE, than=by):
        raise OwnHours(entry=own[0])
    return _moved(company, found, _State.APPROVED, "hours.approve", by=by)


@transaction.atomic
def reopen(
    *, company: Company, entries: Sequence[int], by: User, versions: Mapping[int, int] | None = None
) -> list[HourEntry]:
    """Take the approval of hours back that are not billed; ``versions`` as for ``approve``.

    Whose they are is told by mail.

    Raises ``NotApproved`` or ``ChangedMeanwhile``.
    """
    found = held(company, entries)
    for one in found:
        if one.state != _State.APPROVED:
            raise NotApproved(entry=one)
    _require_seen(found, versions)
    notices.tell_reopened(company, found, by=by)
    return _moved(company, found, _State.OPEN, "hours.reopen", by=by)


def _require_seen(entries: Sequence[HourEntry], versions: Mapping[int, int] | None) -> None:
    if versions is not None and any(versions[one.pk] != one.version for one in entries):
        raise ChangedMeanwhile(field="entries")


def _moved(
    company: Company, entries: list[HourEntry], state: str, action: str, *, by: User
) -> list[HourEntry]:
    approved = state == _State.APPROVED
    for one in entries:
        one.state, one.version = state, one.version + 1
        one.approved_by, one.approved_at = (by, clock.now()) if approved else (None, None)
    if entries:
        HourEntry.unscoped.bulk_update(entries, ["state", "approved_by", "approved_at", "version"])
        trail.record_many(company=company, by=by, action=action, subjects=[
            (one, {"person": str(one.user), "project": str(one.project), "day": one.day,
                   "minutes": one.minutes})
            for one in entries
        ])  # fmt: skip
    return entries
