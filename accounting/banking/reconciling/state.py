"""The state of a bank account (Stand des Kontos): ledger beside bank, and their difference entry by entry.

The bank's closing balance is its first opening balance, what statements between are missing, and the
lines on statements. The ledger's is what it held on that first day, and its entries since. What is on
one side alone explains the difference; nothing is left over unless a statement was taken in wrongly.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from itertools import pairwise
from typing import Any, Final

from django.db import connection
from django.utils.translation import gettext_lazy as _

from accounting.banking.models import BankAccount, Statement
from accounting.ledger.balances import balance_before
from erp.core.money import ZERO

MOST: Final = 2_000  # entries of a kind that are told one by one; their sum counts all


class Kind(StrEnum):
    """What makes bank and ledger differ."""

    OPENING = "opening"
    MISSING = "missing"
    WAITING = "waiting"
    LATER = "later"
    NO_BALANCE = "no_balance"
    LEDGER = "ledger"
    UNEXPLAINED = "unexplained"

    @property
    def label(self) -> Any:
        return LABELS[self]


LABELS: Final[dict[Kind, Any]] = {
    Kind.OPENING: _("Opening: the bank's less the ledger's"),
    Kind.MISSING: _("Statements missing in between"),
    Kind.WAITING: _("Bank lines not booked"),
    Kind.LATER: _("Bank lines booked after the day"),
    Kind.NO_BALANCE: _("Booked from notices, on no statement with a balance"),
    Kind.LEDGER: _("Ledger entries on no statement"),
    Kind.UNEXPLAINED: _("Not explained"),
}


@dataclass(frozen=True, slots=True)
class Difference:
    """One reason why the bank has more (positive) or less than the ledger, in the account's currency.

    ``movement`` and ``entry`` are the ids of the bank line and of the journal entry, if any.
    """

    date: dt.date | None
    text: str
    amount: Decimal
    movement: int | None = None
    entry: int | None = None
    number: int | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """All differences of a kind: how many, their sum, and the first ``MOST`` of them."""

    kind: Kind
    count: int
    amount: Decimal
    rows: tuple[Difference, ...]

    @property
    def untold(self) -> int:
        return self.count - len(self.rows)


@dataclass(frozen=True, slots=True)
class AccountState:
    """A bank account on the day of a statement; without a statement with a balance the ledger alone."""

    bank_account: BankAccount
    date: dt.date | None
    statement: Statement | None
    ledger: Decimal
    groups: tuple[Group, ...] = ()

    @property
    def closing(self) -> Decimal | None:
        return self.statement.closing if self.statement is not None else None

    @property
    def difference(self) -> Decimal:
        return self.closing - self.ledger if self.closing is not None else ZERO

    @property
    def agrees(self) -> bool:
        """Whether nothing at all differs; sums that cancel each other do not agree."""
        return self.statement is not None and not self.groups


def statements_of(bank: BankAccount) -> list[Statement]:
    """Statements with a closing balance, by their last day."""
    rows = Statement.of(bank.company_id).filter(bank_account=bank, message_type="camt.053")
    rows = rows.exclude(closing=None).exclude(to_date=None).order_by("to_date", "pk")
    return list(rows)


def state_of(
    bank: BankAccount, *, on: dt.date | None = None, statements: Sequence[Statement] | None = None
) -> AccountState:
    """The account on the day of the last statement until ``on``; of the last of all without it.

    Amounts are in the account's currency, positive where the bank has more. At most seven queries.
    """
    known = statements_of(bank) if statements is None else list(statements)
    until = [one for one in known if on is None or (one.to_date and one.to_date <= on)]
    if not until:
        return AccountState(bank, on, None, _ledger(bank, on or dt.date.max))
    last = until[-1]
    assert last.to_date is not None and last.closing is not None  # as they were asked for
    first = until[0]
    start = first.from_date or first.to_date or last.to_date
    told: dict[str, Any] = {
        "company": bank.company_id, "bank": bank.pk, "account": bank.account_id, "start": start,
        "until": last.to_date, "most": MOST,
        "since": [one.from_date or one.to_date for one in until],
        "to": [one.to_date for one in until],
    }  # fmt: skip
    ledger = _ledger(bank, last.to_date)
    groups = [_opening(bank, first, start, told), _missing(until)]
    groups += [_asked(kind, sql.format(amount=_line_amount(bank)), told) for kind, sql in _SQL]
    explained = sum((one.amount for one in groups), ZERO)
    rest = last.closing - ledger - explained
    groups.append(Group(Kind.UNEXPLAINED, 1 if rest else 0, rest, ()))
    return AccountState(bank, last.to_date, last, ledger, tuple(one for one in groups if one.count))


def _ledger(bank: BankAccount, day: dt.date) -> Decimal:
    after = day if day == dt.date.max else day + dt.timedelta(days=1)
    own, foreign = balance_before(bank.company, account=bank.account_id, day=after, year=None,
                                  carried=True)  # fmt: skip
    return foreign if bank.account.currency else own


def _opening(bank: BankAccount, first: Statement, start: dt.date, told: dict[str, Any]) -> Group:
    """The bank's balance before its first statement, less the ledger's with its opening entries."""
    ledger = _ledger(bank, start - dt.timedelta(days=1))
    with connection.cursor() as cursor:
        cursor.execute(_OPENED.format(amount=_line_amount(bank)), told)
        (opened,) = cursor.fetchone()
    amount = (first.opening or ZERO) - ledger - opened
    row = Difference(start, first.identification, amount)
    return Group(Kind.OPENING, 1, amount, (row,)) if amount else Group(Kind.OPENING, 0, ZERO, ())


def _missing(until: Sequence[Statement]) -> Group:
    """Where a statement does not open with what the one before closed with."""
    rows = []
    for before, one in pairwise(until):
        follows = one.from_date is not None and before.to_date is not None and (
            one.from_date >= before.to_date
        )  # fmt: skip
        if follows and one.opening is not None and one.opening != before.closing:
            amount = one.opening - (before.closing or ZERO)
            rows.append(Difference(one.from_date, one.identification, amount))
    whole = sum((row.amount for row in rows), ZERO)
    return Group(Kind.MISSING, len(rows), whole, tuple(rows))


def _asked(kind: Kind, sql: str, told: dict[str, Any]) -> Group:
    with connection.cursor() as cursor:
        cursor.execute(sql, told)
        rows = cursor.fetchall()
    if not rows:
        return Group(kind, 0, ZERO, ())
    count, whole = rows[0][:2]
    return Group(kind, count, whole, tuple(Difference(*row[2:]) for row in rows))


def _line_amount(bank: BankAccount) -> str:
    return "coalesce(l.amount_foreign, 0)" if bank.account.currency else "l.debit - l.credit"


_OPENED: Final = """
    SELECT coalesce(sum({amount}), 0) FROM accounting_entryline l
    JOIN accounting_journalentry e ON e.company_id = l.company_id AND e.id = l.entry_id
    WHERE l.company_id = %(company)s AND l.account_id = %(account)s
      AND l.date BETWEEN %(start)s AND %(until)s AND e.number IS NOT NULL AND e.kind = 'opening'
