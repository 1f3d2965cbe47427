"""The codes of a company: a table to look up and print, codes of its own, and what each does."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from accounting.ledger.entering import Reader
from erp.access.permissions import Permission
from erp.core import clock
from erp.core.errors import DomainError
from erp.web.dates import read_day
from erp.web.export import answer
from erp.web.pages import CompanyView, refused, tell
from vat.codes.models import CodeKind, VatCode
from vat.codes.own import add_code, change_code
from vat.codes.queries import form_on
from vat.settings.code_table import CodeRow, code_table, rows_of
from vat.settings.examples import example
from vat.settings.forms import CodeForm, NewCodeForm, names_in


class Codes(CompanyView):
    """``/c/{company}/vat/codes/``: filtered by ``q``, ``kind`` and ``show``, on a day ``on``.

    With ``format=`` as a file. A POST makes a code of the company's own.
    """

    permission = Permission.VAT_READ
    permissions = {"POST": Permission.VAT_CHANGE}
    help_page = "vat-codes"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return self._show(None)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        form = self._form(request.POST)
        if form.is_valid():
            told = form.cleaned_data
            try:
                added = add_code(
                    company=self.company, code=told["code"], based_on=told["based_on"],
                    names=names_in(told), deductible_percent=told["deductible_percent"],
                    by=self.access.user,
                )  # fmt: skip
            except DomainError as refusal:
                tell(form, refusal)
            else:
                messages.success(request, _("VAT code %s is added.") % added.code)
                return redirect("vat-code", self.company.pk, added.code)
        return refused(request, self._show(form))

    def _form(self, data: Any = None) -> NewCodeForm:
        return NewCodeForm(data, codes={one.code: one for one in self._codes()})

    def _codes(self) -> list[VatCode]:
        if not hasattr(self, "_kept"):
            self._kept = list(VatCode.of(self.company).order_by("position", "code"))
        return self._kept

    def _show(self, form: NewCodeForm | None) -> HttpResponse:
        day = read_day(self.request.GET.get("on")) or clock.today()
        rows = [row for row in rows_of(self._codes(), form_on(day)) if self._is_wanted(row)]
        file = self.request.GET.get("format", "")
        if file:
            self.require(Permission.LEDGER_EXPORT)
            return answer(file, code_table(rows, day), company=self.company)
        context = {
            "page_title": _("VAT codes"), "rows": rows, "day": day, "form": form or self._form(),
            "is_refused": form is not None, "kinds": CodeKind.choices,
            "kind": self.request.GET.get("kind", ""), "q": self.request.GET.get("q", ""),
            "show": self.request.GET.get("show", ""),
        }  # fmt: skip
        return render(self.request, "vat/settings/codes.html", context)

    def _is_wanted(self, row: CodeRow) -> bool:
        asked, code = self.request.GET, row.code
        words = asked.get("q", "").lower().split()
        told = f"{code.code} {code.name} {row.boxes}".lower()
        return (
            all(word in told for word in words)
            and asked.get("kind", "") in {"", code.kind}
            and {"own": code.is_own, "off": not code.active}.get(asked.get("show", ""), True)
        )


class CodePage(CompanyView):
    """``/c/{company}/vat/codes/{code}/``: what a code does, by an example; a POST changes it."""

    permission = Permission.VAT_READ
    permissions = {"POST": Permission.VAT_CHANGE}
    help_page = "vat-codes"

    def get(self, request: HttpRequest, code: str, **kwargs: Any) -> HttpResponse:
        found = self._found(code)
        return self._show(found, CodeForm(code=found))

    def post(self, request: HttpRequest, code: str, **kwargs: Any) -> HttpResponse:
        found = self._found(code)
        form = CodeForm(request.POST, code=found)
        if form.is_valid():
            told = form.cleaned_data
            try:
                change_code(
                    found, by=self.access.user, active=told["active"], names=names_in(told),
                    deductible_percent=told.get("deductible_percent"),
                )  # fmt: skip
            except DomainError as refusal:
                tell(form, refusal)
            else:
                messages.success(request, _("The VAT code is saved."))
                return redirect("vat-codes", self.company.pk)
        return refused(request, self._show(found, form))

    def _found(self, code: str) -> VatCode:
        found: VatCode = get_object_or_404(VatCode.of(self.company), code=code)
        return found

    def _show(self, code: VatCode, form: CodeForm) -> HttpResponse:
        day = read_day(self.request.GET.get("on")) or clock.today()
        boxes = form_on(day)
        context: dict[str, Any] = {"page_title": str(code), "code": code, "form": form, "day": day,
                                   "row": rows_of([code], boxes)[0]}  # fmt: skip
        try:
            context["lines"] = example(code, reader=Reader(self.company), form=boxes, day=day)
        except DomainError as refusal:
            context["no_example"] = str(refusal)
        return render(self.request, "vat/settings/code.html", context)
