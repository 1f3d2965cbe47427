"""Kinds of mail between a company and its fiduciary (Mailarten)."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from erp.access.permissions import Permission
from erp.mails.kinds import register

DATA: Final = Path(__file__).parent / "data" / "mails.toml"
QUESTION, ANSWER, RECEIPTS = "question", "question_answer", "question_receipts"
_LINK: Final[dict[str, Any]] = {"link": _("address of the page of questions")}
_NAMES: Final[dict[str, Any]] = {
    "title": _("what it is about"), "by": _("who wrote"), "firm": _("name of the fiduciary"), **_LINK,
}  # fmt: skip
_LIST: Final[dict[str, Any]] = {
    "list": _("what is asked for, a line each"), "number": _("how many"), **_LINK,
}  # fmt: skip
KINDS: Final[dict[str, tuple[Any, dict[str, Any]]]] = {
    QUESTION: (_("Question"), _NAMES),
    ANSWER: (_("Answer to a question"), _NAMES),
    RECEIPTS: (_("Missing receipts and open questions"), _LIST),
}
_EXAMPLES: Final = {
    "title": "Buchung 214: Parkgebühren", "by": "Anna Beispiel", "firm": "Muster Treuhand AG",
    "link": "https://rappen.example.ch/c/1/questions/", "number": "2",
    "list": "\N{EN DASH} Tankstelle Muster, 03.11.2026\n\N{EN DASH} Restaurant Beispiel, 09.11.2026",
}  # fmt: skip


def _offer_all() -> None:
    told = tomllib.loads(DATA.read_text(encoding="utf-8"))
    for name, (label, places) in KINDS.items():
        texts = {language: (one["subject"], one["body"].strip("\n"))
                 for language, one in told[name].items()}  # fmt: skip
        register(
            name, label=label, see=Permission.QUESTIONS_READ, send=Permission.QUESTIONS_WRITE,
            placeholders=places, defaults=texts, examples=_EXAMPLES,
            page="question" if name != RECEIPTS else "",
        )  # fmt: skip


_offer_all()
