"""What is missing before somebody's wage can be reckoned (fehlende Angaben): pure, over a person's file."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import Final

from erp.core.display import swiss_date
from payroll.employees.converting import contracts_of
from payroll.employees.facts import (
    Insured,
    Payout,
    Permit,
    Residence,
    ResidenceKind,
    WithholdingTax,
)
from payroll.employees.people import DAY, PersonFile
from payroll.wages.spans import month_end
from payroll.wages.values import Contract, Finding

#: Permits whose holders are taxed as the Swiss are, where they live here.
SETTLED: Final = frozenset({"C"})


def before_run(
    file: PersonFile, month: dt.date, contracts: Sequence[Contract] | None = None, *,
    is_paid: bool = False,
) -> list[Finding]:  # fmt: skip
    """What is missing for the run of a month, of somebody employed in it; what stops it comes first.

    Nobody is asked for anything of a month in which they are not employed; where something is paid
    nevertheless (``is_paid``), for an account. ``contracts`` are those of the file, where they are
    known.
    """
    last = month_end(month)
    periods = file.employed(month, last)
    if not periods:
        lacking = is_paid and not file.at(Payout, last)
        return [Finding(code="people.no_payout", stops=True)] if lacking else []
    day = min(last, max(one.exit or last for one in periods))
    known = contracts_of(file, month) if contracts is None else contracts
    found = [*_terms(file, month, known), *_particulars(file, day)]
    return sorted(found, key=lambda one: not one.stops)


def _terms(file: PersonFile, month: dt.date, known: Sequence[Contract]) -> Iterator[Finding]:
    """Days of the month with an employment and without terms."""
    last = month_end(month)
    contracts = [one for one in known if one.last >= month]
    for period in file.employed(month, last):
        day, end = max(month, period.entry), min(last, period.exit or last)
        for one in [one for one in contracts if one.employment == period.id]:
            if one.first > day:
                yield _no_wage(day, one.first - DAY)
            day = max(day, one.last + DAY)
        if day <= end:
            yield _no_wage(day, end)


def _no_wage(first: dt.date, last: dt.date) -> Finding:
    values = {"from": swiss_date(first), "until": swiss_date(last)}
    return Finding(code="people.no_wage", values=values, stops=True)


def _particulars(file: PersonFile, day: dt.date) -> Iterator[Finding]:
    home, permit = file.at(Residence, day), file.at(Permit, day)
    if not file.personal.ahv_number:
        yield Finding(code="people.no_ahv_number")
    if not file.at(Payout, day):
        yield Finding(code="people.no_payout", stops=True)
    insured = file.at(Insured, day)
    if insured is None or not insured.solutions:
        yield Finding(code="people.no_insurance")
    if home is None:
        yield Finding(code="people.no_residence")
    if not file.place:
        yield Finding(code="people.no_address")
    lives_here = home is None or home.kind == ResidenceKind.SWISS
    foreign = file.personal.nationality != "CH"
    if foreign and lives_here and (permit is None or not permit.category):
        yield Finding(code="people.no_permit")
    settled = not foreign or (permit is not None and permit.category in SETTLED)
    if (not settled or not lives_here) and file.at(WithholdingTax, day) is None:
        yield Finding(code="people.no_tax_code", stops=True)
