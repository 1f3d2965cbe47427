"""What a month's message of withholding tax tells (QST-Meldung): by person and canton, with corrections."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from erp.companies.models import Company
from erp.core.errors import DomainError, Refusals
from erp.core.money import ZERO
from erp.reference import queries as reference
from payroll.declarations.elm.declaring import (
    Declaration,
    Declared,
    company_faults,
    names_of,
    person_faults,
)
from payroll.declarations.gathering import PersonYear, year_of
from payroll.declarations.noting import settings_of as declaration_settings
from payroll.declarations.refusals import (
    CompanyIncomplete,
    InstitutionIncomplete,
    NothingPosted,
    PersonIncomplete,
)
from payroll.declarations.taxes import Due, dues, taxes_of
from payroll.employees.facts import Residence, ResidenceKind
from payroll.rates.tariffs import commission
from payroll.setup.models import Institution
from payroll.setup.queries import tax_offices
from payroll.setup.settings import settings_of
from payroll.wages.spans import month_end
from payroll.wages.values import Tax


@dataclass(frozen=True, slots=True)
class State:
    """How a month is taxed: code, what is taxable, the determinant income, and the tax, in CHF."""

    code: str
    taxable: Decimal = ZERO
    determinant: Decimal = ZERO
    tax: Decimal = ZERO

    def with_(self, rows: Sequence[Tax]) -> State:
        """The state after rows that add to it; code and determinant are those of the last one that taxes."""
        taxing = [row for row in rows if row.taxable > 0 or row.amount > 0] or rows
        return State(
            taxing[-1].code, self.taxable + sum((row.taxable for row in rows), ZERO),
            taxing[-1].determinant, self.tax + sum((row.amount for row in rows), ZERO),
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Correction:
    """A month that was taxed otherwise before."""

    month: dt.date
    old: State
    new: State

    @property
    def taxable(self) -> Decimal:
        return self.new.taxable - self.old.taxable

    @property
    def tax(self) -> Decimal:
        return self.new.tax - self.old.tax


@dataclass(frozen=True, slots=True)
class Taxed:
    """A person's month with a canton: as it is taxed, and which earlier months were corrected."""

    declared: Declared
    canton: str
    commune: int | None
    current: State | None
    before: str  # the code of the month before, blank without
    corrections: tuple[Correction, ...]


@dataclass(frozen=True)
class Message:
    """The message of a month; ``commune`` is that of the place of work, ``dues`` are the sums by canton."""

    declaration: Declaration
    month: dt.date
    rows: tuple[Taxed, ...]
    dues: tuple[Due, ...]
    commune: int

    def office(self, canton: str) -> Institution:
        return _offices(self.declaration)[canton]


def message_of(company: Company, month: dt.date, *, at: dt.datetime) -> Message:
    """The withholding tax of a month, as it is settled; ``at`` is the moment it is made, with its zone.

    Raises ``NothingPosted``, ``TariffMissing`` or ``Refusals`` of ``PersonIncomplete``,
    ``InstitutionIncomplete`` and ``CompanyIncomplete``.
    """
    people = [one for one in year_of(company, month.year) if _has_tax(one, month)]
    if not people:
        raise NothingPosted(year=f"{month:%m.%Y}")
    names = names_of(company, people)
    declared = {one.file.id: Declared(one, names[one.file.contact], (), ()) for one in people}
    offices = tax_offices(company, month_end(month)).values()
    signs, settings = declaration_settings(company), settings_of(company)
    made = Declaration(
        company, month.year, at, tuple(declared.values()), {row.pk: row for row in offices},
        settings.weekly_hours, signs.contact_name, signs.contact_phone,
    )  # fmt: skip
    rows = tuple(one for each in declared.values() for one in _of_person(each, month))
    communes = reference.commune_of(postcode=company.postcode, on=month, name=company.town)
    faults = [*company_faults(made), *person_faults(made), *_faults(made, rows)]
    if company.postcode and not communes:
        faults.append(CompanyIncomplete(what=_("a postcode and town that lie in a commune")))
    if faults:
        raise Refusals(faults)
    percents = {canton: commission(canton, month_end(month), settings.commission)
                for canton in sorted({row.canton for row in rows})}  # fmt: skip
    settled = [one for one in taxes_of(people) if one[1] == month]
    return Message(made, month, rows, tuple(dues(settled, percents)), communes[0].bfs_nr)


def _has_tax(person: PersonYear, month: dt.date) -> bool:
    return any(posted.settled == month for posted, _tax in person.taxes())


def _of_person(declared: Declared, month: dt.date) -> Iterable[Taxed]:
    taxes = [(posted.settled, tax) for posted, tax in declared.person.taxes()]
    for canton in sorted({tax.canton for settled, tax in taxes if settled == month}):
        mine = [(settled, tax) for settled, tax in taxes if tax.canton == canton]
        now = [tax for settled, tax in mine if settled == month]
        usual = [tax for tax in now if not tax.is_correction and tax.month == month]
        others = [tax for tax in now if tax not in usual]
        earlier = [tax for settled, tax in mine if settled < month]
        communes = [tax.commune for tax in now if tax.commune is not None]
        lives = declared.person.file.at(Residence, month_end(month))
        if not communes and lives is not None and lives.canton == canton and lives.commune:
            communes = [lives.commune]
        yield Taxed(
            declared, canton, communes[-1] if communes else None,
            State(usual[-1].code).with_(usual) if usual else None,
            earlier[-1].code if earlier else "",
            tuple(_correction(one, earlier, others) for one in sorted({tax.month for tax in others})),
        )  # fmt: skip


def _correction(month: dt.date, earlier: Sequence[Tax], rows: Sequence[Tax]) -> Correction:
    before = [tax for tax in earlier if tax.month == month]
    now = [tax for tax in rows if tax.month == month]
    old = State(now[0].code).with_(before) if before else State(now[-1].code)
    return Correction(month, old, old.with_(now))


def _offices(one: Declaration) -> dict[str, Institution]:
    return {row.canton: row for row in one.institutions.values()}


def _faults(one: Declaration, rows: Sequence[Taxed]) -> Iterable[DomainError]:
    offices = _offices(one)
    for canton in sorted({row.canton for row in rows}):
        office = offices.get(canton)
        if office is None:
            name = _("Withholding-tax office") + f" {canton}"
            yield InstitutionIncomplete(name=name, what=_("the institution itself"))
        elif not office.member_number:
            yield InstitutionIncomplete(name=office.name, what=_("member number"))
    for row in rows:
        if row.commune is None and _lives_here(row):
            yield PersonIncomplete(name=row.declared.person.file.name,
                                   what=_("the commune of the withholding tax"))  # fmt: skip


def _lives_here(row: Taxed) -> bool:
    residence = row.declared.person.file.at(Residence, row.declared.person.last)
    return residence is None or residence.kind == ResidenceKind.SWISS
