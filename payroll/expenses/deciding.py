"""Handing claims in, and deciding on them (Spesen einreichen, freigeben, zurückweisen): four eyes."""

from __future__ import annotations

from django.db import transaction

from accounting.hours.people import others_may
from erp.access.models import User
from erp.access.permissions import Permission
from erp.audit import trail
from erp.core import clock
from erp.core.texts import one_line
from payroll.expenses import notices
from payroll.expenses.claiming import held, lines_of, require_own
from payroll.expenses.models import ExpenseClaim
from payroll.expenses.refusals import (
    ChangedMeanwhile,
    NothingClaimed,
    NotSubmitted,
    NotYours,
    OwnClaim,
    ReasonMissing,
    ReceiptMissing,
)

_State = ExpenseClaim.State


@transaction.atomic
def submit(
    claim: ExpenseClaim, *, user: User, by: User, version: int | None = None
) -> ExpenseClaim:
    """Hand one's claim in; from now on it stays as it is.

    Raises ``NotYours``, ``NotChangeable``, ``ChangedMeanwhile``, ``NothingClaimed``, or ``ReceiptMissing``
    of the first line that needs one, with its place.
    """
    now = require_own(claim, user=user, version=version)
    lines = lines_of(now)
    if not lines:
        raise NothingClaimed(claim=str(now))
    for nth, line in enumerate(lines):
        if line.kind.needs_receipt and line.file_id is None:
            raise ReceiptMissing(field=f"lines[{nth}].file", text=line.text or line.kind.name,
                                 day=line.day)  # fmt: skip
    now.submitted_at, now.reason = clock.now(), ""
    now.decided_by = now.decided_at = None
    return _moved(now, _State.SUBMITTED, "submit", by=by)


@transaction.atomic
def withdraw(claim: ExpenseClaim, *, user: User, by: User) -> ExpenseClaim:
    """Take one's claim back that nobody has decided on. Raises ``NotYours`` or ``NotSubmitted``."""
    now = held(claim)
    if now.user_id != user.pk:
        raise NotYours(claim=str(now))
    if now.state != _State.SUBMITTED:
        raise NotSubmitted(claim=str(now), state=now.get_state_display())
    now.submitted_at = None
    return _moved(now, _State.DRAFT, "withdraw", by=by)


@transaction.atomic
def approve(claim: ExpenseClaim, *, by: User, version: int | None = None) -> ExpenseClaim:
    """Approve a claim: it may be booked. Nobody approves their own, unless they alone may approve.

    ``version`` is the one that was seen; None does not ask. Raises ``NotSubmitted``, ``OwnClaim`` or
    ``ChangedMeanwhile``.
    """
    now = _asked(claim, by, {_State.SUBMITTED}, version)
    now.decided_by, now.decided_at = by, clock.now()
    return _moved(now, _State.APPROVED, "approve", by=by)


@transaction.atomic
def reject(
    claim: ExpenseClaim, *, reason: str, by: User, version: int | None = None
) -> ExpenseClaim:
    """Send a claim back to be mended, also one that is approved and not booked; its owner is told by mail.

    ``version`` is the one that was seen; None does not ask. Raises ``ReasonMissing``, ``NotSubmitted``,
    ``OwnClaim`` or ``ChangedMeanwhile``.
    """
    why = one_line(reason, field="reason", most=400)
    if not why:
        raise ReasonMissing
    now = _asked(claim, by, {_State.SUBMITTED, _State.APPROVED}, version)
    now.decided_by, now.decided_at, now.reason = by, clock.now(), why
    notices.tell_returned(now, by=by)
    return _moved(now, _State.REJECTED, "reject", by=by)


def _asked(claim: ExpenseClaim, by: User, states: set[str], version: int | None) -> ExpenseClaim:
    now = held(claim)
    if now.state not in states:
        raise NotSubmitted(claim=str(now), state=now.get_state_display())
    if now.user_id == by.pk and others_may(now.company, Permission.EXPENSES_APPROVE, than=by):
        raise OwnClaim(claim=str(now))
    if version is not None and now.version != version:
        raise ChangedMeanwhile
    return now


def _moved(claim: ExpenseClaim, state: str, act: str, *, by: User) -> ExpenseClaim:
    claim.state, claim.version = state, claim.version + 1
    claim.save()
    trail.record(company=claim.company, by=by, action=f"expense_claim.{act}", subject=claim,
                 details=trail.filled(trail.values(claim, "number", "total", "reason")))  # fmt: skip
    return claim
