"""Numbers with check digits (UID, IBAN): read tolerantly, kept in one canonical form."""

from __future__ import annotations

import re

from django.utils.translation import gettext_lazy as _
from stdnum import exceptions, iban
from stdnum.ch import uid

from erp.core.errors import DomainError

QR_IID_FIRST, QR_IID_LAST = 30000, 31999  # IIDs of QR-IBANs, SIX bank master


class NotAUid(DomainError):
    code = "identifiers.not_a_uid"
    message = _(
        "“%(value)s” is not a valid UID. Write it as CHE-123.456.788, with its check digit."
    )
    field = "uid"


class NotAnIban(DomainError):
    code = "identifiers.not_an_iban"
    message = _("“%(value)s” is not a valid IBAN. Check it against the bank's letter or card.")
    field = "iban"


def parse_uid(text: str) -> str:
    """Canonical UID (Unternehmens-Identifikationsnummer), ``CHE123456788``.

    Dots, dashes, blanks and a MWST/TVA/IVA suffix are accepted. Raises ``NotAUid`` when form or
    check digit (weights 5 4 3 2 7 6 5 4, modulo 11) are wrong.
    """
    bare = re.sub(r"\s*(MWST|TVA|IVA|HR|RC)\s*$", "", text.strip().upper())
    try:
        return str(uid.validate(bare))
    except exceptions.ValidationError:
        raise NotAUid(value=text) from None


def format_uid(canonical: str) -> str:
    """``CHE123456788`` as people write it: ``CHE-123.456.788``."""
    return str(uid.format(canonical)) if canonical else ""


def parse_iban(text: str) -> str:
    """Canonical IBAN without blanks, in capitals. Raises ``NotAnIban``."""
    try:
        return str(iban.validate(text))
    except exceptions.ValidationError:
        raise NotAnIban(value=text) from None


def format_iban(canonical: str) -> str:
    """An IBAN in groups of four."""
    return " ".join(canonical[i : i + 4] for i in range(0, len(canonical), 4))


def is_qr_iban(canonical: str) -> bool:
    """Whether this is a QR-IBAN: a CH or LI account whose IID lies in 30000 to 31999."""
    return canonical[:2] in {"CH", "LI"} and QR_IID_FIRST <= int(canonical[4:9]) <= QR_IID_LAST
