"""Books on paper: a second ledger in plain dicts and lists, to hold the real one against.

It shares no code with the ledger and knows nothing of a database. Amounts are debit positive.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass, replace
from decimal import Decimal

NOTHING = Decimal(0)


@dataclass(frozen=True)
class Row:
    """A line: ``amount`` and ``foreign`` are debit positive, ``centre`` a number or blank."""

    account: str
    amount: Decimal
    centre: str = ""
    currency: str = ""
    foreign: Decimal | None = None

    def mirrored(self) -> Row:
        return replace(
            self, amount=-self.amount, foreign=None if self.foreign is None else -self.foreign
        )


@dataclass(frozen=True)
class Slip:
    """An entry; ``number`` and ``year`` once it is posted."""

    date: dt.date
    text: str
    rows: tuple[Row, ...]
    opening: bool = False
    year: int | None = None
    number: int | None = None
    reverses: int | None = None


class PaperBooks:
    """``years`` are first and last days, ``accounts`` their settings by number."""

    def __init__(
        self,
        years: list[tuple[dt.date, dt.date]],
        accounts: dict[str, dict],
        centres: dict[str, dt.date | None],
    ) -> None:
        self.years, self.accounts, self.centres = years, accounts, centres
        self.locks = {
            (year, month): "open"
            for year, (first, last) in enumerate(years)
            for month in sorted({self._month(day) for day in _days(first, last)})
        }
        self.may_close = False
        self.slips: dict[int, Slip] = {}  # by the key the caller gives
        self.journal: list[int] = []  # keys, in order of posting

    # --- what would be refused, and why

    def refusals_of_post(self, slip: Slip) -> set[str]:
        return self._of_rows(slip) | self.refusals_of_draft(slip) | self._of_period(slip.date)

    def refusals_of_draft(self, slip: Slip) -> set[str]:
        found = set() if slip.text.strip() else {"ledger.text_missing"}
        if any(not row.amount and row.foreign is None for row in slip.rows):
            found.add("ledger.bad_line_amount")
        year = self._year(slip.date)
        if year is None:
            return found | {"ledger.no_open_year"}
        if self.locks[year, self._month(slip.date)] == "locked":
            found.add("ledger.period_locked")
        return found

    def refusals_of_reversal(self, key: int, date: dt.date) -> set[str]:
        if self.slips[key].number is None:
            return {"ledger.not_posted"}
        if any(slip.reverses == key for slip in self.slips.values()):
            return {"ledger.already_reversed"}
        return self._of_period(date)

    def refusals_of_change(self, key: int) -> set[str]:
        return set() if self.slips[key].number is None else {"ledger.not_a_draft"}

    def refusals_of_lock(self, period: tuple[int, str], lock: str) -> set[str]:
        waiting = any(
            slip.number is None and (self._year(slip.date), self._month(slip.date)) == period
            for slip in self.slips.values()
        )
        return {"ledger.drafts_in_period"} if waiting and lock == "locked" else set()

    def _of_period(self, date: dt.date) -> set[str]:
        year = self._year(date)
        if year is None:
            return {"ledger.no_open_year"}
        lock = self.locks[year, self._month(date)]
        is_open = lock == "open" or (lock == "closing" and self.may_close)
        return set() if is_open else {"ledger.period_locked"}

    def _of_rows(self, slip: Slip) -> set[str]:
        found = set()
        if len(slip.rows) < 2:
            found.add("ledger.too_few_lines")
        if sum(row.amount for row in slip.rows):
            found.add("ledger.unbalanced_entry")
        for row in slip.rows:
            settings = self.accounts[row.account]
            if settings.get("blocked") and slip.date >= settings["blocked"]:
                found.add("ledger.account_blocked")
            if settings.get("currency") not in {None, row.currency}:
                found.add("ledger.wrong_currency")
            if settings.get("centre") == "must" and not row.centre:
                found.add("ledger.cost_centre_missing")
            if settings.get("centre") == "no" and row.centre:
                found.add("ledger.cost_centre_not_allowed")
            until = self.centres.get(row.centre)
            if until is not None and slip.date > until:
                found.add("ledger.cost_unit_closed")
        return found

    # --- what is written

    def keep(self, key: int, slip: Slip) -> None:
        self.slips[key] = slip

    def post(self, key: int, slip: Slip) -> Slip:
        year = self._year(slip.date)
        before = sum(1 for other in self.journal if self.slips[other].year == year)
        self.slips[key] = replace(slip, year=year, number=before + 1)
        self.journal.append(key)
        return self.slips[key]

    def mirror(self, key: int, date: dt.date) -> Slip:
        slip = self.slips[key]
        return Slip(date, "Storno", tuple(row.mirrored() for row in slip.rows), reverses=key)

    # --- what the books say

    def sums(self, until: dt.date, centre: str = "") -> dict[str, tuple[Decimal, ...]]:
        """By account: opening, debit and credit of the year, balance in foreign currency."""
        year, found = self._year(until), defaultdict(lambda: [NOTHING] * 4)
        for slip, row in self._posted():
            if slip.date > until or slip.year > year or (centre and row.centre != centre):
                continue
            own = found[row.account]
            if slip.year < year or slip.opening:
                own[0] += row.amount
            else:
                own[1] += max(row.amount, NOTHING)
                own[2] += max(-row.amount, NOTHING)
            own[3] += row.foreign or NOTHING
        return {account: tuple(own) for account, own in found.items()}

    def sheet(self, account: str, start: dt.date, end: dt.date) -> tuple[Decimal, list[tuple]]:
        """Balance before ``start``, and (number, date, amount, balance) of each row."""
        carried = self.accounts[account]["carried"]
        own = [(s, r) for s, r in self._posted() if r.account == account]
        opening = sum(
            (r.amount for s, r in own
             if s.date < start and (carried or s.year == self._year(start))),
            NOTHING,
        )  # fmt: skip
        rows, balance = [], opening
        inside = [(s, r) for s, r in own if start <= s.date <= end]
        for slip, row in sorted(inside, key=lambda pair: (pair[0].date, pair[0].number)):
            balance += row.amount
            rows.append((slip.number, slip.date, row.amount, balance))
        return opening, rows

    def numbers(self) -> list[tuple[int, int]]:
        """Year and number of every posted entry, in order of posting."""
        return [(self.slips[key].year, self.slips[key].number) for key in self.journal]

    def _posted(self):
        for key in self.journal:
            for row in self.slips[key].rows:
                yield self.slips[key], row

    def _year(self, day: dt.date) -> int | None:
        found = (n for n, (first, last) in enumerate(self.years) if first <= day <= last)
        return next(found, None)

    def _month(self, day: dt.date) -> str:
        return f"{day:%Y-%m}"


def _days(first: dt.date, last: dt.date):
    while first <= last:
        yield first
        first += dt.timedelta(days=1)
