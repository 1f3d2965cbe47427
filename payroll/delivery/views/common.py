"""What pages of delivery have in common."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from erp.access.permissions import Permission
from erp.companies.models import Company
from erp.core.errors import DomainError
from erp.jobs.models import Job
from erp.web.pages import CompanyView, id_of, refused
from payroll.delivery import handing
from payroll.delivery.handing import Row

PAGE: Final = 100


class DeliveriesPage(CompanyView):
    """Who gets wage papers how, and what became of them; a POST delivers what is due, or one once more."""

    permissions = {"POST": Permission.PAYROLL_EXPORT}
    step_up = frozenset({"POST"})
    help_page = "payroll-delivery"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return self.log()

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        link = portal_address(request, self.company)
        try:
            if again := request.POST.get("again"):
                self.deliver_again(id_of(again), link)
                messages.success(request, _("Delivered once more."))
            else:
                self.begin(link)
        except DomainError as refusal:
            self.tell_all(refusal)
            return refused(request, self.log())
        return self.home()

    def logged(self, rows: Sequence[Row]) -> dict[str, Any]:
        """A page of the log, and the counts of all of it."""
        page = Paginator(rows, PAGE).get_page(self.request.GET.get("page"))
        return {"page": page, "rows": page.object_list, "counts": handing.counts(rows)}

    def log(self) -> HttpResponse:
        raise NotImplementedError

    def home(self) -> HttpResponse:
        raise NotImplementedError

    def begin(self, link: str) -> None:
        raise NotImplementedError

    def deliver_again(self, record: int, link: str) -> None:
        """Deliver the paper with this id once more; a 404 where the page has none such."""
        raise NotImplementedError


def portal_address(request: HttpRequest, company: Company) -> str:
    """The address of “My wage”, as mails name it: of the host asked for, which is one of ours."""
    return request.build_absolute_uri(reverse("my-wage", args=[company.pk]))


def job_context(company: Company, kind: str, **arguments: Any) -> dict[str, Any]:
    """The newest job of a kind with these arguments that is not over, as its component wants it."""
    asked = {f"arguments__{name}": value for name, value in arguments.items()}
    rows = Job.of_place(company.pk).filter(kind=kind, finished_at=None, **asked)
    job = rows.order_by("-pk").first()
    if job is None:
        return {"job": None}
    where = [company.pk, job.pk]
    return {"job": job, "urls": {name: reverse(f"job-{name}", args=where)
                                 for name in ("progress", "file", "cancel")}}  # fmt: skip
