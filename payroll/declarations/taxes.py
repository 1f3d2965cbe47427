"""Withholding tax by canton and month (Quellensteuerabrechnung): tax, commission, what is due. Pure.

A correction stands in the month of its booking date, and names the month it is for: what was settled
before stays as it was. What is corrected after the turn of the year is a supplement to the old year: it
stands behind its December under the month of payment, and in no list of the new year, so that a year's
settlements come to box 12 of its certificates. A mere change of code of an earlier year is none of the
employer's: the tax office reckons it anew.

Source: QStV Art. 6 (commission), DBG Art. 137 and 138, tariff files record 12.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from erp.core.money import ZERO, to_five_centimes
from payroll.declarations.gathering import PersonYear
from payroll.declarations.reports import Report
from payroll.wages.values import HUNDRED, Tax


@dataclass(frozen=True, slots=True)
class Due:
    """A canton's month: what was withheld, the commission kept, and what is to be paid; in CHF.

    ``month`` is after ``year`` where it is a supplement to a year that had ended.
    """

    canton: str
    month: dt.date
    people: int
    taxable: Decimal
    tax: Decimal
    percent: Decimal | None
    year: int = 0  # whose wages are settled

    @property
    def is_supplement(self) -> bool:
        return bool(self.year) and self.month.year > self.year

    @property
    def commission(self) -> Decimal:
        """Rounded to 0.05; nothing where the rate is not known, or tax is paid back."""
        return self._kept(self.tax) if self.tax > 0 else ZERO

    def commission_on(self, tax: Decimal) -> Decimal:
        """The part of the commission that so much of the tax makes, with its sign; 0 where none is kept."""
        return self._kept(tax) if self.commission else ZERO

    def _kept(self, tax: Decimal) -> Decimal:
        return ZERO if self.percent is None else to_five_centimes(tax * self.percent / HUNDRED)

    @property
    def net(self) -> Decimal:
        return self.tax - self.commission


Rows = list[tuple[PersonYear, dt.date, Tax]]


def taxes_of(people: Iterable[PersonYear]) -> Rows:
    """All taxes with the first day of the month in whose settlement they stand: ``Posted.settled``."""
    return [(person, posted.settled, tax) for person in people for posted, tax in person.taxes()]


def dues(rows: Rows, percents: Mapping[str, Decimal]) -> list[Due]:
    """What is due by canton and month; ``percents`` are the commissions of cantons that are known."""
    found = []
    for canton, month in sorted({(tax.canton, month) for _person, month, tax in rows}):
        same = [
            (person, tax) for person, when, tax in rows if (tax.canton, when) == (canton, month)
        ]
        found.append(Due(
            canton, month, len({person.file.id for person, _tax in same}),
            sum((tax.taxable for _person, tax in same), ZERO),
            sum((tax.amount for _person, tax in same), ZERO), percents.get(canton),
            same[0][0].year,
        ))  # fmt: skip
    return found


def settlement(people: Sequence[PersonYear], percents: Mapping[str, Decimal]) -> Report:
    """People by canton and month, each month with its total, commission and what is due."""
    taxed = taxes_of(people)
    rows: list[list[Any]] = []
    kinds: dict[int, str] = {}
    for due in dues(taxed, percents):
        when = f"{due.month:%m.%Y}"
        for person, month, tax in taxed:
            if (tax.canton, month) == (due.canton, due.month):
                what = _("correction %(month)s") % {"month": f"{tax.month:%m.%Y}"}
                rows.append([due.canton, when, person.file.personal.ahv_number, person.file.name,
                             tax.commune, tax.code, tax.taxable, tax.determinant, tax.amount, None,
                             None, what if tax.is_correction else ""])  # fmt: skip
        kinds[len(rows)] = "total"
        rows.append([due.canton, when, "", _("Total"), None, "", due.taxable, None, due.tax,
                     due.commission, due.net, _note(due)])  # fmt: skip
    columns = [
        ("canton", _("Canton")), ("month", _("Month")), ("ahv_number", _("AHV number")),
        ("name", _("Name")), ("commune", _("Commune")), ("code", _("Code")),
        ("taxable", _("Taxable")), ("determinant", _("Determinant")), ("tax", _("Tax")),
        ("commission", _("Commission")), ("due", _("Due")), ("remark", _("Remark")),
    ]  # fmt: skip
    return Report("tax", _("Withholding tax by canton and month"), columns, rows, kinds)


def _note(due: Due) -> str:
    note = _("commission %(percent)s %%") % {"percent": f"{due.percent:g}"} if due.percent else \
        _("commission unknown: load the tariff")  # fmt: skip
    if due.is_supplement:
        note = _("supplement to %(year)s; %(note)s") % {"year": due.year, "note": note}
    return note
