"""The page on which owners have their company written into a file, and take it along."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters

from erp.access.permissions import Permission
from erp.core.errors import DomainError
from erp.documents.serving import streamed_from
from erp.handover import orders
from erp.handover.passphrases import LONGEST, SHORTEST
from erp.web.pages import CompanyView, refused, tell

ZIP = "application/zip"


class ExportForm(forms.Form):
    """A passphrase, twice: what nobody can type again opens nothing."""

    passphrase = forms.CharField(
        label=gettext_lazy("Passphrase"), min_length=SHORTEST, max_length=LONGEST,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=gettext_lazy("At least 16 characters, such as five or six words that have nothing to do "
                               "with each other. It is not kept: nobody can open the file without it."),
    )  # fmt: skip
    again = forms.CharField(
        label=gettext_lazy("Passphrase once more"), max_length=LONGEST,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        told: dict[str, Any] = super().clean() or {}
        if {"passphrase", "again"} <= told.keys() and told["passphrase"] != told["again"]:
            self.add_error("again", _("This is not the same passphrase. Type both once more."))
        return told


@method_decorator(sensitive_post_parameters("passphrase", "again"), name="dispatch")
class ExportPage(CompanyView):
    """``/c/{company}/settings/export/``"""

    permission = Permission.MEMBERS_CHANGE
    step_up = frozenset({"POST"})
    takes_secrets = True
    help_page = "company-export"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return self._show(request, ExportForm())

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        form = ExportForm(request.POST)
        if form.is_valid():
            try:
                job = orders.begin(company=self.company, by=self.access.user,
                                   passphrase=form.cleaned_data["passphrase"])  # fmt: skip
            except DomainError as refusal:
                tell(form, refusal)
            else:
                return redirect("job", self.company.pk, job.pk)
        return refused(request, self._show(request, form))

    def _show(self, request: HttpRequest, form: ExportForm) -> HttpResponse:
        rows = list(orders.exports_of(self.company)[: orders.MOST_SHOWN])
        context = {
            "page_title": _("Export the company"), "form": form, "rows": rows,
            "is_owner": orders.is_owner(self.company, self.access.user),
            "is_running": any(row.job.is_open for row in rows),
        }  # fmt: skip
        return render(request, "erp/company_export.html", context)


class ExportFile(CompanyView):
    """``/c/{company}/settings/export/{export}/``: the file, for owners, as long as it is there."""

    permission = Permission.MEMBERS_CHANGE
    step_up = frozenset({"GET"})

    def get(self, request: HttpRequest, export: int, **kwargs: Any) -> HttpResponseBase:
        found = get_object_or_404(orders.exports_of(self.company), pk=export)
        try:
            path = orders.take(found, by=self.access.user)
        except DomainError as refusal:
            self.tell_all(refusal)
            return redirect("company-export", self.company.pk)
        return streamed_from(path, name=orders.name_of(found), content_type=ZIP)
