"""From the inbox to a supplier's invoice (Belege erfassen): what is filled in, and what is told back.

The inbox says what a bill says of itself; here it becomes a draft with accounts and VAT codes.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from accounting.payables import drafting, habits, masks
from accounting.payables.capture import receiving, registry
from accounting.payables.capture.models import InboxDocument
from accounting.payables.capture.proposing import Captured, Values, VatGroup
from accounting.payables.capture.registry import Duplicate, Past, Traits
from accounting.payables.duplicates import Like, alike
from accounting.payables.models import SupplierInvoice, SupplierInvoiceLine
from accounting.payables.typed import Payment, TypedInvoice, TypedLine
from accounting.terms.models import SupplierTerms
from erp.access.models import User
from erp.companies.models import Company
from erp.core import clock
from erp.core.money import to_centimes
from vat.codes.models import CodeKind, VatCode
from vat.codes.queries import is_liable_on, rate_on

_Status = SupplierInvoice.Status
USUAL_PURPOSE = (
    "input_tax_investment"  # of bills of whom nothing is known: services and other costs
)
MATERIAL, IMPORTED = "input_tax_material", "MZ"


def proposed(company: Company, captured: Captured) -> masks.Sent:
    """The mask of a document of the inbox, filled in as far as the bill and the past say.

    A line per VAT rate of the bill; the last one takes what is left of the total.
    """
    values, supplier = captured.values, captured.supplier
    day = values.date or clock.today()
    contact = supplier.contact.pk if supplier else 0
    discount = values.discounts[0] if values.discounts else None
    typed = TypedInvoice(
        contact=contact, date=day, number=values.number[:40], kind=SupplierInvoice.Kind.CREDIT_NOTE
        if values.is_credit_note else SupplierInvoice.Kind.INVOICE,
        due_date=values.due_date if values.due_date and values.due_date >= day else None,
        currency=values.currency or None, payable=values.amount or None,
        supply_from=values.supply_from, supply_until=values.supply_until,
        net_days=values.net_days, terms_discount=discount.percent if discount else None,
        terms_discount_days=discount.days if discount else None, payment=_payment(values),
        file=captured.document.file_id, lines=tuple(_lines(company, captured, day)),
    )  # fmt: skip
    sent = masks.sent_by(typed)
    if values.date is None:
        sent["date"] = ""
    if not contact:
        sent["contact"] = ""
    for line in sent["lines"][-1:] if values.amount else sent["lines"]:
        line["amount"] = ""  # what is left of the total
    return sent | {"inbox": str(captured.document.pk)}


def named(company: Company, sent: masks.Sent) -> InboxDocument | None:
    """The document of the inbox that a mask is of. A mask names no file: others are not its business."""
    wanted = str(sent.get("inbox") or "")
    if not (wanted.isascii() and wanted.isdigit()):
        return None
    found: InboxDocument | None = InboxDocument.of(company).filter(pk=int(wanted[:18])).first()
    return found


def keep_link(company: Company, sent: masks.Sent, invoice: SupplierInvoice, *, by: User) -> None:
    """Tell the inbox that a document became this invoice, where the mask was of one that waits."""
    document = named(company, sent)
    if document is not None and document.waits:
        receiving.mark_captured(company, document=document, bill_id=invoice.pk, by=by)


def delete(invoice: SupplierInvoice, *, by: User) -> None:
    """Throw a draft away; the document it was captured from waits in the inbox again."""
    document, key = document_of(invoice), invoice.pk
    drafting.delete(invoice, by=by)
    if document is not None:
        receiving.release(invoice.company, document=document, bill_id=key, by=by)


def document_of(invoice: SupplierInvoice) -> InboxDocument | None:
    """What an invoice was captured from."""
    found: InboxDocument | None = (
        InboxDocument.of(invoice.company_id).select_related("file", "company")
        .filter(bill=invoice.pk).first()
    )  # fmt: skip
    return found


def past_accounts(company: Company, contacts: Collection[int]) -> Mapping[int, Past]:
    """What suppliers' invoices were booked on last, else what their terms say; two queries."""
    rows = SupplierInvoiceLine.of(company).filter(
        invoice__contact__in=contacts, invoice__status=_Status.POSTED, account__isnull=False,
        deposit=None,
    ).order_by("-invoice__date", "-pk")[:1000]  # fmt: skip
    told = defaultdict[int, list[tuple[str, str, str]]](list)
    for contact, account, code, centre in rows.values_list(
        "invoice__contact", "account__number", "vat_code__code", "cost_centre__number"
    ):
        told[contact].append((account, code or "", centre or ""))
    found: dict[int, Past] = {}
    for contact, booked in told.items():
        (most, times), *_rest = Counter(booked[: habits.LOOKED_AT]).most_common(1)
        because = _("booked so %(times)s of %(of)s times") % {
            "times": times, "of": min(len(booked), habits.LOOKED_AT)}  # fmt: skip
        found[contact] = Past(*most, because=because)
    terms = SupplierTerms.of(company).filter(contact__in=set(contacts) - found.keys())
    for one in terms.select_related("expense_account", "vat_code", "cost_centre"):
        if one.expense_account is not None:
            found[one.contact_id] = Past(
                one.expense_account.number, one.vat_code.code if one.vat_code else "",
                one.cost_centre.number if one.cost_centre else "", because=_("agreed in the terms"),
            )  # fmt: skip
    return found


