"""Which year is meant where none is named."""

from __future__ import annotations

import datetime as dt

from accounting.ledger.models import FiscalYear
from erp.companies.models import Company


def year_or_present(company: Company, today: dt.date) -> FiscalYear | None:
    """The fiscal year of a day, else the last there is; None where the company has none."""
    years = FiscalYear.of(company)
    return (
        years.filter(start__lte=today, end__gte=today).first() or years.order_by("-start").first()
    )
