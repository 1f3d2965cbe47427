"""Forms of payroll's settings, institutions, solutions and rates."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from accounting.ledger.lookups import account_field
from accounting.open_items.forms import Amount
from contacts.queries import by_number
from erp.companies.models import Company
from erp.core.display import chf, figure
from erp.web.dates import DayInput
from payroll.setup.checking import CHARGED_BY, Rate
from payroll.setup.models import Institution, PayrollSettings, Solution, SolutionRate
from payroll.setup.settings import FIELDS as SETTINGS
from payroll.setup.solutions import RATE_FIELDS

BLANK_ROWS: Final = 4


class SettingsForm(forms.ModelForm):
    """How wages are reckoned and paid."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    class Meta:
        model = PayrollSettings
        fields = SETTINGS
        widgets = {"slip_text": forms.Textarea({"rows": 3})}  # noqa: RUF012 - as Django has it

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["version"] = self.instance.version
        for name, field in self.fields.items():
            wide = name == "slip_text" or isinstance(field, forms.BooleanField)
            field.width = "w12" if wide else "w6"  # type: ignore[attr-defined]

    def _post_clean(self) -> None:
        """The act decides, in words of its own."""


class InstitutionForm(forms.Form):
    """An institution with its numbers and accounts."""

    kind = forms.ChoiceField(label=_("Kind"), choices=Institution.Kind.choices)
    name = forms.CharField(label=_("Name"), max_length=140, required=False)
    canton = forms.CharField(label=_("Canton"), max_length=2, required=False,
                             help_text=_("For family allowance funds and tax offices."))  # fmt: skip
    member_number = forms.CharField(
        label=_("Member or customer number"), max_length=40, required=False
    )
    sub_number = forms.CharField(
        label=_("Number of the fund, insurer or contract"), max_length=20, required=False
    )
    contact = forms.IntegerField(
        label=_("Contact"), required=False, min_value=1, max_value=2**31 - 1,
        widget=forms.TextInput(attrs={"data-contact": "", "inputmode": "search"}),
    )  # fmt: skip
    active_until = forms.DateField(label=_("Active until"), required=False, widget=DayInput())
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def __init__(self, *args: Any, company: Company, row: Institution, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.company = company
        self.fields["liability"] = account_field(company, _("Liability account"))
        self.fields["expense"] = account_field(company, _("Expense account"))
        for name in self.fields:
            self.initial.setdefault(name, getattr(row, name))
            self.fields[name].width = {"kind": "w6", "name": "w6", "canton": "w2"}.get(name, "w4")  # type: ignore[attr-defined]
        self.initial["contact"] = row.contact.number if row.contact else None
        self.initial["version"] = row.version if row.pk else 0
        for name in ("liability", "expense"):
            self.fields[name].help_text = _("Left empty, it is the usual one of the chart.")
            self.fields[name].width = "w6"  # type: ignore[attr-defined]

    def clean_contact(self) -> Any:
        number = self.cleaned_data["contact"]
        found = by_number(self.company, [number]).get(number) if number else None
        if number and found is None:
            raise forms.ValidationError(_("There is no contact with the number %s.") % number)
        return found


class SolutionForm(forms.Form):
    """The code of a solution and what it is called."""

    code = forms.CharField(label=_("Code"), max_length=10, required=False)
    name = forms.CharField(label=_("Name"), max_length=80, required=False)
    is_usual = forms.BooleanField(label=_("for new employees"), required=False)

    def __init__(self, *args: Any, row: Solution, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, width in (("code", "w4"), ("name", "w8"), ("is_usual", "w12")):
            self.initial.setdefault(name, getattr(row, name))
            self.fields[name].width = width  # type: ignore[attr-defined]


class RateForm(forms.Form):
    """A row of the table of rates; one without a day is left out."""

    insures = forms.ChoiceField(label=_("For"))
    valid_from = forms.DateField(label=_("Valid from"), required=False, widget=DayInput(size="11"))
    sex = forms.ChoiceField(label=_("Sex"), choices=SolutionRate.SexOf.choices, required=False)
    age_from = forms.IntegerField(label=_("Age from"), required=False, min_value=0, max_value=120)
    age_to = forms.IntegerField(label=_("to"), required=False, min_value=0, max_value=120)
    wage_from = Amount(label=_("Wage of a year from"))
    wage_to = Amount(label=_("to"), empty=None)
    employee_percent = Amount(label=_("Employee %"), decimals=4)
    employer_percent = Amount(label=_("Employer %"), decimals=4)
    base = forms.ChoiceField(label=_("Of"), choices=SolutionRate.BaseOf.choices, required=False)
    source = forms.CharField(label=_("Source"), required=False, max_length=200)

    def __init__(self, *args: Any, kind: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(one, SolutionRate.Insures(one).label) for one in CHARGED_BY[kind]]
        self.fields["insures"].choices = choices  # type: ignore[attr-defined]
        for name in ("age_from", "age_to"):
            self.fields[name].widget = forms.TextInput({"inputmode": "numeric", "size": "3"})
        for field in self.fields.values():
            field.widget.attrs["aria-label"] = field.label

    def as_rate(self) -> Rate | None:
        told = self.cleaned_data
        return (
            Rate(**{name: told[name] for name in RATE_FIELDS}) if told.get("valid_from") else None
        )


class _Rates(forms.BaseFormSet):
    def rates(self) -> list[Rate]:
        """The rates of all rows that have a day; a row whose day is emptied goes."""
        return [rate for form in self.forms if (rate := form.as_rate()) is not None]


RateForms = forms.formset_factory(RateForm, formset=_Rates, extra=BLANK_ROWS, max_num=200)


def initial_of(rate: Rate) -> dict[str, Any]:
    """A rate as the table shows it."""
    told = {name: getattr(rate, name) for name in RATE_FIELDS}
    for name in ("employee_percent", "employer_percent"):
        told[name] = figure(told[name])
    for name in ("wage_from", "wage_to"):
        told[name] = chf(told[name]) if told[name] else ""
    return told


class CopyForm(forms.Form):
    """From which day the rates in force are written anew."""

    valid_from = forms.DateField(label=_("Valid from"), widget=DayInput())
