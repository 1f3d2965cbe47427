"""Customers who owe something, for the tests of dunning, made through the program's own doors."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from io import BytesIO

import pypdfium2
import zxingcpp

from accounting.banking.booking import save_bank_account
from accounting.banking.models import BankAccount
from accounting.open_items.opening import Party
from accounting.open_items.plans import Part
from accounting.open_items.settling import settle
from accounting.receivables.dunning import levels, running
from accounting.receivables.dunning.models import DunningLevel, DunningProcedure
from contacts import saving
from tests import make
from tests.accounting.open_items import books as items

IBAN, QR_IBAN, EURO = "CH9300762011623852957", "CH4431999123000889012", "CH5604835012345678009"
MAY_1, MAY_12, MAY_31 = dt.date(2026, 5, 1), dt.date(2026, 5, 12), dt.date(2026, 5, 31)
ADDRESS = {"kind": "main", "street": "Bahnhofstrasse", "house_number": "12", "postcode": "6460",
           "town": "Altdorf UR"}  # fmt: skip


def company(*, qr=True, levels_too=True, **more):
    """A company that can write bills, with the three levels it begins with."""
    new = items.company(
        street="Seestrasse", house_number="1", postcode="8001", town="Zürich", **more
    )
    by = make.owner_of(new)
    for name, iban, currency, account in (
        ("ZKB", IBAN, "CHF", "1020"),
        ("ZKB EUR", EURO, "EUR", "1024"),
    ):
        save_bank_account(BankAccount(
            company=new, name=name, iban=iban, qr_iban=QR_IBAN if qr and currency == "CHF" else "",
            currency=currency, account=make.account(new, account),
        ), by=by)  # fmt: skip
    if levels_too:
        levels.set_up(new, by=by)
    return new


def customer(company, name="Huber AG", *, language="de", mail="", address=ADDRESS):
    reaches = [{"kind": "mail", "value": mail}] if mail else []
    return saving.add_contact(
        company=company, by=make.owner_of(company), kind="organisation", name=name,
        language=language, communications=reaches, addresses=[address] if address else [],
    )  # fmt: skip


def claim(company, contact, amount="100.00", *, due="2026-04-01", **more):
    """An invoice to a customer, or with a negative amount a credit note."""
    party = Party(contact.name, contact.pk) if contact else Party("Niemand")
    date = more.pop("date", dt.date(2026, 3, 2))
    return items.invoice(company, amount, date=date, party=party,
                         due_date=dt.date.fromisoformat(due), **more)  # fmt: skip


def pay(company, item, amount, *, on):
    by = make.owner_of(company)
    return settle(company=company, date=on, parts=[Part(item, paid=Decimal(amount))],
                  money=items.money(company, amount), by=by)  # fmt: skip


def level(company, step):
    return (
        DunningLevel.of(company)
        .select_related("procedure", "company")
        .get(procedure__is_default=True, step=step)
    )


def set_level(company, step, **told):
    return levels.save_level(level(company, step), by=make.owner_of(company), **told)


def procedure(company):
    return DunningProcedure.of(company).select_related("company").get(is_default=True)


def run(company, day=MAY_1, **more):
    """A run of a day, executed."""
    by = make.owner_of(company)
    made = running.draft(company, date=day, by=by)
    return made, running.execute(made, by=by, **more)


def scanned(pdf, page=-1):
    """What an independent reader of QR codes finds on a page of a PDF."""
    document = pypdfium2.PdfDocument(BytesIO(pdf))
    picture = document[page % len(document)].render(scale=2.5).to_pil()
    found = zxingcpp.read_barcodes(picture, formats=zxingcpp.BarcodeFormat.QRCode)
    return [one.text for one in found]


def words(pdf):
    document = pypdfium2.PdfDocument(BytesIO(pdf))
    return "\n".join(page.get_textpage().get_text_range() for page in document).replace(
        "\r\n", "\n"
    )
