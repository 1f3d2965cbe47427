"""Certificates as they would be issued today (Lohnausweise vorbereiten): a fixed number of queries for all."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from erp.companies.models import Company
from erp.core.errors import DomainError
from payroll.declarations.certificate import Certificate, boxes_of, differences
from payroll.declarations.gathering import PersonYear, year_of
from payroll.declarations.models import CertificateNotes, DeclarationSettings, IssuedCertificate
from payroll.declarations.notes import NOTHING, Notes
from payroll.declarations.noting import settings_of
from payroll.declarations.periods import Span, place_of, spans_of
from payroll.declarations.refusals import AddressMissing, NumberMissing
from payroll.employees.facts import Wage
from payroll.wages.kinds import Pay
from payroll.wages.values import HUNDRED, SlipLine

OFFICIAL: Final = ("de", "fr", "it")  # languages that the form exists in


@dataclass(frozen=True)
class Prepared:
    """A certificate beside the one that was issued last: what differs, and what is missing."""

    person: PersonYear
    nth: int
    draft: Certificate
    issued: IssuedCertificate | None
    changed: tuple[str, ...]
    missing: tuple[DomainError, ...]

    @property
    def is_due(self) -> bool:
        """Whether it is to be issued: not yet, or not as it is now."""
        return self.issued is None or bool(self.changed)

    @property
    def figures(self) -> dict[str, Decimal]:
        """The boxes that an overview shows, by number; 10 is both kinds of pension contributions."""
        shown = {box: self.draft.box(box) for box in ("8", "9", "11", "12")}
        return shown | {"10": self.draft.box("10.1") + self.draft.box("10.2")}

    @property
    def state(self) -> str:
        """``missing``, ``open``, ``changed`` or ``issued``."""
        if self.issued is None:
            return "missing" if self.missing else "open"
        return "changed" if self.changed else "issued"


def prepared(company: Company, year: int, *, only: Collection[int] | None = None) -> list[Prepared]:
    """All certificates of a year by name, one for each period; ten queries however many there are."""
    people = year_of(company, year, only=only)
    ids = [one.file.id for one in people]
    notes = {
        row.employee_id: row.content
        for row in CertificateNotes.of(company).filter(year=year, employee__in=ids)
    }
    issued: dict[tuple[int, int], IssuedCertificate] = {}
    rows = IssuedCertificate.of(company).filter(year=year, employee__in=ids).defer("paper")
    for row in rows.order_by("version"):
        issued[row.employee_id, row.nth] = row
    settings = settings_of(company)
    return [
        _beside(person, nth, one, issued.get((person.file.id, nth)))
        for person in people
        for nth, one in enumerate(certificates_of(
            person, notes=notes.get(person.file.id, NOTHING), settings=settings, company=company
        ), 1)
        if one.boxes or one.count == 1
    ]  # fmt: skip


def _beside(
    person: PersonYear, nth: int, now: Certificate, issued: IssuedCertificate | None
) -> Prepared:
    changed = tuple(differences(now, issued.content)) if issued else ()
    return Prepared(person, nth, now, issued, changed, tuple(missing(person)))


def missing(person: PersonYear) -> Iterable[DomainError]:
    """Without what a certificate is not issued: AHV number, and an address with its town."""
    if not person.file.personal.ahv_number:
        yield NumberMissing(name=person.file.name)
    if not person.file.place:
        yield AddressMissing(name=person.file.name)


def certificates_of(
    person: PersonYear, *, notes: Notes, settings: DeclarationSettings, company: Company
) -> list[Certificate]:
    """A person's certificates of a year, one for each period; lines belong to the period they were earned
    in, or paid after. Pure."""
    spans = spans_of(person)
    lines = lines_by_span(person, spans)
    street = f"{company.street} {company.house_number}".strip()
    town = f"{company.postcode} {company.town}".strip()
    file, language = person.file, person.file.language
    every = [boxes_of(lines[nth]) for nth in range(len(spans))]
    count = max(1, sum(bool(boxes) for boxes, _kinds in every))
    found = []
    for nth, ((first, last), (boxes, kinds)) in enumerate(zip(spans, every, strict=True)):
        found.append(Certificate(
            year=person.year, first=first, last=last, name=file.name, number=file.number,
            ahv_number=file.personal.ahv_number, birth_date=file.personal.birth_date,
            address=file.address, boxes=boxes, kinds=kinds, notes=notes, count=count,
            language=language if language in OFFICIAL else _official(company),
            activity=_activity(person, notes, last), doc=f"{person.year}-{file.number}-{nth + 1}",
            employer=tuple(filter(None, (company.name, street, town))), place=company.town,
            contact=settings.contact_name, phone=settings.contact_phone,
            expense_rule=settings.expense_rule, expense_canton=settings.expense_canton,
            expense_date=settings.expense_date,
        ))  # fmt: skip
    return found


def _official(company: Company) -> str:
    return company.language if company.language in OFFICIAL else OFFICIAL[0]


def lines_by_span(person: PersonYear, spans: Sequence[Span]) -> Mapping[int, list[SlipLine]]:
    """All lines of the year by the span they belong to: that of their employment, else of their month."""
    places = {
        one.id: place_of(max(one.entry, person.first).replace(day=1), spans)
        for one in person.periods
    }
    found: dict[int, list[SlipLine]] = defaultdict(list)
    for posted, line in person.lines():
        month = line.for_month if posted.is_correction and line.for_month else posted.month
        found[places.get(line.employment, place_of(month, spans))].append(line)
    return found


def _activity(person: PersonYear, notes: Notes, last: dt.date) -> Decimal | None:
    """The degree of work that is told where it is not full; that of wages by hours is not known."""
    if notes.activity_rate is not None:
        return notes.activity_rate
    wage = person.file.at(Wage, last)
    if wage is None or wage.pay != Pay.MONTH or wage.degree == HUNDRED:
        return None
    return wage.degree
