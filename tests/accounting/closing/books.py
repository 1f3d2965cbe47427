"""Books of a year that is over, and what is said to its checks."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace

from accounting.closing.asking import standings
from accounting.closing.noting import accept
from accounting.ledger.lines import credit, debit
from accounting.ledger.models import FiscalYear
from accounting.ledger.posting import post
from accounting.ledger.year_end import State
from accounting.ledger.years import open_fiscal_year
from erp.access.permissions import Permission
from tests import make

YEAR = (dt.date(2025, 1, 1), dt.date(2025, 12, 31))
LAST = YEAR[1]


def of_2025(company=None, **more):
    """A company with the years 2025 and 2026: capital 100,000, sales 50,000, rent 20,000 in 2025."""
    company = company or make.company(modules=more.pop("modules", ["ledger"]), **more)
    by = make.owner_of(company)
    year = open_fiscal_year(company=company, start=YEAR[0], end=YEAR[1], by=by)
    enter(company, "1020", "2800", "100000.00", dt.date(2025, 1, 1))
    enter(company, "1020", "3400", "50000.00", dt.date(2025, 6, 30))
    enter(company, "6000", "1020", "20000.00", dt.date(2025, 11, 30))
    return company, year


def enter(company, to, of, amount, day, **more):
    """Debit ``to``, credit ``of``."""
    lines = [debit(make.account(company, to), make.chf(amount)),
             credit(make.account(company, of), make.chf(amount))]  # fmt: skip
    return post(company=company, date=day, text=f"{to} an {of}", lines=lines,
                by=make.owner_of(company), **more)  # fmt: skip


def access_of(company, by=None, *, granted=frozenset(Permission.values)):
    """What somebody may do, for acts that ask."""
    return SimpleNamespace(
        company=company, user=by or make.owner_of(company), may=lambda one: one in granted
    )


def accept_all(company, year):
    """Say to each open check that it is done."""
    for one in standings(company, year):
        if one.state == State.OPEN:
            accept(access_of(company), year, check=one.check.code, text="Geprüft")


def year_of(company, name):
    return FiscalYear.of(company).get(name=name)
