"""Forms of a company, its people and its roles."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from erp.access.firms.models import Firm
from erp.access.models import Role
from erp.access.permissions import Permission
from erp.companies.models import Company, Language, LegalForm, Module
from erp.core.errors import DomainError
from erp.core.identifiers import format_uid, parse_uid
from erp.web.dates import DayInput
from vat.codes.models import VatSettings


class CompanyForm(forms.ModelForm):
    """A company's own data."""

    modules = forms.MultipleChoiceField(
        label=_("Modules"), choices=Module.choices, widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=_("Switching a module off hides it; its data stays and comes back with it."),
    )  # fmt: skip

    logo = forms.FileField(label=_("Logo"), required=False,
                           help_text=_("PNG or JPG, printed on reports and documents."))  # fmt: skip

    class Meta:
        model = Company
        fields = ("name", "uid", "street", "house_number", "postcode", "town", "country",
                  "language", "modules")  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["uid"].max_length = None  # type: ignore[attr-defined]
        self.fields["uid"].validators = []
        self.fields["uid"].widget.attrs.pop("maxlength", None)
        self.initial["uid"] = format_uid(self.instance.uid)
        widths = {"name": "w8", "uid": "w4", "house_number": "w2", "street": "w8", "postcode": "w2",
                  "town": "w6", "country": "w2", "language": "w4", "modules": "w12", "logo": "w6"}  # fmt: skip
        for name, width in widths.items():
            self.fields[name].width = width  # type: ignore[attr-defined]
        for name in ("postcode", "town"):
            self.fields[name].widget.attrs["data-place"] = name

    def clean_uid(self) -> str:
        if not self.cleaned_data["uid"]:
            return ""
        try:
            return parse_uid(self.cleaned_data["uid"])
        except DomainError as refusal:
            raise forms.ValidationError(str(refusal), code=refusal.code) from None


_SPELT = {ord(letter): spelt for letter, spelt in (("ä", "ae"), ("ö", "oe"), ("ü", "ue"))}


def short_name_of(name: str) -> str:
    """What a company may be called in short: “Bäckerei Huber GmbH” is ``baeckerei-huber-gmbh``."""
    return slugify(name.lower().translate(_SPELT))[:30].strip("-")


class NewCompanyForm(forms.Form):
    """A company to take on."""

    name = forms.CharField(label=_("Name"), max_length=120)
    legal_form = forms.ChoiceField(label=_("Legal form"), choices=LegalForm.choices)
    uid = forms.CharField(
        label=_("UID"), max_length=20, required=False,
        help_text=_("As in the register, such as CHE-123.456.788; it is the VAT number, too."),
    )  # fmt: skip
    street = forms.CharField(label=_("Street"), max_length=70, required=False)
    house_number = forms.CharField(label=_("House number"), max_length=16, required=False)
    postcode = forms.CharField(label=_("Postcode"), max_length=16, required=False)
    town = forms.CharField(label=_("Town"), max_length=35, required=False)
    short_name = forms.SlugField(
        label=_("Short name"), max_length=30, required=False,
        help_text=_("Lower-case letters, digits and dashes; from the name, where it is left out."),
    )  # fmt: skip
    language = forms.ChoiceField(label=_("Language"), choices=Language.choices)
    currency = forms.ChoiceField(label=_("Currency"), choices=[(c, c) for c in ("CHF", "EUR")])
    year_start = forms.DateField(label=_("First fiscal year from"),
                                 widget=DayInput())  # fmt: skip
    year_end = forms.DateField(
        label=_("until"), widget=DayInput(),
        help_text=_("A first year may be short or long; the tax offices accept up to 23 months."),
    )  # fmt: skip
    vat_method = forms.ChoiceField(label=_("VAT"), choices=VatSettings.Method.choices,
                                   initial=VatSettings.Method.EFFECTIVE)  # fmt: skip
    vat_basis = forms.ChoiceField(
        label=_("VAT is owed by"), choices=VatSettings.Basis.choices,
        initial=VatSettings.Basis.AGREED, required=False,
    )  # fmt: skip
    modules = forms.MultipleChoiceField(
        label=_("Modules"), choices=Module.choices, required=False,
        initial=list(Module.values), widget=forms.CheckboxSelectMultiple,
        help_text=_("What the company uses. With debtors or creditors on, their control accounts are "
                    "posted to by open items alone. All of it can be changed later."),
    )  # fmt: skip
    firm = forms.TypedChoiceField(
        label=_("As client of"), coerce=int, empty_value=None,
        help_text=_("You become the first owner, and the fiduciary gets a mandate. Then invite the "
                    "client as owner under Access, and withdraw that role from yourself; the mandate "
                    "stays."),
    )  # fmt: skip

    def __init__(
        self, *args: Any, firms: Sequence[Firm], alone: bool = False, **kwargs: Any
    ) -> None:
        """``firms`` are those it may be a client of; ``alone`` says whether of none, too."""
        super().__init__(*args, **kwargs)
        widths = {"name": "w8", "legal_form": "w4", "street": "w8", "house_number": "w4",
                  "postcode": "w4", "town": "w8", "uid": "w6", "short_name": "w6", "modules": "w12",
                  "language": "w6", "currency": "w6", "year_start": "w6", "year_end": "w6",
                  "vat_method": "w6", "vat_basis": "w6"}  # fmt: skip
        for name, width in widths.items():
            self.fields[name].width = width  # type: ignore[attr-defined]
        for name in ("postcode", "town"):
            self.fields[name].widget.attrs["data-place"] = name
        if not firms:
            del self.fields["firm"]
            return
        of_firm: Any = self.fields["firm"]
        of_firm.required = not alone
        of_firm.choices = [*([("", "–")] if alone else []), *((f.pk, f.name) for f in firms)]

    def clean_vat_basis(self) -> str:
        return self.cleaned_data["vat_basis"] or VatSettings.Basis.AGREED

    def clean(self) -> dict[str, Any]:
        told: dict[str, Any] = super().clean() or {}
        if not told.get("short_name") and "short_name" not in self.errors:
            told["short_name"] = short_name_of(told.get("name", ""))
            if not told["short_name"]:
                self.add_error("short_name", _("Choose a short name."))
        return told


class InvitationForm(forms.Form):
    """Somebody to invite, to roles that whoever asks may give."""

    email = forms.EmailField(label=_("E-mail"), max_length=254)
    language = forms.ChoiceField(label=_("Language of the e-mail"), choices=Language.choices)
    roles = forms.MultipleChoiceField(label=_("Roles"), widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, givable: list[Role], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["roles"].choices = [(r.code, r.name) for r in givable]  # type: ignore[attr-defined]
        for name, width in {"email": "w8", "language": "w4", "roles": "w12"}.items():
            self.fields[name].width = width  # type: ignore[attr-defined]


class CopyForm(forms.Form):
    """A role of the company's own that begins as a copy."""

    name = forms.CharField(label=_("Name"), max_length=60)
    source = forms.ChoiceField(label=_("Begins as a copy of"))

    def __init__(self, *args: Any, roles: Iterable[Role], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["source"].choices = [(r.code, r.name) for r in roles]  # type: ignore[attr-defined]


class RoleForm(forms.Form):
    """What a role is called and grants."""

    name = forms.CharField(label=_("Name"), max_length=60)
    permissions = forms.MultipleChoiceField(choices=Permission.choices, required=False)
