"""Names that lists and certificates use, in the active language."""

from __future__ import annotations

import datetime as dt

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from payroll.setup.words import insurance_name
from payroll.wages.kinds import Base, Insurance


def month_names() -> list[str]:
    """January to December, short. May has a context: the word has another meaning elsewhere."""
    names = [date_format(dt.date(2000, month, 1), "M") for month in range(1, 13)]
    names[4] = pgettext("month", "May")
    return names


def base_name(base: Base) -> str:
    """What wages count for, as lists call it."""
    told = {Base.GROSS: _("Gross wages"), Base.QST: _("Withholding tax"), Base.UVG: _("UVG")}
    return told.get(base) or insurance_name(Insurance(base.value))


def sex_name(sex: str) -> str:
    return _("Women") if sex == "F" else _("Men")
