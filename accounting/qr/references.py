"""Payment references (Zahlungsreferenzen): QRR of QR-IBANs, SCOR of ordinary IBANs."""

from __future__ import annotations

import re
from typing import Final

from django.utils.translation import gettext_lazy as _
from stdnum import exceptions, iso11649
from stdnum.ch import esr
from stdnum.iso7064 import mod_97_10

from erp.core.errors import DomainError

QRR_DIGITS: Final = 27  # 26 and the check digit
INVOICE_DIGITS: Final = 10  # of them, the last before the check digit
SCOR_BODY: Final = 21  # characters after RF and the two check digits

_DIGITS = re.compile(r"[0-9]*", re.ASCII)
_BODY = re.compile(r"[0-9A-Z]{1,21}", re.ASCII)


class NotAQrr(DomainError):
    code = "qr.not_a_qrr"
    message = _("“%(value)s” is not a QR reference: it has 27 digits, the last of which checks the others, "
                "and is not all zeros. Copy it from the bill again.")  # fmt: skip
    field = "reference"


class NotAScor(DomainError):
    code = "qr.not_a_scor"
    message = _("“%(value)s” is not a creditor reference: it begins with RF and two digits that check the "
                "rest, and has at most 25 letters and digits. Copy it from the bill again.")  # fmt: skip
    field = "reference"


class NoReferenceFrom(DomainError):
    code = "qr.no_reference_from"
    message = _("No reference can be made from “%(value)s”: at most %(most)s %(kind)s are possible "
                "here. Shorten it.")  # fmt: skip
    field = "number"


def make_qrr(invoice: str, *, customer: str = "", prefix: str = "") -> str:
    """The QR reference (QR-Referenz) of an invoice, 27 digits with check digit.

    ``prefix`` is what a bank gave for its customer (often six digits), then come ``customer`` and
    ten digits of ``invoice``, each filled with zeros: as the places are fixed, two different pairs
    never give the same reference. Digits only. Raises ``NoReferenceFrom``.
    """
    room = QRR_DIGITS - 1 - INVOICE_DIGITS - len(prefix)
    for field, value, most in (("prefix", prefix, QRR_DIGITS - 1 - INVOICE_DIGITS),
                               ("customer", customer, max(room, 0)),
                               ("number", invoice, INVOICE_DIGITS)):  # fmt: skip
        if not _DIGITS.fullmatch(value) or len(value) > most:
            raise NoReferenceFrom(field=field, value=value[:40], most=most, kind=_("digits"))
    body = prefix + customer.zfill(room) + invoice.zfill(INVOICE_DIGITS)
    if not body.strip("0"):
        raise NoReferenceFrom(value=invoice, most=INVOICE_DIGITS, kind=_("digits"))
    return body + str(esr.calc_check_digit(body))


def parse_qrr(text: str) -> str:
    """Canonical QR reference: 27 digits, the check digit (modulo 10, recursive) proven.

    Blanks are left out. Raises ``NotAQrr``. Source: SIX, guidelines for the QR-bill, annex B.
    """
    bare = re.sub(r"\s", "", text)
    if len(bare) != QRR_DIGITS or not _DIGITS.fullmatch(bare) or not bare.strip("0"):
        raise NotAQrr(value=text[:60])
    if bare[-1] != esr.calc_check_digit(bare[:-1]):
        raise NotAQrr(value=text[:60])
    return bare


def is_qrr(text: str) -> bool:
    """Whether this is a QR reference in its canonical form."""
    try:
        return parse_qrr(text) == text
    except NotAQrr:
        return False


def format_qrr(canonical: str) -> str:
    """As it is printed: two digits, then groups of five."""
    return str(esr.format(canonical))


def make_scor(body: str) -> str:
    """The creditor reference (SCOR, ISO 11649) of a number: ``RF``, check digits, and the number.

    ``body`` is 1 to 21 letters and digits; small letters become capitals, and blanks, dots,
    slashes and dashes are left out. Raises ``NoReferenceFrom``.
    """
    bare = re.sub(r"[\s.,:/-]", "", body).upper()
    if not _BODY.fullmatch(bare):
        raise NoReferenceFrom(value=body[:40], most=SCOR_BODY, kind=_("letters and digits"))
    return f"RF{mod_97_10.calc_check_digits(bare + 'RF')}{bare}"


def parse_scor(text: str) -> str:
    """Canonical creditor reference, in capitals without blanks. Raises ``NotAScor``."""
    bare = re.sub(r"\s", "", text).upper()
    try:
        if not bare.isascii() or not bare.isalnum() or iso11649.validate(bare) != bare:
            raise NotAScor(value=text[:60])
    except exceptions.ValidationError:
        raise NotAScor(value=text[:60]) from None
    if not bare[2:4].isdigit():
        raise NotAScor(value=text[:60])
    return bare


def is_scor(text: str) -> bool:
    """Whether this is a creditor reference in its canonical form."""
    try:
        return parse_scor(text) == text
    except NotAScor:
        return False


def format_scor(canonical: str) -> str:
    """As it is printed: groups of four."""
    return str(iso11649.format(canonical))


def format_reference(canonical: str) -> str:
    """A reference as it is printed, whichever kind it is."""
    return format_scor(canonical) if canonical.startswith("RF") else format_qrr(canonical)
