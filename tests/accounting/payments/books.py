"""Creditors to be paid, for the tests of payments, made through the program's own doors."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from accounting.banking.booking import save_bank_account
from accounting.banking.models import BankAccount
from accounting.open_items.opening import Party
from accounting.payments import approving, drafting, exporting
from accounting.payments.digest import digest_of
from accounting.payments.instructions import instruct
from accounting.payments.models import PaymentRun
from contacts import saving
from erp.access.permissions import Permission
from tests import make
from tests.accounting.open_items import books as items
from tests.accounting.payments.orders import iban, qrr

IBAN, EURO = "CH9300762011623852957", "CH5604835012345678009"
SUPPLIER, OTHER = iban("CH", "00700110000387899"), iban("CH", "00700110000387910")
QR_SUPPLIER = iban("CH", "30000123456789012")
DAY = dt.date(2026, 3, 31)  # a Tuesday; the tests' clock stands before it
ADDRESS = {
    "kind": "main",
    "street": "Gasse",
    "house_number": "7",
    "postcode": "3011",
    "town": "Bern",
}
RIGHTS = [
    p.value for p in Permission if p.group in {"payments", "banking", "open_items", "contacts"}
]


def company(**more):
    """A company that pays creditors from two accounts."""
    new = items.company(
        street="Seestrasse", house_number="1", postcode="8001", town="Zürich", **more
    )
    by = make.owner_of(new)
    for name, number, currency, account in (
        ("ZKB", IBAN, "CHF", "1020"),
        ("EUR", EURO, "EUR", "1024"),
    ):
        save_bank_account(BankAccount(company=new, name=name, iban=number, currency=currency,
                                      account=make.account(new, account)), by=by)  # fmt: skip
    return new


def bank(company, currency="CHF"):
    rows = BankAccount.of(company).select_related("company", "account")
    return rows.get(currency=currency)


def colleague(company, granted=RIGHTS):
    return make.user(company=company, granted=granted)


def supplier(company, name="Lieferantin AG", *, account=SUPPLIER, address=ADDRESS, **more):
    accounts = [{"iban": account}] if account else []
    return saving.add_contact(
        company=company, by=make.owner_of(company), kind="organisation", name=name,
        bank_accounts=accounts, addresses=[address] if address else [], **more,
    )  # fmt: skip


def owe(company, contact, amount="100.00", *, due=DAY, document="L-1", **more):
    """A bill of a supplier, or with a negative amount a credit note."""
    party = Party(contact.name, contact.pk) if contact else Party("Niemand")
    return items.invoice(company, amount, side="payables", date=dt.date(2026, 3, 2), party=party,
                         due_date=due, document=document, **more)  # fmt: skip


def qr_bill(company, item, nth=1, *, by=None, **more):
    """The instruction of a QR-bill."""
    told = {"payee": item.party, "street": "Gasse", "house_number": "7", "postcode": "3011", "town": "Bern",
            "country": "CH", "account": QR_SUPPLIER, "reference": qrr(nth), "message": "Danke"}  # fmt: skip
    return instruct(company, item=item, by=by or make.owner_of(company), **told | more)


def draft(company, *, by=None, date=DAY, until=DAY, currency="CHF", **more) -> PaymentRun:
    return drafting.draft(bank(company, currency), date=date, until=until,
                          by=by or make.owner_of(company), **more)  # fmt: skip


def approved(company, *, by=None, **more) -> PaymentRun:
    run = draft(company, **more)
    return approving.approve(run, seen=digest_of(run), by=by or colleague(company))


def exported(company, **more) -> PaymentRun:
    run = approved(company, **more)
    return exporting.export(run, by=run.approved_by)


def money(text):
    return Decimal(text)
