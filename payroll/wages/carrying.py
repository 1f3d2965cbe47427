"""What a year's slips hand on to the next one (Jahreskumulation).

All amounts are Decimals in CHF. A slip keeps these values, so that the next one can be reckoned from it
years later: names stay, new ones have defaults, and a default never changes:
what is at its default is left out where it is kept.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal

import msgspec

from erp.core.money import ZERO
from payroll.wages.kinds import TaxModel


class Sum(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """What has been charged under one key this year: wages counted, insured, and both parts.

    ``days`` are those insured until now, 30 a month. The exact parts are unrounded, so that a rate
    may change within the year; None is what was charged. ``ceiling`` are upper limits of a year
    times the days that they held for, so that they may change, too; None is the limit of now.
    """

    days: int = 0
    wages: Decimal = ZERO
    insured: Decimal = ZERO
    employee: Decimal = ZERO
    employer: Decimal = ZERO
    employee_exact: Decimal | None = None
    employer_exact: Decimal | None = None
    ceiling: Decimal | None = None


class TaxedMonth(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """A month as it was taxed: the account of its code. Sums are unrounded, ``tax`` is what was taken.

    ``other`` is income elsewhere in a full month, ``share`` the part of the wage that is taxed
    here, ``own`` the degree that follows from the hours of who is paid by them, in percent.
    ``alone``: paid after somebody had left, and taxed with the last wage.
    """

    month: dt.date
    canton: str
    code: str
    model: TaxModel
    days: Decimal
    periodic: Decimal
    aperiodic: Decimal
    determinant: Decimal
    tax: Decimal
    scale: Decimal = Decimal(1)  # what the periodic part was extrapolated by, beside days
    commune: int | None = None
    other: Decimal = ZERO
    share: Decimal = Decimal(1)
    alone: bool = False
    own: Decimal | None = None


class UntaxedMonth(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """What a month paid that would be taxed, were somebody liable: liability may be told later.

    The names are those of ``TaxedMonth``. Without ``days`` it was paid after somebody had left.
    """

    month: dt.date
    days: Decimal
    periodic: Decimal
    aperiodic: Decimal
    share: Decimal = Decimal(1)
    own: Decimal | None = None


class Carry(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """What a year's slips hand on to the next (Jahreskumulation). A new year begins with ``Carry()``.

    ``thirteenths`` are the parts of ``thirteenth`` by employment and pay, such as ``7:month``.
    """

    sums: Mapping[str, Sum] = msgspec.field(default_factory=dict)
    types: Mapping[str, Decimal] = msgspec.field(
        default_factory=dict
    )  # amounts by wage type, this year
    taxed: tuple[TaxedMonth, ...] = ()
    thirteenth: Decimal = ZERO  # earned and not paid yet
    thirteenths: Mapping[str, Decimal] = msgspec.field(default_factory=dict)
    untaxed: tuple[UntaxedMonth, ...] = ()


class Earlier(msgspec.Struct, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """The year in which somebody left who is paid in a later one (Jahr des Austritts).

    What is paid belongs to the year of the work, and fills that year's ceilings: ``days`` are those
    of its employments (30 a month), ``wages`` those that AHV counted in it and in payments since, in
    CHF. ``sums`` are as slips handed them on, by key; what is not among them is told by the two.
    """

    year: int
    days: int
    wages: Decimal
    sums: Mapping[str, Sum] = msgspec.field(default_factory=dict)
