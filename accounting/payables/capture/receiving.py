"""Documents come in (Belege empfangen), and what becomes of them: the acts of the inbox."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounting.payables.capture import files
from accounting.payables.capture.models import WAITING, InboxDocument, State
from erp.access.models import User
from erp.access.tokens.bearing import Bearer
from erp.audit import trail
from erp.companies.models import Company
from erp.core import clock
from erp.core.errors import DomainError
from erp.documents import storing
from erp.jobs.models import Job
from erp.jobs.starting import start

READ: Final = "payables.read_documents"
MOST_AT_ONCE: Final = 100


class NothingReceived(DomainError):
    code = "capture.nothing_received"
    message = _("No file was sent. Choose at least one.")
    field = "files"


class TooManyFiles(DomainError):
    code = "capture.too_many_files"
    message = _(
        "%(count)s files are too many at once; send at most %(limit)s, and the others after them."
    )
    field = "files"


class AlreadyReceived(DomainError):
    code = "capture.already_received"
    message = _(
        "“%(name)s” is in the inbox already, as “%(known)s” of %(date)s. It is not kept twice."
    )
    field = "files"
    conflict = True


class NoReason(DomainError):
    code = "capture.no_reason"
    message = _("Say why the document is set aside, such as “delivery note” or “paid by card”.")
    field = "reason"


class NotWaiting(DomainError):
    code = "capture.not_waiting"
    message = _("“%(name)s” is %(state)s already. Bring it back first.")
    conflict = True


class NotBroughtBack(DomainError):
    code = "capture.not_brought_back"
    message = _("“%(name)s” is not set aside; it is %(state)s.")
    conflict = True


class NotCaptured(DomainError):
    code = "capture.not_captured"
    message = _("“%(name)s” is not captured as bill %(bill)s.")
    conflict = True


@dataclass(frozen=True, slots=True)
class Incoming:
    """A file as it comes: its name there, and its bytes."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Received:
    """What became of a file: its document, and whether it was in the inbox before; or the refusal."""

    name: str
    document: InboxDocument | None = None
    known: bool = False
    refusal: DomainError | None = None


@transaction.atomic
def receive(
    *, company: Company, incoming: Sequence[Incoming], channel: str, by: User,
    within: Bearer | None = None,
) -> tuple[list[Received], Job | None]:  # fmt: skip
    """Keep files as they came in (empfangen), and let those be read that are new.

    Each file stands for itself: one that is refused keeps none of the others, and one whose bytes are
    in the inbox already is told, not kept twice. Returns what became of each, in their order, and the
    job that reads them. Raises ``NothingReceived`` or ``TooManyFiles``.
    """
    if not incoming:
        raise NothingReceived
    if len(incoming) > MOST_AT_ONCE:
        raise TooManyFiles(count=len(incoming), limit=MOST_AT_ONCE)
    received = [_received(company, one, channel, by) for one in incoming]
    fresh = [one.document.pk for one in received if one.document is not None and not one.known]
    job = read_soon(company=company, documents=fresh, by=by, within=within) if fresh else None
    return received, job


def _received(company: Company, one: Incoming, channel: str, by: User) -> Received:
    name = files.plain_name(one.name)
    try:
        content_type = files.require_document(name, one.content)
    except DomainError as refusal:
        return Received(name, refusal=refusal)
    file = storing.keep(
        company=company, name=name, content=one.content, content_type=content_type, by=by
    )
    document, created = InboxDocument.unscoped.get_or_create(
        company=company, file=file,
        defaults={"name": name, "channel": channel, "received_at": clock.now(), "received_by": by},
    )  # fmt: skip
    if created:
        trail.record(company=company, by=by, action="inbox.receive", subject=document,
                     details={"name": name, "channel": str(channel), "digest": file.digest})  # fmt: skip
    return Received(name, document, known=not created)


