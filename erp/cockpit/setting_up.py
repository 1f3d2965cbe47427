"""What the guided set-up still asks for: steps set aside and taken up again."""

from __future__ import annotations

from collections.abc import Collection

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
