"""Forms of products, and of how documents are written."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from accounting.banking.models import BankAccount
from accounting.ledger.lookups import account_field, code_field, cost_field
from accounting.ledger.models import CostCentre, CostObject
from accounting.open_items.forms import Amount
from accounting.receivables.lines import MOST_DECIMALS
from accounting.receivables.models import Product, SalesSettings
from accounting.receivables.number_ranges import Range
from accounting.receivables.products import FIELDS, LANGUAGES, NAMES, TEXTS, UNITS
from accounting.receivables.texts import MOST
from accounting.terms.models import PaymentTerms
from accounting.terms.queries import payment_terms_of
from erp.companies.models import Company
from erp.core.display import price
from vat.codes.breakdown import Basis

_LINE: Final = {"name": 160, "unit": 20}


class ProductForm(forms.Form):
    """A product with its names, units and descriptions in each language."""

    number = forms.CharField(label=_("Number"), max_length=30, required=False)
    price = Amount(label=_("Price"), decimals=MOST_DECIMALS)
    basis = forms.ChoiceField(label=_("Price is"), choices=Basis.choices)
    active = forms.BooleanField(label=_("active"), required=False)
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def __init__(self, *args: Any, company: Company, product: Product, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.first = company.language
        if not product.pk:
            self.fields["number"].help_text = _("Left empty, it gets the next one.")
        for name in (*NAMES, *UNITS):
            label = Product._meta.get_field(name).verbose_name  # type: ignore[union-attr]
            self.fields[name] = forms.CharField(
                label=label, max_length=_LINE[name.partition("_")[0]], required=False
            )
        for name in TEXTS:
            self.fields[name] = forms.CharField(
                label=Product._meta.get_field(name).verbose_name,  # type: ignore[union-attr]
                max_length=2000, required=False, widget=forms.Textarea({"rows": 2}),
            )  # fmt: skip
        self.fields["account"] = account_field(company, _("Income account"))
        self.fields["vat_code"] = code_field(company, _("VAT code"))
        if company.uses("costs"):
            self.fields["cost_centre"] = cost_field(CostCentre, company, _("Cost centre"))
            self.fields["cost_object"] = cost_field(CostObject, company, _("Cost object"))
        for name in FIELDS:
            if name in self.fields and (name not in {"account"} or product.account_id):  # type: ignore[attr-defined]
                self.initial.setdefault(name, getattr(product, name))
        self.initial["price"] = price(product.price) if product.pk or product.price else ""
        self.initial.setdefault("version", product.version if product.pk else 0)

    @property
    def languages(self) -> list[tuple[Any, ...]]:
        """The fields of each language, name, unit and description; the company's own language first."""
        rows = sorted(
            zip(LANGUAGES, NAMES, UNITS, TEXTS, strict=True), key=lambda row: row[0] != self.first
        )
        return [tuple(self[name] for name in row[1:]) for row in rows]

    @property
    def other_languages(self) -> bool:
        """Whether something stands, or is wrong, in another language than the first."""
        return any(field.value() or field.errors for row in self.languages[1:] for field in row)


class SalesSettingsForm(forms.ModelForm):
    """What documents have in common: the usual choices, and what stands around the lines."""

    class Meta:
        model = SalesSettings
        fields = ("basis", "rounding", "five_centimes", "payment_terms", "bank_account",
                  "offer_days", "phone", "mail", "web", "footer", "address_left")  # fmt: skip

    def __init__(self, *args: Any, company: Company, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen = self.instance.payment_terms_id
        terms = payment_terms_of(company) | PaymentTerms.of(company).filter(pk=chosen)
        self.fields["payment_terms"].queryset = terms  # type: ignore[attr-defined]
        for name in ("payment_terms", "bank_account"):
            self.fields[name].empty_label = "–"  # type: ignore[attr-defined]
        accounts = BankAccount.of(company).order_by("name")
        self.fields["bank_account"].queryset = accounts  # type: ignore[attr-defined]
        self.initial["payment_terms"] = chosen
        whole = {"footer", "five_centimes", "address_left"}
        for name in self.fields:
            self.fields[name].width = "w12" if name in whole else "w6"  # type: ignore[attr-defined]

    def _post_clean(self) -> None:
        """The act decides, in words of its own."""


class RangeForm(forms.Form):
    """How documents of a kind are numbered."""

    prefix = forms.CharField(  # type: ignore[assignment]
        label=_("Prefix"), max_length=12, required=False
    )
    width = forms.IntegerField(label=_("Digits"), min_value=0, max_value=99)
    next_number = forms.IntegerField(label=_("Next number"), min_value=0, max_value=2**31 - 1)
    yearly = forms.BooleanField(label=_("Begins anew each year"), required=False)
    shown = forms.IntegerField(widget=forms.HiddenInput)  # the next number when the page was opened

    def __init__(self, *args: Any, of: Range, **kwargs: Any) -> None:
        names = ("prefix", "width", "yearly", "next_number")
        initial = {name: getattr(of, name) for name in names} | {"shown": of.next_number}
        kwargs |= {"initial": initial, "auto_id": f"{of.kind}_%s"}
        super().__init__(*args, **kwargs)
        for name in names:
            self.fields[name].width = "w12" if name == "yearly" else "w4"  # type: ignore[attr-defined]


class TextForm(forms.Form):
    """What stands above and below the lines, in one language."""

    intro = forms.CharField(label=_("Above the lines"), required=False, max_length=MOST,
                            widget=forms.Textarea({"rows": 5}))  # fmt: skip
    closing = forms.CharField(label=_("Below the lines"), required=False, max_length=MOST,
                              widget=forms.Textarea({"rows": 5}))  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in self.fields:
            self.fields[name].width = "w12"  # type: ignore[attr-defined]
