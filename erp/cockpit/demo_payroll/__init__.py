"""Payroll of the demo books: people of all kinds over two years, paid through the program's own doors."""

from __future__ import annotations

import datetime as dt
from typing import Final

from accounting.banking.booking import save_bank_account
from accounting.banking.models import BankAccount
from accounting.ledger.charting import add_account
from accounting.ledger.models import Account
from erp.access.models import User
from erp.audit import trail
from erp.cockpit.demo_payroll import money
from erp.cockpit.demo_payroll.insurers import add_insurers
from erp.cockpit.demo_payroll.months import Office
from erp.cockpit.modules import switch_on
from erp.companies.models import Company, Module
from erp.core import clock
from payroll.declarations import issuing

IBAN: Final = "CH4500761000000009997"
NAME, NUMBER = "Lohnkonto", "1021"
UNTIL: Final = dt.date(2026, 10, 31)  # the last day of the demo's posted books


def open_office(company: Company, *, by: User, approver: User) -> Office:
    """Everything that wages take, before the first one is paid: insurers, rates, a bank account of their own."""
    if not company.uses(Module.PAYROLL):
        before = list(company.modules)
        company.modules = [*before, Module.PAYROLL]
        company.save(update_fields=["modules"])
        switch_on(company, company.modules, by=by)
        trail.record(company=company, by=by, action="company.change", subject=company,
                     details={"modules": [before, company.modules]})  # fmt: skip
    account = add_account(
        company=company, by=by, number=NUMBER, type=Account.Type.ASSET, name_de=NAME,
        name_fr="Compte salaires", name_it="Conto salari", name_en="Wages account",
    )  # fmt: skip
    bank = save_bank_account(
        BankAccount(company=company, name=NAME, iban=IBAN, currency="CHF", account=account), by=by
    )
    return Office(company, by, approver, bank, add_insurers(company, by))


def add_payroll(company: Company, *, by: User, approver: User) -> Office:
    """Two years until October 2026 posted and paid, certificates of the first issued, November as a draft."""
    office = open_office(company, by=by, approver=approver)
    for first, last in (
        (dt.date(2025, 1, 1), dt.date(2025, 12, 1)),
        (dt.date(2026, 1, 1), dt.date(2026, 10, 1)),
    ):
        office.year_of(first, last)
        money.paid_by_the_bank(office)
        money.settle_with_insurers(office, first.year, until=UNTIL)
        if last.month == 12:
            with clock.at(dt.datetime(first.year + 1, 1, 19, 9, tzinfo=clock.ZURICH)):
                issuing.issue(company=company, year=first.year, by=by)
    november = dt.date(2026, 11, 1)
    office.prepare(november)
    office.drafted(november)
    return office
