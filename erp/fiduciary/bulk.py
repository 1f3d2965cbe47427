"""The same job in many clients (Sammelaufträge): started in each by itself, watched together."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from copy import copy
from dataclasses import dataclass
from typing import Any, Final

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounting.archive.jobs import ARCHIVE
from accounting.ledger.jobs import LOCK
from accounting.statements.jobs import PRINT
from erp.access.firms.gate import FirmAccess, in_client, over_mandates, staff_of
from erp.access.firms.models import Firm, Mandate
from erp.access.models import User
from erp.companies.models import Company
from erp.core import clock
from erp.core.errors import DomainError
from erp.documents.storing import path_of, pieces_of
from erp.fiduciary.checklists import require_working
from erp.fiduciary.jobs import FIGURES, PREPARE
from erp.fiduciary.models import FirmBatch, FirmBatchPart
from erp.jobs.kinds import kind_of
from erp.jobs.models import Job
from erp.jobs.starting import KeyTaken, start

MOST: Final = 500  # clients at once
MOST_NAMED: Final = 20  # of those that are none


@dataclass(frozen=True)
class Offer:
    """Whether a kind goes up to a day, and whether it wants the second factor used minutes ago."""

    up_to: bool = False
    step_up: bool = False


#: What can be done everywhere at once; with ``step_up`` where it is so in one client, too.
OFFERED: Final[Mapping[str, Offer]] = {
    LOCK: Offer(up_to=True, step_up=True), PRINT: Offer(up_to=True), PREPARE: Offer(),
    FIGURES: Offer(), ARCHIVE: Offer(up_to=True, step_up=True),
}  # fmt: skip


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


class NotClients(DomainError):
    code = "bulk.not_clients"
    message = gettext_lazy(
        "No mandate runs with %(companies)s. Choose among the clients of the firm."
    )
    field = "companies"
    missing = True


class DayMissing(DomainError):
    code = "bulk.day_missing"
    message = gettext_lazy("Say up to which day, such as 31.12.2026.")
    field = "until"


@dataclass(frozen=True)
class PartRow:
    """A part as it stands: its client, its job or why there is none.

    What job or refusal say is blank for whoever may not know it.
    """

    company: Company
    job: Job | None
    refusal: str


def wants_fresh(kind: str) -> bool:
    """Whether a kind is started right after the second factor alone."""
    return kind in OFFERED and OFFERED[kind].step_up


def start_everywhere(
    *, firm: int, companies: Sequence[int], kind: str, user: User, key: str,
    until: dt.date | None = None,
) -> FirmBatch:  # fmt: skip
    """Start a job in each of these clients, each in a transaction of its own (Sammelauftrag).

    The rights are asked for in each client, as if the job were started there; what one refuses is
    noted and keeps none of the others. With a ``key`` that was used, the batch of then comes back,
    after it was started where it had not come to. The caller has asked for the second factor where
    the kind ``wants_fresh``. Must not run inside a transaction. Raises ``NotOffered``,
    ``NoClients``, ``NotClients``, ``DayMissing``, ``OnlyWhoWorks``, or ``KeyTaken`` for a key of another wish.
    """
    if kind not in OFFERED:
        raise NotOffered(kind=kind[:40])
    wanted = sorted(set(companies))
    if not 0 < len(wanted) <= MOST:
        raise NoClients(count=len(wanted), most=MOST)
    if OFFERED[kind].up_to and until is None:
        raise DayMissing
    arguments: dict[str, Any] = {"companies": wanted}
    if OFFERED[kind].up_to and until is not None:
        arguments["until"] = until.isoformat()
    with transaction.atomic():
        staff = staff_of(firm, user=user)
        require_working(staff)
        known = FirmBatch.unscoped.filter(firm=staff.firm, by=user, key=key[:100])
        if not known.exists():
            _require_clients(staff.firm, wanted)
        batch, _is_new = FirmBatch.unscoped.get_or_create(
            firm=staff.firm, by=user, key=key[:100],
            defaults={"kind": kind, "arguments": arguments, "at": clock.now()},
        )  # fmt: skip
    if (batch.kind, batch.arguments) != (kind, arguments):
        raise KeyTaken(key=batch.key)
    there = _begun_in(batch, user)
    for company in wanted:
        if company not in there:
            _start_in(company, batch, user)
    return batch


def _require_clients(firm: Firm, wanted: Sequence[int]) -> None:
    """Raises ``NotClients``: what was mistyped is not passed over in silence."""
    running = Mandate.unscoped.filter(firm=firm, ended_at=None, company__in=wanted)
    there = set(running.values_list("company", flat=True))
    if others := [company for company in wanted if company not in there]:
        told = ", ".join(map(str, others[:MOST_NAMED]))
        raise NotClients(companies=f"{told} …" if len(others) > MOST_NAMED else told)


def _begun_in(batch: FirmBatch, user: User) -> set[int]:
    """The clients that have their part already."""
    with transaction.atomic():
        over_mandates(batch.firm_id, user=user)
        rows = FirmBatchPart.of_firm(batch.firm_id).filter(batch=batch)
        return set(rows.values_list("company", flat=True))


def _start_in(company: int, batch: FirmBatch, user: User) -> None:
    """A job in one client, or why there is none.

    Where no mandate runs nothing is noted: the firm keeps nothing new of who is not its client.
    """
    try:
        with transaction.atomic():
            access = in_client(batch.firm_id, company, user=user)
            if not kind_of(batch.kind).is_open_to(access):
                raise PermissionDenied
            job = start(
                batch.kind, company=access.company, by=user, arguments=batch.for_each,
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
    with suppress(Http404, PermissionDenied), transaction.atomic():  # it may have ended meanwhile
        in_client(batch.firm_id, company, user=user)
        _note(batch, company, refusal=why[:300])


def _note(batch: FirmBatch, company: int, **told: Any) -> None:
    """Once: the same wish that came twice at the same moment finds what the other has noted."""
    FirmBatchPart.unscoped.get_or_create(
        batch=batch, company_id=company, defaults={"firm_id": batch.firm_id, **told}
    )


def batches_of(firm: Firm) -> Any:
    """The firm's bulk jobs, the newest first."""
    return FirmBatch.of_firm(firm).select_related("by").order_by("-pk")


