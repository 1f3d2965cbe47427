"""Masks of VAT settings, activities and codes."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from erp.web.dates import DayInput
from vat.codes.catalogue import catalogue
from vat.codes.models import ALL, VatCode, VatSettings
from vat.codes.own import NAMES, deducts


def _day(label: Any, **more: Any) -> forms.DateField:
    return forms.DateField(label=label, widget=DayInput(), **more)


def _percent(label: Any, **more: Any) -> forms.DecimalField:
    return forms.DecimalField(
        label=label, decimal_places=2, max_digits=5, min_value=0, max_value=100, **more
    )


class SettingsForm(forms.Form):
    """How VAT is settled from a day on."""

    valid_from = _day(_("Valid from"))
    method = forms.ChoiceField(label=_("Method"), choices=VatSettings.Method.choices)
    basis = forms.ChoiceField(label=_("Basis"), choices=VatSettings.Basis.choices)
    interval = forms.ChoiceField(label=_("Interval"), choices=VatSettings.Interval.choices)
    rate_method = forms.ChoiceField(
        label=_("Exchange rates"), choices=VatSettings.RateMethod.choices,
        help_text=_("Kept for a tax period at least."),
    )  # fmt: skip
    group_uid = forms.CharField(
        label=_("UID of the VAT group"), max_length=20, required=False,
        help_text=_("Only where the company declares as a group."),
    )  # fmt: skip
    round_down = forms.BooleanField(
        label=_("Declare the tax to be paid down to full five centimes"), required=False
    )


class ActivityForm(forms.Form):
    """A granted rate."""

    activity_code = forms.CharField(
        label=_("Activity code"), max_length=5,
        help_text=_("Five characters, as the tax administration's portal shows them."),
    )  # fmt: skip
    name = forms.CharField(label=_("Activity"), max_length=120)
    percent = _percent(_("Granted rate in percent"))
    valid_from = _day(_("Valid from"))
    valid_to = _day(_("Valid until"), required=False)


class EndForm(forms.Form):
    """The last day of a granted rate."""

    valid_to = _day(_("Valid until"), required=False)


def names_in(told: dict[str, Any]) -> dict[str, str]:
    """The names of a code out of what a mask sent."""
    return {name: told[name] for name in NAMES}


class CodeForm(forms.Form):
    """What of a code may change."""

    name_de = forms.CharField(label=_("Name (German)"), max_length=160, required=False)
    name_fr = forms.CharField(label=_("Name (French)"), max_length=160, required=False)
    name_it = forms.CharField(label=_("Name (Italian)"), max_length=160, required=False)
    name_en = forms.CharField(label=_("Name (English)"), max_length=160, required=False)
    deductible_percent = _percent(
        _("Deductible share in percent"), initial=ALL,
        help_text=_("What of the tax is deducted. The rest is part of the cost."),
    )  # fmt: skip
    active = forms.BooleanField(label=_("May be chosen when booking"), required=False)

    def __init__(self, *args: Any, code: VatCode, **kwargs: Any) -> None:
        initial = {name: getattr(code, name) for name in self.base_fields}
        kwargs["initial"] = initial
        super().__init__(*args, **kwargs)
        if not deducts(code.shipped):
            del self.fields["deductible_percent"]


class NewCodeForm(forms.Form):
    """A code of the company's own."""

    code = forms.CharField(
        label=_("Short name"), max_length=6, help_text=_("Up to six letters and digits.")
    )
    based_on = forms.ChoiceField(label=_("Behaves as"))
    name_de = CodeForm.base_fields["name_de"]
    name_fr = CodeForm.base_fields["name_fr"]
    name_it = CodeForm.base_fields["name_it"]
    name_en = CodeForm.base_fields["name_en"]
    deductible_percent = CodeForm.base_fields["deductible_percent"]

    def __init__(self, *args: Any, codes: dict[str, VatCode], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        based_on = self.fields["based_on"]
        assert isinstance(based_on, forms.ChoiceField)
        based_on.choices = [
            (name, f"{name} – {codes[name].name}") for name in catalogue() if name in codes
        ]
