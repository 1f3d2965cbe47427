"""Where assets stand as of a day (Stand der Anlagen): sums of movements and rules, in few queries."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import F, Prefetch, QuerySet, Sum

from accounting.assets import ceilings
from accounting.assets.calculating import Figures, Rule, Standing, ceiling_of, depreciation
from accounting.assets.categories import categories
from accounting.assets.errors import NoRule, YearBefore
from accounting.assets.holding import RELATED
from accounting.assets.models import Asset, AssetMovement, AssetRule, Method
from accounting.ledger.models import FiscalYear, Period
from erp.companies.models import Company
from erp.core.money import ZERO

# What was taken over within the year counts as what stood at its start.
_SUMS = """
    SELECT m.asset_id,
           sum(m.cost), sum(m.depreciation),
           coalesce(sum(m.cost) FILTER (WHERE m.date < %(start)s OR m.kind = 'opening'), 0),
           coalesce(sum(m.depreciation) FILTER (WHERE m.date < %(start)s OR m.kind = 'opening'), 0),
           coalesce(sum(m.depreciation) FILTER (WHERE m.date >= %(start)s AND m.kind = 'depreciation'), 0),
           coalesce(sum(m.depreciation)
                    FILTER (WHERE m.date >= %(start)s AND m.kind IN ('write_down', 'write_up')), 0),
           max(m.date) FILTER (WHERE m.kind = 'opening'),
           array_agg(m.date ORDER BY m.id) FILTER (WHERE m.date >= %(start)s AND m.kind = 'purchase'),
           array_agg(m.cost ORDER BY m.id) FILTER (WHERE m.date >= %(start)s AND m.kind = 'purchase')
    FROM accounting_assetmovement m
    WHERE m.company_id = %(company)s AND m.date <= %(until)s AND m.asset_id = ANY(%(ids)s)
    GROUP BY m.asset_id
