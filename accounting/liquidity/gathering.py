"""Where the forecast's figures come from: one query for each source, whatever there is of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any, Final

from django.db import connection
from django.utils.translation import gettext as _

from accounting.ledger import recurring as entries
from accounting.ledger.entering import Reader
from accounting.ledger.typed import lines_of
from accounting.liquidity.forecast import Flow, Forecast, Holding, Kind, Step, columns
from accounting.liquidity.models import PlannedPayment
from accounting.liquidity.planning import dates
from accounting.open_items.due import discount_left
from accounting.open_items.habits import Habits, payment_habits
from accounting.open_items.models import Side
from accounting.open_items.queries import OpenRow, open_on
from accounting.payables import recurring as purchases
from accounting.payables.models import SupplierInvoice
from accounting.receivables import recurring as invoices
from accounting.receivables.models import SalesDocument
from erp.companies.models import Company, Module
from erp.core.errors import DomainError
from erp.core.money import ZERO, split_by, to_centimes
from erp.reference.queries import Rate, rates

# Money is what the statements call so, what has statements of a bank, and what a cash book is kept of.
_HOLDINGS: Final = """
    SELECT a.number, coalesce(nullif(a.name_{language}, ''), a.name_de), a.currency,
           coalesce(t.amount, 0) + coalesce(l.amount, 0),
           coalesce(t.amount_foreign, 0) + coalesce(l.amount_foreign, 0)
    FROM accounting_account a
    LEFT JOIN LATERAL (
        SELECT sum(x.debit - x.credit) AS amount, sum(x.amount_foreign) AS amount_foreign
        FROM accounting_accounttotal x
        WHERE x.company_id = a.company_id AND x.account_id = a.id AND x.month < %(month)s
    ) AS t ON true
    LEFT JOIN LATERAL (
        SELECT sum(x.debit - x.credit) AS amount, sum(x.amount_foreign) AS amount_foreign
        FROM accounting_entryline x
        JOIN accounting_journalentry e ON e.company_id = x.company_id AND e.id = x.entry_id
        WHERE x.company_id = a.company_id AND x.account_id = a.id
          AND x.date BETWEEN %(month)s AND %(on)s AND e.number IS NOT NULL
    ) AS l ON true
    WHERE a.company_id = %(company)s AND (
        a.or_position = '959a-1-1a'
        OR a.id IN (SELECT b.account_id FROM accounting_bankaccount b WHERE b.company_id = %(company)s)
        OR a.id IN (SELECT b.account_id FROM accounting_cashbook b WHERE b.company_id = %(company)s)
    )
    ORDER BY a.number
"""


@dataclass(frozen=True, slots=True)
class Wish:
    """What a forecast is to take into account, from ``on`` until ``until``.

    ``habits`` expects customers to pay as they have paid; ``discounts`` pays suppliers in time for
    their discount.
    """

    on: dt.date
    until: dt.date
    step: str = Step.WEEK
    habits: bool = True
    discounts: bool = False


@dataclass
class _Money:
    """Amounts in the company's currency: by the rate of the day, else as the books have them."""

    company: Company
    on: dt.date
    rates: Mapping[str, Rate]
    without: set[str] = field(default_factory=set)
    used: set[str] = field(default_factory=set)

    def base(self, amount: Decimal, currency: str, booked: Decimal | None = None) -> Decimal:
        if currency in {"", self.company.currency}:
            return amount
        if currency in self.rates and self.company.currency == "CHF":
            self.used.add(currency)
            return to_centimes(amount * self.rates[currency].value)
        self.without.add(currency)
        return ZERO if booked is None else booked


def forecast(company: Company, wish: Wish, *, language: str = "de") -> Forecast:
    """What money there is on a day, and what is expected to come and go (Liquiditätsplan).

    What was due before is expected on the day itself. What is owed is told whoever keeps it; what comes
    again comes no more while its module is switched off. The number of queries does not depend on how
    much there is.
    """
    accounts = _holdings(company, wish.on, language)
    held = [one for one in accounts if one.amount or one.base]
    owed = {side: open_on(company, wish.on, side) for side in Side}
    known = payment_habits(company, wish.on, Side.RECEIVABLES) if wish.habits else {}
    bills = invoices.due(company, wish.until) if company.uses(Module.RECEIVABLES) else []
    bought = purchases.due(company, wish.until) if company.uses(Module.PAYABLES) else []
    planned = list(PlannedPayment.of(company).filter(date__lte=wish.until))
    currencies = {
        *(one.currency for one in held), *(row.currency for rows in owed.values() for row in rows),
        *(due.recurring.pattern.currency for due in bills),
        *(due.recurring.pattern.currency for due in bought),
        *(one.currency for one in planned),
    } - {"", company.currency}  # fmt: skip
    money = _Money(company, wish.on, rates(currencies, wish.on))
    holdings = [replace(one, base=money.base(one.amount, one.currency, one.base)) for one in held]
    warnings: list[str] = []
    flows = [
        *(_received(row, wish, known, money) for row in owed[Side.RECEIVABLES]),
        *(_paid(row, wish, money) for row in owed[Side.PAYABLES]),
        *(flow for due in bills for flow in _billed(due, wish, known, money)),
        *(flow for due in bought for flow in _bought(due, wish, money)),
        *_entered(company, wish, {one.number for one in accounts}, warnings.append),
        *(_planned(one, day, money) for one in planned for day in dates(one, wish.on, wish.until)),
    ]
    opening = sum((one.base for one in holdings), ZERO)
    return Forecast(
        on=wish.on, until=wish.until, step=wish.step,
        holdings=holdings,
        columns=columns([flow for flow in flows if flow.amount], opening, on=wish.on,
                        until=wish.until, step=wish.step),
        rates=[money.rates[code] for code in sorted(money.used)],
        without_rate=sorted(money.without), warnings=warnings,
    )  # fmt: skip


