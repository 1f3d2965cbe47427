"""The QR-bills of an invoice (Zahlteile): one for the whole, or one for each instalment."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from accounting.banking.models import BankAccount
from accounting.qr import billing
from accounting.qr.bill import Bill, Party, ReferenceType
from accounting.qr.references import make_qrr, make_scor
from accounting.qr.rules import TEXT_LENGTH
from accounting.receivables.amounts import Amounts
from accounting.receivables.lines import Kind
from accounting.receivables.models import DocumentLine, SalesDocument
from accounting.receivables.paper.values import Sender
from accounting.receivables.reckoning import supplied
from accounting.receivables.splitting import instalments
from erp.core.money import to_centimes


@dataclass(frozen=True, slots=True)
class Part:
    """What is to be paid until a day: the whole of an invoice, or an instalment of it."""

    amount: Decimal
    due_date: dt.date
    reference: str


def parts(document: SalesDocument, payable: Decimal, bank: BankAccount | None) -> list[Part]:
    """The instalments of an invoice, with their references; one where there are none."""
    agreed = [(Decimal(str(percent)), int(days)) for percent, days in document.instalments]
    agreed = agreed or [(Decimal(100), document.net_days)]
    shares = instalments(payable, weights=[percent for percent, _days in agreed],
                         five_centimes=document.five_centimes)  # fmt: skip
    return [
        Part(share, document.date + dt.timedelta(days=days), _reference(document, nth, bank))
        for nth, ((_percent, days), share) in enumerate(zip(agreed, shares, strict=True), 1)
        if share
    ]


def _reference(document: SalesDocument, nth: int, bank: BankAccount | None) -> str:
    """A reference that no other part of a document has: it is made of the document's id.

    A draft that was never stored has none; that of id 0 stands in its place.
    """
    if bank is None:
        return ""
    own = f"{document.pk or 0}{nth:02}"
    if bank.qr_iban:
        return make_qrr(own, customer=str(document.contact.number))
    return make_scor(own)


def bills(
    document: SalesDocument, lines: Sequence[DocumentLine], amounts: Amounts, *,
    bank: BankAccount | None, owed: Sequence[Part], sender: Sender, creditor: Party,
    debtor: Party | None, ebill: str = "",
) -> tuple[Bill, ...]:  # fmt: skip
    """The QR-bills of an invoice; none where nothing is to be paid, or no account is known."""
    if bank is None or document.kind != SalesDocument.Kind.INVOICE:
        return ()
    message = document.number
    information, _dropped = billing.fitted(
        _information(document, lines, amounts, sender), room=TEXT_LENGTH - len(message)
    )
    left_open = document.open_amount_on_slip and len(owed) == 1
    kind = ReferenceType.QRR if bank.qr_iban else ReferenceType.SCOR
    return tuple(
        Bill(
            iban=bank.qr_iban or bank.iban, creditor=creditor, currency=document.currency,
            amount=None if left_open else part.amount, debtor=debtor, reference_type=kind,
            reference=part.reference, message=message, billing=information,
            procedures=(f"eBill/B/{ebill}",) if ebill else (),
        )
        for part in owed
    )  # fmt: skip


def _information(
    document: SalesDocument, lines: Sequence[DocumentLine], amounts: Amounts, sender: Sender
) -> billing.Information:
    """What the payer's program may read; VAT only of who is liable to it."""
    days = [supplied(document, line) for line in lines if line.kind == Kind.ITEM]
    start = min((first for first, _last in days), default=document.date)
    end = max((last or first for first, last in days), default=start)
    taxed = [group for group in amounts.groups if group.rate] if sender.vat_liable else []
    whole = len(taxed) == 1 and len(amounts.groups) == 1
    conditions = [billing.Condition(Decimal(0), document.net_days)]
    if document.terms_discount is not None and document.terms_discount_days is not None:
        conditions.insert(
            0, billing.Condition(document.terms_discount, document.terms_discount_days)
        )
    return billing.Information(
        invoice_number=document.number, invoice_date=document.date,
        customer_reference=document.customer_reference,
        uid=sender.uid if sender.vat_liable else "",
        supply_from=start, supply_until=end if end != start else None,
        vat_rate=taxed[0].rate if whole else None,
        vat=() if whole else tuple(billing.RateAmount(g.rate, to_centimes(g.net)) for g in taxed),
        conditions=() if document.instalments else tuple(conditions),
    )  # fmt: skip
