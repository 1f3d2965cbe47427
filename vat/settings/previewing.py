"""What a change of VAT settings moves, before it is saved (Vorschau): open items, stocks, postings."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounting.ledger.balances import account_sums
from accounting.ledger.models import Account
from accounting.ledger.queries import year_of
from accounting.open_items.models import Side
from accounting.open_items.queries import OpenRow, open_on
from erp.companies.models import Company
from erp.core import clock
from erp.core.display import chf, swiss_date
from erp.core.money import ZERO, to_centimes
from vat.codes.catalogue import catalogue
from vat.codes.models import CodeKind, RateClass, VatSettings
from vat.codes.queries import rate_on
from vat.codes.tax import tax_in_gross, tax_on_net
from vat.settings.changing import Wanted, require_possible
from vat.settings.limits import limit_on
from vat.settings.queries import activities_on, taxable_turnover

DAY: Final = dt.timedelta(days=1)
_Method, _Basis = VatSettings.Method, VatSettings.Basis
#: Goods, and tangible and intangible assets, by their position in the balance sheet (OR 959a).
STOCKS: Final = ("959a-1-1d", "959a-1-2c", "959a-1-2d")
#: Boxes of the input tax that is paid back, or deducted after all, at a switch of method.
PAID_BACK, DEDUCTED_LATER = "415", "410"
#: Years of the effective method before net tax rates may be chosen again (MWSTG Art. 37 para. 4).
YEARS_EFFECTIVE: Final = 3
_OPEN_KINDS: Final = (CodeKind.OUTPUT, CodeKind.DISCOUNT, CodeKind.INPUT)

OVER: Final = gettext_lazy(
    "Taxable turnover of %(year)s, VAT included, was %(turnover)s: more than the limit of %(limit)s "
    "(%(source)s). Ask the tax administration before you change."
)
WITHIN: Final = gettext_lazy(
    "Taxable turnover of %(year)s, VAT included, was %(turnover)s; the limit is %(limit)s (%(source)s)."
)
TAX_OVER: Final = gettext_lazy(
    "At %(rate)s %%, the highest granted rate, the tax would be %(tax)s: more than the limit of "
    "%(limit)s (%(source)s)."
)
TAX_WITHIN: Final = gettext_lazy(
    "At %(rate)s %%, the highest granted rate, the tax would be %(tax)s; the limit is %(limit)s (%(source)s)."
)

# What stood with codes on the entries of items, and what all items of the entry come to.
_OF_ITEMS: Final = """
    SELECT i.id, coalesce(l.code, ''), l.vat_rate, coalesce(l.base, 0), coalesce(l.tax, 0), w.base
    FROM accounting_openitem i
    JOIN LATERAL (
        SELECT sum(t.base) AS base FROM accounting_openitem t
        WHERE t.company_id = i.company_id AND t.entry_id = i.entry_id AND t.side = i.side
    ) AS w ON true
    LEFT JOIN LATERAL (
        SELECT c.code, x.vat_rate, sum(x.vat_base) FILTER (WHERE x.vat_part = 'B') AS base,
               sum(x.debit - x.credit) FILTER (WHERE x.vat_part = 'T') AS tax
        FROM accounting_entryline x
        JOIN vat_vatcode c ON c.company_id = x.company_id AND c.id = x.vat_code_id
        WHERE x.company_id = i.company_id AND x.entry_id = i.entry_id AND c.kind = ANY (%(kinds)s)
        GROUP BY c.code, x.vat_rate
    ) AS l ON true
    WHERE i.company_id = %(company)s AND i.id = ANY (%(items)s)
    ORDER BY i.id, l.code, l.vat_rate
"""
_BOOKED: Final = """
    SELECT count(DISTINCT e.id) FROM accounting_entryline l
    JOIN accounting_journalentry e ON e.company_id = l.company_id AND e.id = l.entry_id
    WHERE l.company_id = %(company)s AND l.date >= %(since)s AND l.date < %(until)s
      AND e.number IS NOT NULL AND l.vat_code_id IS NOT NULL
