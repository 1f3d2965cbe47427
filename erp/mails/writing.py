"""A mail as it goes over the wire (RFC 5322): headers, text, files bit for bit."""

from __future__ import annotations

import hashlib
from email import encoders
from email.charset import QP, Charset
from email.mime.base import MIMEBase
from email.utils import format_datetime, parseaddr
from typing import Final

from django.conf import settings
from django.core.mail import EmailMessage

from erp.core import clock
from erp.documents import storing
from erp.mails.models import MailFile, OutgoingMail

#: Text that any server may pass on as it is: seven bits, short lines.
_TEXT: Final = Charset("utf-8")
_TEXT.body_encoding = QP


class FileLost(Exception):
    """The archive has not the bytes any more that were to be sent."""


def message_of(mail: OutgoingMail) -> EmailMessage:
    """The message of a mail; the same at every try, its Message-ID and date included.

    Raises ``FileLost``.
    """
    message = EmailMessage(
        subject=mail.subject, body=mail.body, from_email=sender(mail.company.name), to=mail.to,
        cc=mail.cc, bcc=mail.bcc, reply_to=[mail.reply_to] if mail.reply_to else [],
        attachments=[_part(one) for one in mail.files.all()],
        headers={
            "Message-ID": mail.message_id, "Content-Language": mail.language,
            "Date": format_datetime(mail.queued_at.astimezone(clock.ZURICH)),
        },
    )  # fmt: skip
    message.encoding = _TEXT
    return message


def sender(name: str) -> str:
    """The installation's address under a company's name: “"Muster AG" <rappen@example.ch>”."""
    shown = " ".join("".join(one if one.isprintable() else " " for one in name).split())
    quoted = shown.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{quoted}" <{sender_address()}>'


def sender_address() -> str:
    """The address alone, to which servers return what they cannot deliver."""
    return parseaddr(settings.DEFAULT_FROM_EMAIL)[1]


def _part(attached: MailFile) -> MIMEBase:
    """A file as an attachment; its bytes are those that were stored, or it is not sent."""
    try:
        content = storing.content_of(attached.file)
    except OSError:
        raise FileLost(attached.name) from None
    if hashlib.sha256(content).hexdigest() != attached.file.digest:
        raise FileLost(attached.name)
    main, _slash, sub = attached.file.content_type.partition(";")[0].strip().partition("/")
    part = MIMEBase(main or "application", sub or "octet-stream")
    part.set_payload(content)
    encoders.encode_base64(part)
    name = attached.name
    part.add_header("Content-Disposition", "attachment",
                    filename=name if name.isascii() else ("utf-8", "", name))  # fmt: skip
    return part
