"""Questions about banks, places, rates and holidays: two queries at most, and no clock."""

from __future__ import annotations

import datetime as dt
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from django.db.models import Q, QuerySet
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from erp.core.errors import DomainError
from erp.core.identifiers import QR_IID_FIRST, QR_IID_LAST, parse_iban
from erp.reference.models import (
    Bank,
    Canton,
    Commune,
    Country,
    Currency,
    ExchangeRate,
    Holiday,
    Locality,
)

#: Days that a daily rate may be old: the longest gap, over Christmas or Easter, is shorter.
LONGEST_GAP: Final = 7
MOST_SUCCESSORS: Final = 5
DAILY, MONTHLY = ExchangeRate.Source.BAZG_DAILY, ExchangeRate.Source.BAZG_MONTHLY


class NoRate(DomainError):
    code = "reference.no_rate"
    message = _("There is no rate of %(currency)s for %(date)s. Fetch or upload the rates of that "
                "day, or enter a rate by hand.")  # fmt: skip
    field = "currency"


@dataclass(frozen=True)
class Institution:
    """The bank behind an IBAN. ``iid`` is what the IBAN says, ``bank`` what stands for it today.

    They differ where the number was joined with another one: the IBAN stays good, but should be
    asked for anew. ``closed_on`` is the last day of a number that nobody has taken over.
    """

    iid: str
    bank: Bank
    is_qr: bool

    @property
    def was_taken_over(self) -> bool:
        return self.bank.iid != self.iid

    @property
    def closed_on(self) -> dt.date | None:
        return self.bank.valid_to


@dataclass(frozen=True)
class Rate:
    """Francs for one unit of a currency: the source's rate, for ``unit`` units as published."""

    currency: str
    value: Decimal
    unit: int
    quoted: Decimal
    source: str
    published: dt.date


_CHAIN: Final = """
    WITH RECURSIVE chain AS (
        SELECT b.id, b.successor, 0 AS step, ARRAY[b.iid::text] AS seen
        FROM erp_bank b WHERE b.iid = %s
      UNION ALL
        SELECT n.id, n.successor, c.step + 1, c.seen || n.iid::text
        FROM chain c JOIN erp_bank n ON n.iid = c.successor
        WHERE c.successor <> '' AND c.step < %s AND n.iid <> ALL (c.seen)
    )
    SELECT id FROM chain WHERE successor = '' ORDER BY step DESC LIMIT 1
"""


def bank_of(iban: str) -> Institution | None:
    """The bank of a CH or LI IBAN; None of other countries, and where nobody has the number.

    Numbers that were joined lead to their successor, five steps at most; where that leads nowhere
    or in a circle, to None. One query. Raises ``NotAnIban``.
    """
    canonical = parse_iban(iban)
    if canonical[:2] not in {"CH", "LI"}:
        return None
    iid = canonical[4:9]
    found = Bank.objects.raw(
        f"SELECT * FROM erp_bank WHERE id = ({_CHAIN})", [iid, MOST_SUCCESSORS]
    )
    bank = next(iter(found), None)
    if bank is None:
        return None
    is_qr = iid.isdigit() and QR_IID_FIRST <= int(iid) <= QR_IID_LAST
    return Institution(iid, bank, is_qr)


def localities(text: str, *, on: dt.date, limit: int = 20) -> list[Locality]:
    """Localities by postcode or its beginning, or by the beginning of their name. One query.

    Those with the larger share of addresses come first. A locality in several communes comes once
    for each: for withholding tax ask which one. A postcode of four digits finds boxes and
    companies, too; anything shorter than two signs finds nothing.
    """
    text = text.strip()
    if len(text) < 2:
        return []
    if text.isascii() and text.isdigit():
        wanted = Q(postcode=text) if len(text) >= 4 else Q(postcode__startswith=text, kind="place")
        order: tuple[str, ...] = ("postcode", "addition", "-share", "name")
    else:
        wanted, order = (
            Q(lower_name__startswith=text.lower(), kind="place"),
            ("name", "postcode", "-share"),
        )
    found = Locality.objects.alias(lower_name=Lower("name")).filter(wanted, _valid(on))
    return list(found.order_by(*order)[:limit])