"""


@dataclass(frozen=True, slots=True)
class OpenPart:
    """What is open of an item at the edge under one code and rate, in the company's currency.

    Positive as usual: turnover of sales, consideration of purchases, each with its VAT. Without a
    code, as of items that were taken over, ``net`` is all that is open.
    """

    side: str
    item: int
    party: str
    document: str
    code: str
    rate: Decimal
    net: Decimal
    vat: Decimal


@dataclass(frozen=True, slots=True)
class OpenSum:
    """Open parts of a side by code and rate."""

    side: str
    code: str
    rate: Decimal
    net: Decimal
    vat: Decimal


@dataclass(frozen=True, slots=True)
class Stock:
    """The balance of an account of goods or assets at the edge, and the VAT at the standard rate on it.

    The tax only says how much it is about: what counts is the input tax that was deducted, or not.
    """

    account: str
    name: str
    balance: Decimal
    vat: Decimal


@dataclass(frozen=True)
class Preview:
    """What a change moves. ``edge`` is the last day of the old settings.

    ``direction`` of the open items is ``add`` or ``subtract``, blank where the basis stays;
    ``correction_code`` books the input tax at a switch of method, in ``correction_box``. ``booked``
    counts entries with VAT from the first day on that were booked by the other method.
    """

    wanted: Wanted
    before: VatSettings | None
    edge: dt.date
    direction: str = ""
    parts: list[OpenPart] = field(default_factory=list)
    stocks: list[Stock] = field(default_factory=list)
    correction_code: str = ""
    correction_box: str = ""
    booked: int = 0
    hints: list[str] = field(default_factory=list)

    @property
    def sums(self) -> list[OpenSum]:
        found: dict[tuple[str, str, Decimal], list[Decimal]] = defaultdict(lambda: [ZERO, ZERO])
        for part in self.parts:
            place = found[part.side, part.code, part.rate]
            place[0] += part.net
            place[1] += part.vat
        return [OpenSum(*key, *sums) for key, sums in sorted(found.items(), reverse=True)]

    @property
    def lacks_codes(self) -> bool:
        """Whether items are open that have no code in these books, such as those taken over."""
        return any(not part.code for part in self.parts)

    @property
    def closes(self) -> bool:
        """Whether the method changes with the basis: then the last return before carries what is open."""
        return bool(self.direction and self.before and self.before.method != self.wanted.method)

    @property
    def stocks_vat(self) -> Decimal:
        return sum((one.vat for one in self.stocks), ZERO)


def preview(company: Company, wanted: Wanted) -> Preview:
    """What would move if these settings held; nothing is written. Raises what ``change_settings`` raises.

    At a switch of basis, what customers and suppliers owe at the edge is declared, or taken off, in
    the first return after it (MWSTV Art. 106 and 107), or where the method changes with it, in the last
    one before (MWSTV Art. 79 para. 4 and Art. 81 para. 6). At a switch of method the input tax on goods
    and assets is paid back or deducted after all (MWSTV Art. 79 and 81).
    """
    wanted.values()
    rows = list(VatSettings.of(company).order_by("valid_from"))
    require_possible(wanted, rows)
    day, edge = wanted.valid_from, wanted.valid_from - DAY
    before = next((row for row in reversed(rows) if row.valid_from < day), None)
    told: dict[str, Any] = {"booked": _booked(company, wanted, rows)}
    if before is not None and _settles(before) and _settles(wanted):
        told |= _basis(company, before, wanted, edge) | _method(company, before, wanted, edge)
    return Preview(wanted, before, edge, hints=_hints(company, wanted, before, rows), **told)


def _settles(one: VatSettings | Wanted) -> bool:
    return one.method != _Method.NOT_LIABLE


def _basis(company: Company, before: VatSettings, wanted: Wanted, edge: dt.date) -> dict[str, Any]:
    if before.basis == wanted.basis:
        return {}
    parts = [
        part for side in (Side.RECEIVABLES, Side.PAYABLES)
        for part in _open_parts(company, edge, side)
    ]  # fmt: skip
    return {"direction": "add" if wanted.basis == _Basis.AGREED else "subtract", "parts": parts}


def _open_parts(company: Company, edge: dt.date, side: Side) -> list[OpenPart]:
    items = {row.id: row for row in open_on(company, edge, side)}
    told: dict[str, Any] = {
        "company": company.pk,
        "items": list(items),
        "kinds": [str(kind) for kind in _OPEN_KINDS],
    }
    with connection.cursor() as cursor:
        cursor.execute(_OF_ITEMS, told)
        return [_part(items[pk], side, *rest) for pk, *rest in cursor.fetchall()]


def _part(
    row: OpenRow, side: Side, code: str, rate: Decimal | None, base: Decimal, tax: Decimal,
    whole: Decimal,
) -> OpenPart:  # fmt: skip
    share = row.open_base / whole if whole else ZERO
    net, vat = (to_centimes(-side.sign * amount * share) for amount in (base, tax))
    if not code:
        net, vat = row.open_base, ZERO
    return OpenPart(str(side), row.id, row.party, row.document, code, rate or ZERO, net, vat)


def _method(company: Company, before: VatSettings, wanted: Wanted, edge: dt.date) -> dict[str, Any]:
    was, now = (one.method == _Method.EFFECTIVE for one in (before, wanted))
    if was == now:
        return {}
    box = PAID_BACK if was else DEDUCTED_LATER
    code = next(
        one.code for one in catalogue().values()
        if one.tax_box == box and one.rate_class == RateClass.STANDARD
    )  # fmt: skip
    return {"stocks": _stocks(company, edge, with_tax=not was), "correction_code": code,
            "correction_box": box}  # fmt: skip


def _stocks(company: Company, edge: dt.date, *, with_tax: bool) -> list[Stock]:
    year = year_of(company, edge)
    if year is None:
        return []
    sums, rate = account_sums(company, year=year, until=edge), rate_on(RateClass.STANDARD, edge)
    tax = tax_in_gross if with_tax else tax_on_net
    accounts = Account.of(company).filter(or_position__in=STOCKS).order_by("number")
    return [
        Stock(one.number, one.name, sums[one.pk].closing, tax(sums[one.pk].closing, rate=rate))
        for one in accounts if one.pk in sums and sums[one.pk].closing
    ]  # fmt: skip


def _booked(company: Company, wanted: Wanted, rows: list[VatSettings]) -> int:
    now = next((row for row in reversed(rows) if row.valid_from <= wanted.valid_from), None)
    if now is None or now.method == wanted.method:
        return 0
    until = next(
        (row.valid_from for row in rows if row.valid_from > wanted.valid_from), dt.date.max
    )
    told: dict[str, Any] = {"company": company.pk, "since": wanted.valid_from, "until": until}
    with connection.cursor() as cursor:
        cursor.execute(_BOOKED, told)
        (count,) = cursor.fetchone()
    return int(count)


def _hints(
    company: Company, wanted: Wanted, before: VatSettings | None, rows: list[VatSettings]
) -> list[str]:
    found = _limits(company, wanted)
    day = wanted.valid_from
    if (
        wanted.method == _Method.NET_TAX_RATE
        and before is not None
        and before.method == _Method.EFFECTIVE
    ):
        since = _since(rows, day)
        first = since.replace(year=since.year + YEARS_EFFECTIVE, day=1)
        if first > day and _was_net(rows, since):
            found.append(_("The effective method holds since %(since)s. Net tax rates may be chosen again "
                           "after three years, from %(first)s on (MWSTG Art. 37 para. 4).")
                         % {"since": swiss_date(since), "first": swiss_date(first)})  # fmt: skip
    if (
        wanted.method in {_Method.NET_TAX_RATE, _Method.FLAT_RATE}
        and not activities_on(company, day).exists()
    ):
        found.append(
            _("No activity has a granted rate on that day. Enter them under VAT activities.")
        )
    if day <= clock.today():
        found.append(_("That day is past: returns that were filed stay as they are. Differences are "
                       "declared in the next return or by a correction return."))  # fmt: skip
    return found


def _since(rows: list[VatSettings], day: dt.date) -> dt.date:
    """Since when the settings before a day have had their method without a break."""
    earlier = [row for row in rows if row.valid_from < day]
    since = earlier[-1].valid_from
    for row in reversed(earlier):
        if row.method != earlier[-1].method:
            break
        since = row.valid_from
    return since


def _was_net(rows: list[VatSettings], day: dt.date) -> bool:
    return any(row.method == _Method.NET_TAX_RATE for row in rows if row.valid_from < day)


def _limits(company: Company, wanted: Wanted) -> list[str]:
    """The law's limits beside the company's own turnover of the year before."""
    net, yearly = (
        wanted.method == _Method.NET_TAX_RATE,
        wanted.interval == VatSettings.Interval.YEAR,
    )
    if not (net or yearly) or wanted.method == _Method.NOT_LIABLE:
        return []
    year = wanted.valid_from.year - 1
    turnover = taxable_turnover(company, dt.date(year, 1, 1), dt.date(year, 12, 31))
    found, day = [], wanted.valid_from
    for kind, asked in (("net_turnover", net), ("yearly_turnover", yearly)):
        limit = limit_on(kind, day) if asked else None
        if limit is not None:
            text = OVER if turnover > limit.amount else WITHIN
            found.append(str(text) % {"year": year, "turnover": chf(turnover), "limit": chf(limit.amount),
                                 "source": limit.source})  # fmt: skip
    limit = limit_on("net_tax", day) if net else None
    highest = max(activities_on(company, day).values_list("percent", flat=True), default=None)
    if limit is not None and highest is not None:
        tax = to_centimes(turnover * highest / 100)
        text = TAX_OVER if tax > limit.amount else TAX_WITHIN
        found.append(str(text) % {"tax": chf(tax), "rate": highest, "limit": chf(limit.amount),
                             "source": limit.source})  # fmt: skip
    return found