"""


@dataclass(frozen=True, slots=True)
class Value:
    """What an asset's movements come to on a day, in the company's currency."""

    cost: Decimal = ZERO
    accumulated: Decimal = ZERO

    @property
    def book(self) -> Decimal:
        return self.cost - self.accumulated


@dataclass(frozen=True)
class Outlook:
    """An asset's depreciation until a day, with what it rests on.

    ``ceiling`` is the most that tax accepts for the fiscal year, None where no class is named;
    ``of_year`` all that the year has with this, impairments included.
    """

    asset: Asset
    standing: Standing
    rule: Rule
    figures: Figures
    ceiling: Decimal | None
    ceiling_class: str

    @property
    def amount(self) -> Decimal:
        return self.figures.amount

    @property
    def of_year(self) -> Decimal:
        return self.figures.of_year + self.standing.by_hand

    @property
    def book_after(self) -> Decimal:
        return self.standing.book_value - self.figures.amount

    @property
    def over_ceiling(self) -> bool:
        """Whether the year has more than tax accepts without proof: a warning, no refusal."""
        return self.ceiling is not None and self.of_year > self.ceiling

    @property
    def method_name(self) -> str:
        return str(Method(self.rule.method).label)

    @property
    def told(self) -> dict[str, Any]:
        """How the amount came, as a movement keeps it: amounts and rates as text."""
        one = self.figures
        return {
            "method": one.method, "base": f"{one.base:.2f}", "rate": f"{one.rate:.4f}",
            "months": one.months, "of_year": f"{one.of_year:.2f}", "booked": f"{one.booked:.2f}",
            "capped": one.capped, "ended": one.ended, "residual": f"{self.rule.residual:.2f}",
        }  # fmt: skip


def assets(company: Company) -> QuerySet[Asset]:
    """Assets with all that is shown of them, by number."""
    return Asset.of(company).select_related(*RELATED).order_by("number")


def values(
    company: Company, until: dt.date, ids: Collection[int] | None = None
) -> dict[int, Value]:
    """Cost and accumulated depreciation by asset id, as of the end of a day. One query."""
    rows = AssetMovement.of(company).filter(date__lte=until)
    if ids is not None:
        rows = rows.filter(asset__in=ids)
    sums = rows.order_by().values_list("asset").annotate(Sum("cost"), Sum("depreciation"))
    return {pk: Value(cost, accumulated) for pk, cost, accumulated in sums}


def standings(
    company: Company, rows: Iterable[Asset], *, year: FiscalYear, until: dt.date
) -> dict[int, Standing]:
    """Standings in a fiscal year until a day, by asset id. One query for however many."""
    days = {one.pk: one.in_service_on for one in rows}
    told: dict[str, Any] = {
        "company": company.pk,
        "start": year.start,
        "until": until,
        "ids": list(days),
    }
    with connection.cursor() as cursor:
        cursor.execute(_SUMS, told)
        found = cursor.fetchall()
    return {
        pk: Standing(
            in_service_on=days[pk], cost=cost, accumulated=gone, cost_before=cost_before,
            accumulated_before=gone_before, booked=booked, by_hand=by_hand,
            taken_over=taken if taken and taken >= year.start else None,
            added=tuple(zip(dates or (), amounts or (), strict=True)),
        )
        for pk, cost, gone, cost_before, gone_before, booked, by_hand, taken, dates, amounts in found
    }  # fmt: skip


def rules_by_category(company: Company) -> dict[int, list[AssetRule]]:
    """All rules, by category id, the earliest first."""
    found = defaultdict[int, list[AssetRule]](list)
    for rule in AssetRule.of(company).order_by("valid_from"):
        found[rule.category_id].append(rule)
    return found


def rule_in(rules: Sequence[AssetRule], year: FiscalYear) -> AssetRule | None:
    """The rule of a fiscal year: the one in force on its first day, else the first to come."""
    standing = [rule for rule in rules if rule.valid_from <= year.start]
    return standing[-1] if standing else next(iter(rules), None)


def outlooks(
    company: Company, rows: Sequence[Asset], *, year: FiscalYear, until: dt.date
) -> list[Outlook]:
    """What is to be depreciated of assets until a day of a fiscal year, in their order.

    Two queries for however many. Raises ``NoRule`` for a category without one.
    """
    found, rules = standings(company, rows, year=year, until=until), rules_by_category(company)
    known = ceilings.ceilings(year.end)
    return [
        _outlook(asset, found[asset.pk], rules, year, until, known)
        for asset in rows if asset.pk in found
    ]  # fmt: skip


def _outlook(
    asset: Asset, standing: Standing, rules: Mapping[int, list[AssetRule]], year: FiscalYear,
    until: dt.date, known: Mapping[str, ceilings.Ceiling],
) -> Outlook:  # fmt: skip
    of_category = rule_in(rules.get(asset.category_id, ()), year)
    if of_category is None:
        raise NoRule(category=asset.category.code)
    rule = rule_of(asset, of_category)
    figures = depreciation(standing, rule, start=year.start, end=year.end, until=until)
    klass = known.get(of_category.ceiling)
    most = ceiling_of(
        standing, rule, start=year.start, end=year.end, of_book_value=klass.of_book_value,
        of_cost=klass.of_cost,
    ) if klass else None  # fmt: skip
    return Outlook(asset, standing, rule, figures, most, klass.name if klass else "")


def in_use(company: Company, until: dt.date) -> list[Asset]:
    """The assets of a day that are not disposed of, by number.

    What they have in common, such as categories with their accounts, is read once and not beside each.
    """
    rows = Asset.of(company).filter(disposed_on=None, acquired_on__lte=until).order_by("number")
    kinds = Prefetch("category", categories(company))
    found = list(rows.prefetch_related(kinds, "cost_centre", "cost_object"))
    for one in found:
        one.company = company
    return found


def require_years_before(
    company: Company, rows: Sequence[Asset], *, year: FiscalYear, field: str
) -> None:
    """No fiscal year before ``year`` whose books are open lacks depreciation of these assets.

    A few queries for each such year. Raises ``YearBefore`` with the first one's end, and ``NoRule``.
    """
    ends = Period.of(company).filter(end=F("fiscal_year__end"), end__lt=year.start)
    still_open = ends.exclude(lock=Period.Lock.LOCKED).select_related("fiscal_year")
    for one in still_open.order_by("end"):
        then = [asset for asset in rows if asset.acquired_on <= one.end]
        for found in outlooks(company, then, year=one.fiscal_year, until=one.end) if then else ():
            if found.amount:
                raise YearBefore(field=field, until=one.end, asset=found.asset.number,
                                 amount=found.amount)  # fmt: skip


def rule_of(asset: Asset, of_category: AssetRule) -> Rule:
    """The rule of an asset: its own method, else its category's; the residual value is its own."""
    if asset.method:
        return Rule(asset.method, asset.rate or Decimal(0), asset.life_months,
                    of_category.pro_rata, asset.residual)  # fmt: skip
    return Rule(of_category.method, of_category.rate, of_category.life_months,
                of_category.pro_rata, asset.residual)  # fmt: skip


def live(company: Company) -> QuerySet[AssetMovement]:
    """Movements that stand: neither undone nor undoing."""
    undone = AssetMovement.of(company).filter(undoes__isnull=False).values("undoes")
    return AssetMovement.of(company).filter(undoes=None).exclude(pk__in=undone)


__all__ = ["Method", "Outlook", "Value", "assets", "in_use", "live", "outlooks", "require_years_before", "rule_in",
           "rule_of", "rules_by_category", "standings", "values"]  # fmt: skip
