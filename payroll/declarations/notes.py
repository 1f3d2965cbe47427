"""What a wage certificate needs beyond slips (Zusatzangaben zum Lohnausweis): typed, per person and year.

Source: form 11 and its guide (Wegleitung zum Ausfüllen des Lohnausweises), boxes F, G, 13 to 15.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from enum import StrEnum

import msgspec


class AbroadKind(StrEnum):
    """How the part of work outside of the canton or of Switzerland was told (field work, Aussendienst)."""

    EFFECTIVE = "effective"
    LUMP = "lump"


class Grant(msgspec.Struct, frozen=True, kw_only=True):
    """A ruling or permission of a canton, of a day (Genehmigung)."""

    canton: str
    date: dt.date


class Notes(msgspec.Struct, frozen=True, kw_only=True):
    """Facts of a certificate that no slip tells (Zusatzangaben). Amounts in CHF.

    ``free_transport`` is box F where no company car stands in box 2.2, which ticks it by itself;
    ``activity_rate`` None is that of the contract. ``benefits`` is box 14; ``remark`` is added to box 15.
    """

    free_transport: bool = False
    canteen: bool = False
    benefits: str = ""
    remark: str = ""
    allowance_by_fund: bool = False  # family allowances are paid by the fund directly
    relocation_costs: Decimal | None = None
    shares: Grant | None = None  # market value of staff shares agreed with a canton
    shares_without_income: bool = False  # annex: blocked or unquoted rights, nothing taxable yet
    car_to_clarify: bool = False
    minimal_car_part: bool = False  # the employee pays a minimal part of the car
    field_work: Decimal | None = None  # percent, for the company car
    field_work_kind: AbroadKind = AbroadKind.EFFECTIVE
    tax_objection: bool = False  # term of objection to withholding tax
    continued_for: str = ""  # whose wage is paid on, name and address
    expatriate: Grant | None = None
    activity_rate: Decimal | None = None
    is_pension: bool = False  # box B, a pension statement, in place of A


NOTHING = Notes()
