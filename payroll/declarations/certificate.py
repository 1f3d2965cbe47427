"""The wage certificate (Lohnausweis, form 11) as values: boxes from the lines of slips. Pure.

Amounts are exact, in CHF; the paper shows whole francs. Source: form 11 (605.040.18) and its guide,
margins 17 to 67; ELM 5.0, TaxSalary.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Final

import msgspec

from erp.core.money import ZERO, rounded_to
from payroll.declarations.notes import NOTHING, Notes
from payroll.wages.kinds import Kind
from payroll.wages.values import SlipLine

INCOME: Final = ("1", "2.1", "2.2", "2.3", "3", "4", "5", "6", "7")
DEDUCTIONS: Final = ("9", "10.1", "10.2")
AFTER: Final = ("12", "13.1.1", "13.1.2", "13.2.1", "13.2.2", "13.2.3", "13.3")
BOXES: Final = (*INCOME, *DEDUCTIONS, *AFTER)
TOLD: Final = frozenset({"2.3", "3", "4", "7", "13.1.2", "13.2.3"})  # boxes that say of what kind
TAKEN: Final = frozenset({"9", "10.1", "10.2", "12"})  # what is deducted stands positive there
FRANC: Final = Decimal(1)


class Certificate(msgspec.Struct, frozen=True, kw_only=True):
    """A certificate's content: ``boxes`` by number without 8 and 11, ``kinds`` what is in those of a kind.

    ``address`` are lines; ``rectifies`` is the day of the certificate it replaces. ``count`` is how many
    there are of the person and year. ``activity`` is the degree of work in percent, where it is not 100.
    """

    year: int
    first: dt.date
    last: dt.date
    doc: str = ""
    name: str = ""
    number: str = ""
    ahv_number: str = ""
    birth_date: dt.date | None = None
    address: tuple[str, ...] = ()
    language: str = "de"
    boxes: dict[str, Decimal] = {}
    kinds: dict[str, str] = {}
    notes: Notes = NOTHING
    activity: Decimal | None = None
    count: int = 1
    rectifies: dt.date | None = None
    rectifies_doc: str = ""
    issued_on: dt.date | None = None
    employer: tuple[str, ...] = ()
    place: str = ""
    contact: str = ""
    phone: str = ""
    expense_rule: str = ""
    expense_canton: str = ""
    expense_date: dt.date | None = None

    def box(self, name: str) -> Decimal:
        """The exact amount of a box, 8 and 11 among them."""
        if name == "8":
            return sum((self.boxes.get(one, ZERO) for one in INCOME), ZERO)
        if name == "11":
            return self.box("8") - sum((self.boxes.get(one, ZERO) for one in DEDUCTIONS), ZERO)
        return self.boxes.get(name, ZERO)

    def francs(self, name: str) -> int:
        """A box in whole francs, half away from zero; 8 and 11 add up what is printed above them."""
        if name == "8":
            return sum(self.francs(one) for one in INCOME)
        if name == "11":
            return self.francs("8") - sum(self.francs(one) for one in DEDUCTIONS)
        return int(rounded_to(self.box(name), FRANC))

    @property
    def has_free_transport(self) -> bool:
        """Box F: a company car stands in box 2.2, or somebody said so."""
        return self.notes.free_transport or bool(self.box("2.2"))


def amounts_of(line: SlipLine) -> Iterable[tuple[str, Decimal]]:
    """What a line adds to boxes; ``7+10.1`` is paid by the employer and deducted too."""
    for box in filter(None, line.box.split("+")):
        is_taken = box in TAKEN and line.kind in {Kind.DEDUCTION, Kind.NET_CORRECTION}
        yield box, -line.amount if is_taken else line.amount


def boxes_of(lines: Iterable[SlipLine]) -> tuple[dict[str, Decimal], dict[str, str]]:
    """Boxes by number, and the names of the wage types in boxes that say of what kind they are."""
    sums: dict[str, Decimal] = defaultdict(Decimal)
    names: dict[str, dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for line in lines:
        for box, amount in amounts_of(line):
            sums[box] += amount
            if box in TOLD:
                names[box][line.name] += amount
    boxes = {box: sums[box] for box in BOXES if sums.get(box)}
    kinds = {
        box: ", ".join(name for name, amount in told.items() if amount)
        for box, told in names.items() if box in boxes
    }  # fmt: skip
    return boxes, kinds


def differences(now: Certificate, issued: Certificate) -> list[str]:
    """Boxes, and other parts, in which a certificate is not as it was issued."""
    found = [box for box in BOXES if now.box(box) != issued.box(box)]
    told: Sequence[str] = ("first", "last", "ahv_number", "name", "address", "notes", "activity",
                           "expense_rule", "expense_canton", "expense_date")  # fmt: skip
    return found + [one for one in told if getattr(now, one) != getattr(issued, one)]


def totals_of(certificates: Iterable[Certificate]) -> Mapping[str, Decimal]:
    """Sums of all boxes, exact."""
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for one in certificates:
        for box in (*BOXES, "8", "11"):
            sums[box] += one.box(box)
    return sums
