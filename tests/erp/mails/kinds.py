"""Kinds of mail that exist in tests alone; pages and workers find them by ``RAPPEN_MAIL_KINDS``."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from erp.access.permissions import Permission
from erp.mails.templates import register

DEFAULTS = {
    "de": (
        "Rechnung {number} von {company}",
        "{greeting}\n\nAnbei die Rechnung {number}.\n\n{company}",
    ),
    "fr": (
        "Facture {number} de {company}",
        "{greeting}\n\nVoici la facture {number}.\n\n{company}",
    ),
    "it": ("Fattura {number} di {company}", "{greeting}\n\nEcco la fattura {number}.\n\n{company}"),
    "en": ("Invoice {number} of {company}", "{greeting}\n\nHere is invoice {number}.\n\n{company}"),
}

register(
    "test-invoice", label=_("Entry"), see=Permission.LEDGER_READ, send=Permission.LEDGER_POST,
    page="entry", placeholders={"number": _("number"), "greeting": _("text")}, defaults=DEFAULTS,
    examples={"number": "2026-17"},
)  # fmt: skip
register(
    "test-secret", label=_("Company"), see=Permission.MEMBERS_CHANGE, send=Permission.MEMBERS_CHANGE,
    placeholders={}, defaults=dict.fromkeys(DEFAULTS, ("Geheim", "{company}")),
)  # fmt: skip
