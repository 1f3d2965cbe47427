"""What masks of banking offer to choose from: accounts, codes, cost units."""

from __future__ import annotations

from typing import Any

from accounting.ledger.entering import choices
from accounting.ledger.models import Account, CostCentre, CostObject
from accounting.ledger.views.entering import choices_of_codes
from erp.companies.models import Company
from erp.core import clock
from vat.codes.queries import codes_of, is_liable_on


def choices_of(company: Company) -> dict[str, Any]:
    """Rows for comboboxes by the names templates have for them; nothing for what is not used."""
    taxed, costs = is_liable_on(company, clock.today()), company.uses("costs")
    accounts = Account.of(company).select_related("vat_code").order_by("number")
    return {
        "accounts": [
            [a.number, a.name, a.vat_code.code if a.vat_code and taxed else ""] for a in accounts
        ],
        "vat_codes": choices_of_codes(codes_of(company)) if taxed else [],
        "cost_centres": choices(CostCentre.of(company).order_by("number")) if costs else [],
        "cost_objects": choices(CostObject.of(company).order_by("number")) if costs else [],
    }
