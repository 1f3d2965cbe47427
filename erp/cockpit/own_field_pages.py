"""The page of own fields: one list and one form for each kind of record that can have them."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from erp.access.permissions import Permission
from erp.companies.naming import NAMES
from erp.core.errors import DomainError
from erp.own_fields.models import OwnField
from erp.own_fields.saving import delete_own_field, save_own_field
from erp.own_fields.subjects import Subject, offered
from erp.web.pages import CompanyView, id_of, refused, tell


class OwnFieldForm(forms.ModelForm):
    """A field of a subject; only what is printed somewhere can be chosen to be."""

    choices = forms.CharField(label=gettext_lazy("Choices"), required=False, widget=forms.Textarea({"rows": 3}),
                              help_text=gettext_lazy("One per line."))  # fmt: skip
    position = forms.IntegerField(label=gettext_lazy("Position"), required=False, min_value=0,
                                  max_value=999)  # fmt: skip

    class Meta:
        model = OwnField
        fields = ("code", "kind", *NAMES, "choices", "position", "printed")

    def __init__(self, *args: Any, subject: Subject, **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": f"{subject.name}_%s"} | kwargs)
        if not subject.prints:
            del self.fields["printed"]
        if self.instance.pk:
            self.initial["choices"] = "\n".join(self.instance.choices)
        for name, field in self.fields.items():
            field.width = "w12" if name == "choices" else "w6"  # type: ignore[attr-defined]

    def clean_choices(self) -> list[str]:
        return [line for line in self.cleaned_data["choices"].splitlines() if line.strip()]

    def validate_unique(self) -> None:
        """The act decides, in words of its own."""


class OwnFields(CompanyView):
    """``/c/{company}/settings/own-fields/``: who changes them has the right of their subject, too."""

    permission = Permission.COMPANY_READ
    help_page = "own-fields"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return self._show(request)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        name = request.POST.get("subject", "")
        subject = next((one for one in offered(self.company) if one.name == name), None)
        if subject is None:
            raise Http404
        self.require(subject.settings)
        row = None
        if pk := request.POST.get("id"):
            row = self._row(subject, pk)
        form = OwnFieldForm(
            request.POST, instance=row or OwnField(company=self.company, subject=name), subject=subject
        )  # fmt: skip
        try:
            with transaction.atomic():
                if "delete" in request.POST and row is not None:
                    delete_own_field(row, by=self.access.user)
                elif form.is_valid():
                    save_own_field(
                        company=self.company, by=self.access.user, subject=name,
                        own_field=self._row(subject, pk) if pk else None, **form.cleaned_data,
                    )  # fmt: skip
                else:
                    return refused(request, self._show(request, form, subject))
        except DomainError as refusal:
            if "delete" in request.POST:
                messages.error(request, str(refusal))
            else:
                tell(form, refusal)
            return refused(request, self._show(request, form, subject))
        messages.success(request, _("The settings are saved."))
        return redirect("own-fields", self.company.pk)

    def _row(self, subject: Subject, pk: str) -> OwnField:
        rows = OwnField.of(self.company).filter(subject=subject.name).select_related("company")
        row: OwnField = get_object_or_404(rows, pk=id_of(pk))
        return row

    def _show(
        self, request: HttpRequest, form: OwnFieldForm | None = None, of: Subject | None = None
    ) -> HttpResponse:
        rows = list(OwnField.of(self.company).order_by("position", "code"))
        parts = []
        for subject in offered(self.company):
            own = [row for row in rows if row.subject == subject.name]
            editing = next((row for row in own if str(row.pk) == request.GET.get("field")), None)
            shown = form if of == subject else None
            if shown is not None:
                editing = shown.instance if shown.instance.pk else None
            parts.append({
                "subject": subject, "rows": own, "editing": editing,
                "may_change": self.access.may(subject.settings),
                "form": shown or OwnFieldForm(instance=editing, subject=subject),
            })  # fmt: skip
        return render(request, "erp/own_fields.html",
                      {"page_title": _("Own fields"), "parts": parts})  # fmt: skip
