"""Forms of budgets."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounting.budgets.models import Budget
from accounting.budgets.planning import Source
from accounting.ledger.models import FiscalYear
from erp.companies.models import Company

STEPS = (("0.01", _("centime")), ("1", _("franc")), ("10", "10"), ("100", "100"), ("1000", "1’000"))


class BudgetForm(forms.Form):
    """A budget to begin."""

    fiscal_year = forms.ModelChoiceField(FiscalYear.unscoped.none(), label=_("Fiscal year"),
                                         empty_label=None)  # fmt: skip
    name = forms.CharField(label=_("Name"), max_length=60)
    source = forms.ChoiceField(label=_("Starts from"), choices=Source.choices)
    other = forms.ModelChoiceField(
        Budget.unscoped.none(), label=_("Other budget"), required=False,
        help_text=_("Only where it starts from another budget."),
    )  # fmt: skip
    percent = forms.DecimalField(
        label=_("Change in percent"), initial=Decimal(0), min_value=-100, max_value=1000,
        max_digits=7, decimal_places=2,
    )  # fmt: skip
    step = forms.TypedChoiceField(label=_("Round each year to"), choices=STEPS, coerce=Decimal,
                                  initial="1")  # fmt: skip

    def __init__(self, *args: Any, company: Company, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["fiscal_year"].queryset = FiscalYear.of(company).order_by("-start")  # type: ignore[attr-defined]
        budgets = (
            Budget.of(company).select_related("fiscal_year").order_by("-fiscal_year__start", "name")
        )
        self.fields["other"].queryset = budgets  # type: ignore[attr-defined]
        self.fields["other"].label_from_instance = lambda b: f"{b.fiscal_year} · {b}"  # type: ignore[attr-defined]
        for name in self.fields:
            self.fields[name].width = "w6"  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        told: dict[str, Any] = super().clean() or self.cleaned_data
        if told.get("source") == Source.BUDGET and not told.get("other"):
            self.add_error("other", _("Choose the budget to start from."))
        return told
