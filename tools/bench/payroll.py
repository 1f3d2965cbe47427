"""A month's wages of 1,000 people: calculated and kept beside the calculation alone; two workers; slips as PDF."""

from __future__ import annotations

import datetime as dt
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import django
import weasyprint
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext

if __name__ == "__main__":
    django.setup()

from erp.access.models import User
from erp.core import clock
from erp.documents import pdf
from erp.jobs.models import Job, State
from payroll.runs import beginning, calculating, gathering, jobs, papers
from payroll.runs.calculating import AT_ONCE, Turn
from payroll.runs.models import PayrollRun, Payslip
from payroll.setup.settings import settings_of
from payroll.wages.calculating import calculate
from tools.bench.books import Book, acting, found
from tools.bench.measuring import interleaved, least_cpu, note
from tools.bench.staff import CODES, staff

PEOPLE = 1_000
WORKER_ROUNDS = 3
JANUARY = dt.date(2026, 1, 1)


def bench_payroll(analyse: Callable[[], None]) -> None:
    """At most twice the pure calculation, as many queries for 1,000 as for 10, 1.7 times as fast by two.

    Pure is ``calculate`` alone, of inputs that are in memory. Both are measured by processor time,
    Python's and PostgreSQL's together: a run waits for nothing but the disk at its commit.
    """
    book = found(7)
    with acting(book) as (company, owner):
        staff(company, [JANUARY], PEOPLE, owner=owner)
    analyse()
    with acting(book) as (company, owner):
        run = beginning.begin(company=company, month=JANUARY, by=owner)
        givens = [one.given for one in gathering.gather(run)]
        assert len(givens) == PEOPLE

        def pure() -> None:
            for given in givens:
                calculate(given)

        def ours() -> None:
            calculating.calculate_all(run, by=owner)

        whole, alone = least_cpu(5, ours, pure)
        note("a month of 1,000 people, kept (processor)", PEOPLE, whole, alone, "<= 2", 2)
        whole, alone = interleaved(3, ours, pure)
        note("a month of 1,000 people, kept (clock)", PEOPLE, whole, alone, "", None)
        _queries(run, owner)
    _two_workers(book, run.pk)
    with acting(book) as (company, _owner):
        _papers(PayrollRun.of(company).select_related("company").get(pk=run.pk))


def _queries(run: PayrollRun, owner: User) -> None:
    ids = calculating.employed_ids(run)
    counts = []
    for few in (10, AT_ONCE):
        held = calculating.start_turn(run, by=owner)
        with CaptureQueriesContext(connection) as seen:
            calculating.calculate_some(held, ids[:few], turn=Turn(held.pk, held.turn))
        counts.append(len(seen))
    turn = Turn(run.pk, held.turn)
    with CaptureQueriesContext(connection) as seen:
        for first in range(0, PEOPLE, 100):
            calculating.calculate_some(held, ids[first : first + 100], turn=turn)
    looked_up = sum("erp_withholdingtariff" in one["sql"] for one in seen)
    print(f"  {counts[0]} queries for 10 people, {counts[1]} for {AT_ONCE}; "
          f"{looked_up} for {len(CODES)} tariffs in ten batches")  # fmt: skip
    assert counts[0] == counts[1], "queries do not grow with people"
    assert looked_up <= len(CODES), "a tariff is looked up once"


def _two_workers(book: Book, run: int) -> None:
    """The job of a run by one worker process of the queue, and by two, in turns: from start to done."""
    connections.close_all()
    times: dict[int, list[float]] = {1: [], 2: []}
    for nth in range(WORKER_ROUNDS * 2):
        count = 1 + nth % 2
        with _workers(count):
            _whole(book, run)  # the workers learn their way
            times[count].append(_whole(book, run))
    one, two = min(times[1]), min(times[2])
    cores = len(os.sched_getaffinity(0))
    note(f"two workers beside one ({cores} cores)", PEOPLE, two, one, ">= 170%",
         1.7 if cores > 1 else None, at_least=True)  # fmt: skip


@contextmanager
def _workers(count: int) -> Iterator[None]:
    command = [str(Path(sys.executable).with_name("celery")), "-q", "-A", "erp", "worker", "--concurrency", "1",
               "--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel", "ERROR"]  # fmt: skip
    started = [
        subprocess.Popen([*command, "-n", f"bench{nth}@%h"], start_new_session=True)  # noqa: S603
        for nth in range(count)
    ]
    try:
        yield
    finally:
        for one in started:
            os.killpg(one.pid, signal.SIGTERM)
        for one in started:
            one.wait(timeout=60)


def _whole(book: Book, run: int) -> float:
    """Seconds from the start of a run's jobs until the last of them is done, as their rows tell it."""
    with acting(book) as (company, owner):
        held = PayrollRun.of(company).select_related("company").get(pk=run)
        started = clock.now()
        first = jobs.begin(held, by=owner).pk
    while True:
        time.sleep(0.25)  # whoever asks takes from what is measured
        with acting(book) as (company, _owner):
            found = Job.of(company).filter(pk__gte=first, kind=jobs.CALCULATE)
            told = list(found.values_list("state", "finished_at"))
        states = {state for state, _ended in told}
        assert not states & {State.FAILED, State.CANCELLED}
        if states == {State.DONE}:
            return (max(ended for _state, ended in told if ended) - started).total_seconds()


def _papers(run: PayrollRun) -> None:
    """Slips as PDF beside the bare printer on the same pages."""
    slips = list(Payslip.of(run.company).filter(run=run)[:60])
    settings, styles, count = (
        settings_of(run.company),
        pdf._styles("payslip"),
        {"ours": 0, "bare": 0},
    )
    pages = [papers.html_of(run, one.content, settings=settings, logo="") for one in slips]

    def next_of(name: str) -> int:
        count[name] += 1
        return count[name] % len(slips)

    def ours() -> bytes:
        slip = slips[next_of("ours")]
        slip.run = run
        return papers.pdf_of(slip, settings=settings, logo="")

    def bare() -> bytes:
        made = weasyprint.HTML(string=pages[next_of("bare")])
        return bytes(made.write_pdf(stylesheets=[styles]))

    made, plain = interleaved(60, ours, bare)
    print(f"  {1 / made:,.1f} slips a second")
    note("payslip as PDF, beside the bare printer", 1, made, plain, "<= 1.25", 1.25)
