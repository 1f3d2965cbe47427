"""Forms of payments."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounting.payments.models import PaymentRun
from accounting.payments.models.instructions import PayeeFields


class InstructionForm(forms.Form):
    """How an item is paid. The act reads and judges what was typed."""

    payee = forms.CharField(label=_("Payee"), max_length=140)
    account = forms.CharField(label="IBAN", max_length=42,
                              help_text=_("Or another account number, with “no IBAN”."))  # fmt: skip
    no_iban = forms.BooleanField(label=_("no IBAN"), required=False)
    reference = forms.CharField(label=_("Reference"), required=False, max_length=40,
                                help_text=_("QR reference or creditor reference (RF…), as on the bill."))  # fmt: skip
    message = forms.CharField(label=_("Message to the payee"), required=False, max_length=140)
    street = forms.CharField(label=_("Street"), required=False, max_length=70)
    house_number = forms.CharField(label=_("House number"), required=False, max_length=16)
    postcode = forms.CharField(label=_("Postcode"), required=False, max_length=16)
    town = forms.CharField(label=_("Town"), required=False, max_length=35)
    country = forms.CharField(label=_("Country"), required=False, max_length=2)
    bic = forms.CharField(label="BIC", required=False, max_length=14)
    bank = forms.CharField(label=_("Bank"), required=False, max_length=140)
    charges = forms.ChoiceField(label=_("Charges abroad"), required=False,
                                choices=[("", "–"), *PayeeFields.Charges.choices])  # fmt: skip
    blocked = forms.CharField(label=_("Do not pay because"), required=False, max_length=200,
                              help_text=_("Empty: it may be paid."))  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        widths = {"payee": "w6", "account": "w6", "no_iban": "w2", "reference": "w5", "message": "w5",
                  "street": "w4", "house_number": "w2", "postcode": "w2", "town": "w3", "country": "w1",
                  "bic": "w3", "bank": "w5", "charges": "w4", "blocked": "w12"}  # fmt: skip
        for name, field in self.fields.items():
            field.width = widths.get(name, "w6")  # type: ignore[attr-defined]

    def told(self) -> dict[str, Any]:
        """What was typed, as ``instructions.instruct`` takes it."""
        told = dict(self.cleaned_data)
        return {**told, "is_iban": not told.pop("no_iban")}


class RunForm(forms.Form):
    """What a run is made with, beside its items."""

    batch = forms.BooleanField(label=_("one debit for all"), required=False, initial=True)
    advice = forms.ChoiceField(label=_("Debit advice"), required=False, choices=PaymentRun.Advice)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.width = "w4"  # type: ignore[attr-defined]
