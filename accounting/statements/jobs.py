"""What the statements do in the background: print them, for one of many companies."""

from __future__ import annotations

import datetime as dt
from typing import Final

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounting.ledger.errors import NoOpenYear
from accounting.statements import statements
from accounting.statements.reports import statement_table
from erp.access.permissions import Permission
from erp.documents import joining, storing
from erp.jobs.kinds import Cursor, Done, Running, job
from erp.web.export import file_of

PRINT: Final = "statements.print"


@job(PRINT, title=gettext_lazy("Print balance sheet and income statement"),
     permission=Permission.LEDGER_EXPORT, also=Permission.LEDGER_READ)  # fmt: skip
def print_statements(job: Running, cursor: Cursor) -> Done:
    """One PDF of both statements on a day (``until``), in the language of the company.

    Raises ``NoOpenYear`` where no fiscal year has that day.
    """
    company, until = job.company, dt.date.fromisoformat(job.arguments["until"])
    columns = statements.columns(company, until=until)
    if not columns:
        raise NoOpenYear(date=until)
    with translation.override(company.language):
        tables = [
            statement_table(
                statements.balance_sheet(company, columns, language=company.language),
                "balance-sheet",
            ),
            statement_table(
                statements.income_statement(company, columns, language=company.language),
                "income-statement",
            ),
        ]
        parts = [file_of("pdf", one, company=company)[0] for one in tables]
    file = storing.keep(
        company=company, name=f"{company.short_name}-{until:%Y-%m-%d}.pdf", by=job.user,
        content=joining.joined(parts), content_type="application/pdf",
    )  # fmt: skip
    return Done({"until": until.isoformat()}, file=file, message=_("The statements are printed."))
