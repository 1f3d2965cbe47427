"""What workers do beside the jobs: make the PDF files of documents that were issued."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from functools import partial
from typing import Any, Final

from celery import shared_task
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from accounting.receivables import archiving
from accounting.receivables.models import SalesDocument
from erp.access.gate import NobodyToActFor, access_to, all_companies, operating
from erp.access.models import User
from erp.access.permissions import Permission
from erp.companies.models import Company, Module

HANDS: Final = 3  # tasks that look for work beside the one that asks
MOST_AT_ONCE: Final = 500
log = logging.getLogger(__name__)


def archive_soon(company: Company, by: User, ids: Sequence[int]) -> None:
    """Let PDF files be made after the commit; what gets lost is made by night, or when asked for."""
    if ids:
        transaction.on_commit(partial(_send, company.pk, by.pk, list(ids), 1), robust=True)


def lend_hands(company: int, by: int, ids: Sequence[int]) -> None:
    """Ask idle workers to help with PDF files that are being made."""
    _send(company, by, list(ids), HANDS)


def _send(company: int, by: int, ids: list[int], times: int) -> None:
    try:
        for _nth in range(times):
            archive_some.delay(company_id=company, user_id=by, documents=ids)
    except (OperationalError, RedisError, OSError) as error:
        log.warning("the queue is away, PDF files wait: %s", type(error).__name__)


@shared_task(name="receivables.archive_some")
def archive_some(*, company_id: int, user_id: int, documents: list[int], **_later: Any) -> int:
    """Make the PDF files that are missing, one in a transaction; how many were made here."""
    user, made = User.objects.get(pk=user_id), 0
    while True:
        try:
            with transaction.atomic():
                access = access_to(company_id, user=user)
                access.require(Permission.RECEIVABLES_READ)
                document = archiving.next_without_file(access.company, documents)
                if document is None:
                    return made
                archiving.archive(document, by=user)
        except (Http404, PermissionDenied):
            return made
        made += 1


@shared_task(name="receivables.archive_all")
def archive_all(**_later: Any) -> int:
    """By night: every company's documents that are still without a PDF."""
    numbers = all_companies()
    for number in numbers:
        archive_rest.delay(company_id=int(number))
    return len(numbers)


@shared_task(name="receivables.archive_rest")
def archive_rest(*, company_id: int, **_later: Any) -> int:
    """One company's documents without a PDF; how many were made. Nothing where it has debtors switched off."""
    made = 0
    try:
        while made < MOST_AT_ONCE:
            with operating(str(company_id)) as access:
                if not access.company.uses(Module.RECEIVABLES):
                    return made
                rows = SalesDocument.of(access.company).filter(
                    status=SalesDocument.Status.ISSUED, file=None)  # fmt: skip
                document = rows.select_for_update(skip_locked=True).order_by("pk").first()
                if document is None:
                    return made
                archiving.archive(document, by=access.user)
            made += 1
    except NobodyToActFor:
        pass
    return made
