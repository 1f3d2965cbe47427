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
from erp.layouts.values import Font, Look, Shown, Size
from vat.codes.breakdown import Basis

WIDTH: Final = 170.0  # millimetres between the margins
#: Points, by the size of the letters; the first at which the text has enough room.
SIZES: Final = {
    Size.SMALL.value: (8.0, 7.0, 6.0),
    Size.NORMAL.value: (9.0, 8.0, 7.0, 6.0),
    Size.LARGE.value: (10.0, 9.0, 8.0, 7.0, 6.0),
}
LEAST_TEXT: Final = 50.0  # millimetres for the text of a line, or for all texts of a table
EASY_TEXT: Final = 80.0  # where texts need no more, the other columns share the rest,
MORE: Final = 6.0  # up to so much each
MOST: Final = 24.0  # millimetres of a unit or a discount; longer ones are broken

#: How a column looks: text, figures and days on one line, what stands beside figures and may break,
#: and the number of a line.
TEXT, FIGURE, DAY, BESIDE, RIGHT, TIGHT = "text", "figure", "day", "beside", "right", "tight-column"
_LOOKS: Final = {Column.TEXT: TEXT, Column.DATE: DAY, Column.AMOUNT: FIGURE}
#: How wide a digit and a point are in a font, in ems.
WIDTHS: Final = {Font.SANS.value: (0.556, 0.278), Font.SERIF.value: (0.5, 0.25)}


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


def of_lines(body: DocumentBody, wording: Wording, look: Look) -> Table:
    """The lines of a document: the columns of its layout, without those that no line fills.

    Several VAT rates are told line by line in any layout, and a discount that has no column stands
    below its text, so that each amount explains itself.
    """
    lines = body.lines
    basis = wording.including if body.basis == Basis.GROSS else wording.excluding
    price = f"{wording.price}\n{basis}" if body.vat else wording.price
    offered = [
        (Shown.QUANTITY, Head(wording.quantity, FIGURE),
         _aligned([line.quantity for line in lines], font=look.font)),
        (Shown.UNIT, Head(wording.unit, BESIDE), [Cell(line.unit, BESIDE) for line in lines]),
        (Shown.PRICE, Head(price, FIGURE),
         _aligned([line.price for line in lines], font=look.font, least=2)),
        (Shown.DISCOUNT, Head(wording.discount, RIGHT),
         [Cell(line.discount, RIGHT) for line in lines]),
        (None, Head(wording.vat, FIGURE),
         [Cell(rate, FIGURE) for rate in _rates(lines, each=look.shows(Shown.VAT_RATE))]),
    ]  # fmt: skip
    columns = [
        (head, cells) for column, head, cells in offered
        if (column is None or look.shows(column)) and any(cell.text for cell in cells)
    ]  # fmt: skip
    amounts = [Cell(chf(line.amount), FIGURE) for line in lines]
    columns.append((Head(f"{wording.amount}\n{body.currency}", FIGURE), amounts))
    texts = [Cell(*_texts(line, wording, look)) for line in lines]
    carried = _carried(lines)
    first = (
        [(Head(wording.position, TIGHT), _positions(lines))] if look.shows(Shown.POSITION) else []
    )
    rows = [
        Row(line.kind, (text,) if line.kind == Kind.TEXT else tuple(cells), so_far)
        for line, text, so_far, *cells in zip(
            lines, texts, carried, *(cells for _head, cells in first), texts,
            *(cells for _head, cells in columns), strict=True,
        )
    ]  # fmt: skip
    return _fitted([*first, (Head(wording.text, TEXT), texts), *columns], rows, look)


def of_columns(body: TableBody, look: Look) -> Table:
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
    return _fitted(columns, [Row(Kind.ITEM, row) for row in rows], look)


def _aligned(values: Sequence[Decimal | None], *, font: str, least: int = 0) -> list[Cell]:
    """Figures with the decimals each needs, so that their points stand below each other."""
    most, (digit, point) = fraction(values, least=least), WIDTHS[font]
    found = []
    for value in values:
        own = fraction([value], least=least)
        gap = (most - own) * digit + (point if most and not own else 0)
        found.append(Cell(figure(value, places=own), FIGURE, inset=f"{gap:.3f}em" if gap else ""))
    return found


def _rates(lines: Sequence[PaperLine], *, each: bool) -> list[str]:
    """The VAT rate of each line; unless ``each`` tells it, none where all have the same.

    The totals tell it then; with several, the law wants to know which is whose (MWSTG Art. 26).
    """
    if not each and len({line.rate for line in lines if line.rate is not None}) < 2:
        return [""] * len(lines)
    return ["" if line.rate is None else percent(line.rate) for line in lines]


def _positions(lines: Sequence[PaperLine]) -> list[Cell]:
    """The number of each item; none of what is but a text or a subtotal."""
    found, nth = [], 0
    for line in lines:
        nth += line.kind == Kind.ITEM
        found.append(Cell(str(nth) if line.kind == Kind.ITEM else "", TIGHT))
    return found


def _texts(line: PaperLine, wording: Wording, look: Look) -> tuple[str, str, str]:
    """The headline of a line, and what stands below it."""
    headline, _, rest = line.text.strip().partition("\n")
    if line.kind == Kind.SUBTOTAL and not headline:
        headline = wording.subtotal
    supply = f"{wording.supply}: {line.supply}" if line.supply else ""
    off = ""
    if line.discount and not look.shows(Shown.DISCOUNT):
        off = f"{wording.discount}: {line.discount}"
    return headline, TEXT, "\n".join(part for part in (rest.strip("\n"), supply, off) if part)


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


def _fitted(columns: Sequence[tuple[Head, list[Cell]]], rows: Sequence[Row], look: Look) -> Table:
    """The table with its widths: at the largest size that leaves the texts enough room."""
    sizes = SIZES[look.size]
    for size in sizes:
        widths = [_width(head, cells, size=size) for head, cells in columns]
        left = WIDTH - sum(widths)
        if left >= LEAST_TEXT:
            break
    if tight := left < LEAST_TEXT:  # long figures in every column: all shrink, and break
        widths = [wide * (WIDTH - LEAST_TEXT) / sum(widths) for wide in widths]
    elif spare := max(0.0, left - min(EASY_TEXT, _needed(columns, sizes[0]))):
        more = min(MORE, spare / max(1, len(columns) - 1))
        widths = [
            wide + more if wide and head.look != TIGHT else wide
            for wide, (head, _cells) in zip(widths, columns, strict=True)
        ]
    heads = tuple(
        replace(head, width=f"{wide:.2f}mm" if wide else "")
        for (head, _cells), wide in zip(columns, widths, strict=True)
    )
    return Table(heads, tuple(rows), f"{size}pt", tight)


def _needed(columns: Sequence[tuple[Head, list[Cell]]], size: float) -> float:
    """What the texts of a table need on one line each."""
    return sum(
        room((head.heading, *(cell.text for cell in cells)), size=size)
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
