"""Two people at once, and processes killed at the worst moment: nothing is lost, nothing doubled."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest
from django.db import connection, connections, transaction

from accounting.ledger.models import JournalEntry
from accounting.ledger.verifying import verify_ledger
from erp.core.errors import DomainError
from erp.core.tenancy import open_companies
from erp.jobs.models import Job, State
from payroll.employees.models import Employee
from payroll.runs import approving, beginning, booking, calculating, jobs, movements
from payroll.runs.digest import changed_slips, digest_of_run
from payroll.runs.models import MonthlyMovement, PayrollRun, Payslip, Typed
from payroll.runs.movements import Cell
from tests import make
from tests.payroll.runs import books
from tests.payroll.runs.books import JANUARY
from tools.environment import ROOT

RUN_JOB = """
import django; django.setup()
from erp.jobs import running
running.run({job}, {company})
"""
POST = """
import django; django.setup()
from erp.access.gate import operating
from payroll.runs import booking
from payroll.runs.models import PayrollRun
with operating("{company}") as access:
    run = PayrollRun.of(access.company).select_related("company").get(pk={run})
    booking.post(run, by=access.user)
"""


@pytest.fixture
def company(committed_db):
    with transaction.atomic():
        company = books.company()
        for number in range(3):
            books.employee(company, "5000.00", number=number + 1, iban=books.iban(number))
    return company


@pytest.fixture
def anna(company):
    with transaction.atomic():
        open_companies([company.pk])
        return make.owner_of(company)


def opened(company, act):
    """Do something in a transaction and connection of its own; a refusal is what comes back."""
    try:
        with transaction.atomic():
            open_companies([company.pk])
            return act()
    except DomainError as refusal:
        return refusal.code
    finally:
        connections.close_all()


def at_once(company, *acts):
    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(lambda act: opened(company, act), acts))


def process(code, crash_at):
    url = os.environ["DATABASE_URL"].replace("/rappen?", f"/{connection.settings_dict['NAME']}?")
    told = {
        **os.environ,
        "DATABASE_URL": url,
        "RAPPEN_CRASH_AT": crash_at,
        "RAPPEN_JOBS_LEASE": "1",
    }
    if not crash_at:
        del told["RAPPEN_CRASH_AT"]
    return subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=told).returncode


def test_a_month_is_begun_once(company, anna):
    made = at_once(company, *[
        lambda: beginning.begin(company=company, month=JANUARY, by=anna) and "begun"
    ] * 3)  # fmt: skip
    assert sorted(made) == ["begun", "payroll.run_exists", "payroll.run_exists"]


def test_approving_while_a_movement_is_saved_leaves_no_stale_approval(company, anna):
    with transaction.atomic():
        open_companies([company.pk])
        run = books.calculated(company)
        seen = digest_of_run(run)
        who = Payslip.of(company).first().employee_id

    def approve():
        return approving.approve(run, seen=seen, by=anna).status

    def save():
        cell = Cell(who, 1210, amount=Decimal("100.00"))
        return movements.save_cells(company=company, month=JANUARY, cells=[cell], by=anna)

    at_once(company, approve, save)
    with transaction.atomic():
        open_companies([company.pk])
        now = PayrollRun.of(company).get()
        assert MonthlyMovement.of(company).count() == 1
        assert (now.status, now.is_stale) == ("draft", True)


def test_two_calculations_leave_one_whole(company, anna):
    with transaction.atomic():
        open_companies([company.pk])
        run = books.begun(company)

    def calculate():
        return calculating.calculate_all(run, by=anna) and "done"

    assert at_once(company, calculate, calculate) == ["done", "done"]
    with transaction.atomic():
        open_companies([company.pk])
        now = PayrollRun.of(company).get()
        slips = list(Payslip.of(company).filter(run=now))
        assert (len(slips), now.turn, bool(now.calculated_at)) == (3, 2, True)
        assert changed_slips(slips) == []


def test_posting_twice_posts_once(company, anna):
    with transaction.atomic():
        open_companies([company.pk])
        run = books.approved(company)
    found = at_once(company, *[lambda: booking.post(run, by=anna).number] * 2)
    assert sorted(found, key=str) == [1, "payroll.not_approved"]


def test_a_calculation_killed_in_its_step_is_carried_on(company, anna):
    with transaction.atomic():
        open_companies([company.pk])
        job = jobs.begin(books.begun(company), by=anna)
    code = RUN_JOB.format(job=job.pk, company=company.pk)
    assert process(code, "payroll.reckoned") == -signal.SIGKILL
    assert opened(company, lambda: Payslip.of(company).count()) == 0
    time.sleep(1.1)
    assert process(code, "") == 0
    with transaction.atomic():
        open_companies([company.pk])
        assert Job.of_place(company.pk).get(pk=job.pk).state == State.DONE
        assert Payslip.of(company).count() == 3
        assert PayrollRun.of(company).get().calculated_at is not None


@pytest.mark.parametrize("point", ["posting.written", "posting.sealed", "payroll.posted"])
def test_posting_killed_and_tried_again(company, point):
    with transaction.atomic():
        open_companies([company.pk])
        run = books.approved(company)
    code = POST.format(company=company.pk, run=run.pk)
    assert process(code, point) == -signal.SIGKILL
    with transaction.atomic():
        open_companies([company.pk])
        assert PayrollRun.of(company).get().status == "approved"
        assert JournalEntry.of(company).count() == 0
    assert process(code, "") == 0
    with transaction.atomic():
        open_companies([company.pk])
        now = PayrollRun.of(company).get()
        assert (now.status, now.number) == ("posted", 1)
        assert JournalEntry.of(company).get().number == 1
        assert verify_ledger(company).sound


def test_typing_for_a_month_at_once_keeps_both(company, anna):
    with transaction.atomic():
        open_companies([company.pk])
        one, two = Employee.of(company).order_by("pk")[:2]

    def save(who):
        rows = [Typed(type=1210, amount=Decimal("100.00"))]
        return lambda: movements.save_person(
            company=company, employee=who, month=JANUARY, rows=rows, by=anna
        )

    at_once(company, save(one), save(two))
    assert opened(company, lambda: MonthlyMovement.of(company).count()) == 2
