"""Forms of open items."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounting.ledger.models import Account
from accounting.ledger.models.accounts import BALANCE_SHEET_TYPES
from accounting.open_items.models import OpenItem
from erp.core.errors import DomainError
from erp.core.money import ZERO, typed_amount
from erp.web.dates import DayInput


class Amount(forms.CharField):
    """An amount as people type it; ``empty`` is what an empty field says.

    One with more than two ``decimals`` is taken as it is written: no script rounds it.
    """

    def __init__(self, *, decimals: int = 2, empty: Decimal | None = ZERO, **more: Any) -> None:
        attrs = {"class": "figure", "inputmode": "decimal", "autocomplete": "off"}
        widget = forms.TextInput(attrs=attrs | ({"data-amount": ""} if decimals == 2 else {}))
        super().__init__(**{"required": False, "widget": widget, "max_length": 25, **more})
        self.decimals, self.empty = decimals, empty

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text:
            return self.empty
        try:
            return typed_amount(text, decimals=self.decimals)
        except DomainError as refusal:
            raise forms.ValidationError(str(refusal), code=refusal.code) from None


class SettleForm(forms.Form):
    """What becomes of an item: paid, taken off as discount, written off. In the item's currency."""

    date = forms.DateField(label=_("Date"), widget=DayInput())
    account = forms.ModelChoiceField(Account.unscoped.none(), label=_("Paid on"), required=False)
    paid = Amount(label=_("Paid"))
    base = Amount(
        label=_("Paid, in the company's currency"),
        help_text=_("Empty: by the official rate of the day, on an account of that currency."),
    )
    discount = Amount(label=_("Discount"))
    write_off = Amount(label=_("Written off"))
    text = forms.CharField(label=_("Text"), required=False, max_length=200)
    key = forms.CharField(widget=forms.HiddenInput, required=False, max_length=60)

    def __init__(self, *args: Any, item: OpenItem, may_write_off: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.item = item
        accounts = Account.of(item.company).filter(type__in=BALANCE_SHEET_TYPES, control="")
        self.fields["account"].queryset = accounts.order_by("number")  # type: ignore[attr-defined]
        if item.currency == item.company.currency:
            del self.fields["base"]
        if not may_write_off:
            del self.fields["write_off"]
        for name in self.fields:
            self.fields[name].width = "w6" if name in {"account", "text"} else "w4"  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        told: dict[str, Any] = super().clean() or self.cleaned_data
        paid: Decimal = told.get("paid") or ZERO
        if paid and not told.get("account") and "account" not in self.errors:
            self.add_error("account", _("Choose the account it was paid on."))
        return told


class ResidueForm(forms.Form):
    """Up to what residues are cleared by rule, from a day on."""

    valid_from = forms.DateField(label=_("Valid from"), widget=DayInput())
    amount = forms.DecimalField(label=_("Clear residues up to"), min_value=0, max_digits=9,
                                decimal_places=2)  # fmt: skip
