"""Documentations that are kept (aufbewahrt): made when a year is closed, or when somebody wants one.

What is kept holds all but wages; who may have it must be allowed to see all that. The audit trail is the list.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from django.db import transaction
from django.http import Http404

from accounting.ledger.models import FiscalYear
from accounting.procedure.composing import compose
from accounting.procedure.happened import modules_ever
from accounting.procedure.paper import file_name, printed
from erp.access.models import User
from erp.access.permissions import Permission
from erp.audit import trail
from erp.audit.models import AuditEvent
from erp.companies.models import Company
from erp.core import clock
from erp.documents import storing
from erp.documents.models import StoredFile

KEPT: Final = "procedure.keep"  # what the trail calls it
#: What a documentation that is kept tells of; nothing of people's wages.
TOLD: Final = frozenset({
    Permission.COMPANY_READ, Permission.MEMBERS_READ, Permission.AUDIT_READ, Permission.WEBHOOKS_READ,
    Permission.LEDGER_READ, Permission.BANKING_READ, Permission.CASH_READ, Permission.PAYMENTS_READ,
    Permission.OPEN_ITEMS_READ, Permission.RECEIVABLES_READ, Permission.PAYABLES_READ,
    Permission.VAT_READ, Permission.ASSETS_READ, Permission.CONTACTS_READ,
})  # fmt: skip


@dataclass(frozen=True)
class Kept:
    """A documentation that was kept, as the trail tells of it; ``digest`` is that of what it says."""

    file: StoredFile
    year: int
    at: dt.datetime
    by: str
    language: str
    digest: str


@transaction.atomic
def keep(company: Company, year: FiscalYear, *, by: User, in_turn: bool = False) -> Kept:
    """Make the documentation of a year in the company's language, and keep it for good (GeBüV Art. 4 para. 2).

    Raises as ``printed``, and waits ``in_turn`` as it does.
    """
    at = clock.now()
    made = compose(company, year, language=company.language, granted=TOLD, at=at)
    file = storing.store(
        company=company, name=file_name(made), content=printed(made, in_turn=in_turn), by=by
    )
    trail.record(company=company, by=by, action=KEPT, subject=year, details={
        "name": year.name, "sha256": file.digest, "language": made.language,
        "digest": made.digest,
    })  # fmt: skip
    return Kept(file, year.pk, at, str(by), made.language, made.digest)


def kept_of(company: Company, year: FiscalYear | None = None) -> list[Kept]:
    """Those that were kept, of a year or of all, the newest first; two queries."""
    events = AuditEvent.of(company).filter(action=KEPT, subject=FiscalYear._meta.model_name)
    if year is not None:
        events = events.filter(subject_id=year.pk)
    rows = list(events.select_related("by").order_by("-pk"))
    digests = [row.details["sha256"] for row in rows]
    files = {file.digest: file for file in StoredFile.of(company).filter(digest__in=digests)}
    return [
        Kept(files[row.details["sha256"]], row.subject_id or 0, row.at, str(row.by),
             row.details["language"], row.details["digest"])
        for row in rows if row.details["sha256"] in files
    ]  # fmt: skip


def lacking(company: Company, holds: Callable[[Permission], bool]) -> list[Permission]:
    """The rights that somebody lacks for what is kept.

    Those of modules that are off are asked for as well, since it may be from when they were on; those of
    modules that never were on are not. One query.
    """
    ever = modules_ever(company)
    return [
        right for right in Permission
        if right in TOLD and (right.module is None or right.module in ever) and not holds(right)
    ]  # fmt: skip


def kept_file(company: Company, pk: int) -> StoredFile:
    """The file of one that is kept; what is none is a 404."""
    found = next((one.file for one in kept_of(company) if one.file.pk == pk), None)
    if found is None:
        raise Http404
    return found
