"""Having a company written into a file from the inside (Mandant exportieren): by its owners alone.

The file lies beside the store of originals, which keeps for ever; it goes after a day. All owners
are told when it was made, and each time that somebody takes it along.
"""

from __future__ import annotations

import datetime as dt
import shutil
from functools import partial
from pathlib import Path
from typing import Any, Final

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from erp.access.models import Membership, User
from erp.access.permissions import OWNER
from erp.audit import access_log, trail
from erp.companies.models import Company
from erp.core import clock
from erp.core.display import swiss_date
from erp.core.errors import DomainError
from erp.handover.exporting import Exported, note
from erp.handover.models import CompanyExport
from erp.handover.passphrases import require_long
from erp.jobs.models import OPEN, Job
from erp.jobs.starting import start

EXPORT: Final = "company.export"  # its end is what the database waits for
KEPT: Final = dt.timedelta(hours=24)
FILE: Final = "company.zip"
MOST_SHOWN: Final = 20


class OwnersOnly(DomainError):
    code = "handover.owners_only"
    message = _(
        "Only an owner of the company may have all of it written into a file. Ask one of them."
    )


class ExportRunning(DomainError):
    code = "handover.export_running"
    message = _(
        "The company is being written into a file already. Wait until that is done, or cancel it."
    )
    conflict = True


class ExportGone(DomainError):
    code = "handover.export_gone"
    message = _("The file is gone: it is kept for a day. Have the company written anew.")
    conflict = True


def owners_of(company: Company) -> list[User]:
    """The active owners of an open company, by their own membership."""
    rows = Membership.of(company).filter(role__code=OWNER, role__ready=True, user__is_active=True)
    return list(
        {row.user_id: row.user for row in rows.select_related("user").order_by("user")}.values()
    )


def is_owner(company: Company, user: User) -> bool:
    return any(one.pk == user.pk for one in owners_of(company))


def require_owner(company: Company, user: User) -> None:
    """Raises ``OwnersOnly``: a mandate, or a role that gives access, is not enough."""
    if not is_owner(company, user):
        raise OwnersOnly


@transaction.atomic
def begin(*, company: Company, passphrase: str, by: User) -> Job:
    """Let a company be written into a file in the background (Export erteilen).

    ``passphrase`` seals wages and personal data in the file, and stays sealed until the job is over.
    Raises ``OwnersOnly``, ``ShortPassphrase`` or ``ExportRunning``.
    """
    require_owner(company, by)
    passphrase = require_long(passphrase)
    Company.objects.select_for_update(no_key=True).get(pk=company.pk)  # one after another looks
    if Job.of(company).filter(kind=EXPORT, state__in=OPEN).exists():
        raise ExportRunning
    job = start(EXPORT, company=company, by=by, arguments={})
    CompanyExport(
        company=company, job=job, by=by, passphrase=passphrase, asked_at=clock.now()
    ).save(force_insert=True)  # fmt: skip
    return job


def exports_of(company: Company) -> QuerySet[CompanyExport]:
    """What was asked for, newest first, without the passphrases."""
    rows = CompanyExport.of(company).select_related("job", "by", "company").defer("passphrase")
    return rows.order_by("-pk")


def of_job(company: Company, job: int) -> CompanyExport:
    """What a job is to make."""
    return CompanyExport.of(company).get(job=job)


def room_of(company: int, job: int) -> Path:
    """The folder of a job's file."""
    return _folder(company) / str(job)


def path_of(export: CompanyExport) -> Path:
    """Where the file lies. Raises ``ExportGone``."""
    path = room_of(export.company_id, export.job_id) / FILE
    if not export.is_there or not path.is_file():
        raise ExportGone
    return path


def name_of(export: CompanyExport) -> str:
    """What the file is called when it is taken along."""
    made_at = (export.made_at or export.asked_at).astimezone(clock.ZURICH)
    return f"{export.company.short_name}-{made_at:%Y-%m-%d}-company.zip"


def made(export: CompanyExport, done: Exported, *, size: int) -> None:
    """Note what was written, and tell the owners: part of the job's last step."""
    now = clock.now()
    export.made_at, export.expires_at = now, now + KEPT
    export.size, export.rows, export.files, export.digest = size, done.rows, done.files, done.digest
    export.save(update_fields=["made_at", "expires_at", "size", "rows", "files", "digest"])
    note(export.company, export.by, done)
    _tell(export, "company_exported", by=export.by)


@transaction.atomic
def take(export: CompanyExport, *, by: User) -> Path:
    """Let an owner take the file along, which is noted, and told to all. Raises ``OwnersOnly``, ``ExportGone``."""
    require_owner(export.company, by)
    path = path_of(export)
    export.taken_at = clock.now()
    export.save(update_fields=["taken_at"])
    trail.record(company=export.company, by=by, action="company.take_along", subject=export.company,
                 details={"digest": export.digest, "size": export.size})  # fmt: skip
    access_log.note(company=export.company, by=by, kind="export", subject=export.company,
                    count=export.rows)  # fmt: skip
    _tell(export, "company_taken_along", by=by)
    return path


def companies_with_rooms() -> set[int]:
    """The companies that have folders of exports on the disk, whatever lies in them."""
    folders = (Path(settings.RAPPEN_VAR) / "exports").glob("*/*")
    return {int(room.parent.name) for room in folders if room.parent.name.isdigit()}


def forget(company: Company) -> int:
    """Clear away files that expired, and what broken attempts left; how many folders went."""
    rooms = {int(room.name): room for room in _folder(company.pk).glob("*") if room.name.isdigit()}
    kept = {*Job.of(company).filter(pk__in=rooms, state__in=OPEN).values_list("pk", flat=True),
            *CompanyExport.of(company).filter(job__in=rooms, expires_at__gt=clock.now())
            .values_list("job_id", flat=True)}  # fmt: skip
    gone = rooms.keys() - kept
    for number in gone:
        shutil.rmtree(rooms[number], ignore_errors=True)
    return len(gone)


def clear_room(company: int, job: int) -> Path:
    """The folder of a job, empty, and for nobody else to read."""
    room = room_of(company, job)
    shutil.rmtree(room, ignore_errors=True)
    room.mkdir(parents=True, mode=0o700)
    return room


def _folder(company: int) -> Path:
    return Path(settings.RAPPEN_VAR) / "exports" / str(company)


def _tell(export: CompanyExport, template: str, *, by: User) -> None:
    """Mail all owners after the commit, whoever of them did it; a mail server that is away is in the log."""
    until = export.expires_at.astimezone(clock.ZURICH) if export.expires_at else None
    told: dict[str, Any] = {
        "company_name": export.company.name, "who": by.name or by.email, "who_email": by.email,
        "until": f"{swiss_date(until.date())} {until:%H:%M}" if until else "",
    }  # fmt: skip
    for owner in owners_of(export.company):
        send = partial(get_adapter().send_mail, f"account/email/{template}", owner.email, told)
        transaction.on_commit(send, robust=True)
