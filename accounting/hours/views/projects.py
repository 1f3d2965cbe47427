"""Projects, their rates, and billing their hours."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from accounting.hours import billing, projects, queries, rates
from accounting.hours.forms import BillForm, ProjectForm, RateForm
from accounting.hours.models import HourRate, Project
from accounting.receivables.models import SalesDocument
from erp.access.permissions import Permission
from erp.core import clock
from erp.core.errors import DomainError
from erp.web.pages import CompanyView, id_of, refused, tell


class Projects(CompanyView):
    """``/c/{company}/hours/projects/``: how far projects are; a POST adds one."""

    permission = Permission.HOURS_READ
    permissions = {"POST": Permission.HOURS_SETTINGS}
    help_page = "projects"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return self._show(ProjectForm(project=Project(company=self.company)))

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        form = ProjectForm(request.POST, project=Project(company=self.company))
        if form.is_valid():
            try:
                made = projects.save_project(form.applied(), by=self.access.user)
            except DomainError as refusal:
                tell(form, refusal)
            else:
                return redirect("project", self.company.pk, made.pk)
        return refused(request, self._show(form))

    def _show(self, form: ProjectForm) -> HttpResponse:
        closed = self.request.GET.get("closed") == "1"
        rows = list(queries.projects(self.company, closed=None if closed else False))
        context = {"page_title": _("Projects"), "form": form, "closed": closed,
                   "rows": queries.standings(self.company, rows)}  # fmt: skip
        return render(self.request, "accounting/hours/projects.html", context)


class ProjectPage(CompanyView):
    """``/c/{company}/hours/projects/{project}/``: how far a project is, its rates and invoices."""

    permission = Permission.HOURS_READ
    permissions = {"POST": Permission.HOURS_SETTINGS}
    help_page = "projects"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return self._show(self._found(), None)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        project = self._found()
        if request.POST.get("do") == "delete":
            projects.delete_project(project, by=self.access.user)
            messages.success(request, _("The project %s is deleted.") % project)
            return redirect("projects", self.company.pk)
        form = ProjectForm(request.POST, project=project)
        if form.is_valid():
            try:
                projects.save_project(form.applied(), by=self.access.user)
            except DomainError as refusal:
                tell(form, refusal)
            else:
                messages.success(request, _("The project %s is saved.") % project)
                return redirect("project", self.company.pk, project.pk)
        return refused(request, self._show(self._found(), form))

    def _found(self) -> Project:
        rows = queries.projects(self.company)
        found: Project = get_object_or_404(rows, pk=self.kwargs["project"])
        return found

    def _show(self, project: Project, form: ProjectForm | None) -> HttpResponse:
        today = clock.today()
        invoices = SalesDocument.of(self.company).filter(
            pk__in=queries.entries(self.company, project=project.pk).values("document")
        )
        context = {
            "page_title": str(project), "project": project,
            "standing": queries.standings(self.company, [project])[0],
            "form": form or ProjectForm(project=project),
            "bill": BillForm(initial={"until": today, "date": today, "grouping": "entry"}),
            "rates": list(queries.rates_of(self.company).filter(project=project)),
            "invoices": list(invoices.order_by("-date", "-pk")[:50]),
        }  # fmt: skip
        return render(self.request, "accounting/hours/project.html", context)


class BillProject(CompanyView):
    """``/c/{company}/hours/projects/{project}/bill/``: the draft of an invoice over its hours."""

    permission = Permission.HOURS_BILL
    help_page = "projects"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        today = clock.today()
        return self._show(BillForm(initial={"until": today, "date": today, "grouping": "entry"}))

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        form = BillForm(request.POST)
        if form.is_valid():
            try:
                made = billing.bill(
                    company=self.company, project=self._found(), by=self.access.user,
                    **form.cleaned_data,
                )  # fmt: skip
            except DomainError as refusal:
                tell(form, refusal)
            else:
                messages.success(
                    request, _("The draft of the invoice is written. Look at it, then issue it.")
                )
                if self.access.may(Permission.RECEIVABLES_READ):
                    return redirect("sales-document", self.company.pk, made.pk)
                return redirect("hours-bill", self.company.pk)
        return refused(request, self._show(form))

    def _found(self) -> Project:
        rows = queries.projects(self.company)
        found: Project = get_object_or_404(rows, pk=self.kwargs["project"])
        return found

    def _show(self, form: BillForm) -> HttpResponse:
        context = {
            "page_title": _("Bill hours: %s") % self._found(), "form": form,
            "back_url": reverse("hours-bill", args=[self.company.pk]),
            "submit_label": _("Write the invoice"),
        }  # fmt: skip
        return render(self.request, "erp/components/form_page.html", context)


class ToBill(CompanyView):
    """``/c/{company}/hours/bill/``: the projects whose approved hours wait for an invoice."""

    permission = Permission.HOURS_BILL
    help_page = "projects"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        rows = queries.standings(self.company, list(queries.projects(self.company)))
        context = {"page_title": _("Bill hours"), "rows": [row for row in rows if row.waiting]}
        return render(request, "accounting/hours/bill.html", context)


class RatesPage(CompanyView):
    """``/c/{company}/hours/rates/``: what an hour costs, of whom, from when on."""

    permission = Permission.HOURS_READ
    permissions = {"POST": Permission.HOURS_SETTINGS}
    help_page = "projects"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        initial = {"valid_from": clock.today().replace(month=1, day=1),
                   "project": request.GET.get("project")}  # fmt: skip
        return self._show(RateForm(company=self.company, initial=initial))

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        if gone := request.POST.get("delete"):
            rows = HourRate.of(self.company).select_related("company", "project", "user")
            rates.delete_rate(get_object_or_404(rows, pk=id_of(gone)), by=self.access.user)
            messages.success(request, _("The rate is deleted."))
            return redirect("hour-rates", self.company.pk)
        form = RateForm(request.POST, company=self.company)
        if form.is_valid():
            try:
                rates.add_rate(company=self.company, by=self.access.user, **form.cleaned_data)
            except DomainError as refusal:
                tell(form, refusal)
            else:
                messages.success(request, _("The rate is saved."))
                return redirect("hour-rates", self.company.pk)
        return refused(request, self._show(form))

    def _show(self, form: RateForm) -> HttpResponse:
        context = {"page_title": _("Hourly rates"), "form": form,
                   "rows": list(queries.rates_of(self.company)[:2000])}  # fmt: skip
        return render(self.request, "accounting/hours/rates.html", context)
