"""Issuing wage certificates (Lohnausweise ausstellen): the PDF is kept sealed; a mistake is replaced."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence

import msgspec
from django.db import connection, transaction

from erp.access.models import User
from erp.audit import trail
from erp.companies.models import Company
from erp.core import clock
from payroll.declarations import papers
from payroll.declarations.certificate import Certificate
from payroll.declarations.models import IssuedCertificate
from payroll.declarations.preparing import Prepared, prepared
from payroll.declarations.refusals import NothingPosted, PaperChanged
from payroll.employees.models import Employee


@transaction.atomic
def issue(
    *, company: Company, year: int, by: User, only: Collection[int] | None = None
) -> list[IssuedCertificate]:
    """Issue the certificates that are not issued yet, or not as they are now; those with faults are left.

    ``only`` are ids of employees. One that differs from what was issued replaces it (rectificate) and
    says so. Twice the same issues nothing. Raises ``NothingPosted`` or ``PdfUnavailable``; with ``only``
    one person also what that person lacks.
    """
    _alone(company, year)
    rows = prepared(company, year, only=only)
    if not rows:
        raise NothingPosted(year=year)
    if only is not None and len(only) == 1 and rows[0].missing:
        raise rows[0].missing[0]
    due = [one for one in rows if one.is_due and not one.missing]
    made = _made(company, due, by)
    for row, one in zip(made, due, strict=True):
        trail.record(
            company=company, by=by, action="certificate.replace" if one.issued else "certificate.issue",
            subject=Employee(pk=one.person.file.id, company=company, number=one.person.file.number),
            details={"year": year, "version": row.version, "digest": row.digest},
        )  # fmt: skip
    return made


def _alone(company: Company, year: int) -> None:
    """Let no two people issue certificates of a year at once; held until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 4))",
                       [f"certificates:{company.pk}:{year}"])  # fmt: skip


def _made(company: Company, due: Sequence[Prepared], by: User) -> list[IssuedCertificate]:
    rows = []
    for one in due:
        content = final(one)
        paper = papers.pdf_of(content)
        rows.append(IssuedCertificate(
            company=company, employee_id=one.person.file.id, year=one.draft.year, nth=one.nth,
            version=one.issued.version + 1 if one.issued else 1, content=content, paper=paper,
            digest=hashlib.sha256(paper).hexdigest(), issued_at=clock.now(), issued_by=by,
        ))  # fmt: skip
    IssuedCertificate.unscoped.bulk_create(rows)
    return rows


def final(one: Prepared) -> Certificate:
    """The content as it is issued today: with its day, its number and what it replaces."""
    version = one.issued.version + 1 if one.issued else 1
    content = msgspec.structs.replace(
        one.draft, issued_on=clock.today(), doc=f"{one.draft.doc}.{version}",
    )  # fmt: skip
    if one.issued is None:
        return content
    before = one.issued.content
    return msgspec.structs.replace(content, rectifies=before.issued_on, rectifies_doc=before.doc)


def paper_of(row: IssuedCertificate) -> bytes:
    """The PDF of a certificate byte by byte as it was issued. Raises ``PaperChanged`` where it is not."""
    content = bytes(row.paper)
    if hashlib.sha256(content).hexdigest() != row.digest:
        raise PaperChanged(year=row.year, doc=row.content.doc)
    return content


def current_ids(company: Company, year: int) -> list[tuple[int, int]]:
    """The ids of the valid certificates of a year, with their employees': one query, nothing is opened."""
    rows = IssuedCertificate.of(company).filter(year=year).order_by("version")
    told = rows.values_list("employee", "nth", "pk")
    valid = {(employee, nth): pk for employee, nth, pk in told}
    return sorted((pk, employee) for (employee, _nth), pk in valid.items())


def current(company: Company, year: int) -> list[IssuedCertificate]:
    """The valid certificate of each person and period, with its paper, by name: one query."""
    rows = IssuedCertificate.of(company).filter(year=year)
    valid = {(row.employee_id, row.nth): row for row in rows.order_by("version")}
    return sorted(valid.values(), key=lambda row: (row.content.name.casefold(), row.nth))
