"""What is looked up while people are checked: once per act, however many facts there are."""

from __future__ import annotations

import datetime as dt
from functools import cached_property

from django.utils.translation import get_language

from accounting.ledger.models import CostCentre
from contacts.known import Known as Places
from erp.companies.models import Company
from erp.own_fields.lists import fields_of
from erp.own_fields.models import OwnField
from erp.reference.models import Canton, Commune, Country
from payroll.employees.models import Employee
from payroll.setup.models import Institution, Solution
from payroll.wage_types.models import WageType


class Known:
    """Places, cost centres, insurances and wage types of a company, each asked for at most once.

    With ``whole`` all places are read at once, for imports.
    """

    def __init__(self, company: Company, *, on: dt.date, whole: bool = False) -> None:
        self.company, self.on, self._whole = company, on, whole
        self._communes: dict[int, Commune | None] = {}
        if whole:
            self._communes.update((one.bfs_nr, one) for one in Commune.objects.all())

    @cached_property
    def places(self) -> Places:
        """What contacts look up."""
        return Places(self.company, on=self.on, whole=self._whole)

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
        if number not in self._communes and not self._whole:
            self._communes[number] = Commune.objects.filter(bfs_nr=number).first()
        return self._communes.get(number)

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
    def own_fields(self) -> list[OwnField]:
        return fields_of(self.company, Employee.OWN_FIELDS)

    @cached_property
    def employed(self) -> dict[int, str]:
        """The personnel numbers of contacts that are employees, by the contact."""
        return dict(Employee.of(self.company).values_list("contact_id", "number"))

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

    @cached_property
    def _last_number(self) -> int:
        return max((int(one) for one in self.numbers if one.isascii() and one.isdigit()), default=0)

    def next_number(self) -> str:
        """The personnel number after the highest that is one of digits."""
        return str(self._last_number + 1)

    def add(self, employee: Employee) -> None:
        """Let whoever is looked at next know of somebody who is to be an employee."""
        last, number = self._last_number, employee.number
        self.numbers.add(number)
        if number.isascii() and number.isdigit():
            self._last_number = max(last, int(number))
        if employee.contact_id is not None:
            self.employed[employee.contact_id] = number
        if ahv := employee.personal.ahv_number:
            self.ahv_numbers[ahv] = (employee.pk or 0, employee.contact.name)
