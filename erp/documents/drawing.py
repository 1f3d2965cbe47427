"""Foreign documents drawn anew (Originale neu gezeichnet): runs in a child process with limits.

A page of a PDF file is rendered with PDFium, a picture is unpacked only after its size was looked
at. What comes out is a picture of our own. Nothing here asks the database; see ``erp.core.sandbox``.
"""

from __future__ import annotations

import io
from typing import Any, Final

import pypdfium2 as pdfium
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageOps

from erp.core.errors import DomainError
from erp.core.filetypes import HEIC, JPEG, PDF, PNG, WEBP, document_type

MOST_PAGES: Final = 200
MOST_PIXELS: Final = 64_000_000  # of a picture; phones take up to 50 million

POINTS: Final = 72  # of an inch
MOST_RENDERED: Final = 24_000_000  # pixels of a page, however large it says it is
_FORMATS: Final = {JPEG: "JPEG", PNG: "PNG", WEBP: "WEBP", HEIC: "HEIF"}


class NotADocument(DomainError):
    code = "capture.not_a_document"
    message = _(
        "“%(name)s” is no PDF, JPEG, PNG, WebP or HEIC file. Save the bill in one of these formats."
    )
    field = "file"


class TooManyPages(DomainError):
    code = "capture.too_many_pages"
    message = _(
        "The file has %(count)s pages; at most %(limit)s are read. Split it into its bills."
    )
    field = "file"


class TooManyPixels(DomainError):
    code = "capture.too_many_pixels"
    message = _("The picture has more than %(limit)s million pixels. Take or scan it smaller.")
    field = "file"


class Encrypted(DomainError):
    code = "capture.encrypted"
    message = _(
        "The PDF file is protected by a password. Save it without one, or ask for another copy."
    )
    field = "file"


class Damaged(DomainError):
    code = "capture.damaged"
    message = _(
        "The file is damaged or incomplete and cannot be opened. Scan it or ask for it again."
    )
    field = "file"


def page(content: bytes, *, nth: int, width: int) -> bytes:
    """A page, from 1, as a JPEG picture of at most ``width`` pixels; drawn anew, whatever came in.

    Raises ``NotADocument``, ``Encrypted``, ``TooManyPages``, ``TooManyPixels``, and ``Damaged``
    where there is no such page.
    """
    kind = document_type(content)
    if kind is None:
        raise NotADocument(name="")
    if kind != PDF and nth != 1:
        raise Damaged
    picture = _drawn(content, nth, width) if kind == PDF else _shown(content, kind, width)
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=82)
    return out.getvalue()


def require_picture(content: bytes) -> None:
    """Unpack a picture to its end. Raises ``NotADocument``, ``TooManyPixels`` or ``Damaged``."""
    kind = document_type(content)
    if kind is None or kind == PDF:
        raise NotADocument(name="")
    unpacked(content, kind, MOST_PIXELS)


def opened(content: bytes) -> pdfium.PdfDocument:
    """A PDF file with pages. Raises ``Encrypted``, ``Damaged`` or ``TooManyPages``."""
    try:
        file = pdfium.PdfDocument(content)
        count = len(file)
    except pdfium.PdfiumError as error:
        raise (Encrypted if "assword" in str(error) else Damaged) from None
    if not count:
        raise Damaged
    if count > MOST_PAGES:
        raise TooManyPages(count=count, limit=MOST_PAGES)
    return file


def scale(sheet: Any, dpi: float) -> float:
    """What PDFium is to scale a page by, so that it stays below ``MOST_RENDERED``."""
    width, height = sheet.get_size()
    area = max(width * height, 1)
    return float(min(dpi / POINTS, (MOST_RENDERED / area) ** 0.5))


def _drawn(content: bytes, nth: int, width: int) -> Image.Image:
    with opened(content) as file:
        if not 1 <= nth <= len(file):
            raise Damaged
        try:
            sheet = file[nth - 1]
            dpi = (width - 0.5) / max(sheet.get_width(), 1) * POINTS  # PDFium rounds up
            picture: Image.Image = sheet.render(scale=scale(sheet, dpi)).to_pil().convert("RGB")
        except pdfium.PdfiumError:
            raise Damaged from None
    return picture


def unpacked(content: bytes, kind: str, side: int) -> Image.Image:
    """A picture whose size was checked before it is unpacked; of JPEG files no more than is needed."""
    if kind == HEIC:
        import pillow_heif

        pillow_heif.register_heif_opener(thumbnails=False)
    try:
        picture = Image.open(io.BytesIO(content), formats=(_FORMATS[kind],))
        if picture.width * picture.height > MOST_PIXELS:
            raise TooManyPixels(limit=MOST_PIXELS // 1_000_000)
        if kind == JPEG:
            picture.draft(None, (side, side))
        picture.load()
    except Image.DecompressionBombError:
        raise TooManyPixels(limit=MOST_PIXELS // 1_000_000) from None
    except (OSError, ValueError, SyntaxError, EOFError):
        raise Damaged from None
    return picture


def _shown(content: bytes, kind: str, width: int) -> Image.Image:
    """A picture upright, on white, of at most ``width`` pixels across; made small before all else."""
    picture = unpacked(content, kind, 2 * width)
    if picture.mode not in {"L", "RGB", "RGBA", "CMYK"}:
        picture = picture.convert("RGBA")
    picture.thumbnail((2 * width, 2 * width))
    drawn = ImageOps.exif_transpose(picture)
    drawn.thumbnail((width, 2 * width))
    if drawn.mode == "RGBA":
        sheet = Image.new("RGB", drawn.size, "white")
        sheet.paste(drawn, mask=drawn)
        return sheet
    return drawn.convert("RGB")
