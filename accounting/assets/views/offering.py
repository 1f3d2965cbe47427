"""What masks of assets offer to choose from."""

from __future__ import annotations

from typing import Any

from accounting.ledger.entering import choices
from accounting.ledger.models import (
    CostCentre,
    CostObject,
)
from erp.web.pages import CompanyView


class WithLookUps(CompanyView):
    """Pages whose fields find cost units and accounts as the entry mask does."""

    def offered(self) -> dict[str, Any]:
        costs = self.company.uses("costs")
        return {
            "cost_centres": choices(CostCentre.of(self.company).order_by("number")) if costs else [],
            "cost_objects": choices(CostObject.of(self.company).order_by("number")) if costs else [],
        }  # fmt: skip
