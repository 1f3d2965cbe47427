"""What several checks look at (Prüfgrundlage), asked once: movements, filed returns, codes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any, Final

from django.db import connection

from accounting.ledger.models import Account
from erp.companies.models import Company
from vat.codes.models import CodeKind, VatCode
from vat.returns.computing import Computed, Scope
from vat.returns.findings import below
from vat.returns.models import VatReturn
from vat.returns.periods import Reporting
from vat.returns.queries import reporting

#: How many of a list a finding names.
NAMED: Final = 5
TAX_PURPOSES: Final = (
    Account.Purpose.OUTPUT_TAX, Account.Purpose.INPUT_TAX_MATERIAL,
    Account.Purpose.INPUT_TAX_INVESTMENT, Account.Purpose.ACQUISITION_TAX,
)  # fmt: skip
#: Income that nobody pays for: the program's own differences, and the tax of net rates.
NO_TURNOVER: Final = (
    Account.Purpose.ROUNDING_INCOME, Account.Purpose.CURRENCY_GAIN,
    Account.Purpose.CASH_DIFFERENCES, Account.Purpose.NET_TAX,
)  # fmt: skip
INVENTORY: Final = "959b-2-2"  # place in the statements of changes in inventories (OR 959b)
#: Stands in a query for the entries of the spans; ``late`` are those that came into filed periods.
ENTRIES: Final = "{entries}"
#: Their lines: the days are said twice, so that indexes by day serve lines, too.
OF_ENTRY: Final = """l.company_id = %(company)s AND l.entry_id = e.id AND l.date = e.date
     AND l.date BETWEEN %(earliest)s AND %(latest)s"""
_OWN: Final = """
    SELECT e.id, e.date, e.number, e.text, e.kind, e.source, false AS late
    FROM accounting_journalentry e
    WHERE e.company_id = %(company)s AND e.date BETWEEN %(start)s AND %(end)s
      AND e.chain_position > %(after)s AND e.chain_position <= %(until)s
"""
_LATE: Final = """
    SELECT e.id, e.date, e.number, e.text, e.kind, e.source, true
    FROM unnest(%(starts)s::date[], %(ends)s::date[], %(afters)s::bigint[], %(untils)s::bigint[])
        AS w (first_day, last_day, after, until)
    JOIN accounting_journalentry e ON e.company_id = %(company)s AND e.chain_position > w.after
     AND e.chain_position <= w.until AND e.date BETWEEN w.first_day AND w.last_day
"""
_MOVED: Final = f"""
    SELECT a.id, sum(l.debit - l.credit),
           coalesce(sum(l.vat_base) FILTER (WHERE l.vat_part = 'B' AND c.kind = ANY (%(turnover)s)), 0),
           coalesce(sum(l.debit - l.credit) FILTER (WHERE l.vat_part = 'T'), 0),
           coalesce(sum(l.debit - l.credit) FILTER (WHERE l.vat_code_id IS NULL), 0),
           count(DISTINCT l.entry_id) FILTER (WHERE l.vat_code_id IS NULL),
           count(*) FILTER (WHERE l.vat_part = 'T')
    FROM {ENTRIES} e
    JOIN accounting_entryline l ON {OF_ENTRY}
    JOIN accounting_account a ON a.company_id = %(company)s AND a.id = l.account_id
    LEFT JOIN vat_vatcode c ON c.company_id = %(company)s AND c.id = l.vat_code_id
    WHERE e.kind <> 'opening' AND e.source NOT IN ('vat', 'assets')
      AND (a.type = 'income' OR a.vat_code_id IS NOT NULL OR a.purpose = ANY (%(taxes)s))
    GROUP BY a.id, a.number ORDER BY a.number
"""  # noqa: S608 - only fixed text is put in


@dataclass(frozen=True, slots=True)
class Moved:
    """What moved on an account in the return's spans, debit positive, in francs.

    ``base`` is the consideration its lines declare as turnover, ``tax`` what stands there as tax by
    code, in so many lines ``taxed``, ``bare`` what has no code, in so many ``entries``. Opening entries,
    the posting of returns and what the register of assets posts are left out: a sale is declared where
    it was booked, and its proceeds taken off there are no less turnover.
    """

    account: Account
    moved: Decimal
    base: Decimal
    tax: Decimal
    bare: Decimal
    entries: int
    taxed: int


@dataclass
class Look:
    """A return under examination."""

    one: VatReturn
    found: Computed

    @property
    def scope(self) -> Scope:
        return self.found.scope

    @property
    def company(self) -> Company:
        return self.found.scope.company

    @cached_property
    def accounts(self) -> dict[int, Account]:
        return {row.pk: row for row in Account.of(self.company)}

    @cached_property
    def codes(self) -> dict[int, VatCode]:
        return {row.pk: row for row in VatCode.of(self.company)}

    @cached_property
    def moved(self) -> list[Moved]:
        turnover = [CodeKind.OUTPUT, CodeKind.DISCOUNT, CodeKind.OTHER]
        rows = self.asked(_MOVED, taxes=[str(p) for p in TAX_PURPOSES],
                          turnover=[str(kind) for kind in turnover])  # fmt: skip
        return [Moved(self.accounts[pk], *rest) for pk, *rest in rows]

    @cached_property
    def filed(self) -> list[VatReturn]:
        """The filed returns of other periods, the oldest first."""
        rows = VatReturn.of(self.company).filter(state=VatReturn.State.FILED)
        return list(rows.exclude(pk=self.one.pk).order_by("start", "filed_at", "pk"))

    @cached_property
    def periods(self) -> list[Reporting]:
        """The reporting periods up to that of the return."""
        return reporting(self.company, self.one.start)

    def asked(self, sql: str, **more: Any) -> list[Any]:
        """The rows of a query over the spans, whose entries ``ENTRIES`` stands for."""
        entries = f"({_OWN} UNION ALL {_LATE})" if self.scope.spans[1:] else f"({_OWN})"
        with connection.cursor() as cursor:
            cursor.execute(sql.replace(ENTRIES, entries), self._spans | more)
            return cursor.fetchall()

    @cached_property
    def _spans(self) -> dict[str, Any]:
        first, *late = self.scope.spans
        return {
            "company": self.company.pk, "start": first.start, "end": first.end,
            "after": first.after, "until": first.until,
            "earliest": min(s.start for s in self.scope.spans),
            "latest": max(s.end for s in self.scope.spans),
            "starts": [s.start for s in late], "ends": [s.end for s in late],
            "afters": [s.after for s in late], "untils": [s.until for s in late],
        }  # fmt: skip

    def to(self, page: str, *args: Any, **query: Any) -> str:
        """The address of a page below the company's."""
        return below(self.company.pk, page, *args, **query)

    def sheet(self, account: Account) -> str:
        """The account sheet over the days of the return."""
        return self.to("account-sheet", account.number, from_=self.one.start, until=self.one.end)

    def journal(self, **query: Any) -> str:
        """The journal over the days of the return."""
        return self.to("journal", from_=self.one.start, until=self.one.end, **query)

    def entry(self, pks: Sequence[int]) -> str:
        """The entry where there is one alone, else the journal."""
        return self.to("entry", pks[0]) if len(pks) == 1 else self.journal()


def enumerated(texts: Sequence[str], whole: int | None = None) -> str:
    """The first of many, and a mark where there are more."""
    named = ", ".join(texts[:NAMED])
    return f"{named}, …" if (whole or len(texts)) > NAMED else named
