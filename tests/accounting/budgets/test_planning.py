"""Budgets: begun, spread over months, planned by cost centre, and refused where they make no sense."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounting.budgets import planning, queries
from accounting.budgets.models import Budget, BudgetAmount
from accounting.budgets.planning import Plan, Source, Spread
from accounting.ledger import charting
from accounting.ledger.lines import credit, debit
from accounting.ledger.models import CostCentre, FiscalYear
from accounting.ledger.posting import post
from accounting.ledger.years import YearPlanned, delete_fiscal_year, open_fiscal_year
from erp.audit.models import AuditEvent
from erp.core.money import ZERO
from tests import make
from tests.make import chf

pytestmark = pytest.mark.django_db
day = dt.date
MONTHS_2027 = [day(2027, month, 1) for month in range(1, 13)]


@pytest.fixture
def company():
    """2026 booked, 2027 open for plans."""
    company = make.company()
    by = make.owner_of(company)
    open_fiscal_year(company=company, start=day(2027, 1, 1), end=day(2027, 12, 31), by=by)
    centre = charting.save_cost_unit(
        CostCentre(company=company), by=by, number="10", name_de="Laden"
    )
    bank, rent, sales = (make.account(company, n) for n in ("1020", "6000", "3200"))
    for month, amount in ((1, "1000.00"), (3, "3000.00"), (12, "2000.00")):
        post(company=company, date=day(2026, month, 10), text="Verkauf", by=by,
             lines=[debit(bank, chf(amount)), credit(sales, chf(amount), cost_centre=centre)])  # fmt: skip
    for month in range(1, 13):
        post(company=company, date=day(2026, month, 1), text="Miete", by=by,
             lines=[debit(rent, chf("100.05")), credit(bank, chf("100.05"))])  # fmt: skip
    return company


@pytest.fixture
def by(company):
    return make.owner_of(company)


@pytest.fixture
def year(company):
    return FiscalYear.of(company).get(name="2027")


@pytest.fixture
def budget(company, year, by):
    return planning.open_budget(company=company, year=year, name="Entwurf", by=by)


def planned(budget):
    """By account number and cost centre: the year's amount and how many months have one."""
    rows = BudgetAmount.of(budget.company).filter(budget=budget)
    found = {}
    for number, centre, amount in rows.values_list(
        "account__number", "cost_centre__number", "amount"
    ):
        total, count = found.get((number, centre), (ZERO, 0))
        found[number, centre] = (total + amount, count + 1)
    return found


def test_a_budget_begins_with_what_the_year_before_brought(company, year, by):
    budget = planning.open_budget(
        company=company, year=year, name="Wie 2026", by=by, source=Source.LAST_YEAR
    )
    assert planned(budget) == {
        ("3200", "10"): (chf("6000.00"), 3),
        ("6000", None): (chf("1200.60"), 12),
    }
    sales = make.account(company, "3200")
    centre = CostCentre.of(company).get()
    assert queries.amounts(budget)[sales.pk, centre.pk] == {
        day(2027, 1, 1): chf("1000.00"), day(2027, 3, 1): chf("3000.00"), day(2027, 12, 1): chf("2000.00"),
    }  # fmt: skip


def test_each_year_is_changed_and_rounded_and_no_centime_is_lost(company, year, by):
    budget = planning.open_budget(
        company=company, year=year, name="Plus 5 %", by=by, source=Source.LAST_YEAR,
        percent=Decimal("5"), step=Decimal("100"),
    )  # fmt: skip
    assert planned(budget) == {
        ("3200", "10"): (chf("6300.00"), 3),
        ("6000", None): (chf("1300.00"), 12),
    }


def test_a_budget_begins_with_another_one(company, year, by, budget):
    rent = make.account(company, "6000")
    planning.plan(budget, [Plan(rent, None, {MONTHS_2027[1]: chf("50.00")})], by=by)
    copy = planning.open_budget(
        company=company, year=FiscalYear.of(company).get(name="2026"), name="Kopie", by=by,
        source=Source.BUDGET, other=budget, percent=Decimal("-10"),
    )  # fmt: skip
    assert queries.amounts(copy) == {(rent.pk, None): {day(2026, 2, 1): chf("45.00")}}


