"""What an entry says of the time it concerns (Leistungszeitraum), and who accrues what is of later years.

Source: OR 958b (expenses and income belong to the year that caused them).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from accounting.ledger.models import JournalEntry
from accounting.ledger.typed import Typed, day_of
from erp.access.models import User
from erp.core.errors import DomainError


class HalfATime(DomainError):
    code = "ledger.half_a_time"
    message = _(
        "The time that the entry concerns has a first and a last day. Enter both, or neither."
    )
    field = "concerns_until"


class TimeBackwards(DomainError):
    code = "ledger.time_backwards"
    message = _("The time that the entry concerns begins on %(start)s and ends before, on %(until)s. Correct one of "
                "the days.")  # fmt: skip
    field = "concerns_until"


class DraftOfLaterTime(DomainError):
    code = "ledger.draft_of_later_time"
    message = _("A draft accrues nothing yet. Leave the time empty, and enter it when the entry is "
                "posted.")  # fmt: skip
    field = "concerns_until"


@dataclass(frozen=True, slots=True)
class Time:
    """The days that an entry concerns, both included."""

    start: dt.date
    until: dt.date

    @classmethod
    def of(cls, start: dt.date | None, until: dt.date | None) -> Time | None:
        """None where nothing is said. Raises ``HalfATime`` or ``TimeBackwards``."""
        if start is None and until is None:
            return None
        if start is None or until is None:
            raise HalfATime(field="concerns_from" if start is None else None)
        if until < start:
            raise TimeBackwards(start=start, until=until)
        return cls(start, until)


#: The room above that accrues; it says what it did, a sentence each, in the language of whoever asks.
accruing: Final[list[Callable[[JournalEntry, Time, User], list[str]]]] = []


def time_in(typed: Typed) -> Time | None:
    """What the mask sent. Raises ``NotADate``, ``HalfATime`` or ``TimeBackwards``."""

    def day(name: str) -> dt.date | None:
        return day_of(typed[name], place=name) if typed.get(name) else None

    return Time.of(day("concerns_from"), day("concerns_until"))


def accrue(entry: JournalEntry, time: Time | None, *, by: User) -> list[str]:
    """Let what an entry has of later years be accrued, in the transaction that posted it.

    Returns what was done. Raises ``DraftOfLaterTime``, and what the room that accrues does.
    """
    if time is None:
        return []
    if not entry.is_posted:
        raise DraftOfLaterTime
    told: list[Any] = [said for room in accruing for said in room(entry, time, by)]
    return told
