"""What cantons say of wages: contributions beside the federal ones, and the model of their tax."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import cache
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from payroll.rates.family import Status
from payroll.rates.figures import rows_of
from payroll.wages.kinds import TaxModel


class CantonalKind(StrEnum):
    FAK = "fak"
    TRAINING = "training"
    ADULT_EDUCATION = "adult_education"
    CHILDCARE = "childcare"
    FAMILY = "family"
    FAMILY_SUPPLEMENTS = "family_supplements"
    UNEMPLOYMENT = "unemployment"
    MATERNITY = "maternity"


KINDS: Final[dict[CantonalKind, Any]] = {
    CantonalKind.FAK: _("Family allowance fund"),
    CantonalKind.TRAINING: _("Vocational training fund"),
    CantonalKind.ADULT_EDUCATION: _("Adult education"),
    CantonalKind.CHILDCARE: _("Childcare"),
    CantonalKind.FAMILY: _("Cantonal family policy"),
    CantonalKind.FAMILY_SUPPLEMENTS: _("Supplements for families and bridging pensions"),
    CantonalKind.UNEMPLOYMENT: _("Cantonal aid for the unemployed"),
    CantonalKind.MATERNITY: _("Cantonal maternity insurance"),
}
STATUSES: Final[dict[Status, Any]] = {
    Status.KNOWN: _("published"),
    Status.PARTLY: _("partly published: check it"),
    Status.UNVERIFIED: _("not verified: check it"),
    Status.UNDATED: _("without a year: check it"),
    Status.OLD: _("of an earlier year: check it"),
    Status.FEDERAL: _("federal minimum: check the canton's amount"),
    Status.OPEN: _("not known: ask the fund"),
}
CANTONS: Final = (
    "AG", "AI", "AR", "BE", "BL", "BS", "FR", "GE", "GL", "GR", "JU", "LU", "NE", "NW", "OW", "SG",
    "SH", "SO", "SZ", "TG", "TI", "UR", "VD", "VS", "ZG", "ZH",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class CantonalContribution:
    """A contribution of a canton in percent of AHV wages; None is what nobody knows here.

    Of the family allowance fund it is what one fund of the canton takes: the own fund's may differ.
    """

    canton: str
    kind: CantonalKind
    year: int | None
    employer_percent: Decimal | None
    employee_percent: Decimal | None
    status: Status
    source: str


@cache
def _contributions() -> tuple[CantonalContribution, ...]:
    return tuple(
        CantonalContribution(
            row["canton"], CantonalKind(row["kind"]), int(row["year"]) if row["year"] else None,
            Decimal(row["employer_percent"]) if row["employer_percent"] else None,
            Decimal(row["employee_percent"]) if row["employee_percent"] else None,
            Status(row["status"]), row["source"],
        )
        for row in rows_of("cantonal.csv")
    )  # fmt: skip


def contributions_on(day: dt.date, *, canton: str = "") -> list[CantonalContribution]:
    """The contributions of a canton, or of all, as far as they are known on a day.

    Of each the newest until the day's year; of an earlier year it is old. They are proposals for
    the solutions of a company, never charged by themselves.
    """
    found: dict[tuple[str, CantonalKind], CantonalContribution] = {}
    for one in _contributions():
        if (canton and one.canton != canton) or (one.year or 0) > day.year:
            continue
        before = found.get((one.canton, one.kind))
        if before is None or (before.year or 0) < (one.year or 0):
            found[one.canton, one.kind] = one
    return [_aged(one, day.year) for one in found.values()]


def _aged(one: CantonalContribution, year: int) -> CantonalContribution:
    if one.year in (None, year) or one.status != Status.KNOWN:
        return one
    return CantonalContribution(one.canton, one.kind, one.year, one.employer_percent,
                                one.employee_percent, Status.OLD, one.source)  # fmt: skip


@cache
def _models() -> dict[str, tuple[tuple[dt.date, TaxModel], ...]]:
    found: dict[str, list[tuple[dt.date, TaxModel]]] = {}
    for row in rows_of("tax_models.csv"):
        since = dt.date.fromisoformat(row["valid_from"])
        found.setdefault(row["canton"], []).append((since, TaxModel(row["model"])))
    return {canton: tuple(sorted(rows)) for canton, rows in found.items()}


def tax_model(canton: str, day: dt.date) -> TaxModel:
    """By which model a canton reckons withholding tax on a day (circular 45 ESTV).

    A canton without an entry for the day is a ``KeyError``: cantons are checked at the edge.
    """
    return [model for since, model in _models()[canton] if since <= day][-1]
