"""Talking to the mail server (SMTP, RFC 5321), word by word, to know at each how far a mail got.

Until the server has said 354 and is given the content, nothing was sent, whatever happens. From
then on only its answer tells: without one the mail may have arrived.
"""

from __future__ import annotations

import logging
import re
import smtplib
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any, Final

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.smtp import EmailBackend
from django.utils.encoding import punycode
from django.utils.module_loading import import_string

from erp.mails.models import LONGEST_ERROR, Fault

_DOTS: Final = re.compile(rb"(?m)^\.")

log = logging.getLogger(__name__)


class NotDelivered(Exception):
    """Nothing was sent; ``said`` is what the server answered."""

    def __init__(self, fault: Fault, said: str = "") -> None:
        self.fault, self.said = fault, said
        super().__init__(fault)


class Delayed(NotDelivered):
    """It may succeed later: the server is away, or busy (4xx)."""


class Refused(NotDelivered):
    """It will never succeed as it is (5xx)."""


class NobodyKnows(NotDelivered):
    """The server was given the mail, and its answer got lost."""


def deliver(
    message: EmailMessage, *, sender: str, recipients: Sequence[str],
    before_content: Callable[[], None],
) -> str:  # fmt: skip
    """Hand a message to the mail server; what it answered. All recipients get it, or nobody does.

    Where mails go elsewhere than to a server, the answer is the name of that: ``console``.

    ``before_content`` is called when the server is ready to take it, and may stop it by raising.
    Raises ``Delayed``, ``Refused`` or ``NobodyKnows``.
    """
    backend = get_connection()
    if not isinstance(backend, EmailBackend):  # into a log, a folder, or a test's memory
        before_content()
        backend.send_messages([message])
        return type(backend).__module__.rpartition(".")[2]
    written: Any = message.message()
    content: bytes = written.as_bytes(linesep="\r\n")
    server = _greeted(backend)
    try:
        _addressed(server, sender, recipients, len(content))
        before_content()
        return _given(server, content)
    finally:
        with suppress(OSError, smtplib.SMTPException):
            server.putcmd("quit")  # nobody waits for the answer: ours is in hand
        server.close()


def leave_the_machine() -> bool:
    """Whether mails are handed to a server at all, or only written down."""
    return issubclass(import_string(settings.EMAIL_BACKEND), EmailBackend)


def _greeted(backend: EmailBackend) -> smtplib.SMTP:
    """A connection that has signed in. What fails here is the installation's matter, and passes."""
    connecting: Any = backend
    try:
        connecting.open()
    except smtplib.SMTPAuthenticationError as error:
        log.error("the mail server refuses our sign-in: %s", error.smtp_code)
        fault = Fault.LATER if _passes(error.smtp_code) else Fault.LOCKED_OUT
        raise Delayed(fault, str(error.smtp_code)) from None
    except smtplib.SMTPResponseException as error:
        raise Delayed(Fault.LATER, _said(error.smtp_code, error.smtp_error)) from None
    except (OSError, smtplib.SMTPException) as error:
        log.warning("the mail server cannot be reached: %s", type(error).__name__)
        raise Delayed(Fault.AWAY, type(error).__name__) from None
    finally:
        if connecting._partial_connection is not None:
            connecting._partial_connection.close()
    server: smtplib.SMTP = connecting.connection
    return server


def _addressed(server: smtplib.SMTP, sender: str, recipients: Sequence[str], size: int) -> None:
    """Name sender and recipients; the server then waits for the content."""
    try:
        server.ehlo_or_helo_if_needed()
        options = [f"size={size}"] if server.has_extn("size") else []
        _require(server.mail(_ascii(sender), options), 250)
        _require_all(server, recipients)
        _require(server.docmd("DATA"), 354)
    except smtplib.SMTPResponseException as error:
        raise Delayed(Fault.LATER, _said(error.smtp_code, error.smtp_error)) from None
    except (OSError, smtplib.SMTPException) as error:
        raise Delayed(Fault.AWAY, type(error).__name__) from None


def _require_all(server: smtplib.SMTP, recipients: Sequence[str]) -> None:
    """Who repeats a mail with the address put right would send it twice to the others."""
    refused: list[str] = []
    delayed: list[str] = []
    for address in recipients:
        code, said = server.rcpt(_ascii(address))
        if code == 421:
            raise Delayed(Fault.LATER, _said(code, said))
        if code not in {250, 251}:
            (delayed if _passes(code) else refused).append(f"{address}: {_said(code, said)}")
    if refused:
        raise Refused(Fault.RECIPIENT, _short("; ".join(refused)))
    if delayed:
        raise Delayed(Fault.LATER, _short("; ".join(delayed)))


def _given(server: smtplib.SMTP, content: bytes) -> str:
    """Send the content with its dots doubled (RFC 5321, 4.5.2), and hear what becomes of it."""
    try:
        server.send(_DOTS.sub(b"..", content).rstrip(b"\r\n") + b"\r\n.\r\n")
        answer = server.getreply()
    except (OSError, smtplib.SMTPException) as error:
        raise NobodyKnows(Fault.CUT_OFF, type(error).__name__) from None
    code, said = answer
    if not 200 <= code <= 599:
        raise NobodyKnows(Fault.CUT_OFF, _said(code, said))
    if code >= 300:
        _require(answer, 250)
    return _said(code, said)


def _require(answer: tuple[int, bytes], wanted: int) -> None:
    code, said = answer
    if code == wanted:
        return
    if _passes(code):
        raise Delayed(Fault.LATER, _said(code, said))
    raise Refused(Fault.REFUSED, _said(code, said))


def _passes(code: int) -> bool:
    """Whether an answer is for now alone; one that is no answer at all is, too."""
    return not 500 <= code <= 599


def _ascii(address: str) -> str:
    name, _at, domain = address.rpartition("@")
    return f"{name}@{punycode(domain)}"


def _said(code: int, text: bytes | str) -> str:
    told = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    return _short(f"{code} {told}" if code > 0 else told)


def _short(text: str) -> str:
    line = " ".join("".join(one if one.isprintable() else " " for one in text).split())
    return line if len(line) <= LONGEST_ERROR else f"{line[: LONGEST_ERROR - 1]}…"
