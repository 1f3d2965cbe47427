"""Forms of assets, categories, rules and what is posted of an asset."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from accounting.assets import ceilings
from accounting.assets.categories import ACCOUNTS, NAMES, categories
from accounting.assets.models import Asset, AssetCategory, AssetRule, Method
from accounting.assets.selling import Sale
from accounting.ledger.lookups import account_field, code_field, cost_field
from accounting.ledger.models import CostCentre, CostObject, EntryLine
from accounting.open_items.forms import Amount
from contacts.models import Contact
from contacts.queries import by_number
from erp.companies.models import Company
from erp.core.display import chf, swiss_date
from erp.web.dates import DayInput
from vat.codes.breakdown import Basis
from vat.codes.queries import is_liable_on

_WIDTHS: Final = {
    "number": "w4", "name": "w8", "notes": "w12", "code": "w4", "text": "w12", "sold_by": "w12",
    "ceiling": "w12", "kind": "w4", "date": "w4", "amount": "w4", "cost": "w6", "accumulated": "w6",
}  # fmt: skip


def _widths(form: forms.BaseForm) -> None:
    for name, one in form.fields.items():
        one.width = _WIDTHS.get(name, "w6")  # type: ignore[attr-defined]


def _percent(label: Any, **more: Any) -> forms.DecimalField:
    return forms.DecimalField(
        label=label, min_value=0, max_value=100, max_digits=5, decimal_places=2, localize=False,
        widget=forms.TextInput({"class": "figure", "inputmode": "decimal"}), **more,
    )  # fmt: skip


class AssetForm(forms.Form):
    """What is said of an asset; a method of its own only where its category's does not fit."""

    number = forms.CharField(label=_("Number"), max_length=20, required=False)
    name = forms.CharField(label=_("Name"), max_length=120)
    category = forms.ModelChoiceField(AssetCategory.unscoped.none(), label=_("Category"))
    acquired_on = forms.DateField(label=_("Acquired on"), widget=DayInput())
    in_service_on = forms.DateField(
        label=_("In service from"), widget=DayInput(), required=False,
        help_text=_("Left empty, from the purchase on."),
    )  # fmt: skip
    serial_number = forms.CharField(label=_("Serial number"), max_length=60, required=False)
    voucher = forms.CharField(label=_("Voucher no."), max_length=40, required=False)
    location = forms.CharField(label=_("Location"), max_length=80, required=False)
    method = forms.ChoiceField(
        label=_("Method"), required=False, choices=[("", _("as the category")), *Method.choices]
    )
    rate = _percent(_("Rate in percent"), required=False)
    life_months = forms.IntegerField(
        label=_("Useful life in months"), min_value=1, max_value=1200, required=False,
        widget=forms.TextInput({"class": "figure", "inputmode": "numeric"}),
    )  # fmt: skip
    residual = Amount(label=_("Residual value"), empty=None)
    notes = forms.CharField(
        label=_("Notes"), max_length=2000, required=False, widget=forms.Textarea({"rows": 2})
    )

    def __init__(
        self, data: Any = None, *, asset: Asset, initial: dict[str, Any] | None = None
    ) -> None:
        self.asset, company = asset, asset.company
        names = ("number", "name", "acquired_on", "in_service_on", "serial_number", "voucher",
                 "location", "method", "rate", "life_months", "notes", "cost_centre", "cost_object")  # fmt: skip
        stands = {name: getattr(asset, name) for name in names} if asset.pk else {}
        if asset.pk:
            stands["residual"] = chf(asset.residual)
        super().__init__(data, initial=stands | (initial or {}))
        self.fields["category"].queryset = categories(company)  # type: ignore[attr-defined]
        self.fields["residual"].help_text = _("Left empty, as the category.")
        if asset.pk:
            del self.fields["category"]
        else:
            self.fields["number"].help_text = _("Left empty, it gets the next one.")
        if company.uses("costs"):
            self.fields["cost_centre"] = cost_field(CostCentre, company, _("Cost centre"))
            self.fields["cost_object"] = cost_field(CostObject, company, _("Cost object"))
        order = ["number", "name", "category", "cost_centre", "cost_object"]
        self.order_fields([*order, *(n for n in self.fields if n not in order)])
        _widths(self)

    def applied(self) -> Asset:
        """The asset with what was typed."""
        told = self.cleaned_data
        for name in ("number", "name", "category", "acquired_on", "in_service_on", "serial_number",
                     "voucher", "location", "method", "rate", "life_months", "notes", "cost_centre",
                     "cost_object"):  # fmt: skip
            if name in told:
                setattr(self.asset, name, told[name])
        self.asset.in_service_on = told["in_service_on"] or told["acquired_on"]
        if told["residual"] is not None:
            self.asset.residual = told["residual"]
        elif not self.asset.pk:
            self.asset.residual = residual_of(self.asset.category)
        return self.asset


