"""A settlement as a list of people (Abrechnungsliste), for page, file and program. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from payroll.declarations.reports import Report
from payroll.settlements.models import SettledTax


def report_of(
    title: str, rows: Sequence[SettledTax], *, tax: Decimal, taxable: Decimal, percent: Decimal,
    commission: Decimal,
) -> Report:  # fmt: skip
    """All rows with their total, the commission kept, and what the tax office gets; amounts in CHF."""
    told: list[list[Any]] = []
    for row in rows:
        note = _("correction %(month)s") % {"month": f"{row.origin:%m.%Y}"}
        told.append([
            f"{row.month:%m.%Y}", row.ahv_number, row.name, row.commune, row.code, row.taxable,
            row.determinant, row.amount, note if row.is_correction else "",
        ])  # fmt: skip
    kinds = {len(told): "total", len(told) + 2: "grand"}
    told += [
        ["", "", _("Total"), None, "", taxable, None, tax, ""],
        ["", "", _("Commission %(percent)s %%") % {"percent": f"{percent:f}"}, None, "", None, None,
         -commission, ""],
        ["", "", _("Due to the tax office"), None, "", None, None, tax - commission, ""],
    ]  # fmt: skip
    columns = [
        ("month", _("Month")), ("ahv_number", _("AHV number")), ("name", _("Name")),
        ("commune", _("Commune")), ("code", _("Code")), ("taxable", _("Taxable")),
        ("determinant", _("Determinant")), ("tax", _("Tax")), ("remark", _("Remark")),
    ]  # fmt: skip
    return Report("tax-settlement", title, columns, told, kinds)
