"""Handing invoices in, and approving them (Visum): who has to, and what they say.

A visa is given by name, by the approver or the deputy, never by who handed the invoice in. From
being handed in to being posted an invoice does not change, so that a visa stands for what was seen.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from decimal import Decimal
from typing import Final

from django.db import transaction
from django.db.models import QuerySet

from accounting.payables import booking, notices
from accounting.payables.drafting import held
from accounting.payables.errors import (
    NotADraft,
    NotAnApprover,
    NotSubmitted,
    NotYours,
    OwnInvoice,
    ReasonMissing,
    UnknownMember,
)
from accounting.payables.models import ApprovalRule, SupplierInvoice, SupplierInvoiceLine, Visa
from accounting.payables.obstacles import obstacles, require_none
from accounting.payables.reckoning import lines_of
from erp.access.models import User
from erp.access.permissions import Permission
from erp.access.rights import held_by
from erp.audit import trail
from erp.companies.models import Company
from erp.core import clock
from erp.core.errors import DomainError, Refusals
from erp.core.texts import one_line

MOST_AT_ONCE: Final = 50
_Status, _State = SupplierInvoice.Status, Visa.State
#: Rooms above are asked before an invoice is handed in; what they raise refuses it.
before_submit: Final[list[Callable[[SupplierInvoice], None]]] = []


@transaction.atomic
def submit(invoice: SupplierInvoice, *, by: User) -> SupplierInvoice:
    """Hand a draft in (einreichen): to those who approve it, or where nobody has to, to the books.

    Returns the invoice, waiting or posted. Raises ``NotADraft``, what ``obstacles`` finds and
    ``before_submit`` raise, and where it is posted what ``booking.post`` raises; then nothing is written.
    """
    now = held(invoice)
    if not now.is_draft:
        raise NotADraft(document=str(now))
    lines = lines_of(now)
    require_none(obstacles(now, lines))
    for ask in before_submit:
        ask(now)
    now.submitted_by, now.rejected_because = by, ""
    rules = wanted(now.company, booking.in_books(now), lines)
    if not rules:
        return booking.post(now, by=by)
    now.round, now.status, now.version = now.round + 1, _Status.SUBMITTED, now.version + 1
    now.save()
    Visa.unscoped.bulk_create(
        Visa(company=now.company, invoice=now, round=now.round, position=rule.position,
             approver=rule.approver, deputy=rule.deputy)
        for rule in rules
    )  # fmt: skip
    trail.record(company=now.company, by=by, action="supplier_invoice.submit", subject=now,
                 details={"number": now.number, "payable": now.payable,
                          "approvers": ", ".join(str(rule.approver) for rule in rules)})  # fmt: skip
    return now


@transaction.atomic
def approve(invoice: SupplierInvoice, *, by: User) -> SupplierInvoice:
    """Give one's visa; the last one posts the invoice.

    Where the books do not take it, in a locked period for example, it stays approved, and
    ``post_approved`` tries again. Returns the invoice. Raises ``NotSubmitted``, ``NotYours`` or
    ``OwnInvoice``.
    """
    now, visa = _asked(invoice, by)
    visa.state, visa.decided_by, visa.decided_at = _State.GIVEN, by, clock.now()
    visa.save()
    trail.record(company=now.company, by=by, action="supplier_invoice.approve", subject=now,
                 details={"number": now.number, "payable": now.payable})  # fmt: skip
    if visas(now).filter(round=now.round, state=_State.WANTED).exists():
        return now
    now.status, now.version = _Status.APPROVED, now.version + 1
    now.save(update_fields=["status", "version"])
    try:
        with transaction.atomic():
            return booking.post(held(now), by=by)
    except DomainError:
        return held(now)


def each(
    company: Company, ids: Collection[int], *, by: User, approves: bool
) -> list[tuple[SupplierInvoice, Sequence[DomainError]]]:
    """Hand invoices in, or approve them, each by itself, by date; with what was refused of each.

    What is no invoice of the company is left out, as are patterns of recurring ones.
    """
    act = approve if approves else submit
    found: list[tuple[SupplierInvoice, Sequence[DomainError]]] = []
    rows = SupplierInvoice.of(company).filter(pk__in=ids).exclude(status=_Status.PATTERN)
    for invoice in rows.select_related("contact").order_by("date", "pk"):
        refusals: Sequence[DomainError] = ()
        try:
            with transaction.atomic():
                act(invoice, by=by)
        except DomainError as refusal:
            refusals = refusal.refusals if isinstance(refusal, Refusals) else (refusal,)
        found.append((invoice, refusals))
    return found


@transaction.atomic
def reject(invoice: SupplierInvoice, *, reason: str, by: User) -> SupplierInvoice:
    """Send an invoice back to be mended (zurückweisen); other visas of the round are void.

    Who handed it in is told by mail.
    Raises ``ReasonMissing``, ``NotSubmitted``, ``NotYours`` or ``OwnInvoice``.
    """
    why = one_line(reason, field="reason", most=400)
    if not why:
        raise ReasonMissing
    now, visa = _asked(invoice, by)
    visa.state, visa.decided_by, visa.decided_at, visa.reason = _State.REFUSED, by, clock.now(), why
    visa.save()
    trail.record(company=now.company, by=by, action="supplier_invoice.reject", subject=now,
                 details={"number": now.number, "reason": why})  # fmt: skip
    notices.tell_returned(now, by=by)
    return _back(now, because=why)


@transaction.atomic
def withdraw(invoice: SupplierInvoice, *, by: User) -> SupplierInvoice:
    """Take an invoice back that is handed in but not posted; its visas are void. Raises ``NotSubmitted``."""
    now = held(invoice)
    if now.status not in {_Status.SUBMITTED, _Status.APPROVED}:
        raise NotSubmitted(document=str(now))
    trail.record(company=now.company, by=by, action="supplier_invoice.withdraw", subject=now,
                 details={"number": now.number})  # fmt: skip
    return _back(now, because="")


@transaction.atomic
def post_approved(invoice: SupplierInvoice, *, by: User) -> SupplierInvoice:
    """Post an approved invoice that the books did not take before. Raises ``NotSubmitted`` and what
    ``booking.post`` raises."""
    now = held(invoice)
    if now.status != _Status.APPROVED:
        raise NotSubmitted(document=str(now))
    return booking.post(now, by=by)


def visas(invoice: SupplierInvoice) -> QuerySet[Visa]:
    """All visas of an invoice, the latest round first."""
    rows = Visa.of(invoice.company_id).filter(invoice=invoice)
    return rows.select_related("approver", "deputy", "decided_by").order_by(
        "-round", "position", "pk"
    )


def waiting_for(company: Company, user: User) -> QuerySet[SupplierInvoice]:
    """The invoices that wait for the visa of somebody, or of whom they stand in for."""
    mine = Visa.of(company).filter(state=_State.WANTED)
    mine = mine.filter(approver=user) | mine.filter(deputy=user)
    return SupplierInvoice.of(company).filter(
        pk__in=mine.values("invoice"), status=_Status.SUBMITTED
    ).exclude(submitted_by=user)  # fmt: skip


def wanted(
    company: Company, amount: Decimal, lines: Sequence[SupplierInvoiceLine]
) -> list[ApprovalRule]:
    """The rules that an invoice of ``amount``, in the company's currency, meets; each approver once."""
    centres = {line.cost_centre_id for line in lines}
    rows = ApprovalRule.of(company).filter(from_amount__lte=amount)
    found: dict[int, ApprovalRule] = {}
    for rule in rows.select_related("approver", "deputy").order_by("position", "pk"):
        if rule.cost_centre_id is None or rule.cost_centre_id in centres:
            found.setdefault(rule.approver_id, rule)
    return list(found.values())


