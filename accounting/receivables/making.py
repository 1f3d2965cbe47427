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

from django.db.models import Exists, OuterRef, QuerySet, Sum

from accounting.receivables import phrases
from accounting.receivables.amounts import VatGroup
from accounting.receivables.drafting import held, lines_of
from accounting.receivables.errors import (
    MixedDocuments,
    NothingLeft,
    NotIssued,
    UnknownOrigin,
    WrongKind,
)
from accounting.receivables.lines import BadPercent, Kind, vat_key
from accounting.receivables.models import DocumentLine, SalesDocument
from accounting.receivables.reckoning import amounts_of, line_of, supplied
from accounting.receivables.typed import TypedDocument, TypedItem
from erp.companies.models import Company
from erp.core.display import swiss_date
from erp.core.money import allotted, to_centimes
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
    partial invoice. The last one deducts the deposits. The document is held until the transaction
    ends, so that two who bill at once do not both take what is left. Raises ``NotIssued``,
    ``WrongKind``, ``UnknownOrigin`` or ``NothingLeft``.
    """
    if not document.is_issued:
        raise NotIssued
    if kind not in BECOMES[document.kind] or kind == _Kind.CREDIT_NOTE:
        raise WrongKind(document=str(document))
    held(document)
    lines = lines_of(document)
    typed = typed_of(document, lines)
    fresh: dict[str, Any] = {
        "kind": kind, "date": date, "follows": document.pk, "intro": None, "closing": None,
        "valid_until": None, "exchange_rate": None,
    }  # fmt: skip
    if kind == _Kind.INVOICE:
        _require_lines(lines, quantities)
        left = left_to_bill(lines)
        wanted = left if quantities is None else quantities
        is_last = all(abs(wanted.get(pk, Decimal(0))) >= abs(open_) for pk, open_ in left.items())
        billed = _billed(lines, wanted)
        if not any(one.kind == Kind.ITEM for one in billed):
            raise NothingLeft(document=str(document))
        done = {line.pk: line.quantity - left[line.pk] for line in lines if line.pk in left}
        both = {pk: done[pk] + wanted.get(pk, Decimal(0)) for pk in left}
        fresh["discount_amount"] = _granted(document, lines, both) - _granted(document, lines, done)
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
    # Held in one order, whatever order they were chosen in.
    made = {
        one.pk: derived(one, _Kind.INVOICE, date=date)
        for one in sorted(documents, key=lambda one: one.pk)
    }
    found: list[TypedItem] = []
    for document in documents:
        differs = [name for name in alike if getattr(document, name) != getattr(first, name)]
        if differs or (document.discount_amount and len(documents) > 1):
            raise MixedDocuments(document=str(document))
        one = made[document.pk]
        heading = f"{getattr(phrases.of(document.language), document.kind)} {document.number}"
        found.append(TypedItem(kind=Kind.TEXT, text=f"{heading}, {swiss_date(document.date)}"))
        found += [_supplied(line, document) for line in one.lines]
    return replace(made[first.pk], lines=tuple(found),
                   follows=first.pk if len(documents) == 1 else None, subject="",
                   customer_reference="", supply_from=None, supply_until=None)  # fmt: skip


def deposit(
    document: SalesDocument, *, date: dt.date, percent: Decimal, text: str
) -> TypedDocument:
    """A deposit invoice (Akontorechnung) over a part of an offer or order, at each of its VAT rates.

    ``text`` is what its lines say. Raises ``NotIssued``, ``WrongKind`` or ``BadPercent``.
    """
    if not document.is_issued:
        raise NotIssued
    if _Kind.INVOICE not in BECOMES[document.kind]:
        raise WrongKind(document=str(document))
    if not 0 < percent <= HUNDRED:
        raise BadPercent(field="percent", value=percent)
    lines = lines_of(document)
    items = tuple(
        TypedItem(text=text, vat_code=group.vat_code,
                  price=to_centimes(_priced(group, document.basis) * percent / HUNDRED),
                  supply_from=of_it[0].supply_from, supply_until=of_it[0].supply_until)
        for group, of_it in _by_rate(document, lines) if group.gross
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
    Raises ``NotIssued``, ``WrongKind``, ``UnknownOrigin`` or ``NothingLeft``.
    """
    if not invoice.is_issued:
        raise NotIssued
    if _Kind.CREDIT_NOTE not in BECOMES[invoice.kind]:
        raise WrongKind(document=str(invoice))
    lines = lines_of(invoice)
    _require_lines(lines, quantities)
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
        kept.append(replace(one, source=line.pk if line.kind == Kind.ITEM else None))
    if not any(one.kind == Kind.ITEM for one in kept):
        raise NothingLeft(document=str(invoice))
    if quantities is not None:
        typed = replace(typed, discount_amount=_granted(invoice, lines, quantities))
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
    cancelled = _credited_whole(company, "document", "document__payable")
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
            found.append(replace(one, quantity=quantity, source=line.pk,
                                 discount_amount=to_centimes(one.discount_amount * part)))  # fmt: skip
    return found


