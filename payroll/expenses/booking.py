"""Booking approved claims (Spesen verbuchen): as a bill of creditors, or as movements of payroll.

The claim is free again when the bill is reversed, or the movements are taken back here; elsewhere these
stay as they are, so that nothing that is booked goes unpaid. A bill that its approvers send back is handed
in again, as visas are kept for good.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from accounting.payables import approving, drafting
from accounting.payables.models import SupplierInvoice
from accounting.payables.typed import TypedInvoice, TypedLine
from contacts.models import Contact
from erp.access.models import User
from erp.audit import trail
from erp.companies.models import Company, Module
from erp.core.display import swiss_date
from payroll.delivery.signing_in import employee_of
from payroll.expenses.claiming import held, lines_of
from payroll.expenses.models import ExpenseClaim, ExpenseLine
from payroll.expenses.refusals import (
    BillStands,
    CreditorsOff,
    MonthPosted,
    MovementOfClaim,
    NobodyPaid,
    NotApproved,
    NotAsClaimed,
    NotBooked,
    NoWageType,
    PayeeMissing,
    VatNeedsBill,
)
from payroll.runs import movements
from payroll.runs.beginning import hold_company
from payroll.runs.models import PayrollRun, Typed
from vat.codes.breakdown import Basis

_State, _Way = ExpenseClaim.State, ExpenseClaim.Way


def payee_of(claim: ExpenseClaim) -> Contact | None:
    """Whom a claim is paid to: the contact of the last one that was, else that of the employee."""
    earlier = ExpenseClaim.of(claim.company_id).filter(user=claim.user_id, bill__isnull=False)
    last = earlier.select_related("bill__contact").order_by("-number").first()
    if last is not None and last.bill is not None and last.bill.contact.archived_at is None:
        return last.bill.contact
    found = employee_of(claim.company, claim.user)
    return found.contact if found else None


@transaction.atomic
def book_as_bill(
    claim: ExpenseClaim, *, date: dt.date, by: User, contact: Contact | None = None
) -> ExpenseClaim:
    """Write and hand in a bill over a claim, with the person as the creditor; payment runs pay it.

    ``date`` is that of the bill; ``contact`` whom it is paid to, by default ``payee_of``. Amounts contain
    VAT. Raises ``NotApproved``, ``CreditorsOff``, ``PayeeMissing``, and what ``payables.drafting.save`` and
    ``approving.submit`` raise; then nothing is written.
    """
    now = _approved(claim)
    if not now.company.uses(Module.PAYABLES):
        raise CreditorsOff
    contact = contact or payee_of(now)
    if contact is None:
        raise PayeeMissing(person=str(now.user))
    lines = lines_of(now)
    with translation.override(now.company.language):
        typed = _bill(now, lines, contact, date)
    bill = drafting.save(company=now.company, typed=typed, by=by)
    bill = approving.submit(bill, by=by)
    now.state, now.way, now.bill, now.payee = _State.BOOKED, _Way.CREDITORS, bill, bill.contact
    return _noted(now, "book", by=by, way=now.way, document=bill.number)


@transaction.atomic
def book_as_movement(claim: ExpenseClaim, *, month: dt.date, by: User) -> ExpenseClaim:
    """Let a claim be paid with the wage of a month, by movements of its kinds' wage types.

    Raises ``NotApproved``, ``NobodyPaid``, ``NoWageType``, ``VatNeedsBill``, ``MonthPosted``, and what
    ``movements.add_all`` raises; then nothing is written.
    """
    now, month = _approved(claim), month.replace(day=1)
    employee = employee_of(now.company, now.user)
    if employee is None or not now.company.uses(Module.PAYROLL):
        raise NobodyPaid(person=str(now.user))
    rows = _movements(now)
    _require_unposted(now.company, month)
    movements.add_all(company=now.company, month=month, rows={employee.pk: rows}, by=by)
    now.state, now.way, now.employee, now.month = _State.BOOKED, _Way.PAYROLL, employee, month
    return _noted(now, "book", by=by, way=now.way, month=f"{month:%Y-%m}")


@transaction.atomic
def take_back(claim: ExpenseClaim, *, by: User) -> ExpenseClaim:
    """Take the movements of a booked claim away, so that it may be booked otherwise.

    Raises ``NotBooked``, ``BillStands`` of one that is a bill, or ``MonthPosted``.
    """
    now = held(claim)
    if now.state != _State.BOOKED:
        raise NotBooked(claim=str(now))
    employee, month = now.employee, now.month
    if employee is None or month is None:
        raise BillStands(bill=str(now.bill))
    _require_unposted(now.company, month)
    freed = _free(now, by=by)
    there = movements.of_month(now.company, month, only=[employee.pk]).get(employee.pk, [])
    left = [one for one in there if one.text != mark_of(now)]
    movements.save_person(company=now.company, employee=employee, month=month, rows=left, by=by)
    return freed


def hear_reversed(bill: SupplierInvoice, *, by: User) -> None:
    """A bill is reversed: the claim it pays may be booked again."""
    rows = ExpenseClaim.of(bill.company_id).select_for_update(of=("self",))
    for claim in rows.select_related("company", "user").filter(bill=bill):
        _free(claim, by=by)


def require_as_claimed(bill: SupplierInvoice) -> None:
    """A bill is handed in, again if it was sent back: it pays what was approved. Raises ``NotAsClaimed``."""
    rows = ExpenseClaim.of(bill.company_id).filter(bill=bill).select_related("company", "payee")
    for claim in rows:
        wanted = (claim.company.currency, claim.total, claim.payee_id)
        if (bill.currency, bill.payable, bill.contact_id) != wanted:
            raise NotAsClaimed(claim=str(claim), currency=claim.company.currency, total=claim.total,
                               payee=str(claim.payee))  # fmt: skip


def follow_payee(keep: Contact, gone: Contact) -> int:
    """Let the claims paid to a contact that is merged go over to the other; how many there were."""
    return ExpenseClaim.of(keep.company_id).filter(payee=gone).update(payee=keep)


def paid_any(contact: Contact) -> bool:
    """Whether claims are paid to a contact; then it is not deleted."""
    return ExpenseClaim.of(contact.company_id).filter(payee=contact).exists()


def require_kept(company: Company, month: dt.date) -> None:
    """Movements of a month were changed: those that pay claims stand. Raises ``MovementOfClaim``."""
    rows = ExpenseClaim.of(company).filter(month=month, state=_State.BOOKED)
    claims = list(rows.select_related("company", "user").order_by("number"))
    if not claims:
        return
    there = movements.of_month(
        company, month, only={one.employee_id for one in claims if one.employee_id}
    )
    for claim in claims:
        mine = [one for one in there.get(claim.employee_id or 0, []) if one.text == mark_of(claim)]
        if sum((one.amount or Decimal(0) for one in mine), Decimal(0)) != claim.total:
            raise MovementOfClaim(month=f"{month:%m.%Y}", claim=str(claim))


def bound(company: Company, month: dt.date) -> set[tuple[int, str]]:
    """Whose movements of a month pay claims, with their texts: no other month takes them over."""
    rows = ExpenseClaim.of(company).filter(month=month, state=_State.BOOKED)
    return {(claim.employee_id, mark_of(claim)) for claim in rows if claim.employee_id}


def mark_of(claim: ExpenseClaim) -> str:
    """What a claim is known by on a bill and on movements."""
    return f"SP-{claim.number}"


def _approved(claim: ExpenseClaim) -> ExpenseClaim:
    now = held(claim)
    if now.state != _State.APPROVED:
        raise NotApproved(claim=str(now), state=now.get_state_display())
    return now


def _require_unposted(company: Company, month: dt.date) -> None:
    hold_company(company)  # nobody posts the run between this look and the movements
    runs = PayrollRun.of(company).filter(
        month=month, kind=PayrollRun.Kind.REGULAR, status__in=PayrollRun.BOOKED
    )
    if runs.exists():
        raise MonthPosted(month=f"{month:%m.%Y}")


def _free(claim: ExpenseClaim, *, by: User) -> ExpenseClaim:
    claim.state, claim.way = _State.APPROVED, ""
    claim.bill = claim.payee = claim.employee = claim.month = None
    return _noted(claim, "free", by=by)


def _noted(claim: ExpenseClaim, act: str, *, by: User, **told: object) -> ExpenseClaim:
    claim.version += 1
    claim.save()
    trail.record(company=claim.company, by=by, action=f"expense_claim.{act}", subject=claim,
                 details={"number": claim.number, "total": claim.total, **told})  # fmt: skip
    return claim


def _bill(
    claim: ExpenseClaim, lines: Sequence[ExpenseLine], contact: Contact, date: dt.date
) -> TypedInvoice:
    receipts = [line.file_id for line in lines if line.file_id is not None]
    return TypedInvoice(
        contact=contact.pk, date=date, number=mark_of(claim),
        subject=_("Expenses %(number)s: %(title)s")[:140]
        % {"number": claim.number, "title": claim.title[:100]},
        currency=claim.company.currency, basis=Basis.GROSS, payable=claim.total,
        file=receipts[0] if receipts else None,
        lines=tuple(
            TypedLine(
                amount=line.amount, account=line.kind.account.number, text=_text(line),
                vat_code=_vat_of(line, claim.company.currency),
                supply_from=line.day, supply_until=line.day,
                cost_centre=line.cost_centre.number if line.cost_centre else None,
                cost_object=_cost_object(line),
            )
            for line in lines
        ),
    )  # fmt: skip


def _vat_of(line: ExpenseLine, currency: str) -> str:
    """The code by which input tax of a line is deducted; blank where it contains no Swiss VAT.

    ``currency`` is the company's: what was paid in another was spent abroad. A flat rate has no invoice.
    Source: MWSTG Art. 28.
    """
    if line.kind.vat_code is None or line.quantity is not None:
        return ""
    return line.kind.vat_code.code if line.currency == currency else ""


def _text(line: ExpenseLine) -> str:
    what = line.text or line.kind.name
    return f"{swiss_date(line.day)} {what}"[:140]


def _cost_object(line: ExpenseLine) -> str | None:
    """The cost object of a line, or that of its project."""
    if line.cost_object is not None:
        return str(line.cost_object.number)
    if line.project is not None and line.project.cost_object is not None:
        return str(line.project.cost_object.number)
    return None


def _movements(claim: ExpenseClaim) -> list[Typed]:
    """A claim as movements: one for each wage type and cost centre, known by the claim's number.

    Raises ``NoWageType`` or ``VatNeedsBill``.
    """
    sums: dict[tuple[int, str], Decimal] = {}
    for line in lines_of(claim):
        if line.kind.wage_type is None:
            raise NoWageType(name=line.kind.name)
        if _vat_of(line, claim.company.currency) and claim.company.uses(Module.VAT):
            raise VatNeedsBill(text=line.text or line.kind.name, day=line.day)
        centre = line.cost_centre.number if line.cost_centre else ""
        key = (line.kind.wage_type.number, centre)
        sums[key] = sums.get(key, Decimal(0)) + line.amount
    return [
        Typed(type=number, amount=amount, text=mark_of(claim), cost_centre=centre)
        for (number, centre), amount in sums.items()
    ]
