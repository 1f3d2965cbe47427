"""What VAT does in the background: print a long journal, part by part."""

from __future__ import annotations

import base64
from typing import Final

import pypdfium2 as pdfium
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from erp.access.models import User
from erp.access.permissions import Permission
from erp.access.tokens.bearing import Bearer
from erp.companies.models import Company
from erp.core import clock
from erp.core.errors import DomainError
from erp.core.filetypes import PDF
from erp.documents import joining, storing
from erp.jobs.kinds import Cursor, Done, Next, Running, job
from erp.jobs.models import Job
from erp.jobs.starting import start
from erp.web.export import PART, Part, Table, as_pdf
from vat.returns.addressing import computed_of, row_of
from vat.returns.entries import journal_rows
from vat.returns.freezing import digest, frozen
from vat.returns.journal import NAME, journal_table

PRINT: Final = "vat.print_journal"
MOST_IN_PARTS: Final = 10_000  # rows of a journal that is printed in the background


class JournalGone(DomainError):
    code = "vat.journal_gone"
    message = gettext_lazy(
        "The return is no longer there. Open the list of VAT returns and print its journal anew."
    )
    field = "return"


def print_in_parts(*, company: Company, key: str, by: User, within: Bearer | None = None) -> Job:
    """Print the journal of a return in the background; ``key`` is its address, see ``row_of``."""
    told = {"return": key, "language": translation.get_language() or company.language}
    return start(PRINT, company=company, by=by, arguments=told, within=within)


@job(
    PRINT, title=gettext_lazy("Print a VAT journal"), permission=Permission.VAT_READ,
    also=Permission.LEDGER_EXPORT,
)  # fmt: skip
def print_journal(job: Running, cursor: Cursor) -> Next | Done:
    """A part of the journal in each step, in the end all of them as one file.

    The parts wait in the cursor. Where the figures of an open return change meanwhile it begins anew.
    """
    with translation.override(job.arguments["language"]):
        content, figures = _content(job)
        parts: list[str] = cursor.get("parts", []) if cursor.get("figures") == figures else []
        pages: int = cursor.get("pages", 0) if parts else 0
        first = len(parts) * PART
        if first >= len(content.rows):
            return _joined(job, parts, pages)
        made = as_pdf(content, job.company, part=Part(first, pages))
    done = min(first + PART, len(content.rows))
    message = _("%(done)s of %(total)s rows are printed.") % {
        "done": done,
        "total": len(content.rows),
    }
    parts = [*parts, base64.b64encode(made).decode("ascii")]
    return Next({"figures": figures, "parts": parts, "pages": pages + _pages(made)}, done=done,
                total=len(content.rows), message=message)  # fmt: skip


def _content(job: Running) -> tuple[Table, str]:
    """The journal as a table, and what tells two states of its return apart. Raises ``JournalGone``."""
    known: tuple[Table, str] | None = job.memory.get("content")
    if known is not None:
        return known
    row = row_of(job.company, job.arguments["return"])
    found = computed_of(job.company, row) if row else None
    if row is None or found is None:
        raise JournalGone
    content = journal_table(journal_rows(found), method=row.period.method, start=row.period.start,
                            end=row.period.end, most=MOST_IN_PARTS)  # fmt: skip
    told = content, digest(frozen(found) | {"rows": len(content.rows)})
    job.memory["content"] = told
    return told


def _joined(job: Running, parts: list[str], pages: int) -> Done:
    content = joining.joined(base64.b64decode(part) for part in parts)
    name = f"{job.company.short_name}-{NAME}-{clock.today().isoformat()}.pdf"
    file = storing.keep(
        company=job.company, by=job.user, name=name, content=content, content_type=PDF
    )
    return Done({"pages": pages}, message=_("%(count)s pages") % {"count": pages}, file=file)


def _pages(content: bytes) -> int:
    with pdfium.PdfDocument(content) as file:
        return len(file)
