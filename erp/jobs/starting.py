"""Starting and cancelling jobs (Aufträge erteilen und abbrechen)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from erp.access.models import User
from erp.access.tokens.bearing import Bearer
from erp.audit import trail
from erp.companies.models import Company
from erp.core import clock
from erp.core.errors import DomainError
from erp.jobs.kinds import kind_of
from erp.jobs.models import Job, State
from erp.jobs.sending import send_now


class KeyTaken(DomainError):
    code = "jobs.key_taken"
    message = _("A job with the key %(key)s was started for something else. Choose another key.")
    field = "key"


class JobIsOver(DomainError):
    code = "jobs.is_over"
    message = _("The job is %(state)s already; there is nothing left to cancel.")
    conflict = True


@transaction.atomic
def start(
    kind: str, *, company: Company | None, by: User | None, arguments: Mapping[str, Any],
    key: str = "", within: Bearer | None = None,
) -> Job:  # fmt: skip
    """Let work be done in the background (Auftrag erteilen); it begins after the commit.

    ``arguments`` are JSON: numbers and texts, no rows. ``key`` names what is to be done once: with
    the same key and arguments the job comes back that the same person started before, whatever
    became of it.
    ``within`` is the app token that the wish came by, whose rights then bound the job's. A job
    without ``company`` is the installation's. Raises ``KeyTaken``; ``NoSuchKind`` is a bug.
    """
    offered = kind_of(kind)
    if (offered.permission is None) != (company is None):
        raise TypeError(f"{kind} is of a company, or of the installation, but not of both")
    wanted = Job(
        company=company, kind=kind, arguments=dict(arguments), by=by, key=key,
        token_id=within.token if within else None, created_at=clock.now(),
    )  # fmt: skip
    try:
        with transaction.atomic():
            wanted.save(force_insert=True)
    except IntegrityError:
        known = Job.of_place(company.pk if company else None).filter(kind=kind, key=key).first()
        if not key or known is None:
            raise
        if (known.arguments, known.by_id) != (wanted.arguments, wanted.by_id):
            raise KeyTaken(key=key) from None
        return known
    if company is not None and by is not None:
        trail.record(company=company, by=by, action="job.start", subject=wanted,
                     details={"kind": kind})  # fmt: skip
    transaction.on_commit(
        partial(send_now, wanted.pk, company.pk if company else None, whole=offered.whole),
        robust=True,
    )
    return wanted


@transaction.atomic
def cancel(job: Job, *, by: User) -> Job:
    """Ask a job to stop (Auftrag abbrechen): at once if it waits, else before its next step.

    What its steps have done until then stays. Raises ``JobIsOver``.
    """
    found: Job = Job.of_place(job.company_id).select_for_update(no_key=True).get(pk=job.pk)
    if not found.is_open:
        raise JobIsOver(state=found.get_state_display())
    if found.cancel_asked_at is not None:
        return found
    found.cancel_asked_at, found.cancel_asked_by = clock.now(), by
    changed = ["cancel_asked_at", "cancel_asked_by"]
    if found.state == State.WAITING:
        found.state, found.finished_at = State.CANCELLED, found.cancel_asked_at
        changed += ["state", "finished_at"]
    found.save(update_fields=changed)
    if found.company is not None:
        trail.record(company=found.company, by=by, action="job.cancel", subject=found,
                     details={"kind": found.kind})  # fmt: skip
    return found
