"""Mails that carry documents (Mailarten der Belege): one kind for each kind of document."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from erp.access.permissions import Permission
from erp.mails.kinds import register

READY_MADE: Final = Path(__file__).parent / "data" / "mails.toml"
#: What the texts of all kinds may hold in braces.
PLACEHOLDERS: Final[dict[str, Any]] = {
    "number": _("number of the document"),
    "date": _("its date"),
    "amount": _("its total, with the currency"),
    "name": _("name of the customer"),
    "greeting": _("salutation in the language of the document"),
    "subject": _("subject of the document"),
}
#: How each kind is called, and what ``due_date`` is there, if anything.
KINDS: Final[dict[str, tuple[Any, Any]]] = {
    "invoice": (_("Invoice"), _("until when it is to be paid")),
    "offer": (_("Offer"), _("until when it is valid")),
    "order": (_("Order confirmation"), None),
    "credit_note": (_("Credit note"), None),
}
EXAMPLES: Final = {
    "number": "2026-00017", "date": "01.03.2026", "due_date": "31.03.2026",
    "amount": "CHF 1’081.00", "name": "Huber AG",
}  # fmt: skip
#: The page of a document, where its mails lead to.
PAGE: Final = "sales-document-send"


def _offer_all() -> None:
    told = tomllib.loads(READY_MADE.read_text(encoding="utf-8"))
    for name, (label, due) in KINDS.items():
        texts = {language: (one["subject"], one["body"].strip("\n"))
                 for language, one in told[name].items()}  # fmt: skip
        placeholders = PLACEHOLDERS | ({"due_date": due} if due else {})
        register(
            name, label=label, see=Permission.RECEIVABLES_READ, send=Permission.RECEIVABLES_SEND,
            page=PAGE, placeholders=placeholders, defaults=texts, examples=EXAMPLES,
        )  # fmt: skip


_offer_all()
