"""Insurance solutions and their dated rates (Versicherungslösungen, Prämiensätze)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, replace
from typing import Any, Final

from django.db import transaction

from erp.access.models import User
from erp.audit import trail
from erp.companies.models import Company
from erp.core.display import swiss_date
from erp.core.errors import DomainError, Refusals
from erp.core.texts import one_line
from payroll.setup import checking, refusals
from payroll.setup.checking import Rate
from payroll.setup.holding import narrowed
from payroll.setup.models import Institution, Solution, SolutionRate

RATE_FIELDS: Final = ("insures", "valid_from", "base", "sex", "age_from", "age_to", "wage_from",
                      "wage_to", "employee_percent", "employer_percent", "source")  # fmt: skip
#: Rooms above say where a solution is used: label and whether.
used_by: Final = list[tuple[Any, Callable[[Solution], bool]]]()


@transaction.atomic
def save_solution(
    *, institution: Institution, by: User, row: Solution | None = None, code: str | None = None,
    name: str | None = None, is_usual: bool | None = None, rates: Sequence[Rate] | None = None,
) -> Solution:  # fmt: skip
    """Add a solution to an institution, or change one; what is left out stays.

    ``rates`` are all of them, of all years: those that are not told go. Raises ``Refusals`` with all
    of ``NoSolutions``, ``BadCode``, ``CodeTaken``, ``RateNotHere``, ``BadPercent``, ``BadAges``,
    ``BadRange``, ``RatesOverlap``, ``EmployersAlone`` and faults of texts.
    """
    Company.objects.select_for_update(no_key=True).get(pk=institution.company_id)
    current = _held(row) if row else Solution(company=institution.company, institution=institution)
    before = shown(current, rates_of(current)) if current.pk else {}
    faults = list[DomainError]()
    try:
        _put(current, institution, code, name)
    except DomainError as refusal:
        faults.append(refusal)
    if rates is not None:
        faults += checking.faults(institution.kind, rates)
    if faults:
        raise Refusals(faults)
    if is_usual is not None:
        current.is_usual = is_usual
    current.save()
    if rates is not None:
        SolutionRate.of(current.company_id).filter(solution=current).delete()
        _write(current, rates)
    after = shown(current, rates if rates is not None else rates_of(current))
    if not before:
        trail.record(company=institution.company, by=by, action="solution.add", subject=current,
                     details=trail.filled(after))  # fmt: skip
    elif changes := trail.changes(before, after):
        trail.record(company=institution.company, by=by, action="solution.change", subject=current,
                     details=changes)  # fmt: skip
    return current


@transaction.atomic
def delete_solution(row: Solution, *, by: User) -> None:
    """Delete a solution, with its rates, that nobody has. Raises ``InstitutionUsed``."""
    current = _held(row)
    if where := [str(label) for label, is_used in used_by if is_used(current)]:
        raise refusals.InstitutionUsed(field="code", name=str(current), where=", ".join(where))
    trail.record(company=current.company, by=by, action="solution.delete", subject=current,
                 details=trail.filled(shown(current, rates_of(current))))  # fmt: skip
    current.delete()


@transaction.atomic
def copy_rates(*, company: Company, by: User, valid_from: dt.date) -> int:
    """Let the rates in force go on from a day, to be changed there (Sätze ins neue Jahr kopieren).

    Of each solution and insurance without rates from that day on, those of the day before are
    written anew, without their source, for those whom they still hold for. Returns how many. Raises
    ``NothingToCopy``.
    """
    Company.objects.select_for_update(no_key=True).get(pk=company.pk)
    rows = SolutionRate.of(company).select_related("solution__institution")
    groups: dict[tuple[int, str], list[SolutionRate]] = {}
    for row in rows:
        groups.setdefault((row.solution_id, row.insures), []).append(row)  # type: ignore[attr-defined]
    new = list[SolutionRate]()
    for group in groups.values():
        until = group[0].solution.institution.active_until
        if any(row.valid_from >= valid_from for row in group) or (until and until < valid_from):
            continue
        for row, sex, age_from, age_to in narrowed(group, valid_from):
            told = replace(as_value(row), valid_from=valid_from, source="", sex=sex,
                           age_from=age_from, age_to=age_to)  # fmt: skip
            new.append(SolutionRate(company=company, solution=row.solution, **asdict(told)))
    if not new:
        raise refusals.NothingToCopy(date=valid_from)
    SolutionRate.unscoped.bulk_create(new)
    trail.record(company=company, by=by, action="rates.copy",
                 details={"count": len(new), "date": valid_from})  # fmt: skip
    return len(new)


def rates_of(row: Solution) -> list[Rate]:
    """The rates of a solution as values, the newest first."""
    rows = SolutionRate.of(row.company_id).filter(solution=row)
    order = ("-valid_from", "insures", "wage_from", "sex", "age_from", "pk")
    return [as_value(rate) for rate in rows.order_by(*order)]


def as_value(row: SolutionRate) -> Rate:
    return Rate(**{name: getattr(row, name) for name in RATE_FIELDS})


def shown(row: Solution, rates: Iterable[Rate]) -> dict[str, Any]:
    """A solution as the trail tells it: premiums of an insurer, nobody's wage."""
    told = trail.values(row, "institution", "code", "name", "is_usual")
    return told | {"rates": sorted(map(_line, rates))}


def _line(rate: Rate) -> str:
    ages = "" if rate.age_from is None and rate.age_to is None else f"{rate.age_from}–{rate.age_to}"
    wages = f"{rate.wage_from}–{rate.wage_to or ''}" if rate.wage_from or rate.wage_to else ""
    percents = f"{rate.employee_percent:.4f}/{rate.employer_percent:.4f}"
    told = (swiss_date(rate.valid_from), rate.insures, rate.base, rate.sex, ages, wages, percents)
    return " ".join(filter(None, told))


def _held(row: Solution) -> Solution:
    rows = Solution.of(row.company_id).select_related("company", "institution")
    found: Solution = rows.select_for_update(no_key=True, of=("self",)).get(pk=row.pk)
    return found


def _put(row: Solution, institution: Institution, code: str | None, name: str | None) -> None:
    if institution.kind == Institution.Kind.TAX:
        raise refusals.NoSolutions
    if code is not None or not row.code:
        row.code = checking.code_of(institution.kind, code or "")
    if name is not None:
        row.name = one_line(name, field="name", most=80)
    same = Solution.of(institution.company_id).filter(institution=institution, code=row.code)
    if same.exclude(pk=row.pk).exists():
        raise refusals.CodeTaken(value=row.code)


def _write(row: Solution, rates: Iterable[Rate]) -> None:
    SolutionRate.unscoped.bulk_create(
        SolutionRate(company=row.company, solution=row,
                     **{name: getattr(rate, name) for name in RATE_FIELDS})
        for rate in rates
    )  # fmt: skip
