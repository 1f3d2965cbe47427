"""What a module needs from the day it is switched on (Modul einschalten)."""

from __future__ import annotations

from collections.abc import Collection

from erp.access.models import User
from erp.companies.models import Company, Module
from payroll.wage_types.founding import found_types


def switch_on(company: Company, modules: Collection[str], *, by: User) -> None:
    """Give a company what these modules start from; what it has already stays."""
    if Module.PAYROLL in modules:
        found_types(company=company, by=by)