# --- the rules ------------------------------------------------------------------------------------
@transaction.atomic
def save_rule(rule: ApprovalRule, *, by: User) -> ApprovalRule:
    """Add or change a rule of approval. Raises ``NotAnApprover`` or ``UnknownMember``."""
    people = {"approver": rule.approver_id, "deputy": rule.deputy_id}
    rights = held_by([pk for pk in people.values() if pk], rule.company)
    for field, pk in people.items():
        if pk is None:
            continue
        if not rights[pk].rights:
            raise UnknownMember(field=field, value=pk)
        if Permission.PAYABLES_APPROVE not in rights[pk].rights:
            raise NotAnApprover(field=field, name=str(User.objects.get(pk=pk)))
    before = ApprovalRule.of(rule.company).filter(pk=rule.pk).first() if rule.pk else None
    rule.save()
    told = _told(rule)
    details = trail.changes(_told(before), told) if before else trail.filled(told)
    if details:
        trail.record(company=rule.company, by=by, action="approval_rule.save", subject=rule,
                     details=details)  # fmt: skip
    return rule


@transaction.atomic
def delete_rule(rule: ApprovalRule, *, by: User) -> None:
    """Take a rule away; visas that are wanted already stay wanted."""
    trail.record(company=rule.company, by=by, action="approval_rule.delete", subject=rule,
                 details=trail.filled(_told(rule)))  # fmt: skip
    rule.delete()


def approvers(company: Company, people: Iterable[User]) -> list[User]:
    """Those of some people who may approve invoices."""
    rows = list(people)
    rights = held_by([one.pk for one in rows], company)
    return [one for one in rows if Permission.PAYABLES_APPROVE in rights[one.pk].rights]


def _told(rule: ApprovalRule) -> dict[str, object]:
    told: dict[str, object] = trail.values(rule, "position", "from_amount", "cost_centre")
    return told | {"approver": str(rule.approver), "deputy": str(rule.deputy or "")}


def _asked(invoice: SupplierInvoice, by: User) -> tuple[SupplierInvoice, Visa]:
    """The invoice, held, and the visa that is wanted of somebody."""
    now = held(invoice)
    if now.status != _Status.SUBMITTED:
        raise NotSubmitted(document=str(now))
    rows = visas(now).filter(round=now.round, state=_State.WANTED)
    found = rows.filter(approver=by).first() or rows.filter(deputy=by).first()
    if found is None:
        raise NotYours(document=str(now))
    if now.submitted_by_id == by.pk:
        raise OwnInvoice(document=str(now))
    return now, found


def _back(invoice: SupplierInvoice, *, because: str) -> SupplierInvoice:
    visas(invoice).filter(state=_State.WANTED).update(state=_State.VOID)
    invoice.status, invoice.rejected_because = _Status.DRAFT, because
    invoice.version += 1
    invoice.save(update_fields=["status", "rejected_because", "version"])
    return invoice
