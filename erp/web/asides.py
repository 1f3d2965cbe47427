"""What rooms above show beside a record of rooms below (Randspalten): threads of questions, for one.

A room registers in its ``AppConfig.ready``; pages include ``{% asides "entry" entry.pk %}``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from django.utils.safestring import SafeString, mark_safe

from erp.access.gate import Access

Show = Callable[[Access, str, int], str]

_shown: Final[dict[str, Show]] = {}


def register(key: str, show: Show) -> None:
    """Let a room show HTML (safe, or blank for nothing) beside records; a key registers once.

    ``show`` gets who looks, the kind of record, and its number.
    """
    _shown[key] = show


def asides_of(access: Access, subject: str, pk: int) -> SafeString:
    return mark_safe("".join(show(access, subject, pk) for show in _shown.values()))  # noqa: S308
