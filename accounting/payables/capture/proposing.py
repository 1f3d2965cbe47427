"""What is filled in when a document is captured (Vorschläge für die Maske): values, and where they come from."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounting.ledger.models import EntryVoucher
from accounting.payables.capture import keeping, reading, registry, suppliers
from accounting.payables.capture.einvoices import EInvoice
from accounting.payables.capture.keeping import Found
from accounting.payables.capture.models import InboxDocument
from accounting.payables.capture.payloads import ReadBill
from accounting.payables.capture.registry import Duplicate, Past, Traits
from accounting.payables.capture.remarks import Remark, Weight
from accounting.payables.capture.suppliers import Supplier
from accounting.qr.bill import Party, ReferenceType
from accounting.qr.references import format_reference
from contacts import keys
from erp.companies.models import Company
from erp.core.errors import DomainError
from erp.core.identifiers import NotAUid, parse_uid

MOST_ALIKE: Final = 5  # other documents that are told


class Source(StrEnum):
    """Where the values come from."""

    QR = "qr"
    EINVOICE = "einvoice"
    NOTHING = "nothing"


class AddressedToOthers(DomainError):
    code = "capture.addressed_to_others"
    message = gettext_lazy("The bill is addressed to “%(value)s”, not to “%(company)s”. Make sure that it is yours "
                           "to pay.")  # fmt: skip
    field = "debtor"


@dataclass(frozen=True, slots=True)
class VatGroup:
    """VAT of one rate in percent. ``net`` None: the rate holds for the whole bill."""

    rate: Decimal
    net: Decimal | None
    tax: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Discount:
    """``percent`` may be taken off within ``days``; ``until`` is the last day, where the date is known."""

    percent: Decimal
    days: int
    until: dt.date | None


@dataclass(frozen=True, slots=True)
class Values:
    """What a bill says of itself; blank or None where it does not.

    Amounts are in ``currency`` and with VAT, but for the nets of ``vat``. ``reference_type`` is QRR,
    SCOR or NON. ``import_vat`` is the tax itself. ``payee`` has the structured address.
    """

    source: Source = Source.NOTHING
    number: str = ""
    date: dt.date | None = None
    due_date: dt.date | None = None
    net_days: int | None = None
    discounts: tuple[Discount, ...] = ()
    currency: str = ""
    amount: Decimal | None = None
    is_credit_note: bool = False
    iban: str = ""
    reference_type: str = ReferenceType.NON
    reference: str = ""
    message: str = ""
    payee: Party | None = None
    debtor: Party | None = None
    uid: str = ""
    customer_reference: str = ""
    supply_from: dt.date | None = None
    supply_until: dt.date | None = None
    vat: tuple[VatGroup, ...] = ()
    import_vat: tuple[VatGroup, ...] = ()
    procedures: tuple[str, ...] = ()
    remarks: tuple[Remark, ...] = ()

    @property
    def reference_shown(self) -> str:
        """The reference as it is printed, in groups."""
        return format_reference(self.reference) if self.reference else ""


@dataclass(frozen=True, slots=True)
class Captured:
    """A document as it is proposed to whoever captures it.

    ``suppliers`` are who may have sent it, the likeliest first; ``supplier`` is the one to fill in, or
    None where a person chooses. ``past`` is what that one's bills were booked on. ``nth`` of
    ``bills`` is the code that the values are of. ``remarks`` are about file and values together.
    """

    document: InboxDocument
    values: Values
    suppliers: tuple[Supplier, ...] = ()
    supplier: Supplier | None = None
    past: Past | None = None
    duplicates: tuple[Duplicate, ...] = ()
    remarks: tuple[Remark, ...] = ()
    nth: int = 0
    bills: int = 0
    pages: int = 0
    page: int = 1


def propose(company: Company, document: InboxDocument, *, nth: int = 0) -> Captured:
    """What a document says, who sent it, and what may be the same (Vorschlag).

    ``nth`` chooses among several bills of one file, from 0. Nothing is written. At most nine queries
    beside those of rooms above.
    """
    found = reading.found_in(document)
    nth = nth if 0 <= nth < len(found.bills) else 0
    values = _values(found, nth)
    who = suppliers.suppliers(
        company, name=values.payee.name if values.payee else "", iban=values.iban, uid=values.uid,
        postcode=values.payee.postcode if values.payee else "",
    )  # fmt: skip
    supplier = suppliers.chosen(who)
    past = registry.past_of(company, [supplier.contact.pk]) if supplier else {}
    return Captured(
        document=document, values=values, suppliers=tuple(who), supplier=supplier,
        past=past.get(supplier.contact.pk) if supplier else None,
        duplicates=_duplicates(company, document, values, who),
        remarks=(*_about_file(document, found), *values.remarks, *_about_debtor(company, values)),
        nth=nth, bills=len(found.bills), pages=found.pages,
        page=found.bills[nth][0] if found.bills else 1,
    )  # fmt: skip


def _values(found: Found, nth: int) -> Values:
    if found.bills:
        return _of_code(found.bills[nth][1])
    return _of_data(found.einvoice) if found.einvoice else Values()


def _of_code(read: ReadBill) -> Values:
    bill, told = read.bill, read.information
    net = next((one.days for one in told.conditions if not one.discount), None)
    vat = tuple(VatGroup(one.rate, one.amount) for one in told.vat)
    if not vat and told.vat_rate is not None:
        vat = (VatGroup(told.vat_rate, None),)
    return Values(
        Source.QR, number=told.invoice_number, date=told.invoice_date, due_date=_after(told.invoice_date, net),
        net_days=net, discounts=tuple(
            Discount(one.discount, one.days, _after(told.invoice_date, one.days))
            for one in told.conditions if one.discount
        ),
        currency=bill.currency, amount=bill.amount, iban=bill.iban, reference_type=bill.reference_type,
        reference=bill.reference, message=bill.message, payee=bill.creditor, debtor=bill.debtor, uid=read.uid,
        customer_reference=told.customer_reference, supply_from=told.supply_from, supply_until=told.supply_until,
        vat=vat, import_vat=tuple(VatGroup(one.rate, None, one.amount) for one in told.import_vat),
        procedures=bill.procedures, remarks=read.remarks,
    )  # fmt: skip


def _of_data(data: EInvoice) -> Values:
    try:
        uid = parse_uid(data.vat_id) if data.vat_id.upper().startswith("CHE") else ""
    except NotAUid:
        uid = ""
    given = data.due_date is not None and data.date is not None and data.due_date >= data.date
    net = (data.due_date - data.date).days if given else None  # type: ignore[operator]
    return Values(
        Source.EINVOICE, number=data.number, date=data.date, due_date=data.due_date, net_days=net,
        currency=data.currency, amount=data.total, is_credit_note=data.is_credit_note, iban=data.iban,
        message=data.reference, uid=uid,
        payee=Party(data.supplier, data.postcode, data.town, data.country, data.street),
        vat=tuple(VatGroup(one.rate, one.base, one.tax) for one in data.taxes),
    )  # fmt: skip


def _after(day: dt.date | None, days: int | None) -> dt.date | None:
    return day + dt.timedelta(days=days) if day is not None and days is not None else None


def _about_file(document: InboxDocument, found: Found) -> tuple[Remark, ...]:
    refusal = keeping.refusal_restored(document.refusal)
    return (*([Remark(Weight.ERROR, refusal)] if refusal else []), *found.remarks)


def _about_debtor(company: Company, values: Values) -> tuple[Remark, ...]:
    """Whether a bill is addressed to somebody who shares no word of the name with the company."""
    debtor = values.debtor
    if debtor is None or set(keys.words(debtor.name)) & set(keys.words(company.name)):
        return ()
    return (
        Remark(Weight.WARNING, AddressedToOthers(value=debtor.name[:70], company=company.name)),
    )


def _duplicates(
    company: Company, document: InboxDocument, values: Values, who: list[Supplier]
) -> tuple[Duplicate, ...]:
    traits = Traits(
        tuple(one.contact.pk for one in who), values.number, values.date, values.currency, values.amount,
        values.iban, values.reference, document.file_id,
    )  # fmt: skip
    return (
        *registry.duplicates_of(company, traits),
        *_vouchers(company, document),
        *_alike(company, document, values),
    )


def _vouchers(company: Company, document: InboxDocument) -> list[Duplicate]:
    """Entries that have the very same file as their voucher."""
    rows = EntryVoucher.of(company).filter(file=document.file_id).select_related("entry")
    return [
        Duplicate(
            str(one.entry), reverse("entry", args=[company.pk, one.entry_id]), (_("same file"),)
        )
        for one in rows[:MOST_ALIKE]
    ]


def _alike(company: Company, document: InboxDocument, values: Values) -> list[Duplicate]:
    """Other documents of the inbox that say the same: scanned twice, or sent as a reminder."""
    same: Any = Q()
    if values.iban and values.reference:
        same |= Q(iban=values.iban, reference=values.reference)
    if values.iban and values.number:
        same |= Q(iban=values.iban, number=values.number)
    if not same:
        return []
    rows = InboxDocument.of(company).filter(same).exclude(pk=document.pk).order_by("-pk")
    found = []
    for one in rows.defer("found")[:MOST_ALIKE]:
        reasons = [
            text for text, is_so in (
                (_("same reference"), one.reference == values.reference != ""),
                (_("same invoice number"), one.number == values.number != ""),
                (_("same amount"), one.amount is not None and one.amount == values.amount),
            ) if is_so
        ]  # fmt: skip
        found.append(
            Duplicate(
                one.name, reverse("inbox-document", args=[company.pk, one.pk]), tuple(reasons)
            )
        )
    return found
