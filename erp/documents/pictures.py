"""Pictures in print (Bilder im Druck): in colours that an archived PDF may hold, and no larger than seen."""

from __future__ import annotations

import base64
import io
from functools import lru_cache
from typing import Final

from PIL import Image, ImageOps

MOST_PIXELS: Final = 1200  # 80 mm at 380 dots an inch
_PLAIN: Final = {"RGB", "L"}


@lru_cache(maxsize=8)
def printable(address: str) -> str:
    """A picture in a ``data:`` address as PDF/A-3 can hold it: RGB or grey, on white, of a size to print.

    What is so already is given back as it is, as is what cannot be read. Source: ISO 19005-3,
    6.2.4 (colours other than those of the output intent need profiles of their own).
    """
    _head, _comma, content = address.partition(",")
    try:
        with Image.open(io.BytesIO(base64.b64decode(content)), formats=("PNG", "JPEG")) as picture:
            clear = "transparency" in picture.info
            if picture.mode in _PLAIN and max(picture.size) <= MOST_PIXELS and not clear:
                return address
            drawn = ImageOps.exif_transpose(picture).convert("RGBA")
    except (OSError, ValueError, Image.DecompressionBombError):
        return address
    drawn.thumbnail((MOST_PIXELS, MOST_PIXELS))
    sheet = Image.new("RGB", drawn.size, "white")
    sheet.paste(drawn, mask=drawn)
    out = io.BytesIO()
    sheet.save(out, "PNG")
    return f"data:image/png;base64,{base64.b64encode(out.getvalue()).decode()}"
