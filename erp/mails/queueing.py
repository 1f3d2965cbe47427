"""Writing a mail, sending it again, and keeping it back (Versand auslösen, wiederholen, abbrechen)."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from email.utils import parseaddr
from functools import partial

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from erp.access.models import User
from erp.audit import trail
from erp.companies.models import Company, CompanyOwned
from erp.core import clock
from erp.core.errors import DomainError
from erp.documents.models import StoredFile
from erp.mails import addresses
from erp.mails.kinds import kind_of
from erp.mails.models import AGAIN, MailFile, OutgoingMail, State
from erp.mails.sending import send_now


class NothingToRepeat(DomainError):
    code = "mails.nothing_to_repeat"
    message = _("The mail “%(subject)s” stands at: %(state)s. Only one that was not sent, was refused "
                "or is unclear can be sent again.")  # fmt: skip
    conflict = True


class TooLateToCancel(DomainError):
    code = "mails.too_late_to_cancel"
    message = _(
        "The mail “%(subject)s” stands at: %(state)s. Only one that waits can be kept back."
    )
    conflict = True


@transaction.atomic
def queue(
    *, company: Company, by: User, kind: str, to: Iterable[str], subject: str, body: str,
    language: str, about: CompanyOwned | None = None, cc: Iterable[str] = (),
    bcc: Iterable[str] = (), reply_to: str = "", files: Iterable[tuple[StoredFile, str]] = (),
) -> OutgoingMail:  # fmt: skip
    """Write a mail that is sent after the commit (Mail versenden); the caller does not wait for it.

    ``about`` is the record that asks for its mails later. ``files`` are originals with the names
    they are attached under. Addresses are plain, without names. The sender is the installation's
    address under the company's name; answers go to ``reply_to``. Raises ``NobodyToSendTo``,
    ``BadAddress``, ``TooManyRecipients``, ``NoSubject``, ``NotOneLine``, ``LineTooLong``, ``NoText``,
    ``TextTooLong``, ``UnseenCharacter`` or ``FilesTooLarge``. ``NoSuchKind`` is a bug.
    """
    kind_of(kind)
    receivers, copies, blind = addresses.checked_recipients(to, cc, bcc)
    attached = addresses.checked_files(files)
    now = clock.now()
    mail: OutgoingMail = OutgoingMail.unscoped.create(
        company=company, kind=kind, language=language, to=receivers, cc=copies, bcc=blind,
        reply_to=addresses.checked_address(reply_to, field="reply_to") if reply_to.strip() else "",
        subject=addresses.checked_subject(subject), body=addresses.checked_body(body), by=by,
        about_model=about._meta.label_lower if about is not None else "",
        about_id=about.pk if about is not None else None,
        about_name=str(about)[:200] if about is not None else "",
        message_id=_new_message_id(), queued_at=now, next_try_at=now,
    )  # fmt: skip
    MailFile.unscoped.bulk_create(
        MailFile(company=company, mail=mail, file=file, name=name) for file, name in attached
    )
    trail.record(company=company, by=by, action="mail.queue", subject=mail, details=_told(mail))
    _soon(mail)
    return mail


@transaction.atomic
def retry(mail: OutgoingMail, *, by: User) -> OutgoingMail:
    """Send a mail again that did not get out, or of which nobody knows (nochmals senden).

    It keeps its Message-ID: where it arrives twice, programs can tell. Raises ``NothingToRepeat``.
    """
    mail = _held(mail)
    if mail.state not in AGAIN:
        raise NothingToRepeat(subject=mail.subject, state=mail.get_state_display())
    before = mail.state
    mail.state, mail.tries, mail.next_try_at = State.QUEUED, 0, clock.now()
    mail.enqueued_at = mail.data_at = mail.lease_until = None
    mail.lease = ""
    mail.save(
        update_fields=["state", "tries", "next_try_at", "enqueued_at", "data_at", "lease", "lease_until"]
    )  # fmt: skip
    trail.record(company=mail.company, by=by, action="mail.retry", subject=mail,
                 details={**_told(mail), "state": [before, mail.state]})  # fmt: skip
    _soon(mail)
    return mail


@transaction.atomic
def cancel(mail: OutgoingMail, *, by: User, is_void: bool = False) -> OutgoingMail:
    """Keep back a mail that still waits (zurückhalten); of what ``is_void`` also one that could be repeated.

    Raises ``TooLateToCancel``.
    """
    mail = _held(mail)
    if mail.state != State.QUEUED and not (is_void and mail.state in AGAIN):
        raise TooLateToCancel(subject=mail.subject, state=mail.get_state_display())
    mail.state = State.CANCELLED
    mail.save(update_fields=["state"])
    trail.record(company=mail.company, by=by, action="mail.cancel", subject=mail,
                 details=_told(mail))  # fmt: skip
    return mail


def _held(mail: OutgoingMail) -> OutgoingMail:
    rows = OutgoingMail.of(mail.company_id).select_related("company")
    return rows.select_for_update(no_key=True, of=("self",)).get(pk=mail.pk)


def _told(mail: OutgoingMail) -> dict[str, str]:
    """What the trail keeps: more people read it than may see the mail, which keeps the rest."""
    return {"kind": mail.kind}


def _soon(mail: OutgoingMail) -> None:
    transaction.on_commit(partial(send_now, mail.pk, mail.company_id), robust=True)


def _new_message_id() -> str:
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"
    if len(domain) > 40 or not domain.isascii():
        domain = "mail.invalid"
    return f"<{uuid.uuid4().hex}@{domain}>"
