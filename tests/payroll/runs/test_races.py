"""People who do different things to the same run at once: nothing is lost, paid twice, or broken off."""

from __future__ import annotations

import datetime as dt
import threading
from decimal import Decimal

import pytest
import time_machine
from django.db import transaction

from accounting.banking.matching.accepting import accept_certain
from accounting.banking.matching.proposing import waiting
from erp.core.tenancy import open_companies
from payroll.employees.keeping import correct_fact
from payroll.employees.models import Employee, Fact
from payroll.runs import approving, booking, correcting, movements, paying
from payroll.runs.digest import digest_of_run
from payroll.runs.models import MonthlyMovement, PayrollRun, Typed, WageOrder
from payroll.runs.movements import Cell
from tests import make
from tests.payroll.employees.books import wage
from tests.payroll.runs import books
from tests.payroll.runs.books import JANUARY
from tests.payroll.runs.debits import arrived
from tests.payroll.runs.test_concurrency import at_once, opened

FEBRUARY = dt.date(2026, 2, 1)
DAY = dt.date(2026, 1, 23)
TIMES = 4  # each race is run so often


@pytest.fixture
def company(committed_db):
    with transaction.atomic():
        company = books.company()
        for number in range(2):
            books.employee(company, "5000.00", number=number + 1, iban=books.iban(number))
    return company


@pytest.fixture
def anna(company):
    return inside(company, lambda: make.owner_of(company))


def inside(company, act):
    with transaction.atomic():
        open_companies([company.pk])
        return act()


def together(company, *acts):
    """All acts begin at the same moment, each in a connection of its own; what came of each."""
    gate = threading.Barrier(len(acts))

    def begun(act):
        def run():
            gate.wait(10)
            return act()

        return run

    return at_once(company, *map(begun, acts))


def add(company, by, month, amount):
    who = Employee.of(company).order_by("pk")[0].pk
    cell = Cell(who, 1210, amount=Decimal(amount))
    return movements.save_cells(company=company, month=month, cells=[cell], by=by)


def test_posting_a_correction_while_the_next_month_is_typed(company, anna):
    """Each holds what the other needs; nobody is broken off, and the advance is there beside what was typed."""

    def approved_correction():
        books.posted(company)
        fact = Fact.of(company).filter(kind="wage").select_related("employee").order_by("pk")[0]
        correct_fact(fact, value=wage("4500.00"), by=anna)
        run = PayrollRun.of(company).select_related("company").get(kind="regular")
        made = correcting.begin_correction(run, by=anna, date=dt.date(2026, 1, 31))
        return approving.approve(made, seen=digest_of_run(made), by=anna)

    made = inside(company, approved_correction)
    found = together(
        company,
        lambda: booking.post(made, by=anna).number,
        lambda: add(company, anna, FEBRUARY, "100.00"),
        lambda: add(company, anna, JANUARY, "50.00"),
    )
    assert found[1:] == [1, 1]
    assert found[0] in {2, "payroll.not_approved"}  # what was typed for January came first, or not
    kept = inside(company, lambda: movements.of_month(company, FEBRUARY))
    types = sorted(one.type for rows in kept.values() for one in rows)
    assert types == ([1210] if found[0] != 2 else sorted([1210, advance(company)]))


def advance(company):
    def act():
        run = PayrollRun.of(company).get(kind="correction")
        return correcting.advance_type(run).number

    return inside(company, act)


@pytest.mark.parametrize("_time", range(TIMES))
def test_posting_while_a_movement_of_the_month_is_typed_loses_neither(company, anna, _time):
    run = inside(company, lambda: books.approved(company))
    found = together(company, lambda: booking.post(run, by=anna).number,
                     lambda: add(company, anna, JANUARY, "100.00"))  # fmt: skip
    assert found[1] == 1  # what was typed is there, whoever came first
    assert found[0] in {1, "payroll.not_approved"}
    now = inside(company, lambda: PayrollRun.of(company).get())
    assert (now.status, now.is_stale) == (("posted", False) if found[0] == 1 else ("draft", True))
    assert inside(company, lambda: MonthlyMovement.of(company).count()) == 1


@pytest.mark.parametrize("_time", range(TIMES))
def test_a_file_is_given_up_or_booked_never_both_and_paid_once(company, anna, _time):
    with time_machine.travel(dt.datetime(2026, 1, 20, 9), tick=True):

        def paid():
            run = books.posted(company)
            (order,) = paying.pay(run, bank=books.bank_of(company), date=DAY, by=anna)
            arrived(company, order)
            return run

        run = inside(company, paid)

        def booked():
            return accept_certain(company, list(waiting(company)), by=anna)[0]

        def recalled():
            return paying.recall(run, reason="Test", by=anna).status

        def paid_again():
            return len(paying.pay(run, bank=books.bank_of(company), date=DAY, by=anna))

        found = together(company, booked, recalled, paid_again)
        assert found[0] == 1

        def told():
            orders = list(WageOrder.of(company).order_by("pk"))
            return PayrollRun.of(company).get().status, [
                (bool(one.booked_entry_id), bool(one.recalled_at)) for one in orders
            ]

        status, orders = inside(company, told)
        assert orders[0][0], "the debit is known"
        live = [booked for booked, is_recalled in orders if not is_recalled]
        if False in live:  # paid again between: the second file waits to be given up
            assert (status, found[1], found[2]) == ("posted", "posted", 1)
            assert inside(company, recalled) == "posted"
            status, _orders = inside(company, told)
        assert status == "paid"
        assert opened(company, paid_again) in {1, "payroll.paid_already"}
        assert sum(booked for booked, _r in inside(company, told)[1]) == 1


def test_two_who_approve_and_one_who_changes_leave_one_state(company, anna):
    run = inside(company, lambda: books.calculated(company))
    seen = inside(company, lambda: digest_of_run(run))
    found = together(company, *[
        lambda: approving.approve(run, seen=seen, by=anna).status
    ] * 2, lambda: add(company, anna, JANUARY, "1.00"))  # fmt: skip
    assert found[2] == 1
    assert found.count("approved") <= 1
    assert inside(company, lambda: PayrollRun.of(company).get().status) == "draft"


def test_two_who_pay_make_one_file(company, anna):
    with time_machine.travel(dt.datetime(2026, 1, 20, 9), tick=True):
        run = inside(company, lambda: books.posted(company))
        bank = inside(company, lambda: books.bank_of(company))
        found = together(company, *[
            lambda: paying.pay(run, bank=bank, date=DAY, by=anna)[0].message
        ] * 3)  # fmt: skip
        assert len(set(found)) == 1
        assert inside(company, lambda: WageOrder.of(company).count()) == 1


def test_typing_for_two_people_and_undoing_leave_what_was_typed(company, anna):
    run = inside(company, lambda: books.posted(company))
    two = inside(company, lambda: list(Employee.of(company).order_by("pk")))

    def save(who):
        rows = [Typed(type=1210, amount=Decimal("10.00"))]
        return lambda: len(movements.save_person(
            company=company, employee=who, month=JANUARY, rows=rows, by=anna
        ))  # fmt: skip

    found = together(company, lambda: booking.undo(run, reason="Test", by=anna).status,
                     save(two[0]), save(two[1]))  # fmt: skip
    assert found == ["cancelled", 1, 1]
