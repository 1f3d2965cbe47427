"""What was withheld and is not settled yet (offene Quellensteuer), by canton and month."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from erp.companies.models import Company
from erp.core.money import ZERO
from payroll.declarations.gathering import PersonYear, year_of, years_of
from payroll.declarations.listing import commissions
from payroll.declarations.taxes import Due
from payroll.runs.models import PayrollRun
from payroll.settlements.models import SettledRun, SettledTax, TaxSettlement

Withheld = Mapping[str, Sequence[SettledTax]]


@dataclass(frozen=True)
class Year:
    """A year's settlements, the newest first, and what is still to be settled by canton and month."""

    year: int
    open: Sequence[Due]
    settled: Sequence[TaxSettlement]
    people: int  # whose taxes were looked at

    @property
    def due(self) -> Decimal:
        """What all cantons together will get, in CHF."""
        return sum((one.net for one in self.open), ZERO)


def withheld(people: Iterable[PersonYear]) -> Withheld:
    """All taxes of a year by canton, in the order of months and people: see ``Posted.settled``."""
    found: dict[str, list[SettledTax]] = defaultdict(list)
    for person in people:
        for posted, tax in person.taxes():
            found[tax.canton].append(SettledTax(
                employee=person.file.id, ahv_number=person.file.personal.ahv_number,
                name=person.file.name, commune=tax.commune, code=tax.code, month=posted.settled,
                origin=tax.month, run=posted.run, taxable=tax.taxable, determinant=tax.determinant,
                amount=tax.amount, is_correction=tax.is_correction,
            ))  # fmt: skip
    return {canton: sorted(rows, key=lambda row: row.month) for canton, rows in found.items()}


def open_of(company: Company, canton: str, until: dt.date, year: int) -> list[SettledTax]:
    """What a canton's settlement until a month holds: that month and those before it, of a year's wages."""
    rows = withheld(year_of(company, year)).get(canton, ())
    done = _settled_runs(company)
    return [row for row in rows if row.month <= until and (canton, row.run) not in done]


def due_of(
    canton: str, month: dt.date, rows: Sequence[SettledTax], percent: Decimal | None, year: int
) -> Due:
    """Rows as one sum, with the commission of the canton; None where its rate is not known."""
    return Due(
        canton, month, len({row.employee for row in rows}), sum((row.taxable for row in rows), ZERO),
        sum((row.amount for row in rows), ZERO), percent, year,
    )  # fmt: skip


def year_view(company: Company, year: int) -> Year:
    """What is open and what is settled of a year: a fixed number of queries, and one for each canton."""
    people = year_of(company, year)
    done = _settled_runs(company)
    percents = commissions(company, people)
    found: list[Due] = []
    for canton, rows in sorted(withheld(people).items()):
        left = [row for row in rows if (canton, row.run) not in done]
        for month in sorted({row.month for row in left}):
            same = [row for row in left if row.month == month]
            found.append(due_of(canton, month, same, percents.get(canton), year))
    return Year(year, found, settlements_of(company, year), len(people))


def settlements_of(company: Company, year: int | None = None) -> list[TaxSettlement]:
    """The settlements, of a year or all, the newest first, without their people; one query."""
    rows = TaxSettlement.of(company).select_related("institution", "entry", "settled_by")
    if year is not None:
        rows = rows.filter(year=year)
    return list(rows.defer("content").order_by("-last", "canton", "-pk"))


def years_with_tax(company: Company) -> list[int]:
    """The years that can have something to settle, the latest first."""
    return years_of(company)


def _settled_runs(company: Company) -> set[tuple[str, int]]:
    """Which canton's tax of which run, by its number, is settled."""
    rows = SettledRun.of(company).values_list("canton", "run__number")
    return {(canton, number or 0) for canton, number in rows}


def first_open_run(company: Company, until: dt.date, year: int) -> PayrollRun | None:
    """The first monthly run of a year, until a month, that is not posted."""
    rows = PayrollRun.of(company).filter(
        kind=PayrollRun.Kind.REGULAR, status__in=PayrollRun.OPEN, month__lte=until,
        month__year=year,
    )  # fmt: skip
    return rows.order_by("month").first()
