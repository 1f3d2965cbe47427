"""Mails that bring wage papers (Mailarten der Lohnpapiere): encrypted files, or a link behind the sign-in."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from erp.access.permissions import Permission
from erp.mails.kinds import register
from payroll.delivery.models import Way

READY_MADE: Final = Path(__file__).parent / "data" / "mails.toml"
PLACEHOLDERS: Final[dict[str, Any]] = {
    "greeting": _("salutation in the person's language"),
    "name": _("name of the person"),
    "period": _("month or year of the paper"),
}
LINK: Final[dict[str, Any]] = {"link": _("address of the page “My wage”")}
KINDS: Final[dict[str, Any]] = {
    "wage_slip": _("Payslip, encrypted"),
    "wage_slip_link": _("Payslip, link"),
    "wage_certificate": _("Wage certificate, encrypted"),
    "wage_certificate_link": _("Wage certificate, link"),
}
EXAMPLES: Final = {"name": "Anna Beispiel", "period": "03.2026",
                   "link": "https://rappen.example.ch/c/1/payroll/my-wage/"}  # fmt: skip
#: The page that such mails are about: the person's.
PAGE: Final = "employee"


def kind_of(paper: str, way: str) -> str:
    """The kind of mail that brings a slip or certificate this way."""
    return f"wage_{paper}_link" if way == Way.PORTAL else f"wage_{paper}"


def _offer_all() -> None:
    told = tomllib.loads(READY_MADE.read_text(encoding="utf-8"))
    for name, label in KINDS.items():
        texts = {language: (one["subject"], one["body"].strip("\n"))
                 for language, one in told[name].items()}  # fmt: skip
        register(
            name, label=label, see=Permission.PAYROLL_READ, send=Permission.PAYROLL_EXPORT,
            placeholders=PLACEHOLDERS | (LINK if name.endswith("_link") else {}), defaults=texts,
            examples=EXAMPLES, page=PAGE,
        )  # fmt: skip


_offer_all()
