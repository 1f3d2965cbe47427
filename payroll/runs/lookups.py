"""What is the same for all people of a month (Nachschlagewerk eines Laufs): asked for once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from erp.companies.models import Company
from payroll.employees.facts import AllowanceKind, Child, Insured, Pension
from payroll.employees.people import PersonFile
from payroll.rates import family, figures, own, tariffs
from payroll.rates.family import Allowance
from payroll.setup import contributions
from payroll.setup.book import Book
from payroll.setup.contributions import Found, PersonFacts
from payroll.setup.pensions import PensionSpan
from payroll.setup.persons import Insured as InsuredSpan
from payroll.setup.settings import settings_of, terms_of
from payroll.wage_types import catalogue
from payroll.wages.spans import month_end
from payroll.wages.values import Contract, Figures, Person, TariffRow, Terms, WageType


class Shelf:
    """Settings, figures, wage types, insurances and tariffs of a company and month.

    It may be kept over all steps of a run: what is on it already is not asked for again, tariffs of
    codes that come up later are. Another month begins anew.
    """

    def __init__(self) -> None:
        self._clear()

    def _clear(self) -> None:
        self.place: tuple[int, dt.date] | None = None
        self.types: dict[str, Mapping[str, WageType]] = {}
        self.roles: Mapping[str, int] = {}
        self._tariffs: dict[str, tuple[TariffRow, ...]] = {}
        self._asked: set[str] = set()
        self._insured: dict[Any, Found] = {}  # by what several people have in common

    def open(self, company: Company, month: dt.date, languages: Collection[str]) -> None:
        """Have all at hand for a month. Raises ``FiguresMissing``."""
        if self.place != (company.pk, month):
            self._clear()
            self.place = (company.pk, month)
            self.company, self.month, self.last = company, month, month_end(month)
            self.settings = settings_of(company)
            self.terms: Terms = terms_of(self.settings)
            self.own = own.figures_of(company)
            self.figures: Figures = figures.figures_on(self.last, own=self.own)
            self.book = Book.of(company, month.year)
            self.institutions: Mapping[str, int] = self.book.institutions(self.last)
        if not set(languages) <= set(self.types):
            found = catalogue.whole(company, {*languages, *self.types})
            self.types, self.roles, self._insured = dict(found.types), found.roles, {}

    def allowance(self, canton: str, child: Child, day: dt.date, nth: int) -> Allowance | None:
        """What a canton pays for a child a month, and how sure that is; None without a canton."""
        if not canton:
            return None
        education = child.allowance is AllowanceKind.EDUCATION
        return family.allowance(canton, day, education=education, born=child.birth_date, nth=nth,
                                own=self.own)  # fmt: skip

    def contributions_of(
        self, file: PersonFile, person: Person, contracts: tuple[Contract, ...]
    ) -> Found:
        """A person's contributions of the year until the month's end, and what is missing for them."""
        first = self.month.replace(month=1, day=1)
        facts = PersonFacts(
            person=person, contracts=contracts,
            insured=tuple(InsuredSpan(one.first, one.last, one.value.solutions)
                          for one in file.during(Insured, first, self.last)),
            pensions=tuple(_pension(one.first, one.last, one.value)
                           for one in file.during(Pension, first, self.last)),
        )  # fmt: skip
        return contributions.contributions(
            self.book, facts, until=self.last, figures=self.figures, terms=self.terms,
            roles=self.roles, known=self._insured,
        )  # fmt: skip

    def tariffs_for(self, keys: Iterable[str]) -> Mapping[str, tuple[TariffRow, ...]]:
        """Tariffs by canton and code (``ZH A0N``): one query for all that were not asked for before."""
        new = sorted(set(keys) - self._asked)
        if new:
            wanted: Sequence[tuple[str, str]] = [
                (canton, code) for canton, code in (key.split(" ", 1) for key in new)
            ]
            self._tariffs |= tariffs.tariffs_for(wanted, self.last)
            self._asked |= set(new)
        return self._tariffs


def _pension(first: dt.date, last: dt.date | None, told: Pension) -> PensionSpan:
    return PensionSpan(
        first=first, last=last, employee_amount=told.employee_amount,
        employer_amount=told.employer_amount, annual_wage=told.annual_wage,
        institution=told.institution,
    )  # fmt: skip
