"""Creditors of the demo books: suppliers, their invoices, what comes again, payments, bills in the inbox."""

from __future__ import annotations

import datetime as dt
import random
from decimal import Decimal
from typing import Final, NamedTuple

from django.utils.html import format_html

from accounting.banking.models import BankAccount, BankRule, Direction
from accounting.banking.rules.keeping import save_rule
from accounting.ledger.balances import balance_before
from accounting.ledger.models import Account
from accounting.open_items.models import OpenItem, Side
from accounting.open_items.opening import NewItem, Party
from accounting.open_items.taking_over import TakenOver, take_over
from accounting.payables import approving, drafting, recurring
from accounting.payables.capture.models import Channel
from accounting.payables.capture.receiving import Incoming, receive
from accounting.payables.models import RecurringSupplierInvoice, SupplierInvoice
from accounting.payables.typed import Payment, TypedInvoice, TypedLine
from accounting.payments import approving as runs
from accounting.payments import drafting as paying
from accounting.payments import exporting
from accounting.payments.bank_days import next_bank_day
from accounting.payments.digest import digest_of
from accounting.qr import slip
from accounting.qr.bill import Bill
from accounting.qr.bill import Party as Named
from accounting.qr.references import make_qrr
from accounting.terms.agreeing import save_supplier_terms
from accounting.terms.models import PaymentTerms
from contacts import saving
from contacts.models import Contact
from erp.access.models import User
from erp.audit import trail
from erp.companies.models import Company, Module
from erp.core import clock
from erp.core.money import split_by
from erp.documents.pdf import PdfUnavailable
from erp.reference.queries import countries
from vat.codes.models import VatCode

END_OF_OCTOBER, NOVEMBER = dt.date(2026, 10, 31), dt.date(2026, 11, 1)


class Supplier(NamedTuple):
    """Name, street, number, postcode, town, account of cost, VAT code, IBAN, cost centre."""

    name: str
    street: str
    number: str
    postcode: str
    town: str
    account: str
    code: str
    iban: str
    centre: str


SUPPLIERS: Final = (
    Supplier("Papeterie Zumstein", "Marktgasse", "40", "3011", "Bern", "6500", "IN",
             "CH5604835012345678009", "90"),
    Supplier("Holz Import AG", "Hafenstrasse", "5", "4057", "Basel", "4200", "MN",
             "CH7830000987654321098", "20"),
    Supplier("Stadtwerke Altdorf", "Dätwylerstrasse", "1", "6460", "Altdorf UR", "6400", "IN",
             "CH0830000123450067891", "90"),
    Supplier("Garage Huber AG", "Gotthardstrasse", "55", "6460", "Altdorf UR", "6200", "IN",
             "CH6700778012345678901", "20"),
    Supplier("Beschläge Koch AG", "Werkstrasse", "3", "6010", "Kriens", "4200", "MN",
             "CH3908704016075473007", "20"),
    Supplier("Immobilien am See AG", "Seestrasse", "2", "6454", "Flüelen", "6000", "",
             "CH5708390012345670088", "90"),
)  # fmt: skip


def add_creditors(company: Company, bank: BankAccount, owner: User, chance: random.Random) -> None:
    """Let the books keep creditors: what was open is taken over, and from now on bills are captured."""
    before = list(company.modules)
    company.modules = [*before, Module.PAYABLES]
    company.save(update_fields=["modules"])
    trail.record(company=company, by=owner, action="company.change", subject=company,
                 details={"modules": [before, company.modules]})  # fmt: skip
    contacts = {one.name: _contact(company, owner, one) for one in SUPPLIERS}
    terms = PaymentTerms.of(company).get(code="30-2-10")
    save_supplier_terms(
        contacts["Holz Import AG"], by=owner, payment_terms=terms,
        expense_account=Account.of(company).get(number="4200"),
        vat_code=VatCode.of(company).get(code="MN"),
    )  # fmt: skip
    _take_over(company, owner, chance, list(contacts.values()))
    _buy(company, owner, chance, contacts)
    _what_comes_again(company, owner, contacts)
    _pay(bank, owner)
    _rules(company, owner)
    _inbox(company, owner)


def _contact(company: Company, owner: User, told: Supplier) -> Contact:
    found = Contact.of(company).filter(name=told.name).first()
    if found is None:
        found = saving.add_contact(
            company=company, by=owner, kind="organisation", name=told.name, language="de",
            groups=["suppliers"], bank_accounts=[{"iban": told.iban}],
            addresses=[{"kind": "main", "street": told.street, "house_number": told.number,
                        "postcode": told.postcode, "town": told.town}],
        )  # fmt: skip
    else:
        saving.change_contact(found, by=owner, bank_accounts=[{"iban": told.iban}])
    return found


def _take_over(
    company: Company, owner: User, chance: random.Random, suppliers: list[Contact]
) -> None:
    """What stands on the control account at the end of October, as items."""
    control = Account.of(company).get(number="2000")
    left, _foreign = balance_before(
        company, account=control.pk, day=NOVEMBER, year=None, carried=True
    )
    if not left:
        return
    items = []
    for nth, amount in enumerate(
        split_by(-left, [Decimal(chance.randint(20, 200)) for _nth in range(9)])
    ):
        supplier = chance.choice(suppliers)
        date = END_OF_OCTOBER - dt.timedelta(days=chance.randint(3, 60))
        items.append(TakenOver(
            account=control, party=Party(supplier.name, supplier.pk), document=f"V-{8100 + nth}",
            document_date=date, item=NewItem(amount, date + dt.timedelta(days=30)),
        ))  # fmt: skip
    take_over(company=company, date=END_OF_OCTOBER, items=items, by=owner, in_balance=True,
              text="Offene Posten der Kreditoren übernommen")  # fmt: skip


