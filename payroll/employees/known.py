"""What is looked up while people are checked: once per act, however many facts there are."""

from __future__ import annotations

import datetime as dt
from functools import cached_property

from django.utils.translation import get_language

from accounting.ledger.models import CostCentre
from erp.companies.models import Company
from erp.reference.models import Canton, Commune, Country
from payroll.employees.models import Employee
from payroll.setup.models import Institution, Solution
from payroll.wage_types.models import WageType


class Known:
    """Places, cost centres, insurances and wage types of a company, each asked for at most once."""

    def __init__(self, company: Company, *, on: dt.date) -> None:
        self.company, self.on = company, on
        self._communes: dict[int, Commune | None] = {}

    @cached_property
    def countries(self) -> dict[str, str]:
        """Names by code, those of today first."""
        rows = Country.objects.filter(valid_to=None).order_by("alpha2")
        return {one.alpha2: one.name_in(get_language() or "de") for one in rows}

    @cached_property
    def cantons(self) -> dict[str, str]:
        rows = Canton.objects.filter(valid_to=None).order_by("code")
        return {one.code: one.name_in(get_language() or "de") for one in rows}

    def commune(self, number: int) -> Commune | None:
        """A commune by its number, also one that was joined with another meanwhile."""
        if number not in self._communes:
            self._communes[number] = Commune.objects.filter(bfs_nr=number).first()
        return self._communes[number]

    @cached_property
    def cost_centres(self) -> dict[str, CostCentre]:
        return {one.number: one for one in CostCentre.of(self.company).order_by("number")}

    @cached_property
    def solutions(self) -> dict[int, Solution]:
        rows = Solution.of(self.company).select_related("institution")
        return {
            one.pk: one for one in rows.order_by("institution__kind", "institution__name", "code")
        }

    @cached_property
    def institutions(self) -> dict[int, Institution]:
        return {one.pk: one for one in Institution.of(self.company).order_by("kind", "name")}

    @cached_property
    def wage_types(self) -> dict[int, WageType]:
        return {one.number: one for one in WageType.of(self.company).order_by("number")}

    @cached_property
    def ahv_numbers(self) -> dict[str, tuple[int, str]]:
        """Who has which AHV number: all of them opened, as nothing sealed can be searched."""
        rows = Employee.of(self.company).select_related("contact")
        told = ((one.personal.ahv_number, (one.pk, one.contact.name)) for one in rows)
        return {number: who for number, who in told if number}

    @cached_property
    def numbers(self) -> set[str]:
        """The personnel numbers that are taken; whoever asks holds them until the end of the transaction."""
        return set(Employee.of(self.company).values_list("number", flat=True))
