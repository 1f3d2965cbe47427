"""What is printed of a document (Druckbild): put together from what is stored, as it is today."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from accounting.receivables import defaults, parties, phrases, slips
from accounting.receivables.amounts import Amounts
from accounting.receivables.lines import Kind
from accounting.receivables.models import DocumentLine, SalesDocument
from accounting.receivables.paper.values import (
    DocumentBody,
    Letter,
    Paper,
    PaperLine,
    Style,
    Total,
)
from accounting.receivables.reckoning import amounts_of, method_day, supplied
from accounting.receivables.splitting import Term, dues
from accounting.receivables.texts import fill
from contacts.letters import greeting
from erp.core.display import chf, swiss_date
from erp.layouts.queries import look_of
from erp.own_fields import values as own_values
from erp.own_fields.lists import fields_of
from erp.reference import queries as reference
from vat.codes.breakdown import Basis

_Kind = SalesDocument.Kind


@dataclass(frozen=True, slots=True)
class Printed:
    """A document as it is printed, with its figures and what is to be paid when."""

    paper: Paper
    amounts: Amounts
    owed: list[slips.Part]


def printed(document: SalesDocument, lines: Sequence[DocumentLine]) -> Printed:
    """Put the paper of a document together; its number must be known unless it is a draft."""
    company = document.company
    settings = defaults.settings_of(company)
    terms = defaults.terms_of(company, document.contact)
    amounts = amounts_of(document, lines)
    bank = document.bank_account or defaults.bank_account(company, document.currency, settings)
    address = parties.address_of(document.contact, document.date)
    sender = parties.sender(company, settings, method_day(document))
    owed = slips.parts(document, amounts.payable, bank) if document.is_claim else []
    letter = Letter(
        language=document.language, sender=sender,
        recipient=parties.recipient(document, address), title=title(document),
        date=document.date, facts=tuple(_facts(document)),
        greeting=greeting(document.person or document.contact, language=document.language)
        if document.intro else "",
        intro=_filled(document, document.intro), closing=_filled(document, document.closing),
        draft=not document.is_issued, address_left=settings.address_left,
        look=look_of(company, document.kind),
    )  # fmt: skip
    body = DocumentBody(
        currency=document.currency, basis=document.basis,
        lines=tuple(_lines(document, lines, amounts)), totals=tuple(_totals(document, amounts)),
        vat=tuple((g.rate, g.net, g.vat) for g in amounts.groups if g.rate),
        terms=tuple(_terms(document, amounts, owed)),
    )  # fmt: skip
    found = slips.bills(
        document, lines, amounts, bank=bank, owed=owed, sender=sender,
        creditor=parties.creditor(company), ebill=terms.ebill,
        debtor=parties.debtor(document.contact, address, document.language),
    )  # fmt: skip
    return Printed(Paper(letter, body, found, countries()), amounts, owed)


def countries() -> frozenset[str]:
    """The codes of all countries, which QR-bills are checked by."""
    return frozenset(one.alpha2 for one in reference.countries())


def title(document: SalesDocument) -> str:
    """What a document is called, with its number once it has one."""
    said = phrases.of(document.language)
    if document.is_deposit:
        return f"{said.deposit_invoice} {document.number}".strip()
    return f"{getattr(said, document.kind)} {document.number}".strip()


def _facts(document: SalesDocument) -> list[tuple[str, str]]:
    said = phrases.of(document.language)
    found = [(said.customer_number, str(document.contact.number))]
    if document.customer_reference:
        found.append((said.reference, document.customer_reference))
    if document.kind == _Kind.CREDIT_NOTE and document.follows is not None:
        found.append((said.for_invoice, document.follows.number))
    if document.supply_from and document.supply_from != document.date:
        found.append((said.supply, _span(document.supply_from, document.supply_until)))
    if document.kind == _Kind.INVOICE and document.due_date:
        found.append((said.due, swiss_date(document.due_date)))
    if document.kind == _Kind.OFFER and document.valid_until:
        found.append((said.valid, swiss_date(document.valid_until)))
    if document.own_values:
        fields = fields_of(document.company_id, SalesDocument.OWN_FIELDS)
        found += own_values.printed(fields, document.own_values, language=document.language)
    return found


def _span(start: dt.date, until: dt.date | None) -> str:
    if until is None or until == start:
        return swiss_date(start)
    return f"{swiss_date(start)}\N{EN DASH}{swiss_date(until)}"


def _filled(document: SalesDocument, text: str) -> str:
    """An own text with what stands in braces filled in (see ``texts.PLACEHOLDERS``)."""
    until = document.valid_until if document.kind == _Kind.OFFER else document.due_date
    return fill(text, {
        "number": document.number, "date": swiss_date(document.date), "due_date": swiss_date(until),
        "name": document.contact.name, "total": f"{document.currency} {chf(document.payable)}",
    })  # fmt: skip


def _lines(
    document: SalesDocument, lines: Sequence[DocumentLine], amounts: Amounts
) -> list[PaperLine]:
    found = []
    for line, told in zip(lines, amounts.lines, strict=True):
        if line.kind == Kind.TEXT:
            found.append(PaperLine(line.kind, line.text))
        elif line.kind == Kind.SUBTOTAL:
            found.append(PaperLine(line.kind, line.text, amount=told.amount))
        else:
            off = ""
            if line.discount_percent:
                off = f"{_number(line.discount_percent)} %"
            elif line.discount_amount:
                off = chf(line.discount_amount)
            found.append(PaperLine(
                line.kind, line.text, line.quantity, line.unit, line.price, off,
                line.rate if line.vat_code else None, told.amount, _supply(document, line),
            ))  # fmt: skip
    return found


def _supply(document: SalesDocument, line: DocumentLine) -> str:
    if line.supply_from is None:
        return ""
    return _span(*supplied(document, line))


def _totals(document: SalesDocument, amounts: Amounts) -> list[Total]:
    said = phrases.of(document.language)
    found: list[Total] = []
    if amounts.discount:
        percent = f" {_number(document.discount_percent)} %" if document.discount_percent else ""
        found.append((said.sum, amounts.sum, Style.PLAIN))
        found.append((said.discount + percent, -amounts.discount, Style.PLAIN))
    taxed = [group for group in amounts.groups if group.rate]
    if document.basis == Basis.NET and taxed:
        found.append((said.net_total, amounts.net, Style.STRONG))
        found += [
            (said.vat_on.format(rate=_number(g.rate), base=chf(g.net)), g.vat, Style.PLAIN)
            for g in taxed
        ]
    if amounts.rounding:
        found.append((said.rounding, amounts.rounding, Style.PLAIN))
    found.append((said.total, amounts.payable, Style.SUM))
    if document.basis == Basis.GROSS:
        found += [(said.included.format(rate=_number(g.rate)), g.vat, Style.PLAIN) for g in taxed]
    return found


def _terms(document: SalesDocument, amounts: Amounts, owed: Sequence[slips.Part]) -> list[str]:
    said = phrases.of(document.language)
    if document.kind == _Kind.CREDIT_NOTE:
        return [said.to_our_account]
    if document.kind != _Kind.INVOICE or not amounts.payable:
        return []
    if len(owed) > 1:
        return [
            said.instalment.format(nth=nth, currency=document.currency, amount=chf(part.amount),
                                   date=swiss_date(part.due_date))
            for nth, part in enumerate(owed, 1)
        ]  # fmt: skip
    terms = [Term(document.net_days)]
    if document.terms_discount is not None and document.terms_discount_days is not None:
        terms.insert(0, Term(document.terms_discount_days, document.terms_discount))
    found = []
    for due in dues(amounts.payable, date=document.date, terms=terms):
        if due.percent:
            found.append(said.early.format(
                date=swiss_date(due.until), percent=_number(due.percent),
                discount=chf(due.discount), currency=document.currency, amount=chf(due.amount),
            ))  # fmt: skip
        elif document.net_days:
            found.append(said.pay_within.format(date=swiss_date(due.until), days=document.net_days))
        else:
            found.append(said.pay_now)
    return found


def _number(value: Decimal) -> str:
    """A percentage without needless zeros: 8.1, 10."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
