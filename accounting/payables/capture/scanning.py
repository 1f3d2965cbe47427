"""Files of others, opened and looked at (Seiten und QR-Codes): runs in a child process with limits.

A PDF file is rendered page by page with PDFium, codes are found by ZXing: turned by any angle, askew
on a photograph, several on a page. Nothing here asks the database; see ``erp.core.sandbox``.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

import pypdfium2 as pdfium
import zxingcpp
from PIL import Image, ImageOps

from accounting.payables.capture import einvoices
from accounting.payables.capture.einvoices import EInvoice
from erp.core.filetypes import PDF, document_type
from erp.documents.drawing import (
    MOST_RENDERED,
    Damaged,
    NotADocument,
    opened,
    scale,
    unpacked,
)

DPI, FINE_DPI = 200, 300
LONG_SIDE: Final = 4000  # pixels of a photograph at the first look
CPU_SECONDS, WALL_SECONDS = 20, 40  # for looking at the pages; what is left then is told
LOOKED_AT_TWICE: Final = 6  # pages of a file without any code
MOST_CODES: Final = 100
MOST_ATTACHMENTS: Final = 20
LONGEST_CODE: Final = 4296  # letters; the largest QR symbol holds no more

_QR: Final = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)


@dataclass(frozen=True, slots=True)
class Code:
    """A QR code: the page it is on, from 1, and its bytes."""

    page: int
    content: bytes


@dataclass(frozen=True, slots=True)
class Scan:
    """What a file holds. ``unread`` pages were left out for want of time.

    ``attached`` is the name of an invoice as data within the file, ``einvoice`` what it says, or
    None where it cannot be read.
    """

    content_type: str
    pages: int
    codes: tuple[Code, ...] = ()
    unread: tuple[int, ...] = ()
    attached: str = ""
    einvoice: EInvoice | None = None


def scan(content: bytes) -> Scan:
    """Look through a file: pages, codes, and an invoice as data.

    Raises ``NotADocument``, ``Encrypted``, ``Damaged``, ``TooManyPages`` or ``TooManyPixels``.
    """
    kind = document_type(content)
    if kind is None:
        raise NotADocument(name="")
    if kind != PDF:
        return Scan(kind, 1, tuple(Code(1, found) for found in _inunpacked(content, kind)))
    with opened(content) as file:
        codes, unread = _in_pages(file)
        name, einvoice = _attached(file)
        return Scan(kind, len(file), codes, unread, name, einvoice)


# --- PDF files ------------------------------------------------------------------------------------
def _in_pages(file: pdfium.PdfDocument) -> tuple[tuple[Code, ...], tuple[int, ...]]:
    """The codes of all pages; where there is none at all, the first and last are looked at twice."""
    is_over = _clock()
    found: list[Code] = []
    unread: list[int] = []
    for nth in range(len(file)):
        if is_over() or len(found) >= MOST_CODES:
            unread.append(nth + 1)
            continue
        found += [Code(nth + 1, code) for code in _codes(_rendered(file, nth, DPI))]
    if not found:
        for nth in _at_both_ends(len(file)):
            if is_over():
                break
            picture = _rendered(file, nth, FINE_DPI)
            found += [Code(nth + 1, code) for code in _codes_at_a_second_look(picture)]
    return tuple(found[:MOST_CODES]), tuple(unread)


def _clock() -> Callable[[], bool]:
    """Whether time is over, of the processor or on the wall; both end before the child's own limits."""
    busy, wall = time.process_time() + CPU_SECONDS, time.monotonic() + WALL_SECONDS
    return lambda: time.process_time() > busy or time.monotonic() > wall


def _at_both_ends(count: int) -> list[int]:
    half = LOOKED_AT_TWICE // 2
    return sorted({*range(min(half, count)), *range(max(0, count - half), count)})


def _rendered(file: pdfium.PdfDocument, nth: int, dpi: int) -> Image.Image:
    """A page in shades of grey, never of more than ``MOST_RENDERED`` pixels."""
    try:
        sheet = file[nth]
        picture: Image.Image = sheet.render(scale=scale(sheet, dpi), grayscale=True).to_pil()
    except pdfium.PdfiumError:
        raise Damaged from None
    sheet.close()
    return picture


def _attached(file: pdfium.PdfDocument) -> tuple[str, EInvoice | None]:
    """The name of an invoice as data, and what it says; a broken attachment says nothing."""
    for nth in range(min(file.count_attachments(), MOST_ATTACHMENTS)):
        try:
            one = file.get_attachment(nth)
            name = one.get_name()
        except pdfium.PdfiumError:
            continue
        if name.lower() in einvoices.NAMES:
            try:
                return name, einvoices.read(bytes(one.get_data()))
            except pdfium.PdfiumError:
                return name, None
    return "", None


# --- pictures -------------------------------------------------------------------------------------
def _inunpacked(content: bytes, kind: str) -> list[bytes]:
    picture = unpacked(content, kind, LONG_SIDE).convert("L")
    smaller = picture
    if max(picture.size) > LONG_SIDE:
        smaller = picture.copy()
        smaller.thumbnail((LONG_SIDE, LONG_SIDE))
    return _codes(smaller) or _codes_at_a_second_look(picture)


# --- codes ----------------------------------------------------------------------------------------
def _codes(picture: Image.Image, **how: Any) -> list[bytes]:
    """The QR codes of a picture, from top to bottom, each once."""
    found = zxingcpp.read_barcodes(picture, formats=_QR, **how)
    found.sort(key=lambda one: (one.position.top_left.y, one.position.top_left.x))
    return list(dict.fromkeys(bytes(one.bytes) for one in found if len(one.bytes) <= LONGEST_CODE))


def _codes_at_a_second_look(picture: Image.Image) -> list[bytes]:
    """Once more, with more contrast, sizes halved and doubled, and one threshold for all."""
    return next((codes for one, how in _variants(picture) if (codes := _codes(one, **how))), [])


def _variants(picture: Image.Image) -> Iterator[tuple[Image.Image, dict[str, Any]]]:
    clear = ImageOps.autocontrast(picture, cutoff=2)
    yield clear, {}
    yield clear, {"binarizer": zxingcpp.Binarizer.GlobalHistogram}
    width, height = picture.size
    yield clear.resize((max(1, width // 2), max(1, height // 2)), Image.Resampling.BOX), {}
    if width * height <= MOST_RENDERED // 4:
        yield clear.resize((width * 2, height * 2), Image.Resampling.BICUBIC), {}
