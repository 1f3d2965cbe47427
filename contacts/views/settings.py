"""Groups of contacts."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from contacts import groups
from contacts.models import ContactGroup
from erp.access.permissions import Permission
from erp.companies.naming import NAMES
from erp.core.errors import DomainError
from erp.web.pages import CompanyView, id_of, refused, tell


class GroupForm(forms.ModelForm):
    class Meta:
        model = ContactGroup
        fields = ("code", *NAMES)

    def validate_unique(self) -> None:
        """The act decides, in words of its own."""


class ContactSettings(CompanyView):
    """``/c/{company}/contacts/settings/``"""

    permission = Permission.CONTACTS_READ
    permissions = {"POST": Permission.CONTACTS_SETTINGS}
    help_page = "contact-settings"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return self._show(request)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        pk = request.POST.get("id")
        row = self._row(pk) if pk else None
        form = GroupForm(request.POST, instance=row or ContactGroup(company=self.company))
        try:
            with transaction.atomic():
                if "delete" in request.POST and row is not None:
                    groups.delete_group(row, by=self.access.user)
                elif form.is_valid():
                    groups.save_group(company=self.company, by=self.access.user, **form.cleaned_data,
                                      group=self._row(pk) if pk else None)  # fmt: skip
                else:
                    return refused(request, self._show(request, form))
        except DomainError as refusal:
            tell(form, refusal)
            return refused(request, self._show(request, form))
        messages.success(request, _("The settings are saved."))
        return redirect("contact-settings", self.company.pk)

    def _row(self, pk: str) -> ContactGroup:
        rows = ContactGroup.of(self.company).select_related("company")
        row: ContactGroup = get_object_or_404(rows, pk=id_of(pk))
        return row

    def _show(self, request: HttpRequest, form: GroupForm | None = None) -> HttpResponse:
        rows = list(ContactGroup.of(self.company).order_by("code"))
        if form is None:
            asked = request.GET.get("group", "")
            form = GroupForm(instance=next((row for row in rows if str(row.pk) == asked), None))
        context = {"page_title": _("Contact groups"), "rows": rows, "form": form,
                   "editing": form.instance if form.instance.pk else None}  # fmt: skip
        return render(request, "contacts/settings.html", context)
