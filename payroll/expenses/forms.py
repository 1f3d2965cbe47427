"""Forms of kinds of expenses, their rates, and of booking."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounting.ledger.lookups import account_field, code_field
from accounting.open_items.forms import Amount
from contacts.models import Contact
from contacts.queries import by_number
from erp.companies.models import Company
from erp.web.dates import DayInput
from payroll.expenses.kinds import NAMES
from payroll.expenses.models import ExpenseKind
from payroll.wage_types.models import WageType

_WIDTHS = {"code": "w3", "unit": "w3", "account": "w3", "vat_code": "w3"}


class KindForm(forms.Form):
    """A kind of expense."""

    code = forms.CharField(label=_("Code"), max_length=10)
    unit = forms.CharField(
        label=_("Unit of a flat rate"), required=False, max_length=10,
        help_text=_("Such as km or day. Empty: the amount of the receipt."),
    )  # fmt: skip
    name_de = forms.CharField(label=_("Name (German)"), max_length=160, required=False)
    name_fr = forms.CharField(label=_("Name (French)"), max_length=160, required=False)
    name_it = forms.CharField(label=_("Name (Italian)"), max_length=160, required=False)
    name_en = forms.CharField(label=_("Name (English)"), max_length=160, required=False)
    wage_type = forms.ModelChoiceField(
        WageType.unscoped.none(), label=_("Wage type"), required=False,
        help_text=_("By which it is paid with the wage. Empty: through creditors only."),
    )  # fmt: skip
    needs_receipt = forms.BooleanField(label=_("Needs a receipt"), required=False)
    is_off = forms.BooleanField(label=_("Switched off"), required=False)
    field_order = ("code", "unit", "account", "vat_code")

    def __init__(self, data: Any = None, *, kind: ExpenseKind) -> None:
        names = (*self.base_fields, "account", "vat_code")
        super().__init__(data, initial={name: getattr(kind, name, None) for name in names
                                        if kind.pk or name == "needs_receipt"})  # fmt: skip
        self.kind, company = kind, kind.company
        self.fields["account"] = account_field(company, _("Account"), required=True)
        self.fields["vat_code"] = code_field(company, _("VAT code"))
        rows = WageType.of(company).filter(kind=WageType.Kind.EXPENSE, is_active=True)
        self.fields["wage_type"].queryset = rows.order_by("number")  # type: ignore[attr-defined]
        for name, one in self.fields.items():
            one.width = _WIDTHS.get(name, "w6")  # type: ignore[attr-defined]
        self.order_fields(self.field_order)

    def applied(self) -> ExpenseKind:
        """The kind with what was typed."""
        for name, value in self.cleaned_data.items():
            setattr(self.kind, name, value)
        return self.kind

    @property
    def names(self) -> tuple[str, ...]:
        return NAMES


class KindRateForm(forms.Form):
    """What a unit comes to from a day on."""

    valid_from = forms.DateField(label=_("Valid from"), widget=DayInput())
    rate = Amount(label=_("Rate"), required=True)


class BillForm(forms.Form):
    """Booking through creditors: the date of the bill, and whom it is paid to."""

    date = forms.DateField(label=_("Date"), widget=DayInput())
    contact = forms.IntegerField(
        label=_("Is paid to"), required=False, min_value=1, max_value=2**31 - 1,
        widget=forms.TextInput(attrs={"data-contact": "", "inputmode": "search"}),
        help_text=_("The person as a contact, with an IBAN."),
    )  # fmt: skip

    def __init__(self, *args: Any, company: Company, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.company = company

    def clean_contact(self) -> Contact | None:
        number = self.cleaned_data["contact"]
        found = by_number(self.company, [number]).get(number) if number else None
        if number and found is None:
            raise forms.ValidationError(_("There is no contact with the number %s.") % number)
        return found
