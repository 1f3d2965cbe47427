"""The first year of the demo books, closed as a bookkeeper closes one (Jahresabschluss)."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Final

from accounting.closing.accruing import accrue
from accounting.closing.appropriating import appropriate, proposal
from accounting.closing.asking import Standing, standings
from accounting.closing.closing import close_year
from accounting.closing.models import YearAccrual
from accounting.closing.notes import write_note
from accounting.closing.noting import accept
from accounting.ledger import posting
from accounting.ledger.entering import Reader, simple_entry
from accounting.ledger.models import Account, FiscalYear, Period
from accounting.ledger.year_end import State
from accounting.ledger.years import lock_period
from accounting.valuation.running import value
from erp.access.gate import Access
from erp.access.models import User
from erp.access.permissions import Permission
from erp.companies.models import Company

NAME: Final = "2025"
LAST: Final = dt.date(2025, 12, 31)
MEETING: Final = dt.date(2026, 5, 12)
DIVIDEND: Final = Decimal(60000)
#: Francs for a euro that the demo values its bank account with.
EURO: Final = Decimal("0.9311")
_Kind = YearAccrual.Kind
#: Kind, account, amount without VAT, text.
ACCRUALS: Final = (
    (_Kind.ACCRUED_EXPENSE, "6530", "4800.00", "Abschluss und Revision 2025"),
    (_Kind.ACCRUED_EXPENSE, "6400", "1240.00", "Strom November und Dezember 2025"),
    (_Kind.PREPAID_EXPENSE, "6510", "385.00", "Telefon und Internet Januar 2026"),
)
#: What stands for the loss on debtors (Delkredere) and for taxes: debit, credit, amount, text.
CLOSING_ENTRIES: Final = (
    ("3805", "1109", "17000.00", "Delkredere 2025, 5 % der Debitoren"),
    ("8900", "2208", "59000.00", "Direkte Steuern 2025, gemäss Berechnung"),
)
#: What somebody says to a check that the books cannot answer, by its code.
WORDS: Final = {
    "bank": "Saldo mit dem Kontoauszug auf Papier verglichen, stimmt überein.",
    "cash": "Kasse am 31.12.2025 gezählt, Protokoll im Ordner.",
    "open_items": "Posten werden erst seit 2026 einzeln geführt; Liste per 31.12.2025 auf Papier verglichen.",
    "vat_settled": "4. Quartal: abgerechnet und bezahlt im Februar 2026.",
    "vat_reconciled": "Umsatz- und Vorsteuerabstimmung geprüft.",
    "payroll": "Lohnabstimmung mit den Deklarationen 2025 geprüft.",
    "doubtful_debts": "Postenliste durchgegangen, Delkredere angepasst.",
    "inventory": "Inventar vom 30.12.2025, bewertet zum Einstandspreis.",
    "accruals": "Abgrenzungen anhand der Rechnungen bis Ende Februar geprüft.",
    "provisions": "Keine Rückstellungen nötig.",
    "direct_taxes": "Steuerberechnung der Treuhand vom Februar 2026.",
}
ACCEPTED: Final = "Geprüft, kein Handlungsbedarf."


def close_first_year(company: Company, owner: User) -> None:
    """Enter what belongs to the end of the year, answer its checks, close it, and use its profit."""
    year = FiscalYear.of(company).get(name=NAME)
    accounts = {one.number: one for one in Account.of(company)}
    for kind, number, amount, text in ACCRUALS:
        accrue(company=company, year=year, kind=kind, account=accounts[number], text=text,
               amount=Decimal(amount), by=owner)  # fmt: skip
    for period in Period.of(company).filter(fiscal_year=year, end__lt=LAST).order_by("start"):
        lock_period(company=company, period=period, lock=Period.Lock.LOCKED, by=owner)
    reader = Reader(company)
    for debit, credit, amount, text in CLOSING_ENTRIES:
        typed = simple_entry(
            reader=reader, date=LAST, debit=debit, credit=credit, amount=Decimal(amount)
        )
        posting.post(company=company, date=LAST, text=text, lines=reader.lines(typed, date=LAST),
                     by=owner, voucher="JA25")  # fmt: skip
    value(company, date=LAST, by=owner, typed={"EUR": EURO})
    write_note(company=company, year=year, code="events", by=owner,
               text="Nach dem Bilanzstichtag sind keine wesentlichen Ereignisse eingetreten.")  # fmt: skip
    access = Access(company, owner, frozenset(Permission.values))
    for one in standings(company, year):
        if one.state == State.OPEN:
            accept(access, year, check=one.check.code, text=_word(one))
    close_year(company=company, year=year, by=owner)
    least = proposal(company, year).statutory
    appropriate(
        company=company, year=year, decided_on=MEETING, by=owner, statutory=least,
        statutory_account=accounts["2950"], dividend=DIVIDEND, dividend_account=accounts["2261"],
    )  # fmt: skip


def _word(one: Standing) -> str:
    return WORDS.get(one.check.code, ACCEPTED)
