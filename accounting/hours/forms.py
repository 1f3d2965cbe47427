"""Forms of projects, rates and billing."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounting.hours.billing import Grouping
from accounting.hours.durations import typed_minutes
from accounting.hours.models import Project
from accounting.hours.people import people_of
from accounting.hours.rates import LARGEST
from accounting.ledger.models import CostObject
from accounting.receivables.models import Product
from contacts.models import Contact
from contacts.queries import by_number
from erp.access.models import User
from erp.companies.models import Company
from erp.core.display import duration
from erp.core.errors import DomainError
from erp.web.dates import DayInput

MOST_BUDGET = 9999 * 60


class ProjectForm(forms.Form):
    """A project; the customer by number."""

    number = forms.CharField(label=_("Number"), max_length=10)
    name = forms.CharField(label=_("Name"), max_length=120)
    contact = forms.IntegerField(
        label=_("Customer"), required=False, min_value=1, max_value=2**31 - 1,
        widget=forms.TextInput(attrs={"data-contact": "", "inputmode": "search"}),
        help_text=_("Whom the hours are billed to. Without one they never are."),
    )  # fmt: skip
    product = forms.ModelChoiceField(
        Product.unscoped.none(), label=_("Is billed as"), required=False,
        help_text=_("Account and VAT code of the invoice’s lines come from this product."),
    )  # fmt: skip
    cost_object = forms.ModelChoiceField(
        CostObject.unscoped.none(), label=_("Cost object"), required=False
    )
    currency = forms.CharField(label=_("Currency"), max_length=3, min_length=3)
    budget = forms.CharField(
        label=_("Budget in hours"), required=False, max_length=9,
        widget=forms.TextInput(attrs={"class": "figure", "inputmode": "decimal"}),
    )  # fmt: skip
    is_closed = forms.BooleanField(label=_("Closed: no more hours"), required=False)

    def __init__(self, data: Any = None, *, project: Project) -> None:
        initial = {
            "number": project.number, "name": project.name,
            "contact": project.contact.number if project.contact else None,
            "product": project.product_id, "cost_object": project.cost_object_id,
            "currency": project.currency or project.company.currency,
            "budget": duration(project.budget_minutes) if project.budget_minutes else "",
            "is_closed": project.is_closed,
        }  # fmt: skip
        super().__init__(data, initial=initial)
        self.project, company = project, project.company
        products = Product.of(company).filter(active=True)
        if project.product_id:
            products |= Product.of(company).filter(pk=project.product_id)
        self.fields["product"].queryset = products.order_by("number")  # type: ignore[attr-defined]
        objects = CostObject.of(company).order_by("number")
        self.fields["cost_object"].queryset = objects  # type: ignore[attr-defined]
        if not company.uses("costs"):
            del self.fields["cost_object"]
        if not project.pk:
            del self.fields["is_closed"]
        widths = {"number": "w4", "name": "w8", "currency": "w3", "budget": "w3"}
        for name, one in self.fields.items():
            one.width = widths.get(name, "w6")  # type: ignore[attr-defined]

    def clean_contact(self) -> Contact | None:
        number = self.cleaned_data["contact"]
        if not number:
            return None
        found = by_number(self.project.company, [number]).get(number)
        if found is None:
            raise forms.ValidationError(_("There is no contact with the number %s.") % number)
        return found

    def clean_currency(self) -> str:
        return str(self.cleaned_data["currency"]).upper()

    def clean_budget(self) -> int | None:
        try:
            return typed_minutes(self.cleaned_data["budget"], most=MOST_BUDGET) or None
        except DomainError:
            raise forms.ValidationError(
                _("Enter hours such as 80 or 7:30, at most 9999.")
            ) from None

    def applied(self) -> Project:
        """The project with what was typed."""
        for name, value in self.cleaned_data.items():
            setattr(self.project, "budget_minutes" if name == "budget" else name, value)
        return self.project


class RateForm(forms.Form):
    """What an hour costs from a day on."""

    project = forms.ModelChoiceField(
        Project.unscoped.none(), label=_("Project"), required=False, empty_label=_("all projects")
    )
    user = forms.ModelChoiceField(
        User.objects.none(), label=_("Person"), required=False, empty_label=_("everybody")
    )
    valid_from = forms.DateField(label=_("Valid from"), widget=DayInput())
    rate = forms.DecimalField(
        label=_("Rate per hour, without VAT"), max_digits=9, decimal_places=2, max_value=LARGEST,
        localize=False, widget=forms.TextInput(attrs={"class": "figure", "inputmode": "decimal",
                                                      "data-amount": ""}),
    )  # fmt: skip

    def __init__(self, *args: Any, company: Company, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = Project.of(company).filter(is_closed=False).order_by("number")
        self.fields["project"].queryset = rows  # type: ignore[attr-defined]
        ids = [one.pk for one in people_of(company)]
        people = User.objects.filter(pk__in=ids).order_by("name")
        self.fields["user"].queryset = people  # type: ignore[attr-defined]
        for name in ("valid_from", "rate"):
            self.fields[name].width = "w6"  # type: ignore[attr-defined]


class BillForm(forms.Form):
    """Until which day hours are billed, on an invoice of which date, and how they are put together."""

    until = forms.DateField(label=_("Hours until"), widget=DayInput())
    date = forms.DateField(label=_("Date of the invoice"), widget=DayInput())
    grouping = forms.ChoiceField(label=_("One line for"), choices=Grouping.choices)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("until", "date"):
            self.fields[name].width = "w3"  # type: ignore[attr-defined]
