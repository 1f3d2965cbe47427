"""What is depreciated until a day (Abschreibung berechnen). Values in, figures out; asks no database.

All is reckoned for the fiscal year until that day, rounded once, and less what the year has of it
already: runs by month come to what one run for the year comes to, to the centime.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from accounting.assets.models import Method
from erp.core.money import ZERO, to_centimes

_YEAR = Decimal(12)


@dataclass(frozen=True, slots=True)
class Rule:
    """How an asset is depreciated in a year: ``rate`` in percent of a year, ``residual`` what stays."""

    method: str
    rate: Decimal = ZERO
    life_months: int | None = None
    pro_rata: bool = True
    residual: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class Standing:
    """What an asset's movements come to, in the company's currency.

    ``cost`` and ``accumulated`` are as of the day, ``cost_before`` and ``accumulated_before`` as of the
    year's start, what was taken over within the year included; ``taken_over`` is the day of that.
    ``added`` are the year's changes of cost by date. ``booked`` is the year's depreciation by rule,
    ``by_hand`` its impairments.
    """

    in_service_on: dt.date
    cost: Decimal
    accumulated: Decimal
    cost_before: Decimal
    accumulated_before: Decimal
    added: Sequence[tuple[dt.date, Decimal]] = ()
    booked: Decimal = ZERO
    by_hand: Decimal = ZERO
    taken_over: dt.date | None = None

    @property
    def book_value(self) -> Decimal:
        return self.cost - self.accumulated

    @property
    def book_value_before(self) -> Decimal:
        return self.cost_before - self.accumulated_before


@dataclass(frozen=True, slots=True)
class Figures:
    """Depreciation until a day, explained.

    ``amount`` is what is to be booked now: ``of_year``, the whole fiscal year's until the day, less
    ``booked``. ``base`` times ``rate`` percent is a whole year's; ``months`` are counted of it.
    ``capped`` says that no more was left than down to the residual value, ``ended`` that the useful life
    is over and took the rest.
    """

    amount: Decimal
    of_year: Decimal
    booked: Decimal
    base: Decimal
    rate: Decimal
    months: int
    method: str
    capped: bool = False
    ended: bool = False


def months_between(first: dt.date, last: dt.date) -> int:
    """Calendar months from that of ``first`` to that of ``last``, both counted; none where it is earlier."""
    return max((last.year - first.year) * 12 + last.month - first.month + 1, 0)


def depreciation(
    standing: Standing, rule: Rule, *, start: dt.date, end: dt.date, until: dt.date
) -> Figures:
    """What is to be depreciated until ``until``, a day of the fiscal year ``start`` to ``end``.

    The month in which an asset is put into service or taken over counts whole, and so does that of
    ``until``; taken over on the last day of a month, it counts from the next.
    Rounded to 0.01, half away from zero; never negative, and never below the residual value.
    """
    left = max(standing.book_value + standing.booked - rule.residual, ZERO)
    first = _first_day(standing, start)
    parts = _parts(standing, rule, start)
    counted = months_between(first, until) if first <= until else 0
    base = sum((amount for _since, amount, _whole in parts), ZERO)
    rate = _rate(rule)
    ended = capped = False
    if rule.method == Method.MANUAL or not counted:
        of_year = standing.booked
    elif rule.method == Method.IMMEDIATE:
        base, rate, of_year = left, Decimal(100), left
    elif _is_over(standing, rule, until):
        of_year, ended = left, True
    else:
        exact = sum((_of_part(one, rate, rule, start, end, until) for one in parts), Decimal(0))
        of_year = to_centimes(exact)
        capped = of_year > left
        of_year = min(of_year, left)
    amount = max(of_year - standing.booked, ZERO)
    return Figures(
        amount=amount, of_year=standing.booked + amount, booked=standing.booked, base=base, rate=rate,
        months=counted, method=rule.method, capped=capped, ended=ended,
    )  # fmt: skip


def ceiling_of(
    standing: Standing, rule: Rule, *, start: dt.date, end: dt.date, of_book_value: Decimal,
    of_cost: Decimal,
) -> Decimal:  # fmt: skip
    """The most that tax accepts for the fiscal year: the class's rate, of book value or of cost.

    The rates are in percent of a year. A first year counts whole; a short or long fiscal year by its
    months. Rounded to 0.01.
    """
    added = sum((amount for _day, amount in standing.added), ZERO)
    if rule.method == Method.DECLINING:
        base, rate = standing.book_value_before + added, of_book_value
    else:
        base, rate = standing.cost_before + added, of_cost
    return to_centimes(max(base, ZERO) * rate / 100 * months_between(start, end) / _YEAR)


def _rate(rule: Rule) -> Decimal:
    """Percent of a year; a useful life without a rate says it."""
    if rule.method == Method.LINEAR and rule.life_months:
        return _YEAR * 100 / rule.life_months
    return rule.rate


def _parts(standing: Standing, rule: Rule, start: dt.date) -> list[tuple[dt.date, Decimal, bool]]:
    """What is depreciated, each from which day on, and whether always by months."""
    declining = rule.method == Method.DECLINING
    before = standing.book_value_before if declining else standing.cost_before
    since = _first_day(standing, start)
    late = standing.taken_over is not None and standing.taken_over > start
    parts = [(since, before, late)]
    parts += [(max(day, standing.in_service_on), amount, False) for day, amount in standing.added]
    if rule.method == Method.LINEAR and rule.life_months:  # a life spreads what does not stay
        nth = next((n for n, (_since, amount, _by) in enumerate(parts) if amount > 0), None)
        if nth is not None:
            day, amount, by = parts[nth]
            parts[nth] = (day, max(amount - rule.residual, ZERO), by)
    return [part for part in parts if part[1]]


def _first_day(standing: Standing, start: dt.date) -> dt.date:
    """From when on what stood before is depreciated in the year.

    What was taken over at the end of a month has that month's depreciation.
    """
    taken = standing.taken_over or start
    tomorrow = taken + dt.timedelta(days=1)
    return max(start, standing.in_service_on, tomorrow if tomorrow.day == 1 else taken)


def _of_part(
    part: tuple[dt.date, Decimal, bool], rate: Decimal, rule: Rule, start: dt.date, end: dt.date,
    until: dt.date,
) -> Decimal:  # fmt: skip
    since, amount, by_months = part
    counted = months_between(since, until)
    if since > until:
        return Decimal(0)
    if rule.pro_rata or by_months:
        return amount * rate / 100 * counted / _YEAR
    whole = amount * rate / 100 * months_between(start, end) / _YEAR
    return whole * counted / months_between(since, end)


def _is_over(standing: Standing, rule: Rule, until: dt.date) -> bool:
    return bool(
        rule.life_months and months_between(standing.in_service_on, until) >= rule.life_months
    )
