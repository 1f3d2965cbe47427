"""AHV numbers (AHV-Nummern): read tolerantly, kept as 756.1234.5678.97, masked for who need not see them."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from stdnum import exceptions
from stdnum.ch import ssn

from erp.core.errors import DomainError


class BadAhvNumber(DomainError):
    code = "people.bad_ahv_number"
    message = _("“%(value)s” is no AHV number: it begins with 756, has 13 digits, and its last digit checks "
                "the others. Copy it from the insurance card.")  # fmt: skip
    field = "ahv_number"


def parse_ahv(text: str, *, field: str = "ahv_number") -> str:
    """An AHV number as it is kept; blank stays blank. Raises ``BadAhvNumber``.

    Check digit as of EAN-13. Source: Swissdec pattern ``ddd.dddd.dddd.dd``, AHVG Art. 50c.
    """
    if not text.strip():
        return ""
    try:
        return str(ssn.format(ssn.validate(text)))
    except exceptions.ValidationError:
        raise BadAhvNumber(field=field, value=text[:20]) from None


def masked(number: str) -> str:
    """The number with its end alone, for pages of those who do not change people."""
    return f"756.••••.••••.{number[-2:]}" if number else ""