def _buy(
    company: Company, owner: User, chance: random.Random, contacts: dict[str, Contact]
) -> None:
    """Two months of bills, posted; two drafts; an insurance that is spread over its year."""
    for nth in range(14):
        told = SUPPLIERS[nth % 5]
        date = dt.date(2026, 10, 5) + dt.timedelta(days=nth * 3)
        amount = Decimal(chance.randint(4000, 380000)) / 100
        typed = _typed(told, contacts, date, amount, number=f"{chance.randint(100000, 999999)}")
        invoice = drafting.save(company=company, typed=typed, by=owner)
        if nth < 12:
            approving.submit(invoice, by=owner)
    insured = TypedInvoice(
        contact=contacts["Garage Huber AG"].pk, date=dt.date(2026, 11, 2), number="P-2026/2027",
        subject="Flottenversicherung", supply_from=dt.date(2026, 11, 1),
        supply_until=dt.date(2027, 10, 31),
        lines=(TypedLine(Decimal("2184.00"), account="6300", text="Flottenversicherung",
                         cost_centre="90", spread="months"),),
    )  # fmt: skip
    approving.submit(drafting.save(company=company, typed=insured, by=owner), by=owner)


def _typed(
    told: Supplier, contacts: dict[str, Contact], date: dt.date, amount: Decimal, *, number: str
) -> TypedInvoice:
    reference = make_qrr(number) if told.iban[4:9] in {"30000"} else ""
    return TypedInvoice(
        contact=contacts[told.name].pk, date=date, number=number,
        payment=Payment(iban=told.iban, reference=reference),
        lines=(TypedLine(amount, account=told.account, vat_code=told.code or None, cost_centre=told.centre),),
    )  # fmt: skip


def _what_comes_again(company: Company, owner: User, contacts: dict[str, Contact]) -> None:
    told = SUPPLIERS[-1]
    recurring.save(
        RecurringSupplierInvoice(company=company, name="Lagermiete Flüelen", next_on=dt.date(2026, 12, 1)),
        TypedInvoice(
            contact=contacts[told.name].pk, date=dt.date(2026, 12, 1), kind=SupplierInvoice.Kind.INVOICE,
            subject="Lagermiete", payment=Payment(iban=told.iban), net_days=10,
            lines=(TypedLine(Decimal("1450.00"), account="6000", vat_code="", cost_centre="90"),),
        ), by=owner,
    )  # fmt: skip


def _pay(bank: BankAccount, owner: User) -> None:
    """A run that is at the bank, with what was taken over; and a draft of what is due next."""
    day = next_bank_day(clock.today() + dt.timedelta(days=1), "CHF")
    old = OpenItem.of(bank.company).filter(side=Side.PAYABLES, document__startswith="V-")
    sent = paying.draft(
        bank, date=day, until=day, by=owner, only=set(old.values_list("pk", flat=True))
    )
    runs.approve(sent, seen=digest_of(sent), by=owner)
    exporting.export(sent, by=owner)
    paying.draft(bank, date=day, until=day + dt.timedelta(days=5), by=owner)


def _rules(company: Company, owner: User) -> None:
    """What the bank reports each month: one rule books by itself, one proposes."""
    for name, party, text, account, code, books in (
        ("Telefon und Internet", "Swisscom", "", "6510", "IN", True),
        ("Bankspesen", "", "Dienstleistungspreis", "6940", "", False),
    ):
        save_rule(BankRule(
            company=company, name=name, party_contains=party, text_contains=text, books=books,
            direction=Direction.OUT, account=Account.of(company).get(number=account),
            vat_code=VatCode.of(company).filter(code=code).first(),
        ), by=owner)  # fmt: skip


def _inbox(company: Company, owner: User) -> None:
    """Three bills as PDF, with slip and billing information; without Pango there are none."""
    known = frozenset(one.alpha2 for one in countries())
    debtor = Named(
        company.name, company.postcode, company.town, "CH", company.street, company.house_number
    )
    files = []
    for told, number, amount, net in (
        (SUPPLIERS[1], "88120", "1729.60", "1600.00"), (SUPPLIERS[2], "40077", "324.30", "300.00"),
        (SUPPLIERS[2], "40078", "162.15", "150.00"),
    ):  # fmt: skip
        maker = Named(told.name, told.postcode, told.town, "CH", told.street, told.number)
        bill = Bill(
            told.iban, maker, "CHF", Decimal(amount), debtor, "QRR", make_qrr(number),
            f"Rechnung {number}",
            billing=f"//S1/10/{number}/11/261120/32/8.1:{net}/40/2:10;0:30",
        )  # fmt: skip
        body = format_html("<h1>Rechnung {}</h1><p>{}</p><p>{} CHF</p>", number, told.name, amount)
        try:
            part = slip.slip(bill, language="de", countries=known)
            content = slip.render(
                slip.page(body, slips=[part], title=f"Rechnung {number}", language="de")
            )
        except PdfUnavailable:
            return
        files.append(Incoming(f"Rechnung {number}.pdf", content))
    receive(company=company, incoming=files, channel=Channel.UPLOAD, by=owner)
