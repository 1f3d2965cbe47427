"""Forms of creditors: who approves, and when invoices come again."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounting.ledger.lookups import units_to_choose
from accounting.ledger.models import CostCentre
from accounting.payables import approving
from accounting.payables.models import ApprovalRule, RecurringSupplierInvoice
from erp.access.models import Membership, User
from erp.companies.models import Company, Module
from erp.core import rhythm
from erp.web.dates import DayInput

DAYS = ["%d.%m.%Y", "%Y-%m-%d"]
_WIDTHS = {"name": "w12", "every": "w3", "unit": "w3", "next_on": "w3", "until": "w3"}


class RhythmForm(forms.ModelForm):  # type: ignore[type-arg]
    """When a supplier's invoice comes again."""

    every = forms.IntegerField(label=_("every"), min_value=1, max_value=rhythm.MOST, initial=1)
    next_on = forms.DateField(label=_("next on"), widget=DayInput(), input_formats=DAYS)
    until = forms.DateField(label=_("until"), widget=DayInput(), required=False, input_formats=DAYS)

    class Meta:
        model = RecurringSupplierInvoice
        fields = ("name", "every", "unit", "next_on", "until", "submits", "paused")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, width in _WIDTHS.items():
            self.fields[name].width = width  # type: ignore[attr-defined]


class RuleForm(forms.ModelForm):  # type: ignore[type-arg]
    """Who approves invoices, from which amount on."""

    class Meta:
        model = ApprovalRule
        fields = ("position", "from_amount", "cost_centre", "approver", "deputy")

    def __init__(self, *args: Any, company: Company, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        members = User.objects.filter(pk__in=Membership.of(company).values("user")).order_by("name")
        able = [one.pk for one in approving.approvers(company, members)]
        choosable = User.objects.filter(pk__in=able).order_by("name")
        for name in ("approver", "deputy"):
            self.fields[name].queryset = choosable  # type: ignore[attr-defined]
        self.fields["cost_centre"].queryset = units_to_choose(CostCentre, company)  # type: ignore[attr-defined]
        self.fields["cost_centre"].required = False
        for name in ("position", "from_amount"):
            self.fields[name].width = "w3"  # type: ignore[attr-defined]
        for name in ("approver", "deputy", "cost_centre"):
            self.fields[name].width = "w6"  # type: ignore[attr-defined]
        if not company.uses(Module.COST_ACCOUNTING):
            del self.fields["cost_centre"]  # a rule keeps the one it has
