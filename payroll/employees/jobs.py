"""What the room of employees does in the background: check or import a long file."""

from __future__ import annotations

from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from erp.access.permissions import Permission
from erp.core.errors import DomainError, Refusals
from erp.jobs.kinds import Cursor, Done, Next, Running, job
from payroll.employees import importing, uploads
from payroll.employees.facts import ImportReport
from payroll.employees.importing import Checking, Preview
from payroll.employees.models import EmployeeUpload
from payroll.employees.uploads import Wish

AT_ONCE: Final = 100  # rows of a step


class FaultyRows(DomainError):
    code = "people.faulty_file"
    message = gettext_lazy("Nothing was written. Rows that cannot be imported: %(count)s; the import page "
                           "names them. Correct the file, or import the good rows alone.")  # fmt: skip
    field = "file"


@job(uploads.IMPORT, title=gettext_lazy("Import employees"), permission=Permission.PAYROLL_PEOPLE,
     page="employees")  # fmt: skip
def import_employees(job: Running, cursor: Cursor) -> Next | Done:
    """Check a kept file part by part, which writes nothing; then hire all of it in one step.

    ``wish`` is what is to become of it, ``known`` how often it had been imported when that was asked
    for. What rows say stands in the sealed report, never in the job.
    """
    upload = uploads.of_job(job.company, job.number)
    report: ImportReport | None = upload.report
    if report is None:
        return _checked(job, upload, cursor.get("checked", 0))
    wish = Wish(job.arguments["wish"])
    if wish == Wish.CHECK:
        message = _("%(new)s rows can be imported, %(bad)s cannot. Nothing is written yet.")
        return _done(report, wish, message)
    if report.bad and wish != Wish.GOOD:
        raise FaultyRows(count=report.bad)
    try:
        found = importing.import_employees(
            company=job.company, content=_content(upload), by=job.user,
            only_good=wish == Wish.GOOD, known=job.arguments["known"],
        )  # fmt: skip
    except Refusals as refusal:  # things have changed since it was checked
        uploads.tell(upload, _refused(report, refusal))
        return Next(cursor)
    uploads.tell(upload, found)
    return _done(upload.report, wish, _("%(new)s employees are hired, %(bad)s rows left out."))


def _checked(job: Running, upload: EmployeeUpload, checked: int) -> Next:
    """Check the next rows. What another process has checked, or a step that was undone, is gone."""
    memory = job.memory
    if memory.get("checked") != checked or not checked:
        checked = 0
        memory |= {"checking": Checking(job.company, _content(upload)), "found": Preview()}
    checking: Checking = memory["checking"]
    total = checking.total
    end = min(total, checked + AT_ONCE)
    memory["found"].add(checking.part(checked, end))
    memory["checked"] = end
    if end == total:
        uploads.tell(upload, memory["found"])
    message = _("%(checked)s of %(total)s rows are checked.") % {"checked": end, "total": total}
    return Next({"checked": end}, done=end, total=total + max(1, total // 2), message=message)


def _content(upload: EmployeeUpload) -> bytes:
    content: bytes | None = upload.content
    assert content is not None, "a file stays as long as its job"
    return content


def _refused(report: ImportReport, refusal: Refusals) -> Preview:
    rows = {one.values.get("row") for one in refusal.refusals}
    return Preview(rows=report.rows, bad_rows=len(rows), refusals=list(refusal.refusals))


def _done(report: Any, wish: Wish, message: str) -> Done:
    told = {"rows": report.rows, "new": report.new, "bad": report.bad}
    return Done({"dry_run": wish == Wish.CHECK, **told}, message=message % told)