def deductions(document: SalesDocument) -> list[TypedItem]:
    """Lines that deduct the deposits billed for an order and not deducted yet, rate by rate.

    Those billed for the offer that it was made of are among them. Each is deducted at what it came
    to, after its own discount and less what was credited, with or without VAT as the order has its
    prices.
    """
    origins = [pk for pk in (document.pk, document.follows_id) if pk is not None]
    rows = SalesDocument.of(document.company_id).filter(
        follows__in=origins, is_deposit=True, status=_Status.ISSUED, contact=document.contact_id,
        currency=document.currency,
    )  # fmt: skip
    found: list[TypedItem] = []
    for one in rows.order_by("pk"):
        if deducted_on(one).exists():
            continue
        said = phrases.of(document.language)
        text = said.deposit_of.format(number=one.number, date=swiss_date(one.date))
        for group, lines, whole in left_of_deposit(one, document.basis):
            sums = defaultdict[str, Decimal](Decimal)
            for line in lines:
                sums[line.account.number if line.account else ""] += line.amount
            start, until = supplied(one, lines[0])
            factor = whole / group.lines if group.lines else Decimal(0)
            parts = allotted(whole, list(sums.values()), factor)
            found += [
                TypedItem(text=text, quantity=Decimal(-1), price=part, vat_code=group.vat_code,
                          account=account, supply_from=start, supply_until=until, deposit=one.pk)
                for account, part in zip(sums, parts, strict=True) if part
            ]  # fmt: skip
    return found


def left_of_deposit(
    deposit: SalesDocument, basis: str
) -> list[tuple[VatGroup, list[DocumentLine], Decimal]]:
    """What a deposit came to by VAT code and rate, its items, and what is not credited of it.

    The last is with VAT where ``basis`` is.
    """
    notes = SalesDocument.of(deposit.company_id).filter(
        follows=deposit, kind=_Kind.CREDIT_NOTE, status=_Status.ISSUED
    )
    credited = defaultdict[tuple[str, Decimal], Decimal](Decimal)
    for note in notes:
        for group, _lines in _by_rate(note, lines_of(note)):
            credited[group.vat_code, group.rate] += _priced(group, basis)
    return [
        (group, lines, _priced(group, basis) - credited[group.vat_code, group.rate])
        for group, lines in _by_rate(deposit, lines_of(deposit))
    ]


def _by_rate(
    document: SalesDocument, lines: Sequence[DocumentLine]
) -> list[tuple[VatGroup, list[DocumentLine]]]:
    """The sums of a document by VAT code and rate, each with its items."""
    items = [line for line in lines if line.kind == Kind.ITEM]
    return [
        (group, [one for one in items if vat_key(line_of(one)) == (group.vat_code, group.rate)])
        for group in amounts_of(document, lines).groups
    ]  # fmt: skip


def _priced(group: VatGroup, basis: str) -> Decimal:
    return group.gross if basis == Basis.GROSS else group.net


def _supplied(item: TypedItem, document: SalesDocument) -> TypedItem:
    """A line that keeps the days of supply of its document, where it has none of its own."""
    if item.kind != Kind.ITEM or item.supply_from is not None:
        return item
    return replace(item, supply_from=document.supply_from, supply_until=document.supply_until)


def _granted(
    document: SalesDocument, lines: Iterable[DocumentLine], quantities: Mapping[int, Decimal]
) -> Decimal:
    """What of the discount on a document goes with so much of each line (by id)."""
    items = [line for line in lines if line.kind == Kind.ITEM and line.deposit_id is None]
    whole = sum((line.amount for line in items), Decimal(0))
    if not whole or not document.discount_amount:
        return Decimal(0)
    part = sum((line.amount * quantities.get(line.pk, Decimal(0)) / line.quantity
                for line in items if line.quantity), Decimal(0))  # fmt: skip
    return to_centimes(document.discount_amount * part / whole)


def deducted_on(deposit: SalesDocument) -> QuerySet[SalesDocument]:
    """The invoices issued that deduct a deposit, but for those that were cancelled."""
    cancelled = _credited_whole(deposit.company_id, "pk", "payable")
    rows = SalesDocument.of(deposit.company_id).filter(status=_Status.ISSUED, kind=_Kind.INVOICE)
    lines = DocumentLine.of(deposit.company_id).filter(deposit=deposit, document=OuterRef("pk"))
    return rows.filter(Exists(lines)).filter(~Exists(cancelled))


def _credited_whole(company: Any, document: str, payable: str) -> QuerySet[Any, Any]:
    """The credit notes of the row's document, if together they take back all of it."""
    notes = SalesDocument.of(company).filter(
        follows=OuterRef(document), kind=_Kind.CREDIT_NOTE, status=_Status.ISSUED
    )
    sums = notes.order_by().values("follows").annotate(credited=Sum("payable"))
    return sums.filter(credited__gte=OuterRef(payable))


def left_of(company: Company, documents: Iterable[SalesDocument]) -> set[int]:
    """Which of these orders have something left to bill, by id; two queries."""
    ids = [document.pk for document in documents]
    lines = list(DocumentLine.of(company).filter(document__in=ids, kind=Kind.ITEM))
    left = left_to_bill(lines)
    return {line.document_id for line in lines if left[line.pk] > 0}


def _require_lines(lines: Sequence[DocumentLine], quantities: Mapping[int, Decimal] | None) -> None:
    """Raises ``UnknownOrigin`` for quantities of what is no line of the document."""
    for pk in (quantities or {}).keys() - {one.pk for one in lines}:
        raise UnknownOrigin(value=pk, field="parts")
