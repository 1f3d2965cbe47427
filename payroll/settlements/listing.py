"""A settlement as a list of people (Abrechnungsliste), for page, file and program. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from erp.web.export import Table
from payroll.declarations.reports import Report
from payroll.settlements.models import SettledTax, TaxSettlement
from payroll.settlements.settling import Proposal


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


def title_of(one: TaxSettlement | Proposal) -> str:
    return _("Withholding tax %(canton)s %(months)s") % {"canton": one.canton, "months": one.span}


def report(one: TaxSettlement) -> Report:
    """The list of a settlement as it was made."""
    return report_of(title_of(one), one.content, tax=one.tax, taxable=one.taxable, percent=one.percent,
                     commission=one.commission)  # fmt: skip


def table_of(one: TaxSettlement) -> Table:
    """The list of a settlement to be taken along, with the tax office it is for."""
    office = f"{one.institution.name} {one.institution.member_number}".strip()
    return report(one).as_table(year=one.year, subtitle=office)
