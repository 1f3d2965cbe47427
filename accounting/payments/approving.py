"""Approving a payment run (freigeben), taking it back, cancelling it (PAY-1, PAY-2, PAY-6)."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounting.payments import four_eyes
from accounting.payments.checking import Checked, checked
from accounting.payments.digest import digest_of
from accounting.payments.drafting import editing, held_run
from accounting.payments.models import PayeeAccount, PaymentRun, RunItem, RunPayment
from accounting.payments.payees import Whose, accounts_of
from accounting.payments.refusals import (
    ContentChanged,
    FaultInRun,
    NothingToPay,
    NotOpenToChange,
    NotReady,
    NotRejected,
)
from erp.access.models import User
from erp.audit import trail
from erp.core import clock
from erp.core.errors import DomainError, raise_all

Status = PaymentRun.Status


class ReasonMissing(DomainError):
    code = "payments.reason_missing"
    message = _("Say why. Who looks at the run later will ask.")
    field = "reason"


@transaction.atomic
def approve(run: PaymentRun, *, seen: str, by: User) -> PaymentRun:
    """Approve a draft as it was seen: ``seen`` is its digest on the page (``digest.digest_of``).

    The approver is neither who created it or changed it last, nor who gave bank details in it, unless
    the company waives that (``four_eyes.waiver_for``), which is kept on the run. Of several at once one
    comes through. Raises ``NotReady``, ``ContentChanged``, ``NothingToPay``, ``FaultInRun`` (several as
    ``Refusals``) or ``NeedsAnother``.
    """
    held = held_run(run)
    if not held.is_draft:
        raise NotReady(number=held.number, status=held.get_status_display())
    digest = digest_of(held)
    if seen != digest:
        raise ContentChanged
    rows = checked(held)
    if not rows:
        raise NothingToPay(date=held.date)
    require_faultless(rows)
    payees = accounts_of(held.company, {_whose(row.payment) for row in rows})
    waiver = four_eyes.waiver_for(held.company, by=by, involved=_involved(held, rows, payees))
    changed = PaymentRun.of(held.company_id).filter(pk=held.pk, status=Status.DRAFT).update(
        status=Status.APPROVED, digest=digest, waiver=waiver, approved_at=clock.now(), approved_by=by,
    )  # fmt: skip
    if not changed:
        raise NotReady(number=held.number, status=held.get_status_display())
    _know(held, rows, payees, by)
    trail.record(company=held.company, by=by, action="payment_run.approve", subject=held,
                 details=trail.filled({"digest": digest, "waiver": waiver, "count": len(rows)}))  # fmt: skip
    return held_run(held)


def require_faultless(rows: list[Checked]) -> None:
    """Raises ``FaultInRun`` for each payment that cannot go out."""
    faults: list[DomainError] = [
        FaultInRun(payee=row.payment.payee, amount=row.payment.amount, reason=str(fault))
        for row in rows for fault in row.faults
    ]  # fmt: skip
    raise_all(faults)


def _whose(payment: RunPayment) -> Whose:
    return Whose.of(payment.contact_id, payment.party)


def _involved(
    held: PaymentRun, rows: list[Checked], payees: dict[Whose, dict[str, PayeeAccount]]
) -> set[int]:
    """Who prepared the run, changed it last, or gave an account that it pays to."""
    found = {held.created_by_id, held.changed_by_id}
    for row in rows:
        found.add(row.payment.details_by_id)
        account = payees.get(_whose(row.payment), {}).get(row.payment.account)
        if account is not None and account.status == PayeeAccount.Status.FIRST:
            found.add(account.changed_by_id)
    return {pk for pk in found if pk is not None}


def _know(
    held: PaymentRun, rows: list[Checked], payees: dict[Whose, dict[str, PayeeAccount]], by: User
) -> None:
    """First accounts are good for good from now on: a second person has seen them."""
    now, new = clock.now(), {}
    for row in rows:
        whose = _whose(row.payment)
        kept = payees.get(whose, {}).get(row.payment.account)
        if kept is None:
            new[whose, row.payment.account] = PayeeAccount(
                company=held.company, contact_id=whose.contact, party=whose.party,
                account=row.payment.account, status=PayeeAccount.Status.APPROVED, changed_at=now,
                changed_by=held.created_by, decided_at=now, decided_by=by, waiver=held.waiver,
            )  # fmt: skip
        elif kept.status == PayeeAccount.Status.FIRST:
            kept.status, kept.decided_at, kept.decided_by = PayeeAccount.Status.APPROVED, now, by
            kept.save(update_fields=["status", "decided_at", "decided_by"])
    PayeeAccount.unscoped.bulk_create(new.values(), batch_size=1000)


@transaction.atomic
def reopen(run: PaymentRun, *, by: User) -> PaymentRun:
    """Take an approval back; the run is a draft again. Raises ``NotOpenToChange``."""
    return editing(run, by=by)


@transaction.atomic
def cancel(run: PaymentRun, *, reason: str, by: User) -> PaymentRun:
    """Cancel a run that is not booked; what it would have paid can be proposed again.

    Of an exported one the bank must know that it shall not pay. Raises ``ReasonMissing`` or
    ``NotOpenToChange``.
    """
    if not reason.strip():
        raise ReasonMissing
    held = held_run(run)
    booked = RunPayment.of(held.company_id).filter(run=held, booked_entry__isnull=False).exists()
    if held.status not in PaymentRun.LIVE or booked:
        raise NotOpenToChange(number=held.number, status=held.get_status_display())
    held.status, held.reason = Status.CANCELLED, reason.strip()[:200]
    held.cancelled_at, held.cancelled_by = clock.now(), by
    held.save(update_fields=["status", "reason", "cancelled_at", "cancelled_by"])
    RunItem.of(held.company_id).filter(run=held).update(is_live=False)
    trail.record(company=held.company, by=by, action="payment_run.cancel", subject=held,
                 details={"reason": held.reason})  # fmt: skip
    return held


@transaction.atomic
def give_back(run: PaymentRun, *, payment: int, by: User) -> PaymentRun:
    """Let what the bank did not pay of an exported run be proposed again. Raises ``NotRejected``."""
    held = held_run(run)
    found = RunPayment.of(held.company_id).filter(run=held, pk=payment, booked_entry=None).first()
    if held.status != Status.EXPORTED or found is None:
        raise NotRejected
    RunItem.of(held.company_id).filter(payment=found).update(is_live=False)
    trail.record(company=held.company, by=by, action="payment_run.change", subject=held,
                 details={"gone": f"{found.party} {found.amount}"})  # fmt: skip
    return held
