"""Issuing documents (fakturieren), and what may still be said of them afterwards."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from accounting.ledger import posting
from accounting.ledger.entering import NotLiable, PurposeMissing, Reader
from accounting.ledger.models import Account
from accounting.open_items import settling
from accounting.open_items.control import control_account
from accounting.open_items.models import OpenItem, Settlement, Side
from accounting.open_items.opening import OWNER, NewItem, Party, open_items
from accounting.qr.rules import CURRENCIES
from accounting.receivables import checking, checking_lines, defaults, drafting, making
from accounting.receivables.claims import Accounts, Claim, claim
from accounting.receivables.errors import (
    AccountMissing,
    CancelledAlready,
    CreditedFirst,
    CreditTooLarge,
    DeductedTooMuch,
    DepositUsed,
    NoBankAccount,
    NotADraft,
    NotDecided,
    NothingToBill,
    NotIssued,
    ReducedAlready,
    SlipImpossible,
    TextMissing,
    TotalNegative,
    WrongKind,
)
from accounting.receivables.lines import Kind
from accounting.receivables.models import DocumentLine, SalesDocument
from accounting.receivables.numbering import next_number
from accounting.receivables.paper import reasons, to_json
from accounting.receivables.papers import Printed, printed
from accounting.receivables.reckoning import amounts_of, lawful_rate, method_day
from accounting.receivables.slips import Part
from erp.access.models import User
from erp.audit import trail
from erp.companies.models import Company
from erp.core import clock
from erp.core.errors import DomainError, Refusals
from vat.codes.models import VatSettings
from vat.codes.queries import exchange_rate

#: Rooms above hear of each credit note that went out; ``by`` is who issued it.
after_credit: Final[list[Callable[..., None]]] = []
#: What has taken a part of a claim back already, and its tax.
REDUCTIONS: Final = (Settlement.Kind.DISCOUNT, Settlement.Kind.WRITE_OFF)
_Kind = SalesDocument.Kind
_Status = SalesDocument.Status
ROUNDED_UP = Decimal("0.05")  # what a part may come to more than it is


@transaction.atomic
def issue(document: SalesDocument, *, by: User) -> SalesDocument:
    """Let a draft go out (ausstellen): number it and freeze it; invoices and credit notes are posted.

    A credit note is set off against its invoice, as far as that is open.

    The number is taken and the entry posted under locks that are held until the commit, so call
    this last. The PDF is made afterwards (``archiving``), from what is frozen here. Returns the
    document. Raises ``NotADraft``, ``NothingToBill``, ``TextMissing``, ``AccountMissing``,
    ``TotalNegative``, ``NoBankAccount``, ``SlipImpossible``, ``DepositUsed``, ``NotLiable``,
    ``CreditedFirst``, ``CreditTooLarge``, ``TooLarge``, and what ``posting.post`` raises; then
    nothing is written.
    """
    now = drafting.held(document)
    if not now.is_draft:
        raise NotADraft(document=str(now))
    lines = drafting.lines_of(now)
    reader = Reader(now.company)
    _require_liable(now, lines, reader)
    _bring_up_to_date(now, lines, reader)
    amounts = amounts_of(now, lines)
    _refuse(_lacks(now, lines, amounts.payable))
    _require_creditable(now, amounts.payable)
    _require_deposits(now, lines)
    _set_rate(now)
    if now.kind == _Kind.INVOICE and amounts.payable:
        # Before the number is taken, which others wait for.
        _refuse(_without_slip(printed(now, lines)))
    claimed = _claim(now, lines, reader) if now.is_claim else None
    if claimed is not None:
        checking.require_room(*(line.debit or line.credit for line in claimed.lines))
    now.number = next_number(now.company, now.kind, now.date.year)
    now.status, now.issued_at = _Status.ISSUED, clock.now()
    paper = printed(now, lines)
    if claimed is not None and claimed.lines:
        _post(now, claimed, paper.owed, by=by)
    now.net, now.vat, now.payable = amounts.net, amounts.vat, amounts.payable
    now.base = claimed.base if claimed else now.payable
    now.paper = to_json(paper.paper)
    now.version += 1
    now.save()
    trail.record(company=now.company, by=by, action="document.issue", subject=now,
                 details=trail.filled(trail.values(now, "kind", "number", "date", "contact",
                                                   "currency", "payable")))  # fmt: skip
    if now.kind == _Kind.CREDIT_NOTE:
        set_off(now, date=now.date, by=by)
        for hear in after_credit:
            hear(now, by=by)
    return now


def _set_rate(document: SalesDocument) -> None:
    """The rate that is frozen: as typed, that of what the document follows, or the day's official one."""
    origin = document.follows
    if document.currency == document.company.currency:
        document.exchange_rate = None
    elif document.exchange_rate is None:
        official = exchange_rate(document.company, document.currency, document.date)
        document.exchange_rate, document.rate_source = official.value, official.source
        document.rate_date = official.published
    elif origin is not None and origin.exchange_rate == document.exchange_rate:
        document.rate_source, document.rate_date = origin.rate_source, origin.rate_date


