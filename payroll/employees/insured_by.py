"""Whether anybody is insured by a solution or an institution (Verwendung): those are not deleted.

Facts are sealed, so that all of a company are opened: it is asked only where one is to be deleted.
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from payroll.employees.facts import Insured, Pension
from payroll.employees.models import Fact
from payroll.setup import institutions, solutions
from payroll.setup.models import Institution, Solution


def is_somebodys(solution: Solution) -> bool:
    """Whether somebody has, had or will have this solution."""
    return any(
        solution.pk in fact.content.solutions
        for fact in Fact.of(solution.company_id).filter(kind="insured")
        if isinstance(fact.content, Insured)
    )


def has_pensions(institution: Institution) -> bool:
    """Whether somebody's pension is with this institution."""
    return any(
        fact.content.institution == institution.pk
        for fact in Fact.of(institution.company_id).filter(kind="pension")
        if isinstance(fact.content, Pension)
    )


def register() -> None:
    """Tell the room of institutions; in ``AppConfig.ready``."""
    solutions.used_by.append((_("employees"), is_somebodys))
    institutions.used_by.append((_("employees"), has_pensions))
