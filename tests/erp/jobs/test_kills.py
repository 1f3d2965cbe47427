"""Kill -9, at random moments, of whatever takes part: nothing is lost, and nothing is done twice.

Real processes throughout: a PostgreSQL and a Valkey of their own, a Celery worker with two
children, beat, and a process that starts jobs as a page does. A job posts an entry in each step.
``RAPPEN_SEED`` repeats a run's kills; when they hit is up to the machine.
"""

from __future__ import annotations

import os
import random
import shutil
import tempfile
import time
from pathlib import Path

import pytest

from tests.erp.jobs.machine import Machine
from tests.examples import cases

KILLS = cases(20, each_time=4)
ENTRIES, MS = 30, 10  # steps of a job, and how long each takes at least
PATIENCE = 60  # seconds for the rest to be done, once nothing is killed any more
LONGEST = 0.4  # seconds that work has gone on again when the next kill comes


@pytest.fixture(scope="module")
def machine():
    scratch = Path(tempfile.mkdtemp(prefix="rappen-kills-"))
    scratch.chmod(0o755)
    made = Machine(scratch)
    try:
        made.start()
        yield made
    finally:
        made.stop()
        shutil.rmtree(scratch, ignore_errors=True)


@pytest.mark.parametrize("victim", ["queue", "broker", "worker", "database"])
def test_killed_again_and_again_each_step_is_done_once(machine, victim):
    """JOB-1, JOB-2, JOB-3, VER-4."""
    seed = int(os.environ.get("RAPPEN_SEED") or random.randrange(10**6))
    print(f"{victim}: RAPPEN_SEED={seed}")  # shown where the test fails
    dice = random.Random(seed)
    company = machine.ask("found")
    started = []

    def begin():
        key = f"{victim}-{len(started)}"
        started.append(machine.ask("begin", company=company, key=key, entries=ENTRIES, ms=MS))

    for _ in range(KILLS):
        while len(machine.ask("open", company=company)) < 2:  # so that a kill finds work to hit
            begin()
        wait_for_work(machine, company)
        time.sleep(dice.uniform(0, LONGEST))
        machine.hurt(victim, dice)
    wait_for_the_rest(machine, company)
    told = machine.ask("proof", company=company)
    assert [job[:2] for job in told["jobs"]] == [[job, "done"] for job in started], told["jobs"]
    assert {job[2] for job in told["jobs"]} == {ENTRIES + 1}
    assert [number for number, _voucher in told["entries"]] == list(
        range(1, len(started) * ENTRIES + 1)
    )
    assert sorted(voucher for _number, voucher in told["entries"]) == sorted(
        f"{job}-{nth}" for job in started for nth in range(ENTRIES)
    )
    assert told["log"] == len(started) * ENTRIES
    assert told["sound"]


def wait_for_work(machine, company):
    """Until a step is done that was not done before."""
    until, before = time.monotonic() + PATIENCE, machine.ask("steps", company=company)
    while machine.ask("steps", company=company) == before:
        assert time.monotonic() < until, f"nothing moves\n{machine.logs()}"
        time.sleep(0.02)


def wait_for_the_rest(machine, company):
    until = time.monotonic() + PATIENCE
    while left := machine.ask("open", company=company):
        assert time.monotonic() < until, f"still open: {left}\n{machine.logs()}"
        time.sleep(0.2)
