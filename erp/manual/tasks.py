"""What the manual does by itself: be printed when somebody wants it."""

from __future__ import annotations

from typing import Any

from celery import shared_task

from erp.core import clock
from erp.manual.book import kept, print_book


@shared_task(name="manual.print")
def print_manual(*, language: str, **_later: Any) -> None:
    """Print the book of a language, unless it is there. Running it twice leaves one."""
    if kept(language) is None:
        print_book(language, day=clock.today())
