"""The slip (Zahlteil mit Empfangsschein) in print: HTML for WeasyPrint, at the foot of a page.

Source: SIX, Style Guide QR-bill: sections, sizes of letters and lines. The slip is 210 by 105 mm,
the receipt 62 and the payment part 148 mm wide; all texts keep 5 mm from every edge.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import override

from accounting.qr import fitting
from accounting.qr.bill import Bill, Party
from accounting.qr.payload import payload
from accounting.qr.references import format_reference
from accounting.qr.symbol import symbol
from accounting.qr.wording import WORDINGS
from erp.core.errors import DomainError, Refusals
from erp.core.identifiers import format_iban
from erp.documents import pdf

SHEET: Final = "slip"  # the style sheet of pages that may carry a slip
RECEIPT_ROOM, RECEIPT_HEIGHT = 52, 56  # millimetres, style guide: information section
PAYMENT_ROOM, PAYMENT_HEIGHT = 87, 85
RECEIPT_BLANK, PAYMENT_BLANK = 20, 25  # height of the field for a debtor by hand
RECEIPT_SIZES: Final = (8, 7, 6)  # points, of values; the first at which everything has room
PAYMENT_SIZES: Final = (10, 9, 8, 7, 6)
ROOM: Final = 93  # millimetres of the page's text that a slip takes, and what stands over its cut
FOOT_SIZE, FOOT_LINE, FOOT_ROOM, FOOT_GAP = (
    7,
    3.2,
    120,
    3,
)  # points and millimetres, of a page's foot
_HOME: Final = {"CH", "LI"}


@dataclass(frozen=True, slots=True)
class Block:
    """A heading with what stands under it; without lines there is a field to fill in."""

    heading: str
    lines: tuple[str, ...]

    @property
    def text(self) -> str:
        """The lines; those of a code (``//S1/…``) may break behind each slash."""
        return "\n".join(
            re.sub(r"(?<=[^/])/(?=.)", "/\u200b", line) if line.startswith("//") else line
            for line in self.lines
        )


@dataclass(frozen=True, slots=True)
class Procedure:
    """An alternative procedure as it is printed: its name bold, the rest behind."""

    name: str
    rest: str


def slip(bill: Bill, *, language: str, countries: Collection[str]) -> SafeString:
    """The payment part with receipt of a bill, as HTML for a page of sheet ``slip``.

    ``language`` is de, fr, it or en. Raises ``Refusals`` with everything that is in the way.
    """
    wording = WORDINGS[language]
    code = symbol(payload(bill, countries=countries))
    size, blocks = _payment(bill, language)
    receipt_size, receipt = _receipt(bill, language)
    return SafeString(render_to_string("accounting/qr/slip.html", {
        "wording": wording, "bill": bill, "symbol": code, "amount": printed_amount(bill.amount),
        "receipt": receipt, "receipt_size": receipt_size, "payment": blocks, "size": size,
        "procedures": [_procedure(one) for one in bill.procedures],
    }))  # fmt: skip


def slip_or_reasons(
    bill: Bill, *, language: str, countries: Collection[str]
) -> tuple[SafeString, tuple[DomainError, ...]]:
    """The slip, or in its place why there is none, so that a draft can be printed anyway.

    The second value holds the reasons; only without any may the document be issued.
    """
    try:
        return slip(bill, language=language, countries=countries), ()
    except Refusals as refused:
        reasons = tuple(refused.refusals)
    except DomainError as refusal:
        reasons = (refusal,)
    return missing_slip(reasons, language=language), reasons


def missing_slip(reasons: Sequence[DomainError], *, language: str) -> SafeString:
    """What stands where a slip would: the reasons why there is none."""
    with override(language):
        told = [(one.place or "", str(one)) for one in reasons]
        return render_to_string("accounting/qr/missing_slip.html", {"reasons": told})


def page(
    body: SafeString, *, slips: Sequence[SafeString] = (), title: str, language: str,
    draft: bool = False, separate: bool = False, created: dt.date | None = None, foot: str = "",
    classes: str = "", accent: str = "",
) -> str:  # fmt: skip
    """A document with its slips, for ``pdf.render(..., sheets=[SHEET])``.

    The first slip stands at the foot of the last page, or alone on a further page where there is
    no room, or where it is to be ``separate``; each further one is on a page of its own. A
    ``draft`` bears a watermark on every page. ``foot`` is a text for the foot of each page; where
    a slip is, it stands above it. ``created`` is told in the PDF. ``classes`` mark the body for a
    style sheet over this one, ``accent`` is a colour (``#rrggbb``) for it; slips take no heed of them.
    """
    lines = fitting.all_lines(foot.splitlines(), size=FOOT_SIZE, room=FOOT_ROOM)
    with override(language):
        return render_to_string("accounting/qr/page.html", {
            "body": body, "slips": slips, "title": title, "language": language, "draft": draft,
            "separate": separate, "created": created.isoformat() if created else "", "foot": foot,
            "room": f"{ROOM + lines * FOOT_LINE + FOOT_GAP:.1f}", "classes": classes, "accent": accent,
        })  # fmt: skip


def render(html: str) -> bytes:
    """The PDF of such a page. Raises ``PdfUnavailable``."""
    return pdf.render(html, sheets=[SHEET])


def printed_amount(amount: Decimal | None) -> str:
    """An amount as the style guide has it: blanks between thousands, ``1 949.75``."""
    return "" if amount is None else f"{amount:,.2f}".replace(",", " ")


def address_lines(party: Party, *, street: bool = True) -> tuple[str, ...]:
    """An address as it is printed; only abroad the country stands before the postcode."""
    place = f"{party.postcode} {party.town}"
    if party.country not in _HOME:
        place = f"{party.country}-{place}"
    first = f"{party.street} {party.house_number}".strip() if street else ""
    return tuple(line for line in (party.name, first, place) if line)


def _blocks(bill: Bill, language: str, *, payment: bool, street: bool = True) -> list[Block]:
    wording = WORDINGS[language]
    blocks = [
        Block(
            wording.account, (format_iban(bill.iban), *address_lines(bill.creditor, street=street))
        )
    ]
    if bill.reference:
        blocks.append(Block(wording.reference, (format_reference(bill.reference),)))
    if payment and (bill.message or bill.billing):
        texts = tuple(text for text in (bill.message, bill.billing) if text)
        blocks.append(Block(wording.additional, texts))
    if bill.debtor is None:
        blocks.append(Block(wording.payable_by_blank, ()))
    else:
        blocks.append(Block(wording.payable_by, address_lines(bill.debtor, street=street)))
    return blocks


def _height(blocks: Sequence[Block], *, size: int, room: float, blank: float) -> float:
    """The height of blocks in millimetres, an empty line between them."""
    count = len(blocks) - 1 + len(blocks)
    count += sum(fitting.all_lines(block.lines, size=size, room=room) for block in blocks)
    fields = sum(blank + fitting.FIELD_GAP for block in blocks if not block.lines)
    return count * (size + 1) * fitting.POINT + fields


def _payment(bill: Bill, language: str) -> tuple[int, list[Block]]:
    blocks = _blocks(bill, language, payment=True)
    for size in PAYMENT_SIZES:
        if _height(blocks, size=size, room=PAYMENT_ROOM, blank=PAYMENT_BLANK) <= PAYMENT_HEIGHT:
            break
    return size, blocks


def _receipt(bill: Bill, language: str) -> tuple[int, list[Block]]:
    """The receipt may leave out streets where there is no room; name and place must stay."""
    for size, street in ((RECEIPT_SIZES[0], True), *((size, False) for size in RECEIPT_SIZES)):
        blocks = _blocks(bill, language, payment=False, street=street)
        if _height(blocks, size=size, room=RECEIPT_ROOM, blank=RECEIPT_BLANK) <= RECEIPT_HEIGHT:
            break
    return size, blocks


def _procedure(text: str) -> Procedure:
    cut = min((at for at in (text.find("/"), text.find(";"), text.find(":")) if at > 0), default=-1)
    return Procedure(text[:cut], text[cut:]) if cut > 0 else Procedure("", text)
