"""A sample invoice (Musterrechnung): how documents come out with the settings as they are."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Final, NamedTuple

from accounting.receivables import product_queries
from accounting.receivables.amounts import Amounts, reckon
from accounting.receivables.lines import Line
from accounting.receivables.models import Product, SalesSettings
from accounting.receivables.numbering import range_of
from accounting.receivables.paper import DocumentBody, Letter, Paper, PaperLine
from accounting.receivables.paper.figures import percent
from accounting.receivables.qr.bill import Bill, Party, ReferenceType
from accounting.receivables.qr.references import make_qrr, make_scor
from accounting.receivables.senders import sender_of
from accounting.receivables.sales_settings import settings_of
from accounting.receivables.texts import Kind, fill, text_of
from contacts.letters import greeting
from contacts.models import Contact
from erp.companies.models import Company
from erp.core.display import chf, swiss_date
from erp.reference.queries import countries
from vat.codes.breakdown import Basis

QUANTITIES: Final = (Decimal(2), Decimal("7.5"), Decimal(1))
CUSTOMER: Final = Party("Muster AG", "8001", "Zürich", street="Bahnhofstrasse", house_number="1")


class Wording(NamedTuple):
    """What a sample says that no setting does, in the language of the paper."""

    title: str
    item: str
    net: str
    vat: str
    rounding: str
    total: str


WORDINGS: Final = {
    "de": Wording("Musterrechnung", "Beispiel einer Leistung", "Total exkl. MWST", "MWST", "Rundung",
                  "Total"),
    "fr": Wording("Facture modèle", "Exemple de prestation", "Total hors TVA", "TVA", "Arrondi",
                  "Total"),
    "it": Wording("Fattura campione", "Esempio di prestazione", "Totale IVA esclusa", "IVA",
                  "Arrotondamento", "Totale"),
    "en": Wording("Sample invoice", "Example of a service", "Total excl. VAT", "VAT", "Rounding",
                  "Total"),
}  # fmt: skip


def sample(company: Company, *, language: str, on: dt.date) -> Paper:
    """An invoice that nobody gets, over the company's first products, with a watermark."""
    settings, told = settings_of(company), WORDINGS[language]
    number = range_of(company, Kind.INVOICE, year=on.year).next_shown
    lines = _lines(company, settings, told, language, on)
    amounts = reckon(
        lines, basis=settings.basis, currency=company.currency, rounding=settings.rounding,
        five_centimes=settings.five_centimes and company.currency == "CHF",
    )  # fmt: skip
    terms = settings.payment_terms
    due = on + dt.timedelta(days=terms.net_days if terms else 30)
    values = {"number": number, "date": swiss_date(on), "due_date": swiss_date(due),
              "name": CUSTOMER.name, "total": f"{company.currency} {chf(amounts.payable)}"}  # fmt: skip
    text = text_of(company, Kind.INVOICE, language)
    letter = Letter(
        language=language, sender=sender_of(company, settings, on=on), date=on, draft=True,
        recipient=(CUSTOMER.name, f"{CUSTOMER.street} {CUSTOMER.house_number}",
                   f"{CUSTOMER.postcode} {CUSTOMER.town}"),
        title=f"{told.title} {number}", address_left=settings.address_left,
        greeting=greeting(Contact(kind=Contact.Kind.ORGANISATION, name=CUSTOMER.name, language=language)),
        intro=fill(text.intro, values), closing=fill(text.closing, values),
    )  # fmt: skip
    body = DocumentBody(
        currency=company.currency, basis=settings.basis, totals=_totals(amounts, told),
        lines=tuple(
            PaperLine(kind=one.line.kind, text=one.line.text, quantity=one.line.quantity,
                      unit=one.line.unit, price=one.line.price, rate=one.line.rate, amount=one.amount)
            for one in amounts.lines
        ),
        vat=tuple((group.rate, group.net, group.vat) for group in amounts.groups),
        terms=(terms.name_in(language),) if terms else (),
    )  # fmt: skip
    return Paper(letter, body, bills=_bills(company, settings, amounts, number),
                 countries=frozenset(one.alpha2 for one in countries()))  # fmt: skip


def _lines(
    company: Company, settings: SalesSettings, told: Wording, language: str, on: dt.date
) -> list[Line]:
    rates = product_queries.rates(company, on)
    rows = product_queries.whole(Product.of(company).filter(active=True)).order_by("number")
    lines = []
    for row, quantity in zip(rows[: len(QUANTITIES)], QUANTITIES, strict=False):
        price = product_queries.price_of(row, rates)
        lines.append(Line(
            text=row.text_in(language), quantity=quantity, unit=row.unit_in(language),
            price=price.gross if settings.basis == Basis.GROSS else price.net,
            vat_code=row.vat_code.code if row.vat_code else "", rate=price.rate,
        ))  # fmt: skip
    rate = rates.get("standard", Decimal(0))
    return lines or [Line(text=told.item, quantity=QUANTITIES[1], price=Decimal("120.00"), rate=rate)]


def _totals(amounts: Amounts, told: Wording) -> tuple[tuple[str, Decimal, str], ...]:
    taxes = [(f"{told.vat} {percent(group.rate)}", group.vat, "")
             for group in amounts.groups if group.rate]  # fmt: skip
    rounding = [(told.rounding, amounts.rounding, "")] if amounts.rounding else []
    net = [(told.net, amounts.net, "")] if taxes else []
    return (*net, *taxes, *rounding, (told.total, amounts.payable, "sum"))


def _bills(
    company: Company, settings: SalesSettings, amounts: Amounts, number: str
) -> tuple[Bill, ...]:
    bank = settings.bank_account
    if bank is None:
        return ()
    letters = "".join(one for one in number if one.isascii() and one.isalnum())
    digits = "".join(one for one in number if one.isdigit())
    return (Bill(
        iban=bank.qr_iban or bank.iban, currency=company.currency, amount=amounts.payable,
        creditor=Party(company.name, company.postcode, company.town, company.country,
                       company.street, company.house_number),
        debtor=CUSTOMER,
        reference_type=ReferenceType.QRR if bank.qr_iban else ReferenceType.SCOR,
        reference=make_qrr(digits) if bank.qr_iban else make_scor(letters),
    ),)  # fmt: skip
