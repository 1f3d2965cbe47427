"""A list of a year as values (Jahresliste): columns with keys, so that page, file and program show the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from erp.core.money import ZERO
from erp.web.export import Table
from payroll.employees.ahv import masked

Column = tuple[str, str]  # key for programs, head for people


@dataclass(frozen=True)
class Report:
    """``rows`` hold a value for each column: text, Decimal (CHF), date, whole number or None.

    ``kinds`` name totals by the place of their row; ``notes`` say what the list does not.
    """

    key: str
    title: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Any]]
    kinds: Mapping[int, str] = field(default_factory=dict)
    notes: Sequence[str] = ()

    @property
    def heads(self) -> list[tuple[str, bool]]:
        """The heads for people, and whether figures stand below."""
        return [
            (head, any(isinstance(row[nth], Decimal | int) for row in self.rows))
            for nth, (_key, head) in enumerate(self.columns)
        ]

    def as_table(self, *, year: int, subtitle: str = "") -> Table:
        """The list to be printed or taken along."""
        return Table(
            title=self.title, subtitle=f"{year} · {subtitle}" if subtitle else str(year),
            head=[head for _key, head in self.columns], rows=self.rows, kinds=self.kinds,
            name=f"{self.key}-{year}", wide=len(self.columns) > 7, currency="CHF",
        )  # fmt: skip

    def masked(self) -> Report:
        """The list with AHV numbers masked, for those who do not change people."""
        hidden = {nth for nth, (key, _head) in enumerate(self.columns) if key == "ahv_number"}
        rows = [
            [masked(cell) if nth in hidden and isinstance(cell, str) else cell
             for nth, cell in enumerate(row)]
            for row in self.rows
        ]  # fmt: skip
        return replace(self, rows=rows)

    def as_objects(self) -> list[dict[str, Any]]:
        """The rows for programs, without totals: amounts as texts."""
        names = [key for key, _head in self.columns]
        return [
            {key: f"{cell:.2f}" if isinstance(cell, Decimal) else cell
             for key, cell in zip(names, row, strict=False)}
            for nth, row in enumerate(self.rows) if nth not in self.kinds
        ]  # fmt: skip


def with_total(
    rows: Sequence[Sequence[Any]], *, label: str, at: int = 0, kind: str = "grand"
) -> tuple[list[Sequence[Any]], dict[int, str]]:
    """Rows and a last one that adds up the columns of amounts; ``at`` is where its label stands."""
    if not rows:
        return list(rows), {}
    width = max(len(row) for row in rows)
    total: list[Any] = []
    for column in range(width):
        cells = [row[column] for row in rows if column < len(row)]
        amounts = [cell for cell in cells if isinstance(cell, Decimal)]
        total.append(sum(amounts, ZERO) if amounts else None)
    total[at] = label
    return [*rows, total], {len(rows): kind}
