"""The figures of a supplier's invoice (Rechnen): pure, in the invoice's currency."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from accounting.payables.errors import VatDiffers
from erp.core.money import FIVE_CENTIMES, ZERO, allotted
from vat.codes.breakdown import Basis
from vat.codes.catalogue import CatalogueCode
from vat.codes.models import CodeKind
from vat.codes.tax import tax_in_gross, tax_on_net

HUNDRED: Final = Decimal(100)
#: Up to what a total differs from its lines by rounding: suppliers round to five centimes.
ROUNDING: Final = FIVE_CENTIMES
#: What a tax may differ from its rate by: a supplier rounds line by line, and a line by a centime.
TAX_SHARE: Final = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Item:
    """A line as the arithmetic takes it; ``rate`` in percent, ``day`` that of supply.

    ``shipped`` is the code of the catalogue that its ``code`` behaves as.
    """

    amount: Decimal
    code: str = ""
    rate: Decimal = ZERO
    day: dt.date = dt.date.min
    vat_amount: Decimal | None = None
    shipped: CatalogueCode | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """Lines of one VAT code, rate and day of supply, and their tax. ``lines`` are positions from 0."""

    code: str
    rate: Decimal
    day: dt.date
    net: Decimal
    vat: Decimal
    lines: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Amounts:
    """What an invoice comes to. ``nets`` and ``taxes`` are those of its lines, in order.

    Tax is what the supplier bills; acquisition tax comes on top in the books, and is not here.
    """

    nets: tuple[Decimal, ...]
    taxes: tuple[Decimal, ...]
    groups: tuple[Group, ...]

    @property
    def net(self) -> Decimal:
        return sum(self.nets, ZERO)

    @property
    def vat(self) -> Decimal:
        return sum(self.taxes, ZERO)

    @property
    def payable(self) -> Decimal:
        return self.net + self.vat


def reckon(items: Sequence[Item], *, basis: str) -> Amounts:
    """What lines come to, with or without VAT in their amounts as ``basis`` says.

    Tax is rounded to 0.01 once per code, rate and day, and shared among their lines; one that a
    line names itself is taken as billed. Raises ``VatDiffers`` where that is no rounding.
    """
    nets, taxes = [item.amount for item in items], [ZERO for _item in items]
    groups = []
    for key, places in _grouped(items).items():
        code, rate, day, _own = key
        shipped = items[places[0]].shipped
        amounts = [items[place].amount for place in places]
        tax = _tax(items[places[0]], sum(amounts, ZERO), basis, places[0])
        shares = allotted(tax, amounts, _share(shipped, rate, basis))
        for place, amount, share in zip(places, amounts, shares, strict=True):
            taxes[place] = share
            nets[place] = (
                amount if basis == Basis.NET and not _is_import(shipped) else amount - share
            )
        net = sum((nets[place] for place in places), ZERO)
        groups.append(Group(code, rate, day, net, tax, tuple(places)))
    return Amounts(tuple(nets), tuple(taxes), tuple(groups))


def bears_tax(code: CatalogueCode | None) -> bool:
    """Whether the supplier bills tax under this code: input tax and import tax, with a box of their own."""
    return (
        code is not None and code.kind in {CodeKind.INPUT, CodeKind.IMPORT} and bool(code.tax_box)
    )


def _grouped(items: Sequence[Item]) -> dict[tuple[str, Decimal, dt.date, int | None], list[int]]:
    """Positions by code, rate and day; a line that names its tax stands for itself."""
    found = defaultdict[tuple[str, Decimal, dt.date, int | None], list[int]](list)
    for place, item in enumerate(items):
        own = place if item.vat_amount is not None else None
        found[item.code, item.rate, item.day, own].append(place)
    return found


def _tax(item: Item, whole: Decimal, basis: str, place: int) -> Decimal:
    if not bears_tax(item.shipped):
        return ZERO
    if _is_import(item.shipped):
        return whole
    expected = (tax_on_net if basis == Basis.NET else tax_in_gross)(whole, rate=item.rate)
    billed = item.vat_amount
    if billed is None:
        return expected
    if abs(billed - expected) > max(ROUNDING, abs(expected) * TAX_SHARE):
        raise VatDiffers(field=f"lines[{place}].vat_amount", value=billed, rate=item.rate,
                         expected=expected)  # fmt: skip
    return billed


def _share(code: CatalogueCode | None, rate: Decimal, basis: str) -> Decimal:
    """What part of a line's amount its tax is, about."""
    if not bears_tax(code):
        return ZERO
    if _is_import(code):
        return Decimal(1)
    return rate / (HUNDRED if basis == Basis.NET else HUNDRED + rate)


def _is_import(code: CatalogueCode | None) -> bool:
    return code is not None and code.kind == CodeKind.IMPORT
