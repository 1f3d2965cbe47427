"""Masks of certificates: what is typed for one, and who signs for all."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from erp.web.dates import DayInput
from payroll.declarations.models import DeclarationSettings
from payroll.declarations.notes import AbroadKind, Notes
from payroll.declarations.noting import grant
from payroll.rates.cantonal import CANTONS

CANTON_CHOICES: Final = [("", "–"), *((one, one) for one in CANTONS)]
_PLAIN: Final = (
    "is_pension", "free_transport", "canteen", "benefits", "allowance_by_fund", "relocation_costs",
    "shares_without_income", "car_to_clarify", "minimal_car_part", "field_work", "tax_objection",
    "continued_for", "activity_rate", "remark",
)  # fmt: skip

#: What stands two in a row.
_HALF: Final = frozenset({"activity_rate", "relocation_costs", "field_work", "field_work_kind",
                          "shares_canton", "shares_date", "expatriate_canton", "expatriate_date"})  # fmt: skip


class NotesForm(forms.Form):
    """What no slip tells of a person's certificate."""

    is_pension = forms.BooleanField(label=_("Statement of a pension (B)"), required=False)
    free_transport = forms.BooleanField(
        label=_("Free transport between home and place of work (F)"), required=False,
        help_text=_("Ticked by itself where a company car stands in box 2.2."),
    )  # fmt: skip
    canteen = forms.BooleanField(
        label=_("Meals in the canteen, lunch vouchers (G)"), required=False
    )
    benefits = forms.CharField(
        label=_("Further fringe benefits (14)"), max_length=300, required=False
    )
    activity_rate = forms.DecimalField(
        label=_("Degree of work in percent"), min_value=0, max_value=100, max_digits=5,
        decimal_places=2, required=False, help_text=_("Blank is that of the contract."),
    )  # fmt: skip
    relocation_costs = forms.DecimalField(
        label=_("Relocation costs paid"),
        min_value=0,
        max_digits=11,
        decimal_places=2,
        required=False,
    )
    field_work = forms.DecimalField(
        label=_("Field work in percent"), min_value=0, max_value=100, max_digits=5, decimal_places=2,
        required=False,
    )  # fmt: skip
    field_work_kind = forms.ChoiceField(
        label=_("Field work is"), required=False,
        choices=[(AbroadKind.EFFECTIVE.value, _("effective")), (AbroadKind.LUMP.value, _("a lump"))],
    )  # fmt: skip
    allowance_by_fund = forms.BooleanField(
        label=_("Family allowances are paid by the compensation fund."), required=False
    )
    tax_objection = forms.BooleanField(
        label=_("Term of objection to withholding tax"), required=False
    )
    car_to_clarify = forms.BooleanField(label=_("Company car to be clarified"), required=False)
    minimal_car_part = forms.BooleanField(
        label=_("The employee pays a minimal part of the company car."), required=False
    )
    shares_without_income = forms.BooleanField(
        label=_("Staff shares without taxable income (see annex)."), required=False
    )
    shares_canton = forms.ChoiceField(
        label=_("Market value of staff shares: canton"), choices=CANTON_CHOICES, required=False
    )
    shares_date = forms.DateField(label=_("approved on"), widget=DayInput(), required=False)
    expatriate_canton = forms.ChoiceField(
        label=_("Expatriate ruling: canton"), choices=CANTON_CHOICES, required=False
    )
    expatriate_date = forms.DateField(label=_("approved on"), widget=DayInput(), required=False)
    continued_for = forms.CharField(
        label=_("Continued payment of wages for"), max_length=200, required=False
    )
    remark = forms.CharField(
        label=_("Further remark"),
        max_length=600,
        required=False,
        widget=forms.Textarea({"rows": 2}),
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.width = "w6" if name in _HALF else "w12"  # type: ignore[attr-defined]

    def notes(self) -> Notes:
        """What was typed. Raises ``GrantIncomplete`` or ``UnknownCanton``."""
        told = self.cleaned_data
        grants = {
            name: grant(canton=told[f"{name}_canton"], date=told[f"{name}_date"],
                        field=f"{name}_canton")
            for name in ("shares", "expatriate")
        }  # fmt: skip
        kind = AbroadKind(told["field_work_kind"] or AbroadKind.EFFECTIVE.value)
        return Notes(**{name: told[name] for name in _PLAIN}, **grants, field_work_kind=kind)  # type: ignore[arg-type]


def typed(notes: Notes, version: int) -> dict[str, Any]:
    """Notes as the mask shows them."""
    shown: dict[str, Any] = {name: getattr(notes, name) for name in _PLAIN}
    for name in ("shares", "expatriate"):
        found = getattr(notes, name)
        if found is not None:
            shown |= {f"{name}_canton": found.canton, f"{name}_date": found.date}
    return shown | {"field_work_kind": notes.field_work_kind.value, "version": version}


class DeclarationSettingsForm(forms.ModelForm):  # type: ignore[type-arg]
    """Who signs for certificates, and by what rule expenses are paid."""

    expense_canton = forms.ChoiceField(label=_("canton"), choices=CANTON_CHOICES, required=False)

    class Meta:
        model = DeclarationSettings
        fields = ("contact_name", "contact_phone", "expense_rule", "expense_canton", "expense_date")
        widgets = {"expense_date": DayInput()}
