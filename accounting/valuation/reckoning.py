"""What a valuation comes to (Bewertung ausrechnen): accounts and items on a day, in SQL, nothing written.

Accounts kept in a foreign currency are valued by their balance, debtors and creditors by what is
open of each item. So the books of items and control accounts stay as they are. What keeps its rate, or
stands in a foreign currency where nobody looks for it, is told beside (``leaving.py``).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Any, Final, NamedTuple

from django.db import connection
from django.db.models import Q, Sum

from accounting.ledger.balances import account_sums
from accounting.ledger.models import Account
from accounting.ledger.models.accounts import AccountType
from accounting.ledger.queries import year_of
from accounting.open_items.models import OpenItem, Side
from accounting.valuation import leaving
from accounting.valuation.errors import NothingToValue, RateMissing
from accounting.valuation.leaving import LeftOut
from accounting.valuation.models import ValuationPosition, ValuationRule, ValuationRun
from accounting.valuation.rates import UsedRate, rates_on, rule_on
from erp.companies.models import Company
from erp.core.errors import DomainError, raise_all
from erp.core.money import ZERO
from erp.reference.models import ExchangeRate

VALUED_TYPES: Final = (AccountType.ASSET, AccountType.LIABILITY)

# Items as they stood on the day, in two halves with an index each; accounts as they come.
_FOUND: Final = """
    SELECT i.account_id, i.id AS item_id, i.currency,
           w.way * (i.amount - coalesce(s.amount, 0)) AS amount,
           w.way * (i.base - coalesce(s.base, 0)) AS book, i.party, i.document, i.due_date
    FROM (
        SELECT * FROM accounting_openitem
        WHERE company_id = %(company)s AND side = ANY (%(sides)s) AND settled_on IS NULL
          AND opened_on <= %(on)s AND currency <> %(own)s
        UNION ALL
        SELECT * FROM accounting_openitem
        WHERE company_id = %(company)s AND side = ANY (%(sides)s) AND settled_on > %(on)s
          AND opened_on <= %(on)s AND currency <> %(own)s
    ) AS i
    LEFT JOIN LATERAL (
        SELECT sum(t.amount) AS amount, sum(t.base) AS base FROM accounting_settlement t
        WHERE t.company_id = i.company_id AND t.item_id = i.id AND t.date <= %(on)s
    ) AS s ON true,
    LATERAL (SELECT CASE i.side WHEN 'payables' THEN -1 ELSE 1 END AS way) AS w
    WHERE i.amount <> coalesce(s.amount, 0)
    UNION ALL
    SELECT a.account, NULL, a.currency, a.amount, a.book, NULL, NULL, NULL
    FROM unnest(%(accounts)s::bigint[], %(kept_in)s::text[], %(amounts)s::numeric[], %(books)s::numeric[])
        AS a (account, currency, amount, book)
"""
# What has no foreign money is worth nothing, whatever the rate.
_VALUED: Final = f"""
    SELECT f.*, CASE WHEN f.amount = 0 THEN 0 ELSE round(f.amount * r.rate, 2) END AS value
    FROM ({_FOUND}) AS f
    LEFT JOIN unnest(%(currencies)s::text[], %(rates)s::numeric[]) AS r (currency, rate)
        ON r.currency = f.currency
"""  # noqa: S608 - only fixed text is put in
_SUMS: Final = f"""
    SELECT v.account_id, v.item_id IS NOT NULL, v.currency, count(*), sum(v.amount), sum(v.book),
           sum(v.value), coalesce(sum(v.value - v.book) FILTER (WHERE v.value > v.book), 0),
           coalesce(sum(v.book - v.value) FILTER (WHERE v.value < v.book), 0)
    FROM ({_VALUED}) AS v GROUP BY 1, 2, 3
"""  # noqa: S608
_ROWS: Final = f"""
    SELECT v.account_id, v.item_id, v.currency, v.amount, v.book, v.value, v.party, v.document, v.due_date
    FROM ({_VALUED}) AS v
    JOIN accounting_account a ON a.company_id = %(company)s AND a.id = v.account_id
    ORDER BY a.number, v.currency, v.due_date, v.item_id LIMIT %(most)s OFFSET %(first)s
"""  # noqa: S608
_WRITE: Final = f"""
    INSERT INTO accounting_valuationposition
        (company_id, run_id, account_id, item_id, currency, amount, book, value)
    SELECT %(company)s, %(run)s, v.account_id, v.item_id, v.currency, v.amount, v.book, v.value
    FROM ({_VALUED}) AS v
