"""Five thousand fixed assets depreciated for a year, beside plain SQL that reckons and writes the same."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal

from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from accounting.assets import categories, running
from accounting.assets.models import Asset, AssetMovement, DepreciationRun
from accounting.assets.registering import TakenOver, take_over_many
from accounting.ledger.lines import credit, debit
from accounting.ledger.models import Account, FiscalYear
from accounting.ledger.posting import post
from erp.companies.models import Company, Module
from erp.core import clock
from tools.bench.books import Book, acting, found
from tools.bench.measuring import least_cpu, note

FEW, MANY = 50, 5_000
YEAR, UNTIL = dt.date(2024, 1, 1), dt.date(2024, 12, 31)  # the first year: none before it lacks any
_CODES = ("MA", "MO", "IT", "FA")

# By hand, for this one question: a whole year of what stood at its start. Every third asset is depreciated on its
# cost by its own useful life, the others on their book value by the rate of their category.
_PLAIN = """
    WITH stood AS (
        SELECT a.id, a.category_id, a.residual, a.method, a.life_months, sum(m.cost) AS cost,
               sum(m.depreciation) AS gone
        FROM accounting_asset a
        JOIN accounting_assetmovement m ON m.company_id = a.company_id AND m.asset_id = a.id AND m.date <= %(until)s
        WHERE a.company_id = %(company)s AND a.disposed_on IS NULL AND a.acquired_on <= %(until)s
        GROUP BY a.company_id, a.id
    ), reckoned AS (
        SELECT s.id, s.category_id, c.expense_id, coalesce(c.contra_id, c.account_id) AS credited_id,
               least(round(CASE WHEN s.method = 'linear' THEN (s.cost - s.residual) * 12 / s.life_months
                                ELSE (s.cost - s.gone) * r.rate / 100 END, 2),
                     s.cost - s.gone - s.residual) AS amount
        FROM stood s
        JOIN accounting_assetcategory c ON c.company_id = %(company)s AND c.id = s.category_id
        JOIN accounting_assetrule r ON r.company_id = c.company_id AND r.category_id = c.id
    )
"""
_SUMS = (
    _PLAIN
    + " SELECT expense_id, credited_id, sum(amount) FROM reckoned WHERE amount > 0 GROUP BY 1, 2"
)
_STORED = (
    _PLAIN
    + """
    INSERT INTO accounting_assetmovement
        (company_id, asset_id, category_id, date, kind, cost, depreciation, entry_id, run_id, told, text)
    SELECT %(company)s, id, category_id, %(until)s, 'depreciation', 0, amount, %(entry)s, %(run)s,
           jsonb_build_object('of_year', amount::text), ''
    FROM reckoned WHERE amount > 0
"""
)


def _filled(count: int) -> Book:
    """A company with so many assets that were taken over at the start of the year."""
    book = found(400_000 + count)
    with acting(book) as (company, owner):
        company.modules = [*company.modules, Module.ASSETS]
        company.save(update_fields=["modules"])
        categories.add_defaults(company, by=owner, valid_from=YEAR)
        by_code = {one.code: one for one in categories.categories(company)}
        rows = []
        for nth in range(count):
            bought = dt.date(2022, 1 + nth % 12, 1)
            asset = Asset(
                company=company, name=f"Anlage {nth}", category=by_code[_CODES[nth % len(_CODES)]],
                acquired_on=bought, in_service_on=bought, residual=Decimal("1.00"),
            )  # fmt: skip
            if nth % 3 == 0:
                asset.method, asset.rate, asset.life_months = "linear", Decimal(0), 120
            cost = Decimal(100_000 + nth * 37 % 900_000).scaleb(-2)
            rows.append(TakenOver(asset, YEAR, cost, Decimal(nth % 400).scaleb(-2)))
        assert not any(take_over_many(company, rows, by=owner))
    return book


def bench_assets(analyse: Callable[[], None]) -> None:
    """A run takes as many queries for 5,000 assets as for 50, and at most four times the bare SQL."""
    few, many = _filled(FEW), _filled(MANY)
    analyse()
    with acting(few) as (company, owner):
        a = _counted(lambda: running.run(company, until=UNTIL, by=owner))
    with acting(many) as (company, owner):
        b = _counted(lambda: running.run(company, until=UNTIL, by=owner))
        c = _counted(lambda: _reversed(company, owner))
    with acting(few) as (company, owner):
        d = _counted(lambda: _reversed(company, owner))
    print(
        f"queries of a run for {FEW} and {MANY:,} assets: {a} and {b}; of its reversal: {d} and {c}"
    )
    assert a == b and c == d, "the number of queries grows"
    with acting(many) as (company, owner):
        accounts = {one.pk: one for one in Account.of(company)}
        year = FiscalYear.of(company).get(start=YEAR)
        written = {}

        def ours() -> None:
            with transaction.atomic():
                made = running.run(company, until=UNTIL, by=owner)
                written["ours"] = made.total, AssetMovement.of(company).filter(run=made).count()
                transaction.set_rollback(True)

        def plain() -> None:
            with transaction.atomic(), connection.cursor() as cursor:
                told = {"company": company.pk, "until": UNTIL}
                cursor.execute(_SUMS, told)
                sums = cursor.fetchall()
                lines = [debit(accounts[expense], amount) for expense, _credited, amount in sums]
                lines += [credit(accounts[credited], amount) for _expense, credited, amount in sums]
                entry = post(
                    company=company, date=UNTIL, text="Abschreibung", lines=lines, by=owner
                )
                total = sum((amount for *_accounts, amount in sums), Decimal(0))
                run = DepreciationRun.unscoped.create(
                    company=company, fiscal_year=year, start=YEAR, end=UNTIL, count=MANY, total=total,
                    entry=entry, created_at=clock.now(), created_by=owner,
                )  # fmt: skip
                cursor.execute(_STORED, {**told, "entry": entry.pk, "run": run.pk})
                written["plain"] = total, cursor.rowcount
                transaction.set_rollback(True)

        a, b = least_cpu(5, ours, plain)
        assert written["ours"] == written["plain"], written
        note(f"depreciation run of {MANY:,} assets", MANY, a, b, "<= 4", 4)


def _reversed(company: Company, owner: object) -> None:
    last = running.last_run(company)
    assert last is not None
    running.reverse(running.runs(company).get(pk=last.pk), by=owner)  # type: ignore[arg-type]


def _counted(act: Callable[[], object]) -> int:
    with CaptureQueriesContext(connection) as seen:
        act()
    return len(seen)
