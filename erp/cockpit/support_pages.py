"""Support access on a page: allow it, see it, end it."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from erp.access.permissions import Permission
from erp.cockpit.support import allow_support, consents_of, end_support, running_consent
from erp.core.errors import DomainError
from erp.web.pages import CompanyView, id_of, refused, tell

MOST_SHOWN: Final = 20
HOURS: Final = (
    (1, gettext_lazy("1 hour")), (4, gettext_lazy("4 hours")), (24, gettext_lazy("1 day")),
    (72, gettext_lazy("3 days")), (168, gettext_lazy("7 days")),
)  # fmt: skip


class SupportForm(forms.Form):
    """A consent to give."""

    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=200,
                             help_text=gettext_lazy("What support is to look at."))  # fmt: skip
    hours = forms.TypedChoiceField(label=gettext_lazy("How long"), choices=HOURS, coerce=int,
                                   initial=4)  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].width = "w8"  # type: ignore[attr-defined]
        self.fields["hours"].width = "w4"  # type: ignore[attr-defined]


class SupportAccess(CompanyView):
    """``/c/{company}/settings/support/``"""

    permission = Permission.COMPANY_READ
    permissions = {"POST": Permission.COMPANY_CHANGE}
    step_up = frozenset({"POST"})
    help_page = "support"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return self._show(request, SupportForm())

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        if "end" in request.POST:
            found = get_object_or_404(consents_of(self.company), pk=id_of(request.POST["end"]))
            end_support(found, by=self.access.user)
            messages.success(request, _("Support access is ended."))
            return redirect("support-access", self.company.pk)
        form = SupportForm(request.POST)
        if form.is_valid():
            try:
                allow_support(company=self.company, by=self.access.user, **form.cleaned_data)
            except DomainError as refusal:
                tell(form, refusal)
            else:
                messages.success(request, _("Support access is allowed."))
                return redirect("support-access", self.company.pk)
        return refused(request, self._show(request, form))

    def _show(self, request: HttpRequest, form: SupportForm) -> HttpResponse:
        context = {
            "page_title": _("Support access"), "form": form,
            "running": running_consent(self.company),
            "consents": consents_of(self.company)[:MOST_SHOWN],
        }  # fmt: skip
        return render(request, "erp/support.html", context)
