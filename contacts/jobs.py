"""What contacts do in the background: a long import."""

from __future__ import annotations

from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contacts import importing
from contacts.checking import Checking, Preview
from erp.access.permissions import Permission
from erp.core.errors import DomainError
from erp.core.importing import AlreadyImported
from erp.documents import storing
from erp.documents.models import StoredFile
from erp.jobs.kinds import Cursor, Done, Next, Running, job

IMPORT: Final = "contacts.import"
CHECKED_AT_ONCE: Final = 500  # rows of a step


class FaultyContacts(DomainError):
    code = "contacts.faulty_file"
    message = gettext_lazy("Nothing was written. Rows that cannot be imported: %(count)s; the log names "
                           "them. Correct the file, or import the good rows alone.")  # fmt: skip
    field = "file"


@job(IMPORT, title=gettext_lazy("Import contacts"), permission=Permission.CONTACTS_IMPORT)
def import_contacts(job: Running, cursor: Cursor) -> Next | Done:
    """Check a stored file part by part, which writes nothing; then write all of it in one step.

    ``file`` is its digest, ``columns`` as ``importing.dry_run`` takes them, ``good`` whether bad
    rows are left out, ``known`` how often the file had been imported when somebody looked at it.
    """
    told, only_good = job.arguments, bool(job.arguments.get("good"))
    checking: Checking | None = job.memory.get("checking")
    checked = cursor.get("checked", 0)
    if checking is None:
        file = StoredFile.of(job.company).get(digest=told["file"])
        content = storing.content_of(file)
        checking = job.memory["checking"] = Checking(
            company=job.company, content=content, columns=told["columns"]
        )
        job.memory |= {"content": content, "found": Preview()}
        checked = 0  # what was checked before is gone with the process that did
    total = checking.total
    if not cursor or checked < total:
        end = min(total, checked + CHECKED_AT_ONCE)
        part = checking.part(checked, end)
        job.memory["found"].add(part)
        if not cursor.get("told", 0) > checked:
            for refusal in part.refusals:
                job.log(str(refusal))
        message = _("%(checked)s of %(total)s rows are checked.") % {"checked": end, "total": total}
        return Next({"checked": end, "told": max(end, cursor.get("told", 0))}, done=end,
                    total=total + max(1, total // 2), message=message)  # fmt: skip
    found: Preview = job.memory["found"]
    if found.refusals and not only_good:
        raise FaultyContacts(count=found.bad_rows)
    content = job.memory["content"]
    if importing.was_imported(job.company, content) != told["known"]:
        raise AlreadyImported
    return _written(job, content, told, only_good)


def _written(job: Running, content: bytes, told: Any, only_good: bool) -> Done:
    """What was checked in steps before is checked again, in the transaction that writes it."""
    done = importing.import_contacts(
        company=job.company, content=content, by=job.user, columns=told["columns"],
        only_good=only_good,
    )  # fmt: skip
    return Done(
        {"rows": done.rows, "new": len(done.new), "changed": len(done.changed),
         "bad": done.bad_rows},
        message=_("%(new)s contacts are added, %(changed)s changed, %(bad)s rows left out.")
        % {"new": len(done.new), "changed": len(done.changed), "bad": done.bad_rows},
    )  # fmt: skip
