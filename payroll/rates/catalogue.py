"""Which figures of law there are (gesetzliche Werte): their names, units, and how often they change."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from django.utils.translation import gettext_lazy as _


class Unit(StrEnum):
    """What a figure is counted in."""

    PERCENT = "percent"
    MONTH = "month"
    YEAR = "year"
    DAY = "day"
    MEAL = "meal"
    AGE = "age"


class Group(StrEnum):
    AHV = "ahv"
    ALV = "alv"
    UVG = "uvg"
    BVG = "bvg"
    FAMILY = "family"
    TAX = "tax"
    OTHER = "other"


GROUPS: Final[dict[Group, Any]] = {
    Group.AHV: "AHV/IV/EO",
    Group.ALV: _("Unemployment insurance (ALV)"),
    Group.UVG: _("Accident insurance (UVG)"),
    Group.BVG: _("Occupational pensions (BVG)"),
    Group.FAMILY: _("Family allowances"),
    Group.TAX: _("Withholding tax"),
    Group.OTHER: _("Benefits in kind and other figures"),
}
UNITS: Final[dict[Unit, Any]] = {
    Unit.PERCENT: "%",
    Unit.MONTH: _("CHF a month"),
    Unit.YEAR: _("CHF a year"),
    Unit.DAY: _("CHF a day"),
    Unit.MEAL: _("CHF each"),
    Unit.AGE: _("years of age"),
}


@dataclass(frozen=True, slots=True)
class Known:
    """A figure: ``is_yearly`` ones hold for a calendar year and are published anew for the next.

    Others run on until the law changes. ``is_needed`` ones are wanted for each calculation.
    """

    group: Group
    unit: Unit
    label: Any
    is_yearly: bool = False
    is_needed: bool = False


FIGURES: Final[dict[str, Known]] = {
    "ahv_employee": Known(Group.AHV, Unit.PERCENT, _("Contribution of the employee"), is_needed=True),
    "ahv_employer": Known(Group.AHV, Unit.PERCENT, _("Contribution of the employer"), is_needed=True),
    "ahv_admin_most": Known(
        Group.AHV, Unit.PERCENT, _("Administration costs at most, of the contributions")
    ),
    "liable_from_age": Known(
        Group.AHV, Unit.AGE, _("Liable from 1 January after this birthday"), is_needed=True
    ),
    "allowance_month": Known(Group.AHV, Unit.MONTH, _("Allowance of pensioners"), is_needed=True),
    "small_wage": Known(
        Group.AHV, Unit.YEAR, _("Small wages up to"), is_yearly=True, is_needed=True
    ),
    "ahv_pension_least": Known(Group.AHV, Unit.MONTH, _("Lowest full pension"), is_yearly=True),
    "ahv_pension_most": Known(Group.AHV, Unit.MONTH, _("Highest full pension"), is_yearly=True),
    "simplified_total": Known(
        Group.AHV, Unit.YEAR, _("Simplified procedure: all wages at most"), is_yearly=True
    ),
    "simplified_tax": Known(
        Group.AHV, Unit.PERCENT, _("Simplified procedure: tax"), is_needed=True
    ),
    "eo_day_most": Known(Group.AHV, Unit.DAY, _("Highest daily allowance of the EO")),
    "alv_employee": Known(Group.ALV, Unit.PERCENT, _("Contribution of the employee"), is_needed=True),
    "alv_employer": Known(Group.ALV, Unit.PERCENT, _("Contribution of the employer"), is_needed=True),
    "alv_ceiling": Known(Group.ALV, Unit.YEAR, _("Wages insured up to"), is_needed=True),
    "uvg_ceiling": Known(Group.UVG, Unit.YEAR, _("Wages insured up to"), is_needed=True),
    "trainee_percent": Known(
        Group.UVG, Unit.PERCENT, _("Least wage of trainees from 20 years on, of the highest"), is_needed=True
    ),
    "trainee_percent_young": Known(
        Group.UVG, Unit.PERCENT, _("Least wage of trainees below 20 years, of the highest"), is_needed=True
    ),
    "uvg_ceiling_day": Known(Group.UVG, Unit.DAY, _("Wages insured up to")),
    "bvg_threshold": Known(
        Group.BVG, Unit.YEAR, _("Insured above"), is_yearly=True, is_needed=True
    ),
    "bvg_coordination": Known(
        Group.BVG, Unit.YEAR, _("Coordination deduction"), is_yearly=True, is_needed=True
    ),
    "bvg_upper": Known(
        Group.BVG, Unit.YEAR, _("Wages counted up to"), is_yearly=True, is_needed=True
    ),
    "bvg_minimum": Known(
        Group.BVG, Unit.YEAR, _("Coordinated wage at least"), is_yearly=True, is_needed=True
    ),
    "bvg_most": Known(Group.BVG, Unit.YEAR, _("Coordinated wage at most"), is_yearly=True),
    "bvg_interest": Known(Group.BVG, Unit.PERCENT, _("Minimum interest"), is_yearly=True),
    "bvg_risk_from_age": Known(
        Group.BVG, Unit.AGE, _("Risks insured from 1 January after this birthday")
    ),
    "bvg_savings_from_age": Known(
        Group.BVG, Unit.AGE, _("Saving from 1 January after this birthday")
    ),
    "pillar3a_with_fund": Known(
        Group.BVG, Unit.YEAR, _("Pillar 3a with a pension fund"), is_yearly=True
    ),
    "pillar3a_without_fund": Known(
        Group.BVG, Unit.YEAR, _("Pillar 3a without a pension fund"), is_yearly=True
    ),
    "family_child": Known(
        Group.FAMILY, Unit.MONTH, _("Child allowance at least"), is_yearly=True
    ),
    "family_education": Known(
        Group.FAMILY, Unit.MONTH, _("Education allowance at least"), is_yearly=True
    ),
    "family_income_month": Known(
        Group.FAMILY, Unit.MONTH, _("Own income at least"), is_yearly=True
    ),
    "family_income_year": Known(Group.FAMILY, Unit.YEAR, _("Own income at least"), is_yearly=True),
    "family_child_income": Known(
        Group.FAMILY, Unit.MONTH, _("Income of a child in education at most"), is_yearly=True
    ),
    "median_wage": Known(Group.TAX, Unit.MONTH, _("Median wage"), is_yearly=True),
    "car_percent": Known(
        Group.OTHER, Unit.PERCENT, _("Company car: share of the price each month"), is_needed=True
    ),
    "car_minimum": Known(Group.OTHER, Unit.MONTH, _("Company car: at least"), is_needed=True),
    "food_day": Known(Group.OTHER, Unit.DAY, _("Meals and lodging")),
    "food_breakfast": Known(Group.OTHER, Unit.MEAL, _("Breakfast")),
    "food_lunch": Known(Group.OTHER, Unit.MEAL, _("Lunch")),
    "food_dinner": Known(Group.OTHER, Unit.MEAL, _("Dinner")),
    "lodging_day": Known(Group.OTHER, Unit.DAY, _("Lodging")),
    "thirteenth_percent": Known(
        Group.OTHER, Unit.PERCENT, _("13th month's wage of hourly wages"), is_needed=True
    ),
}  # fmt: skip


def label(key: str) -> str:
    """A figure's name with that of its group, in the language in use."""
    known = FIGURES[key]
    return f"{GROUPS[known.group]}: {known.label}"
