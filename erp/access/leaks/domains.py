"""Mail domains: how one is written, and which are anybody's."""

from __future__ import annotations

import csv
import re
from functools import cache
from pathlib import Path
from typing import Final

from django.utils.translation import gettext_lazy as _

from erp.core.errors import DomainError

LONGEST: Final = 253
_DATA: Final = Path(__file__).parent / "data" / "free_mail.csv"
_DOMAIN: Final = re.compile(
    r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])", re.ASCII
)


class NotADomain(DomainError):
    code = "leaks.not_a_domain"
    message = _("“%(domain)s” is no mail domain. Write what stands after the @, such as muster.ch.")
    field = "domain"


class FreeMail(DomainError):
    code = "leaks.free_mail"
    message = _("Anybody gets a mailbox at %(domain)s, so it is no domain of a company. Give the "
                "domain of your own addresses.")  # fmt: skip
    field = "domain"


def parse_domain(text: str) -> str:
    """A mail domain in the form in which it is kept and compared: lower case, ASCII (IDNA).

    What stands before an ``@`` is left out. Raises ``NotADomain``.
    """
    typed = text.strip().lower().rpartition("@")[2].removesuffix(".")
    try:
        written = typed.encode("idna").decode("ascii") if len(typed) <= LONGEST else ""
    except UnicodeError:
        written = ""
    if len(written) > LONGEST or not _DOMAIN.fullmatch(written):
        raise NotADomain(domain=text.strip()[:60])
    return written


def domain_of(address: str) -> str:
    """The domain of an e-mail address as ``parse_domain`` writes it; blank if it has none."""
    try:
        return parse_domain(address) if "@" in address else ""
    except NotADomain:
        return ""


def is_free_mail(domain: str) -> bool:
    """Whether anybody gets a mailbox there; subdomains are like their domain."""
    labels = domain.lower().split(".")
    return any(".".join(labels[nth:]) in free_mail() for nth in range(len(labels) - 1))


@cache
def free_mail() -> frozenset[str]:
    with _DATA.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(line for line in file if not line.startswith("#"))
        return frozenset(row["domain"] for row in rows)
