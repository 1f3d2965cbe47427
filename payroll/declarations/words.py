"""Names that lists and certificates use, in the active language."""

from __future__ import annotations

import datetime as dt
from typing import Final

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from payroll.wages.values import Base, Insurance

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
