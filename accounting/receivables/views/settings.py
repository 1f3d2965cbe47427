"""How documents are written: what they have in common, their texts, their numbers."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from accounting.receivables import number_ranges, sales_settings, texts
from accounting.receivables.forms import RangeForm, SalesSettingsForm, TextForm
from accounting.receivables.models import SalesDocument
from accounting.receivables.paper import pdf
from accounting.receivables.sample import SAMPLES, sample
from erp.access.permissions import Permission
from erp.companies.models import Language
from erp.core import clock
from erp.core.errors import DomainError
from erp.core.filetypes import PDF
from erp.layouts.queries import look_of
from erp.layouts.values import Kind as Paper
from erp.web.layouts import asked_look, not_pictured, pictured
from erp.web.pages import CompanyView, refused, tell

Kind = SalesDocument.Kind


class SalesSettingsPage(CompanyView):
    """``/c/{company}/receivables/settings/``"""

    permission = Permission.RECEIVABLES_READ
    permissions = {"POST": Permission.RECEIVABLES_SETTINGS}
    help_page = "sales-settings"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        row = sales_settings.settings_of(self.company)
        return self._show(request, SalesSettingsForm(instance=row, company=self.company))

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        row = sales_settings.settings_of(self.company)
        form = SalesSettingsForm(request.POST, instance=row, company=self.company)
        if not form.is_valid():
            return refused(request, self._show(request, form))
        try:
            with transaction.atomic():
                sales_settings.change_settings(
                    company=self.company, by=self.access.user, **form.cleaned_data
                )
        except DomainError as refusal:
            tell(form, refusal)
            return refused(request, self._show(request, form))
        messages.success(request, _("The settings are saved."))
        return redirect("sales-settings", self.company.pk)

    def _show(self, request: HttpRequest, form: SalesSettingsForm) -> HttpResponse:
        context = {"page_title": _("Settings of documents"), "form": form, "tab": "common",
                   "history_of": form.instance, "languages": Language.choices}  # fmt: skip
        return render(request, "accounting/receivables/settings.html", context)


class SampleInvoice(CompanyView):
    """``/c/{company}/receivables/settings/sample/?kind=…&language=…``: with the settings as they are.

    It is a PDF, or with ``page=`` a picture of that page; ``accent`` and what goes with it is a
    layout to be tried.
    """

    permission = Permission.RECEIVABLES_READ

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        language = request.GET.get("language") or self.company.language
        kind = request.GET.get("kind") or Paper.INVOICE.value
        page = request.GET.get("page", "")
        if language not in Language.values or kind not in SAMPLES:
            raise Http404
        try:
            look = asked_look(request.GET, look_of(self.company, kind), kind=kind)
            made = pdf(sample(self.company, by=self.access.user, language=language,
                              on=clock.today(), kind=kind, look=look))  # fmt: skip
        except DomainError as refusal:
            if page:
                return not_pictured(refusal)
            self.tell_all(refusal)
            return redirect("sales-settings", self.company.pk)
        if page:
            return pictured(made, page)
        response = HttpResponse(made, content_type=PDF)
        response["Content-Disposition"] = f'inline; filename="{self.company.short_name}-sample.pdf"'
        return response


class DocumentTexts(CompanyView):
    """``/c/{company}/receivables/settings/texts/?kind=…&language=…``"""

    permission = Permission.RECEIVABLES_READ
    permissions = {"POST": Permission.RECEIVABLES_SETTINGS}
    help_page = "sales-settings"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return self._show(request, None)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        kind, language = self._chosen(request.POST)
        form = TextForm(request.POST)
        told: dict[str, Any] = {"company": self.company, "kind": kind, "language": language,
                                "by": self.access.user}  # fmt: skip
        try:
            with transaction.atomic():
                if "forget" in request.POST:
                    texts.forget_text(**told)
                elif form.is_valid():
                    texts.save_text(**told, **form.cleaned_data)
                else:
                    return refused(request, self._show(request, form))
        except DomainError as refusal:
            tell(form, refusal)
            return refused(request, self._show(request, form))
        messages.success(request, _("The texts are saved."))
        response = redirect("document-texts", self.company.pk)
        response["Location"] += f"?kind={kind}&language={language}"
        return response

    def _chosen(self, told: Any) -> tuple[str, str]:
        kind = told.get("kind") or Kind.INVOICE.value
        language = told.get("language") or self.company.language
        if kind not in Kind.values or language not in Language.values:
            raise Http404
        return kind, language

    def _show(self, request: HttpRequest, form: TextForm | None) -> HttpResponse:
        kind, language = self._chosen(request.POST or request.GET)
        found = {(one.kind, one.language): one for one in texts.texts(self.company)}
        text = found[kind, language]
        initial = {"intro": text.intro, "closing": text.closing}
        context = {
            "page_title": _("Settings of documents"), "tab": "texts", "text": text,
            "form": form or TextForm(initial=initial),
            "kinds": Kind.choices, "languages": Language.choices,
            "own": [one for one in found.values() if one.own],
            "placeholders": [f"{{{name}}}" for name in texts.PLACEHOLDERS[Kind(kind)]],
            "table": [
                (label, [(code, found[value, code].own) for code in Language.values], value)
                for value, label in Kind.choices
            ],
        }  # fmt: skip
        return render(request, "accounting/receivables/texts.html", context)


class NumberRanges(CompanyView):
    """``/c/{company}/receivables/settings/numbers/``"""

    permission = Permission.RECEIVABLES_READ
    permissions = {"POST": Permission.RECEIVABLES_SETTINGS}
    help_page = "sales-settings"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return self._show(request, {})

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        kind, year = request.POST.get("kind", ""), clock.today().year
        if kind not in Kind.values:
            raise Http404
        before = number_ranges.range_of(self.company, kind, year=year)
        form = RangeForm(request.POST, of=before)
        try:
            with transaction.atomic():
                if not form.is_valid():
                    return refused(request, self._show(request, {kind: form}))
                told = dict(form.cleaned_data)
                if told["next_number"] == told.pop(
                    "shown"
                ):  # given numbers meanwhile do not matter
                    del told["next_number"]
                number_ranges.save_range(
                    company=self.company, kind=kind, by=self.access.user, year=year, **told
                )
        except DomainError as refusal:
            tell(form, refusal)
            return refused(request, self._show(request, {kind: form}))
        messages.success(request, _("The number range is saved."))
        return redirect("number-ranges", self.company.pk)

    def _show(self, request: HttpRequest, forms: dict[str, RangeForm]) -> HttpResponse:
        rows = number_ranges.ranges(self.company, year=clock.today().year)
        context = {"page_title": _("Settings of documents"), "tab": "numbers",
                   "rows": [(one, forms.get(one.kind) or RangeForm(of=one)) for one in rows]}  # fmt: skip
        return render(request, "accounting/receivables/numbers.html", context)
