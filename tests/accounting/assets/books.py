"""Books with fixed assets, made through the program's own doors."""

from __future__ import annotations

import datetime as dt

from accounting.assets import categories, registering
from accounting.assets.models import Asset, AssetCategory
from accounting.assets.registering import LineOfEntry
from accounting.ledger.lines import credit, debit
from accounting.ledger.models import JournalEntry
from accounting.ledger.posting import post
from erp.companies.models import Module
from tests import make
from tests.make import chf

day = dt.date
JANUARY = day(2026, 1, 1)
DECEMBER = day(2026, 12, 31)


def company():
    """A company with the categories of the KMU chart."""
    new = make.company(modules=Module.values)
    categories.add_defaults(new, by=make.owner_of(new), valid_from=JANUARY)
    return new


def category(company, code="FA") -> AssetCategory:
    return categories.categories(company).get(code=code)


def bought(
    company, amount="40000.00", date=JANUARY, account="1530", text="Lieferwagen"
) -> LineOfEntry:
    """A purchase from the bank; its line on the asset account."""
    lines = [debit(make.account(company, account), chf(amount)),
             credit(make.account(company, "1020"), chf(amount))]  # fmt: skip
    entry = post(company=company, date=date, text=text, lines=lines, by=make.owner_of(company))
    return LineOfEntry(entry, 1)


def asset(company, code="FA", date=JANUARY, **more) -> Asset:
    """An asset that is not saved yet."""
    told = {"name": "Lieferwagen", "acquired_on": date, "in_service_on": date} | more
    return Asset(company=company, category=category(company, code), **told)


def van(company, amount="40000.00", date=JANUARY, **more) -> Asset:
    """A vehicle that was bought and registered."""
    return registering.register_line(
        asset(company, date=date, **more), bought(company, amount, date),
        by=make.owner_of(company),
    )  # fmt: skip


def taken_over(company, cost="20000.00", accumulated="8000.00", code="MA", **more) -> Asset:
    """A machine that was there before the register, with its opening entry in the ledger."""
    kept = category(company, code)
    by = make.owner_of(company)
    gone, whole = chf(accumulated), chf(cost)
    lines = [debit(kept.account, whole), credit(make.account(company, "2800"), whole - gone)]
    if gone:
        lines.append(credit(kept.contra, gone))
    post(company=company, date=JANUARY, text="Eröffnung", lines=lines, by=by,
         kind=JournalEntry.Kind.OPENING)  # fmt: skip
    told = {"name": "Drehbank", "date": day(2024, 3, 1)} | more
    return registering.take_over(
        asset(company, code, **told), date=JANUARY, cost=whole, accumulated=gone, by=by
    )
