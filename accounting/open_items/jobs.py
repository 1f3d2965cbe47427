"""What open items do in the background: a long take-over."""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounting.ledger.models import Account
from accounting.open_items import importing
from accounting.open_items.importing import Checking, Terms
from erp.access.permissions import Permission
from erp.core.errors import DomainError
from erp.core.importing import AlreadyImported
from erp.documents import storing
from erp.documents.models import StoredFile
from erp.jobs.kinds import Cursor, Done, Next, Running, job

IMPORT: Final = "items.import"
CHECKED_AT_ONCE: Final = 1_000  # rows of a step


class FaultyItems(DomainError):
    code = "items.faulty_file"
    message = gettext_lazy("Nothing was written. Rows that cannot be taken over: %(count)s; the log "
                           "names them. Correct the file and import it again.")  # fmt: skip
    field = "file"


def arguments(digest: str, terms: Terms, columns: Any, known: int) -> dict[str, Any]:
    """What the job needs to know of a stored file: JSON."""
    return {
        "file": digest, "columns": columns, "known": known, "date": terms.date.isoformat(),
        "contra": terms.contra.pk if terms.contra else None, "in_balance": terms.in_balance,
    }  # fmt: skip


@job(IMPORT, title=gettext_lazy("Take over open items"), permission=Permission.LEDGER_IMPORT)
def import_items(job: Running, cursor: Cursor) -> Next | Done:
    """Check a stored file part by part, which writes nothing; then take all of it over in one step."""
    told: dict[str, Any] = {
        "company": job.company, "content": _content(job), "columns": job.arguments["columns"],
        "terms": _terms(job),
    }  # fmt: skip
    checked, faults = cursor.get("checked", 0), cursor.get("faults", 0)
    if cursor and checked == cursor["total"] and not faults:
        return _written(job, told)
    checking: Checking | None = job.memory.get("checking")
    if checking is None:
        checking = job.memory["checking"] = Checking(**told)
    total = checking.total
    if checked < total and faults < importing.MOST_REFUSALS:
        end = min(total, checked + CHECKED_AT_ONCE)
        part = checking.part(checked, end)
        for refusal in part.refusals:
            job.log(str(refusal))
        message = _("%(checked)s of %(total)s rows are checked.") % {"checked": end, "total": total}
        return Next({"checked": end, "total": total, "faults": faults + part.bad_rows}, done=end,
                    total=total + max(1, total // 2), message=message)  # fmt: skip
    raise FaultyItems(count=faults)


def _written(job: Running, told: dict[str, Any]) -> Done:
    """All or nothing, and not if the same preview was confirmed elsewhere meanwhile."""
    importing.one_at_a_time(job.company)
    if importing.was_imported(job.company, told["content"]) != job.arguments["known"]:
        raise AlreadyImported
    done = importing.import_items(by=job.user, **told)
    for warning in done.warnings:
        job.log(warning)
    return Done({"items": len(done.items)},
                message=_("%s items are taken over.") % len(done.items))  # fmt: skip


def _terms(job: Running) -> Terms:
    contra = job.arguments["contra"]
    return Terms(
        dt.date.fromisoformat(job.arguments["date"]),
        Account.of(job.company).get(pk=contra) if contra else None,
        job.arguments["in_balance"],
    )


def _content(job: Running) -> bytes:
    content: bytes | None = job.memory.get("content")
    if content is None:
        file = StoredFile.of(job.company).get(digest=job.arguments["file"])
        content = job.memory["content"] = storing.content_of(file)
    return content
