"""Looking at one client for the figures that are kept (Kennzahlen nachführen)."""

from __future__ import annotations

import datetime as dt
from typing import Final

from django.db import connection, transaction

from accounting.banking.models import BankAccount
from accounting.banking.reconciling.state import state_of
from erp.companies.models import Company
from erp.core import clock
from erp.fiduciary.models import MandateFigures

#: Entries somebody typed or imported, in periods still open unless ``locked`` ones count, too, to
#: which nobody put an original.
_MISSING: Final = """
    SELECT count(*) FROM accounting_period p
    JOIN accounting_journalentry e ON e.company_id = p.company_id
        AND e.fiscal_year_id = p.fiscal_year_id AND e.date BETWEEN p.start AND p."end"
    WHERE p.company_id = %(company)s AND (%(locked)s OR p.lock <> 'locked')
      AND e.date <= %(end)s
      AND e.company_id = %(company)s AND e.number IS NOT NULL AND e.kind = 'normal'
      AND e.source IN ('manual', 'import', 'cash')
      AND NOT EXISTS (SELECT FROM accounting_entryvoucher v
                      WHERE v.company_id = e.company_id AND v.entry_id = e.id)
      AND NOT EXISTS (SELECT FROM accounting_journalentry r
                      WHERE r.company_id = e.company_id AND r.reverses_id = e.id)
"""


def missing_vouchers(company: Company, *, end: dt.date = dt.date.max, locked: bool = False) -> int:
    """How many entries up to a day have no original; of open periods, or with ``locked`` of all."""
    with connection.cursor() as cursor:
        cursor.execute(_MISSING, {"company": company.pk, "end": end, "locked": locked})
        (missing,) = cursor.fetchone()
    return int(missing)


def bank_differences(company: Company, *, on: dt.date | None = None) -> int:
    """How many bank accounts differ from the ledger by their last statement, of those until ``on``."""
    banks = BankAccount.of(company).select_related("account", "company")
    return sum(bool(state_of(bank, on=on).difference) for bank in banks)


@transaction.atomic
def look_at(company: Company) -> MandateFigures:
    """Count what a client lacks, and keep it for the cockpit; the client's rows are open."""
    found, _new = MandateFigures.unscoped.update_or_create(
        company=company,
        defaults={"as_of": clock.now(), "missing_vouchers": missing_vouchers(company),
                  "bank_differences": bank_differences(company)},
    )  # fmt: skip
    return found
