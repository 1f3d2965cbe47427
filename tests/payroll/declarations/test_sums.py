"""Whatever a year brings: slips, lists, certificates and the ledger come to the same sums."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from hypothesis import given as drawn
from hypothesis import settings
from hypothesis import strategies as st

from accounting.ledger.models import Account
from payroll.declarations import families, lists
from payroll.declarations.gathering import PersonYear, Posted
from payroll.declarations.insured import by_kind, insured_of
from payroll.declarations.models import DeclarationSettings
from payroll.declarations.notes import NOTHING
from payroll.declarations.preparing import certificates_of
from payroll.employees.people import Period
from payroll.runs.entries import Entry, entry_of
from payroll.runs.models import SlipContent
from payroll.setup.accounts import AccountPlan
from payroll.wage_types.models import WageType
from payroll.wage_types.shipped import shipped_types, usual_accounts
from payroll.wages.kinds import Insurance
from tests.examples import cases
from tests.payroll.declarations.made import boxed, file
from tests.payroll.declarations.test_certificate import COMPANY
from tests.payroll.wages.test_properties import reckoned, total, years

ZERO = Decimal("0.00")


def plan() -> AccountPlan:
    """The accounts that shipped wage types and institutions lead to, without a database."""
    numbers = {one.account for one in shipped_types().values() if one.account[:1].isdigit()}
    for one in usual_accounts().values():
        numbers |= {one.liability, one.expense} - {""}
    accounts = {
        number: Account(pk=int(number), number=number, name_de=number,
                        type=Account.Type.EXPENSE if number >= "3000" else Account.Type.LIABILITY)
        for number in sorted(numbers)
    }  # fmt: skip
    accounts["1091"] = Account(pk=1091, number="1091", type=Account.Type.ASSET,
                               purpose=Account.Purpose.WAGES_CLEARING)  # fmt: skip
    types = {
        one.number: WageType(number=one.number, is_shipped=True, **one.values)
        for one in shipped_types().values()
    }
    return AccountPlan(dt.date(2026, 12, 31), accounts, types, {})


PLAN = plan()


def of_year(drawn_year: Any, number: int = 1) -> PersonYear:
    some, movements = drawn_year
    periods = {
        one.employment: Period(one.employment, one.entry, one.exit) for one in some.contracts
    }
    posted = [
        Posted(nth, one.month, False, slip_, SlipContent(salt="", given=one, slip=slip_))
        for nth, (one, slip) in enumerate(reckoned(some, movements), 1)
        for slip_ in [boxed(slip)] if slip.lines or slip.charges
    ]  # fmt: skip
    told = file(born=some.person.birth_date.isoformat(), number=number,
                periods=tuple(sorted(periods.values(), key=lambda one: one.entry)))  # fmt: skip
    return PersonYear(2026, told, tuple(posted))


def column(report: Any, name: str) -> Decimal:
    return total(Decimal(row[name]) for row in report.as_objects())


@settings(max_examples=cases(40, each_time=10), deadline=None)
@drawn(years())
def test_lists_and_certificates_come_to_what_the_slips_do(drawn_year):
    one = of_year(drawn_year)
    if not one.slips:
        return
    charged = {
        kind: [c for _posted, c in one.charges() if c.insurance is kind] for kind in Insurance
    }
    rows = insured_of(one)
    for kind, charges in charged.items():
        mine = by_kind(rows, kind)
        for name in ("wages", "insured", "employee", "employer"):
            assert total(getattr(row, name) for row in mine) == total(
                getattr(c, name) for c in charges
            )
    ahv = lists.ahv([one])
    assert column(ahv, "ahv_wage") == total(c.insured for c in charged[Insurance.AHV])
    assert column(ahv, "alv_wage") == total(c.insured for c in charged[Insurance.ALV])
    assert column(families.fak([one]), "fak_wage") == total(
        c.insured for c in charged[Insurance.FAK]
    )
    forms = certificates_of(one, notes=NOTHING, settings=DeclarationSettings(), company=COMPANY)
    assert total(form.box("8") for form in forms) == one.gross
    box_9 = (*charged[Insurance.AHV], *charged[Insurance.ALV], *charged[Insurance.NBU])
    assert total(form.box("9") for form in forms) == total(c.employee for c in box_9)


@settings(max_examples=cases(20, each_time=6), deadline=None)
@drawn(st.lists(years(), min_size=1, max_size=3), st.randoms(use_true_random=False))
def test_the_ledger_owes_what_the_slips_pay_in_whatever_order(drawn_years, chance):
    people = [of_year(one, nth) for nth, one in enumerate(drawn_years, 1)]
    contents = [posted.content for one in people for posted in one.slips]
    entry = entry_of(contents, PLAN, by_centre=True)
    lines = entry.lines({})
    assert total(line.debit for line in lines) == total(line.credit for line in lines)
    payouts = total(content.slip.payout for content in contents)
    assert entry.paid == payouts and left(entry) == payouts  # what paying leaves at zero
    charges = [charge for content in contents for charge in content.slip.charges]
    expenses = total(line.debit - line.credit for line in lines if line.account.number[:2] == "57")
    assert expenses == total(charge.employer for charge in charges)
    wages = total(line.debit - line.credit for line in lines if line.account.number[:2] == "50")
    assert wages == total(content.slip.gross for content in contents)
    shuffled = list(contents)
    chance.shuffle(shuffled)
    assert entry_of(shuffled, PLAN, by_centre=True).lines({}) == lines


def left(entry: Entry) -> Decimal:
    """What the clearing account owes."""
    key = (entry.clearing.pk, "")
    return entry.sums[False].get(key, ZERO) - entry.sums[True].get(key, ZERO)
