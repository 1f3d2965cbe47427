"""What an entry has of later years (Abgrenzung beim Erfassen): accrued when it is entered, year by year.

Source: OR 958b (expenses and income belong to the year that caused them).
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from decimal import Decimal
from typing import NamedTuple

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounting.closing.accruing import Kind, accrue
from accounting.closing.models import YearAccrual
from accounting.ledger.later import Time
from accounting.ledger.models import Account, CostCentre, CostObject, FiscalYear, JournalEntry
from accounting.ledger.models.accounts import RESULT_TYPES
from erp.access.models import User
from erp.core.display import chf, swiss_date
from erp.core.errors import DomainError, called
from erp.core.money import to_centimes

DAY = dt.timedelta(days=1)


class NothingToAccrue(DomainError):
    code = "closing.nothing_to_accrue"
    message = gettext_lazy(
        "The entry has no line of income or expense, and nothing to accrue. Leave the time empty."
    )
    field = "concerns_until"


class NothingLater(DomainError):
    code = "closing.nothing_later"
    message = gettext_lazy("From %(start)s to %(until)s nothing is of a later fiscal year: this one ends on %(end)s. "
                           "Correct the days, or leave them empty.")  # fmt: skip
    field = "concerns_until"


class _Place(NamedTuple):
    """What an amount is an expense or income of."""

    account: Account
    cost_centre: CostCentre | None
    cost_object: CostObject | None


def after(amount: Decimal, time: Time, day: dt.date) -> Decimal:
    """What of an amount belongs to the time after a day, by calendar days, rounded to 0.01 with its sign."""
    whole = (time.until - time.start).days + 1
    rest = (time.until - max(time.start, day + DAY)).days + 1
    return to_centimes(amount * max(rest, 0) / whole)


@transaction.atomic
def accrue_entry(entry: JournalEntry, time: Time, *, by: User) -> list[YearAccrual]:
    """Accrue what a posted entry has of the years after its own, without VAT, by calendar days.

    Each account of income or expense on its own, at the end of the entry's fiscal year and, where the time goes
    on beyond the next, at the ends of those, too; with the vouchers of the entry. Raises ``NothingToAccrue``,
    ``NothingLater``, and what ``accrue`` raises, as where a following year is not open.
    """
    amounts = _results(entry)
    if not amounts:
        raise NothingToAccrue
    files = [one.file for one in entry.vouchers.select_related("file").order_by("pk")]
    year: FiscalYear | None = entry.fiscal_year
    made: list[YearAccrual] = []
    while year is not None and time.until > year.end:
        for place, amount in amounts.items():
            share = after(amount, time, year.end)
            if share:
                # A net debit goes on in the next year as an asset, a net credit as a liability.
                kind = Kind.PREPAID_EXPENSE if share > 0 else Kind.DEFERRED_INCOME
                with called(date="concerns_until", account="concerns_until",
                            balance_account="concerns_until"):  # fmt: skip
                    made.append(accrue(
                        company=entry.company, year=year, kind=kind, amount=abs(share), by=by,
                        text=entry.text, vouchers=files, origin=entry, **place._asdict(),
                    ))  # fmt: skip
        following = FiscalYear.of(entry.company).filter(start=year.end + DAY)
        year = following.first()
    if not made:
        raise NothingLater(start=time.start, until=time.until, end=entry.fiscal_year.end)
    return made


def hear(entry: JournalEntry, time: Time, by: User) -> list[str]:
    """What the entry mask tells of it: a sentence for each accrual."""
    return [
        _("%(amount)s of account %(account)s are accrued on %(day)s, and reversed on the day after.")
        % {"amount": chf(one.amount), "account": one.account.number, "day": swiss_date(one.entry.date)}
        for one in accrue_entry(entry, time, by=by)
    ]  # fmt: skip


def _results(entry: JournalEntry) -> dict[_Place, Decimal]:
    """What an entry moves on accounts of income and expense, debit positive, without what comes to nothing."""
    sums: dict[_Place, Decimal] = defaultdict(Decimal)
    rows = entry.lines.filter(account__type__in=RESULT_TYPES)
    for row in rows.select_related("account", "cost_centre", "cost_object").order_by("position"):
        sums[_Place(row.account, row.cost_centre, row.cost_object)] += row.debit - row.credit
    return {place: amount for place, amount in sums.items() if amount}
