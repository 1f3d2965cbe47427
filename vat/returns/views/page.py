"""The page of a return: its form, what speaks against it, and what can be done with it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounting.ledger.typed import NotADate
from erp.access.permissions import Permission
from erp.core import clock
from erp.core.errors import DomainError
from erp.documents.models import StoredFile
from erp.documents.serving import download
from erp.web.dates import read_day
from erp.web.export import MAKERS
from erp.web.pages import refused
from vat.codes.models import VatCode
from vat.returns import checks, filing, settling
from vat.returns.addressing import compared, computed_of
from vat.returns.computing import Computed
from vat.returns.entries import journal_rows
from vat.returns.freezing import digest, frozen
from vat.returns.jobs import MOST_IN_PARTS, print_in_parts
from vat.returns.journal import journal_file
from vat.returns.models import TaxOffice, VatReturn
from vat.returns.queries import Row
from vat.returns.showing import sections
from vat.returns.views.base import ReturnsView

State = VatReturn.State
#: Rows of a journal that somebody waits for: some seconds.
PRINTED_AT_ONCE: Final = 400


class ReturnPage(ReturnsView):
    """``/c/{company}/vat/returns/{key}/``: the form, each box with its codes, and the way to filing."""

    help_page = "vat-return"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return self.show()

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        act = _ACTS.get(request.POST.get("do", ""))
        if act is None:
            raise Http404
        try:
            return act(self, request)
        except DomainError as refusal:
            self.tell_all(refusal)
            return refused(request, self.show())

    def begin(self, request: HttpRequest) -> HttpResponse:
        start = self.row().period.start
        return self.there(filing.begin(company=self.company, start=start, by=self.access.user))

    def note(self, request: HttpRequest) -> HttpResponse:
        told = request.POST.get("note_280", "")
        return self.there(filing.note(self.stored(), note_280=told, by=self.access.user))

    def check(self, request: HttpRequest) -> HttpResponse:
        accepted = request.POST.getlist("accepted")
        one = filing.check(self.stored(), by=self.access.user, accepted=accepted)
        messages.success(request, _("The return is checked. It can be filed."))
        return self.there(one)

    def settle(self, request: HttpRequest) -> HttpResponse:
        one, day = self.stored(), read_day(request.POST.get("date"))
        if day is None:
            raise NotADate(value=request.POST.get("date", "")[:20])
        entry = settling.settle(
            one, date=day, by=self.access.user,
            reference="".join(request.POST.get("reference", "").split()),
        )  # fmt: skip
        messages.success(request, _("The return is posted by entry %s.") % entry.number)
        return self.there(one)

    def unsettle(self, request: HttpRequest) -> HttpResponse:
        one, day = self.stored(), read_day(request.POST.get("date"))
        if day is None:
            raise NotADate(value=request.POST.get("date", "")[:20])
        entry = settling.unsettle(one, date=day, by=self.access.user)
        messages.success(request, _("Entry %s undoes the posting.") % entry.number)
        return self.there(one)

    def correct(self, request: HttpRequest) -> HttpResponse:
        return self.there(filing.begin_correction(self.stored(), by=self.access.user))

    def discard(self, request: HttpRequest) -> HttpResponse:
        filing.discard(self.stored(), by=self.access.user)
        messages.success(request, _("The return is discarded."))
        return redirect("vat-returns", self.company.pk)

    def show(self) -> HttpResponse:
        row, today = self.row(), clock.today()
        found = computed_of(self.company, row)
        kind = VatReturn.Kind(row.kind).label
        context: dict[str, Any] = {
            "page_title": _("VAT %(period)s") % {"period": row.period.name},
            "row": row, "period": row.period, "one": row.stored, "kind": kind, "today": today,
            "key": row.key, "left": (row.due - today).days, "is_over": row.period.end < today,
        }  # fmt: skip
        if found is not None:
            context |= self._figures(row, found)
        return render(self.request, "vat/returns/return.html", context)

    def _figures(self, row: Row, found: Computed) -> dict[str, Any]:
        one, then = row.stored, compared(self.company, row)
        told = found.declaration
        context: dict[str, Any] = {
            "sections": sections(found, language=get_language() or "de", **then,
                                 names={code.code: code.name for code in VatCode.of(self.company)}),
            "then": then, "declaration": told, "booked": found.booked,
            "difference": found.difference, "is_minor": settling.is_minor(found),
            "claim": -told.payable, "gross": not found.scope.is_effective, "method": row.period.method,
            "rounded": told.due != sum(r.tax for r in (*told.supplies, *told.acquisitions)),
        }  # fmt: skip
        if one is not None and not one.is_filed:
            context["findings"] = checks.run(one, found)
            context["accepted"] = self.request.POST.getlist("accepted") or one.accepted
            context["is_stale"] = (
                one.state == State.CHECKED and digest(frozen(found)) != one.checked_digest
            )
        elif one is not None and not one.is_settled:
            context["set_off"] = settling.set_off(one)
            context["office"] = TaxOffice.of(self.company).select_related("contact").first()
        return context


_ACTS: Final[dict[str, Callable[[ReturnPage, HttpRequest], HttpResponse]]] = {
    "begin": ReturnPage.begin, "note": ReturnPage.note, "check": ReturnPage.check,
    "settle": ReturnPage.settle, "unsettle": ReturnPage.unsettle, "correct": ReturnPage.correct,
    "discard": ReturnPage.discard,
}  # fmt: skip


class FileReturn(ReturnsView):
    """``…/{key}/file/``: frozen for good; the second factor is asked for."""

    step_up = frozenset({"POST"})
    http_method_names = ["post"]
    help_page = "vat-return"

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        try:
            one = filing.file(self.stored(), by=self.access.user, today=clock.today())
        except DomainError as refusal:
            self.tell_all(refusal)
            page = ReturnPage()
            page.setup(request, **self.kwargs)
            page.access, page.company = self.access, self.company
            return refused(request, page.show())
        messages.success(
            request, _("The return is filed here. Upload its file to the tax office’s portal.")
        )
        return self.there(one)


class ReturnFile(ReturnsView):
    """``…/{key}/xml/`` and ``…/pdf/``: as they were filed, byte by byte."""

    permissions = {}
    what = ""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        file: StoredFile | None = getattr(self.stored(), self.what)
        if file is None:
            raise Http404
        return download(file)


class Journal(ReturnsView):
    """``…/{key}/journal/?format=pdf|xlsx|csv``: all that counts, by box and code.

    A long one is printed in the background, once somebody says so.
    """

    permission = Permission.VAT_READ
    permissions = {}
    help_page = "vat-return"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        row, form = self.row(), request.GET.get("format", "")
        self.require(Permission.LEDGER_EXPORT)
        found = computed_of(self.company, row)
        if form not in MAKERS or found is None:
            raise Http404
        rows = journal_rows(found)
        if form == "pdf" and PRINTED_AT_ONCE < len(rows) <= MOST_IN_PARTS:
            context = {"page_title": _("VAT journal"), "rows": len(rows), "key": row.key,
                       "period": row.period}  # fmt: skip
            return render(request, "vat/returns/print_journal.html", context)
        try:
            made, content_type, name = journal_file(
                form, rows, company=self.company, method=row.period.method,
                start=row.period.start, end=row.period.end,
            )  # fmt: skip
        except DomainError as refusal:
            self.tell_all(refusal)
            return redirect("vat-return", self.company.pk, row.key)
        response = HttpResponse(made, content_type=content_type)
        response["Content-Disposition"] = f'attachment; filename="{name}"'
        return response

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Print it in the background."""
        row = self.row()
        self.require(Permission.LEDGER_EXPORT)
        job = print_in_parts(company=self.company, key=row.key, by=self.access.user)
        return redirect("job", self.company.pk, job.pk)
