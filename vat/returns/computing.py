"""A return computed from the ledger (MWST-Abrechnung berechnen): what counted, and the form of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Final

from erp.companies.models import Company
from erp.core.money import ZERO
from vat.codes import net_rates
from vat.codes.models import CodeKind, VatActivity, VatCode, VatSettings
from vat.codes.queries import boxes_by_rate
from vat.returns import pieces
from vat.returns.carrying import Closing
from vat.returns.form import (
    RATES_OF_2024,
    SIMPLE_SINCE,
    CodeSum,
    Declaration,
    RateBoxes,
    boxes_of_sum,
    fill,
)
from vat.returns.pieces import Question
from vat.returns.spans import Span
from vat.settings.models import ActivityAccount

EFFECTIVE: Final = VatSettings.Method.EFFECTIVE
#: Kinds whose booked tax counts in every method; input tax counts in the effective one alone.
_ALWAYS: Final = (CodeKind.OUTPUT, CodeKind.DISCOUNT, CodeKind.CORRECTION)


@dataclass(frozen=True)
class Scope:
    """Which return is computed: the days, the method, and the spans it covers."""

    company: Company
    start: dt.date
    end: dt.date
    method: str
    basis: str
    spans: Sequence[Span]
    switched_on: dt.date | None = None
    round_down: bool = False
    note_280: str = ""
    closing: Closing | None = None

    @property
    def is_effective(self) -> bool:
        return self.method == EFFECTIVE

    @property
    def question(self) -> Question:
        return Question(self.company, self.spans, self.basis, self.switched_on,
                        by_account=not self.is_effective, closing=self.closing)  # fmt: skip


@dataclass(frozen=True)
class Computed:
    """A return: what counted under each code, and the form that this makes."""

    scope: Scope
    sums: tuple[CodeSum, ...]
    rate_boxes: RateBoxes
    declaration: Declaration

    def brought(self, one: CodeSum) -> dict[str, Decimal]:
        """What a sum brings to which boxes; rows of section II as ``form.boxes_of_sum`` names them."""
        return boxes_of_sum(one, method=self.scope.method, basis=self.scope.basis,
                            rate_boxes=self.rate_boxes)  # fmt: skip

    @property
    def booked(self) -> Decimal:
        """The tax as it is booked: output and acquisition tax less input tax, credit positive."""
        effective = self.scope.is_effective
        found = ZERO
        for one in self.sums:
            found -= one.owed
            if effective or one.shipped.kind in _ALWAYS:
                found -= one.tax
        return found

    @property
    def difference(self) -> Decimal:
        """What is declared beyond what is booked; minus where more is booked."""
        return self.declaration.payable - self.booked


def compute(scope: Scope) -> Computed:
    """The return of a scope, from posted lines alone; a fixed number of queries."""
    rate_boxes = boxes_by_rate()
    codes = {code.pk: code for code in VatCode.of(scope.company)}
    found = pieces.sums(scope.question)
    granted = None if scope.is_effective else Granted(scope)
    sums = tuple(_coded(found, codes, granted))
    declaration = fill(
        sums, start=scope.start, end=scope.end, method=scope.method, basis=scope.basis,
        rate_boxes=rate_boxes, round_down=scope.round_down, note_280=scope.note_280,
    )  # fmt: skip
    return Computed(scope, sums, rate_boxes, declaration)


@dataclass(frozen=True)
class Grant:
    """The rate that counts for an activity on a day; ``code`` is what the return calls it."""

    code: str
    name: str
    percent: Decimal | None
    old: bool


class Granted:
    """Which activity turnover belongs to, by its account, and its rate on the day of supply."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope

    @cached_property
    def _rows(self) -> dict[str, list[VatActivity]]:
        found: dict[str, list[VatActivity]] = {}
        for row in VatActivity.of(self.scope.company).order_by("valid_from"):
            found.setdefault(row.activity_code, []).append(row)
        return found

    @cached_property
    def _accounts(self) -> Mapping[int, str]:
        rows = ActivityAccount.of(self.scope.company).values_list("account", "activity_code")
        return dict(rows)

    def accounts_of(self, activity: str) -> list[int] | None:
        """The accounts of an activity; None where all are, because there is one activity alone."""
        if len(self._rows) == 1:
            return None
        return [account for account, code in self._accounts.items() if code == activity]

    def of(self, account: int | None, supply_date: dt.date) -> Grant:
        """The activity of an account on a day of supply; without one it is blank, and has no rate."""
        code = self._accounts.get(account or 0, "")
        if not code and len(self._rows) == 1:
            code = next(iter(self._rows))
        return self._grant(code, supply_date)

    def lot(
        self, code: str, percent: Decimal, *, old: bool
    ) -> tuple[list[int] | None, tuple[dt.date, dt.date]] | None:
        """The accounts and the days of supply that a grant stands for; None where there are none."""
        found: set[str] = set()
        days: list[dt.date] = []
        for activity, rows in self._rows.items():
            for first, last in (edges for row in rows for edges in _cut(row)):
                grant = self._grant(activity, first)
                if (grant.code, grant.percent, grant.old) == (code, percent, old):
                    found.add(activity)
                    days += [first, last]
        if not found:
            return None
        accounts = [pk for activity in found for pk in self.accounts_of(activity) or ()]
        return (None if len(self._rows) == 1 else accounts), (min(days), max(days))

    def _grant(self, code: str, supply_date: dt.date) -> Grant:
        row = next(
            (row for row in self._rows.get(code, ())
             if row.valid_from <= supply_date and (row.valid_to or dt.date.max) >= supply_date),
            None,
        )  # fmt: skip
        old = supply_date < RATES_OF_2024
        if row is None:
            return Grant(code, "", None, old)
        if (
            self.scope.end >= SIMPLE_SINCE > supply_date
            and self.scope.method == VatSettings.Method.NET_TAX_RATE
        ):
            # Since 2025 old rates have codes of their own, the same for everyone.
            return Grant(
                net_rates.technical_code(row.percent, supply_date), row.name, row.percent, old
            )
        return Grant(code, row.name, row.percent, old)


def _cut(row: VatActivity) -> Iterator[tuple[dt.date, dt.date]]:
    """The days of an activity, cut where what the return calls it changes."""
    first, end = row.valid_from, row.valid_to or dt.date.max
    for edge in (RATES_OF_2024, SIMPLE_SINCE):
        if first < edge <= end:
            yield first, edge - dt.timedelta(days=1)
            first = edge
    yield first, end


def _coded(
    found: Iterable[pieces.Sum], codes: Mapping[int, VatCode], granted: Granted | None
) -> list[CodeSum]:
    """Sums with what their code means; those of one activity and rate come together."""
    together: dict[tuple[str, Decimal, Grant | None], CodeSum] = {}
    for row in found:
        code = codes[row.code]
        grant = None
        if granted and code.kind in {CodeKind.OUTPUT, CodeKind.DISCOUNT} and code.shipped.tax_box:
            assert row.supply_date is not None  # asked by account and day
            grant = granted.of(row.account, row.supply_date)
        key = (code.code, row.rate, grant)
        before = together.get(key)
        told = {
            name: getattr(row, name) + (getattr(before, name) if before else ZERO)
            for name in ("net", "gross", "tax", "owed", "hidden")
        }
        together[key] = CodeSum(
            code.code, code.shipped, row.rate, **told,
            activity=grant.code if grant else "", activity_name=grant.name if grant else "",
            granted=grant.percent if grant else None, old=bool(grant and grant.old),
        )  # fmt: skip
    return list(together.values())