@transaction.atomic
def read_soon(
    *, company: Company, documents: Sequence[int], by: User, within: Bearer | None = None
) -> Job:
    """Let documents (ids) be read in the background, after the commit."""
    return start(
        READ, company=company, by=by, arguments={"documents": list(documents)}, within=within
    )


@transaction.atomic
def read_again(document: InboxDocument, *, by: User, within: Bearer | None = None) -> Job:
    """Let a document be read once more (nochmals lesen), such as after the program learned more.

    Raises ``NotWaiting``.
    """
    held = _held(document.company, document)
    if held.state not in WAITING:
        raise NotWaiting(name=held.name, state=held.get_state_display())
    _moved(held, State.NEW)
    return read_soon(company=held.company, documents=[held.pk], by=by, within=within)


@transaction.atomic
def set_aside(document: InboxDocument, *, reason: str, by: User) -> InboxDocument:
    """Say that a document is no bill to be captured (beiseite legen), and why. Nothing is deleted.

    Raises ``NoReason`` or ``NotWaiting``.
    """
    reason = " ".join(reason.split())[:200]
    if not reason:
        raise NoReason
    held = _held(document.company, document)
    if held.state not in WAITING:
        raise NotWaiting(name=held.name, state=held.get_state_display())
    return _decided(held, State.SET_ASIDE, by, "inbox.set_aside", reason=reason)


@transaction.atomic
def bring_back(document: InboxDocument, *, by: User) -> InboxDocument:
    """Let a document that was set aside wait again (zurückholen). Raises ``NotBroughtBack``."""
    held = _held(document.company, document)
    if held.state != State.SET_ASIDE:
        raise NotBroughtBack(name=held.name, state=held.get_state_display())
    return _waiting_again(held, by, "inbox.bring_back")


@transaction.atomic
def mark_captured(
    company: Company, *, document: InboxDocument, bill_id: int, by: User
) -> InboxDocument:
    """Note that a document became a supplier's bill (erfasst), in the transaction that writes the bill.

    Captured as the same bill before, it stays as it is. Raises ``NotWaiting``.
    """
    held = _held(company, document)
    if held.state == State.CAPTURED and held.bill == bill_id:
        return held
    if held.state not in WAITING:
        raise NotWaiting(name=held.name, state=held.get_state_display())
    return _decided(held, State.CAPTURED, by, "inbox.capture", bill=bill_id)


@transaction.atomic
def release(company: Company, *, document: InboxDocument, bill_id: int, by: User) -> InboxDocument:
    """Let a document wait again whose bill was thrown away as a draft. Raises ``NotCaptured``."""
    held = _held(company, document)
    if held.state != State.CAPTURED or held.bill != bill_id:
        raise NotCaptured(name=held.name, bill=bill_id)
    return _waiting_again(held, by, "inbox.release")


def _held(company: Company, document: InboxDocument) -> InboxDocument:
    """The document as it is now, held until the transaction ends."""
    rows = InboxDocument.of(company).select_for_update(of=("self",), no_key=True)
    return rows.select_related("company").get(pk=document.pk)


def _decided(
    held: InboxDocument, state: str, by: User, action: str, **values: Any
) -> InboxDocument:
    before = held.state
    for name, value in {**values, "decided_at": clock.now(), "decided_by": by}.items():
        setattr(held, name, value)
    trail.record(company=held.company, by=by, action=action, subject=held,
                 details={"state": [before, str(state)], **values})  # fmt: skip
    return _moved(held, state)


def _waiting_again(held: InboxDocument, by: User, action: str) -> InboxDocument:
    before = held.state
    held.reason, held.bill, held.decided_at, held.decided_by = "", None, None, None
    state = State.FAILED if held.refusal else State.READ if held.read_at else State.NEW
    trail.record(company=held.company, by=by, action=action, subject=held,
                 details={"state": [before, str(state)]})  # fmt: skip
    return _moved(held, state)


def _moved(held: InboxDocument, state: str) -> InboxDocument:
    held.state = state
    held.save(update_fields=["state", "bill", "reason", "decided_at", "decided_by"])
    return held
