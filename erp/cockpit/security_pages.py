"""``/c/{company}/settings/security/``: how safe the accounts are, and what to fix first."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from erp.access.models import User
from erp.access.permissions import Permission
from erp.audit import access_log
from erp.audit.models import AccessLogEntry
from erp.cockpit import leaks, security, tasks
from erp.core.errors import DomainError
from erp.web.pages import CompanyView, id_of, refused, tell


class DomainForm(forms.Form):
    """A mail domain to watch."""

    domain = forms.CharField(label=gettext_lazy("Domain"), max_length=253,
                             help_text=gettext_lazy("What stands after the @, such as muster.ch."))  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["domain"].width = "w12"  # type: ignore[attr-defined]


class SecurityPage(CompanyView):
    """What may be seen of the accounts, with acts for those who may change security."""

    permission = Permission.SECURITY_READ
    permissions = {"POST": Permission.SECURITY_CHANGE}
    step_up = frozenset({"POST"})
    help_page = "security"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return self._show(request, DomainForm())

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        acts: dict[str, Callable[[HttpRequest], None]] = {
            "end": self._end, "remove": self._remove, "settle": self._settle,
        }  # fmt: skip
        wanted = request.POST.get("do", "")
        if wanted == "watch":
            return self._watch(request)
        if wanted not in acts:
            raise Http404
        acts[wanted](request)
        return redirect("security", self.company.pk)

    def _watch(self, request: HttpRequest) -> HttpResponse:
        form = DomainForm(request.POST)
        if form.is_valid():
            try:
                added = leaks.add_domain(
                    company=self.company, by=self.access.user, **form.cleaned_data
                )
            except DomainError as refusal:
                tell(form, refusal)
            else:
                tasks.check_soon(self.company)
                messages.success(request, _("%s will be watched once it is proven.") % added)
                return redirect("security", self.company.pk)
        return refused(request, self._show(request, form))

    def _end(self, request: HttpRequest) -> None:
        members = User.objects.filter(memberships__company=self.company).distinct()
        user = get_object_or_404(members, pk=id_of(request.POST.get("user")))
        count = security.end_sessions(company=self.company, user=user, by=self.access.user,
                                      but=request.session.session_key or "")  # fmt: skip
        messages.success(request, _("%(user)s is signed out everywhere; sessions ended: %(count)s.")
                         % {"user": user, "count": count})  # fmt: skip

    def _remove(self, request: HttpRequest) -> None:
        domain = get_object_or_404(
            leaks.domains_of(self.company), pk=id_of(request.POST.get("domain"))
        )
        leaks.remove_domain(domain, by=self.access.user)
        messages.success(request, _("%s is no longer watched.") % domain)

    def _settle(self, request: HttpRequest) -> None:
        """All findings of an address that are not settled, as the page shows them."""
        alias, _at, domain = request.POST.get("address", "").rpartition("@")
        found = leaks.open_findings(self.company).filter(alias=alias[:64], domain=domain[:253])
        leaks.settle(company=self.company, findings=found, by=self.access.user)
        messages.success(request, _("The findings are settled."))

    def _show(self, request: HttpRequest, form: DomainForm) -> HttpResponse:
        shown = security.overview(self.company, asking=self.access.user)
        access_log.note(company=self.company, by=self.access.user, subject=User,
                        kind=AccessLogEntry.Kind.LIST, count=len(shown.people) + len(shown.staff))  # fmt: skip
        fixes = [(fix, fix.address(self.company) if self.access.may(fix.needs) else "")
                 for fix in shown.fixes]  # fmt: skip
        context = {
            "page_title": _("Security"), "shown": shown, "staff": shown.staff, "fixes": fixes, "form": form,
            "refused": security.REFUSED, "heavy": security.HEAVY, "named": security.NAMED,
        }  # fmt: skip
        return render(request, "erp/security.html", context)
