"""Originals as pictures of a size (Originale als Bild), for lists and small screens.

What is shown is never what came in, but what a child process drew of it. Pictures lie beside the
archive and can be made again at any time.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from django.conf import settings

from erp.core import sandbox
from erp.documents import storing
from erp.documents.models import StoredFile

#: Pixels across: a list, a phone, a tablet, and what the smallest print can be read at (170 dpi of A4).
WIDTHS: Final = (160, 400, 800, 1400)
READABLE: Final = 1400


def picture_of(file: StoredFile, *, nth: int = 1, width: int = READABLE) -> bytes:
    """A page of an original, from 1, as JPEG of at most ``width`` pixels, one of ``WIDTHS``.

    Made once, then kept. Raises what ``drawing.page`` does, or ``FileNotFoundError`` where the
    original is lost.
    """
    assert width in WIDTHS
    place = _place(file, nth, width)
    try:
        return place.read_bytes()
    except FileNotFoundError:
        content = storing.content_of(file)
    made: bytes = sandbox.call("erp.documents.drawing:page", content, nth=nth, width=width)
    storing.write_once(place, made)
    return made


def _place(file: StoredFile, nth: int, width: int) -> Path:
    folder = Path(settings.RAPPEN_VAR) / "previews" / str(file.company_id) / file.digest[:2]
    return folder / f"{file.digest}-{nth}-{width}.jpg"
