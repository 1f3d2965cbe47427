"""What ``verify_ledger`` adds: years that are closed hold what they were closed with."""

from __future__ import annotations

from collections.abc import Iterator

from accounting.closing.freezing import frozen
from accounting.ledger.models import YearClosing
from accounting.ledger.verifying import Break
from erp.companies.models import Company

CLOSED = "closed year"


def proof(company: Company) -> Iterator[Break]:
    """Each standing closing beside the totals as they are now."""
    for closing in YearClosing.standing(company).select_related("fiscal_year"):
        now = frozen(company, closing.fiscal_year)
        held = (closing.digest, closing.result, closing.carried)
        if (now.digest, now.result, now.carried) != held:
            yield Break(
                CLOSED,
                None,
                f"the balances of {closing.fiscal_year} are not those it was closed with",
            )