def parts_of(batch: FirmBatch, access: FirmAccess) -> list[PartRow]:
    """The parts in clients that are still open, by name, with their jobs; two queries.

    What they say is for who started them, and for whoever has the kind's right in that client.
    """
    parts = {one.company_id: one for one in FirmBatchPart.of_firm(access.firm).filter(batch=batch)}
    jobs = Job.unscoped.filter(pk__in=[one.job for one in parts.values() if one.job])
    known = {one.pk: one for one in jobs.select_related("file")}
    rows = [
        PartRow(company, known.get(parts[pk].job or 0), parts[pk].refusal)
        for pk, company in access.companies.items() if pk in parts
    ]  # fmt: skip
    wanted, is_own = _rights_of(batch), batch.by_id == access.user.pk
    return [
        row if is_own or wanted <= access.rights[row.company.pk] else _silent(row) for row in rows
    ]


def _rights_of(batch: FirmBatch) -> set[str]:
    kind = kind_of(batch.kind)
    return {str(one) for one in (kind.permission, kind.also) if one is not None}


def _silent(row: PartRow) -> PartRow:
    """How far a part is, and nothing of what it came to."""
    if row.job is None:
        return PartRow(row.company, None, "")
    job = copy(row.job)
    job.message, job.error, job.file = "", "", None
    return PartRow(row.company, job, "")


def files_of(batch: FirmBatch, access: FirmAccess) -> Iterator[tuple[str, Iterator[bytes]]] | None:
    """The files of all parts, of clients in which one may have them; None where there are none.

    A file is opened when it is asked for, through its client's gate, and read piece by piece with no
    transaction open; those of clients that have left meanwhile are passed over.
    """
    wanted = _rights_of(batch)
    jobs = {
        row.company.pk: row.job.pk for row in parts_of(batch, access)
        if row.job is not None and row.job.file is not None and wanted <= access.rights[row.company.pk]
    }  # fmt: skip
    return _opened(batch, jobs, access.user) if jobs else None


def _opened(
    batch: FirmBatch, jobs: Mapping[int, int], user: User
) -> Iterator[tuple[str, Iterator[bytes]]]:
    for company, job in jobs.items():
        try:
            with transaction.atomic():
                now = in_client(batch.firm_id, company, user=user)
                if not kind_of(batch.kind).is_open_to(now):
                    continue
                file = Job.unscoped.select_related("file").get(company=company, pk=job).file
        except (Http404, PermissionDenied):
            continue
        if file is not None:
            named = f"{now.company.short_name}-{company}-{file.name}"
            yield named, pieces_of(path_of(company, file.digest))
