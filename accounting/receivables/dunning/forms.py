"""Forms of dunning."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounting.receivables.dunning import defaults
from accounting.receivables.dunning.levels import NAMES, BadFee
from accounting.receivables.dunning.models import (
    DunningLevel,
    DunningProcedure,
    StopKind,
)
from erp.companies.models import Company, Language
from erp.core.errors import DomainError
from erp.core.money import typed_amount
from erp.web.dates import DayInput


def _widths(form: forms.BaseForm, widths: dict[str, str]) -> None:
    for name, field in form.fields.items():
        field.width = widths.get(name, "w6")  # type: ignore[attr-defined]


class ProcedureForm(forms.ModelForm):
    """The head of a procedure."""

    class Meta:
        model = DunningProcedure
        fields = ("code", *NAMES, "minimum", "is_default", "post_fees")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["minimum"].min_value = 0  # type: ignore[attr-defined]
        _widths(self, {"code": "w4", "minimum": "w4"})

    def validate_unique(self) -> None:
        """The act decides, in words of its own."""

    def validate_constraints(self) -> None:
        """The act decides, in words of its own."""


class FeesField(forms.CharField):
    """Fees as people type them: ``CHF 20.00, EUR 18.00``."""

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, dict):
            return ", ".join(f"{currency} {amount:.2f}" for currency, amount in value.items())
        return value

    def clean(self, value: Any) -> Any:
        found: dict[str, Decimal] = {}
        for part in super().clean(value).replace(";", ",").split(","):
            if not part.strip():
                continue
            currency, _blank, amount = part.strip().partition(" ")
            try:
                found[currency.upper()] = typed_amount(amount)
            except DomainError:
                raise forms.ValidationError(
                    str(BadFee(value=part.strip()[:40])), code=BadFee.code
                ) from None
        return found


class LevelForm(forms.ModelForm):
    """A level with its fees, and its texts in each language."""

    fees = FeesField(label=_("Fee"), required=False, max_length=120,
                     help_text=_("With its currency, several with commas: CHF 20.00, EUR 18.00. A fee is "
                                 "owed only if it was agreed, as in your terms of business."))  # fmt: skip

    class Meta:
        model = DunningLevel
        fields = ("days_after_due", "days_after_step", "period", "channel", "fees", "interest",
                  "interest_percent")  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        written = {}
        if self.instance.pk:
            self.initial["fees"] = {fee.currency: fee.amount for fee in self.instance.fees.all()}
            written = {text.language: text for text in self.instance.texts.all()}
        ours = self.instance.step or 1
        for code, label in Language.choices:
            text = written.get(code) or defaults.wording(ours, code)
            for part, widget, name, most in (
                ("title", forms.TextInput(), _("Title"), 80),
                ("intro", forms.Textarea({"rows": 3}), _("Before the list"), 2000),
                ("closing", forms.Textarea({"rows": 5}), _("After the list"), 2000),
            ):
                self.fields[f"{code}_{part}"] = forms.CharField(
                    label=f"{name} ({label})", required=False, max_length=most, widget=widget,
                    initial=getattr(text, part),
                )  # fmt: skip
        _widths(self, {**dict.fromkeys(("days_after_due", "days_after_step", "period"), "w4"),
                       **{f"{code}_{part}": "w12" for code in Language.values
                          for part in ("title", "intro", "closing")}})  # fmt: skip

    def told(self) -> dict[str, Any]:
        """What was typed, as ``levels.save_level`` takes it; our own texts are not kept as theirs."""
        told = dict(self.cleaned_data)
        texts = {}
        for code in Language.values:
            text = {part: told.pop(f"{code}_{part}").replace("\r\n", "\n").strip()
                    for part in ("title", "intro", "closing")}  # fmt: skip
            if text != defaults.wording(self.instance.step or 1, code)._asdict():
                texts[code] = text
        return {**told, "texts": texts}

    def place(self, field: str | None) -> str | None:
        """``texts.de.title`` as this form calls it."""
        parts = (field or "").split(".")
        return f"{parts[1]}_{parts[2]}" if parts[0] == "texts" and len(parts) == 3 else field


class StopForm(forms.Form):
    """Why an item is not dunned, and until when."""

    kind = forms.ChoiceField(label=_("Why"), choices=StopKind)
    text = forms.CharField(label=_("Reason"), required=False, max_length=200)
    until = forms.DateField(label=_("Until"), required=False, widget=DayInput(),
                            help_text=_("Empty: until the stop is lifted."))  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _widths(self, {"kind": "w4", "until": "w4", "text": "w12"})


class CustomerForm(forms.Form):
    """How a customer is dunned."""

    procedure = forms.ModelChoiceField(DunningProcedure.unscoped.none(), required=False,
                                       label=_("Dunning procedure"), empty_label=_("as all customers"))  # fmt: skip
    stop_kind = forms.ChoiceField(label=_("Stopped"), required=False,
                                  choices=[("", _("no")), *StopKind.choices])  # fmt: skip
    stop_reason = forms.CharField(label=_("Reason"), required=False, max_length=200)
    stopped_until = forms.DateField(label=_("Until"), required=False, widget=DayInput(),
                                    help_text=_("Empty: until the stop is lifted."))  # fmt: skip

    def __init__(self, *args: Any, company: Company, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["procedure"]
        field.queryset = DunningProcedure.of(company).order_by("-is_default", "code")
        _widths(self, {})


class StatementsForm(forms.Form):
    """Statements of account for all who owe something."""

    on = forms.DateField(label=_("As of"), widget=DayInput())
    slip = forms.BooleanField(label=_("with a QR-bill over the balance"), required=False)
    by_mail = forms.BooleanField(
        label=_("send by e-mail where there is an address"), required=False
    )
