"""Money of the demo's payroll: what the bank reports of wages, and what funds and insurers are paid."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Final

from accounting.banking.booking import book
from accounting.banking.importing import take_in
from accounting.banking.matching.accepting import accept_certain
from accounting.banking.models import BankTransaction
from accounting.ledger.balances import balance_before
from accounting.ledger.entering import TypedLine
from accounting.ledger.lines import Line, credit, debit
from accounting.ledger.models import Account
from accounting.ledger.posting import post
from erp.cockpit.demo_bank import Movement, statements_xml
from erp.cockpit.demo_payroll.months import Office

CURRENT: Final = "1020"
OWED: Final = ("2210", "2270", "2271", "2272", "2273", "2274", "2279")
QUARTER_DAY: Final = 28


def paid_by_the_bank(office: Office) -> None:
    """Statements of the wages account: money comes from the current account, and wages go out as one debit."""
    opening, _foreign = balance_before(
        office.company,
        account=office.bank.account_id,
        day=dt.date(2027, 1, 1),
        year=None,
        carried=True,
    )
    rows = []
    for order in office.orders:
        day = order.date.day
        rows.append((order.date, Movement(day, order.total, office.company.name, "Übertrag Löhne")))
        rows.append(
            (order.date, Movement(day, -order.total, "", "", batch=(order.message, order.block)))
        )
    office.orders.clear()
    take_in(
        company=office.company,
        content=statements_xml(office.bank.iban, opening, rows),
        by=office.by,
    )
    waiting = BankTransaction.of(office.company).filter(bank_account=office.bank, entry=None)
    every = list(waiting.order_by("booking_date", "pk"))
    for row in every:
        if row.amount > 0:
            book(row, contra=[TypedLine(CURRENT)], by=office.by)
    accept_certain(office.company, [row for row in every if row.amount < 0], by=office.by)


def settle_with_insurers(office: Office, year: int, *, until: dt.date) -> None:
    """Pay what is owed to funds, insurers and tax offices at the end of each quarter, from the current account."""
    accounts = {
        one.number: one for one in Account.of(office.company).filter(number__in=[*OWED, CURRENT])
    }
    for month in (4, 7, 10, 13):
        day = dt.date(year + month // 13, month % 12, QUARTER_DAY)
        end = day.replace(day=1)
        if day > until:
            return
        lines, total = list[Line](), Decimal(0)
        for number in OWED:
            owed, _foreign = balance_before(
                office.company, account=accounts[number].pk, day=end, year=None, carried=True
            )
            if owed < 0:
                lines.append(debit(accounts[number], -owed))
                total -= owed
        if total:
            lines.append(credit(accounts[CURRENT], total))
            text = f"Sozialversicherungen, {(month - 1) // 3}. Quartal {year}"
            post(company=office.company, date=day, text=text, lines=lines, by=office.by)