"""

# On a statement with a balance: taken in from one, or told by a notice for a day that one covers.
_ON_STATEMENT: Final = """
    (s.message_type = 'camt.053' OR EXISTS (
        SELECT FROM unnest(%(since)s::date[], %(to)s::date[]) AS p (since, until)
        WHERE t.booking_date BETWEEN p.since AND p.until))
"""

_LINES: Final = """
    SELECT count(*) OVER (), sum({sign}t.amount) OVER (), t.booking_date,
           btrim(t.party || ' ' || t.text), {sign}t.amount, t.id, e.id, e.number
    FROM accounting_banktransaction t
    JOIN accounting_statement s ON s.company_id = t.company_id AND s.id = t.statement_id
    {kind} JOIN accounting_journalentry e ON e.company_id = t.company_id AND e.id = t.entry_id
    WHERE t.company_id = %(company)s AND t.bank_account_id = %(bank)s AND t.amount <> 0
      AND t.booking_date BETWEEN %(start)s AND %(until)s AND {which}
    ORDER BY t.booking_date, t.id LIMIT %(most)s
"""

_UNLINKED: Final = """
    SELECT count(*) OVER (), sum(-({amount})) OVER (), e.date, e.text, -({amount}),
           NULL::bigint, e.id, e.number
    FROM accounting_entryline l
    JOIN accounting_journalentry e ON e.company_id = l.company_id AND e.id = l.entry_id
    WHERE l.company_id = %(company)s AND l.account_id = %(account)s
      AND l.date BETWEEN %(start)s AND %(until)s AND e.number IS NOT NULL AND e.kind <> 'opening'
      AND {amount} <> 0
      AND NOT EXISTS (SELECT FROM accounting_banktransaction t
                      WHERE t.company_id = e.company_id AND t.entry_id = e.id)
      AND NOT EXISTS (SELECT FROM accounting_journalentry o
                      WHERE o.company_id = e.company_id AND o.date BETWEEN %(start)s AND %(until)s
                        AND (o.reverses_id = e.id OR o.id = e.reverses_id) AND o.number IS NOT NULL)
    ORDER BY e.date, e.number LIMIT %(most)s
"""


def _lines(kind: str, which: str, *, sign: str = "") -> str:
    return _LINES.format(kind=kind, which=which, sign=sign)


_SQL: Final = (
    (Kind.WAITING, _lines("LEFT", f"t.entry_id IS NULL AND {_ON_STATEMENT}")),
    (Kind.LATER, _lines("", f"e.date > %(until)s AND {_ON_STATEMENT}")),
    (Kind.NO_BALANCE, _lines("", f"e.date <= %(until)s AND NOT {_ON_STATEMENT}", sign="-")),
    (Kind.LEDGER, _UNLINKED),
)