def commune_of(*, postcode: str, on: dt.date, name: str = "") -> list[Commune]:
    """The communes that a postcode (and locality) lies in, that with most addresses first."""
    found = Locality.objects.filter(_valid(on), kind="place", postcode=postcode)
    if name:
        found = found.filter(name__iexact=name)
    numbers = list(dict.fromkeys(found.order_by("-share").values_list("bfs_nr", flat=True)))
    known = Commune.objects.filter(_valid(on), bfs_nr__in=numbers).in_bulk(field_name="bfs_nr")
    return [known[number] for number in numbers if number in known]


def commune(bfs_nr: int, *, on: dt.date) -> Commune | None:
    """A commune by its number, if it existed on that day."""
    return Commune.objects.filter(_valid(on), bfs_nr=bfs_nr).first()


def rate(currency: str, on: dt.date, *, method: str = DAILY) -> Rate:
    """The official rate of a currency (MWSTV Art. 45): daily selling rate, or mean of the month.

    The daily rate is that whose validity includes the day, else the one published last before it,
    as on holidays. The mean is that of the day's own month. Never taken from another source. One
    query; francs cost one. Raises ``NoRate``, also where the last daily rate is more than seven
    days old.
    """
    if currency == "CHF":
        return Rate(currency, Decimal(1), 1, Decimal(1), method, on)
    found = ExchangeRate.objects.filter(source=method, currency=currency, valid_from__lte=on)
    one = found.order_by("-valid_from").first()
    if one is None or not _reaches(one, on):
        raise NoRate(currency=currency, date=on)
    return Rate(currency, one.rate, one.unit, one.quoted, one.source, one.published)


def rates(currencies: Iterable[str], on: dt.date, *, method: str = DAILY) -> dict[str, Rate]:
    """The rates of several currencies on a day, as ``rate`` has them; one query.

    A currency without a rate that counts is left out. It is asked even for none, so that a page
    costs the same whatever it shows.
    """
    wanted = {*currencies, ""} - {"CHF"}
    found = ExchangeRate.objects.filter(source=method, currency__in=wanted, valid_from__lte=on)
    latest = found.order_by("currency", "-valid_from").distinct("currency")
    return {
        one.currency: Rate(one.currency, one.rate, one.unit, one.quoted, one.source, one.published)
        for one in latest if _reaches(one, on)
    }  # fmt: skip


def _reaches(one: ExchangeRate, on: dt.date) -> bool:
    """Whether a rate still counts on a day."""
    if one.source == MONTHLY:
        return one.valid_to is not None and on <= one.valid_to
    last = one.valid_to or one.valid_from or one.published
    return (on - last).days <= LONGEST_GAP


def holidays(canton: str, year: int, *, place: str = "") -> QuerySet[Holiday]:
    """The holidays of a canton, and of a town in it, by day."""
    return Holiday.objects.filter(
        valid_to=None, canton=canton, place__in={"", place}, day__year=year
    ).order_by("day", "category")


def cantons() -> QuerySet[Canton]:
    """The cantons in their official order."""
    return Canton.objects.filter(valid_to=None).order_by("bfs_nr")


def countries() -> list[Country]:
    """All countries, by their name in the language in use; Switzerland and Liechtenstein first."""
    first = {"CH": 0, "LI": 1}
    found = Country.objects.filter(valid_to=None)
    return sorted(found, key=lambda one: (first.get(one.alpha2, 2), _sortable(one.name)))


def currencies() -> list[Currency]:
    """All currencies by their code; CHF, EUR and USD first."""
    first = {"CHF": 0, "EUR": 1, "USD": 2}
    found = Currency.objects.filter(valid_to=None)
    return sorted(found, key=lambda one: (first.get(one.code, 3), one.code))


def _sortable(name: str) -> str:
    """Letters without accents, so that Österreich stands by O."""
    return unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()


def _valid(on: dt.date) -> Q:
    return Q(Q(valid_from=None) | Q(valid_from__lte=on), Q(valid_to=None) | Q(valid_to__gte=on))
