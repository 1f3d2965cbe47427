"""Wage types to take along (Lohnartenstamm): a list for CSV, workbooks and print."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from erp.core import clock
from erp.core.display import swiss_date
from erp.web.export import Table, table
from payroll.wage_types.queries import Row


def as_table(rows: Sequence[Row]) -> Table:
    """The list as it is shown: a cross for each base that a type raises."""
    head = [_("No."), _("Name"), _("Kind"), "AHV", "ALV", "UVG", "UVGZ", "KTG", "BVG", "FAK", _("Tax at source"),
            _("Gross"), _("Box"), _("Account"), _("In use")]  # fmt: skip
    cells = [
        [str(row.type.number), row.type.name, row.type.get_kind_display(),
         *("×" if flag else "" for flag in row.flags), row.type.box,
         row.account.number if row.account else "", _("yes") if row.type.is_active else _("no")]
        for row in rows
    ]  # fmt: skip
    return table(title=_("Wage types"), subtitle=swiss_date(clock.today()), head=head, rows=cells,
                 name="wage-types", wide=True)  # fmt: skip
