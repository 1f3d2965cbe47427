"""The pages of the procedure documentation: what it says now, its PDF, what is kept, the company's own paragraphs."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounting.ledger.models import FiscalYear
from accounting.procedure.composing import Procedure, compose
from accounting.procedure.keeping import keep, kept_file, kept_of, lacking
from accounting.procedure.paper import file_name, printed
from accounting.procedure.texts import LONGEST, rewrite, texts_of
from accounting.procedure.years import year_or_present
from erp.access.permissions import Permission
from erp.companies.models import Language
from erp.core import clock
from erp.core.errors import DomainError
from erp.documents.serving import streamed
from erp.web.export import as_file
from erp.web.pages import CompanyView, id_of, refused


class OfYear(CompanyView):
    """A page of the documentation, of the year ``year`` in the language ``language``, both in the query."""

    permission = Permission.COMPANY_READ
    help_page = "procedure"

    def composed(self) -> Procedure | None:
        """What is asked for; None where the company has no fiscal year."""
        asked, years = self.request.GET, FiscalYear.of(self.company)
        if "year" in asked:
            year: FiscalYear | None = get_object_or_404(years, pk=id_of(asked["year"]))
        else:
            year = year_or_present(self.company, clock.today())
        language = asked.get("language", "")
        if language not in Language.values:
            language = (get_language() or self.company.language)[:2]
        if year is None:
            return None
        return compose(self.company, year, language=language, granted=self.access.granted,
                       at=clock.now())  # fmt: skip


class ProcedurePage(OfYear):
    """``/c/{company}/procedure/``: the documentation, and what is kept of it."""

    permissions = {"POST": Permission.YEAR_CLOSE}

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        found = self.composed()
        context = {
            "page_title": _("Procedure documentation"), "procedure": found,
            "years": FiscalYear.of(self.company).order_by("-start"), "languages": Language.choices,
            "kept": kept_of(self.company, found.year) if found else [],
            "missing": [right.label for right in lacking(self.company, self.access.holds)],
        }  # fmt: skip
        return render(request, "accounting/procedure/procedure.html", context)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Keep the documentation of a year as it is now."""
        year = get_object_or_404(FiscalYear.of(self.company), pk=id_of(request.POST.get("year")))
        if lacking(self.company, self.access.holds):
            raise PermissionDenied
        keep(self.company, year, by=self.access.user)
        messages.success(request, _("The procedure documentation of %s is kept.") % year)
        return redirect(f"{request.path}?year={year.pk}")


class ProcedurePdf(OfYear):
    """``…/procedure.pdf``"""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        found = self.composed()
        if found is None:
            return redirect("procedure", self.company.pk)
        return as_file(printed(found), "application/pdf", file_name(found))


class ProcedureFile(CompanyView):
    """``…/kept/{file}/``: one that is kept, bit for bit."""

    permission = Permission.COMPANY_READ

    def get(self, request: HttpRequest, file: int, **kwargs: Any) -> HttpResponseBase:
        found = kept_file(self.company, file)
        if lacking(self.company, self.access.holds):
            raise PermissionDenied
        return streamed(found)


class ProcedureTexts(CompanyView):
    """``…/texts/``: the paragraphs that the company writes itself."""

    permission = Permission.COMPANY_READ
    permissions = {"POST": Permission.COMPANY_CHANGE}
    help_page = "procedure"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return self._show({}, {})

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        typed, seen = (
            {name.removeprefix(start): text for name, text in request.POST.items()
             if name.startswith(start) and isinstance(text, str)}
            for start in ("text-", "seen-")
        )  # fmt: skip
        try:
            rewrite(company=self.company, texts=typed, seen=seen, by=self.access.user)
        except DomainError as refusal:
            self.tell_all(refusal)
            return refused(request, self._show(typed, seen))
        messages.success(request, _("The paragraphs are saved."))
        return redirect("procedure-texts", self.company.pk)

    def _show(self, typed: dict[str, str], seen: dict[str, str]) -> HttpResponse:
        context = {
            "page_title": _("Own paragraphs of the procedure documentation"), "longest": LONGEST,
            "texts": [(one, typed.get(one.code, one.text), seen.get(one.code, one.version))
                      for one in texts_of(self.company)],
        }  # fmt: skip
        return render(self.request, "accounting/procedure/texts.html", context)
