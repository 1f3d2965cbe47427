"""Fields of forms that find a row by its number or code, as the entry mask does (Nachschlagefelder)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet

from accounting.ledger.entering import UnknownAccount, UnknownCostUnit, UnknownVatCode, choices
from accounting.ledger.models import Account, CostCentre, CostObject
from accounting.ledger.views.entering import choices_of_codes
from erp.companies.models import Company, Module
from erp.core.errors import DomainError
from vat.codes.models import VatCode
from vat.codes.queries import codes_of


class LookUp(forms.ModelChoiceField):
    """A row by its number or code; ``source`` is the list that the page offers."""

    def __init__(
        self, rows: QuerySet[Any], *, by: str, source: str, unknown: type[DomainError], **more: Any
    ) -> None:
        super().__init__(
            rows, to_field_name=by, required=more.pop("required", False),
            widget=forms.TextInput({"data-combobox": source, "autocomplete": "off"}), **more,
        )  # fmt: skip
        self.unknown = unknown

    def to_python(self, value: Any) -> Any:
        told = value.strip() if isinstance(value, str) else value
        if self.to_field_name == "code" and isinstance(told, str):
            told = told.upper()
        try:
            return super().to_python(told)
        except forms.ValidationError:
            refusal = self.unknown(value=str(told)[:40])
            raise forms.ValidationError(str(refusal), code=refusal.code) from None

    def prepare_value(self, value: Any) -> Any:
        """A stored reference as its number: forms of models begin with the id."""
        if isinstance(value, int) and not isinstance(value, bool):
            value = self.queryset.filter(pk=value).first()  # type: ignore[union-attr]
        return super().prepare_value(value)


def account_field(company: Company, label: Any, *, source: str = "accounts", **more: Any) -> LookUp:
    return LookUp(Account.of(company), by="number", source=source, unknown=UnknownAccount,
                  label=label, **more)  # fmt: skip


def code_field(company: Company, label: Any) -> LookUp:
    return LookUp(VatCode.of(company), by="code", source="vat-codes", unknown=UnknownVatCode,
                  label=label)  # fmt: skip


def cost_field(model: type[CostCentre | CostObject], company: Company, label: Any) -> LookUp:
    source = "cost-centres" if model is CostCentre else "cost-objects"
    return LookUp(
        model.of(company), by="number", source=source, unknown=UnknownCostUnit, label=label
    )


def units_to_choose(model: type[CostCentre | CostObject], company: Company) -> QuerySet[Any]:
    """Cost centres or cost objects by number; none where cost accounting is switched off."""
    rows = model.of(company).order_by("number")
    return rows if company.uses(Module.COST_ACCOUNTING) else rows.none()


def offered(
    company: Company, *, accounts: QuerySet[Account], kinds: frozenset[Any]
) -> dict[str, Any]:
    """What the fields of a page offer: accounts in their order, VAT codes of some kinds, cost units if in use."""
    return {
        "accounts": choices(accounts),
        "vat_codes": choices_of_codes(codes_of(company).filter(kind__in=kinds)),
        "cost_centres": choices(units_to_choose(CostCentre, company)),
        "cost_objects": choices(units_to_choose(CostObject, company)),
    }
