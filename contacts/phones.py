"""Phone numbers, mail addresses and links: read tolerantly, kept in one form."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

import phonenumbers
from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator, URLValidator
from django.utils.translation import gettext_lazy as _

from erp.core.errors import DomainError
from erp.core.texts import one_line

_EXTENSION: Final = re.compile(r"\d{1,10}", re.ASCII)


class NotAPhone(DomainError):
    code = "contacts.not_a_phone"
    message = _("“%(value)s” is no phone number of %(country)s. Write it with its area code, or from "
                "abroad as +49 30 901820.")  # fmt: skip
    field = "value"


class NotAMail(DomainError):
    code = "contacts.not_a_mail"
    message = _("“%(value)s” is no e-mail address. Write it as name@example.ch.")
    field = "value"


class NotALink(DomainError):
    code = "contacts.not_a_link"
    message = _("“%(value)s” is no web address. Write it as www.example.ch.")
    field = "value"


@dataclass(frozen=True, slots=True)
class Phone:
    """A number in E.164 (``+41418700000``) and an extension."""

    number: str
    extension: str = ""
    is_mobile: bool = False


def parse_phone(text: str, *, country: str = "CH", extension: str = "") -> Phone:
    """Read a phone number as people write it; ``country`` is where it is dialled without ``+``.

    Raises ``NotAPhone``, also for numbers that no network of the country has given out.
    """
    written = one_line(text, field="value", most=254)
    try:
        found = phonenumbers.parse(written, country)
    except phonenumbers.NumberParseException:
        raise NotAPhone(value=written[:60], country=country) from None
    if not phonenumbers.is_valid_number(found):
        raise NotAPhone(value=written[:60], country=country)
    more = extension.strip() or found.extension or ""
    if more and not _EXTENSION.fullmatch(more):
        raise NotAPhone(field="extension", value=more[:20], country=country)
    found.extension = None
    kind = phonenumbers.number_type(found)
    return Phone(
        phonenumbers.format_number(found, phonenumbers.PhoneNumberFormat.E164), more,
        kind == phonenumbers.PhoneNumberType.MOBILE,
    )  # fmt: skip


def format_phone(number: str, *, abroad: bool = False) -> str:
    """A number in E.164 as people read it: at home with 0, from abroad with its country.

    With ``abroad`` always with its country, so that it is read the same wherever it is typed.
    """
    try:
        found = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return number
    home = found.country_code == 41 and not abroad
    form = phonenumbers.PhoneNumberFormat
    return str(phonenumbers.format_number(found, form.NATIONAL if home else form.INTERNATIONAL))


def parse_mail(text: str) -> str:
    """A mail address in small letters, of 254 characters at most. Raises ``NotAMail``."""
    written = one_line(text.removeprefix("mailto:"), field="value")
    try:
        EmailValidator()(written)
    except ValidationError:
        raise NotAMail(value=written[:60]) from None
    if len(written) > 254:
        raise NotAMail(value=written[:60])
    return written.lower()


def parse_link(text: str) -> str:
    """A web address with ``https``, which is added; ``http`` becomes ``https``. Raises ``NotALink``."""
    written = one_line(text, field="value")
    bare = re.sub(r"^http://", "https://", written, flags=re.IGNORECASE)
    whole = bare if "://" in bare else f"https://{bare}"
    try:
        URLValidator(schemes=["https"])(whole)
    except ValidationError:
        raise NotALink(value=written[:60]) from None
    parts = urlsplit(whole)
    if len(whole) > 254 or "@" in parts.netloc:
        raise NotALink(value=written[:60])
    return parts._replace(netloc=parts.netloc.lower()).geturl()