@transaction.atomic
def cancel(invoice: SalesDocument, *, date: dt.date, by: User) -> SalesDocument:
    """Cancel an invoice by a credit note over all of it (Storno), set off against what is open.

    What was paid already stays open as a credit of the customer. Returns the credit note. Raises
    ``NotIssued``, ``WrongKind``, ``CancelledAlready``, ``ReducedAlready`` where a discount or
    write-off has taken a part back with its tax, and what ``issue`` raises.
    """
    now = drafting.held(invoice)
    if not now.is_issued:
        raise NotIssued
    if now.kind != _Kind.INVOICE:
        raise WrongKind(document=str(now))
    before = credit_notes_of(now)
    if before:
        raise CancelledAlready(document=str(now), by=", ".join(note.number for note in before))
    reduced = Settlement.of(now.company).filter(
        item__entry=now.entry_id, kind__in=REDUCTIONS, undone_by=None
    )
    if now.entry_id and reduced.exists():
        raise ReducedAlready(document=str(now))
    typed = making.credit(now, date=date)
    return issue(drafting.save(company=now.company, typed=typed, by=by), by=by)


@transaction.atomic
def set_off(note: SalesDocument, *, date: dt.date, by: User) -> None:
    """Set a credit note off against its invoice, as far as that is open."""
    if note.follows is None or note.follows.entry_id is None or note.entry_id is None:
        return
    settling.set_off(
        note.company, entries=[note.follows.entry_id, note.entry_id], date=date, by=by,
        text=_("Set off: %s") % f"{note.number}, {note.follows.number}",
    )  # fmt: skip


@transaction.atomic
def decide(document: SalesDocument, decision: str, *, by: User) -> SalesDocument:
    """Say what became of an offer or order (annehmen, ablehnen, abschliessen). Raises ``NotDecided``."""
    now = drafting.held(document)
    if not now.is_issued or now.is_claim:
        raise NotDecided
    if now.decision != decision:
        trail.record(company=now.company, by=by, action="document.decide", subject=now,
                     details={"decision": [now.decision, decision]})  # fmt: skip
        now.decision = decision
        now.version += 1
        now.save(update_fields=["decision", "version"])
    return now


def credit_notes_of(invoice: SalesDocument) -> list[SalesDocument]:
    """The credit notes that were issued for an invoice, or for a part of it."""
    rows = SalesDocument.of(invoice.company_id).filter(follows=invoice, kind=_Kind.CREDIT_NOTE)
    return list(rows.filter(status=_Status.ISSUED).order_by("pk"))


def obstacles(
    document: SalesDocument, lines: Sequence[DocumentLine], found: Printed
) -> list[DomainError]:
    """What keeps a draft from going out, as far as it can be seen beforehand."""
    payable = found.amounts.payable
    lacking = _lacks(document, lines, payable)
    wants_slip = document.kind == _Kind.INVOICE and payable > 0
    return [*lacking, *(_without_slip(found) if wants_slip else ())]


def _refuse(found: Sequence[DomainError]) -> None:
    if len(found) == 1:
        raise found[0]
    if found:
        raise Refusals(list(found))


def _bring_up_to_date(
    document: SalesDocument, lines: Sequence[DocumentLine], reader: Reader
) -> None:
    """Rates as the law has them now, whenever the draft was written."""
    changed = []
    for line in lines:
        rate = lawful_rate(document, line, reader)
        if line.kind == Kind.ITEM and rate != line.rate:
            line.rate = rate
            changed.append(line)
    DocumentLine.unscoped.bulk_update(changed, ["rate"])


def _lacks(
    document: SalesDocument, lines: Sequence[DocumentLine], payable: Decimal
) -> list[DomainError]:
    items = [line for line in lines if line.kind == Kind.ITEM]
    if not items:
        return [NothingToBill()]
    found: list[DomainError] = []
    for line in items:
        place = f"lines[{line.position - 1}]"
        if not line.text.strip():
            found.append(TextMissing(field=f"{place}.text", line=line.position))
        if document.is_claim and line.account is None:
            found.append(AccountMissing(field=f"{place}.account", line=line.position))
    if payable < 0:
        found.append(TotalNegative(value=payable))
    return found


def _require_liable(document: SalesDocument, lines: Sequence[DocumentLine], reader: Reader) -> None:
    """Who is not liable bills no VAT, even if a draft is older (MWSTG Art. 27)."""
    day = method_day(document)
    coded = next((line for line in lines if line.vat_code_id is not None), None)
    if coded is not None and not checking_lines.is_liable(document.company, reader, day):
        raise NotLiable(field=f"lines[{coded.position - 1}].vat_code", date=day)


