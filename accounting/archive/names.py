"""What the numbers in entries stand for: accounts, cost units and VAT codes, a query each."""

from __future__ import annotations

from dataclasses import dataclass

from accounting.ledger.models import CostCentre, CostObject
from accounting.ledger.queries import ChartRow, chart_rows
from erp.companies.models import Company
from vat.codes.models import VatCode


@dataclass(frozen=True)
class Names:
    """By id; names in the language of the company."""

    accounts: dict[int, ChartRow]
    centres: dict[int, CostCentre]
    objects: dict[int, CostObject]
    codes: dict[int, VatCode]

    @classmethod
    def of(cls, company: Company) -> Names:
        return cls(
            {row.pk: row for row in chart_rows(company, language=company.language)},
            {row.pk: row for row in CostCentre.of(company).order_by("number")},
            {row.pk: row for row in CostObject.of(company).order_by("number")},
            {row.pk: row for row in VatCode.of(company).order_by("code")},
        )

    def account(self, pk: int) -> str:
        return self.accounts[pk].number

    def centre(self, pk: int | None) -> str:
        return self.centres[pk].number if pk else ""

    def object(self, pk: int | None) -> str:
        return self.objects[pk].number if pk else ""

    def code(self, pk: int | None) -> str:
        return self.codes[pk].code if pk else ""
