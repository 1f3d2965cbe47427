"""What pages of delivery have in common."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from erp.companies.models import Company
from erp.jobs.models import Job


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
