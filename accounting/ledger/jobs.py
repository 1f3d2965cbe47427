"""What the ledger does in the background: import a long journal, export one."""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounting.ledger import importing, queries
from accounting.ledger.exporting import FOR_OTHERS, MOST_EXPORTED, JournalTable, ScratchFile
from accounting.ledger.importing import Checking
from accounting.ledger.models import LedgerHead, Period
from accounting.ledger.years import lock_period
from erp.access.permissions import Permission
from erp.core.errors import DomainError
from erp.core.importing import AlreadyImported
from erp.documents import storing
from erp.documents.models import StoredFile
from erp.jobs.kinds import Cursor, Done, Next, Running, job
from erp.web.export import file_of

IMPORT: Final = "journal.import"
EXPORT: Final = "journal.export"
CHECKED_AT_ONCE: Final = 500  # entries of a step
READ_AT_ONCE: Final = 1_000
#: Before everything, as a key of ``queries.journal_page``.
_START: Final = "0001-01-01.0.0"


class FaultyFile(DomainError):
    code = "import.faulty_file"
    message = gettext_lazy("Nothing was posted. Rows that cannot be imported: %(count)s; the log names "
                           "them. Correct the file and import it again.")  # fmt: skip
    field = "file"


@job(IMPORT, title=gettext_lazy("Import journal"), permission=Permission.LEDGER_IMPORT,
     page="journal")  # fmt: skip
def import_journal(job: Running, cursor: Cursor) -> Next | Done:
    """Check a stored file part by part, which writes nothing; then post all of it in one step.

    ``file`` is its digest, ``columns`` as ``importing.dry_run`` takes them, ``known`` how often the
    file had been imported when somebody looked at it.
    """
    content = _content(job)
    told: dict[str, Any] = {
        "company": job.company, "content": content, "columns": job.arguments["columns"],
        "closing": job.may(Permission.LEDGER_CLOSE),
    }  # fmt: skip
    checked, faults = cursor.get("checked"), cursor.get("faults", 0)
    if checked == cursor.get("total", 0) and not faults:
        return _post(job, told)
    checking = job.memory.get("checking")
    if checking is None:
        checking = job.memory["checking"] = Checking(**told)
    total = checking.total
    weight = total + max(1, total // 4)  # posting takes about a fifth of the time
    if checked is None:
        return Next({"checked": 0, "total": total}, done=0, total=weight, message=_("Checking …"))
    if checked < total and faults < importing.MOST_REFUSALS:
        end = min(total, checked + CHECKED_AT_ONCE)
        refusals = checking.part(checked, end).refusals
        for one in refusals[: importing.MOST_REFUSALS - faults]:
            job.log(str(one))
        faults += len(refusals)
        told_so_far = _("%(checked)s of %(total)s entries are checked.")
        message = told_so_far % {"checked": end, "total": total}
        return Next({"checked": end, "total": total, "faults": faults}, done=end,
                    message=message if end < total or faults else _("Posting …"))  # fmt: skip
    raise FaultyFile(count=faults)


def _post(job: Running, told: dict[str, Any]) -> Done:
    """All or nothing, and not if the same preview was confirmed elsewhere meanwhile."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 1))",
                       [f"journal-import:{job.company.pk}"])  # fmt: skip
    if importing.was_imported(job.company, told["content"]) != job.arguments["known"]:
        raise AlreadyImported
    done = importing.import_journal(by=job.user, **told)
    for warning in done.warnings:
        job.log(warning)
    count = len(done.entries)
    return Done({"entries": count, "rows": done.rows, "total": str(done.total)},
                message=_("%s entries are posted.") % count)  # fmt: skip


def _content(job: Running) -> bytes:
    content: bytes | None = job.memory.get("content")
    if content is None:
        file = StoredFile.of(job.company).get(digest=job.arguments["file"])
        content = job.memory["content"] = storing.content_of(file)
    return content


@job(EXPORT, title=gettext_lazy("Export journal"), permission=Permission.LEDGER_EXPORT,
     also=Permission.LEDGER_READ, whole=True)  # fmt: skip
def export_journal(job: Running, cursor: Cursor) -> Next | Done:
    """Read the journal part by part, as it stood when the job began; then make the file.

    ``form`` is csv, xlsx or one for other systems (``exporting.FOR_OTHERS``), the rest are the filters
    of ``queries.journal``. What was read is of this process alone, in memory or, for other systems,
    on its disk: another one begins anew.
    """
    told = job.arguments
    start, end = _day(told.get("from")), _day(told.get("until"))
    entries = queries.journal(
        job.company, search=told.get("q", ""), start=start, end=end,
        account=told.get("account", ""),
    )  # fmt: skip
    gathered: Any = job.memory.get("table")
    is_over = isinstance(gathered, ScratchFile) and gathered.is_over  # by a step that was undone
    if gathered is None or is_over or not cursor or gathered.lines != cursor["lines"]:
        job.memory["table"] = _gathering(job)
        head = cursor.get("head")  # also where it begins anew
        if head is None:
            head = LedgerHead.of(job.company).values_list("position", flat=True).first() or 0
        total = entries.filter(chain_position__lte=head).order_by().count()
        return Next({"head": head, "after": _START, "read": 0, "total": total, "lines": 0},
                    done=0, total=total + max(1, total // 2), message=_("Reading …"))  # fmt: skip
    if cursor["after"]:
        entries = entries.filter(chain_position__lte=cursor["head"])
        page = queries.journal_page(entries, before=cursor["after"], size=READ_AT_ONCE)
        gathered.add(reversed(page.entries))
        read = cursor["read"] + len(page.entries)
        return Next(
            {**cursor, "after": page.before, "read": read, "lines": gathered.lines}, done=read,
            message=_("%(read)s of %(total)s entries are read.")
            % {"read": read, "total": cursor["total"]} if page.before else _("Writing the file …"),
        )  # fmt: skip
    if isinstance(gathered, ScratchFile):
        file = gathered.kept(job.company, by=job.user, start=start, end=end)
    else:
        made, content_type, name = file_of(
            told["form"], gathered.finished(start=start, end=end), company=job.company
        )
        file = storing.keep(company=job.company, name=name, content=made, by=job.user,
                            content_type=content_type)  # fmt: skip
    lines = gathered.lines
    return Done({"lines": lines}, file=file, message=_("%s lines are in the file.") % lines)


def _gathering(job: Running) -> JournalTable | ScratchFile:
    """What lines are added to, from the first; what an undone step has left goes."""
    if isinstance(before := job.memory.get("table"), ScratchFile):
        before.close()
    if job.arguments["form"] not in FOR_OTHERS:
        return JournalTable(MOST_EXPORTED)
    found = ScratchFile(job.company, job.arguments["form"])
    job.at_the_end(found.close)
    return found


def _day(text: str | None) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None


LOCK: Final = "ledger.lock_periods"


@job(LOCK, title=gettext_lazy("Lock periods"), permission=Permission.LEDGER_LOCK)
def lock_periods(job: Running, cursor: Cursor) -> Done:
    """Lock all periods that end up to a day (``until``); all of them, or none."""
    until = dt.date.fromisoformat(job.arguments["until"])
    rows = Period.of(job.company).exclude(lock=Period.Lock.LOCKED).filter(end__lte=until)
    found = list(rows.order_by("start"))
    for period in found:
        lock_period(company=job.company, period=period, lock=Period.Lock.LOCKED, by=job.user)
    return Done({"periods": len(found)}, message=_("%s periods are locked.") % len(found))
