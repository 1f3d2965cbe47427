"""Questions about jobs: whose somebody sees, and what became of them."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from erp.access.gate import Access
from erp.access.models import User
from erp.access.permissions import Permission
from erp.jobs.kinds import kind_of, open_to, title_of
from erp.jobs.models import Job, JobLine, State


def within_reach(access: Access) -> QuerySet[Job]:
    """The jobs of a company that somebody may see, with who started them, newest first.

    One's own; of others by right, and of these only such as one might have started: a list of wages
    is no secret lifted by being made in the background.
    """
    jobs = Job.of(access.company).select_related("by", "file").order_by("-pk")
    if access.may(Permission.JOBS_READ):
        return jobs.filter(Q(by=access.user) | Q(kind__in=open_to(access)))
    return jobs.filter(by=access.user)


def filtered(
    jobs: QuerySet[Job], *, state: str = "", kind: str = "", mine: User | None = None
) -> QuerySet[Job]:
    """Jobs in a state (``open`` for both that are not over), of a kind, or of one person."""
    if state == "open":
        jobs = jobs.filter(state__in=[State.WAITING, State.RUNNING])
    elif state:
        jobs = jobs.filter(state=state)
    if kind:
        jobs = jobs.filter(kind=kind)
    return jobs.filter(by=mine) if mine is not None else jobs


def kinds_among(access: Access) -> list[tuple[str, str]]:
    """The kinds of a company's jobs that somebody sees, by what they are called."""
    names = within_reach(access).order_by().values_list("kind", flat=True).distinct()
    return sorted(((name, title_of(name)) for name in names), key=lambda kind: kind[1])


def lines_of(job: Job) -> list[JobLine]:
    """The whole log, oldest first; it has a limit."""
    return list(JobLine.of_place(job.company_id).filter(job=job).order_by("pk"))


def may_cancel(access: Access, job: Job) -> bool:
    return job.by_id == access.user.pk or access.may(Permission.JOBS_CANCEL)


def may_take(access: Access, job: Job) -> bool:
    """Whether somebody may have what a job has made: as if they had made it themselves, now."""
    return access.may(kind_of(job.kind).permission)


def of_installation() -> QuerySet[Job]:
    """The installation's jobs, newest first; operators alone see them."""
    return Job.of_place(None).select_related("by").order_by("-pk")
