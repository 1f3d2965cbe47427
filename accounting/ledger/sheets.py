"""The sheet of an account (Kontoblatt) as a table: on paper, in workbooks and as CSV."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from accounting.ledger import queries
from accounting.ledger.models import CostCentre
from erp.core.display import swiss_date
from erp.web.export import Table, table


def sheet_table(sheet: queries.Sheet, centre: CostCentre | None) -> Table:
    """The sheet of an account to be taken along."""
    foreign = sheet.account.currency
    columns = [foreign, _("Balance in %s") % foreign] if foreign else (
        [_("Currency"), _("In currency")] if sheet.has_foreign else [])  # fmt: skip
    empty: list[Any] = [None for _one in columns]

    def told(row: queries.SheetRow) -> list[Any]:
        if foreign:
            return [row.amount_foreign, row.balance_foreign]
        return [row.currency, row.amount_foreign] if columns else []

    head = [_("Date"), _("No."), _("Voucher"), _("Text"), _("Contra"), _("VAT"),
            *columns, _("Debit"), _("Credit"), _("Balance")]  # fmt: skip
    rows: list[list[Any]] = [
        [sheet.start, None, "", _("Opening balance"), "", "",
         *([None, sheet.foreign_opening] if foreign else empty), None, None, sheet.opening]
    ]  # fmt: skip
    rows += [
        [r.date, r.number, r.voucher, r.text, r.contra, r.vat_code,
         *told(r), r.debit or None, r.credit or None, r.balance]
        for r in sheet.rows
    ]  # fmt: skip
    rows.append([sheet.end, None, "", _("Closing balance"), "", "",
                 *([None, sheet.foreign_closing] if foreign else empty), sheet.debit, sheet.credit,
                 sheet.closing])  # fmt: skip
    return table(
        title=f"{sheet.account.number} {sheet.account.name}",
        subtitle=f"{swiss_date(sheet.start)} – {swiss_date(sheet.end)}"
        + (f" · {centre}" if centre else ""), head=head, rows=rows,
        name=f"account-{sheet.account.number}", wide=True,
        kinds={0: "", len(rows) - 1: "total"},
    )  # fmt: skip
