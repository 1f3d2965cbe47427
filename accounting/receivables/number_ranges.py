"""Number ranges of documents (Nummernkreise): how numbers look, and which is next; they only go up."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Final

from django.db import connection, transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from accounting.receivables.models import NumberCount, NumberRange, SalesDocument
from accounting.receivables.numbering import PREFIXES, Pattern
from erp.access.models import User
from erp.audit import trail
from erp.companies.models import Company
from erp.core.errors import DomainError
from erp.core.texts import one_line

Kind = SalesDocument.Kind
FIELDS: Final = ("prefix", "width", "yearly")
LARGEST: Final = 999_999_999
WIDEST: Final = 10
_YEAR: Final = "{year}"
_PREFIX: Final = re.compile(r"(?:[A-Za-z0-9./_-]|\{year\})*", re.ASCII)


class BadPrefix(DomainError):
    code = "numbers.bad_prefix"
    message = _("“%(value)s” is no possible prefix. Use letters, digits, dashes, points and strokes, and "
                "{year} where the year goes.")  # fmt: skip
    field = "prefix"


class YearMissing(DomainError):
    code = "numbers.year_missing"
    message = _("“%(value)s” has no {year}: where numbers begin anew each year, two documents would have "
                "the same. Add {year}, or let the numbers go on.")  # fmt: skip
    field = "prefix"


class PrefixTaken(DomainError):
    code = "numbers.prefix_taken"
    message = _("“%(value)s” is the prefix of another kind of document (%(kind)s) already. Choose another, "
                "so that each number says what it is.")  # fmt: skip
    field = "prefix"


class BadWidth(DomainError):
    code = "numbers.bad_width"
    message = _("%(value)s digits are not possible. From 1 to %(most)s are.")
    field = "width"


class NumberGoesBack(DomainError):
    code = "numbers.goes_back"
    message = _("The next number cannot be %(value)s: %(last)s is given already, and numbers only go up. "
                "Choose %(least)s or more.")  # fmt: skip
    field = "next_number"
    conflict = True


class NumberTooLarge(DomainError):
    code = "numbers.too_large"
    message = _("%(value)s is too large for a number. Choose up to %(most)s.")
    field = "next_number"


@dataclass(frozen=True, slots=True)
class Range:
    """How documents of a kind are numbered, with the last number given in ``year``; 0 is none."""

    kind: str
    prefix: str
    width: int
    yearly: bool
    year: int
    last: int

    @property
    def next_number(self) -> int:
        return self.last + 1

    @property
    def next_shown(self) -> str:
        """The number that the next document gets."""
        return self.shown(self.next_number)

    @property
    def label(self) -> Any:
        return Kind(self.kind).label

    def shown(self, number: int) -> str:
        return Pattern(self.prefix, self.width, self.yearly).written(self.year, number)


def ranges(company: Company, *, year: int) -> list[Range]:
    """The ranges of all kinds, as they stand in a year: two queries."""
    stored = {one.kind: one for one in NumberRange.of(company)}
    counts = {(one.kind, one.year): one.last for one in
              NumberCount.of(company).filter(year__in=(0, year))}  # fmt: skip
    found = []
    for kind in Kind:
        row = stored.get(kind) or _usual(company, kind)
        last = counts.get((kind.value, year if row.yearly else 0), 0)
        found.append(Range(kind.value, row.prefix, row.width, row.yearly, year, last))
    return found


def range_of(company: Company, kind: str, *, year: int) -> Range:
    return next(one for one in ranges(company, year=year) if one.kind == kind)


@transaction.atomic
def save_range(
    *, company: Company, kind: str, by: User, year: int, next_number: int | None = None, **told: Any
) -> Range:  # fmt: skip
    """Change how documents of a kind are numbered (Nummernkreis); what has a number keeps it.

    ``told`` are values of ``FIELDS``; ``next_number`` is what ``year`` goes on with, and only rises.
    Raises ``BadPrefix``, ``YearMissing``, ``PrefixTaken``, ``BadWidth``, ``NumberTooLarge`` or
    ``NumberGoesBack``.
    """
    with connection.cursor() as cursor:  # ranges of a company change one after the other
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 1))",
                       [f"number-ranges:{company.pk}"])  # fmt: skip
    rows = {one.kind: one for one in ranges(company, year=year)}
    before = rows[kind]
    row = NumberRange.of(company).filter(kind=kind).first() or _usual(company, Kind(kind))
    for name in FIELDS:
        if name in told:
            setattr(row, name, told[name])
    row.prefix = one_line(row.prefix or "", field="prefix", most=12)
    _require_sound(row, {one.prefix: one.label for one in rows.values() if one.kind != kind})
    row.save()
    if row.yearly != before.yearly:
        _go_on(row, year)
    if next_number is not None:
        _raise_to(row, year, next_number)
    after = range_of(company, kind, year=year)
    names = (*FIELDS, "next_number")
    changes = trail.changes({name: getattr(before, name) for name in names},
                            {name: getattr(after, name) for name in names})  # fmt: skip
    if changes:
        trail.record(company=company, by=by, action="number_range.change", subject=row,
                     details={"kind": str(after.label), **changes})  # fmt: skip
    return after


def _usual(company: Company, kind: Kind) -> NumberRange:
    return NumberRange(company=company, kind=kind.value, prefix=PREFIXES[kind])


def _require_sound(row: NumberRange, others: dict[str, Any]) -> None:
    if not _PREFIX.fullmatch(row.prefix):
        raise BadPrefix(value=row.prefix)
    if row.yearly and _YEAR not in row.prefix:
        raise YearMissing(value=row.prefix)
    if row.prefix in others:
        raise PrefixTaken(value=row.prefix, kind=others[row.prefix])
    if not 1 <= row.width <= WIDEST:
        raise BadWidth(value=row.width, most=WIDEST)


def _go_on(row: NumberRange, year: int) -> None:
    """Where years are told apart no longer, or from now on, no number is given twice."""
    given = NumberCount.of(row.company_id).filter(kind=row.kind)
    last: int = given.aggregate(last=Max("last"))["last"] or 0
    _count(row, year, "greatest(accounting_numbercount.last, excluded.last)", last)


def _raise_to(row: NumberRange, year: int, next_number: int) -> None:
    if next_number > LARGEST:
        raise NumberTooLarge(value=next_number, most=LARGEST)
    last = _count(row, year, "accounting_numbercount.last", 0)  # held until the end
    if next_number <= last:
        raise NumberGoesBack(value=next_number, last=last, least=last + 1)
    _count(row, year, "excluded.last", next_number - 1)


def _count(row: NumberRange, year: int, then: str, first: int) -> int:
    """Begin a count with ``first``, or let it go on as ``then`` (SQL of ours) says; gives the last number."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO accounting_numbercount (company_id, kind, year, last) VALUES (%s, %s, %s, %s)"  # noqa: S608
            f" ON CONFLICT (company_id, kind, year) DO UPDATE SET last = {then}"
            " RETURNING last",
            [row.company_id, row.kind, year if row.yearly else 0, first],
        )  # fmt: skip
        last: int = cursor.fetchone()[0]
        return last
