"""Figures of law as a table: the same rows on the page, on paper, in workbooks and as CSV."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils.translation import gettext as _

from erp.core.display import swiss_date
from erp.web.export import Table, table
from payroll.rates import overview


def figures_table(day: dt.date, own: Any) -> Table:
    """What holds on a day, with its source; ``own`` are the figures that the company entered."""
    return table(
        title=_("Figures"), subtitle=swiss_date(day), name="figures",
        head=[_("Group"), _("Figure"), _("Value"), _("Unit"), _("Valid from"), _("Valid until"),
              _("Source")],
        rows=[
            [str(group.title), str(row.label), row.value, str(row.unit), row.valid_from,
             row.valid_to, row.source]
            for group in overview.groups(day, own) for row in group.rows
        ],
        wide=True,
    )  # fmt: skip
