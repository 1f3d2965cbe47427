"""Documents of a person's file (Personaldossier): kept sealed in the database, never beside it."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from erp.access.models import User
from erp.audit import trail
from erp.core import clock
from erp.core.errors import DomainError
from erp.core.texts import one_line
from erp.documents.storing import require_document
from payroll.employees.keeping import held
from payroll.employees.models import Employee, EmployeeFile

MOST: Final = 200  # documents of a person


class TooManyDocuments(DomainError):
    code = "people.too_many_documents"
    message = _("A person has %(limit)s documents at most. Delete some first.")
    field = "file"


@transaction.atomic
def attach(
    employee: Employee, *, name: str, content: bytes, by: User, title: str = ""
) -> EmployeeFile:
    """Keep a document (PDF or picture) with somebody (ablegen), sealed as a whole.

    Without a title it is called as the file. Raises what ``storing.require_document`` does, and
    ``TooManyDocuments``.
    """
    name = Path(name.replace("\\", "/")).name[:120] or "file"
    kind = require_document(name, content)
    current = held(employee)
    if EmployeeFile.of(current.company).filter(employee=current).count() >= MOST:
        raise TooManyDocuments(limit=MOST)
    row = EmployeeFile(
        company=current.company, employee=current, media_type=kind, size=len(content),
        title=one_line(title or name, field="title", most=120), content=content,
        added_at=clock.now(),
    )  # fmt: skip
    row.save(force_insert=True)
    trail.record(company=current.company, by=by, action="employee.attach", subject=current,
                 details={"count": 1})  # fmt: skip
    return row


@transaction.atomic
def detach(file: EmployeeFile, *, by: User) -> None:
    """Delete a document of somebody's file (löschen), as data protection may ask for."""
    current = held(file.employee)
    trail.record(company=current.company, by=by, action="employee.detach", subject=current,
                 details={"count": 1})  # fmt: skip
    file.delete()
