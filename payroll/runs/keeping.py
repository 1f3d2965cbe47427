"""Slips as they are kept: written in bulk, read back with what the month before handed on."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from operator import attrgetter
from typing import Any, Final, cast

import msgspec
import psycopg
from django.db import connection
from django.db.models import F
from msgspec.structs import replace

from erp.core.bulk import among
from erp.core.sealed import as_text, decoded
from payroll.runs.digest import CONTENT, digest_of_written, salt
from payroll.runs.models import Payment, PayrollRun, Payslip, SlipContent
from payroll.runs.refusals import Tampered
from payroll.wages.carrying import Carry
from payroll.wages.values import Finding, MonthInput, Slip


@dataclass(frozen=True, slots=True)
class Reckoned:
    """A person's slip on its way to the database; its input becomes ``lean`` there."""

    employee: int
    content: SlipContent

    @property
    def stops(self) -> int:
        return sum(one.stops for one in self.content.slip.findings)


def content_of(given: MonthInput, slip: Slip, **more: Any) -> SlipContent:
    """A slip with its input, which is kept without tariffs, and with the wage types it uses alone."""
    return SlipContent(salt=salt(), given=given, slip=slip, **more)


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


# --- written ----------------------------------------------------------------------------------------
_NAMES: Final = MonthInput.__struct_fields__
_values: Final = attrgetter(*_NAMES)
_TYPES, _TARIFFS, _CONTRIBUTIONS = map(_NAMES.index, ("types", "tariffs", "contributions"))
#: What is the same for all people of a month: written once.
_COMMON: Final = tuple(map(_NAMES.index, ("roles", "figures", "institutions", "terms")))
#: As ``MonthInput`` and ``SlipContent``, of values or of what is written already.
_Given: Final = msgspec.defstruct("_Given", [(name, Any) for name in _NAMES])
_Content: Final = msgspec.defstruct(
    "_Content", [(name, Any) for name in SlipContent.__struct_fields__]
)
_contents: Final = attrgetter(*SlipContent.__struct_fields__)
_GIVEN: Final = SlipContent.__struct_fields__.index("given")


class Scribe:
    """Writes the contents of slips, byte for byte as ``digest.written`` does, what they share once."""

    def __init__(self) -> None:
        self._known: dict[Any, tuple[Any, msgspec.Raw]] = {}  # with what it is of, so that it stays

    def written(self, content: SlipContent) -> bytes:
        given = content.given
        told = list(_values(given))
        for place in _COMMON:
            told[place] = self._raw(id(told[place]), told[place])
        types = {name: given.types[name] for name in sorted(used(given, content.slip))
                 if name in given.types}  # fmt: skip
        told[_TYPES] = self._raw(tuple(map(id, types.values())), types)
        told[_TARIFFS] = {}
        told[_CONTRIBUTIONS] = [self._raw(id(one), one) for one in given.contributions]
        parts = list(_contents(content))
        parts[_GIVEN] = _Given(*told)
        return msgspec.json.encode(_Content(*parts), order="deterministic")

    def _raw(self, key: Any, value: Any) -> msgspec.Raw:
        if key not in self._known:
            made = msgspec.Raw(msgspec.json.encode(value, order="deterministic"))
            self._known[key] = value, made
        return self._known[key][1]


_INSERT: Final = """
    INSERT INTO payroll_payslip (company_id, run_id, employee_id, seal_id, content, digest, findings)
    SELECT %b, %b, * FROM unnest(%b::bigint[], %b::uuid[], %b::text[], %b::text[], %b::int[])
"""
#: Columns of a slip that ``opened`` takes: what names, holds and proves it.
KEPT: Final = (as_text("seal_id"), as_text("content"), "digest")


def write(run: PayrollRun, rows: Iterable[Reckoned]) -> None:
    """Put slips into a run that is held, in place of those the same people had: two statements.

    Columns travel in binary, past Django's cursor: as literals two megabytes of sealed texts would be
    searched for quotes. ``rows`` may be reckoned while they are taken; of each no more than its
    sealed text stays.
    """
    scribe = Scribe()
    told = [_sealed(scribe, run.company_id, row) for row in rows]
    columns = [list(column) for column in zip(*told, strict=True)]
    if not columns:
        return
    mine = Payslip.of(run.company_id).filter(run=run)
    mine.filter(employee__in=among(columns[0]))._raw_delete(mine.db)  # type: ignore[attr-defined]
    with connection.wrap_database_errors, psycopg.Cursor(connection.connection) as cursor:
        cursor.execute(_INSERT, [run.company_id, run.pk, *columns])


