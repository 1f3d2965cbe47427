"""The form as page and endpoints tell it: every box with the codes it is made of. Pure values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final
from urllib.parse import urlencode

from vat.codes.models import CodeKind
from vat.returns.boxes import Box, BoxKind, amount_of, form_order, label, row_label
from vat.returns.computing import Computed
from vat.returns.form import CodeSum, Declaration, RateRow

#: Kinds whose figures are credits in the ledger, and stand positive on the form.
CREDITED: Final = (CodeKind.OUTPUT, CodeKind.DISCOUNT, CodeKind.OTHER)
#: Kinds that count at the rates of activities under net and flat rates.
GRANTED: Final = (CodeKind.OUTPUT, CodeKind.DISCOUNT)
TOTALS: Final = ("289", "299", "399", "479", "500", "510")
_IN_TAX: Final = (BoxKind.CREDIT, BoxKind.DEBIT, BoxKind.PAYABLE, BoxKind.CLAIM)


@dataclass(frozen=True, slots=True)
class Part:
    """What a code brings to a box, signed as in the box; ``tax`` what is booked for it.

    ``query`` is what the page of its entries is asked for.
    """

    one: CodeSum
    name: str
    amount: Decimal
    tax: Decimal | None
    query: str


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the form: a box with turnover or tax, a row of section II with both.

    ``before`` and ``year_ago`` are what was filed then in the same box.
    """

    box: str
    text: str
    kind: str
    turnover: Decimal | None = None
    tax: Decimal | None = None
    rate: Decimal | None = None
    parts: tuple[Part, ...] = ()
    before: Decimal | None = None
    year_ago: Decimal | None = None

    @property
    def is_empty(self) -> bool:
        return not self.turnover and not self.tax


@dataclass(frozen=True, slots=True)
class Section:
    number: str
    title: str
    lines: tuple[Line, ...]


def sections(
    found: Computed, *, language: str, names: Mapping[str, str], before: Computed | None = None,
    year_ago: Computed | None = None,
) -> list[Section]:  # fmt: skip
    """The form from top to bottom, in a language, with its boxes opened into codes.

    ``names`` are those of the company's codes.
    """
    told, method = found.declaration, found.scope.method
    order = form_order(method, told.end)
    lines = list(_lines(found, order, language, names))
    then = [_figures(one.declaration) if one else {} for one in (before, year_ago)]
    placed = [(section, _beside(line, *then)) for section, line in lines]
    return [
        Section(number, label(number, method, language),
                tuple(line for section, line in placed if section == number))
        for number in ("I", "II", "III")
    ]  # fmt: skip


def totals(told: Declaration) -> dict[str, Decimal]:
    """The boxes that others add up to."""
    order = {box.number: box for box in form_order(told.method, told.end)}
    return {number: amount_of(told, order[number]) for number in TOTALS if number in order}


def brought_boxes(found: Computed, one: CodeSum) -> dict[str, Decimal]:
    """What a sum brings, by the number of the box, of rows without one by activity."""
    boxes: dict[str, Decimal] = {}
    for key, amount in found.brought(one).items():
        name = box_of(found, key)
        boxes[name] = boxes.get(name, Decimal(0)) + amount
    return boxes


def box_of(found: Computed, key: str) -> str:
    """The box that a key of ``Computed.brought`` stands for; the activity where it has none."""
    head, colon, rest = key.partition(":")
    if not colon:
        return key
    if head == "acquired" or found.scope.is_effective:
        return rest.partition(":")[0]
    row = _row_of(found, key)
    return (row.box or row.activity) if row else ""


def is_granted(one: CodeSum, *, effective: bool) -> bool:
    """Whether a sum is taxed at the rate of an activity."""
    return not effective and one.shipped.kind in GRANTED and bool(one.shipped.tax_box)


def query_of(one: CodeSum, box: str = "", *, effective: bool = True) -> str:
    """What leads to the entries of a sum."""
    told: dict[str, object] = {"code": one.code, "rate": one.rate}
    if is_granted(one, effective=effective):
        granted = "none" if one.granted is None else one.granted
        told |= {"activity": one.activity, "granted": granted, "old": int(one.old)}
    return urlencode(told | ({"box": box} if box else {}))


