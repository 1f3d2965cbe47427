"""What a valuation leaves as it is, and why: each is told, none is silently left out.

The rate of the day is for money and claims to money. An advance payment (Anzahlung) is settled by goods
or services, a machine by its use: they keep the rate they were booked at (nicht monetäre Posten).
``data/non_monetary.csv`` says which, by the purpose or the place of an account, with source; an account
may say otherwise. Credit notes and overpayments are paid back in money: they are items of debtors and
creditors, and valued as those are.
"""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, Final

from django.db import connection, models
from django.utils.translation import gettext_lazy as _

from accounting.ledger.models import Account
from accounting.ledger.models.accounts import AccountValuation
from erp.companies.models import Company

DATA: Final = Path(__file__).parent / "data"

# By the index of lines in foreign currencies: the cost follows those on the accounts asked for.
_NOTED: Final = """
    SELECT l.account_id, l.currency, sum(l.amount_foreign), sum(l.debit - l.credit)
    FROM accounting_entryline l
    JOIN accounting_journalentry e ON e.company_id = l.company_id AND e.id = l.entry_id
    WHERE l.company_id = %(company)s AND l.account_id = ANY (%(accounts)s) AND l.currency <> ''
      AND l.currency <> %(own)s AND l.date <= %(on)s AND e.number IS NOT NULL
    GROUP BY 1, 2 HAVING sum(l.amount_foreign) <> 0
"""


class Why(models.TextChoices):
    """Why something foreign is not valued at the rate of the day."""

    ADVANCE = "advance", _("advance payment: goods or services are owed, no money")
    NOT_MONEY = "not_money", _("neither money nor a claim to money")
    CHOSEN = "chosen", _("the account says that it keeps the rate it was booked at")
    NO_CURRENCY = "no_currency", _("lines in a foreign currency on an account that is kept in none")


#: What it follows from, as pages tell it; ``data/non_monetary.csv`` says it account by account.
_LAW: Final[Mapping[Why, Any]] = {
    Why.ADVANCE: _("OR 960a para. 1 and 2, 960e para. 1; IAS 21.16, IFRIC 22"),
    Why.NOT_MONEY: _("OR 960a para. 1 and 2; IAS 21.16"),
}


@dataclass(frozen=True, slots=True)
class NonMonetary:
    """Accounts of a purpose, or at a place of the balance sheet, that keep their rate."""

    why: Why
    valid_from: dt.date
    purpose: str
    position: str
    source: str


@dataclass(frozen=True, slots=True)
class LeftOut:
    """What is not valued: ``amount`` in ``currency``, ``book`` in the company's; debit positive.

    ``number`` and ``name`` are the account's, as they were where a run tells of it.
    """

    account: int
    number: str
    name: str
    currency: str
    amount: Decimal
    book: Decimal
    why: Why

    @property
    def is_finding(self) -> bool:
        """Whether somebody should look at it: nobody said that it keeps its rate."""
        return self.why == Why.NO_CURRENCY

    @property
    def reason(self) -> str:
        return str(self.why.label)

    @property
    def source(self) -> str:
        """What it follows from in law; blank where nobody but the company says it."""
        return str(_LAW.get(self.why, ""))

    def stored(self) -> dict[str, Any]:
        return {
            "account": self.account, "number": self.number, "name": self.name,
            "currency": self.currency, "amount": str(self.amount), "book": str(self.book),
            "why": self.why.value,
        }  # fmt: skip


def restored(told: Iterable[Mapping[str, Any]]) -> list[LeftOut]:
    """What was left out, as a run keeps it."""
    return [
        LeftOut(one["account"], one["number"], one["name"], one["currency"],
                Decimal(one["amount"]), Decimal(one["book"]), Why(one["why"]))
        for one in told
    ]  # fmt: skip


@cache
def rules() -> tuple[NonMonetary, ...]:
    """What keeps its rate, as shipped."""
    with (DATA / "non_monetary.csv").open(encoding="utf-8", newline="") as file:
        return tuple(
            NonMonetary(Why(row["why"]), dt.date.fromisoformat(row["valid_from"]), row["purpose"],
                        row["position"], row["source"])
            for row in csv.DictReader(file)
        )  # fmt: skip


def keeps_its_rate(account: Account, day: dt.date) -> Why | None:
    """Why an account is not valued on a day; None where it is."""
    if account.valuation:
        return None if account.valuation == AccountValuation.CLOSING else Why.CHOSEN
    for rule in rules():
        named = account.purpose if rule.purpose else account.or_position
        if rule.valid_from <= day and named == (rule.purpose or rule.position):
            return rule.why
    return None


def left_out(
    account: Account, day: dt.date, currency: str, amount: Decimal, book: Decimal
) -> LeftOut:
    """What stands on an account that is not valued: because it keeps its rate, or is kept in no currency."""
    why = keeps_its_rate(account, day) or Why.NO_CURRENCY
    return LeftOut(account.pk, account.number, account.name, currency, amount, book, why)


def noted(company: Company, accounts: Mapping[int, Account], day: dt.date) -> list[LeftOut]:
    """What lines say in foreign currencies on ``accounts`` that are kept in none. One query."""
    told: dict[str, Any] = {
        "company": company.pk,
        "accounts": list(accounts),
        "own": company.currency,
        "on": day,
    }
    with connection.cursor() as cursor:
        cursor.execute(_NOTED, told)
        return [
            left_out(accounts[pk], day, currency, amount, book)
            for pk, currency, amount, book in cursor.fetchall()
        ]
