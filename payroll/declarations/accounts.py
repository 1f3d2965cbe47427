"""The wage account (Lohnkonto): a person's year by wage type and month, and the recapitulation of all.

Pure: rows of twelve months and a total, in CHF, from posted slips. A correction stands in the month it
put right, where its line says so. Source: OR 957a; kept for audits of AHV and UVG (AHVV Art. 143).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from types import MappingProxyType
from typing import Final

from django.utils.translation import gettext as _

from erp.core.money import ZERO
from erp.web.export import Table
from payroll.declarations.gathering import PersonYear, Posted
from payroll.declarations.words import base_name, month_names
from payroll.setup.words import insurance_name
from payroll.wages.drafting import is_after_net
from payroll.wages.kinds import Base, Kind
from payroll.wages.values import SlipLine

MONTHS: Final = 12
NO_NAMES: Final[Mapping[int, str]] = MappingProxyType({})  # as slips have them
Months = list[Decimal]


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a wage account: ``months`` are January to December."""

    number: str
    name: str
    months: tuple[Decimal, ...]
    kind: str = ""  # total, or blank

    @property
    def total(self) -> Decimal:
        return sum(self.months, ZERO)


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a wage account with its rows: wages, deductions, bases, contributions, taxes."""

    title: str
    rows: tuple[Row, ...]


@dataclass
class _Sums:
    names: dict[str, str] = field(default_factory=dict)
    months: dict[str, Months] = field(default_factory=lambda: defaultdict(lambda: [ZERO] * MONTHS))

    def add(self, key: str, name: str, month: int, amount: Decimal) -> None:
        self.names[key] = name
        self.months[key][month - 1] += amount

    def rows(self) -> tuple[Row, ...]:
        return tuple(
            Row(key, self.names[key], tuple(self.months[key]))
            for key in sorted(self.months) if any(self.months[key])
        )  # fmt: skip


def wage_account(people: Iterable[PersonYear], names: Mapping[int, str] = NO_NAMES) -> list[Part]:
    """The wage account of one person, or of all together (Rekapitulation des Jahres).

    Slips tell wage types in the language of whom they are for; ``names`` are what they are called
    for whoever reads this.
    """
    rows = list(people)

    def lines(belongs: Callable[[SlipLine], bool]) -> tuple[Row, ...]:
        return _lines(rows, belongs, names)

    parts = [
        Part(_("Wages"), (*lines(_is_wage), _total(rows, _("Gross wages"), "gross"))),
        Part(_("Deductions"), (*lines(_is_deduction), _total(rows, _("Net wages"), "net"))),
        Part(_("Expenses and advances"),
             (*lines(_is_other), _total(rows, _("Payout"), "payout"))),
        Part(_("Counts without payment"), lines(lambda line: not line.paid)),
        Part(_("Bases"), _bases(rows)),
        Part(_("Insured wages"), _charges(rows, "insured")),
        Part(_("Employer's contributions"), _charges(rows, "employer")),
        Part(_("Withholding tax"), _taxes(rows)),
    ]  # fmt: skip
    return [part for part in parts if part.rows]


def _is_wage(line: SlipLine) -> bool:
    return line.paid and not is_after_net(line) and Base.GROSS in line.bases


def _is_deduction(line: SlipLine) -> bool:
    return line.paid and not is_after_net(line) and Base.GROSS not in line.bases


def _is_other(line: SlipLine) -> bool:
    return line.paid and is_after_net(line)


def _month_of(posted: Posted, line: SlipLine) -> int:
    """A correction's line stands in the month it is for; any other in the month it was paid."""
    month = line.for_month if posted.is_correction and line.for_month else posted.month
    return month.month


def _lines(
    people: Sequence[PersonYear], belongs: Callable[[SlipLine], bool], names: Mapping[int, str]
) -> tuple[Row, ...]:
    sums = _Sums()
    for person in people:
        for posted, line in person.lines():
            if belongs(line):
                name = names.get(line.type, line.name)
                sums.add(f"{line.type:04d}", name, _month_of(posted, line), line.amount)
    return sums.rows()


