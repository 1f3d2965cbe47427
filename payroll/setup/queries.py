"""Questions about institutions and accounts, for pages and endpoints."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import F, Prefetch, QuerySet

from accounting.ledger.models import Account
from erp.companies.models import Company
from erp.core.errors import DomainError
from payroll.setup.accounts import AccountPlan
from payroll.setup.checking import Rate, warnings
from payroll.setup.holding import in_force
from payroll.setup.models import Institution, Solution, SolutionRate
from payroll.setup.solutions import as_value


@dataclass(frozen=True, slots=True)
class SolutionRow:
    """A solution with the rates that hold on a day, and what is unusual about them."""

    solution: Solution
    rates: tuple[Rate, ...]
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class InstitutionRow:
    institution: Institution
    solutions: tuple[SolutionRow, ...]
    is_over: bool


@dataclass(frozen=True, slots=True)
class AccountRow:
    """Where something is booked; ``fault`` says why it leads nowhere."""

    name: str
    address: str
    pk: int
    account: Account | None
    expense: Account | None
    is_own: bool
    fault: str = ""


def tax_offices(company: Company, on: dt.date) -> dict[str, Institution]:
    """The tax office of each canton that is active on a day, by the canton's letters; one query.

    Of several, the one that ends first holds.
    """
    rows = Institution.of(company).filter(kind=Institution.Kind.TAX).exclude(active_until__lt=on)
    rows = rows.select_related("contact").order_by(F("active_until").desc(nulls_first=True))
    return {row.canton: row for row in rows}


def whole(company: Company) -> QuerySet[Institution]:
    """Institutions with all that they name, in three queries."""
    rates = SolutionRate.of(company).order_by(
        "-valid_from", "insures", "wage_from", "sex", "age_from", "pk"
    )
    solutions = Solution.of(company).order_by("code").prefetch_related(Prefetch("rates", rates))
    rows = Institution.of(company).select_related("company", "contact", "liability", "expense")
    return rows.prefetch_related(Prefetch("solutions", solutions)).order_by(
        "kind", "canton", "name"
    )


def listing(company: Company, on: dt.date) -> list[InstitutionRow]:
    """All institutions by kind, with their solutions and the rates that hold on a day: three queries."""
    return [as_row(one, on) for one in whole(company)]


def as_row(one: Institution, on: dt.date) -> InstitutionRow:
    solutions = []
    for solution in one.solutions.all():  # type: ignore[attr-defined]
        solution.institution = one
        rates = [as_value(rate) for rate in solution.rates.all()]
        held = tuple(in_force(rates, on))
        solutions.append(SolutionRow(solution, held, tuple(warnings(one.kind, held))))
    return InstitutionRow(
        one, tuple(solutions), one.active_until is not None and one.active_until < on
    )


def accounts_of(plan: AccountPlan) -> tuple[list[AccountRow], list[AccountRow]]:
    """Where institutions and wage types are booked: two lists."""
    institutions = [_institution(plan, one) for one in plan.institutions.values()]
    types = []
    for number, row in sorted(plan.types.items()):
        if row.is_active:
            found, fault = _asked(lambda number=number: plan.of_type(number))
            if found or fault:
                own = row.account_id is not None  # type: ignore[attr-defined]
                types.append(AccountRow(str(row), "wage-type", row.pk, found, None, own, fault))
    return institutions, types


def _institution(plan: AccountPlan, one: Institution) -> AccountRow:
    owed, fault = _asked(lambda: plan.liability(one.kind, institution=one.pk))
    expense = None
    if one.kind != Institution.Kind.TAX:
        expense, other = _asked(lambda: plan.expense(one.kind, institution=one.pk))
        fault = " ".join(filter(None, (fault, other)))
    own = one.liability_id is not None or one.expense_id is not None  # type: ignore[attr-defined]
    return AccountRow(f"{one.get_kind_display()}: {one.name}", "institution", one.pk, owed, expense, own,
                      fault)  # fmt: skip


def _asked(question: object) -> tuple[Account | None, str]:
    try:
        return question(), ""  # type: ignore[operator]
    except DomainError as refusal:
        return None, str(refusal)


def solutions(company: Company) -> QuerySet[Solution]:
    """Solutions with their institutions and rates, the newest first, in two queries."""
    rates = SolutionRate.of(company).order_by(
        "-valid_from", "insures", "wage_from", "sex", "age_from", "pk"
    )
    rows = Solution.of(company).select_related("company", "institution")
    return rows.prefetch_related(Prefetch("rates", rates)).order_by(
        "institution__kind", "code", "pk"
    )
