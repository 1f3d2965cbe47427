"""How many cases tests make up: a part of them each time, all with ``RAPPEN_DEEP=1``."""

from __future__ import annotations

import os
from typing import Final

DEEP: Final = os.environ.get("RAPPEN_DEEP") == "1"


def cases(most: int, *, each_time: int) -> int:
    return most if DEEP else each_time
