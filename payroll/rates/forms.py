"""Masks of figures and of looking up a tariff."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from erp.web.dates import DayInput
from payroll.rates.cantonal import CANTONS
from payroll.rates.catalogue import FIGURES, GROUPS, UNITS

#: The years that tariffs of this form are for: circular 45 came with 2021.
YEARS: Final = range(2021, 2100)


def figure_choices() -> list[tuple[str, list[tuple[str, str]]]]:
    """The figures by group, with their units."""
    return [
        (str(title), [(key, f"{one.label} ({UNITS[one.unit]})") for key, one in FIGURES.items()
                      if one.group == group])
        for group, title in GROUPS.items()
    ]  # fmt: skip


class OwnFigureForm(forms.Form):
    """A figure of law that the program does not know yet."""

    key = forms.ChoiceField(label=_("Figure"))
    valid_from = forms.DateField(label=_("Valid from"), widget=DayInput())
    value = forms.DecimalField(label=_("Value"), max_digits=12, decimal_places=4, min_value=0)
    source = forms.CharField(
        label=_("Source"), max_length=200,
        help_text=_("Such as the ordinance, or the letter of the compensation fund."),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["key"].choices = figure_choices()  # type: ignore[attr-defined]


class LookUpForm(forms.Form):
    """What is looked up in a canton's tariff."""

    canton = forms.ChoiceField(label=_("Canton"), choices=[(one, one) for one in CANTONS])
    year = forms.IntegerField(label=_("Year"), min_value=YEARS[0], max_value=YEARS[-1])
    code = forms.CharField(
        label=_("Tariff code"), max_length=10, help_text=_("Such as A0N, B2Y or HEN.")
    )
    determinant = forms.DecimalField(
        label=_("Income that determines the rate"), max_digits=11, decimal_places=2, min_value=0,
        help_text=_("A month, extrapolated to all jobs; in the yearly model a twelfth of the year."),
    )  # fmt: skip
    taxable = forms.DecimalField(
        label=_("Taxed wage"), max_digits=11, decimal_places=2, min_value=0, required=False,
        help_text=_("Blank is the same amount."),
    )  # fmt: skip

    def clean_code(self) -> str:
        return str(self.cleaned_data["code"]).strip().upper()