def _total(people: Sequence[PersonYear], name: str, figure: str) -> Row:
    """Gross, net or payout as slips have it: those of a correction by month, as its lines say."""
    months = [ZERO] * MONTHS
    for person in people:
        for posted in person.slips:
            slip, rest = posted.slip, getattr(posted.slip, figure)
            if posted.is_correction:
                for line in slip.lines:
                    if _counts(line, figure):
                        months[_month_of(posted, line) - 1] += line.amount
                        rest -= line.amount
            months[posted.month.month - 1] += rest
    return Row("", name, tuple(months), "total")


def _counts(line: SlipLine, figure: str) -> bool:
    if figure == "gross":
        return _is_wage(line)
    return line.paid and (figure == "payout" or not is_after_net(line))


def _bases(people: Sequence[PersonYear]) -> tuple[Row, ...]:
    sums = _Sums()
    for person in people:
        for posted, line in person.lines():
            if line.kind == Kind.INFO:
                continue
            for base in line.bases:
                place = f"{list(Base).index(base):02}"
                sums.add(place, base_name(base), _month_of(posted, line), line.amount)
    return tuple(Row("", row.name, row.months) for row in sums.rows())


def _charges(people: Sequence[PersonYear], figure: str) -> tuple[Row, ...]:
    sums = _Sums()
    for person in people:
        for posted, charge in person.charges():
            key = f"{charge.insurance.value} {charge.canton or charge.code}".strip()
            name = f"{insurance_name(charge.insurance)} {charge.canton or charge.code}".strip()
            sums.add(key, name, posted.month.month, getattr(charge, figure))
    return tuple(Row("", row.name, row.months) for row in sums.rows())


def _taxes(people: Sequence[PersonYear]) -> tuple[Row, ...]:
    sums = _Sums()
    for person in people:
        for posted, tax in person.taxes():
            month = tax.month.month if tax.month.year == person.year else posted.month.month
            label = _("%(canton)s %(code)s taxable") % {"canton": tax.canton, "code": tax.code}
            sums.add(f"{tax.canton}{tax.code}1", label, month, tax.taxable)
            label = _("%(canton)s %(code)s tax") % {"canton": tax.canton, "code": tax.code}
            sums.add(f"{tax.canton}{tax.code}2", label, month, tax.amount)
    return tuple(Row("", row.name, row.months) for row in sums.rows())


def account_table(
    parts: Sequence[Part], *, year: int, title: str, subtitle: str, name: str
) -> Table:
    """A wage account to be printed or taken along: months aside, parts below each other."""
    rows: list[list[object]] = []
    kinds: dict[int, str] = {}
    for part in parts:
        kinds[len(rows)] = "section"
        rows.append(["", part.title])
        for row in part.rows:
            if row.kind:
                kinds[len(rows)] = row.kind
            rows.append([row.number, row.name, *(one or None for one in row.months), row.total])
    return Table(
        title=title, subtitle=f"{year} · {subtitle}" if subtitle else str(year),
        head=[_("No."), _("Wage type"), *month_names(), _("Total")], rows=rows, kinds=kinds,
        name=name, wide=True, currency="CHF",
    )  # fmt: skip


def person_table(person: PersonYear, year: int, names: Mapping[int, str]) -> Table:
    """One person's wage account of a year to be taken along."""
    file = person.file
    return account_table(
        wage_account([person], names), year=year, title=_("Wage account"),
        subtitle=f"{file.name} ({file.number}) {file.personal.ahv_number}",
        name=f"account-{year}-{file.number}",
    )  # fmt: skip


def recap_table(people: Sequence[PersonYear], year: int, names: Mapping[int, str]) -> Table:
    """All wage accounts of a year as one, to be taken along."""
    return account_table(
        wage_account(people, names), year=year, title=_("Recapitulation of wages"), subtitle="",
        name=f"recap-{year}",
    )  # fmt: skip
