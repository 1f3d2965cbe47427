"""Slips as they are kept: written in bulk, read back with what the month before handed on."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final, cast

import msgspec
from django.db import connection
from django.db.models import F

from erp.core.sealed import SealedField
from payroll.runs.digest import digest_of, require_untouched, salt
from payroll.runs.models import Payment, PayrollRun, Payslip, SlipContent
from payroll.wages.values import Carry, Finding, MonthInput, Slip


@dataclass(frozen=True, slots=True)
class Reckoned:
    """A person's slip on its way to the database."""

    employee: int
    content: SlipContent

    @property
    def stops(self) -> int:
        return sum(one.stops for one in self.content.slip.findings)


def content_of(given: MonthInput, slip: Slip, **more: Any) -> SlipContent:
    """A slip with its input as it is kept: without tariffs, and with the wage types it uses alone."""
    return SlipContent(salt=salt(), given=lean(given, used(given, slip)), slip=slip, **more)


def used(given: MonthInput, slip: Slip) -> frozenset[str]:
    """The wage types, as text, that a slip and its input name, and those they are a percentage of."""
    numbers = {line.type for line in slip.lines} | {one.type for one in given.movements}
    numbers |= {one.type for one in given.contributions if one.type is not None}
    named = [given.types[str(number)] for number in numbers if str(number) in given.types]
    return frozenset(str(number) for number in numbers | {of for one in named for of in one.of})


def lean(given: MonthInput, types: Collection[str]) -> MonthInput:
    """The input without its tariffs, and with these wage types alone."""
    return replace(
        given, tariffs={}, types={name: given.types[name] for name in sorted(types)
                                  if name in given.types},
    )  # fmt: skip


_INSERT: Final = """
    INSERT INTO payroll_payslip
        (company_id, run_id, employee_id, seal_id, content, digest, findings)
    SELECT %s, %s, t.* FROM json_to_recordset(%s::json)
        AS t (employee bigint, seal uuid, content text, digest text, findings int)
"""


def write(run: PayrollRun, rows: Sequence[Reckoned]) -> None:
    """Put slips into a run that is held, in place of those the same people had: two statements.

    Sealed texts travel as one JSON text: arrays of them would be searched for quotes one by one.
    """
    mine = Payslip.of(run.company_id).filter(run=run)
    mine.filter(employee__in=[row.employee for row in rows])._raw_delete(mine.db)  # type: ignore[attr-defined]
    told = msgspec.json.encode([_told(run.company_id, row) for row in rows]).decode()
    with connection.cursor() as cursor:
        cursor.execute(_INSERT, [run.company_id, run.pk, told])


def _told(company: int, row: Reckoned) -> dict[str, Any]:
    slip = Payslip(company_id=company, content=row.content)
    return {
        "employee": row.employee, "seal": str(slip.seal_id), "content": str(CONTENT.at_rest(slip)),
        "digest": digest_of(row.content), "findings": row.stops,
    }  # fmt: skip


CONTENT: Final = cast(SealedField, Payslip._meta.get_field("content"))


class FoundOn(msgspec.Struct, frozen=True):
    """What was found on a slip."""

    findings: tuple[Finding, ...]


class Glance(msgspec.Struct, frozen=True):
    """Of a slip's content no more than how it is paid and what was found."""

    slip: FoundOn
    payout: tuple[Payment, ...] = ()


def glance(slip: Payslip) -> Glance:
    """How a slip is paid and what was found on it, without reading the rest."""
    return cast(Glance, CONTENT.glimpse(slip, Glance))


@dataclass(frozen=True, slots=True)
class Before:
    """What was before a month: the last regular slip, and what the year's slips handed on."""

    slip: Slip | None = None
    carry: Carry = field(default_factory=Carry)


NOTHING = Before()


def before(run: PayrollRun, employees: Collection[int]) -> Mapping[int, Before]:
    """What posted slips handed on to a month, by person: two queries, however many people.

    The carry is that of the person's last posted slip of the year, be it of a run or of a correction.
    Raises ``Tampered`` where one is not what was posted.
    """
    posted = Payslip.of(run.company_id).filter(
        employee__in=employees, run__status__in=PayrollRun.BOOKED
    ).select_related("run").defer("paper")  # fmt: skip
    regular = posted.filter(run__kind=PayrollRun.Kind.REGULAR, run__month__lt=run.month)
    last = {
        row.employee_id: row
        for row in regular.order_by("employee", F("run__month").desc()).distinct("employee")
    }
    of_year = posted.filter(run__month__year=run.month.year, run__month__lte=run.month)
    handed_on = {
        row.employee_id: row
        for row in of_year.order_by("employee", F("run__number").desc()).distinct("employee")
    }
    found = {}
    for who in {*last, *handed_on}:
        slip, carried = last.get(who), handed_on.get(who)
        if slip is not None and carried is not None and slip.pk == carried.pk:
            carried = slip  # opened once
        for one in filter(None, {slip, carried}):
            require_untouched(one)
        found[who] = Before(
            slip.content.slip if slip else None, carried.content.slip.carry if carried else Carry()
        )
    return found
