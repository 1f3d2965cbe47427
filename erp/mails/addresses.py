"""What a mail is made of, checked before it is kept: addresses, lines, names, sizes."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Final

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext_lazy as _

from erp.core.errors import DomainError, raise_all
from erp.core.texts import UNSEEN, one_line
from erp.documents.models import StoredFile
from erp.mails.models import LONGEST_ADDRESS, LONGEST_BODY, LONGEST_NAME, LONGEST_SUBJECT

_SLASHES: Final = re.compile(r"[/\\]")
_LINE_ENDS: Final = re.compile(r"\r\n?")


class NobodyToSendTo(DomainError):
    code = "mails.nobody"
    message = _("The mail has no recipient. Name at least one address.")
    field = "to"


class BadAddress(DomainError):
    code = "mails.bad_address"
    message = _("“%(address)s” is no e-mail address that mail can be sent to. Write it as in "
                "name@example.ch, without a name in front.")  # fmt: skip
    field = "to"


class TooManyRecipients(DomainError):
    code = "mails.too_many_recipients"
    message = _("The mail has %(count)s recipients; at most %(most)s get one. Send it in parts.")
    field = "to"


class NoSubject(DomainError):
    code = "mails.no_subject"
    message = _("The mail has no subject. Write one.")
    field = "subject"


class NoText(DomainError):
    code = "mails.no_text"
    message = _("The mail has no text. Write one.")
    field = "body"


class TextTooLong(DomainError):
    code = "mails.text_too_long"
    message = _("The text has %(count)s characters; at most %(most)s are sent. Shorten it.")
    field = "body"


class UnseenCharacter(DomainError):
    code = "mails.unseen_character"
    message = _("The text holds a character that nobody sees (%(character)s) in line %(line)s. Type "
                "that line again.")  # fmt: skip
    field = "body"


class FilesTooLarge(DomainError):
    code = "mails.files_too_large"
    message = _("The attached files have %(size)s MB together; mails carry at most %(most)s MB. Leave "
                "the largest out (%(name)s), or send it in another way.")  # fmt: skip
    field = "files"


def checked_address(text: str, *, field: str) -> str:
    """An address as it is kept. Raises ``BadAddress`` for what is none, or what could break a header.

    Letters beyond ASCII may stand behind the @ alone: what is before it goes to servers as it is,
    and few of them take others (RFC 6531).
    """
    address = unicodedata.normalize("NFC", text.strip())
    name, _at, _domain = address.rpartition("@")
    try:
        if any(unicodedata.category(one) in UNSEEN or one in '"(),:;<>[\\]' for one in address):
            raise ValidationError("")
        if not name.isascii() or len(name) > 64 or len(address) > LONGEST_ADDRESS:
            raise ValidationError("")
        validate_email(address)
    except ValidationError:
        shown = "".join("·" if unicodedata.category(one) in UNSEEN else one for one in text.strip())
        raise BadAddress(field=field, address=shown[:80]) from None
    return address


def checked_recipients(
    to: Iterable[str], cc: Iterable[str], bcc: Iterable[str]
) -> tuple[list[str], list[str], list[str]]:
    """All three lists as they are kept; who stands in several gets one mail, by the first.

    Raises ``NobodyToSendTo``, ``TooManyRecipients``, or ``BadAddress``; several as ``Refusals``.
    """
    faults: list[DomainError] = []
    seen: set[str] = set()
    lists: list[list[str]] = []
    for field, given in (("to", to), ("cc", cc), ("bcc", bcc)):
        kept: list[str] = []
        for text in given:
            try:
                address = checked_address(text, field=field)
            except BadAddress as refusal:
                faults.append(refusal)
                continue
            if address.casefold() not in seen:
                seen.add(address.casefold())
                kept.append(address)
        lists.append(kept)
    raise_all(faults)
    if not lists[0]:
        raise NobodyToSendTo
    if len(seen) > settings.MAIL_RECIPIENTS:
        raise TooManyRecipients(count=len(seen), most=settings.MAIL_RECIPIENTS)
    return lists[0], lists[1], lists[2]


def checked_subject(text: str) -> str:
    """A subject of one line. Raises ``NoSubject``, ``NotOneLine`` or ``LineTooLong``."""
    subject = one_line(text, field="subject", most=LONGEST_SUBJECT)
    if not subject:
        raise NoSubject
    return subject


def checked_body(text: str) -> str:
    """A text with plain line ends. Raises ``NoText``, ``TextTooLong`` or ``UnseenCharacter``."""
    body = _LINE_ENDS.sub("\n", text).strip("\n")
    if not body.strip():
        raise NoText
    if len(body) > LONGEST_BODY:
        raise TextTooLong(count=len(body), most=LONGEST_BODY)
    for number, line in enumerate(body.split("\n"), 1):
        for one in line:
            if unicodedata.category(one) == "Cc" and one != "\t":
                raise UnseenCharacter(character=f"U+{ord(one):04X}", line=number)
    return body


def checked_files(files: Iterable[tuple[StoredFile, str]]) -> list[tuple[StoredFile, str]]:
    """Files with the names they are attached under. Raises ``FilesTooLarge``, ``NotOneLine`` …

    A slash in a name becomes a dash: no program may take it for a folder.
    """
    kept = [
        (file, one_line(_SLASHES.sub("-", name or file.name), field="files", most=LONGEST_NAME))
        for file, name in files
    ]
    require_room([file for file, _name in kept])
    return kept


def require_room(files: Sequence[StoredFile]) -> None:
    size, most = sum(file.size for file in files), settings.MAIL_MEGABYTES
    if size > most * 1024 * 1024:
        largest = max(files, key=lambda file: file.size)
        raise FilesTooLarge(size=-(-size // (1024 * 1024)), most=most, name=largest.name)
