"""The reports of creditors as tables: the same rows on pages, on paper, in workbooks and as CSV."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils.translation import gettext as _

from accounting.ledger.spans import months_table, parties_table, vat_table
from erp.web.export import Table


def suppliers(rows: Any, since: dt.date, until: dt.date) -> Table:
    """Purchases by supplier."""
    return parties_table(
        rows, since, until, title=_("Purchases by supplier"), party=_("Supplier"),
        documents=_("Bills"), name="purchases-suppliers",
    )  # fmt: skip


def months(rows: Any, since: dt.date, until: dt.date) -> Table:
    """Purchases by month."""
    return months_table(rows, since, until, title=_("Purchases by month"), name="purchases-months")


def vat(rows: Any, since: dt.date, until: dt.date) -> Table:
    """The VAT journal of purchases."""
    return vat_table(rows, since, until, title=_("VAT journal of purchases"), name="vat-purchases")