"""  # noqa: S608
_CHANGED: Final = f"""
    SELECT EXISTS (
        SELECT 1 FROM ({_VALUED}) AS v
        FULL JOIN (SELECT * FROM accounting_valuationposition
                   WHERE company_id = %(company)s AND run_id = %(run)s) AS p
            ON p.account_id = v.account_id AND p.currency = v.currency
           AND coalesce(p.item_id, 0) = coalesce(v.item_id, 0)
        WHERE (p.amount, p.book, p.value) IS DISTINCT FROM (v.amount, v.book, v.value)
    )
"""  # noqa: S608


@dataclass(frozen=True, slots=True)
class Subtotal:
    """An account in a currency, by its balance or its items. Amounts are debit positive.

    ``gains`` and ``losses`` are without sign, each the sum over its positions. Where there is no
    rate ``value`` is None.
    """

    account: Account
    by_item: bool
    currency: str
    count: int
    amount: Decimal
    book: Decimal
    value: Decimal | None
    gains: Decimal
    losses: Decimal

    @property
    def is_residue(self) -> bool:
        """Whether no foreign money is left of what the books still hold: that is realised."""
        return not self.by_item and not self.amount

    @property
    def difference(self) -> Decimal | None:
        return None if self.value is None else self.value - self.book


class PositionRow(NamedTuple):
    """A position to be valued; the fields of an item are None for an account."""

    account: Account
    item: int | None
    currency: str
    amount: Decimal
    book: Decimal
    value: Decimal | None
    party: str | None
    document: str | None
    due_date: dt.date | None

    @property
    def difference(self) -> Decimal | None:
        return None if self.value is None else self.value - self.book


@dataclass
class Reckoning:
    """What valuing a day would do, as it is now; a run of the day that stands counts as not posted.

    ``left_out`` is what it would not touch.
    """

    company: Company
    date: dt.date
    rule: ValuationRule
    standing: ValuationRun | None
    told: dict[str, Any]
    subtotals: list[Subtotal] = field(default_factory=list)
    rates: dict[str, UsedRate] = field(default_factory=dict)
    left_out: list[LeftOut] = field(default_factory=list)

    @cached_property
    def missing(self) -> list[str]:
        """The currencies without a rate."""
        return sorted({one.currency for one in self.subtotals if one.value is None})

    @property
    def used(self) -> list[UsedRate]:
        """The rates of the currencies that there are, by their code."""
        wanted = {one.currency for one in self.subtotals}
        return [self.rates[code] for code in sorted(wanted) if code in self.rates]

    @property
    def gains(self) -> Decimal:
        return sum((one.gains for one in self.subtotals), ZERO)

    @property
    def losses(self) -> Decimal:
        return sum((one.losses for one in self.subtotals), ZERO)

    @property
    def count(self) -> int:
        return sum(one.count for one in self.subtotals)

    def require_complete(self) -> None:
        """Raise ``NothingToValue``, or ``RateMissing`` for each currency without a rate."""
        if not self.subtotals:
            raise NothingToValue(value=self.date, date=self.date)
        source = ExchangeRate.Source(self.rule.rate_source).label
        faults: list[DomainError] = [
            RateMissing(field=f"rates.{code}", value=code, currency=code, date=self.date,
                        source=source)
            for code in self.missing
        ]  # fmt: skip
        raise_all(faults)

    def rows(self, *, first: int = 0, most: int | None = None) -> list[PositionRow]:
        """The positions from ``first`` on, by account, currency and the day they are due. One query."""
        accounts = {one.account.pk: one.account for one in self.subtotals}
        with connection.cursor() as cursor:
            cursor.execute(_ROWS, {**self.told, "first": first, "most": most})
            return [PositionRow(accounts[row[0]], *row[1:]) for row in cursor.fetchall()]

    def differs_from(self, run: ValuationRun) -> bool:
        """Whether a run had other positions, rates or rule."""
        same = run.rates == [one.stored() for one in self.used]
        return run.gains != self.rule.gains or not same or self.changed_since(run)

    def changed_since(self, run: ValuationRun) -> bool:
        """Whether a run had other positions, or the same with other values."""
        with connection.cursor() as cursor:
            cursor.execute(_CHANGED, {**self.told, "run": run.pk})
            return bool(cursor.fetchone()[0])

    def write(self, run: ValuationRun) -> None:
        """Store the positions of a run, in one statement."""
        with connection.cursor() as cursor:
            cursor.execute(_WRITE, {**self.told, "run": run.pk})


def count_items(company: Company, date: dt.date) -> int:
    """How many items in foreign currencies may have been open on a day. One query."""
    rows = OpenItem.of(company).filter(opened_on__lte=date).exclude(currency=company.currency)
    return rows.filter(Q(settled_on=None) | Q(settled_on__gt=date)).count()


def standing_run(company: Company, date: dt.date) -> ValuationRun | None:
    """The run of a day that is not undone."""
    found = ValuationRun.of(company).filter(date=date, undone_at=None).select_related("company")
    run: ValuationRun | None = found.first()
    return run


def reckon(
    company: Company, date: dt.date, *, typed: Mapping[str, Decimal] | None = None
) -> Reckoning:
    """Value all that is foreign on a day, by the company's rule; ``typed`` rates go before official ones.

    Accounts are assets and liabilities that are kept in a currency, but for what keeps the rate it was
    booked at; control accounts only where the module that keeps their items is off. Rates are the
    company's currency per unit. The number of queries is fixed. Raises ``NotARate``.
    """
    standing, rule = standing_run(company, date), rule_on(company, date)
    sides = [side.value for side in Side if company.uses(side)]
    every = _accounts(company, sides)
    bare = {one.pk: one for one in every if one.currency in {"", company.currency}}
    accounts = [one for one in every if one.pk not in bare]
    held = list(_balances(company, date, accounts, standing))
    kept = {one.pk for one in accounts if leaving.keeps_its_rate(one, date)}
    balances = [row for row in held if row[0].pk not in kept]
    told: dict[str, Any] = {
        "company": company.pk, "on": date, "own": company.currency, "sides": sides,
        "accounts": [account.pk for account, _amount, _book in balances],
        "kept_in": [account.currency for account, _amount, _book in balances],
        "amounts": [amount for _account, amount, _book in balances],
        "books": [book for _account, _amount, book in balances],
    }  # fmt: skip
    currencies = {one.currency for one in accounts if one.pk not in kept} | _currencies(told)
    rates = rates_on(company, currencies, date, source=rule.rate_source, typed=typed or {})
    told["currencies"], told["rates"] = list(rates), [one.rate for one in rates.values()]
    found = Reckoning(company, date, rule, standing, told, rates=rates)
    with connection.cursor() as cursor:
        cursor.execute(_SUMS, told)
        sums = cursor.fetchall()
    named = Account.of(company).in_bulk([pk for pk, *_rest in sums])
    rows = [Subtotal(named[pk], *rest) for pk, *rest in sums]
    found.subtotals = sorted(rows, key=lambda one: (one.account.number, one.currency, one.by_item))
    found.left_out = sorted(
        [*(leaving.left_out(account, date, account.currency, amount, book)
           for account, amount, book in held if account.pk in kept),
         *leaving.noted(company, bare, date)],
        key=lambda one: (one.number, one.currency),
    )  # fmt: skip
    return found


def _currencies(told: dict[str, Any]) -> set[str]:
    """The currencies of items that may have been open."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT currency FROM accounting_openitem WHERE company_id = %(company)s"
            " AND side = ANY (%(sides)s) AND currency <> %(own)s AND opened_on <= %(on)s"
            " AND (settled_on IS NULL OR settled_on > %(on)s)",
            told,
        )
        return {code for (code,) in cursor.fetchall()}


def _accounts(company: Company, sides: Sequence[str]) -> list[Account]:
    """Assets and liabilities that are not valued by item."""
    rows = Account.of(company).filter(type__in=VALUED_TYPES)
    return list(rows.exclude(control__in=sides).order_by("number"))


def _balances(
    company: Company, date: dt.date, accounts: Iterable[Account], standing: ValuationRun | None
) -> Iterable[tuple[Account, Decimal, Decimal]]:
    """Balance of each account in its currency and in the books, without what a run of the day posted."""
    year = year_of(company, date)
    if year is None:
        return
    sums = account_sums(company, year=year, until=min(date, year.end))
    posted: dict[int, Decimal] = {}
    if standing is not None:
        rows = ValuationPosition.of(company).filter(run=standing, item=None).values("account")
        posted = dict(rows.annotate(sum=Sum("value") - Sum("book")).values_list("account", "sum"))
    for account in accounts:
        found = sums.get(account.pk)
        if found is None:
            continue
        book = found.closing - posted.get(account.pk, ZERO)
        if found.foreign or book:
            yield account, found.foreign, book
