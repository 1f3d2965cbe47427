"""Forms of payment terms, and of what was agreed with customers and suppliers."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from accounting.ledger.lookups import account_field, code_field, cost_field
from accounting.ledger.models import CostCentre
from accounting.open_items.forms import Amount
from accounting.terms.models import CustomerTerms, Instalment, PaymentTerms, SupplierTerms
from accounting.terms.payment_terms import LONGEST, NAMES, BadInstalments
from accounting.terms.queries import payment_terms_of
from erp.companies.models import Company
from erp.core.display import chf
from erp.reference.queries import currencies
from vat.codes.breakdown import Basis

#: Percent, then days: ``50 % 30``, or with words between and after them.
_INSTALMENT: Final = re.compile(
    r"(\d{1,3}(?:[.,]\d{1,2})?)\s*%?\s+(?:\D*\s)?(\d{1,3})(?:\s*\D*)?", re.ASCII
)


class PaymentTermsForm(forms.ModelForm):
    """Payment terms; instalments are typed one per line, as ``50 % 30``."""

    instalments = forms.CharField(
        label=_("Instalments"), required=False, widget=forms.Textarea({"rows": 3}), max_length=1000,
        help_text=_("One per line, percent and days, such as “50 % 30”. Empty: all at once."),
    )  # fmt: skip

    class Meta:
        model = PaymentTerms
        fields = ("code", "net_days", "discount_percent", "discount_days", *NAMES, "instalments",
                  "active")  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["instalments"] = "\n".join(
            f"{percent.normalize():f} % {days}" for percent, days in self.instance.parts
        )
        self.fields["net_days"].widget.attrs["max"] = LONGEST
        for name in self.fields:
            wide = {"instalments": "w12", "active": "w12"}
            self.fields[name].width = wide.get(name, "w6 half")  # type: ignore[attr-defined]

    def clean_instalments(self) -> list[Instalment]:
        lines = [line.strip() for line in self.cleaned_data["instalments"].splitlines()]
        return [_instalment(line) for line in lines if line]

    def _post_clean(self) -> None:
        """The act decides, in words of its own."""


class TermsForm(forms.Form):
    """What both sides have in common."""

    payment_terms = forms.ModelChoiceField(PaymentTerms.unscoped.none(), required=False,
                                           label=_("Payment terms"), empty_label=_("as for all"))  # fmt: skip
    currency = forms.ChoiceField(label=_("Currency"), required=False)
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def __init__(
        self, *args: Any, company: Company, terms: CustomerTerms | SupplierTerms | None, **kwargs: Any
    ) -> None:  # fmt: skip
        super().__init__(*args, **kwargs)
        offered = payment_terms_of(company)
        if terms is not None and terms.payment_terms_id:  # type: ignore[union-attr]
            offered = offered | PaymentTerms.of(company).filter(pk=terms.payment_terms_id)  # type: ignore[union-attr]
        self.fields["payment_terms"].queryset = offered  # type: ignore[attr-defined]
        self.fields["currency"].choices = [  # type: ignore[attr-defined]
            ("", _("as for all")), *((one.code, f"{one.code} {one.name}") for one in currencies())
        ]  # fmt: skip
        self.more(company)
        self.initial["version"] = terms.version if terms else 0
        for name, field in self.fields.items():
            if terms is not None and name != "version":
                value = getattr(terms, name)
                self.initial[name] = chf(value) if isinstance(value, Decimal) else value
            field.width = {"note": "w12"}.get(name, "w6")  # type: ignore[attr-defined]

    def more(self, company: Company) -> None:
        """The fields of one side."""


class CustomerTermsForm(TermsForm):
    def more(self, company: Company) -> None:
        self.fields |= {
            "basis": forms.ChoiceField(
                label=_("Prices"), choices=[("", _("as for all")), *Basis.choices], required=False
            ),
            "discount_percent": Amount(label=_("Discount in percent")),
            "credit_limit": Amount(label=_("Credit limit"), empty=None),
            "account": account_field(company, _("Control account"), source="control-accounts"),
            "income_account": account_field(company, _("Income account")),
            "vat_code": code_field(company, _("VAT code")),
            "delivery": forms.ChoiceField(
                label=_("Documents go out"), choices=CustomerTerms.Delivery.choices
            ),
            "mail": forms.CharField(
                label=_("E-mail for documents"), required=False, max_length=254,
                help_text=_("Left empty, they go to the contact's own address."),
            ),
            "ebill": _line(_("eBill: e-mail or participant"), 90),
            "our_number": _line(_("Our supplier number there"), 40),
            "note": _note(),
        }  # fmt: skip


class SupplierTermsForm(TermsForm):
    def more(self, company: Company) -> None:
        self.fields |= {
            "account": account_field(company, _("Control account"), source="control-accounts"),
            "expense_account": account_field(company, _("Expense account")),
            "vat_code": code_field(company, _("VAT code")),
            "our_number": _line(_("Our customer number there"), 40),
            "blocked": _line(
                _("Payments blocked because"), 200,
                hint=_("As long as something stands here, nothing is paid to them."),
            ),
            "note": _note(),
        }  # fmt: skip
        if company.uses("costs"):
            self.fields["cost_centre"] = cost_field(CostCentre, company, _("Cost centre"))


def _line(label: Any, most: int, *, hint: Any = "") -> forms.CharField:
    return forms.CharField(label=label, required=False, max_length=most, help_text=hint)


def _note() -> forms.CharField:
    return forms.CharField(label=_("Note"), required=False, max_length=2000,
                           widget=forms.Textarea({"rows": 3}))  # fmt: skip


def _instalment(line: str) -> Instalment:
    found = _INSTALMENT.fullmatch(line)
    if found is None:
        refusal = BadInstalments(value=line[:40], most=LONGEST)
        raise forms.ValidationError(str(refusal), code=refusal.code)
    return Instalment(Decimal(found[1].replace(",", ".")), int(found[2]))
