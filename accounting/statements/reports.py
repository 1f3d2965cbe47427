"""The statements as tables: the same figures on pages, on paper, in workbooks and as CSV."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from accounting.statements import statements
from accounting.statements.trial_balance import TrialBalance
from erp.core.display import swiss_date
from erp.web.export import Table, table


def heads(found: statements.Statement) -> list[str]:
    """What stands above each column."""
    titles = [
        f"{_('Budget')} {col.budget}" if col.budget else swiss_date(col.until)
        for col in found.columns
    ]
    return [*titles, _("Difference")] if found.budget else titles


def statement_table(found: statements.Statement, name: str, more: str = "") -> Table:
    return table(
        title=found.title,
        subtitle=swiss_date(found.days[0]) + more,
        head=["", *heads(found)],
        rows=[[row.name, *row.figures] for row in found.rows],
        name=name,
        kinds={nth: row.kind for nth, row in enumerate(found.rows)},
    )


def trial_table(found: TrialBalance, more: str) -> Table:
    rows: list[list[Any]] = [
        [row.number, row.name, row.opening, row.debit, row.credit, row.closing,
         *([row.currency, row.foreign] if found.has_foreign else [])]
        for row in found.rows
    ]  # fmt: skip
    more_columns = [None, None] if found.has_foreign else []
    rows.append(["", _("Total"), found.opening, found.debit, found.credit, found.closing,
                 *more_columns])  # fmt: skip
    return table(
        title=_("Trial balance"),
        subtitle=f"{swiss_date(found.year.start)} – {swiss_date(found.until)}{more}",
        head=[
            _("Account"),
            _("Name"),
            _("Opening balance"),
            _("Debit"),
            _("Credit"),
            _("Closing balance"),
            *([_("Currency"), _("In currency")] if found.has_foreign else []),
        ],
        rows=rows,
        name="trial-balance",
        kinds={len(rows) - 1: "grand"},
    )
