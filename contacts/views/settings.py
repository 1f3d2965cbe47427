"""Groups and own fields of contacts."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contacts import groups
from contacts.models import ContactGroup, OwnField
from erp.access.permissions import Permission
from erp.core.errors import DomainError
from erp.web.pages import CompanyView, id_of, refused, tell


class GroupForm(forms.ModelForm):
    class Meta:
        model = ContactGroup
        fields = ("code", *groups.NAMES)

    def validate_unique(self) -> None:
        """The act decides, in words of its own."""


class OwnFieldForm(forms.ModelForm):
    choices = forms.CharField(label=gettext_lazy("Choices"), required=False, widget=forms.Textarea({"rows": 3}),
                              help_text=gettext_lazy("One per line."))  # fmt: skip
    position = forms.IntegerField(label=gettext_lazy("Position"), required=False, min_value=0,
                                  max_value=999)  # fmt: skip

    class Meta:
        model = OwnField
        fields = ("code", "kind", *groups.NAMES, "choices", "position")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["choices"] = "\n".join(self.instance.choices)

    def clean_choices(self) -> list[str]:
        return [line for line in self.cleaned_data["choices"].splitlines() if line.strip()]

    def validate_unique(self) -> None:
        """The act decides, in words of its own."""


PARTS: dict[str, tuple[Any, Any]] = {
    "group": (ContactGroup, GroupForm),
    "own_field": (OwnField, OwnFieldForm),
}


class ContactSettings(CompanyView):
    """``/c/{company}/contacts/settings/``"""

    permission = Permission.CONTACTS_READ
    permissions = {"POST": Permission.CONTACTS_SETTINGS}
    help_page = "contact-settings"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return self._show(request, {})

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        part = request.POST.get("part", "")
        if part not in PARTS:
            raise Http404
        model, make = PARTS[part]
        row = None
        if pk := request.POST.get("id"):
            row = get_object_or_404(model.of(self.company).select_related("company"), pk=id_of(pk))
        form = make(request.POST, instance=row or model(company=self.company), auto_id=f"{part}_%s")
        try:
            with transaction.atomic():
                if "delete" in request.POST and row is not None:
                    getattr(groups, f"delete_{part}")(row, by=self.access.user)
                elif form.is_valid():
                    getattr(groups, f"save_{part}")(
                        company=self.company, by=self.access.user, **form.cleaned_data,
                        **{part: model.of(self.company).select_related("company").get(pk=row.pk)
                           if row else None},
                    )  # fmt: skip
                else:
                    return refused(request, self._show(request, {part: form}))
        except DomainError as refusal:
            if "delete" in request.POST:
                messages.error(request, str(refusal))
            else:
                tell(form, refusal)
            return refused(request, self._show(request, {part: form}))
        messages.success(request, _("The settings are saved."))
        return redirect("contact-settings", self.company.pk)

    def _show(self, request: HttpRequest, shown: dict[str, Any]) -> HttpResponse:
        parts = []
        titles = {"group": _("Groups"), "own_field": _("Own fields")}
        for part, (model, make) in PARTS.items():
            rows = list(
                model.of(self.company).order_by(
                    *(["position"] if part == "own_field" else []), "code"
                )
            )
            asked = request.GET.get(part, "")
            editing = next((row for row in rows if str(row.pk) == asked), None)
            form = shown.get(part) or make(instance=editing, auto_id=f"{part}_%s")
            if form.instance.pk:
                editing = form.instance
            for name in form.fields:
                form.fields[name].width = "w12" if name == "choices" else "w6"
            parts.append((part, titles[part], rows, form, editing))
        return render(request, "contacts/settings.html",
                      {"page_title": _("Groups and own fields"), "parts": parts})  # fmt: skip
