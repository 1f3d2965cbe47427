"""Certificates: all of a year, one with what is typed for it, papers, the export, and who signs."""

from __future__ import annotations

import datetime as dt
from typing import Any, ClassVar

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from erp.access.permissions import Permission
from erp.core import clock
from erp.core.errors import DomainError
from erp.documents import joining
from erp.jobs.models import Job
from erp.jobs.starting import start
from erp.web.export import as_file
from erp.web.pages import refused, tell
from payroll.declarations import elm, issuing, jobs, noting, papers
from payroll.declarations.forms import DeclarationSettingsForm, NotesForm, typed
from payroll.declarations.listing import without_barcode
from payroll.declarations.models import IssuedCertificate
from payroll.declarations.preparing import prepared
from payroll.declarations.views.common import FileView, YearView
from payroll.employees.models import Employee


class YearPage(YearView):
    """``…/payroll/year/{year}/``: all people with their certificates; a POST issues what is due."""

    permissions = {"POST": Permission.PAYROLL_EXPORT}
    step_up = frozenset({"POST"})

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        rows = prepared(self.company, self.year)
        self.note(len(rows))
        found = job_of(self.company.pk, self.year)
        context: dict[str, Any] = {
            "rows": rows, "due": sum(one.is_due and not one.missing for one in rows),
            "issued": sum(one.issued is not None for one in rows), "job": found,
            "barcode": without_barcode(),
            "page_title": _("Payroll year %(year)s") % {"year": self.year},
        }  # fmt: skip
        if found is not None:
            where = [self.company.pk, found.pk]
            context["urls"] = {name: reverse(f"job-{name}", args=where)
                               for name in ("progress", "file", "cancel")}  # fmt: skip
        return self.show(request, "year.html", "people", **context)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        start(jobs.CERTIFICATES, company=self.company, by=self.access.user,
              arguments={"year": self.year})  # fmt: skip
        return redirect("payroll-year", self.company.pk, self.year)


def job_of(company: int, year: int) -> Job | None:
    """The newest job of a year's certificates that is not over."""
    rows = Job.of_place(company).filter(
        kind=jobs.CERTIFICATES, arguments__year=year, finished_at=None
    )
    found: Job | None = rows.order_by("-pk").first()
    return found


class CertificatePage(YearView):
    """``…/payroll/year/{year}/certificates/{employee}/``: boxes, remarks, and what is typed for them."""

    permissions = {"POST": Permission.PAYROLL_PEOPLE}

    def employee(self) -> Employee:
        found: Employee = get_object_or_404(
            Employee.of(self.company).select_related("company"), pk=self.kwargs["employee"]
        )
        return found

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        notes, version = noting.notes_of(self.employee(), self.year)
        return self._show(request, NotesForm(initial=typed(notes, version)))

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        form = NotesForm(request.POST)
        if not form.is_valid():
            return refused(request, self._show(request, form))
        try:
            noting.save_notes(self.employee(), year=self.year, notes=form.notes(),
                              by=self.access.user, version=form.cleaned_data["version"])  # fmt: skip
        except DomainError as refusal:
            tell(form, refusal)
            return refused(request, self._show(request, form))
        messages.success(request, _("Saved."))
        return redirect(request.path)

    def _show(self, request: HttpRequest, form: NotesForm) -> HttpResponse:
        employee = self.employee()
        rows = prepared(self.company, self.year, only=[employee.pk])
        if not rows:
            raise Http404
        self.note_one()
        issued = IssuedCertificate.of(self.company).filter(employee=employee, year=self.year)
        return self.show(
            request, "certificate.html", "people", form=form, employee=employee,
            certificates=[(one, papers.context_of(one.draft)) for one in rows],
            issued=issued.defer("paper").select_related("issued_by").order_by("nth", "-version"),
            barcode=without_barcode(),
            page_title=_("Wage certificate %(name)s") % {"name": rows[0].person.file.name},
        )  # fmt: skip


class IssueOne(YearView):
    """``…/certificates/{employee}/issue/``: issues one person's certificates, or replaces them."""

    permission = Permission.PAYROLL_EXPORT
    step_up = frozenset({"POST"})
    http_method_names = ["post"]

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        employee = get_object_or_404(Employee.of(self.company), pk=kwargs["employee"])
        back = redirect("payroll-certificate", self.company.pk, self.year, employee.pk)
        try:
            made = issuing.issue(company=self.company, year=self.year, only=[employee.pk],
                                 by=self.access.user)  # fmt: skip
        except DomainError as refusal:
            self.tell_all(refusal)
            return back
        messages.success(request, _("The certificate is issued.") if made else
                         _("The issued certificate is still right."))  # fmt: skip
        return back


