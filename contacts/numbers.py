"""Numbers of contacts (Adressnummern): read, proposed, given once."""

from __future__ import annotations

from typing import Final

from django.db import connection
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from contacts.models import Contact
from erp.companies.models import Company
from erp.core.errors import DomainError

LARGEST: Final = 2**31 - 1
BEFORE_FIRST: Final = 1000


class NotANumber(DomainError):
    code = "contacts.not_a_number"
    message = _(
        "“%(value)s” is no contact number. Write digits, or leave it blank for the next one."
    )
    field = "number"


class NumberTaken(DomainError):
    code = "contacts.number_taken"
    message = _("Number %(number)s is taken. Choose another, or leave it blank for the next one.")
    field = "number"


def number_of(text: str) -> int | None:
    """A number that was typed; None where nothing was. Raises ``NotANumber``."""
    text = text.strip()
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and 0 < int(text[:12]) <= LARGEST):
        raise NotANumber(value=text[:20])
    return int(text)


def proposed(company: Company) -> int:
    """The next number as things are; somebody else may be given it first."""
    last: int | None = Contact.of(company).aggregate(last=Max("number"))["last"]
    return (last or BEFORE_FIRST) + 1


def next_number(company: Company) -> int:
    """The first of the free numbers; others wait for the end of the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 2))",
                       [f"contact-number:{company.pk}"])  # fmt: skip
    return proposed(company)


def require_free(company: Company | int, number: int) -> None:
    """Raises ``NumberTaken``."""
    if Contact.of(company).filter(number=number).exists():
        raise NumberTaken(number=number)