def _lines(
    found: Computed, order: Sequence[Box], language: str, names: Mapping[str, str]
) -> Iterator[tuple[str, Line]]:
    told = found.declaration
    parts = _parts(found, names)
    for box in order:
        if box.kind == BoxKind.HEADING:
            if box.number in {"D", "V"}:
                yield box.section, Line("", box.labels[language[:2]], "heading")
            elif box.number == "S":
                yield from (("II", line) for line in _rows(found, parts, language))
        elif box.kind not in {BoxKind.SUPPLY, BoxKind.ACQUISITION}:
            sign = -1 if box.kind == BoxKind.DEBIT else 1
            amount = sign * amount_of(told, box)
            in_tax = box.kind in _IN_TAX or box.number in {"399", "479"}
            yield box.section, Line(
                box.number, box.labels[language[:2]], box.kind,
                **{"tax" if in_tax else "turnover": amount},
                parts=tuple(_signed(part, sign) for part in parts.get(box.number, ())),
            )  # fmt: skip


def _rows(found: Computed, parts: Mapping[str, tuple[Part, ...]], language: str) -> Iterator[Line]:
    told, method = found.declaration, found.scope.method
    for rows, acquired in ((told.supplies, False), (told.acquisitions, True)):
        for row in rows:
            text = row_label(row, method, language, acquired=acquired)
            yield Line(
                row.box or row.activity, text,
                BoxKind.ACQUISITION if acquired else BoxKind.SUPPLY,
                turnover=row.turnover, tax=row.tax, rate=row.rate,
                parts=parts.get(_name(row, acquired), ()),
            )  # fmt: skip


def _parts(found: Computed, names: Mapping[str, str]) -> dict[str, tuple[Part, ...]]:
    """What each code brings, by box, of rows by box, activity and rate."""
    gathered: dict[str, list[Part]] = {}
    for one in found.sums:
        for key, amount in found.brought(one).items():
            head, colon, rest = key.partition(":")
            name, tax = key, None
            if head == "acquired":
                box, rate = rest.split(":")
                name, tax = _name(RateRow(box, Decimal(rate), amount), True), -one.owed
            elif colon:
                row = _row_of(found, key)
                name = _name(row, False) if row else key
                tax = -one.tax if found.scope.is_effective else None
            box = box_of(found, key)
            query = query_of(one, box, effective=found.scope.is_effective)
            gathered.setdefault(name, []).append(
                Part(one, names.get(one.code, ""), amount, tax, query)
            )
    return {name: tuple(rows) for name, rows in gathered.items()}


def _row_of(found: Computed, key: str) -> RateRow | None:
    """The row of section II that ``row:…`` of ``Computed.brought`` went into."""
    age, rate, activity, name = key.removeprefix("row:").split(":", 3)
    rows = [
        row for row in found.declaration.supplies
        if (row.rate, row.activity, row.name) == (Decimal(rate), activity, name)
    ]  # fmt: skip
    if found.scope.is_effective:
        return next((row for row in rows if row.box == age), None)
    by_age = [row for row in rows if not row.box or row.box.endswith("2" if age == "old" else "3")]
    return by_age[0] if by_age else None


def _name(row: RateRow, acquired: bool) -> str:
    return f"{'a' if acquired else 's'}|{row.box}|{row.activity}|{row.name}|{row.rate.normalize()}"


def _figures(told: Declaration) -> dict[str, Decimal]:
    """What stands beside: amounts by box, turnover of rows by box, activity and rate."""
    found = {box.number: amount_of(told, box) for box in form_order(told.method, told.end)
             if box.kind not in {BoxKind.HEADING, BoxKind.SUPPLY, BoxKind.ACQUISITION}}  # fmt: skip
    for row in (*told.supplies, *told.acquisitions):
        found[f"{row.box or row.activity}|{row.rate.normalize()}"] = row.turnover
    return found


def _beside(line: Line, before: Mapping[str, Decimal], year_ago: Mapping[str, Decimal]) -> Line:
    key = line.box if line.rate is None else f"{line.box}|{line.rate.normalize()}"
    sign = -1 if line.kind == BoxKind.DEBIT else 1
    then = [None if key not in told else sign * told[key] for told in (before, year_ago)]
    return replace(line, before=then[0], year_ago=then[1])


def _signed(part: Part, sign: int) -> Part:
    return replace(part, amount=sign * part.amount)