class Preview(FileView):
    """``…/certificates/{employee}/preview/``: the PDF as it would be issued today; nothing is kept."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        rows = prepared(self.company, self.year, only=[kwargs["employee"]])
        if not rows:
            raise Http404
        self.note_one(kind="export")
        made = joining.joined(papers.pdf_of(issuing.final(one)) for one in rows)
        return as_file(made, "application/pdf", papers.file_name(rows[0].draft))


class Paper(FileView):
    """``…/certificates/{employee}/paper/{file}/``: a certificate byte by byte as it was issued."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        row = get_object_or_404(IssuedCertificate.of(self.company), pk=kwargs["file"],
                                employee=kwargs["employee"], year=self.year)  # fmt: skip
        self.note_one(kind="export")
        return as_file(issuing.paper_of(row), "application/pdf", papers.file_name(row.content))


class AllPapers(FileView):
    """``…/payroll/year/{year}/certificates/``: the valid certificates of all people as one PDF."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        rows = issuing.current(self.company, self.year)
        if not rows:
            messages.error(request, str(joining.NothingToPrint()))
            return redirect("payroll-year", self.company.pk, self.year)
        self.note(len(rows), kind="export")
        made = joining.joined(issuing.paper_of(row) for row in rows)
        name = f"{self.company.short_name}-{self.year}-certificates.pdf"
        return as_file(made, "application/pdf", name)


class Settings(YearView):
    """``/c/{company}/payroll/year/settings/``: who signs, and by what rule expenses are paid."""

    permissions = {"POST": Permission.PAYROLL_SETTINGS}

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return self._form(
            request, DeclarationSettingsForm(instance=noting.settings_of(self.company))
        )

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        form = DeclarationSettingsForm(request.POST, instance=noting.settings_of(self.company))
        if not form.is_valid():
            return refused(request, self._form(request, form))
        try:
            noting.change_settings(company=self.company, by=self.access.user, **form.cleaned_data)
        except DomainError as refusal:
            tell(form, refusal)
            return refused(request, self._form(request, form))
        messages.success(request, _("Saved."))
        return redirect("payroll-year-home", self.company.pk)

    def _form(self, request: HttpRequest, form: DeclarationSettingsForm) -> HttpResponse:
        return render(request, "erp/components/form_page.html", {
            "page_title": _("Settings of declarations"), "form": form,
            "back_url": reverse("payroll-year-home", args=[self.company.pk]),
            "read_only": not self.access.may(Permission.PAYROLL_SETTINGS),
        })  # fmt: skip


class ElmFile(FileView):
    """A file in the structure of ELM 5.0, without certification; what it lacks is told on ``home``."""

    help_page = "payroll-elm"
    home: ClassVar[tuple[str, ...]] = ("payroll-year",)

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        try:
            content, count, name = self.made(clock.now().astimezone(clock.ZURICH))
        except DomainError as refusal:
            self.tell_all(refusal)
            where, *more = self.home
            return redirect(where, self.company.pk, self.year, *more)
        self.note(count, kind="export")
        return as_file(content, "application/xml", f"{self.company.short_name}-{name}.xml")

    def made(self, at: dt.datetime) -> tuple[bytes, int, str]:
        """The file, how many people are in it, and what it is called after the company."""
        raise NotImplementedError

    @property
    def month(self) -> dt.date:
        """The month of the address; a 404 where there is none."""
        try:
            return dt.date(self.year, self.kwargs["month"], 1)
        except ValueError:
            raise Http404 from None


class Elm(ElmFile):
    """``…/payroll/year/{year}/elm/``: the year."""

    def made(self, at: dt.datetime) -> tuple[bytes, int, str]:
        made = elm.declaration_of(self.company, self.year, at=at)
        return elm.written(made), len(made.people), f"{self.year}-elm5-export"


class ElmSurvey(ElmFile):
    """``…/payroll/year/{year}/elm/survey/{month}/``: the survey of wages; ``agreement`` is in the query."""

    def made(self, at: dt.datetime) -> tuple[bytes, int, str]:
        agreement = self.request.GET.get("agreement", elm.AGREEMENTS[0])
        made = elm.survey_of(self.company, self.month, at=at, agreement=agreement)
        people = made.declaration.people
        return elm.written_survey(made), len(people), f"{self.month:%Y-%m}-elm5-survey-export"


class ElmOfMonth(ElmFile):
    """``…/payroll/year/{year}/elm/{month}/``: a month's withholding tax."""

    home = ("payroll-list", "tax")

    def made(self, at: dt.datetime) -> tuple[bytes, int, str]:
        made = elm.message_of(self.company, self.month, at=at)
        people = made.declaration.people
        return elm.written_month(made), len(people), f"{self.month:%Y-%m}-elm5-tax-export"
