"""What the guided set-up still asks for: steps set aside and taken up again."""

from __future__ import annotations

from collections.abc import Collection

from django.db import transaction

from erp.access.models import User
from erp.cockpit.members import change_company
from erp.companies.models import Company, SetupStep


def ask_for(company: Company, *, steps: Collection[str], by: User) -> Company:
    """Ask for these steps (codes of ``SetupStep``) from now on, and for no others; none ends the set-up.

    It changes nothing of what the steps are about.
    """
    return change_company(
        company, by=by, setup_steps=[one.value for one in SetupStep if one in steps]
    )


@transaction.atomic
def ask_also(
    company: Company, *, by: User, more: Collection[str] = (), less: Collection[str] = ()
) -> Company:
    """Ask for ``more`` steps and for ``less``, as a change of what is asked for by then."""
    now = Company.objects.select_for_update(no_key=True).get(pk=company.pk)
    return ask_for(now, steps={*now.setup_steps, *more} - {*less}, by=by)
