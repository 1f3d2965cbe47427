"""Balance sheet and income statement in the law's order (Bilanz, Erfolgsrechnung; OR 959a, 959b)."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from accounting.ledger.balances import AccountSums, account_sums
from accounting.ledger.chart import OrPosition, or_positions
from accounting.ledger.models import FiscalYear
from accounting.ledger.queries import ChartRow, chart_rows
from erp.companies.models import Company
from erp.core.money import ZERO

CARRIED, RESULT = "959a-2-3f", "959a-2-3g"
NOTHING = AccountSums()


@dataclass(frozen=True, slots=True)
class StatementRow:
    """A row as shown: figures positive on the position's own side.

    ``kind`` is section, group, position, account, total or grand; ``account`` is set on accounts
    that can be opened.
    """

    kind: str
    code: str
    name: str
    figures: tuple[Decimal | None, ...]
    account: str = ""


@dataclass(frozen=True)
class Statement:
    """A statement with a column for each of ``days``; ``balanced`` is None where nothing must."""

    title: str
    days: tuple[dt.date, ...]
    rows: list[StatementRow]
    result: tuple[Decimal, ...]
    difference: Decimal

    def figure(self, code: str) -> Decimal:
        """The first column's figure of a row with this code."""
        found = next(row.figures[0] for row in self.rows if row.code == code and not row.account)
        return found if found is not None else ZERO


@dataclass(frozen=True, slots=True)
class Column:
    """What a column shows: a fiscal year up to a day."""

    year: FiscalYear
    until: dt.date


def columns(company: Company, *, until: dt.date, previous: bool = True) -> list[Column]:
    """The column for ``until``, and the year before: its last day, or the same day where the
    year is not over."""
    year = FiscalYear.of(company).filter(start__lte=until, end__gte=until).first()
    if year is None:
        return []
    found = [Column(year, until)]
    before = FiscalYear.of(company).filter(end__lt=year.start).order_by("-end").first()
    if previous and before is not None:
        day = before.end if until == year.end else _same_day(until, before)
        found.append(Column(before, day))
    return found


def balance_sheet(company: Company, cols: list[Column], *, language: str) -> Statement:
    """The balance sheet on each column's day, with the result of the year computed.

    Assets and liabilities are equal as every entry balances; ``difference`` shows what an
    incomplete opening balance leaves on the opening account.
    """
    accounts = chart_rows(company, language=language)
    sums = [account_sums(company, year=c.year, until=c.until) for c in cols]
    figures = {
        a.pk: [s.get(a.pk, NOTHING).closing for s in sums] for a in accounts if a.is_balance_sheet
    }
    results = [a.pk for a in accounts if a.is_result]
    carried = [sum((s[pk].before for pk in results if pk in s), ZERO) for s in sums]
    result = [sum((s[pk].of_year for pk in results if pk in s), ZERO) for s in sums]
    computed = {
        CARRIED: (_("Results of earlier years"), carried),
        RESULT: (_("Result of the year"), result),
    }
    rows = _rows("balance", accounts, figures, computed, len(cols), language)
    closing = [a.pk for a in accounts if not a.is_balance_sheet and not a.is_result]
    difference = (
        sum((sums[0][pk].closing for pk in closing if pk in sums[0]), ZERO) if sums else ZERO
    )
    return Statement(
        _("Balance sheet"),
        tuple(c.until for c in cols),
        rows,
        tuple(-r for r in result),
        difference,
    )


def income_statement(
    company: Company, cols: list[Column], *, language: str, cost_centre: int | None = None
) -> Statement:
    """Income and expense of each column's year up to its day, with the usual subtotals."""
    accounts = chart_rows(company, language=language)
    sums = [
        account_sums(company, year=c.year, until=c.until, cost_centre=cost_centre) for c in cols
    ]
    figures = {a.pk: [s.get(a.pk, NOTHING).of_year for s in sums] for a in accounts if a.is_result}
    result = [-sum((f[nth] for f in figures.values()), ZERO) for nth in range(len(cols))]
    rows = _rows("income", accounts, figures, {}, len(cols), language)
    return Statement(_("Income statement"), tuple(c.until for c in cols), rows, tuple(result), ZERO)


def _rows(
    statement: str,
    accounts: list[ChartRow],
    figures: dict[int, list[Decimal]],
    computed: dict[str, tuple[str, list[Decimal]]],
    width: int,
    language: str,
) -> list[StatementRow]:
    by_position: dict[str, list[ChartRow]] = defaultdict(list)
    for account in accounts:
        if account.pk in figures and any(figures[account.pk]):
            by_position[account.or_position].append(account)
    sums: dict[str, list[Decimal]] = defaultdict(lambda: [ZERO] * width)
    rows: list[StatementRow] = []
    group = ""
    for position in (p for p in or_positions() if p.statement == statement):
        sign = 1 if position.side == "D" else -1
        name = position.name_in(language)
        if position.kind in {"section", "group"}:
            group = position.code
            rows.append(StatementRow(position.kind, position.code, name, (None,) * width))
        elif position.adds:
            total = [sum((sums[c][n] for c in position.adds), ZERO) for n in range(width)]
            sums[position.code] = total
            kind = "grand" if position.code in {"A-total", "P-total", "959b-2-11"} else "total"
            rows.append(StatementRow(kind, position.code, name, tuple(total)))
        else:
            detail = _details(position, by_position, figures, computed, sign)
            total = [sum((row.figures[n] or ZERO for row in detail), ZERO) for n in range(width)]
            sums[position.code] = total
            sums[group] = [a + b for a, b in zip(sums[group], total, strict=True)]
            if detail:
                rows.append(StatementRow("position", position.code, name, tuple(total)))
                rows += detail
    return rows


def _details(
    position: OrPosition,
    by_position: dict[str, list[ChartRow]],
    figures: dict[int, list[Decimal]],
    computed: dict[str, tuple[str, list[Decimal]]],
    sign: int,
) -> list[StatementRow]:
    rows = [
        StatementRow(
            "account", position.code, f"{a.number} {a.name}",
            _on_side(sign, figures[a.pk]), account=a.number,
        )
        for a in by_position.pop(position.code, [])
    ]  # fmt: skip
    if position.code in computed:
        name, amounts = computed[position.code]
        if any(amounts):
            rows.append(StatementRow("account", position.code, name, _on_side(sign, amounts)))
    return rows


def _on_side(sign: int, amounts: list[Decimal]) -> tuple[Decimal, ...]:
    """Debit positive amounts as the position shows them, without a negative zero."""
    return tuple(ZERO + sign * amount for amount in amounts)


def _same_day(day: dt.date, before: FiscalYear) -> dt.date:
    last_of_month = (day + dt.timedelta(days=1)).day == 1
    try:
        earlier = day.replace(year=day.year - 1)
    except ValueError:
        earlier = day.replace(year=day.year - 1, day=28)
    if last_of_month:
        earlier = (earlier.replace(day=1) + dt.timedelta(days=32)).replace(day=1)
        earlier -= dt.timedelta(days=1)
    return min(max(earlier, before.start), before.end)
