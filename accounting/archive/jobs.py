"""Archiving in the background: many steps, each a page of one file of the package."""

from __future__ import annotations

import datetime as dt
from typing import Final

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounting.archive import making
from accounting.archive.making import STAGES, Making, Work
from accounting.archive.packing import PACKAGE
from accounting.archive.queries import MADE, hold_periods, year_with
from accounting.archive.rights import require_all
from accounting.archive.workroom import Workroom, sweep
from erp.access.permissions import Permission
from erp.audit import trail
from erp.documents import storing
from erp.jobs.kinds import Cursor, Done, Next, Running, job

ARCHIVE: Final = "year.archive"
ZIP: Final = "application/zip"


@job(ARCHIVE, title=gettext_lazy("Archive a fiscal year"), permission=Permission.LEDGER_EXPORT,
     also=Permission.LEDGER_READ, step_up=True, page="year-archives")  # fmt: skip
def archive_year(job: Running, cursor: Cursor) -> Next | Done:
    """Make and keep the package of the fiscal year that ``until`` is a day of.

    The file is handed out by the page of archives alone, to those who may see all that is in it.
    """
    require_all(job.company, job.holds)
    year = year_with(job.company, dt.date.fromisoformat(job.arguments["until"]))
    room = Workroom(job.company, job.number)
    done = Making(**cursor) if cursor and room.is_there else Making()
    work = Work(job.company, year, job.user, room, done, job.memory, job.may)
    if not done.stage:
        sweep(job.company)
        room.open()
        making.begin(work)
        done.stage = next(iter(STAGES))
        return _next(done)
    try:
        with translation.override(job.company.language):
            following = making.step(work)
        return _next(done) if following else _kept(work)
    except FileNotFoundError:  # what was written is gone with the disk of another machine
        room.close()
        return Next({}, message=_("Beginning anew …"))


def _next(done: Making) -> Next:
    _do, message = STAGES[done.stage]
    return Next(done.as_cursor(), done=done.done + list(STAGES).index(done.stage),
                total=2 * done.facts["expected"] + len(STAGES), message=message())  # fmt: skip


def _kept(work: Work) -> Done:
    """Keep the package and tell of it, while nobody can open the year again."""
    hold_periods(work.year)
    making.require_unchanged(work)
    facts, year = work.making.facts, work.year
    file = storing.move(
        company=work.company, path=work.room.path / PACKAGE, by=work.by, content_type=ZIP,
        name=f"{work.company.short_name}-{year.name.replace('/', '-')}-archive.zip",
    )  # fmt: skip
    told = {"sha256": file.digest, "size": file.size, "entries": facts["entries"],
            "lines": facts["lines"], "originals": facts["originals"]}  # fmt: skip
    trail.record(company=work.company, by=work.by, action=MADE, subject=year,
                 details={"name": year.name, **told, "rights": facts["further"]})  # fmt: skip
    transaction.on_commit(work.room.close, robust=True)
    return Done(told, message=_("The archive of %s is made and checked.") % year.name)
