"""The register beside the ledger: purchases, openings, runs, disposals, and all of it undone."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.utils import DatabaseError
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from accounting.assets import (
    categories,
    control,
    disposing,
    moving,
    registering,
    running,
    table,
    unregistered,
)
from accounting.assets.errors import (
    AssetInUse,
    BadAmount,
    BeforePurchase,
    CategoryDiffers,
    CategoryInUse,
    CostUnitNeeded,
    DepreciatedAlready,
    Disposed,
    DisposedBefore,
    InRegister,
    LineTaken,
    MovedLater,
    MovedSince,
    NothingLeft,
    NothingToDepreciate,
    NothingToUndo,
    NotMonthEnd,
    NotProceeds,
    NotTheLastRun,
    NotTheLatest,
    ProposalChanged,
    ServiceBeforePurchase,
    UndoneInRegister,
    YearBefore,
)
from accounting.assets.models import AssetMovement, DepreciationRun
from accounting.assets.registering import LineOfEntry
from accounting.assets.selling import Sale, sell
from accounting.assets.standings import assets, outlooks, values
from accounting.ledger import posting
from accounting.ledger.charting import save_cost_unit
from accounting.ledger.errors import PeriodLocked
from accounting.ledger.lines import credit, debit
from accounting.ledger.models import CostCentre, EntryLine, FiscalYear, Period
from accounting.ledger.posting import post
from accounting.ledger.years import lock_period, open_fiscal_year
from erp.core.money import ZERO
from tests import make
from tests.accounting.assets import books
from tests.accounting.assets.books import DECEMBER, JANUARY, bought, category, day, taken_over, van
from tests.make import chf

pytestmark = pytest.mark.django_db


@pytest.fixture
def company():
    return books.company()


@pytest.fixture
def by(company):
    return make.owner_of(company)


def lines(entry):
    """The lines of an entry, as they are spoken: account, debit, credit, cost centre."""
    rows = EntryLine.of(entry.company).filter(entry=entry).order_by("position")
    return [(r.account.number, f"{r.debit:.2f}", f"{r.credit:.2f}",
             r.cost_centre.number if r.cost_centre else "") for r in rows]  # fmt: skip


def book(asset, date=DECEMBER):
    value = values(asset.company, date, [asset.pk])[asset.pk]
    return f"{value.cost:.2f}", f"{value.accumulated:.2f}"


def equal(company, until=DECEMBER):
    """That register and ledger say the same on each account."""
    return control.differs(company, until=until) == []


def test_the_categories_of_the_chart_are_there_with_rules_at_the_highest_rates_of_tax(company, by):
    found = {
        c.code: (c.account.number, c.contra.number, c.expense.number)
        for c in categories.categories(company)
    }
    assert found["FA"] == ("1530", "1539", "6820") and found["IM"] == ("1700", "1709", "6840")
    rules = {c.code: c.rules.get() for c in categories.categories(company)}
    assert {code: (r.rate, r.residual) for code, r in rules.items()}["IT"] == (40, 1)
    assert len(found) == 9
    from accounting.assets.errors import NoDefaults

    with pytest.raises(NoDefaults):
        categories.add_defaults(company, by=by, valid_from=JANUARY)


def test_a_purchase_is_registered_from_its_line_without_a_second_entry(company, by):
    line = bought(company)
    (free,) = unregistered.free_lines(company, until=DECEMBER)
    assert (free.entry, free.position, free.account, free.rest) == (line.entry.pk, 1, "1530", 40000)
    assert not equal(company)
    proposed = registering.proposed(EntryLine.of(company).get(entry=line.entry, position=1))
    assert (proposed["number"], proposed["name"], proposed["category"].code) == (
        "1001",
        "Lieferwagen",
        "FA",
    )
    asset = registering.register_line(books.asset(company), line, by=by)
    assert (asset.number, book(asset)) == ("1001", ("40000.00", "0.00"))
    assert unregistered.free_lines(company, until=DECEMBER) == []
    assert equal(company)
    with pytest.raises(LineTaken):
        registering.register_line(asset, line, by=by)
    with pytest.raises(InRegister):
        posting.reverse(line.entry, date=JANUARY, by=by)
    registering.delete_asset(asset, by=by)
    posting.reverse(line.entry, date=JANUARY, by=by)
    assert unregistered.free_lines(company, until=DECEMBER) == [] and equal(company)


def test_a_line_may_be_several_assets_and_an_addition_to_one(company, by):
    line = bought(company, "9000.00", account="1520", text="3 Notebooks")
    one = registering.register_line(
        books.asset(company, "IT", name="Notebook"), line, by=by, amount=chf("3000.00")
    )
    two = registering.register_line(
        books.asset(company, "IT", name="Notebook"), line, by=by, amount=chf("3000.00")
    )
    assert [one.number, two.number] == ["1001", "1002"]
    (free,) = unregistered.free_lines(company, until=DECEMBER)
    assert free.rest == 3000
    with pytest.raises(LineTaken):
        registering.register_line(two, line, by=by, amount=chf("3000.01"))
    with pytest.raises(CategoryDiffers):
        registering.register_line(books.asset(company, "FA"), line, by=by)
    registering.register_line(two, line, by=by)
    assert book(two)[0] == "6000.00" and equal(company)
    disposing.undo(two, by=by)
    assert book(two)[0] == "3000.00"


def test_a_service_day_before_the_purchase_is_refused(company, by):
    late = books.asset(company, in_service_on=day(2025, 12, 31))
    with pytest.raises(ServiceBeforePurchase) as refused:
        registering.register_line(late, bought(company), by=by)
    assert "31.12.2025" in str(refused.value) and refused.value.place == "in_service_on"


def test_what_was_there_is_taken_over_without_posting_and_held_against_the_ledger(company, by):
    machine = taken_over(company)
    assert book(machine) == ("20000.00", "8000.00") and equal(company)
    assert unregistered.free_lines(company, until=DECEMBER) == []
    (asset,) = assets(company)
    year = FiscalYear.of(company).get()
    (found,) = outlooks(company, [asset], year=year, until=DECEMBER)
    assert (found.amount, found.figures.base) == (chf("3600.00"), chf("12000.00"))
    other = books.asset(company, "MA", name="Fräse", date=day(2020, 1, 1))
    registering.take_over(other, date=JANUARY, cost=chf("500.00"), accumulated=ZERO, by=by)
    (row,) = control.differs(company, until=DECEMBER)
    assert (row.account.number, row.register, row.ledger, row.difference) == (
        "1500",
        20500,
        20000,
        -500,
    )


def test_a_run_posts_one_entry_by_account_and_cost_centre_and_never_twice(company, by):
    shop = save_cost_unit(CostCentre(company=company), by=by, number="10", name_de="Laden")
    van(company, cost_centre=shop)
    van(company, "20000.00", cost_centre=shop)
    taken_over(company)
    proposal = running.propose(company, until=day(2026, 3, 31))
    assert [f"{row.amount:.2f}" for row in proposal.rows] == ["4000.00", "2000.00", "900.00"]
    with pytest.raises(ProposalChanged):
        running.run(company, until=day(2026, 3, 31), by=by, expected=chf("1.00"))
    made = running.run(company, until=day(2026, 3, 31), by=by, expected=proposal.total)
    assert sorted(lines(made.entry)) == [
        ("1509", "0.00", "900.00", ""), ("1539", "0.00", "6000.00", ""),
        ("6820", "6000.00", "0.00", "10"), ("6820", "900.00", "0.00", ""),
    ]  # fmt: skip
    assert equal(company)
    for until in (day(2026, 2, 28), day(2026, 3, 31)):
        with pytest.raises(DepreciatedAlready):
            running.run(company, until=until, by=by)
    with pytest.raises(NotMonthEnd) as refused:
        running.run(company, until=day(2026, 4, 29), by=by)
    assert "30.04.2026" in str(refused.value)
    with pytest.raises(UndoneInRegister):
        posting.reverse(made.entry, date=day(2026, 3, 31), by=by)
    rest = running.run(company, until=DECEMBER, by=by)
    assert (rest.start, rest.total) == (day(2026, 4, 1), chf("20700.00"))
    with pytest.raises(NotTheLastRun):
        running.reverse(made, by=by)
    running.reverse(rest, by=by)
    running.reverse(DepreciationRun.of(company).get(pk=made.pk), by=by)
    assert equal(company) and running.propose(company, until=DECEMBER).total == chf("27600.00")
    again = running.run(company, until=DECEMBER, by=by)
    assert (
        again.total == chf("27600.00")
        and control.undepreciated(company, year=again.fiscal_year) == {}
    )


def test_the_database_itself_refuses_overlapping_runs_and_changed_movements(company, by):
    van(company)
    made = running.run(company, until=day(2026, 3, 31), by=by)
    for change in (
        lambda: DepreciationRun.unscoped.create(
            company=company, fiscal_year=made.fiscal_year, start=day(2026, 3, 1), end=day(2026, 4, 30),
            count=1, total=1, entry=made.entry, created_at=made.created_at, created_by=by),
        lambda: AssetMovement.of(company).update(cost=1),
        lambda: AssetMovement.of(company).filter(kind="depreciation").delete(),
        lambda: DepreciationRun.of(company).update(total=1),
    ):  # fmt: skip
        with pytest.raises((IntegrityError, DatabaseError)), transaction.atomic():
            change()


def test_a_locked_period_refuses_a_run_by_name_day_and_remedy(company, by):
    van(company)
    march = Period.of(company).get(start=day(2026, 3, 1))
    lock_period(company=company, period=march, lock="locked", by=by, reason="x")
    with pytest.raises(PeriodLocked) as refused:
        running.run(company, until=day(2026, 3, 31), by=by)
    assert refused.value.place == "until" and "31.03.2026" in str(refused.value)


def test_a_run_without_assets_is_refused(company, by):
    with pytest.raises(NothingToDepreciate):
        running.run(company, until=DECEMBER, by=by)


def test_a_needed_cost_centre_is_asked_for_by_the_asset_s_number(company, by):
    van(company)
    expense = make.account(company, "6820")
    expense.cost_centre_rule = "must"
    expense.save()
    with pytest.raises(CostUnitNeeded) as refused:
        running.run(company, until=DECEMBER, by=by)
    assert "1001" in str(refused.value) and "6820" in str(refused.value)


def test_runs_take_as_many_queries_for_sixty_assets_as_for_ten(
    company, by, django_assert_num_queries
):
    def more(count):
        for _nth in range(count):
            van(company, "1000.00")

    def counted(act):
        from django.test.utils import CaptureQueriesContext

        with CaptureQueriesContext(connection) as found:
            act()
        return len(found)

    def measured():
        proposal = counted(lambda: running.propose(company, until=DECEMBER))
        posted = counted(lambda: running.run(company, until=DECEMBER, by=by))
        shown = counted(lambda: table.assets_table(company, since=JANUARY, until=DECEMBER))
        undone = counted(lambda: running.reverse(running.last_run(company), by=by))
        return proposal, posted, shown, undone

    more(10)
    few = measured()
    more(50)
    assert measured() == few


def test_a_sale_books_depreciation_until_then_and_the_gain(company, by):
    asset = van(company)
    bank, gain = make.account(company, "1020"), make.account(company, "8510")
    sale = post(company=company, date=day(2026, 6, 20), text="Verkauf", by=by,
                lines=[debit(bank, chf("35000.00")), credit(gain, chf("35000.00"))])  # fmt: skip
    (line,) = disposing.proceeds(asset)
    found = disposing.figures(asset, date=day(2026, 6, 20), line=line)
    # Until the end of May: 40000 x 40 % x 5/12.
    assert (found.depreciation, found.book, found.result) == (
        chf("6666.67"), chf("33333.33"), chf("1666.67"))  # fmt: skip
    sold = disposing.dispose(asset, date=day(2026, 6, 20), by=by, sold_by=LineOfEntry(sale, 2))
    assert sold.disposed_on == day(2026, 6, 20) and book(asset) == ("0.00", "0.00")
    last = disposing.latest(sold)[-1]
    assert lines(last.entry) == [
        ("6820", "6666.67", "0.00", ""), ("1539", "0.00", "6666.67", ""),
        ("1539", "6666.67", "0.00", ""), ("8510", "33333.33", "0.00", ""),
        ("1530", "0.00", "40000.00", ""),
    ]  # fmt: skip
    assert equal(company)
    assert list(disposing.proceeds(asset)) == []
    for act in (posting.reverse,):
        with pytest.raises(InRegister):
            act(sale, date=day(2026, 6, 20), by=by)
    with pytest.raises(Disposed):
        moving.write_down(sold, date=DECEMBER, amount=chf("1.00"), by=by)
    assert running.propose(company, until=DECEMBER).total == 0
    disposing.undo(sold, by=by)
    assert book(asset) == ("40000.00", "0.00") and equal(company)
    assert running.propose(company, until=DECEMBER).total == chf("16000.00")


def test_proceeds_may_stand_on_the_asset_account_and_are_no_purchase(company, by):
    asset = van(company)
    sale = post(company=company, date=day(2026, 6, 20), text="Verkauf", by=by,
                lines=[debit(make.account(company, "1020"), chf("10000.00")),
                       credit(make.account(company, "1530"), chf("10000.00"))])  # fmt: skip
    disposing.dispose(asset, date=day(2026, 6, 30), by=by, sold_by=LineOfEntry(sale, 2))
    assert equal(company) and unregistered.free_lines(company, until=DECEMBER) == []
    result = {
        r.account.number: r.debit - r.credit
        for r in EntryLine.of(company).filter(account__number="8500")
    }
    assert result == {"8500": chf("22000.00")}  # 40000 less 8000 of six months, less 10000


def test_what_is_scrapped_is_a_loss_and_nothing_is_sold_before_it_was_bought(company, by):
    asset = van(company, date=day(2026, 3, 10))
    with pytest.raises(BeforePurchase) as refused:
        disposing.dispose(asset, date=day(2026, 3, 9), by=by)
    assert "10.03.2026" in str(refused.value)
    running.run(company, until=day(2026, 6, 30), by=by)
    with pytest.raises(MovedLater):
        disposing.dispose(asset, date=day(2026, 5, 31), by=by)
    income = post(company=company, date=day(2026, 7, 1), text="x", by=by,
                  lines=[debit(make.account(company, "1020"), chf("1.00")),
                         credit(make.account(company, "2450"), chf("1.00"))])  # fmt: skip
    with pytest.raises(NotProceeds):
        disposing.dispose(asset, date=day(2026, 7, 1), by=by, sold_by=LineOfEntry(income, 2))
    gone = disposing.dispose(asset, date=day(2026, 7, 31), by=by)
    last = disposing.latest(gone)[-1]
    assert lines(last.entry) == [
        ("6820", "1333.34", "0.00", ""), ("1539", "0.00", "1333.34", ""),
        ("1539", "6666.67", "0.00", ""), ("8500", "33333.33", "0.00", ""),
        ("1530", "0.00", "40000.00", ""),
    ]  # fmt: skip
    assert equal(company)
    with pytest.raises(MovedSince):
        running.reverse(running.last_run(company), by=by)


def test_impairment_and_write_up_keep_within_book_value_and_cost(company, by):
    asset = van(company)
    with pytest.raises(NothingLeft):
        moving.write_down(asset, date=DECEMBER, amount=chf("40000.01"), by=by)
    moving.write_down(asset, date=day(2026, 6, 30), amount=chf("10000.00"), by=by, text="Unfall")
    with pytest.raises(NothingLeft):
        moving.write_up(asset, date=DECEMBER, amount=chf("10000.01"), by=by)
    proposal = running.propose(company, until=DECEMBER)
    # The rule takes its own, and the year is above what tax accepts: it is told, and not refused.
    assert (proposal.total, proposal.warned) == (chf("16000.00"), 1)
    (row,) = proposal.rows
    assert (row.of_year, row.ceiling) == (chf("26000.00"), chf("16000.00"))
    moving.write_up(asset, date=day(2026, 7, 31), amount=chf("10000.00"), by=by)
    assert running.propose(company, until=DECEMBER).warned == 0 and equal(company)
    disposing.undo(asset, by=by)
    disposing.undo(asset, by=by)
    assert book(asset) == ("40000.00", "0.00") and equal(company)
    running.run(company, until=DECEMBER, by=by)
    with pytest.raises(NothingToUndo):
        disposing.undo(asset, by=by)
    with pytest.raises(AssetInUse):
        registering.delete_asset(asset, by=by)


def test_a_transfer_moves_cost_and_depreciation_between_accounts(company, by):
    machine = taken_over(company)
    moving.transfer(machine, category=category(company, "WE"), date=day(2026, 4, 1), by=by)
    assert equal(company) and book(machine) == ("20000.00", "8000.00")
    groups = table.assets_table(company, since=JANUARY, until=DECEMBER)
    assert {g.category.code: (g.total.cost_before, g.total.moved, g.total.cost_after) for g in groups} == {
        "MA": (20000, -20000, 0), "WE": (0, 20000, 20000)}  # fmt: skip
    now = assets(company).get()
    disposing.undo(now, by=by)
    assert assets(company).get().category.code == "MA" and equal(company)


def test_direct_depreciation_stands_on_the_asset_account(company, by):
    kept = category(company)
    kept.contra = None
    categories.save_category(kept, by=by)
    asset = van(company)
    running.run(company, until=DECEMBER, by=by)
    assert equal(company)
    (row,) = [r for r in control.control(company, until=DECEMBER) if r.account.number == "1530"]
    assert row.ledger == chf("24000.00")
    kept.contra = make.account(company, "1539")
    with pytest.raises(CategoryInUse):
        categories.save_category(kept, by=by)
    disposing.dispose(asset, date=DECEMBER, by=by)
    assert equal(company)


def test_the_assets_table_says_where_each_figure_comes_from(company, by):
    taken_over(company)
    asset = van(company, date=day(2026, 4, 1))
    van(company, "12000.00")
    running.run(company, until=day(2026, 6, 30), by=by)
    disposing.dispose(asset, date=day(2026, 9, 30), by=by)
    running.run(company, until=DECEMBER, by=by)
    groups = table.assets_table(company, since=JANUARY, until=DECEMBER)
    figures = {g.category.code: [f"{cell:.0f}" for cell in table.cells(g.total)] for g in groups}
    assert figures == {
        "MA": ["20000", "0", "0", "0", "20000", "8000", "3600", "0", "11600", "12000", "8400"],
        "FA": ["0", "52000", "-40000", "0", "12000", "0", "12800", "-8000", "4800", "0", "7200"],
    }
    content = table.as_table(groups, since=JANUARY, until=DECEMBER)
    assert content.rows[-1][1:] == table.cells(table.total_of(groups))
    assert equal(company)


def next_year(company, by):
    return open_fiscal_year(company=company, start=day(2027, 1, 1), end=day(2027, 12, 31), by=by)


def lock(company, by, start):
    period = Period.of(company).get(start=start)
    lock_period(company=company, period=period, lock="locked", by=by, reason="x")


def test_a_year_that_was_left_out_is_asked_for_and_so_is_an_asset_that_came_late(company, by):
    year, asset = FiscalYear.of(company).get(), van(company)
    next_year(company, by)
    with pytest.raises(YearBefore) as refused:
        running.propose(company, until=day(2027, 1, 31))
    assert "31.12.2026" in str(refused.value) and refused.value.place == "until"
    with pytest.raises(YearBefore) as refused:
        disposing.dispose(asset, date=day(2027, 1, 10), by=by)
    assert "16’000.00" in str(refused.value) and refused.value.place == "date"
    running.run(company, until=DECEMBER, by=by)
    assert control.undepreciated(company, year=year) == {}
    assert running.propose(company, until=day(2027, 12, 31)).total == chf("9600.00")
    assert disposing.figures(asset, date=day(2027, 1, 10)).depreciation == 0
    van(company, "1200.00", day(2026, 12, 1))
    assert list(control.undepreciated(company, year=year).values()) == [chf("40.00")]
    with pytest.raises(YearBefore):
        running.propose(company, until=day(2027, 12, 31))
    # A locked year takes nothing any more: the next one goes on from its book values.
    lock(company, by, day(2026, 12, 1))
    assert running.propose(company, until=day(2027, 12, 31)).total == chf("10080.00")


def test_no_run_before_an_impairment_that_was_reckoned_without_it(company, by):
    asset = van(company)
    moving.write_down(asset, date=day(2026, 6, 30), amount=chf("39999.00"), by=by)
    with pytest.raises(MovedLater) as refused:
        running.run(company, until=day(2026, 3, 31), by=by)
    assert refused.value.place == "until" and "30.06.2026" in str(refused.value)
    assert running.propose(company, until=day(2026, 6, 30)).total == 0


def test_a_credit_is_proceeds_or_a_negative_addition_and_never_both(company, by):
    one, two = van(company), van(company)
    sale = post(company=company, date=day(2026, 6, 20), text="Verkauf", by=by,
                lines=[debit(make.account(company, "1020"), chf("10000.00")),
                       credit(make.account(company, "1530"), chf("10000.00"))])  # fmt: skip
    line = LineOfEntry(sale, 2)
    registering.register_line(one, line, by=by)
    assert list(disposing.proceeds(two)) == []
    with pytest.raises(NotProceeds):
        disposing.dispose(two, date=day(2026, 6, 30), by=by, sold_by=line)
    disposing.undo(one, by=by)
    disposing.dispose(two, date=day(2026, 6, 30), by=by, sold_by=line)
    with pytest.raises(LineTaken):
        registering.register_line(one, line, by=by)
    assert equal(company)


def test_what_came_into_the_register_in_a_locked_period_stays(company, by):
    asset = van(company)
    next_year(company, by)
    lock(company, by, JANUARY)
    for act in (registering.delete_asset, disposing.undo):
        with pytest.raises(PeriodLocked):
            act(asset, by=by)
    told = {"cost": chf("500.00"), "accumulated": ZERO, "by": by}
    # The opening balance of the first year is the books' own, whether it is locked or not.
    registering.take_over(books.asset(company, "MA"), date=JANUARY, **told)
    lock(company, by, day(2027, 1, 1))
    with pytest.raises(PeriodLocked) as refused:
        registering.take_over(books.asset(company, "MA"), date=day(2027, 1, 1), **told)
    assert refused.value.place == "date"


def test_only_the_movement_that_is_meant_is_undone_and_a_key_posts_once(company, by):
    asset = van(company)
    told = {"date": DECEMBER, "amount": chf("100.00"), "by": by, "key": "once"}
    first = moving.write_down(asset, **told)
    assert moving.write_down(asset, **told) == first
    assert book(asset) == ("40000.00", "100.00")
    bought_before = AssetMovement.of(company).get(kind="purchase")
    with pytest.raises(NotTheLatest):
        disposing.undo(asset, by=by, movement=bought_before.pk)
    disposing.undo(asset, by=by, movement=first.pk)
    assert book(asset) == ("40000.00", "0.00")


def test_the_category_is_read_and_a_reversal_waits_while_the_register_is_held(company, by):
    from django.test.utils import CaptureQueriesContext

    stale, line = van(company), bought(company, "100.00")
    moving.transfer(stale, category=category(company, "MA"), date=JANUARY, by=by)
    stale.category = category(company, "FA")
    with pytest.raises(CategoryDiffers):
        registering.register_line(stale, line, by=by)
    with CaptureQueriesContext(connection) as found:
        posting.reverse(line.entry, date=JANUARY, by=by)
    asked = [one["sql"] for one in found.captured_queries]
    held = next(nth for nth, sql in enumerate(asked) if f"assets:{company.pk}" in sql)
    assert held < next(nth for nth, sql in enumerate(asked) if "assetmovement" in sql)


def test_a_later_take_over_hides_no_purchase(company, by):
    taken_over(company)
    bought(company, "700.00", day(2026, 3, 10), "1500")
    other = books.asset(company, "MA", date=day(2026, 6, 1))
    registering.take_over(other, date=day(2026, 6, 1), cost=chf("500.00"), accumulated=ZERO, by=by)
    assert [one.rest for one in unregistered.free_lines(company, until=DECEMBER)] == [700]


def test_days_and_residual_values_that_cannot_be_are_refused_by_name(company, by):
    asset = disposing.dispose(van(company), date=day(2026, 3, 31), by=by)
    asset.acquired_on = asset.in_service_on = day(2026, 4, 1)
    with pytest.raises(DisposedBefore) as refused:
        registering.save_asset(asset, by=by)
    assert "31.03.2026" in str(refused.value)
    with pytest.raises(BadAmount) as refused:
        categories.add_rule(category(company), by=by, valid_from=day(2027, 1, 1), method="manual",
                            residual=chf("-1.00"))  # fmt: skip
    assert refused.value.place == "residual"


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["buy", "run", "unrun", "dispose", "sell", "down", "up", "move", "undo"]),
        st.integers(1, 999_999), st.integers(0, 5),
    ),
    min_size=4, max_size=14,
)  # fmt: skip


@settings(max_examples=8, deadline=None,
          suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])  # fmt: skip
@given(steps=STEPS)
@example(steps=[("buy", 100_000, 1), ("unrun", 1, 1), ("down", 99_900, 4), ("run", 1, 0)])
@example(steps=[("buy", 100_000, 1), ("run", 1, 1), ("down", 9_900, 1), ("up", 9_900, 1), ("sell", 90_000, 0),
                ("undo", 1, 0), ("sell", 120_000, 0), ("unrun", 1, 0)])  # fmt: skip
def test_the_register_equals_the_ledger_after_any_sequence(company, by, steps):
    from erp.core.errors import DomainError

    with transaction.atomic():
        month = 1
        for what, amount, nth in steps:
            worth, found = Decimal(amount).scaleb(-2), list(assets(company))
            asset = found[nth % len(found)] if found else None
            end = running.month_end(dt.date(2026, month, 1))
            try:
                with transaction.atomic():
                    if what == "buy" or asset is None:
                        code = ("FA", "IT", "MA")[nth % 3]
                        van_like = books.asset(company, code, date=end)
                        account = category(company, code).account.number
                        line = bought(company, str(worth), end, account)
                        registering.register_line(van_like, line, by=by)
                    elif what == "run":
                        running.run(company, until=end, by=by)
                    elif what == "unrun" and (last := running.last_run(company)):
                        running.reverse(last, by=by)
                    elif what == "dispose":
                        disposing.dispose(asset, date=end, by=by)
                    elif what == "sell":
                        price = Sale(worth, account=make.account(company, "1020"))
                        sell(asset, price, date=end, by=by)
                    elif what == "up":
                        moving.write_up(asset, date=end, amount=worth, by=by)
                    elif what == "down":
                        moving.write_down(asset, date=end, amount=worth, by=by)
                    elif what == "move":
                        moving.transfer(asset, category=category(company, "WE"), date=end, by=by)
                    elif what == "undo":
                        disposing.undo(asset, by=by)
            except DomainError:
                pass
            month = max(month - 2, 1) if nth == 4 else min(month + nth % 2, 12)
            # A line whose asset was undone is free again, and the difference is just that.
            free = sum(
                (line.rest for line in unregistered.free_lines(company, until=DECEMBER)), ZERO
            )
            assert (
                sum((r.difference for r in control.control(company, until=DECEMBER)), ZERO) == free
            )
            for one in values(company, DECEMBER).values():
                assert ZERO <= one.accumulated <= one.cost
            rows = table.assets_table(company, since=JANUARY, until=DECEMBER)
            assert table.total_of(rows).book_after == sum(
                (one.book for one in values(company, DECEMBER).values()), ZERO
            )
        # A sale leaves its gain alone on the account of gains, and undone nothing.
        sold = AssetMovement.of(company).filter(kind="disposal", undoes=None)
        undone = AssetMovement.of(company).exclude(undoes=None).values("undoes")
        gains = [Decimal(one.told["result"]) for one in sold.exclude(pk__in=undone)]
        earned = EntryLine.of(company).filter(account__number="8510", entry__number__isnull=False)
        assert sum((row.credit - row.debit for row in earned), ZERO) == sum(
            (gain for gain in gains if gain > 0), ZERO
        )
        transaction.set_rollback(True)
