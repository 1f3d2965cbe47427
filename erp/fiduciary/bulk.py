"""The same job in many clients (Sammelaufträge): started in each by itself, watched together."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounting.ledger.jobs import LOCK
from accounting.statements.jobs import PRINT
from erp.access.firms.gate import FirmAccess, in_client, staff_of
from erp.access.firms.models import Firm
from erp.access.models import User
from erp.companies.models import Company
from erp.core import clock
from erp.core.errors import DomainError
from erp.documents.storing import content_of
from erp.fiduciary.checklists import require_working
from erp.fiduciary.jobs import FIGURES, PREPARE
from erp.fiduciary.models import FirmBatch, FirmBatchPart
from erp.jobs.kinds import kind_of
from erp.jobs.models import Job
from erp.jobs.starting import start

MOST: Final = 500  # clients at once
#: What can be done everywhere at once, and whether it is up to a day.
OFFERED: Final[Mapping[str, bool]] = {LOCK: True, PRINT: True, PREPARE: False, FIGURES: False}


class NotOffered(DomainError):
    code = "bulk.not_offered"
    message = gettext_lazy(
        "“%(kind)s” is nothing that can be done in many clients at once. Choose one of the list."
    )
    field = "kind"


class NoClients(DomainError):
    code = "bulk.no_clients"
    message = gettext_lazy("%(count)s clients are chosen; it takes from one to %(most)s.")
    field = "companies"


class DayMissing(DomainError):
    code = "bulk.day_missing"
    message = gettext_lazy("Say up to which day, such as 31.12.2026.")
    field = "until"


@dataclass(frozen=True)
class PartRow:
    """A part as it stands: its client, its job or why there is none."""

    company: Company
    job: Job | None
    refusal: str


def start_everywhere(
    *, firm: int, companies: Sequence[int], kind: str, user: User, key: str,
    until: dt.date | None = None,
) -> FirmBatch:  # fmt: skip
    """Start a job in each of these clients, each in a transaction of its own (Sammelauftrag).

    The rights are asked for in each client, as if the job were started there; what one refuses is
    noted and keeps none of the others. With a ``key`` that was used, the batch of then comes back.
    Must not run inside a transaction. Raises ``NotOffered``, ``NoClients``, ``DayMissing`` or
    ``OnlyWhoWorks``.
    """
    if kind not in OFFERED:
        raise NotOffered(kind=kind[:40])
    wanted = sorted(set(companies))
    if not 0 < len(wanted) <= MOST:
        raise NoClients(count=len(wanted), most=MOST)
    if OFFERED[kind] and until is None:
        raise DayMissing
    arguments = {"until": until.isoformat()} if OFFERED[kind] and until else {}
    with transaction.atomic():
        staff = staff_of(firm, user=user)
        require_working(staff)
        batch, is_new = FirmBatch.unscoped.get_or_create(
            firm=staff.firm, by=user, key=key[:100],
            defaults={"kind": kind, "arguments": arguments, "at": clock.now()},
        )  # fmt: skip
    if is_new:
        for company in wanted:
            _start_in(company, batch, user)
    return batch


def _start_in(company: int, batch: FirmBatch, user: User) -> None:
    """A job in one client, or why there is none; nothing where the mandate has ended."""
    try:
        with transaction.atomic():
            access = in_client(batch.firm_id, company, user=user)
            if not kind_of(batch.kind).is_open_to(access):
                raise PermissionDenied
            job = start(
                batch.kind, company=access.company, by=user, arguments=batch.arguments,
                key=f"batch-{batch.pk}",
            )  # fmt: skip
            _note(batch, company, job=job.pk)
    except Http404:
        return
    except PermissionDenied:
        _refused(batch, company, user, _("You lack the right to do this here."))
    except DomainError as refusal:
        _refused(batch, company, user, str(refusal))


def _refused(batch: FirmBatch, company: int, user: User, why: str) -> None:
    with transaction.atomic():
        in_client(batch.firm_id, company, user=user)
        _note(batch, company, refusal=why[:300])


def _note(batch: FirmBatch, company: int, **told: Any) -> None:
    FirmBatchPart.unscoped.create(firm_id=batch.firm_id, batch=batch, company_id=company, **told)


def batches_of(firm: Firm) -> Any:
    """The firm's bulk jobs, the newest first."""
    return FirmBatch.of_firm(firm).select_related("by").order_by("-pk")


def parts_of(batch: FirmBatch, access: FirmAccess) -> list[PartRow]:
    """The parts in clients that are still open, by name, with their jobs; two queries."""
    parts = {one.company_id: one for one in FirmBatchPart.of_firm(access.firm).filter(batch=batch)}
    jobs = Job.unscoped.filter(pk__in=[one.job for one in parts.values() if one.job])
    known = {one.pk: one for one in jobs.select_related("file")}
    return [
        PartRow(company, known.get(parts[pk].job or 0), parts[pk].refusal)
        for pk, company in access.companies.items() if pk in parts
    ]  # fmt: skip


def files_of(batch: FirmBatch, access: FirmAccess) -> bytes | None:
    """The files of all parts as a ZIP, of clients in which one may have them; None where there are none."""
    kind = kind_of(batch.kind)
    wanted = {str(one) for one in (kind.permission, kind.also) if one is not None}
    rows = [
        row for row in parts_of(batch, access)
        if row.job is not None and row.job.file is not None and wanted <= access.rights[row.company.pk]
    ]  # fmt: skip
    if not rows:
        return None
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in _named(rows):
            archive.writestr(name, content)
    return out.getvalue()


def _named(rows: Iterable[PartRow]) -> Iterator[tuple[str, bytes]]:
    for row in rows:
        file = row.job.file if row.job else None
        if file is not None:
            yield f"{row.company.short_name}-{row.company.pk}-{file.name}", content_of(file)
