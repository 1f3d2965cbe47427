"""What insurances are called, in the active language (Namen der Versicherungen)."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy

from payroll.wages.kinds import Insurance

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
