"""Wage certificates reach people (Lohnausweise zustellen): the valid ones of a year, each once."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Final

from django.db import transaction
from django.utils.translation import gettext_lazy

from erp.access.models import User
from erp.access.permissions import Permission
from erp.access.tokens.bearing import Bearer
from erp.companies.models import Company
from erp.documents import joining
from erp.jobs.kinds import Cursor, Done, Next, Running, job
from erp.jobs.models import Job
from erp.jobs.starting import start
from payroll.declarations import issuing, papers
from payroll.declarations.models import IssuedCertificate
from payroll.delivery import handing, working
from payroll.delivery.handing import CERTIFICATE, Paper, Row
from payroll.delivery.models import Delivery
from payroll.delivery.refusals import NothingToDeliver

DELIVER: Final = "payroll.deliver_certificates"


def log_of(company: Company, year: int) -> list[Row]:
    """Who gets a certificate of a year, how, and what became of it, by name. Six queries."""
    return handing.log_of(company, CERTIFICATE, issuing.current_ids(company, year))


@transaction.atomic
def begin(company: Company, year: int, *, by: User, link: str, within: Bearer | None = None) -> Job:
    """Let the valid certificates of a year go out in the background. Raises ``NothingToDeliver``."""
    if not _due(company, year):
        raise NothingToDeliver
    return start(DELIVER, company=company, by=by, within=within,
                 arguments={"year": year, "link": link})  # fmt: skip


@job(
    DELIVER, title=gettext_lazy("Deliver wage certificates"), permission=Permission.PAYROLL_EXPORT,
    also=Permission.PAYROLL_READ,
)  # fmt: skip
def deliver_many(job: Running, cursor: Cursor) -> Next | Done:
    """Deliver the valid certificates of the year ``year`` that did not go out yet."""
    year: int = job.arguments["year"]
    return working.step(
        job, cursor, subject=None,
        due=partial(_due, job.company, year), papers=partial(_held, job.company),
    )  # fmt: skip


@transaction.atomic
def deliver_again(row: IssuedCertificate, *, by: User, link: str) -> Delivery:
    """Let one certificate go out once more. Raises what ``handing.hand_over`` raises."""
    (paper,) = _held(row.company, [row.pk])
    made = handing.hand_over(row.company, paper, by=by, link=link, again=True)
    assert made is not None
    handing.record_delivery(row.company, by, subject=row.employee, **{made.way: 1})
    return made


def printed(company: Company, year: int) -> tuple[bytes, int]:
    """The certificates of those who get them on paper as one PDF, by name; and how many they are.

    Raises ``NothingToPrint``.
    """
    on_paper = [row.record for row in log_of(company, year) if row.is_on_paper]
    found = IssuedCertificate.of(company).filter(pk__in=on_paper).defer("content").in_bulk()
    return joining.joined(issuing.paper_of(found[pk]) for pk in on_paper), len(on_paper)


def fetched(company: Company, ids: Sequence[int]) -> list[tuple[str, bytes]]:
    """Names and bytes of certificates, for an archive."""
    rows = IssuedCertificate.of(company).filter(pk__in=ids).in_bulk()
    return [(papers.file_name(rows[pk].content), issuing.paper_of(rows[pk])) for pk in ids]


def _due(company: Company, year: int) -> list[int]:
    every = [pk for pk, _employee in issuing.current_ids(company, year)]
    before = handing.delivered(company, CERTIFICATE, every)
    return [pk for pk in every if pk not in before]


def _held(company: Company, ids: Sequence[int]) -> list[Paper]:
    """These certificates, held, as papers to be delivered."""
    rows = IssuedCertificate.of(company).filter(pk__in=ids).order_by("pk")
    return [
        Paper(CERTIFICATE, row.pk, row.employee_id, str(row.year), papers.file_name(row.content),
              partial(_content, row))
        for row in rows.select_for_update(of=("self",))
    ]  # fmt: skip


def _content(row: IssuedCertificate) -> bytes:
    return issuing.paper_of(row)
