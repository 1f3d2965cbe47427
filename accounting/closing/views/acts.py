"""What is entered at the end of a year: accruals, the use of the profit, texts of the notes."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from accounting.closing import accruing, appropriating
from accounting.closing.forms import AccrualForm, AppropriationForm
from accounting.closing.notes import notes_of, write_note
from accounting.closing.views.years import OfYear
from accounting.ledger.models import YearClosing
from erp.access.permissions import Permission
from erp.core import clock
from erp.core.errors import DomainError
from erp.core.money import ZERO
from erp.web.pages import id_of, refused, tell


class YearAccruals(OfYear):
    """``…/accruals/``: the accruals of a year, a new one, and undoing one."""

    permissions = {"POST": Permission.LEDGER_POST}
    help_page = "year-accruals"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return self._show(AccrualForm(company=self.company))

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        if "undo" in request.POST:
            return self._undo(request)
        form = AccrualForm(request.POST, company=self.company)
        if form.is_valid():
            try:
                made = accruing.accrue(
                    company=self.company, year=self.year(), by=self.access.user, **form.cleaned_data
                )
            except DomainError as refusal:
                tell(form, refusal)
            else:
                told = {"entry": made.entry.number, "back": made.reversal.number}
                messages.success(request, _("Posted with entry %(entry)s, and reversed with %(back)s.")
                                 % told)  # fmt: skip
                return redirect("year-accruals", self.company.pk, self.kwargs["year"])
        return refused(request, self._show(form))

    def _undo(self, request: HttpRequest) -> HttpResponse:
        self.require(Permission.LEDGER_REVERSE)
        rows = accruing.accruals_of(self.company).filter(fiscal_year=self.year())
        found = get_object_or_404(rows, pk=id_of(request.POST["undo"]))
        try:
            accruing.undo_accrual(found, by=self.access.user)
        except DomainError as refusal:
            self.tell_all(refusal)
        return redirect("year-accruals", self.company.pk, self.kwargs["year"])

    def _show(self, form: AccrualForm) -> HttpResponse:
        year = self.year()
        rows = list(accruing.accruals_of(self.company).filter(fiscal_year=year))
        context = {
            "page_title": f"{_('Accruals')} {year}", "year": year, "rows": rows, "form": form,
            "total": sum((one.amount for one in rows if not one.is_undone), ZERO),
            "closed": YearClosing.standing(self.company).filter(fiscal_year=year).exists(),
        }  # fmt: skip
        return render(self.request, "accounting/closing/accruals.html", context)


class AppropriationPage(OfYear):
    """``…/appropriation/``: how the profit is used, and undoing that."""

    permissions = {"POST": Permission.YEAR_CLOSE}
    help_page = "appropriation"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return self._show(None)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        year, here = self.year(), redirect("appropriation", self.company.pk, self.kwargs["year"])
        if "undo" in request.POST:
            try:
                appropriating.undo_appropriation(
                    company=self.company, year=year, by=self.access.user
                )
            except DomainError as refusal:
                self.tell_all(refusal)
            return here
        form = AppropriationForm(request.POST, company=self.company)
        if form.is_valid():
            try:
                appropriating.appropriate(
                    company=self.company, year=year, by=self.access.user, **form.cleaned_data
                )
            except DomainError as refusal:
                tell(form, refusal)
            else:
                messages.success(request, _("The use of the profit is kept and posted."))
                return here
        return refused(request, self._show(form))

    def _show(self, form: AppropriationForm | None) -> HttpResponse:
        year = self.year()
        used = appropriating.used_of(self.company, year)
        context: dict[str, Any] = {
            "page_title": f"{_('Appropriation of profit')} {year}", "year": year, "used": used,
            "left": used and used.available - used.used, "available": used and used.available,
        }  # fmt: skip
        try:
            found = appropriating.proposal(self.company, year)
        except DomainError as refusal:
            context["why_not"] = str(refusal)
        else:
            context["proposal"] = found
            context["available"] = found.available if used is None else used.available
            context["before"] = context["available"] - found.result
            context["form"] = form or AppropriationForm(
                company=self.company,
                initial={"decided_on": clock.today(), "statutory": found.statutory or ""},
            )
        return render(self.request, "accounting/closing/appropriation.html", context)


class AnnualNotes(OfYear):
    """``…/notes/``: the texts of the notes to the accounts."""

    permissions = {"POST": Permission.YEAR_CLOSE}
    help_page = "annual-notes"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return self._show({})

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        year = self.year()
        typed = {name.removeprefix("note-"): text for name, text in request.POST.items()
                 if name.startswith("note-") and isinstance(text, str)}  # fmt: skip
        standing = {note.code: note for note in notes_of(self.company, year)}
        try:
            for code, text in typed.items():
                note = standing.get(code)
                if note is None or text.replace("\r\n", "\n").strip() != note.text:
                    write_note(company=self.company, year=year, code=code, text=text,
                               by=self.access.user)  # fmt: skip
        except DomainError as refusal:
            self.tell_all(refusal)
            return refused(request, self._show(typed))
        messages.success(request, _("The notes are saved."))
        return redirect("annual-notes", self.company.pk, self.kwargs["year"])

    def _show(self, typed: dict[str, str]) -> HttpResponse:
        year = self.year()
        context = {
            "page_title": _("Notes to the annual accounts %s") % year, "year": year,
            "notes": [(note, typed.get(note.code, note.text)) for note in notes_of(self.company, year)],
            "closed": YearClosing.standing(self.company).filter(fiscal_year=year).exists(),
        }  # fmt: skip
        return render(self.request, "accounting/closing/notes.html", context)
