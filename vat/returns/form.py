"""The form (MWST-Formular): what counted under each code in, boxes and payable tax out. Pure values.

Sources: form of the Federal Tax Administration and eCH-0217 v2.0.0. Turnover in boxes 200 to 299 is
without tax under the effective method, with it under net and flat rates. Box 415 and 420 are positive
where they make more to pay. All amounts are in francs.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal
from typing import Final

from erp.core.money import CENTIME, FIVE_CENTIMES, ZERO, to_centimes
from vat.codes.catalogue import CatalogueCode
from vat.codes.models import CodeKind, RateClass, VatSettings

HUNDRED: Final = Decimal(100)
DEDUCTIONS: Final = ("220", "221", "225", "230", "235", "280")
CREDITS: Final = ("400", "405", "410")
DEBITS: Final = ("415", "420")
#: The rates of the first and second activity until 2024 (before, after the change of rates of 2024).
ACTIVITY_BOXES: Final = (("322", "323"), ("332", "333"))
RATES_OF_2024: Final = dt.date(2024, 1, 1)
SIMPLE_SINCE: Final = dt.date(2025, 1, 1)
#: The boxes of a rate, for turnover and for acquisitions, by class and percent.
RateBoxes = Mapping[tuple[str, Decimal], tuple[str, str]]


@dataclass(frozen=True, slots=True)
class CodeSum:
    """What counted under one code, rate and activity; debit positive, as in the ledger.

    ``net`` and ``gross`` are consideration without and with its tax, ``tax`` what is booked on the
    accounts of output or input tax, ``owed`` on that of acquisition tax. ``hidden`` is the tax in
    what was booked without splitting it off. ``granted`` is the rate of the activity on the days
    of supply, ``old`` whether those lie before the change of rates of 2024.
    """

    code: str
    shipped: CatalogueCode
    rate: Decimal
    net: Decimal = ZERO
    gross: Decimal = ZERO
    tax: Decimal = ZERO
    owed: Decimal = ZERO
    hidden: Decimal = ZERO
    activity: str = ""
    activity_name: str = ""
    granted: Decimal | None = None
    old: bool = False


@dataclass(frozen=True, slots=True)
class RateRow:
    """A row of section II: turnover or acquisitions at one rate, or of one activity.

    ``box`` is blank where the form has none, as for activities since 2025.
    """

    box: str
    rate: Decimal
    turnover: Decimal
    activity: str = ""
    name: str = ""

    @property
    def exact(self) -> Decimal:
        """The tax, not rounded: it is rounded once, at the end."""
        return self.turnover * self.rate / HUNDRED

    @property
    def tax(self) -> Decimal:
        """The tax as it is shown, to 0.01."""
        return to_centimes(self.exact)


@dataclass(frozen=True, slots=True)
class Declaration:
    """A filled form. Boxes that have no row are in ``boxes``; a missing one is zero."""

    start: dt.date
    end: dt.date
    method: str
    basis: str
    boxes: Mapping[str, Decimal]
    supplies: tuple[RateRow, ...]
    acquisitions: tuple[RateRow, ...]
    round_down: bool = False
    note_280: str = ""

    def box(self, number: str) -> Decimal:
        return self.boxes.get(number, ZERO)

    @property
    def is_simple(self) -> bool:
        """Net and flat rates since 2025: rows by activity."""
        return self.method != VatSettings.Method.EFFECTIVE and self.end >= SIMPLE_SINCE

    @property
    def deductions(self) -> Decimal:
        """Box 289."""
        return sum((self.box(number) for number in DEDUCTIONS), ZERO)

    @property
    def taxable(self) -> Decimal:
        """Box 299."""
        return self.box("200") - self.deductions

    @property
    def in_rows(self) -> Decimal:
        """The turnover of section II, which has to be that of box 299."""
        return sum((row.turnover for row in self.supplies), ZERO)

    @property
    def due(self) -> Decimal:
        """Box 399, rounded to 0.01."""
        rows = (*self.supplies, *self.acquisitions)
        return half_up(sum((row.exact for row in rows), ZERO))

    @property
    def credit(self) -> Decimal:
        """Box 479."""
        credits = sum((self.box(number) for number in CREDITS), ZERO)
        return credits - sum((self.box(number) for number in DEBITS), ZERO)

    @property
    def payable(self) -> Decimal:
        """What is to be paid (box 500), or with a minus to be had (box 510).

        Rounded to 0.01, with ``round_down`` to the next lower 0.05, in favour of who pays.
        """
        amount = self.due - self.credit
        if self.round_down:
            return (amount / FIVE_CENTIMES).to_integral_value(ROUND_FLOOR) * FIVE_CENTIMES
        return amount

    @property
    def is_nil(self) -> bool:
        return not any(self.boxes.values()) and not any(
            row.turnover for row in (*self.supplies, *self.acquisitions)
        )


def half_up(amount: Decimal) -> Decimal:
    """Rounded to 0.01; half a centime goes up, below zero too, so that 399 - 479 stays what it is."""
    steps = (amount / CENTIME + Decimal("0.5")).to_integral_value(ROUND_FLOOR)
    return steps * CENTIME


def boxes_of_sum(
    one: CodeSum, *, method: str, basis: str, rate_boxes: RateBoxes
) -> dict[str, Decimal]:
    """What one sum brings to which boxes: rows of section II by ``box:rate`` or ``activity:rate``.

    The page explains each box by these, and the form adds them up: the same figures.
    """
    kind, found = one.shipped.kind, dict[str, Decimal]()
    effective = method == VatSettings.Method.EFFECTIVE
    if kind in {CodeKind.OUTPUT, CodeKind.DISCOUNT}:
        value = -(one.net if effective else one.gross)
        for box in one.shipped.base_boxes:
            if box == "235" and basis == VatSettings.Basis.RECEIVED:
                found["200"] = value  # what was not received is no consideration received
            elif box == "235":
                found[box] = -value
            elif box != "205" or effective:
                found[box] = value
        if one.shipped.tax_box:
            found[f"row:{_row_key(one, effective, rate_boxes)}"] = value
    elif kind == CodeKind.ACQUISITION:
        found[f"acquired:{_acquired_key(one, rate_boxes)}"] = one.net
    elif kind == CodeKind.OTHER:
        found[one.shipped.base_boxes[0]] = -one.net
    if effective and kind in {CodeKind.INPUT, CodeKind.IMPORT, CodeKind.ACQUISITION}:
        if one.shipped.tax_box:
            found[one.shipped.tax_box] = one.tax
    elif kind == CodeKind.CORRECTION:
        box = one.shipped.tax_box
        found[box] = -one.tax if box in DEBITS else one.tax
    return {box: amount for box, amount in found.items() if amount}


def _row_key(one: CodeSum, effective: bool, rate_boxes: RateBoxes) -> str:
    if effective:
        box = rate_boxes.get((one.shipped.rate_class, one.rate), ("", ""))[0]
        return f"{box}:{one.rate}::"
    granted = one.granted if one.granted is not None else ZERO
    age = "old" if one.old else "new"
    return f"{age}:{granted}:{one.activity}:{one.activity_name}"


def _acquired_key(one: CodeSum, rate_boxes: RateBoxes) -> str:
    box = rate_boxes.get((one.shipped.rate_class, one.rate), ("", ""))[1]
    return f"{box}:{one.rate}"


def fill(
    sums: Iterable[CodeSum], *, start: dt.date, end: dt.date, method: str, basis: str,
    rate_boxes: RateBoxes, round_down: bool = False, note_280: str = "",
) -> Declaration:  # fmt: skip
    """Fill the form from what counted under each code."""
    boxes: defaultdict[str, Decimal] = defaultdict(Decimal)
    for one in sums:
        brought = boxes_of_sum(one, method=method, basis=basis, rate_boxes=rate_boxes)
        for box, amount in brought.items():
            boxes[box] += amount
    simple = end >= SIMPLE_SINCE
    return Declaration(
        start, end, method, basis,
        boxes={box: amount for box, amount in sorted(boxes.items()) if ":" not in box},
        supplies=_supplies(boxes, effective=method == VatSettings.Method.EFFECTIVE, simple=simple),
        acquisitions=_acquisitions(boxes),
        round_down=round_down, note_280=note_280,
    )  # fmt: skip


def _supplies(
    boxes: Mapping[str, Decimal], *, effective: bool, simple: bool
) -> tuple[RateRow, ...]:
    keyed = [
        (key.removeprefix("row:").split(":", 3), amount)
        for key, amount in boxes.items()
        if key.startswith("row:")
    ]
    rows = [
        RateRow(first if effective else "", Decimal(rate), amount, activity, name)
        for (first, rate, activity, name), amount in keyed
    ]
    if not effective and not simple:
        order = sorted({activity for (_age, _rate, activity, _name), _amount in keyed})
        rows = [
            RateRow(_old_box(order.index(row.activity), age == "old"), row.rate, row.turnover,
                    row.activity, row.name)
            for row, ((age, *_rest), _amount) in zip(rows, keyed, strict=True)
        ]  # fmt: skip
    return tuple(sorted(rows, key=lambda row: (row.box, row.activity, -row.rate)))


def _old_box(place: int, old: bool) -> str:
    return ACTIVITY_BOXES[place][0 if old else 1] if place < len(ACTIVITY_BOXES) else ""


def _acquisitions(boxes: Mapping[str, Decimal]) -> tuple[RateRow, ...]:
    rows = []
    for key, amount in boxes.items():
        if key.startswith("acquired:"):
            box, rate = key.removeprefix("acquired:").split(":")
            rows.append(RateRow(box, Decimal(rate), amount))
    return tuple(sorted(rows, key=lambda row: (row.box, -row.rate)))


def missing_boxes(sums: Sequence[CodeSum], rate_boxes: RateBoxes) -> list[CodeSum]:
    """Sums whose rate no box of the form takes, such as a rate that was typed wrongly."""
    return [
        one for one in sums
        if one.shipped.rate_class != RateClass.NONE
        and one.shipped.kind in {CodeKind.OUTPUT, CodeKind.DISCOUNT, CodeKind.ACQUISITION}
        and (one.shipped.rate_class, one.rate) not in rate_boxes
    ]  # fmt: skip
