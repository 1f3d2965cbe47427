"""The table of a paper (Tabellensatz): figures get the width they need, the text has the rest.

Widths are reckoned here, so that the printer need not look at every cell to find them, and so
that a table with large figures gets smaller letters before anything runs into its neighbour.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

from accounting.qr import fitting
from accounting.receivables.lines import Kind
from accounting.receivables.paper.figures import figure, fraction, percent, room
from accounting.receivables.paper.values import Column, DocumentBody, PaperLine, TableBody
from accounting.receivables.paper.wording import Wording
from erp.core.display import chf, swiss_date
from erp.core.money import ZERO
from vat.codes.breakdown import Basis

WIDTH: Final = 170.0  # millimetres between the margins
SIZES: Final = (9.0, 8.0, 7.0, 6.0)  # points; the first at which the text has enough room
LEAST_TEXT: Final = 50.0  # millimetres for the text of a line, or for all texts of a table
EASY_TEXT: Final = 80.0  # where texts need no more, the other columns share the rest,
MORE: Final = 6.0  # up to so much each
MOST: Final = 24.0  # millimetres of a unit or a discount; longer ones are broken

#: How a column looks: text, figures and days on one line, and what stands beside figures and may break.
TEXT, FIGURE, DAY, BESIDE, RIGHT = "text", "figure", "day", "beside", "right"
_LOOKS: Final = {Column.TEXT: TEXT, Column.DATE: DAY, Column.AMOUNT: FIGURE}
DIGIT, POINT = 0.556, 0.278  # widths of Liberation Sans, in ems


@dataclass(frozen=True, slots=True)
class Head:
    """A column: its heading, how its cells look, and its width (blank: what is left)."""

    heading: str
    look: str
    width: str = ""


@dataclass(frozen=True, slots=True)
class Cell:
    """What stands in a column, how far from its right edge, and what stands small below it."""

    text: str
    look: str
    detail: str = ""
    inset: str = ""  # so that points stand below each other, whatever decimals follow


@dataclass(frozen=True, slots=True)
class Row:
    """Cells in the order of the columns (a text alone has the whole width), and the sum so far."""

    kind: str
    cells: tuple[Cell, ...]
    carried: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """Columns with their rows, in letters of ``size``; ``tight`` breaks even figures."""

    heads: tuple[Head, ...]
    rows: tuple[Row, ...]
    size: str
    tight: bool


def of_lines(body: DocumentBody, wording: Wording) -> Table:
    """The lines of a document, without the columns that none of them fills."""
    lines = body.lines
    basis = wording.including if body.basis == Basis.GROSS else wording.excluding
    price = f"{wording.price}\n{basis}" if body.vat else wording.price
    columns = [
        (Head(wording.quantity, FIGURE), _aligned([line.quantity for line in lines])),
        (Head(wording.unit, BESIDE), [Cell(line.unit, BESIDE) for line in lines]),
        (Head(price, FIGURE), _aligned([line.price for line in lines], least=2)),
        (Head(wording.discount, RIGHT), [Cell(line.discount, RIGHT) for line in lines]),
        (Head(wording.vat, FIGURE), [Cell(rate, FIGURE) for rate in _rates(lines)]),
    ]
    columns = [column for column in columns if any(cell.text for cell in column[1])]
    amounts = [Cell(chf(line.amount), FIGURE) for line in lines]
    columns.append((Head(f"{wording.amount}\n{body.currency}", FIGURE), amounts))
    texts = [Cell(*_texts(line, wording)) for line in lines]
    carried = _carried(lines)
    rows = [
        Row(line.kind, (text,) if line.kind == Kind.TEXT else (text, *rest), so_far)
        for line, text, so_far, *rest in zip(
            lines, texts, carried, *(cells for _head, cells in columns), strict=True
        )
    ]
    return _fitted([(Head(wording.text, TEXT), texts), *columns], rows)


def of_columns(body: TableBody) -> Table:
    """A table of texts, days and amounts, as it is given."""
    looks = [_LOOKS[Column(kind)] for _heading, kind in body.columns]
    rows = [
        tuple(Cell(_shown(value), look) for value, look in zip(row, looks, strict=True))
        for row in body.rows
    ]
    columns = [
        (Head(heading, look), [row[nth] for row in rows])
        for nth, ((heading, _kind), look) in enumerate(zip(body.columns, looks, strict=True))
    ]
    return _fitted(columns, [Row(Kind.ITEM, row) for row in rows])


def _aligned(values: Sequence[Decimal | None], *, least: int = 0) -> list[Cell]:
    """Figures with the decimals each needs, so that their points stand below each other."""
    most = fraction(values, least=least)
    found = []
    for value in values:
        own = fraction([value], least=least)
        gap = (most - own) * DIGIT + (POINT if most and not own else 0)
        found.append(Cell(figure(value, places=own), FIGURE, inset=f"{gap:.3f}em" if gap else ""))
    return found


def _rates(lines: Sequence[PaperLine]) -> list[str]:
    """The VAT rate of each line; none where all have the same, as the totals tell it."""
    if len({line.rate for line in lines if line.rate is not None}) < 2:
        return [""] * len(lines)
    return ["" if line.rate is None else percent(line.rate) for line in lines]


def _texts(line: PaperLine, wording: Wording) -> tuple[str, str, str]:
    """The headline of a line, and what stands below it."""
    headline, _, rest = line.text.strip().partition("\n")
    if line.kind == Kind.SUBTOTAL and not headline:
        headline = wording.subtotal
    supply = f"{wording.supply}: {line.supply}" if line.supply else ""
    return headline, TEXT, "\n".join(part for part in (rest.strip("\n"), supply) if part)


def _carried(lines: Sequence[PaperLine]) -> list[str]:
    """The sum of the items down to each line, blank before the first."""
    so_far, found, any_yet = ZERO, [], False
    for line in lines:
        if line.kind == Kind.ITEM and line.amount is not None:
            so_far, any_yet = so_far + line.amount, True
        found.append(chf(so_far) if any_yet else "")
    return found


def _shown(value: object) -> str:
    if isinstance(value, Decimal):
        return chf(value)
    if isinstance(value, dt.date):
        return swiss_date(value)
    return "" if value is None else str(value)


def _fitted(columns: Sequence[tuple[Head, list[Cell]]], rows: Sequence[Row]) -> Table:
    """The table with its widths: at the largest size that leaves the texts enough room."""
    for size in SIZES:
        widths = [_width(head, cells, size=size) for head, cells in columns]
        left = WIDTH - sum(widths)
        if left >= LEAST_TEXT:
            break
    if tight := left < LEAST_TEXT:  # long figures in every column: all shrink, and break
        widths = [wide * (WIDTH - LEAST_TEXT) / sum(widths) for wide in widths]
    elif spare := max(0.0, left - min(EASY_TEXT, _needed(columns))):
        more = min(MORE, spare / max(1, len(columns) - 1))
        widths = [wide + more if wide else 0.0 for wide in widths]
    heads = tuple(
        replace(head, width=f"{wide:.2f}mm" if wide else "")
        for (head, _cells), wide in zip(columns, widths, strict=True)
    )
    return Table(heads, tuple(rows), f"{size}pt", tight)


def _needed(columns: Sequence[tuple[Head, list[Cell]]]) -> float:
    """What the texts of a table need on one line each."""
    return sum(
        room((head.heading, *(cell.text for cell in cells)), size=SIZES[0])
        for head, cells in columns
        if head.look == TEXT
    )


def _width(head: Head, cells: Sequence[Cell], *, size: float) -> float:
    """What a column needs; nothing for one of texts, which share what is left."""
    if head.look == TEXT:
        return 0.0
    words = head.heading.split("\n") if head.look == FIGURE else head.heading.split()
    insets = max((float(cell.inset[:-2]) for cell in cells if cell.inset), default=0.0)
    needed = max(
        room((cell.text for cell in cells), size=size, bold=head.look == FIGURE)
        + insets * size * fitting.POINT,
        room(words, size=size - 1),
    )
    return min(needed, MOST) if head.look in (BESIDE, RIGHT) else needed
