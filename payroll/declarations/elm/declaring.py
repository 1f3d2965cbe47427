"""What the export is written from, and what it is refused for."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from django.db.models import Prefetch
from django.utils.translation import gettext as _

from contacts import queries as contact_queries
from contacts.models import Contact, ContactAddress
from erp.companies.models import Company
from erp.core.errors import DomainError, Refusals
from payroll.declarations.certificate import Certificate
from payroll.declarations.gathering import PersonYear
from payroll.declarations.insured import InsuredRow, by_kind, insured_of
from payroll.declarations.noting import settings_of as declaration_settings
from payroll.declarations.preparing import Prepared, prepared
from payroll.declarations.refusals import (
    CodeNotDeclarable,
    CompanyIncomplete,
    InstitutionIncomplete,
    NothingPosted,
    PersonIncomplete,
)
from payroll.employees.facts import CivilStatus, Residence, ResidenceKind
from payroll.setup.models import Institution
from payroll.setup.settings import settings_of
from payroll.wages.kinds import Insurance

#: The kinds of institutions with their parts of the export, in its order; ``None`` has no code.
DOMAINS: Final[dict[Insurance, tuple[str, str | None]]] = {
    Insurance.AHV: ("AHV-AVS", None),
    Insurance.FAK: ("FAK-CAF", None),
    Insurance.BU: ("UVG-LAA", r"[A-Z][0-3]"),
    Insurance.UVGZ: ("UVGZ-LAAC", r"[A-Z0-9]{2}"),
    Insurance.KTG: ("KTG-AMC", r"[A-Z0-9]{2}"),
    Insurance.BVG: ("BVG-LPP", r"\S{1,8}"),
}
_FUND: Final = re.compile(r"(?!000)[0-9]{3}\.[0-9]{3}")


@dataclass(frozen=True, slots=True)
class Names:
    """How the contact is called and where it lives."""

    first: str
    last: str
    street: str
    postcode: str
    town: str
    country: str


@dataclass(frozen=True)
class Declared:
    """A person with certificates and insured wages of the year."""

    person: PersonYear
    names: Names
    certificates: tuple[Certificate, ...]
    insured: tuple[InsuredRow, ...]

    def of(self, *kinds: Insurance) -> list[InsuredRow]:
        return by_kind(self.insured, *kinds)


@dataclass(frozen=True)
class Declaration:
    """All that is exported; ``institutions`` are those that somebody was insured with, by id."""

    company: Company
    year: int
    at: dt.datetime
    people: tuple[Declared, ...]
    institutions: Mapping[int, Institution]
    weekly_hours: Decimal
    contact: str
    phone: str

    def rows(self, *kinds: Insurance) -> list[InsuredRow]:
        return [row for one in self.people for row in one.of(*kinds)]

    def institutions_of(self, kind: Insurance) -> list[Institution]:
        ids = {row.institution for row in self.rows(kind)}
        return [self.institutions[one] for one in sorted(i for i in ids if i is not None)]


def declaration_of(company: Company, year: int, *, at: dt.datetime) -> Declaration:
    """The export of a year; ``at`` is the moment it is made, with its zone. A fixed number of queries.

    Raises ``NothingPosted`` or ``Refusals`` of ``PersonIncomplete``, ``InstitutionIncomplete``,
    ``CodeNotDeclarable`` and ``CompanyIncomplete``.
    """
    certificates = prepared(company, year)
    if not certificates:
        raise NothingPosted(year=year)
    people = _people(company, certificates)
    signs = declaration_settings(company)
    made = Declaration(
        company, year, at, people, {row.pk: row for row in Institution.of(company)},
        settings_of(company).weekly_hours, signs.contact_name, signs.contact_phone,
    )  # fmt: skip
    faults = [*company_faults(made), *_institution_faults(made), *person_faults(made)]
    if faults:
        raise Refusals(faults)
    return made


def _people(company: Company, certificates: Sequence[Prepared]) -> tuple[Declared, ...]:
    by_person: dict[int, list[Prepared]] = {}
    for one in certificates:
        by_person.setdefault(one.person.file.id, []).append(one)
    names = names_of(company, [rows[0].person for rows in by_person.values()])
    return tuple(
        Declared(rows[0].person, names[rows[0].person.file.contact],
                 tuple(one.draft for one in rows), tuple(insured_of(rows[0].person)))
        for rows in by_person.values()
    )  # fmt: skip


def names_of(company: Company, people: Sequence[PersonYear]) -> dict[int, Names]:
    """Names and addresses by contact, at the end of the year: two queries."""
    rows = Contact.of(company).filter(pk__in=[one.file.contact for one in people])
    found = rows.prefetch_related(Prefetch("addresses", ContactAddress.unscoped.order_by("pk")))
    return {row.pk: _names(row, people[0].last) for row in found} if people else {}


def _names(contact: Contact, day: dt.date) -> Names:
    found = contact_queries.main_address(contact, day)
    street = f"{found.street} {found.house_number}".strip() if found else ""
    return Names(
        contact.first_name, contact.last_name, street, found.postcode if found else "",
        found.town if found else "", found.country if found else "",
    )  # fmt: skip


# --- what is missing --------------------------------------------------------------------------------
def company_faults(one: Declaration) -> Iterable[DomainError]:
    company = one.company
    told = {_("postcode"): company.postcode, _("town"): company.town}
    missing = [name for name, value in told.items() if not value]
    if missing:
        yield CompanyIncomplete(what=", ".join(missing))


def _institution_faults(one: Declaration) -> Iterable[DomainError]:
    for kind, (_name, form) in DOMAINS.items():
        rows = [row for row in one.rows(kind) if row.insured or row.wages]
        if any(row.institution not in one.institutions for row in rows):
            yield InstitutionIncomplete(name=_name, what=_("the institution itself"))
            continue
        for institution in one.institutions_of(kind):
            if not institution.member_number:
                yield InstitutionIncomplete(name=institution.name, what=_("member number"))
            if kind in {Insurance.AHV} and not _FUND.fullmatch(institution.sub_number):
                yield InstitutionIncomplete(
                    name=institution.name,
                    what=_("number of the fund, such as 003.000 (sub-number)"),
                )
        yield from _code_faults(one, rows, form)


def _code_faults(
    one: Declaration, rows: Sequence[InsuredRow], form: str | None
) -> Iterable[DomainError]:
    for code, institution in sorted({(row.code, row.institution or 0) for row in rows}):
        if form is not None and not re.fullmatch(form, code):
            yield CodeNotDeclarable(
                value=code, name=one.institutions[institution].name,
                form=_("Codes are such as A1 (UVG), 11 (UVGZ, KTG), or up to 8 characters (BVG)."),
            )  # fmt: skip


def person_faults(one: Declaration) -> Iterable[DomainError]:
    for declared in one.people:
        person = declared.person
        last = person.periods[-1].exit or person.last if person.periods else person.last
        residence = person.file.at(Residence, min(last, person.last))
        told = {
            _("AHV number"): person.file.personal.ahv_number,
            _("first and last name"): declared.names.first and declared.names.last,
            _("postcode and town"): declared.names.postcode and declared.names.town,
            _("residence with its canton"): residence is not None and canton_of(residence),
        }  # fmt: skip
        missing = [name for name, value in told.items() if not value]
        if missing:
            yield PersonIncomplete(name=person.file.name, what=", ".join(missing))


def canton_of(residence: Residence) -> str:
    """The canton as the export tells it: EX is abroad."""
    if residence.kind != ResidenceKind.SWISS or residence.country != "CH":
        return "EX"
    return residence.canton


def status_of(person: PersonYear, day: dt.date) -> str:
    found = person.file.at(CivilStatus, day)
    return found.status.value if found else "unknown"
