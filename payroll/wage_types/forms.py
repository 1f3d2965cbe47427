"""The form of a wage type."""

from __future__ import annotations

import re
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from accounting.ledger.lookups import account_field
from accounting.open_items.forms import Amount
from erp.companies.models import Company
from erp.core.display import figure
from payroll.wage_types.models import WageType
from payroll.wage_types.refusals import UnknownTypes
from payroll.wage_types.saving import BOXES, FIELDS
from payroll.wage_types.shipped import FLAGS, NAMES

_NUMBERS: Final = re.compile(r"[\s,;]+")


class NumbersField(forms.CharField):
    """Numbers of wage types, separated by commas or blanks."""

    def clean(self, value: Any) -> Any:
        told = [one for one in _NUMBERS.split(super().clean(value)) if one]
        for one in told:
            if not (one.isascii() and one.isdigit() and len(one) < 5):
                refusal = UnknownTypes(value=one[:20])
                raise forms.ValidationError(str(refusal), code=refusal.code)
        return [int(one) for one in told]


class WageTypeForm(forms.Form):
    """A wage type with its names in each language, and its flags side by side."""

    number = forms.IntegerField(label=_("Number"), widget=forms.TextInput({"inputmode": "numeric"}))
    kind = forms.ChoiceField(label=_("Kind"), choices=WageType.Kind.choices)
    role = forms.ChoiceField(label=_("Used by the program for"), required=False,
                             choices=[("", "–"), *WageType.Role.choices[1:]])  # fmt: skip
    method = forms.ChoiceField(label=_("Amount comes from"), choices=WageType.Method.choices)
    percent = Amount(label=_("Percent"), decimals=4, empty=None)
    of_types = NumbersField(label=_("of wage types"), required=False, max_length=200)
    box = forms.ChoiceField(label=_("Box of the certificate"), required=False,
                            choices=[(box, box or "–") for box in BOXES])  # fmt: skip
    is_periodic = forms.BooleanField(label=_("periodic for withholding tax"), required=False)
    is_active = forms.BooleanField(label=_("in use"), required=False)
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def __init__(self, *args: Any, company: Company, row: WageType, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.first = company.language
        for name in NAMES:
            label = WageType._meta.get_field(name).verbose_name  # type: ignore[union-attr]
            self.fields[name] = forms.CharField(label=label, max_length=160, required=False)
        for column in FLAGS.values():
            label = WageType._meta.get_field(column).verbose_name  # type: ignore[union-attr]
            self.fields[column] = forms.BooleanField(label=label, required=False)
        self.fields["account"] = account_field(company, _("Account"))
        for name in FIELDS:
            self.initial.setdefault(name, getattr(row, name))
        self.initial["of_types"] = ", ".join(map(str, row.of_types))
        self.initial["percent"] = "" if row.percent is None else figure(row.percent)
        self.initial["version"] = row.version if row.pk else 0
        if row.pk:
            self.fields["number"].disabled = True
        if row.is_shipped:
            self.fields["kind"].disabled = self.fields["role"].disabled = True

    @property
    def names(self) -> list[Any]:
        """The names, in the company's own language first."""
        return [self[name] for name in sorted(NAMES, key=lambda one: one[-2:] != self.first)]

    @property
    def other_names(self) -> bool:
        return any(field.errors for field in self.names[1:])

    @property
    def flags(self) -> list[Any]:
        return [self[column] for column in FLAGS.values()]
