"""Checks that several kinds of facts share: days, choices, amounts, places."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from erp.core.errors import DomainError
from payroll.employees.known import Known


class ValueMissing(DomainError):
    code = "people.value_missing"
    message = _("“%(name)s” is missing. Fill it in.")


class UnknownCanton(DomainError):
    code = "people.unknown_canton"
    message = _("“%(value)s” is no canton. Write its two letters, such as ZH.")
    field = "canton"


class UnknownCountryCode(DomainError):
    code = "people.unknown_country"
    message = _("“%(value)s” is no country. Write its two letters, such as CH, DE or FR.")
    field = "country"


class UnknownCommune(DomainError):
    code = "people.unknown_commune"
    message = _("There is no commune %(value)s. Look its number up in the register of the BFS, or choose "
                "the place by its postcode.")  # fmt: skip
    field = "commune"


class OtherCanton(DomainError):
    code = "people.other_canton"
    message = _("%(commune)s lies in the canton %(right)s, not in %(value)s. Correct one of them.")
    field = "canton"


class OutOfRange(DomainError):
    code = "people.out_of_range"
    message = _("%(value)s is not possible here: from %(least)s to %(most)s. Correct it.")


def canton_of(text: str, known: Known, faults: list[DomainError], field: str = "canton") -> str:
    """A canton as it is kept; blank stays blank."""
    code = text.strip().upper()
    if code and code not in known.cantons:
        faults.append(UnknownCanton(field=field, value=text[:10]))
    return code


def country_of(text: str, known: Known, faults: list[DomainError], field: str = "country") -> str:
    code = text.strip().upper()
    if code and code not in known.countries:
        faults.append(UnknownCountryCode(field=field, value=text[:10]))
    return code


def place_of(
    canton: str, commune: int | None, known: Known, faults: list[DomainError]
) -> tuple[str, int | None]:
    """Canton and commune that agree; a blank canton is that of the commune."""
    canton = canton_of(canton, known, faults)
    if commune is None:
        return canton, None
    found = known.commune(commune)
    if found is None:
        faults.append(UnknownCommune(value=commune))
    elif canton and canton != found.canton:
        faults.append(OtherCanton(commune=found.name, right=found.canton, value=canton))
    elif not canton:
        canton = found.canton
    return canton, commune


def within(
    value: Decimal | None, least: Decimal, most: Decimal, faults: list[DomainError], field: str
) -> None:
    """Refuse a figure that is there and beyond its bounds, which are allowed themselves."""
    if value is not None and not least <= value <= most:
        faults.append(OutOfRange(field=field, value=value, least=least, most=most))


def years_between(first: dt.date, day: dt.date) -> int:
    """Whole years from a birthday to a day."""
    return day.year - first.year - ((day.month, day.day) < (first.month, first.day))


def missing(name: object, field: str) -> ValueMissing:
    return ValueMissing(field=field, name=name)


def listed(values: Iterable[object]) -> str:
    return ", ".join(map(str, values))
