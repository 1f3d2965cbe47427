"""What comes again (Rhythmus): the day after a day, and the one before."""

from __future__ import annotations

import calendar
import datetime as dt

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

MOST = 60  # weeks or months between one and the next


class Unit(models.TextChoices):
    """What a rhythm counts in."""

    WEEK = "week", _("weeks")
    MONTH = "month", _("months")


def later(day: dt.date, *, every: int, unit: str, anchor: int) -> dt.date:
    """The next day of a rhythm. ``anchor`` is its day of the month: the 31st stays the 31st,
    whatever February said."""
    if unit == Unit.WEEK:
        return day + dt.timedelta(weeks=every)
    return moved(day, every, anchor)


def moved(day: dt.date, months: int, anchor: int) -> dt.date:
    """So many months on, or back, on the anchor's day; in a shorter month on its last."""
    count = day.year * 12 + day.month - 1 + months
    year, month = divmod(count, 12)
    return dt.date(year, month + 1, min(anchor, calendar.monthrange(year, month + 1)[1]))


def words(every: int, unit: str) -> str:
    """How often: every month, every 3 months."""
    if unit == Unit.WEEK:
        told = ngettext("every week", "every %(count)s weeks", every)
    else:
        told = ngettext("every month", "every %(count)s months", every)
    return told % {"count": every}