def _holdings(company: Company, on: dt.date, language: str) -> list[Holding]:
    told: dict[str, Any] = {"company": company.pk, "on": on, "month": on.replace(day=1)}
    name = language[:2] if language[:2] in {"de", "fr", "it", "en"} else "de"
    with connection.cursor() as cursor:
        cursor.execute(_HOLDINGS.format(language=name), told)
        return [
            Holding(number, called, currency or company.currency,
                    foreign if currency else amount, amount)
            for number, called, currency, amount, foreign in cursor.fetchall()
        ]  # fmt: skip


def _received(row: OpenRow, wish: Wish, known: Mapping[int, Habits], money: _Money) -> Flow:
    late = _late(row.contact, known) if row.open > 0 else 0
    expected = max(wish.on, row.due_date + dt.timedelta(days=late))
    return Flow(expected, row.due_date, Kind.RECEIVABLE, _called(row), row.currency, row.open,
                money.base(row.open, row.currency, row.open_base), row.id)  # fmt: skip


def _paid(row: OpenRow, wish: Wish, money: _Money) -> Flow:
    expected, open_now, booked = max(wish.on, row.due_date), row.open, row.open_base
    if wish.discounts and row.discount_until is not None and row.discount_until >= wish.on:
        expected = min(expected, row.discount_until)
        discount = discount_left(row, wish.on)
        booked -= discount
        if row.open_base:
            open_now -= to_centimes(discount * row.open / row.open_base)
    return Flow(expected, row.due_date, Kind.PAYABLE, _called(row), row.currency, -open_now,
                money.base(-open_now, row.currency, -booked), row.id)  # fmt: skip


def _billed(
    due: invoices.Due, wish: Wish, known: Mapping[int, Habits], money: _Money
) -> Iterable[Flow]:
    """An invoice that comes again is paid after its terms, each instalment for itself."""
    pattern = due.recurring.pattern
    late = _late(pattern.contact_id, known)
    for amount, days in _parts(pattern):
        agreed = due.date + dt.timedelta(days=days)
        expected = max(wish.on, agreed + dt.timedelta(days=late))
        yield Flow(expected, agreed, Kind.INVOICE, due.recurring.name, pattern.currency, amount,
                   money.base(amount, pattern.currency), due.recurring.pk)  # fmt: skip


def _bought(due: purchases.Due, wish: Wish, money: _Money) -> Iterable[Flow]:
    """A supplier's invoice that comes again is paid when it is due."""
    pattern = due.recurring.pattern
    for amount, days in _parts(pattern):
        agreed = due.date + dt.timedelta(days=days)
        yield Flow(max(wish.on, agreed), agreed, Kind.PURCHASE, due.recurring.name, pattern.currency,
                   -amount, money.base(-amount, pattern.currency), due.recurring.pk)  # fmt: skip


def _parts(pattern: SalesDocument | SupplierInvoice) -> list[tuple[Decimal, int]]:
    if not pattern.instalments:
        return [(pattern.payable, pattern.net_days)]
    shares = split_by(pattern.payable, [Decimal(percent) for percent, _d in pattern.instalments])
    return [(share, days) for share, (_p, days) in zip(shares, pattern.instalments, strict=True)]


def _entered(
    company: Company, wish: Wish, money_accounts: set[str], warn: Callable[[str], None]
) -> Iterable[Flow]:
    """What recurring entries post to money accounts."""
    reader, broken = Reader(company), set[int]()
    for template, day in entries.due(company, wish.until):
        if template.pk in broken:
            continue
        try:
            lines = lines_of(template.content, reader, day)
        except DomainError as refusal:
            broken.add(template.pk)
            warn(_("“%(name)s” is left out: %(why)s") % {"name": template.name, "why": refusal})
            continue
        amount = sum((line.debit - line.credit for line in lines
                      if line.account.strip() in money_accounts), ZERO)  # fmt: skip
        yield Flow(max(wish.on, day), day, Kind.ENTRY, template.name, company.currency, amount,
                   amount, template.pk)  # fmt: skip


def _planned(one: PlannedPayment, day: dt.date, money: _Money) -> Flow:
    return Flow(day, day, Kind.PLANNED, one.text, one.currency, one.amount,
                money.base(one.amount, one.currency), one.pk)  # fmt: skip


def _late(contact: int | None, known: Mapping[int, Habits]) -> int:
    """By how many days a customer usually pays after the due date; negative is before it."""
    found = known.get(contact) if contact is not None else None
    return round(found.days_late) if found else 0


def _called(row: OpenRow) -> str:
    return " ".join(filter(None, (row.party, row.document)))
