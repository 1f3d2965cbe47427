"""Posting suppliers' invoices (verbuchen), and reversing them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Final

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounting.ledger import posting
from accounting.ledger.entering import NotLiable, Reader
from accounting.ledger.models import Account
from accounting.open_items import opening, settling
from accounting.open_items.control import control_account
from accounting.open_items.models import OpenItem, Side
from accounting.open_items.opening import OWNER, NewItem, Party, open_items
from accounting.payables import accruing, charges, paying
from accounting.payables.drafting import TOLD, held
from accounting.payables.errors import Credited, DepositUsed, NotPosted
from accounting.payables.models import SupplierInvoice, SupplierInvoiceLine
from accounting.payables.obstacles import obstacles, require_none
from accounting.payables.reckoning import amounts_of, lines_of
from accounting.terms.queries import supplier_terms
from erp.access.models import User
from erp.audit import trail
from erp.core import clock
from erp.core.money import split_by, to_centimes
from erp.reference.queries import Rate
from vat.codes.models import VatSettings
from vat.codes.queries import exchange_rate

_Status, _Kind = SupplierInvoice.Status, SupplierInvoice.Kind
#: Rooms above hear that a posted invoice was reversed; ``by`` is who did.
after_reversal: Final[list[Callable[..., None]]] = []


def post(invoice: SupplierInvoice, *, by: User) -> SupplierInvoice:
    """Post an invoice that is held: its entry, what we owe, and what belongs to later times.

    A credit note is set off against the invoice it names, as far as that is open. Must run inside the
    transaction that holds the invoice, and last, as numbers are taken. Raises what ``obstacles``
    finds, ``PurposeMissing``, ``WrongControlAccount``, and what ``posting.post`` raises.
    """
    lines = lines_of(invoice)
    _hold_deposits(invoice, lines)
    require_none(obstacles(invoice, lines))
    reader = Reader(invoice.company)
    _require_liable(invoice, lines, reader)
    books = _books(invoice, reader)
    charged = charges.charge(invoice, lines, amounts_of(invoice, lines), books)
    if invoice.follows is not None and invoice.follows.entry_id is not None:
        entry_before = invoice.follows.entry_id  # its items come before numbers and the ledger
        settling.hold(invoice.company, OpenItem.of(invoice.company).filter(entry=entry_before))
    entry = posting.post(
        company=invoice.company, date=invoice.booked_on, lines=charged.lines, by=by,
        text=", ".join(filter(None, (invoice.contact.name, invoice.subject or str(invoice))))[:200],
        voucher=invoice.number, vouchers=[invoice.file] if invoice.file else [], source=OWNER,
        source_key=f"supplier_invoice:{invoice.pk}", owner=OWNER,
    )  # fmt: skip
    items = open_items(
        entry=entry, account=charged.lines[0].account, position=1, by=by, document=invoice.number,
        party=Party(invoice.contact.name, invoice.contact_id), document_date=invoice.date,
        items=_items(invoice),
    )  # fmt: skip
    invoice.entry, invoice.base, invoice.status = entry, charged.base, _Status.POSTED
    invoice.posted_at, invoice.version = clock.now(), invoice.version + 1
    invoice.save()
    if invoice.kind == _Kind.INVOICE:
        paying.instruct(invoice, items, by=by)
    if charged.later:
        accruing.note(charged.later, account=books.account(Account.Purpose.PREPAID_EXPENSES))
    trail.record(company=invoice.company, by=by, action="supplier_invoice.post", subject=invoice,
                 details=trail.filled(trail.values(invoice, *TOLD)))  # fmt: skip
    if invoice.kind == _Kind.CREDIT_NOTE:
        set_off(invoice, date=invoice.booked_on, by=by)
    return invoice


@transaction.atomic
def reverse(invoice: SupplierInvoice, *, date: dt.date, by: User) -> SupplierInvoice:
    """Undo a posted invoice by its mirror image (stornieren); what was released of it, too.

    Raises ``NotPosted``, ``DepositUsed``, ``Credited``, ``CreditUsed`` where a part is settled, and
    what ``posting.reverse`` raises.
    """
    now = held(invoice)
    if not now.is_posted or now.entry is None:
        raise NotPosted(document=str(now))
    rows = SupplierInvoiceLine.of(now.company).filter(
        deposit=now, invoice__status=_Status.POSTED
    )  # fmt: skip
    if used := rows.select_related("invoice").first():
        raise DepositUsed(document=str(now), by=str(used.invoice))
    if note := credit_notes_of(now).first():
        raise Credited(document=str(now), by=note.number)
    opening.cancel(now.entry, date=date, by=by, text=_("Reversed: %s") % now)
    accruing.take_back(now, date=date, by=by)
    now.status, now.version = _Status.REVERSED, now.version + 1
    now.save(update_fields=["status", "version"])
    trail.record(company=now.company, by=by, action="supplier_invoice.reverse", subject=now,
                 details={"number": now.number, "date": date})  # fmt: skip
    for hear in after_reversal:
        hear(now, by=by)
    return now


@transaction.atomic
def set_off(note: SupplierInvoice, *, date: dt.date, by: User) -> None:
    """Set a credit note off against its invoice, as far as both are open."""
    if note.follows is None or note.follows.entry_id is None or note.entry_id is None:
        return
    settling.set_off(
        note.company, entries=[note.follows.entry_id, note.entry_id], date=date, by=by,
        text=_("Set off: %s") % f"{note.number}, {note.follows.number}",
    )  # fmt: skip


def credit_notes_of(invoice: SupplierInvoice) -> QuerySet[SupplierInvoice]:
    """The posted credit notes of an invoice."""
    return SupplierInvoice.of(invoice.company_id).filter(
        follows=invoice, kind=_Kind.CREDIT_NOTE, status=_Status.POSTED
    ).order_by("pk")  # fmt: skip


def in_books(invoice: SupplierInvoice) -> Decimal:
    """What an invoice comes to in the company's currency, at its rate or that of its day."""
    return to_centimes(invoice.payable * rate_of(invoice))


