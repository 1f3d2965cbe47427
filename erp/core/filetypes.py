"""What files are called in HTTP (Dateitypen), and what a document is by its first bytes."""

from __future__ import annotations

from typing import Final

CSV: Final = "text/csv; charset=utf-8"
PDF: Final = "application/pdf"
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
JPEG, PNG, WEBP, HEIC = "image/jpeg", "image/png", "image/webp", "image/heic"

#: Documents that are taken (Belege), and how the names of their files end.
ENDINGS: Final = {PDF: "pdf", JPEG: "jpg", PNG: "png", WEBP: "webp", HEIC: "heic"}
DOCUMENTS: Final = tuple(ENDINGS)

_LONGEST_HEAD: Final = 256  # bytes of a HEIF file's first box; cameras write up to 48
_STILLS: Final = {b"heic", b"heix", b"heim", b"heis"}


def document_type(content: bytes) -> str | None:
    """One of ``DOCUMENTS`` by the first bytes, never by the file's name; None for what is not taken."""
    if content.startswith(b"%PDF-"):
        return PDF
    if content.startswith(b"\xff\xd8\xff"):
        return JPEG
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return WEBP
    return HEIC if _is_heic(content) else None


def _is_heic(content: bytes) -> bool:
    """Whether a HEIF file holds a still picture in HEVC, as phones take it: neither AVIF nor a sequence.

    ``mif1`` alone names no codec; the file then says in its list of brands that it is HEIC.
    Source: ISO/IEC 23008-12, 10.2 and B.4.
    """
    size = int.from_bytes(content[:4], "big")
    if content[4:8] != b"ftyp" or not 16 <= size <= _LONGEST_HEAD:
        return False
    brand, others = content[8:12], content[16:size]
    return brand in _STILLS or (
        brand == b"mif1" and any(others[at : at + 4] in _STILLS for at in range(0, len(others), 4))
    )
