"""Making one document of another: copies, orders of offers, invoices of orders, deposits, credit notes.

Nothing is written here: what comes out is a document as if it had been typed.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any, Final

from django.db.models import Exists, F, OuterRef, QuerySet, Sum

from accounting.receivables import phrases
from accounting.receivables.drafting import lines_of
from accounting.receivables.errors import MixedDocuments, NotIssued, WrongKind
from accounting.receivables.lines import Kind
from accounting.receivables.models import DocumentLine, SalesDocument
from accounting.receivables.reckoning import amounts_of
from accounting.receivables.typed import TypedDocument, TypedItem
from erp.companies.models import Company
from erp.core.display import swiss_date
from erp.core.money import to_centimes
from vat.codes.breakdown import Basis

_Kind = SalesDocument.Kind
_Status = SalesDocument.Status
HUNDRED: Final = Decimal(100)
#: What may become of each kind.
BECOMES: Final[Mapping[str, tuple[str, ...]]] = {
    _Kind.OFFER: (_Kind.ORDER, _Kind.INVOICE), _Kind.ORDER: (_Kind.INVOICE,),
    _Kind.INVOICE: (_Kind.CREDIT_NOTE,), _Kind.CREDIT_NOTE: (),
}  # fmt: skip


def typed_of(document: SalesDocument, lines: Sequence[DocumentLine]) -> TypedDocument:
    """A stored document as it was typed."""
    return TypedDocument(
        kind=document.kind, contact=document.contact_id, date=document.date,
        lines=tuple(typed_line(line) for line in lines), person=document.person_id,
        language=document.language, subject=document.subject,
        customer_reference=document.customer_reference, intro=document.intro,
        closing=document.closing, currency=document.currency,
        exchange_rate=document.exchange_rate, basis=document.basis, rounding=document.rounding,
        five_centimes=document.five_centimes, discount_percent=document.discount_percent,
        discount_amount=document.discount_amount, supply_from=document.supply_from,
        supply_until=document.supply_until, valid_until=document.valid_until,
        net_days=document.net_days, terms_discount=document.terms_discount,
        terms_discount_days=document.terms_discount_days,
        instalments=tuple((Decimal(str(p)), int(d)) for p, d in document.instalments),
        bank_account=document.bank_account_id, is_deposit=document.is_deposit,
        open_amount_on_slip=document.open_amount_on_slip, own_values=dict(document.own_values),
        follows=document.follows_id,
    )  # fmt: skip


def typed_line(line: DocumentLine) -> TypedItem:
    """A stored line as it was typed."""
    return TypedItem(
        kind=line.kind, product=line.product.number if line.product else "", text=line.text,
        quantity=line.quantity, unit=line.unit, price=line.price,
        discount_percent=line.discount_percent, discount_amount=line.discount_amount,
        account=line.account.number if line.account else "",
        vat_code=line.vat_code.code if line.vat_code else "",
        supply_from=line.supply_from, supply_until=line.supply_until,
        cost_centre=line.cost_centre.number if line.cost_centre else "",
        cost_object=line.cost_object.number if line.cost_object else "",
        source=line.source_id, deposit=line.deposit_id,
    )  # fmt: skip


def copy(document: SalesDocument, *, date: dt.date) -> TypedDocument:
    """The same once more, of another day; what it was made from and its supply days are left out."""
    lines = [line for line in lines_of(document) if line.deposit_id is None]
    typed = typed_of(document, lines)
    fresh = tuple(
        replace(one, source=None, supply_from=None, supply_until=None) for one in typed.lines
    )
    return replace(typed, date=date, lines=fresh, follows=None, supply_from=None, supply_until=None,
                   valid_until=None, exchange_rate=None)  # fmt: skip


def derived(
    document: SalesDocument, kind: str, *, date: dt.date,
    quantities: Mapping[int, Decimal] | None = None,
) -> TypedDocument:  # fmt: skip
    """What becomes of a document: an order of an offer, an invoice of either.

    An invoice takes what was not billed yet, or of each line (by id) what ``quantities`` says: a
    partial invoice. The last one deducts the deposits. Raises ``NotIssued`` or ``WrongKind``.
    """
    if not document.is_issued:
        raise NotIssued
    if kind not in BECOMES[document.kind] or kind == _Kind.CREDIT_NOTE:
        raise WrongKind(document=str(document))
    lines = lines_of(document)
    typed = typed_of(document, lines)
    fresh: dict[str, Any] = {
        "kind": kind, "date": date, "follows": document.pk, "intro": None, "closing": None,
        "valid_until": None, "exchange_rate": None,
    }  # fmt: skip
    if kind == _Kind.INVOICE:
        left = left_to_bill(lines)
        wanted = left if quantities is None else quantities
        is_last = all(abs(wanted.get(pk, Decimal(0))) >= abs(open_) for pk, open_ in left.items())
        billed = _billed(lines, wanted)
        return replace(typed, **fresh, lines=(*billed, *(deductions(document) if is_last else ())))
    return replace(typed, **fresh, lines=tuple(
        replace(one, source=line.pk if line.kind == Kind.ITEM else None)
        for one, line in zip(typed.lines, lines, strict=True)))  # fmt: skip


def collective(documents: Sequence[SalesDocument], *, date: dt.date) -> TypedDocument:
    """One invoice of several orders of a customer (Sammelrechnung): what is left to bill of each.

    Raises ``MixedDocuments`` where customer, currency, prices or discount differ, and what
    ``derived`` raises.
    """
    first = documents[0]
    alike = ("contact_id", "currency", "basis", "rounding", "discount_percent")
    found: list[TypedItem] = []
    for document in documents:
        differs = [name for name in alike if getattr(document, name) != getattr(first, name)]
        if differs or (document.discount_amount and len(documents) > 1):
            raise MixedDocuments(document=str(document))
        one = derived(document, _Kind.INVOICE, date=date)
        heading = f"{getattr(phrases.of(document.language), document.kind)} {document.number}"
        found.append(TypedItem(kind=Kind.TEXT, text=f"{heading}, {swiss_date(document.date)}"))
        found += one.lines
    return replace(derived(first, _Kind.INVOICE, date=date), lines=tuple(found),
                   follows=first.pk if len(documents) == 1 else None, subject="",
                   customer_reference="", supply_from=None, supply_until=None)  # fmt: skip


def deposit(
    document: SalesDocument, *, date: dt.date, percent: Decimal, text: str
) -> TypedDocument:
    """A deposit invoice (Akontorechnung) over a part of an offer or order, at each of its VAT rates.

    ``text`` is what its lines say. Raises ``NotIssued`` or ``WrongKind``.
    """
    if not document.is_issued:
        raise NotIssued
    if _Kind.INVOICE not in BECOMES[document.kind]:
        raise WrongKind(document=str(document))
    lines = lines_of(document)
    amounts = amounts_of(document, lines)
    gross = document.basis == Basis.GROSS
    items = tuple(
        TypedItem(text=text, vat_code=group.vat_code,
                  price=to_centimes((group.gross if gross else group.net) * percent / HUNDRED))
        for group in amounts.groups if group.gross
    )  # fmt: skip
    typed = typed_of(document, [])
    return replace(typed, kind=_Kind.INVOICE, date=date, lines=items, follows=document.pk,
                   is_deposit=True, intro=None, closing=None, valid_until=None,
                   discount_percent=Decimal(0), discount_amount=Decimal(0), instalments=(),
                   exchange_rate=None)  # fmt: skip


def credit(
    invoice: SalesDocument, *, date: dt.date, quantities: Mapping[int, Decimal] | None = None
) -> TypedDocument:  # fmt: skip
    """A credit note (Gutschrift) over an invoice, or of each line (by id) as much as is said.

    It keeps the days of supply, and so the VAT rates, of what it takes back; and the exchange rate.
    Raises ``NotIssued`` or ``WrongKind``.
    """
    if not invoice.is_issued:
        raise NotIssued
    if _Kind.CREDIT_NOTE not in BECOMES[invoice.kind]:
        raise WrongKind(document=str(invoice))
    lines = lines_of(invoice)
    typed = typed_of(invoice, lines)
    kept = []
    for one, line in zip(typed.lines, lines, strict=True):
        if line.kind == Kind.ITEM and quantities is not None:
            wanted = quantities.get(line.pk, Decimal(0))
            if not wanted:
                continue
            part = wanted / line.quantity if line.quantity else Decimal(0)
            one = replace(
                one, quantity=wanted, discount_amount=to_centimes(one.discount_amount * part)
            )
        kept.append(replace(one, source=line.pk if line.kind == Kind.ITEM else None, deposit=None))
    start = invoice.supply_from or invoice.date
    return replace(typed, kind=_Kind.CREDIT_NOTE, date=date, lines=tuple(kept), follows=invoice.pk,
                   is_deposit=False, intro=None, closing=None, instalments=(), supply_from=start,
                   supply_until=invoice.supply_until)  # fmt: skip


def left_to_bill(lines: Iterable[DocumentLine]) -> dict[int, Decimal]:
    """What is not billed yet of each item of an order, by the line's id; one query.

    Drafts count, cancelled invoices do not.
    """
    return _left(lines, _Kind.INVOICE)


def left_to_credit(lines: Iterable[DocumentLine]) -> dict[int, Decimal]:
    """What is not credited yet of each item of an invoice, by the line's id; one query.

    Drafts count.
    """
    return _left(lines, _Kind.CREDIT_NOTE)


def _left(lines: Iterable[DocumentLine], kind: str) -> dict[int, Decimal]:
    rows = [line for line in lines if line.kind == Kind.ITEM]
    if not rows:
        return {}
    company = rows[0].company_id
    cancelled = SalesDocument.of(company).filter(
        follows=OuterRef("document"), kind=_Kind.CREDIT_NOTE, status=_Status.ISSUED,
        payable=OuterRef("document__payable"),
    )  # fmt: skip
    taken = (
        DocumentLine.of(company)
        .filter(source__in=[line.pk for line in rows], document__kind=kind)
        .filter(~Exists(cancelled))
        .values_list("source")
        .annotate(Sum("quantity"))
    )
    done = dict(taken)
    return {line.pk: line.quantity - done.get(line.pk, Decimal(0)) for line in rows}


def _billed(lines: Sequence[DocumentLine], wanted: Mapping[int, Decimal]) -> list[TypedItem]:
    """Lines that bill so much of each item; texts and subtotals stay."""
    found = []
    for line in lines:
        one, quantity = typed_line(line), wanted.get(line.pk, Decimal(0))
        if line.kind != Kind.ITEM:
            found.append(one)
        elif quantity * line.quantity > 0:
            part = quantity / line.quantity
            found.append(replace(one, quantity=quantity, source=line.pk, supply_from=None,
                                 supply_until=None,
                                 discount_amount=to_centimes(one.discount_amount * part)))  # fmt: skip
    return found


def deductions(document: SalesDocument) -> list[TypedItem]:
    """Lines that deduct the deposits billed for an order and not deducted yet, rate by rate."""
    rows = SalesDocument.of(document.company_id).filter(
        follows=document, is_deposit=True, status=_Status.ISSUED
    )
    found: list[TypedItem] = []
    for one in rows.order_by("pk"):
        if deducted_on(one).exists() or _is_cancelled(one):
            continue
        said = phrases.of(document.language)
        text = said.deposit_of.format(number=one.number, date=swiss_date(one.date))
        by_rate = defaultdict[tuple[str, str], list[DocumentLine]](list)
        for line in lines_of(one):
            if line.kind == Kind.ITEM and line.account is not None:
                by_rate[line.vat_code.code if line.vat_code else "", line.account.number].append(
                    line
                )
        for (code, account), lines in by_rate.items():
            amount = sum((line.amount for line in lines), Decimal(0))
            found.append(TypedItem(
                text=text, quantity=Decimal(-1), price=amount, vat_code=code, account=account,
                supply_from=lines[0].supply_from or one.supply_from or one.date, deposit=one.pk,
            ))  # fmt: skip
    return found


def deducted_on(deposit: SalesDocument) -> QuerySet[SalesDocument]:
    """The invoices issued that deduct a deposit, but for those that were cancelled."""
    cancelled = SalesDocument.of(deposit.company_id).filter(
        follows=OuterRef("pk"), kind=_Kind.CREDIT_NOTE, status=_Status.ISSUED,
        payable=OuterRef("payable"),
    )  # fmt: skip
    rows = SalesDocument.of(deposit.company_id).filter(status=_Status.ISSUED, kind=_Kind.INVOICE)
    lines = DocumentLine.of(deposit.company_id).filter(deposit=deposit, document=OuterRef("pk"))
    return rows.filter(Exists(lines)).filter(~Exists(cancelled))


def _is_cancelled(document: SalesDocument) -> bool:
    rows = SalesDocument.of(document.company_id).filter(
        follows=document,
        kind=_Kind.CREDIT_NOTE,
        status=_Status.ISSUED,
        payable=F("follows__payable"),
    )
    return rows.exists()


def left_of(company: Company, documents: Iterable[SalesDocument]) -> set[int]:
    """Which of these orders have something left to bill, by id; two queries."""
    ids = [document.pk for document in documents]
    lines = list(DocumentLine.of(company).filter(document__in=ids, kind=Kind.ITEM))
    left = left_to_bill(lines)
    return {line.document_id for line in lines if left[line.pk] > 0}
