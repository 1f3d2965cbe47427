"""The mask of a settlement."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from erp.web.dates import DayInput


class SettleForm(forms.Form):
    """When a settlement is booked and paid; ``seen`` is the tax that was looked at."""

    date = forms.DateField(label=_("Booking date"), widget=DayInput())
    due_date = forms.DateField(label=_("Due"), widget=DayInput())
    reference = forms.CharField(
        label=_("Reference of the payment slip"), max_length=35, required=False,
        help_text=_("As on the QR-bill of the tax office; may be left empty."),
    )  # fmt: skip
    account = forms.CharField(
        label=_("Account of the payment slip"), max_length=42, required=False,
        help_text=_("Left empty, it is that of the contact."),
    )  # fmt: skip
    seen = forms.DecimalField(widget=forms.HiddenInput, max_digits=15, decimal_places=2)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["date"].width = self.fields["due_date"].width = "w3"  # type: ignore[attr-defined]


class UndoForm(forms.Form):
    """From when on a settlement is undone, and why."""

    date = forms.DateField(label=_("Booking date"), widget=DayInput())
    reason = forms.CharField(label=_("Reason"), max_length=200)
