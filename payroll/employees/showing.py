"""Facts as people read them (Angaben zeigen): label and text of each field that says something."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

import msgspec
from django.utils.translation import gettext as _

from erp.core.display import figure, price, swiss_date
from erp.core.identifiers import format_iban
from payroll.employees.ahv import masked
from payroll.employees.facts import FactValue, Share, kind_of
from payroll.employees.fields import KINDS, Field
from payroll.employees.known import Known
from payroll.employees.people import Held

#: Fields that hold AHV numbers, which not everybody sees.
AHV: Final = frozenset({"ahv_number", "spouse_ahv_number"})
#: What is told also where it is no or nothing.
TOLD_ANYHOW: Final = frozenset({"only_job", "in_household", "holiday_weeks", "employee_amount",
                                "employer_amount", "days"})  # fmt: skip
AMOUNTS: Final = frozenset({"amount", "employee_amount", "employer_amount", "annual_wage",
                            "other_income", "rate"})  # fmt: skip


@dataclass(frozen=True)
class Shown:
    """A fact on a page: its fields in words, and whether it holds on the day that is looked at."""

    held: Held
    label: str
    fields: list[tuple[str, str]]
    holds: bool

    @property
    def text(self) -> str:
        return ", ".join(f"{label}: {text}" for label, text in self.fields)


def shown(held: Held, known: Known, *, on: dt.date, open_ahv: bool) -> Shown:
    """A fact in words; AHV numbers are masked unless ``open_ahv``."""
    return Shown(held, str(KINDS[held.kind].label), lines(held.value, known, open_ahv=open_ahv),
                 held.meets(on, on))  # fmt: skip


def lines(value: FactValue, known: Known, *, open_ahv: bool) -> list[tuple[str, str]]:
    return lines_of(value, KINDS[kind_of(value)].fields, known, open_ahv=open_ahv)


def lines_of(
    value: msgspec.Struct, fields: Sequence[Field], known: Known, *, open_ahv: bool
) -> list[tuple[str, str]]:
    """Label and text of the fields that are not blank."""
    told = []
    for one in fields:
        held = getattr(value, one.name)
        if isinstance(held, (bool, Decimal)) and not held and one.name not in TOLD_ANYHOW:
            continue
        text = _text(held, one, known)
        if one.name in AHV and not open_ahv:
            text = masked(text)
        if text:
            told.append((str(one.label), text))
    return told


def _text(value: Any, one: Field, known: Known) -> str:
    if value is None or value == "" or value == () or value == {}:
        return ""
    if one.choices is not None:
        return str(one.choices.get(str(value), value))
    if one.many:
        return ", ".join(_named(one.many, pk, known) for pk in
                         (value if isinstance(value, tuple) else (value,)))  # fmt: skip
    if one.name == "commune":
        found = known.commune(value)
        return f"{value} {found.name}" if found else str(value)
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, dt.date):
        return swiss_date(value)
    if isinstance(value, Decimal):
        return price(value) if one.name in AMOUNTS else figure(value)
    if isinstance(value, dict):
        return ", ".join(f"{number}: {figure(share)} %" for number, share in value.items())
    if isinstance(value, tuple):
        return "; ".join(_share(part) if isinstance(part, Share) else str(part) for part in value)
    return str(value)


def _share(one: Share) -> str:
    part = _("rest")
    if one.amount is not None:
        part = f"CHF {price(one.amount)}"
    elif one.percent is not None:
        part = f"{figure(one.percent)} %"
    return " ".join(filter(None, (format_iban(one.iban), one.name, f"({part})")))


def _named(many: str, pk: int, known: Known) -> str:
    if many == "types":
        return str(known.wage_types.get(pk, pk))
    return str(
        known.solutions.get(pk, pk) if many == "solutions" else known.institutions.get(pk, pk)
    )