def _sealed(scribe: Scribe, company: int, row: Reckoned) -> tuple[Any, ...]:
    """The columns of a slip, as the statement takes them."""
    seal = uuid.uuid4()
    written = scribe.written(row.content)
    content = CONTENT.sealed_at(CONTENT.place_of(company, seal), written)
    return row.employee, seal, content, digest_of_written(written), row.stops


# --- read back --------------------------------------------------------------------------------------
class FoundOn(msgspec.Struct, frozen=True):
    """What was found on a slip."""

    findings: tuple[Finding, ...] = ()


class Glance(msgspec.Struct, frozen=True):
    """Of a slip's content no more than how it is paid and what was found."""

    slip: FoundOn
    payout: tuple[Payment, ...] = ()


def glance(slip: Payslip) -> Glance:
    """How a slip is paid and what was found on it, without reading the rest."""
    return cast(Glance, CONTENT.glimpse(slip, Glance))


class Earlier(msgspec.Struct, frozen=True):
    """Of an earlier slip no more than its month, its net wage and what it handed on."""

    month: dt.date
    net: Decimal
    carry: Carry


class _OfEarlier(msgspec.Struct, frozen=True):
    slip: Earlier


class _OfSlip(msgspec.Struct, frozen=True):
    slip: Slip


@dataclass(frozen=True, slots=True)
class Before:
    """What was before a month: the last regular slip, and what the year's slips handed on."""

    slip: Earlier | None = None
    carry: Carry = field(default_factory=Carry)


NOTHING = Before()


def before(run: PayrollRun, employees: Collection[int]) -> Mapping[int, Before]:
    """What posted slips handed on to a month, by person: two queries, however many people.

    The carry is that of the person's last posted slip of the year, be it of a run or of a correction.
    Raises ``Tampered`` where one is not what was posted.
    """
    posted = _posted(run, employees)
    of_year = posted.filter(run__month__year=run.month.year, run__month__lte=run.month)
    last = _sealed_slips(_regular(posted, run))
    handed_on = _sealed_slips(
        of_year.order_by("employee", F("run__number").desc()).distinct("employee")
    )
    slips = {one[0]: one for one in [*last.values(), *handed_on.values()]}
    told = {
        seal: opened(run.company_id, run.month, one, _OfEarlier).slip for seal, one in slips.items()
    }
    found = {}
    for who in {*last, *handed_on}:
        slip = told[last[who][0]] if who in last else None
        carry = told[handed_on[who][0]].carry if who in handed_on else Carry()
        found[who] = Before(slip, carry)
    return found


def last_slips(run: PayrollRun, employees: Collection[int]) -> Mapping[int, Slip]:
    """The last regular slip that was posted before a run's month, whole, by person: one query."""
    found = _sealed_slips(_regular(_posted(run, employees), run))
    return {who: opened(run.company_id, run.month, one, _OfSlip).slip for who, one in found.items()}


def _posted(run: PayrollRun, employees: Collection[int]) -> Any:
    rows = Payslip.of(run.company_id).filter(employee__in=among(employees))
    return rows.filter(run__status__in=PayrollRun.BOOKED)


def _regular(posted: Any, run: PayrollRun) -> Any:
    """The last slip of each person from a month's run before."""
    rows = posted.filter(run__kind=PayrollRun.Kind.REGULAR, run__month__lt=run.month)
    return rows.order_by("employee", F("run__month").desc()).distinct("employee")


def _sealed_slips(rows: Any) -> dict[int, Sequence[str]]:
    """What names, holds and proves a slip, by person."""
    return {who: told for who, *told in rows.values_list("employee_id", *KEPT)}


def opened(company: int, month: dt.date, kept: Sequence[str], kind: Any) -> Any:
    """A slip's content as ``kind`` has it, of what ``KEPT`` names, without its row.

    Raises ``Tampered`` where it is not what its digest says.
    """
    seal, text, digest = kept
    written = CONTENT.written_at(CONTENT.place_of(company, seal), text)
    if digest_of_written(written) != digest:
        raise Tampered(month=f"{month:%m.%Y}")
    return decoded(written, kind)
