"""What the inbox does in the background: read documents."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounting.payables.capture import keeping, reading
from accounting.payables.capture.models import State
from accounting.payables.capture.receiving import READ
from erp.access.permissions import Permission
from erp.jobs.kinds import Cursor, Done, Next, Running, job


@job(READ, title=gettext_lazy("Read suppliers' bills"), permission=Permission.PAYABLES_CAPTURE,
     page="inbox")  # fmt: skip
def read_documents(job: Running, cursor: Cursor) -> Next | Done:
    """Read ``documents`` (ids), one in each step; the log names those that cannot be read."""
    ids: list[int] = job.arguments["documents"]
    if not cursor:
        reading.begin(job.company, ids)
        return Next({"at": 0}, done=0, total=len(ids))
    at, failed = cursor["at"], cursor.get("failed", 0)
    if at >= len(ids):
        return Done({"read": len(ids) - failed, "failed": failed}, message=_told(len(ids), failed))
    countries = job.memory.setdefault("countries", reading.countries_in_use())
    document = reading.read(job.company, ids[at], countries=countries)
    if document is not None and document.state == State.FAILED:
        failed += 1
        job.log(f"{document}: {keeping.refusal_restored(document.refusal)}")
    return Next({"at": at + 1, "failed": failed}, done=at + 1, total=len(ids))


def _told(count: int, failed: int) -> str:
    if failed:
        return _("%(read)s read, %(failed)s not readable; the log says why") % {
            "read": count - failed, "failed": failed}  # fmt: skip
    return _("%(read)s read") % {"read": count}
