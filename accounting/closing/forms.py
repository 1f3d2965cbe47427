"""Forms of the year-end."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounting.closing import appropriating
from accounting.closing.accruing import ASSETS, LIABILITIES
from accounting.closing.models import YearAccrual
from accounting.ledger.lookups import units_to_choose
from accounting.ledger.models import Account, CostCentre, CostObject
from accounting.ledger.models.accounts import RESULT_TYPES
from accounting.open_items.forms import Amount
from erp.companies.models import Company
from erp.web.dates import DayInput


class AccrualForm(forms.Form):
    """An accrual to post."""

    kind = forms.ChoiceField(label=_("Kind"), choices=YearAccrual.Kind.choices)
    account = forms.ModelChoiceField(Account.unscoped.none(), label=_("Income or expense account"))
    balance_account = forms.ModelChoiceField(
        Account.unscoped.none(), label=_("Accrual account"), required=False,
        help_text=_("Blank: the one used last for this kind."),
    )  # fmt: skip
    amount = Amount(label=_("Amount without VAT"), required=True)
    text = forms.CharField(label=_("Text"), max_length=180)
    cost_centre = forms.ModelChoiceField(
        CostCentre.unscoped.none(), label=_("Cost centre"), required=False
    )
    cost_object = forms.ModelChoiceField(
        CostObject.unscoped.none(), label=_("Cost object"), required=False
    )

    def __init__(self, *args: Any, company: Company, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = Account.of(company).order_by("number")
        fields: Any = self.fields
        fields["account"].queryset = rows.filter(type__in=RESULT_TYPES)
        fields["balance_account"].queryset = rows.filter(
            or_position__in=(ASSETS, LIABILITIES), control=""
        )
        kinds: dict[str, type[CostCentre | CostObject]] = {
            "cost_centre": CostCentre, "cost_object": CostObject,
        }  # fmt: skip
        for name, model in kinds.items():
            units = units_to_choose(model, company)
            if units.exists():
                fields[name].queryset = units
            else:
                del fields[name]
        for name in ("kind", "text"):
            fields[name].width = "w12"


class AppropriationForm(forms.Form):
    """What the general meeting decided."""

    decided_on = forms.DateField(label=_("Decided on"), widget=DayInput())
    statutory = Amount(label=_("To the statutory reserve"), required=False)
    statutory_account = forms.ModelChoiceField(
        Account.unscoped.none(), label=_("Account of the statutory reserve"), required=False
    )
    voluntary = Amount(label=_("To voluntary reserves"), required=False)
    voluntary_account = forms.ModelChoiceField(
        Account.unscoped.none(), label=_("Account of voluntary reserves"), required=False
    )
    dividend = Amount(label=_("Dividend"), required=False)
    dividend_account = forms.ModelChoiceField(
        Account.unscoped.none(), label=_("Account of dividends owed"), required=False
    )

    def __init__(self, *args: Any, company: Company, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        for name, position in (
            ("statutory_account", appropriating.STATUTORY),
            ("voluntary_account", appropriating.VOLUNTARY), ("dividend_account", appropriating.OWED),
        ):  # fmt: skip
            fields[name].queryset = Account.of(company).filter(
                or_position=position, control=""
            ).order_by("number")  # fmt: skip
            fields[name].initial = appropriating.usual_account(company, position)
        fields["decided_on"].width = "w12"