def test_the_first_budget_of_a_year_is_shown_until_another_is_chosen(company, year, by, budget):
    second = planning.open_budget(company=company, year=year, name="Zweiter", by=by)
    assert (budget.is_chosen, second.is_chosen) == (True, False)
    planning.change_budget(second, by=by, is_chosen=True)
    assert [b.name for b in queries.budgets_of(company, year) if b.is_chosen] == ["Zweiter"]
    planning.change_budget(second, by=by, is_chosen=False)
    assert not Budget.of(company).filter(is_chosen=True).exists()


def test_a_years_amount_falls_evenly_or_as_the_year_before(company, year, by, budget):
    rent, sales = (make.account(company, n) for n in ("6000", "3200"))
    centre = CostCentre.of(company).get()
    planning.plan(
        budget, planning.spread_by(budget, Spread.EVENLY, {rent: chf("100.00")}, None), by=by
    )
    months = queries.amounts(budget)[rent.pk, None]
    assert sorted(months.values()) == [chf("8.33")] * 8 + [chf("8.34")] * 4
    planning.plan(
        budget, planning.spread_by(budget, Spread.LAST_YEAR, {sales: chf("600.00")}, centre), by=by
    )
    assert queries.amounts(budget)[sales.pk, centre.pk] == {
        day(2027, 1, 1): chf("100.00"), day(2027, 3, 1): chf("300.00"), day(2027, 12, 1): chf("200.00"),
    }  # fmt: skip


@given(
    cents=st.integers(-(10**14), 10**14),
    like=st.lists(st.integers(-(10**9), 10**9), min_size=12, max_size=12),
)
def test_spreading_never_loses_a_centime(cents, like):
    amount = Decimal(cents).scaleb(-2)
    year = FiscalYear(start=day(2027, 1, 1), end=day(2027, 12, 31))
    weights = {month: Decimal(n).scaleb(-2) for month, n in zip(MONTHS_2027, like, strict=True)}
    found = planning.spread(year, amount, weights)
    assert sum(found.values(), ZERO) == amount
    assert list(found) == MONTHS_2027
    assert all(part == part.quantize(ZERO) for part in found.values())


def test_planning_replaces_one_place_and_leaves_the_others(company, year, by, budget):
    rent, centre = make.account(company, "6000"), CostCentre.of(company).get()
    even = planning.spread(year, chf("1200.00"))
    planning.plan(budget, [Plan(rent, None, even), Plan(rent, centre, even)], by=by)
    planning.plan(budget, [Plan(rent, centre, {MONTHS_2027[0]: chf("7.00")})], by=by)
    assert planned(budget) == {
        ("6000", None): (chf("1200.00"), 12),
        ("6000", "10"): (chf("7.00"), 1),
    }
    planning.plan(budget, [Plan(rent, None, {})], by=by)
    assert planned(budget) == {("6000", "10"): (chf("7.00"), 1)}


def test_what_cannot_be_planned_is_refused_and_nothing_is_written(company, year, by, budget):
    rent, closing, bank = (make.account(company, n) for n in ("6000", "9000", "1020"))
    centre = CostCentre.of(company).get()
    good = Plan(rent, None, planning.spread(year, chf("12.00")))
    for bad, refusal in (
        (Plan(closing, None, {}), planning.NotPlannable),
        (Plan(bank, centre, {}), planning.CostCentreRefused),
        (Plan(rent, None, {day(2026, 12, 1): chf("1.00")}), planning.MonthOutsideYear),
        (Plan(rent, None, {MONTHS_2027[0]: Decimal("1e13")}), planning.AmountTooLarge),
    ):
        with pytest.raises(refusal):
            planning.plan(budget, [good, bad], by=by)
    assert planned(budget) == {}


def test_names_are_given_once_a_year(company, year, by, budget):
    with pytest.raises(planning.BudgetNameTaken):
        planning.open_budget(company=company, year=year, name=" Entwurf ", by=by)
    with pytest.raises(planning.BudgetNameMissing):
        planning.change_budget(budget, by=by, name="  ")
    with pytest.raises(planning.NoEarlierYear):
        planning.open_budget(
            company=company, year=FiscalYear.of(company).get(name="2026"), name="x", by=by,
            source=Source.LAST_YEAR,
        )  # fmt: skip
    assert [b.name for b in Budget.of(company)] == ["Entwurf"]


