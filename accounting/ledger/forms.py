"""Forms of the ledger's settings."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounting.ledger.chart import or_positions
from accounting.ledger.models import Account, CostCentre, CostObject, EntryTemplate
from erp.web.dates import DayInput
from vat.codes.queries import codes_of

_NAMES = ("name_de", "name_fr", "name_it", "name_en")


def _narrow(form: forms.Form | forms.ModelForm, **widths: str) -> None:
    for name, width in widths.items():
        form.fields[name].width = width  # type: ignore[attr-defined]


class AccountForm(forms.ModelForm):
    """An account of the chart."""

    class Meta:
        model = Account
        fields = ("number", "type", *_NAMES, "or_position", "group_number", "currency", "vat_code",
                  "cost_centre_rule", "cost_object_rule", "blocked_from", "purpose", "control",
                  "valuation")  # fmt: skip
        widgets = {"blocked_from": DayInput()}

    def __init__(self, *args: Any, company: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["vat_code"].queryset = codes_of(company)  # type: ignore[attr-defined]
        lines = [p for p in or_positions() if p.kind == "line"]
        language = get_language() or "de"
        self.fields["or_position"] = forms.ChoiceField(
            label=_("Position in the statements"), required=False,
            choices=[("", "–"), *((p.code, f"{p.code} {p.name_in(language)}") for p in lines)],
        )  # fmt: skip
        _narrow(self, number="w3", type="w3", currency="w3", group_number="w3", or_position="w6",
                vat_code="w6", cost_centre_rule="w3", cost_object_rule="w3", blocked_from="w3",
                purpose="w6", control="w3", valuation="w6")  # fmt: skip

    def validate_unique(self) -> None:
        """The act decides, in the books' own words."""


class FiscalYearForm(forms.Form):
    """A fiscal year to open."""

    start = forms.DateField(label=_("First day"), widget=DayInput())
    end = forms.DateField(label=_("Last day"), widget=DayInput())
    name = forms.CharField(label=_("Name"), required=False, max_length=20,
                           help_text=_("Left empty, it is named after its years."))  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _narrow(self, start="w4", end="w4", name="w4")


class CostCentreForm(forms.ModelForm):
    class Meta:
        model = CostCentre
        fields = ("number", *_NAMES, "active_until")
        widgets = {"active_until": DayInput()}

    def validate_unique(self) -> None:
        """The act decides, in the books' own words."""


class CostObjectForm(forms.ModelForm):
    class Meta:
        model = CostObject
        fields = ("number", *_NAMES, "active_until")
        widgets = {"active_until": DayInput()}

    def validate_unique(self) -> None:
        """The act decides, in the books' own words."""


class TemplateForm(forms.ModelForm):
    """A template, or with a rhythm a recurring entry."""

    class Meta:
        model = EntryTemplate
        fields = ("name", "rhythm", "next_date", "until")
        widgets = {
            "next_date": DayInput(),
            "until": DayInput(),
        }

    def validate_unique(self) -> None:
        """The act decides, in the books' own words."""
