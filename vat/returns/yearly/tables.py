"""The reconciliation as a table, for PDF, XLSX and CSV."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from accounting.ledger.spans import span_text
from erp.web.export import Table, table
from vat.returns.reconciling import Reconciliation, Step


def reconciliation_table(found: Reconciliation) -> Table:
    """Accounts and steps of both reconciliations, and what is proposed."""
    rows: list[list[Any]] = []
    kinds: dict[int, str] = {}

    def heading(text: str) -> None:
        kinds[len(rows)] = "section"
        rows.append([text, None, None, None, None, None])

    def steps(found: tuple[Step, ...], declared: Any, rest: Any) -> None:
        for step in found:
            if step.is_sum:
                kinds[len(rows)] = "group"
            rows.append([step.label, step.amount, None, None, None, None])
        rows.append([_("Declared"), declared, None, None, None, None])
        kinds[len(rows)] = "total"
        rows.append([_("Not explained"), rest, None, None, None, None])

    heading(_("Turnover"))
    for row in (*found.turnover.accounts, *found.turnover.others):
        rows.append([str(row.account), row.moved, row.coded, row.other, row.bare, None])
    steps(found.turnover.steps, found.turnover.declared, found.turnover.rest)
    heading(_("Input tax"))
    for tax in found.input_tax.accounts:
        rows.append(
            [str(tax.account), tax.moved, tax.deducted, tax.corrected, tax.bare, tax.settled]
        )
    steps(found.input_tax.steps, found.input_tax.declared, found.input_tax.rest)
    if found.proposals:
        heading(_("Proposals"))
        rows += [[one.text, one.amount, None, None, None, None] for one in found.proposals]
    return table(
        title=_("Annual VAT reconciliation"), subtitle=span_text(found.start, found.end),
        head=[_("Position"), _("In the ledger"), _("By VAT codes"), _("Other codes"),
              _("Without a code"), _("Posting of returns")],
        rows=rows, name="vat-reconciliation", wide=True, kinds=kinds,
    )  # fmt: skip
