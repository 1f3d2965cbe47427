"""Each list of a year by its key, as pages, files and programs ask for it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from erp.companies.models import Company
from payroll.declarations import accruing, families, lists, pensions, taxes
from payroll.declarations.gathering import PersonYear
from payroll.declarations.reports import Report
from payroll.rates.tariffs import TariffMissing, commission
from payroll.setup.models import Institution
from payroll.setup.settings import settings_of

#: The lists in the order of pages.
TITLES: Final[Mapping[str, Any]] = {
    "ahv": gettext_lazy("AHV wage declaration"),
    "ahv-open": gettext_lazy("Wages not liable to AHV"),
    "alv": gettext_lazy("ALV wages"),
    "fak": gettext_lazy("FAK wages by canton"),
    "uvg": gettext_lazy("UVG wages by code and sex"),
    "uvgz": gettext_lazy("UVGZ wages by code and sex"),
    "ktg": gettext_lazy("KTG wages by code and sex"),
    "bvg": gettext_lazy("BVG annual wages"),
    "tax": gettext_lazy("Withholding tax by canton and month"),
    "institutions": gettext_lazy("Contributions by institution"),
    "accruals": gettext_lazy("Accruals at the end of the year"),
}

#: The same in a word, for tabs.
SHORT: Final[Mapping[str, Any]] = {
    "ahv": gettext_lazy("AHV"), "ahv-open": gettext_lazy("Not AHV"), "alv": gettext_lazy("ALV"),
    "fak": gettext_lazy("FAK"), "uvg": gettext_lazy("UVG"), "uvgz": gettext_lazy("UVGZ"),
    "ktg": gettext_lazy("KTG"), "bvg": gettext_lazy("BVG"), "tax": gettext_lazy("Withholding tax"),
    "institutions": gettext_lazy("Contributions"), "accruals": gettext_lazy("Accruals"),
}  # fmt: skip


def report_of(company: Company, key: str, people: Sequence[PersonYear]) -> Report:
    """A list by its key. Raises ``KeyError``.

    At most three queries more, and one for each canton that taxes at source.
    """
    if key == "tax":
        return taxes.settlement(people, commissions(company, people))
    if key == "accruals":
        return accruing.report_of(company, people)
    if key == "bvg":
        return pensions.bvg(people)
    if key in {"fak", "institutions"}:
        names = dict(Institution.of(company).values_list("pk", "name"))
        return families.fak(people, names) if key == "fak" else lists.institutions(people, names)
    return lists.OF_PEOPLE[key](people)


def commissions(company: Company, people: Sequence[PersonYear]) -> dict[str, Decimal]:
    """The commission of each canton by its tariff of the year, in percent; of unknown ones none."""
    found: dict[str, Decimal] = {}
    kind = settings_of(company).commission
    for canton in sorted({tax.canton for person in people for _posted, tax in person.taxes()}):
        try:
            found[canton] = commission(canton, dt.date(people[0].year, 12, 31), kind)
        except TariffMissing:
            continue
    return found


#: Whose list it is: the kind of institution that gets it.
_FOR: Final[Mapping[str, str]] = {
    "ahv": "ahv", "ahv-open": "ahv", "alv": "ahv", "fak": "fak", "uvg": "uvg", "uvgz": "uvgz",
    "ktg": "ktg", "bvg": "bvg", "tax": "tax",
}  # fmt: skip


def subtitle_of(company: Company, key: str) -> str:
    """Who gets a list, with the member numbers; blank of lists that stay in the house. One query."""
    if key not in _FOR:
        return ""
    rows = Institution.of(company).filter(kind=_FOR[key]).order_by("name")
    told = rows.values_list("name", "member_number")
    return ", ".join(f"{name} {number}".strip() for name, number in told)


def without_barcode() -> str:
    return _(
        "The certificates bear no two-dimensional barcode; tax offices accept them without one."
    )