def _require_creditable(note: SalesDocument, payable: Decimal) -> None:
    """Credit notes of an invoice are not earlier, and not more in all, but for their rounding.

    The items of the invoice are held from here on: they come before numbers and the ledger.
    """
    if note.kind != _Kind.CREDIT_NOTE or note.follows_id is None:
        return
    invoice = drafting.held(SalesDocument(company_id=note.company_id, pk=note.follows_id))
    if note.date < invoice.date:
        raise CreditedFirst(document=str(invoice), date=invoice.date)
    if used := making.deducted_on(invoice).first():
        raise DepositUsed(document=str(invoice), by=used.number)
    before = credit_notes_of(invoice)
    credited = sum((one.payable for one in before), Decimal(0))
    if credited + payable > invoice.payable + len(before) * ROUNDED_UP:
        raise CreditTooLarge(document=str(invoice), payable=invoice.payable, credited=credited)
    if invoice.entry is not None:
        settling.hold(note.company, OpenItem.of(note.company).filter(entry=invoice.entry))


def _require_deposits(document: SalesDocument, lines: Sequence[DocumentLine]) -> None:
    """A deposit is deducted once, as far as it was not credited; whoever else does waits for us."""
    wanted = sorted({line.deposit_id for line in lines if line.deposit_id})
    if not wanted or document.kind != _Kind.INVOICE:
        return
    deposits = SalesDocument.of(document.company_id).filter(pk__in=wanted)
    for deposit in deposits.select_for_update().order_by("pk"):
        used = making.deducted_on(deposit).exclude(pk=document.pk).first()
        if used is not None:
            raise DepositUsed(document=str(deposit), by=used.number)
        taken = -sum((one.amount for one in lines if one.deposit_id == deposit.pk), Decimal(0))
        left = sum(
            (rest for *_of, rest in making.left_of_deposit(deposit, document.basis)), Decimal(0)
        )
        if taken > left + ROUNDED_UP:
            raise DeductedTooMuch(value=taken, document=str(deposit), left=left)


def _without_slip(found: Printed) -> list[DomainError]:
    """An invoice goes out with its QR-bill, where its currency has one; or why it does not."""
    if found.paper.body.currency not in CURRENCIES:
        return []
    if not found.paper.bills:
        return [NoBankAccount(currency=found.paper.body.currency)]
    return [SlipImpossible(field=one.place, reason=str(one)) for one in reasons(found.paper)]


def _claim(document: SalesDocument, lines: Sequence[DocumentLine], reader: Reader) -> Claim:
    return claim(
        document, lines, amounts_of(document, lines), accounts=_accounts(document, reader),
        rate=document.exchange_rate or Decimal(1),
        splits_tax=reader.method_on(method_day(document)) == VatSettings.Method.EFFECTIVE,
    )  # fmt: skip


def _accounts(document: SalesDocument, reader: Reader) -> Accounts:
    purpose, company = Account.Purpose, document.company
    agreed = defaults.terms_of(company, document.contact).account
    control = control_account(reader, Side.RECEIVABLES, currency=document.currency, agreed=agreed)
    needed = [purpose.OUTPUT_TAX, purpose.ROUNDING_EXPENSE, purpose.ROUNDING_INCOME]
    for one in needed:
        if one not in reader.by_purpose:
            raise PurposeMissing(purpose=one.label)
    tax, expense, income = (reader.by_purpose[one] for one in needed)
    return Accounts(control, tax, expense, income)


def _post(document: SalesDocument, claimed: Claim, owed: Sequence[Part], *, by: User) -> None:
    """Post the entry of a document, and open what is owed by it."""
    company: Company = document.company
    entry = posting.post(
        company=company, date=document.date, text=f"{document}, {document.contact.name}"[:200],
        lines=claimed.lines, by=by, voucher=document.number, source=OWNER,
        source_key=f"document:{document.pk}", owner=OWNER,
    )  # fmt: skip
    document.entry = entry
    if not owed:
        return
    sign, single = document.sign, len(owed) == 1
    discount = document.terms_discount if single and document.kind == _Kind.INVOICE else None
    days = document.terms_discount_days or 0
    open_items(
        entry=entry, account=claimed.lines[0].account, by=by, document=document.number,
        party=Party(document.contact.name, document.contact_id), position=1,
        document_date=document.date,
        items=[
            NewItem(
                sign * part.amount, part.due_date, reference=part.reference,
                text=document.subject, discount_percent=discount,
                discount_until=document.date + dt.timedelta(days=days) if discount else None,
            )
            for part in owed
        ],
    )  # fmt: skip