def test_a_year_with_a_budget_stays_until_the_budget_goes(company, year, by, budget):
    with pytest.raises(YearPlanned):
        delete_fiscal_year(company=company, year=year, by=by)
    assert year.periods.count() == 12
    planning.plan(budget, [Plan(make.account(company, "6000"), None, planning.spread(year, chf("12.00")))],
                  by=by)  # fmt: skip
    planning.delete_budget(budget, by=by)
    assert not BudgetAmount.of(company).exists()
    delete_fiscal_year(company=company, year=year, by=by)
    told = AuditEvent.of(company).filter(action__startswith="budget.").order_by("pk")
    assert [e.action for e in told] == ["budget.open", "budget.plan", "budget.delete"]


def test_an_account_that_is_planned_is_not_deleted(company, year, by, budget):
    account = charting.add_account(
        company=company, by=by, number="6998", type="expense", name_de="x"
    )
    planning.plan(budget, [Plan(account, None, planning.spread(year, chf("1.00")))], by=by)
    with pytest.raises(charting.NamedElsewhere):
        charting.delete_account(account, by=by)


def test_the_sheet_sets_the_plan_beside_what_was_booked(company, year, by, budget):
    sales, centre = make.account(company, "3200"), CostCentre.of(company).get()
    bank = make.account(company, "1020")
    planning.plan(budget, [Plan(sales, centre, planning.spread(year, chf("9000.00"))),
                           Plan(sales, None, planning.spread(year, chf("500.00"))),
                           Plan(bank, None, {MONTHS_2027[0]: chf("-70.00")})], by=by)  # fmt: skip
    of_centre = {
        r.account.number: r for r in queries.sheet(budget, language="de", cost_centre=centre.pk)
    }
    row = of_centre["3200"]
    assert (row.planned, row.in_all, row.before, row.so_far) == (
        chf("9000.00"), chf("9500.00"), chf("6000.00"), ZERO
    )  # fmt: skip
    assert row.change == "+50.0 %"
    whole = {r.account.number: r for r in queries.sheet(budget, language="de")}
    assert whole["3200"].planned == chf("500.00")
    assert (whole["1020"].planned, whole["1020"].before) == (
        chf("-70.00"),
        chf("6000.00") - chf("1200.60"),
    )
    assert "1000" not in whole  # of the balance sheet only what is planned
    sums = queries.sums(list(whole.values()))
    assert (sums.income[1], sums.expense[1], sums.result[1]) == (
        chf("6000.00"), chf("1200.60"), chf("4799.40")
    )  # fmt: skip


@pytest.mark.parametrize(
    ("until", "wanted"),
    [(day(2026, 3, 14), "0.00"), (day(2026, 3, 15), "10.00"), (day(2026, 3, 31), "170.00"),
     (day(2026, 4, 1), "170.33"), (day(2026, 4, 30), "180.00"), (day(2026, 9, 30), "190.00")],
)  # fmt: skip
def test_a_month_counts_by_its_days_in_the_year(until, wanted):
    """A year from mid-March: its first month has 17 days."""
    company = make.company(first_year=(day(2026, 3, 15), day(2026, 12, 31)))
    by, year = make.owner_of(company), FiscalYear.of(company).get()
    budget = planning.open_budget(company=company, year=year, name="x", by=by)
    assert queries.months_of(year)[:2] == [day(2026, 3, 1), day(2026, 4, 1)]
    rent, sales = make.account(company, "6000"), make.account(company, "3200")
    amounts = {
        day(2026, 3, 1): chf("170.00"),
        day(2026, 4, 1): chf("10.00"),
        day(2026, 9, 1): chf("10.00"),
    }
    planning.plan(budget, [Plan(rent, None, amounts), Plan(sales, None, amounts)], by=by)
    assert queries.planned_until(budget, until) == {rent.pk: chf(wanted), sales.pk: -chf(wanted)}


def test_the_months_stand_beside_what_was_booked_in_them(company, year, by, budget):
    sales, bank, centre = (
        make.account(company, "3200"), make.account(company, "1020"), CostCentre.of(company).get()
    )  # fmt: skip
    for place in (None, centre.pk):  # none of them was booked without the centre
        rows = queries.month_rows(budget, sales, cost_centre=place)
        assert [(r.month, r.before, r.so_far) for r in rows][:3] == [
            (MONTHS_2027[0], chf("1000.00"), ZERO), (MONTHS_2027[1], ZERO, ZERO),
            (MONTHS_2027[2], chf("3000.00"), ZERO),
        ]  # fmt: skip
    first = queries.month_rows(budget, bank, cost_centre=None)[0]
    assert first.before == chf("1000.00") - chf("100.05")