def same_bills(company: Company, traits: Traits) -> Sequence[Duplicate]:
    """Invoices that may be the bill that is looked at."""
    like = Like(
        traits.contacts, traits.number[:40], traits.date or clock.today(), traits.currency,
        traits.amount or Decimal(0), traits.reference, traits.file,
    )  # fmt: skip
    return [
        Duplicate(twin.called, bill_address(company.pk, twin.invoice.pk) if twin.invoice else "", twin.reasons)
        for twin in alike(company, like)
    ]  # fmt: skip


def capture_address(company: int, document: int) -> str:
    return reverse("inbox-capture", args=[company, document])


def bill_address(company: int, bill: int) -> str:
    return reverse("supplier-invoice", args=[company, bill])


def register() -> None:
    """Tell the inbox who captures its documents."""
    registry.register_past(past_accounts)
    registry.register_duplicates(same_bills)
    registry.register_addresses(capture=capture_address, bill=bill_address)


def _payment(values: Values) -> Payment:
    payee = values.payee
    told: dict[str, Any] = {}
    if payee is not None:
        told = {"name": payee.name, "street": payee.street, "house_no": payee.house_number,
                "postcode": payee.postcode, "town": payee.town, "country": payee.country}  # fmt: skip
    return Payment(iban=values.iban, reference=values.reference, message=values.message,
                   payee={name: value for name, value in told.items() if value})  # fmt: skip


def _lines(company: Company, captured: Captured, day: dt.date) -> list[TypedLine]:
    """A line per VAT rate and one per import tax, booked as this supplier's are."""
    values, past = captured.values, captured.past
    liable = is_liable_on(company, day)
    supplied = values.supply_until or values.supply_from or day
    units: dict[str, Any] = {"cost_centre": past.cost_centre or None if past else None}
    account = past.account if past else None
    groups = values.vat if liable else ()
    found = [
        TypedLine(_gross(group), account=account, vat_code=_code(company, captured, group, supplied),
                  **units)
        for group in sorted(groups, key=_gross)
    ]  # fmt: skip
    if not found:
        code = past.vat_code if past and liable and past.vat_code else None
        found = [TypedLine(Decimal(0), account=account, vat_code=code, **units)]
    imported = [
        TypedLine(one.tax or Decimal(0), vat_code=IMPORTED, account=None)
        for one in (values.import_vat if liable else ())
    ]  # fmt: skip
    return imported + found


def _gross(group: VatGroup) -> Decimal:
    if group.net is None:
        return Decimal(0)
    tax = group.tax if group.tax is not None else to_centimes(group.net * group.rate / 100)
    return group.net + tax


def _code(company: Company, captured: Captured, group: VatGroup, day: dt.date) -> str | None:
    """The code of input tax with a rate on a day, of the kind that this supplier's bills usually have."""
    known = {one.code: one for one in VatCode.of(company).order_by("position", "pk")}
    fitting = [
        one for one in known.values() if one.kind == CodeKind.INPUT and one.active
        and (rate_on(one.rate_class, day) if one.rate_class != "none" else Decimal(0)) == group.rate
    ]  # fmt: skip
    past = captured.past
    if past and any(one.code == past.vat_code for one in fitting):
        return past.vat_code
    wanted = USUAL_PURPOSE
    if past and past.vat_code in known:
        wanted = known[past.vat_code].shipped.input_purpose or USUAL_PURPOSE
    best = next((one for one in fitting if one.shipped.input_purpose == wanted), None)
    if group.rate == 0:
        best = next((one for one in fitting if one.rate_class == "none"), None)
    return best.code if best else None
