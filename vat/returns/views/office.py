"""Whom VAT is paid to, and how corrections go there."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contacts.queries import by_number
from erp.access.permissions import Permission
from vat.returns.models import TaxOffice
from vat.returns.office import set_office
from vat.returns.views.base import ReturnsView


class OfficeForm(forms.Form):
    contact = forms.IntegerField(
        label=gettext_lazy("Contact that VAT is paid to"), required=False, min_value=1,
        max_value=2**31 - 1, widget=forms.TextInput(attrs={"data-contact": "", "inputmode": "search"}),
        help_text=gettext_lazy(
            "The tax office as a creditor. What a posted return makes to pay becomes an open item of it."
        ),
    )  # fmt: skip
    differences = forms.BooleanField(
        label=gettext_lazy("Correction returns declare the differences only"), required=False,
        help_text=gettext_lazy("Else they declare the whole period anew, as the tax portal wants it."),
    )  # fmt: skip


class Office(ReturnsView):
    """``/c/{company}/vat/returns/office/``"""

    permissions = {"POST": Permission.VAT_CHANGE}
    help_page = "vat-returns"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        office = TaxOffice.of(self.company).select_related("contact").first()
        told = {"contact": office.contact.number if office and office.contact else None,
                "differences": bool(office and office.differences)}  # fmt: skip
        return self._show(request, OfficeForm(initial=told), office)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        form = OfficeForm(request.POST)
        if form.is_valid():
            number = form.cleaned_data["contact"]
            contact = by_number(self.company, [number]).get(number) if number else None
            if number and contact is None:
                form.add_error("contact", _("There is no contact with the number %s.") % number)
            else:
                set_office(company=self.company, contact=contact, by=self.access.user,
                           differences=form.cleaned_data["differences"])  # fmt: skip
                messages.success(request, _("The tax office is saved."))
                return redirect("vat-returns", self.company.pk)
        return self.refuse(request, form)

    def refuse(self, request: HttpRequest, form: OfficeForm) -> HttpResponse:
        response = self._show(request, form, None)
        response.status_code = 422
        return response

    def _show(
        self, request: HttpRequest, form: OfficeForm, office: TaxOffice | None
    ) -> HttpResponse:
        if office is not None and office.contact is not None:
            field = form.fields["contact"]
            field.help_text = f"{office.contact.name}. {field.help_text}"
        context = {
            "page_title": _("Tax office"), "form": form, "history_of": office,
            "back_url": reverse("vat-returns", args=[self.company.pk]),
            "read_only": not self.access.may(Permission.VAT_CHANGE),
        }  # fmt: skip
        return render(request, "erp/components/form_page.html", context)
