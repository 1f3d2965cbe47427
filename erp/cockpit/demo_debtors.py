"""Debtors of the demo books: what customers still owe, offers, invoices, and November's payments."""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from accounting.banking.booking import save_bank_account
from accounting.banking.models import BankAccount
from accounting.ledger.balances import balance_before
from accounting.ledger.models import Account
from accounting.open_items.models import OpenItem
from accounting.open_items.opening import NewItem, Party
from accounting.open_items.taking_over import TakenOver, take_over
from accounting.receivables import archiving, drafting, issuing, making, recurring
from accounting.receivables.dunning import levels, running
from accounting.receivables.models import RecurringInvoice, SalesDocument
from accounting.receivables.products import save_product
from accounting.receivables.sales_settings import change_settings
from accounting.receivables.typed import TypedDocument, TypedItem
from accounting.terms.agreeing import save_customer_terms
from accounting.terms.models import PaymentTerms
from contacts import saving
from contacts.models import Contact
from erp.access.models import User
from erp.audit import trail
from erp.companies.models import Company, Module
from erp.core.money import split_by
from vat.codes.models import VatCode

QR_IBAN: Final = "CH4431999123000889012"
END_OF_OCTOBER, NOVEMBER = dt.date(2026, 10, 31), dt.date(2026, 11, 1)
LANGUAGES: Final = ("de", "fr", "it", "en")
#: Customers that the books know and the address book does not: name, kind of name, place.
MORE: Final = (
    ("Gemeinde Flüelen", "Dorfplatz", "1", "6454", "Flüelen", "gemeinde@flueelen.example"),
    ("Müller & Söhne", "Gotthardstrasse", "77", "6472", "Erstfeld", "buero@mueller.example"),
    ("Velo Meier", "Schmiedgasse", "9", "6460", "Altdorf UR", "laden@velomeier.example"),
)
#: Number, price, VAT code, account, names and units in four languages.
PRODUCTS: Final = (
    ("L-27", "42.50", "UN", "3200", ("Lärche gehobelt, 27 mm", "Mélèze raboté, 27 mm",
     "Larice piallato, 27 mm", "Planed larch, 27 mm"), ("m²", "m²", "m²", "m²")),
    ("E-40", "68.00", "UN", "3200", ("Eiche massiv, 40 mm", "Chêne massif, 40 mm",
     "Rovere massiccio, 40 mm", "Solid oak, 40 mm"), ("m²", "m²", "m²", "m²")),
    ("ZU", "95.00", "UN", "3400", ("Zuschnitt nach Mass", "Coupe sur mesure", "Taglio su misura",
     "Cutting to size"), ("Std.", "h", "ore", "h")),
    ("LF", "120.00", "UN", "3400", ("Lieferung franko Baustelle", "Livraison franco chantier",
     "Consegna franco cantiere", "Delivery to the site"), ("Fahrt", "course", "viaggio", "trip")),
    ("LA", "180.00", "UN", "3400", ("Lagerplatz, überdacht", "Place de dépôt couverte",
     "Deposito coperto", "Covered storage"), ("Monat", "mois", "mese", "month")),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Payment:
    """What a customer pays in November: with the reference of the slip, or a text alone."""

    day: int
    amount: Decimal
    party: str
    reference: str = ""
    text: str = ""


def add_debtors(company: Company, bank: BankAccount, owner: User, chance: random.Random) -> None:
    """Let the books keep debtors: what was open is taken over, and from now on invoices are issued."""
    for name, street, number, postcode, town, mail in MORE:
        saving.add_contact(
            company=company, by=owner, kind="organisation", name=name, language="de",
            groups=["customers"], communications=[{"kind": "mail", "value": mail}],
            addresses=[{"kind": "main", "street": street, "house_number": number,
                        "postcode": postcode, "town": town}],
        )  # fmt: skip
    bank.qr_iban = QR_IBAN
    save_bank_account(bank, by=owner)
    before = list(company.modules)
    company.modules = [*before, Module.RECEIVABLES]
    company.save(update_fields=["modules"])
    trail.record(company=company, by=owner, action="company.change", subject=company,
                 details={"modules": [before, company.modules]})  # fmt: skip
    change_settings(company=company, by=owner, phone="041 870 10 10", mail="buero@alpenholz.example",
                    web="alpenholz.example", bank_account=bank)  # fmt: skip
    _take_over(company, owner, chance)
    _products(company, owner)
    _sell(company, owner, chance)
    levels.set_up(company, by=owner)
    running.execute(running.draft(company, date=dt.date(2026, 11, 12), by=owner), by=owner)
    for document in SalesDocument.of(company).exclude(number="").order_by("pk")[:4]:
        archiving.archive(document, by=owner)


def _customers(company: Company) -> list[Contact]:
    """Those who buy, in the order of their numbers."""
    members = Contact.of(company).filter(memberships__group__code="customers", kind="organisation")
    return list(members.order_by("number"))


def _take_over(company: Company, owner: User, chance: random.Random) -> None:
    """What stands on the control account at the end of October, as items."""
    control = Account.of(company).get(number="1100")
    left, _foreign = balance_before(
        company, account=control.pk, day=NOVEMBER, year=None, carried=True
    )
    items = []
    parts = split_by(left, [Decimal(chance.randint(20, 310)) for _nth in range(28)])
    for nth, amount in enumerate(parts, 1):
        customer = chance.choice(_customers(company))
        date = END_OF_OCTOBER - dt.timedelta(days=chance.randint(3, 95))
        items.append(TakenOver(
            account=control, party=Party(customer.name, customer.pk), document=f"2026-{400 + nth}",
            document_date=date, item=NewItem(amount, date + dt.timedelta(days=30)),
        ))  # fmt: skip
    take_over(company=company, date=END_OF_OCTOBER, items=items, by=owner, in_balance=True,
              text="Offene Posten der Debitoren übernommen")  # fmt: skip


def _products(company: Company, owner: User) -> None:
    for number, price, code, account, names, units in PRODUCTS:
        told: dict[str, Any] = {}
        for language, name, unit in zip(LANGUAGES, names, units, strict=True):
            told |= {f"name_{language}": name, f"unit_{language}": unit}
        save_product(company=company, by=owner, number=number, price=Decimal(price), basis="net",
                     account=Account.of(company).get(number=account),
                     vat_code=VatCode.of(company).get(code=code), **told)  # fmt: skip


def _sell(company: Company, owner: User, chance: random.Random) -> None:
    """Offers, an order with its deposit, invoices of two months, and one that comes again."""
    customers = _customers(company)
    agreed = PaymentTerms.of(company).get(code="30-2-10")
    save_customer_terms(customers[1], by=owner, payment_terms=agreed, discount_percent=Decimal(5))

    def written(kind: str, customer: Contact, date: dt.date, subject: str = "") -> SalesDocument:
        lines = [
            TypedItem(
                product=chance.choice(PRODUCTS)[0], quantity=Decimal(chance.randint(2, 60)) / 2
            )
            for _nth in range(chance.randint(1, 4))
        ]
        typed = TypedDocument(
            kind=kind, contact=customer.pk, date=date, lines=tuple(lines), subject=subject
        )
        return drafting.save(company=company, typed=typed, by=owner)

    for nth in range(16):
        date = dt.date(2026, 9, 14) + dt.timedelta(days=nth * 4)
        issuing.issue(written("invoice", chance.choice(customers), date), by=owner)
    written("invoice", customers[0], dt.date(2026, 11, 24), "Dachsanierung, Etappe 2")
    for nth in range(3):
        offer = issuing.issue(
            written("offer", customers[nth], dt.date(2026, 11, 2 + nth), "Terrasse"), by=owner
        )
        if not nth:
            issuing.decide(offer, SalesDocument.Decision.ACCEPTED, by=owner)
            order = issuing.issue(drafting.save(
                company=company, by=owner,
                typed=making.derived(offer, "order", date=dt.date(2026, 11, 5))), by=owner)  # fmt: skip
            issuing.issue(drafting.save(company=company, by=owner, typed=making.deposit(
                order, date=dt.date(2026, 11, 6), percent=Decimal(30), text="Akonto 30 %")), by=owner)  # fmt: skip
    recurring.save(
        RecurringInvoice(company=company, name="Lagerplatz Seeblick", next_on=dt.date(2026, 12, 1)),
        TypedDocument(kind="invoice", contact=customers[1].pk, date=dt.date(2026, 12, 1),
                      subject="Lagerplatz {month}", lines=(TypedItem(product="LA"),)), by=owner,
    )  # fmt: skip


def november(company: Company) -> list[Payment]:
    """What customers pay in November: most with the slip, some with a number, one too little."""
    items = list(
        OpenItem.of(company).filter(side="receivables", settled_on=None, amount__gt=0)
        .order_by("due_date", "pk")
    )  # fmt: skip
    with_slip = [item for item in items if item.reference]
    found = []
    for nth, item in enumerate(with_slip[:12]):
        amount = item.open_amount - (100 if nth == 5 else 0)
        found.append(Payment(13 + nth // 2, amount, item.party, item.reference))
    for nth, item in enumerate([item for item in items if not item.reference][:5]):
        found.append(
            Payment(14 + nth, item.open_amount, item.party, text=f"Rechnung {item.document}")
        )
    return found
