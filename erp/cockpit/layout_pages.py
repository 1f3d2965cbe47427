"""The page of layouts: a form for a kind of paper, and beside it what it looks like."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from accounting.ledger.models import FiscalYear
from erp.access.permissions import Permission
from erp.companies.models import Language
from erp.core.errors import DomainError
from erp.layouts.models import Layout
from erp.layouts.queries import layouts
from erp.layouts.saving import forget_layout, save_layout
from erp.layouts.values import Kind
from erp.web.layouts import LayoutForm
from erp.web.pages import CompanyView, refused, tell


class LayoutPage(CompanyView):
    """``/c/{company}/settings/layout/?kind=…``: chosen, or with ``preview`` only looked at."""

    permission = Permission.COMPANY_READ
    permissions = {"POST": Permission.COMPANY_CHANGE}
    help_page = "layout"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return self._show(request, None)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        kind = self._kind(request)
        form = LayoutForm(request.POST, kind=kind, look=self._chosen(kind).look)
        told: dict[str, Any] = {"company": self.company, "kind": kind, "by": self.access.user}
        try:
            with transaction.atomic():
                if "forget" in request.POST:
                    forget_layout(**told)
                elif not form.is_valid():
                    return refused(request, self._show(request, form))
                elif "preview" in request.POST:
                    return self._show(request, form)
                else:
                    save_layout(**told, **form.cleaned_data)
        except DomainError as refusal:
            tell(form, refusal)
            return refused(request, self._show(request, form))
        messages.success(
            request, _("The layout is saved. It holds for papers that are made from now on.")
        )
        response = redirect("layout", self.company.pk)
        response["Location"] += f"?kind={kind}"
        return response

    def _kind(self, request: HttpRequest) -> str:
        kind = request.POST.get("kind") or request.GET.get("kind") or Kind.DEFAULT.value
        if kind not in Kind.values:
            raise Http404
        return kind

    def _chosen(self, kind: str) -> Any:
        return next(one for one in layouts(self.company) if one.kind == kind)

    def _show(self, request: HttpRequest, form: LayoutForm | None) -> HttpResponse:
        kind, found = self._kind(request), layouts(self.company)
        chosen = next(one for one in found if one.kind == kind)
        language = request.GET.get("language") or self.company.language
        if language not in Language.values:
            raise Http404
        context = {
            "page_title": _("Layout of papers"), "kinds": found, "chosen": chosen,
            "form": form or LayoutForm(kind=kind, look=chosen.look),
            "may_change": self.access.may(Permission.COMPANY_CHANGE), "language": language,
            "languages": Language.choices, "preview": self._preview(kind, language),
            "tried": f"&{_sent(request)}" if form is not None else "",
            "leaves": (1, 2) if kind == Kind.ANNUAL else (1,),
            "history_of": Layout.of(self.company).filter(kind=kind).first(),
        }  # fmt: skip
        return render(request, "erp/layout.html", context)

    def _preview(self, kind: str, language: str) -> str:
        """Where a sample of a kind is drawn, for those who may see what stands on it; blank for others."""
        if kind != Kind.ANNUAL and self.access.may(Permission.RECEIVABLES_READ):
            query = urlencode({"kind": kind, "language": language})
            return f"{reverse('sample-invoice', args=[self.company.pk])}?{query}"
        if kind in {Kind.ANNUAL, Kind.DEFAULT} and self.access.may(Permission.LEDGER_EXPORT):
            year = FiscalYear.of(self.company).order_by("-start").first()
            if year is not None:
                return f"{reverse('annual-report', args=[self.company.pk, year.pk])}?kind={kind}"
        return ""


def _sent(request: HttpRequest) -> str:
    """What the form sent, as the address of a preview takes it."""
    told = request.POST.copy()
    for name in ("csrfmiddlewaretoken", "kind", "preview"):
        told.pop(name, None)
    return told.urlencode()
