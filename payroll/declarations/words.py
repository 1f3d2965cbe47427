"""Names that lists and certificates use, in the active language."""

from __future__ import annotations

import datetime as dt
from typing import Final

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from payroll.wages.values import Insurance

_INSURANCES: Final = {
    Insurance.AHV: gettext_lazy("AHV/IV/EO"),
    Insurance.ALV: gettext_lazy("ALV"),
    Insurance.BU: gettext_lazy("UVG, at work"),
    Insurance.NBU: gettext_lazy("UVG, not at work"),
    Insurance.UVGZ: gettext_lazy("UVGZ"),
    Insurance.KTG: gettext_lazy("KTG"),
    Insurance.BVG: gettext_lazy("BVG"),
    Insurance.FAK: gettext_lazy("FAK"),
    Insurance.ADMIN: gettext_lazy("Administration costs"),
    Insurance.CANTONAL: gettext_lazy("Cantonal contribution"),
    Insurance.EXTRA: gettext_lazy("Other contribution"),
}


def insurance_name(insurance: Insurance) -> str:
    return str(_INSURANCES[insurance])


def month_names() -> list[str]:
    """January to December, short."""
    return [date_format(dt.date(2000, month, 1), "M") for month in range(1, 13)]


def sex_name(sex: str) -> str:
    return _("Women") if sex == "F" else _("Men")
