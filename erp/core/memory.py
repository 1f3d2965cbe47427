"""Work on many small values at once (Speicher): nothing that refers to itself is made meanwhile."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def not_collecting() -> Iterator[None]:
    """Put off looking for cycles until the end of a batch.

    A step that makes a hundred thousand values would have the program's whole memory looked through
    again and again, for nothing: values go when nobody refers to them. Only for steps of limited size.
    """
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()
