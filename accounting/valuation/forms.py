"""Forms of valuations."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from accounting.valuation.models import Gains
from erp.reference.models import ExchangeRate
from erp.web.dates import DayInput


class RuleForm(forms.Form):
    """How foreign currencies are valued from a day on."""

    valid_from = forms.DateField(label=_("Valid from"), widget=DayInput())
    gains = forms.ChoiceField(label=_("Unrealised gains"), choices=Gains.choices)
    rate_source = forms.ChoiceField(label=_("Exchange rates"), choices=ExchangeRate.Source.choices)
