"""A payment proposal (Zahlungsvorschlag): what would be paid on a day, and what would be left."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable
from decimal import Decimal

from accounting.banking.models import BankAccount
from accounting.ledger.balances import balance_before
from accounting.payments import gathering, planning
from accounting.payments.values import Proposal
from erp.core import clock

__all__ = ["balance_of", "propose"]


def propose(
    bank: BankAccount, *, date: dt.date, until: dt.date, currency: str = "",
    only: Collection[int] | None = None, left_out: Iterable[int] = (),
) -> Proposal:  # fmt: skip
    """What would be paid from an account on ``date``: at most eight queries, nothing is written.

    Taken in is what is due by ``until`` in ``currency`` (the account's, unless said), or whose discount
    would be lost by then and can still be taken on ``date``; ``only`` these items, where ids are given.
    """
    company, currency = bank.company, currency or bank.currency
    owed, in_runs = gathering.due(company, currency=currency, date=date, until=max(until, date))
    if only is not None:
        owed = [one for one in owed if one.id in only]
    fallback, payees, banks = gathering.judged(company, owed)
    payments, others = planning.plan(
        owed, date=date, currency=currency, fallback=fallback, payees=payees, banks=banks,
        left_out=left_out, today=clock.today(),
    )  # fmt: skip
    balance = balance_of(bank, currency)
    return Proposal(date, until, currency, payments, [*others, *in_runs], balance)


def balance_of(bank: BankAccount, currency: str) -> Decimal | None:
    """What the books have on a bank account today; None where a run is in another currency."""
    if bank.currency != currency:
        return None
    balance, foreign = balance_before(
        bank.company, account=bank.account_id, day=clock.today() + dt.timedelta(days=1), year=None,
        carried=True,
    )  # fmt: skip
    return foreign if bank.account.currency else balance
