"""A company's jobs, one job with its progress, what it made; and the jobs of the installation."""

from __future__ import annotations

from typing import Any, Final

from allauth.core.exceptions import ReauthenticationRequired
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import resolve, reverse
from django.utils.translation import gettext as _
from django.views.generic import View

from erp.access.gate import as_operator
from erp.access.permissions import Permission
from erp.access.sign_in.stepup import is_fresh
from erp.core.errors import DomainError
from erp.documents.serving import of_any_size
from erp.jobs import queries
from erp.jobs.kinds import kind_of, page_of
from erp.jobs.models import Job, State
from erp.jobs.starting import cancel
from erp.web.pages import CompanyView, id_of

STOP_ASKING: Final = 286  # what htmx takes as the end of asking every second
PAGE: Final = 50


class JobView(CompanyView):
    """What the pages of one job have in common."""

    permission = Permission.COMPANY_READ
    help_page = "jobs"

    def found(self, number: int) -> Job:
        if number >= 2**63:
            raise Http404
        job: Job = get_object_or_404(queries.within_reach(self.access), pk=number)
        return job

    def told(self, job: Job) -> dict[str, Any]:
        where = [self.company.pk, job.pk]
        return {
            "job": job,
            "urls": {
                name: reverse(f"job-{name}", args=where) for name in ("progress", "file", "cancel")
            }
            | {"made": self._made(job)},
            "lines": queries.lines_of(job),
            "may_cancel": queries.may_cancel(self.access, job),
            "may_take": job.file is not None and queries.may_take(self.access, job),
        }

    def _made(self, job: Job) -> str:
        """The page that shows what a job has made, if it is open to whoever looks; else blank."""
        name = page_of(job.kind)
        if job.state != State.DONE or not name:
            return ""
        address = reverse(name, args=[self.company.pk])
        needs = resolve(address).func.view_class.needs("GET")  # type: ignore[attr-defined]
        return address if self.access.may(needs) else ""


class Jobs(JobView):
    """``/c/{company}/jobs/``: newest first, paged by key."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        told = request.GET
        everybody = self.access.may(Permission.JOBS_READ)
        mine = self.access.user if everybody and told.get("who") == "me" else None
        jobs = queries.filtered(
            queries.within_reach(self.access), state=told.get("state", "")[:9],
            kind=told.get("kind", "")[:60], mine=mine,
        )  # fmt: skip
        if told.get("after"):
            jobs = jobs.filter(pk__lt=id_of(told["after"]))
        rows = list(jobs[: PAGE + 1])
        context = {
            "page_title": _("Jobs"), "rows": rows[:PAGE], "states": State.choices,
            "kinds": queries.kinds_among(self.access), "everybody": everybody,
            "after": rows[PAGE - 1].pk if len(rows) > PAGE else None,
        }  # fmt: skip
        return render(request, "erp/jobs.html", context)


class JobPage(JobView):
    """``/c/{company}/jobs/{job}/``: how far it is, what it did, what came of it."""

    def get(self, request: HttpRequest, job: int, **kwargs: Any) -> HttpResponse:
        found = self.found(job)
        return render(request, "erp/job.html", {"page_title": found.title, **self.told(found)})


class JobProgress(JobView):
    """``/c/{company}/jobs/{job}/progress/``: the part that a page asks for every second."""

    def get(self, request: HttpRequest, job: int, **kwargs: Any) -> HttpResponse:
        found = self.found(job)
        answer = render(
            request, "erp/components/job_body.html", {**self.told(found), "asked": True}
        )
        answer.status_code = 200 if found.is_open else STOP_ASKING
        return answer


class CancelJob(JobView):
    """``/c/{company}/jobs/{job}/cancel/``"""

    def post(self, request: HttpRequest, job: int, **kwargs: Any) -> HttpResponse:
        found = self.found(job)
        if not queries.may_cancel(self.access, found):
            self.require(Permission.JOBS_CANCEL)
        try:
            cancel(found, by=self.access.user)
        except DomainError as refusal:
            messages.error(request, str(refusal))
        return redirect("job", self.company.pk, job)


class JobFile(JobView):
    """``/c/{company}/jobs/{job}/file/``: what it made, for those who might have made it."""

    def get(self, request: HttpRequest, job: int, **kwargs: Any) -> HttpResponseBase:
        found = self.found(job)
        if found.file is None:
            raise Http404
        kind = kind_of(found.kind)
        if not kind.is_open_to(self.access):
            raise PermissionDenied
        if kind.step_up and not is_fresh(request.session):
            raise ReauthenticationRequired
        return of_any_size(found.file)


class OfInstallation(View):
    """Pages of what runs for no company in particular; for operators."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        with transaction.atomic():
            as_operator(request.user)  # type: ignore[arg-type]
            return super().dispatch(request, *args, **kwargs)

    def found(self, number: int) -> Job:
        if number >= 2**63:
            raise Http404
        job: Job = get_object_or_404(queries.of_installation(), pk=number)
        return job


class InstallationJobs(OfInstallation):
    """``/jobs/``: newest first."""

    def get(self, request: HttpRequest) -> HttpResponse:
        context = {"page_title": _("Jobs of the installation"), "help_page": "jobs",
                   "rows": list(queries.of_installation()[:PAGE])}  # fmt: skip
        return render(request, "erp/installation_jobs.html", context)


class InstallationJob(OfInstallation):
    """``/jobs/{job}/``: how far one is, and its end before its time."""

    def get(self, request: HttpRequest, job: int) -> HttpResponse:
        found = self.found(job)
        context = {"page_title": found.title, "help_page": "jobs", **told(found)}
        return render(request, "erp/installation_job.html", context)

    def post(self, request: HttpRequest, job: int) -> HttpResponse:
        """Cancel it."""
        found = self.found(job)
        try:
            cancel(found, by=request.user)  # type: ignore[arg-type]
        except DomainError as refusal:
            messages.error(request, str(refusal))
        return redirect("installation-job", job)


class InstallationJobProgress(OfInstallation):
    """``/jobs/{job}/progress/``: the part that a page asks for every second."""

    def get(self, request: HttpRequest, job: int) -> HttpResponse:
        found = self.found(job)
        answer = render(request, "erp/components/job_body.html", {**told(found), "asked": True})
        answer.status_code = 200 if found.is_open else STOP_ASKING
        return answer


def told(job: Job) -> dict[str, Any]:
    """What a page shows of a job of the installation."""
    return {
        "job": job, "lines": queries.lines_of(job), "may_cancel": True,
        "urls": {"progress": reverse("installation-job-progress", args=[job.pk]),
                 "cancel": reverse("installation-job", args=[job.pk])},
    }  # fmt: skip
