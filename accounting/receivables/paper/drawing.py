"""A paper as a page for WeasyPrint (Satz): A4, for an envelope with a window.

Laid out by SN 010130: the address 45 mm from the upper edge, on the right or on the left.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from accounting.qr import slip
from accounting.qr.bill import Party
from accounting.receivables.paper import tables
from accounting.receivables.paper.figures import percent
from accounting.receivables.paper.values import DocumentBody, Letter, Paper, Sender, Style, Total
from accounting.receivables.paper.wording import WORDINGS, Wording
from erp.core.display import chf, swiss_date
from erp.core.errors import DomainError
from erp.core.identifiers import format_uid
from erp.documents.pictures import printable

#: What no font can draw: control characters (but the end of a line), halves of pairs, no characters.
_UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


def slips(paper: Paper) -> list[tuple[SafeString, tuple[DomainError, ...]]]:
    """The slip of each bill, or what stands in its place with the reasons why there is none."""
    return [
        slip.slip_or_reasons(bill, language=paper.letter.language, countries=paper.countries)
        for bill in paper.bills
    ]


def drawn(paper: Paper) -> str:
    """The page of a paper with its slips. It needs nothing from outside."""
    letter, body = paper.letter, paper.body
    look = letter.look
    wording = WORDINGS[letter.language]
    context: dict[str, Any] = {
        "wording": wording, "left": letter.address_left, "title": letter.title,
        "sender": letter.sender, "recipient": "\n".join(letter.recipient), "look": look,
        "facts": [(wording.date, swiss_date(letter.date)), *letter.facts, *_number(letter, wording)],
        "before": [*_paragraphs(letter.greeting), *_paragraphs(letter.intro)],
        "after": _paragraphs(letter.closing), "totals": _totals(body.totals, body.currency),
        **_sender(letter.sender, wording),
    }  # fmt: skip
    if isinstance(body, DocumentBody):
        context |= {
            "table": tables.of_lines(body, wording, look),
            "vat": _vat(body),
            "terms": body.terms,
        }
    else:
        context["table"] = tables.of_columns(body, look)
    page = slip.page(
        render_to_string("accounting/receivables/paper.html", context),
        slips=[told for told, _reasons in slips(paper)], title=letter.title, draft=letter.draft,
        language=letter.language, created=letter.date,
        foot="" if look.letterhead else letter.sender.footer, classes=look.classes,
        accent=look.accent,
    )  # fmt: skip
    return _UNPRINTABLE.sub("", page)


def _sender(sender: Sender, wording: Wording) -> dict[str, str]:
    """Who writes: the address in full, and in one line over that of the recipient."""
    place = Party(sender.name, sender.postcode, sender.town, sender.country, sender.street,
                  sender.house_number)  # fmt: skip
    address = slip.address_lines(place)
    lines = (*address[1:], sender.phone, sender.mail, sender.web, _uid(sender, wording))
    return {
        "contact": "\n".join(line for line in lines if line),
        "back": ", ".join(address),
        "logo": printable(sender.logo) if sender.logo else "",
    }


def _uid(sender: Sender, wording: Wording) -> str:
    uid = format_uid(sender.uid)
    return f"{uid} {wording.vat}" if uid and sender.vat_liable else uid


def _number(letter: Letter, wording: Wording) -> list[tuple[str, str]]:
    """The sender's UID as a fact where the head that has it is not printed (MWSTG Art. 26 para. 2 a)."""
    number = _uid(letter.sender, wording) if letter.look.letterhead else ""
    return [(wording.uid, number)] if number else []


def _paragraphs(text: str) -> list[str]:
    """Texts between blank lines; the ends of their lines are kept."""
    return [
        part.strip("\n")
        for part in re.split(r"\n[ \t]*\n", text.replace("\r\n", "\n"))
        if part.strip()
    ]


def _vat(body: DocumentBody) -> list[tuple[str, str, str]]:
    """Rate, net and tax of each rate; nothing where there is but one, as the totals tell it."""
    rows = body.vat if len(body.vat) > 1 else ()
    return [(percent(rate), chf(net), chf(tax)) for rate, net, tax in rows]


def _totals(totals: Sequence[Total], currency: str) -> list[tuple[str, str, str]]:
    """The totals as they are printed; what is to be paid names its currency."""
    return [
        (f"{label} {currency}" if style == Style.SUM and currency not in label.split() else label,
         chf(amount), style)
        for label, amount, style in totals
    ]  # fmt: skip
