"""Demo books (Vorführmandanten): made through the program's own doors, the same for each seed."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable, Iterator
from decimal import Decimal
from functools import partial
from typing import Any

from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from django.conf import settings
from django.db import connection, transaction

from accounting.banking.booking import book, save_bank_account
from accounting.banking.importing import take_in
from accounting.banking.matching.accepting import accept_certain
from accounting.banking.models import BankAccount, BankTransaction
from accounting.budgets.planning import Source, open_budget
from accounting.cash.booking import Share, record
from accounting.cash.books import save_book
from accounting.cash.models import CashBook
from accounting.ledger import posting
from accounting.ledger.balances import balance_before
from accounting.ledger.bulk import NewEntry, post_many
from accounting.ledger.charting import save_cost_unit
from accounting.ledger.entering import Reader, TypedLine, simple_entry
from accounting.ledger.models import Account, CostCentre, EntryTemplate, FiscalYear, JournalEntry
from accounting.ledger.recurring import save_template
from accounting.ledger.years import open_fiscal_year
from accounting.liquidity.models import PlannedPayment
from accounting.liquidity.planning import save_planned
from erp.access.models import User
from erp.cockpit.demo_assets import add_assets
from erp.cockpit.demo_bank import Movement, statement_xml
from erp.cockpit.demo_closing import close_first_year
from erp.cockpit.demo_contacts import add_contacts
from erp.cockpit.demo_creditors import add_creditors
from erp.cockpit.demo_debtors import add_debtors, november
from erp.cockpit.demo_expenses import add_expenses
from erp.cockpit.demo_hours import add_hours
from erp.cockpit.demo_payroll import add_payroll
from erp.cockpit.demo_payroll.tariffs import load_tariffs
from erp.cockpit.demo_vat import file_returns
from erp.cockpit.firms import found_firm, give_mandate
from erp.cockpit.founding import set_up_company
from erp.cockpit.members import grant
from erp.companies.models import Company
from vat.codes.models import VatSettings

IBAN = "CH9300762011623852957"
FIRST, SECOND = 2025, 2026
CUSTOMERS = ("Sägerei Brunner GmbH", "Hotel Seeblick AG", "Gemeinde Flüelen", "Müller & Söhne",
             "Boulangerie Rochat Sàrl", "Officina Bernasconi", "Velo Meier", "Praxis Dr. Keller")  # fmt: skip
SUPPLIERS = (("Papeterie Zumstein", "6500", "IN"), ("Swisscom (Schweiz) AG", "6510", "IN"),
             ("Stadtwerke", "6400", "IN"), ("Garage Huber AG", "6200", "IN"),
             ("Druckerei Odermatt", "6600", "IN"), ("Holz Import AG", "4200", "MN"),
             ("Beschläge Koch AG", "4200", "MN"), ("Treuhand Arnold", "6530", "IN"))  # fmt: skip


def seed(*, seed_number: int = 2026, tenants: int = 3) -> int:
    """Three companies: a trading company with two full years, a sole proprietor, a club.

    With more ``tenants`` there are small shops besides.
    Each is made in a transaction of its own, as every write belongs to one company; one that is
    there already is left alone. Returns how many were made.
    """
    owner = User.objects.filter(email=settings.DEMO_SIGN_IN["email"]).first() or _demo_user()
    load_tariffs()
    made = 0
    ready: list[tuple[str, Callable[[User, random.Random], None]]] = [
        ("alpenholz", _trading_company), ("sonnenegg", _bakery), ("tv-seedorf", _club),
        *((f"laden-{nth}", partial(_shop, nth=nth)) for nth in range(4, tenants + 1)),
    ]  # fmt: skip
    for short_name, make in ready[:tenants]:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT rappen_find_company(%s)", [short_name])
            if cursor.fetchone()[0] is None:
                make(owner, random.Random(seed_number))  # noqa: S311 - demo figures
                made += 1
    return made


@transaction.atomic
def _demo_user() -> User:
    """Whoever tries things out."""
    return _user(settings.DEMO_SIGN_IN["email"], "Vera Beispiel", is_operator=True)


def _user(email: str, name: str, **more: Any) -> User:
    """A user with a second factor, as everybody, whose seed and password are no secrets."""
    demo = settings.DEMO_SIGN_IN
    user = User.objects.create_user(email, demo["password"], name=name, **more)
    TOTP.activate(user, demo["seed"])
    RecoveryCodes.activate(user)
    return user


def _bakery(owner: User, chance: random.Random) -> None:
    company = set_up_company(
        by=owner, name="Bäckerei Sonnenegg, P. Beispiel", short_name="sonnenegg",
        legal_form="sole", first_year=_year(SECOND), street="Dorfstrasse", house_number="4",
        postcode="6454", town="Flüelen", guided=False, vat_method=VatSettings.Method.EFFECTIVE,
    )  # fmt: skip
    _small_books(company, owner, chance, income="3200", code="UR")


def _shop(owner: User, chance: random.Random, *, nth: int) -> None:
    company = set_up_company(
        by=owner, name=f"Laden {nth} GmbH", short_name=f"laden-{nth}", legal_form="llc",
        first_year=_year(SECOND), guided=False, postcode="6460", town="Altdorf",
        vat_method=VatSettings.Method.EFFECTIVE,
    )  # fmt: skip
    _small_books(company, owner, chance, income="3200", code="UN")


def _club(owner: User, chance: random.Random) -> None:
    company = set_up_company(
        by=owner, name="Turnverein Seedorf", short_name="tv-seedorf", legal_form="association",
        first_year=_year(SECOND), postcode="6462", town="Seedorf",
        vat_method=VatSettings.Method.NOT_LIABLE,
    )  # fmt: skip
    _small_books(company, owner, chance, income="3600", code="")
    firm = found_firm(name="Treuhand Beispiel", manager=owner, by=owner, may_found=True)
    give_mandate(company=company, firm_code=firm.code, role="fiduciary", by=owner)


def _year(year: int) -> tuple[dt.date, dt.date]:
    return dt.date(year, 1, 1), dt.date(year, 12, 31)


def _trading_company(owner: User, chance: random.Random) -> None:
    company = set_up_company(
        by=owner, name="Alpenholz Handels AG", short_name="alpenholz", legal_form="corporation",
        first_year=_year(FIRST), uid="CHE-107.810.911", street="Bahnhofstrasse", house_number="12",
        postcode="6460", town="Altdorf", guided=False,
    )  # fmt: skip
    open_fiscal_year(company=company, start=_year(SECOND)[0], end=_year(SECOND)[1], by=owner)
    add_cost_centres(company, owner)
    account = Account.of(company).get(number="1020")
    bank = save_bank_account(
        BankAccount(company=company, name="Kontokorrent", iban=IBAN, currency="CHF",
                    account=account), by=owner,
    )  # fmt: skip
    add_contacts(company, owner)
    _opening(company, owner)
    reader = Reader(company)
    entries = sorted(_two_years(reader, chance), key=lambda e: e.date)
    post_many(company=company, entries=entries, by=owner, source=JournalEntry.Source.MANUAL,
              closing=True)  # fmt: skip
    _mistakes(company, owner)
    add_assets(company, owner)
    add_debtors(company, bank, owner, chance)
    add_creditors(company, bank, owner, chance)
    _payroll(company, owner)
    colleague = _colleague(company, owner)
    add_hours(company, owner, colleague, random.Random(7))  # noqa: S311 - demo hours
    add_expenses(company, owner, colleague)
    file_returns(company, owner)
    _statement(company, bank, owner, chance)
    close_first_year(company, owner)
    _template(company, owner)
    _cash_and_plans(company, owner)
    open_budget(company=company, year=FiscalYear.of(company).get(name=str(SECOND)), name="Erste Fassung",
                by=owner, source=Source.LAST_YEAR, percent=Decimal(4), step=Decimal(100))  # fmt: skip


def add_cost_centres(company: Company, owner: User) -> None:
    for number, german, french, italian, english in (
        ("10", "Verkauf", "Vente", "Vendita", "Sales"),
        ("20", "Werkstatt", "Atelier", "Officina", "Workshop"),
        ("90", "Verwaltung", "Administration", "Amministrazione", "Administration"),
    ):
        save_cost_unit(CostCentre(company=company), by=owner, number=number, name_de=german,
                       name_fr=french, name_it=italian, name_en=english)  # fmt: skip


def _payroll(company: Company, owner: User) -> None:
    """Wages, which a second person approves: with the rights of payroll alone, and no others."""
    email = "lohn@rappen.example"
    approver = User.objects.filter(email=email).first() or _user(email, "Regula Gegenleser")
    grant(company=company, user=approver, role="payroll", by=owner)
    add_payroll(company, by=owner, approver=approver)


def _colleague(company: Company, owner: User) -> User:
    """Somebody who works along, and enters hours and expenses of their own."""
    email = "werkstatt@rappen.example"
    found = User.objects.filter(email=email).first() or _user(email, "Beat Werkmann")
    grant(company=company, user=found, role="employee", by=owner)
    return found


def _opening(company: Company, owner: User) -> None:
    amounts = (("1020", "84250.35"), ("1000", "1240.00"), ("1100", "31770.90"),
               ("1200", "56000.00"), ("1500", "12000.00"), ("1509", "-9000.00"),
               ("1510", "23000.00"), ("1519", "-7500.00"), ("1530", "48000.00"), ("1539", "-16000.00"),
               ("2000", "-19846.25"), ("2450", "-60000.00"), ("2800", "-100000.00"),
               ("2950", "-12000.00"), ("2970", "-31915.00"))  # fmt: skip
    typed = []
    for number, text in amounts:
        amount = Decimal(text)
        typed.append(TypedLine(number, debit=amount) if amount > 0
                     else TypedLine(number, credit=-amount))  # fmt: skip
    lines = Reader(company).lines(typed, date=dt.date(FIRST, 1, 1))
    posting.post(company=company, date=dt.date(FIRST, 1, 1), text="Eröffnungsbilanz", lines=lines,
                 by=owner, kind=JournalEntry.Kind.OPENING)  # fmt: skip


def _two_years(reader: Reader, chance: random.Random) -> Iterator[NewEntry]:
    for year in (FIRST, SECOND):
        last = 12 if year == FIRST else 10
        for month in range(1, last + 1):
            yield from _month(reader, chance, year, month)


def _month(reader: Reader, chance: random.Random, year: int, month: int) -> Iterator[NewEntry]:
    def entry(day: int, text: str, debit: str, credit: str, amount: str | Decimal,
              **more: Any) -> NewEntry:  # fmt: skip
        date = dt.date(year, month, day)
        typed = simple_entry(reader=reader, date=date, debit=debit, credit=credit,
                             amount=Decimal(amount), **more)  # fmt: skip
        return NewEntry(date, text, reader.lines(typed, date=date),
                        voucher=f"{year % 100:02}{month:02}{day:02}")  # fmt: skip

    for _ in range(chance.randint(24, 30)):
        customer = chance.choice(CUSTOMERS)
        amount = Decimal(chance.randint(9000, 390000)) / 25
        day = chance.randint(1, 27)
        code = "UX" if chance.random() < 0.06 else "UN"
        income = "3201" if code == "UX" else "3200"
        yield entry(day, f"Rechnung {customer}", "1100", income, amount, vat_code=code,
                    cost_centre="10")  # fmt: skip
        if chance.random() < 0.9:
            yield entry(min(day + chance.randint(0, 27), 28), f"Zahlung {customer}", "1020", "1100",
                        amount)  # fmt: skip
    for _ in range(chance.randint(10, 14)):
        name, account, code = chance.choice(SUPPLIERS)
        amount = Decimal(chance.randint(4000, 180000)) / 50
        centre = chance.choice(("10", "20", "90"))
        yield entry(chance.randint(1, 28), name, account, "1020", amount, vat_code=code,
                    cost_centre=centre)  # fmt: skip
    yield entry(1, "Miete Lager und Büro", "6000", "1020", "3400.00", cost_centre="90")
    yield entry(28, "Bankspesen", "6940", "1020", "18.50")
    yield entry(28, "Zins Darlehen", "6900", "1020", "125.00")
    yield entry(5, "Softwaredienst aus Irland", "6570", "1020", "240.00", vat_code="BI",
                cost_centre="90")  # fmt: skip
    if month % 3 == 0:
        date = dt.date(year, month, 20)
        typed = [
            TypedLine("1024", debit=Decimal("4689.00"), currency="EUR",
                      amount_foreign=Decimal("5000.00")),
            TypedLine("1020", credit=Decimal("4689.00")),
        ]  # fmt: skip
        yield NewEntry(date, "Kauf Euro", reader.lines(typed, date=date), voucher="FX")
        typed = [
            TypedLine("4201", debit=Decimal("4220.10"), cost_centre="20"),
            TypedLine("1024", credit=Decimal("4220.10"), currency="EUR",
                      amount_foreign=Decimal("4500.00")),
        ]  # fmt: skip
        yield NewEntry(date, "Holz Österreich", reader.lines(typed, date=date), voucher="AT")
        yield entry(21, "Einfuhrsteuer", "4201", "1020", "341.80", vat_code="MZ")


def _mistakes(company: Company, owner: User) -> None:
    """What happens in real books: entries that had to be undone."""
    wrong = JournalEntry.of(company).filter(text="Bankspesen").order_by("number")[:4]
    for entry in wrong:
        posting.reverse(entry, date=entry.date, by=owner)


def _statement(company: Company, bank: BankAccount, owner: User, chance: random.Random) -> None:
    """November's statement, as the bank would send it; most of it booked, some left to do."""
    start = dt.date(SECOND, 11, 1)
    opening, _foreign = balance_before(
        company, account=bank.account_id, day=start, year=None, carried=True
    )
    movements = [Movement(one.day, one.amount, one.party, one.text, one.reference)
                 for one in november(company)]  # fmt: skip
    for nth in range(12):
        party, _account, _code = SUPPLIERS[nth % 4]  # the last ones were paid before
        amount = -Decimal(chance.randint(4000, 160000)) / 100
        movements.append(Movement(1 + nth * 20 // 12, amount, party, "Zahlung"))
    movements.sort(key=lambda one: one.day)
    take_in(company=company, content=statement_xml(bank.iban, opening, start, movements), by=owner)
    accounts = {name: (account, code) for name, account, code in SUPPLIERS}
    rows = list(
        BankTransaction.of(company).filter(bank_account=bank).order_by("booking_date", "pk")
    )
    accept_certain(company, [row for row in rows if row.amount > 0][:12], by=owner)
    for row in [row for row in rows if row.amount < 0][:8]:
        account, code = accounts[row.party]
        book(row, contra=[TypedLine(account, vat_code=code)], by=owner)


def _template(company: Company, owner: User) -> None:
    content = {
        "mode": "split", "text": "Miete Lager und Büro",
        "lines": [{"account": "6000", "debit": "3400.00", "cost_centre": "90"},
                  {"account": "1020", "credit": "3400.00"}],
    }  # fmt: skip
    template = EntryTemplate(company=company, name="Miete", rhythm="month",
                             next_date=dt.date(SECOND, 12, 1))  # fmt: skip
    save_template(template, by=owner, content=content)


def _cash_and_plans(company: Company, owner: User) -> None:
    """Petty cash that is kept and counted, and payments that only the company knows of."""
    account = Account.of(company).get(number="1000")
    book = save_book(CashBook(company=company, name="Kasse", account=account, prefix="K-",
                              kept_from=_year(SECOND)[0]), by=owner)  # fmt: skip
    for day, text, amount, contra, code in (
        (3, "Porto", "-48.50", "6513", ""), (9, "Barverkauf", "216.20", "3200", "UN"),
        (16, "Büromaterial", "-64.85", "6500", "IN"), (20, "Verpflegung Sitzung", "-37.40", "6640", ""),
    ):  # fmt: skip
        record(book=book, date=dt.date(SECOND, 11, day), text=text, amount=Decimal(amount), by=owner,
               shares=[Share(contra, abs(Decimal(amount)), vat_code=code)])  # fmt: skip
    for text, amount, date, rhythm in (
        ("Löhne", "-101000", dt.date(SECOND, 11, 25), "month"),
        ("Sozialversicherungen", "-84000", dt.date(SECOND + 1, 1, 28), "quarter"),
        ("Neuer Stapler, Anzahlung", "-24000", dt.date(SECOND + 1, 1, 20), ""),
    ):
        save_planned(PlannedPayment(company=company, date=date, text=text, amount=Decimal(amount),
                                    currency="CHF", rhythm=rhythm), by=owner)  # fmt: skip


def _small_books(
    company: Company, owner: User, chance: random.Random, *, income: str, code: str
) -> None:
    reader, entries = Reader(company), []
    for month in range(1, 11):
        for _ in range(8):
            date = dt.date(SECOND, month, chance.randint(1, 28))
            typed = simple_entry(
                reader=reader, date=date, debit="1000", credit=income,
                amount=Decimal(chance.randint(2000, 90000)) / 100, vat_code=code,
            )  # fmt: skip
            entries.append(NewEntry(date, "Einnahmen", reader.lines(typed, date=date)))
    entries.sort(key=lambda e: e.date)
    post_many(company=company, entries=entries, by=owner, source=JournalEntry.Source.MANUAL)