def rate_of(invoice: SupplierInvoice) -> Decimal:
    """The exchange rate of an invoice: its own, else the official one of its date; 1 in our own currency."""
    if invoice.currency == invoice.company.currency:
        return Decimal(1)
    return invoice.exchange_rate or _official(invoice).value


def _official(invoice: SupplierInvoice) -> Rate:
    return exchange_rate(invoice.company, invoice.currency, invoice.date)


def _take_rate(invoice: SupplierInvoice) -> Decimal:
    """The rate that is booked with; the invoice keeps it, and where it comes from."""
    origin = invoice.follows
    if invoice.currency == invoice.company.currency:
        invoice.exchange_rate = None
    elif invoice.exchange_rate is None:
        official = _official(invoice)
        invoice.exchange_rate, invoice.rate_source = official.value, official.source
        invoice.rate_date = official.published
    elif origin is not None and origin.exchange_rate == invoice.exchange_rate:
        invoice.rate_source, invoice.rate_date = origin.rate_source, origin.rate_date
    return invoice.exchange_rate or Decimal(1)


def _books(invoice: SupplierInvoice, reader: Reader) -> charges.Books:
    """What the entry of an invoice needs of the books; a foreign one keeps the rate that was taken."""
    company, terms = invoice.company, supplier_terms(invoice.company, invoice.contact_id)
    control = control_account(reader, Side.PAYABLES, currency=invoice.currency,
                              agreed=terms.account if terms else None)  # fmt: skip
    rate = _take_rate(invoice)
    return charges.Books(
        control=control, by_purpose=reader.by_purpose, rate=rate,
        year_end=posting.open_year(company, invoice.booked_on).end,
        deducts=reader.method_on(invoice.booked_on) == VatSettings.Method.EFFECTIVE,
    )  # fmt: skip


def _items(invoice: SupplierInvoice) -> list[NewItem]:
    """What is owed, and until when: one item, or an instalment each."""
    sign, reference = invoice.sign, invoice.payment.get("reference", "")
    if invoice.instalments and invoice.kind == _Kind.INVOICE:
        parts = split_by(
            invoice.payable, [Decimal(str(percent)) for percent, _days in invoice.instalments]
        )
        return [
            NewItem(amount, invoice.date + dt.timedelta(days=int(days)), reference=reference,
                    text=_("Instalment %s") % nth)
            for nth, (amount, (_percent, days)) in enumerate(zip(parts, invoice.instalments, strict=True), 1)
        ]  # fmt: skip
    discount = invoice.terms_discount if invoice.kind == _Kind.INVOICE else None
    until = invoice.date + dt.timedelta(days=invoice.terms_discount_days or 0)
    return [
        NewItem(sign * invoice.payable, invoice.due_date, reference=reference,
                discount_percent=discount, discount_until=until if discount else None)
    ]  # fmt: skip


def _hold_deposits(invoice: SupplierInvoice, lines: Sequence[SupplierInvoiceLine]) -> None:
    """Whoever takes off the same deposits waits for us."""
    wanted = sorted({line.deposit_id for line in lines if line.deposit_id})
    if wanted:
        rows = SupplierInvoice.of(invoice.company_id).filter(pk__in=wanted)
        list(rows.select_for_update().order_by("pk").values_list("pk"))


def _require_liable(
    invoice: SupplierInvoice, lines: Sequence[SupplierInvoiceLine], reader: Reader
) -> None:
    coded = next((line for line in lines if line.vat_code_id is not None), None)
    method = reader.method_on(invoice.booked_on)
    if coded is not None and method == VatSettings.Method.NOT_LIABLE:
        raise NotLiable(field=f"lines[{coded.position - 1}].vat_code", date=invoice.booked_on)
