"""Long files of employees (grosse Importdateien): kept sealed while a job works on them, no longer.

With the end of its job, however it ends, the database takes a file away in the same transaction; what
became of it, and which rows were bad, stays sealed for a day.
"""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from typing import Final

from django.db import transaction
from django.db.models import QuerySet

from erp.access.models import User
from erp.access.tokens.bearing import Bearer
from erp.companies.models import Company
from erp.core import clock
from erp.jobs.models import Job
from erp.jobs.starting import start
from erp.own_fields.lists import fields_of
from payroll.employees import importing
from payroll.employees.facts import ImportReport
from payroll.employees.importing import Preview
from payroll.employees.models import Employee, EmployeeUpload
from payroll.employees.sheet import Sheet

IMPORT: Final = "payroll.import_employees"  # its end is what the database waits for
_KEPT: Final = dt.timedelta(days=1)


class Wish(StrEnum):
    """What is to become of a file."""

    CHECK = "check"  # nothing is written
    ALL = "all"  # or nothing
    GOOD = "good"  # bad rows are left out


@transaction.atomic
def begin(
    *, company: Company, content: bytes, wish: Wish, by: User, known: int | None = None,
    key: str = "", within: Bearer | None = None,
) -> Job:  # fmt: skip
    """Keep a file and let it be checked or imported in the background; the job names no row of it.

    ``known`` is how often the file had been imported when somebody looked at it, None is now; ``key``
    and ``within`` are those of ``start``. Raises ``UnreadableFile``, ``ColumnMissing``, ``TooManyRows``.
    """
    sheet = Sheet(content, fields_of(company, Employee.OWN_FIELDS))
    if known is None:
        known = importing.was_imported(company, content)
    job = start(IMPORT, company=company, by=by, key=key, within=within,
                arguments={"wish": wish, "known": known, "rows": len(sheet.rows)})  # fmt: skip
    if job.is_open and not EmployeeUpload.of(company).filter(job=job).exists():
        EmployeeUpload(company=company, job=job, content=content, at=clock.now()).save(
            force_insert=True
        )
    return job


def of_job(company: Company, job: int) -> EmployeeUpload:
    """The file of a job, which is opened when it is asked for."""
    return EmployeeUpload.of(company).defer("content").get(job=job)


def recent(company: Company) -> QuerySet[EmployeeUpload]:
    """What became of long files, newest first, without what they say."""
    rows = EmployeeUpload.of(company).select_related("job", "job__by").defer("content", "report")
    return rows.filter(at__gte=clock.now() - _KEPT).order_by("-pk")


def tell(upload: EmployeeUpload, found: Preview) -> None:
    """Keep what was found in a file, with the bad rows as they are told to people."""
    upload.report = ImportReport(
        rows=found.rows, new=len(found.entries), bad=found.bad_rows,
        faults=tuple(str(one) for one in found.refusals),
    )  # fmt: skip
    upload.save(update_fields=["report"])


def forget(company: Company) -> int:
    """Delete what is older than a day; how many. A file whose job still waits stays."""
    rows = EmployeeUpload.of(company).filter(at__lt=clock.now() - _KEPT, content=None)
    return rows.delete()[0]