class TakeOverForm(AssetForm):
    """An asset that was there before the register."""

    cost = Amount(label=_("Cost"), required=True)
    accumulated = Amount(label=_("Accumulated depreciation"))
    date = forms.DateField(label=_("Taken over as of"), widget=DayInput())


class LineForm(AssetForm):
    """An asset from a line of the ledger, or a part of it."""

    amount = Amount(label=_("Amount of the line"), required=True)


class AddForm(forms.Form):
    """An addition to an asset that is in the register."""

    asset = forms.ModelChoiceField(Asset.unscoped.none(), label=_("Fixed asset"))
    amount = Amount(label=_("Amount of the line"), required=True)

    def __init__(self, *args: Any, company: Company, account: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = Asset.of(company).filter(disposed_on=None, category__account=account)
        self.fields["asset"].queryset = rows.order_by("number")  # type: ignore[attr-defined]
        _widths(self)


class RevalueForm(forms.Form):
    """An impairment, or depreciation taken back."""

    kind = forms.ChoiceField(
        label=_("What"), choices=(("down", _("impairment")), ("up", _("write-up")))
    )
    date = forms.DateField(label=_("Date"), widget=DayInput())
    amount = Amount(label=_("Amount"), required=True)
    text = forms.CharField(label=_("Text"), max_length=200, required=False)
    key = forms.CharField(widget=forms.HiddenInput, required=False, max_length=60)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _widths(self)


class TransferForm(forms.Form):
    """Another category from a day on."""

    category = forms.ModelChoiceField(AssetCategory.unscoped.none(), label=_("To category"))
    date = forms.DateField(label=_("Date"), widget=DayInput())

    def __init__(self, *args: Any, asset: Asset, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = categories(asset.company).exclude(pk=asset.category_id)
        self.fields["category"].queryset = others  # type: ignore[attr-defined]
        _widths(self)


class SaleForm(forms.Form):
    """A sale that is posted here: into an account, or by an invoice to a customer."""

    date = forms.DateField(label=_("Date"), widget=DayInput())
    amount = Amount(label=_("Price"), required=True)
    basis = forms.ChoiceField(
        label=_("Amount is"),
        choices=((Basis.GROSS.value, _("incl. VAT")), (Basis.NET.value, _("excl. VAT"))),
    )  # fmt: skip
    customer = forms.IntegerField(
        label=_("Invoice to"), required=False, min_value=1, max_value=2**31 - 1,
        widget=forms.TextInput(attrs={"data-contact": "", "inputmode": "search"}),
        help_text=_("The customer, for an invoice with its open item; or left empty, and paid into an account."),
    )  # fmt: skip
    text = forms.CharField(label=_("Text"), max_length=200, required=False)

    def __init__(
        self, data: Any = None, *, asset: Asset, bills: bool, initial: dict[str, Any] | None = None
    ) -> None:
        gain, self.company = asset.category.gain, asset.company
        code = gain.vat_code.code if gain.vat_code else ""
        super().__init__(data, initial={"vat_code": code} | (initial or {}))
        self.fields["vat_code"] = code_field(self.company, _("VAT code"))
        self.fields["vat_code"].help_text = _("Left empty, the sale is without VAT.")
        self.fields["account"] = account_field(
            self.company, _("Paid into"), required=False,
            help_text=_("Bank, cash or another account of the balance sheet."),
        )  # fmt: skip
        if not bills:
            del self.fields["customer"]
        if not is_liable_on(self.company, (initial or {}).get("date") or dt.date.max):
            del self.fields["vat_code"], self.fields["basis"]
        self.order_fields(["date", "amount", "basis", "vat_code", "account", "customer", "text"])
        widths = {"date": "w3", "amount": "w3", "basis": "w3", "vat_code": "w3", "text": "w12"}
        for name, one in self.fields.items():
            one.width = widths.get(name, "w6")  # type: ignore[attr-defined]

    def clean_customer(self) -> Contact | None:
        number = self.cleaned_data["customer"]
        if not number:
            return None
        found = by_number(self.company, [number]).get(number)
        if found is None:
            raise forms.ValidationError(_("There is no contact with the number %s.") % number)
        return found

    def sale(self) -> Sale:
        """What was typed."""
        told = self.cleaned_data
        return Sale(amount=told["amount"], account=told["account"], customer=told.get("customer"),
                    vat_code=told.get("vat_code"), basis=told.get("basis") or Basis.GROSS)  # fmt: skip


class DisposalForm(forms.Form):
    """A sale, by the line that says what it brought, or scrapping."""

    date = forms.DateField(label=_("Date"), widget=DayInput())
    sold_by = forms.ChoiceField(
        label=_("Proceeds"), required=False,
        help_text=_("Of a sale that is booked already: by an invoice, in the cash book or the journal, on the account "
                    "of gains or of the asset, with its VAT."),
    )  # fmt: skip
    text = forms.CharField(label=_("Text"), max_length=200, required=False)

    def __init__(self, *args: Any, lines: list[EntryLine], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lines = {f"{row.entry_id}:{row.position}": row for row in lines}
        self.fields["sold_by"].choices = [  # type: ignore[attr-defined]
            ("", _("none: scrapped")),
            *((key, f"{swiss_date(row.date)} · {chf(row.credit)} · {row.account.number} · "
                    f"{row.entry.number} {row.text or row.entry.text}"[:120])
              for key, row in self.lines.items()),
        ]  # fmt: skip
        _widths(self)


class CategoryForm(forms.Form):
    """A category: names and accounts."""

    code = forms.CharField(label=_("Code"), max_length=10)

    def __init__(self, data: Any = None, *, category: AssetCategory) -> None:
        self.category, company = category, category.company
        names = ("code", *NAMES, *(f"{name}_id" for name in ACCOUNTS))
        stands = (
            {name.removesuffix("_id"): getattr(category, name) for name in names}
            if category.pk
            else {}
        )
        super().__init__(data, initial=stands)
        for name in NAMES:
            label = AssetCategory._meta.get_field(name).verbose_name  # type: ignore[union-attr]
            self.fields[name] = forms.CharField(label=label, max_length=160, required=False)
        for name in ACCOUNTS:
            label = AssetCategory._meta.get_field(name).verbose_name  # type: ignore[union-attr]
            self.fields[name] = account_field(
                company, str(label).capitalize(), required=name != "contra"
            )
        self.fields["contra"].help_text = _(
            "Left empty, depreciation is credited to the asset account."
        )
        _widths(self)

    def applied(self) -> AssetCategory:
        for name, value in self.cleaned_data.items():
            setattr(self.category, name, value)
        return self.category


class RuleForm(forms.Form):
    """How a category is depreciated from a day on."""

    valid_from = forms.DateField(label=_("Valid from"), widget=DayInput())
    method = forms.ChoiceField(label=_("Method"), choices=Method.choices)
    rate = _percent(_("Rate in percent"), required=False)
    life_months = forms.IntegerField(
        label=_("Useful life in months"), min_value=1, max_value=1200, required=False,
        widget=forms.TextInput({"class": "figure", "inputmode": "numeric"}),
    )  # fmt: skip
    residual = Amount(label=_("Residual value"))
    pro_rata = forms.BooleanField(label=_("first year by months"), required=False)
    ceiling = forms.ChoiceField(label=_("Tax class"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = ceilings.ceilings(kwargs.get("initial", {}).get("valid_from") or dt.date.max)
        self.fields["ceiling"].choices = [  # type: ignore[attr-defined]
            ("", _("none: no warning")),
            *((one.code, f"{one.name} · {one.of_book_value} / {one.of_cost} %") for one in known.values()),
        ]  # fmt: skip
        _widths(self)

    def clean_rate(self) -> Decimal:
        return self.cleaned_data["rate"] or Decimal(0)


def residual_of(category: AssetCategory) -> Decimal:
    """What a new asset of a category keeps to the end: as the latest of its rules says."""
    rule = (
        AssetRule.of(category.company_id).filter(category=category).order_by("-valid_from").first()
    )
    return rule.residual if rule is not None else Decimal("0.00")
