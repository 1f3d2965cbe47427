"""A machine of its own whose parts can be killed: PostgreSQL, Valkey, worker, beat (for test_kills)."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import redis

from tools import migrated
from tools.environment import ROOT
from tools.postgres import RUNTIME, Postgres, PostgresFailed
from tools.valkey import Valkey

#: Seconds: a lease, a turn, what the queue may take, a sweep. So a kill is made up for in two or three.
HASTE = {"LEASE": 2, "SLICE": 1, "RESEND": 2, "SWEEP": 1}


class Machine:
    def __init__(self, scratch: Path) -> None:
        self.scratch = scratch
        self.server, self.queue = Postgres(scratch / "postgres"), Valkey(scratch / "valkey")
        self.processes: dict[str, subprocess.Popen[Any]] = {}
        self.groups: list[int] = []

    def start(self) -> None:
        self.queue.start()
        (self.scratch / "var").mkdir()
        self.environment = {
            **os.environ, "RAPPEN_MODE": "test", "RAPPEN_VAR": str(self.scratch / "var"),
            "DATABASE_URL": self.server.url(RUNTIME, "rappen"), "REDIS_URL": self.queue.url,
            "RAPPEN_JOB_KINDS": "tests.erp.jobs.kinds",
            **{f"RAPPEN_JOBS_{name}": str(seconds) for name, seconds in HASTE.items()},
        }  # fmt: skip
        migrated.start(self.server, self.environment)
        self.environment.pop("DATABASE_OWNER_URL", None)
        self.office = self._run("office", sys.executable, "-m", "tests.erp.jobs.office",
                                stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)  # fmt: skip
        self._celery("beat", "beat", "-s", str(self.scratch / "beat-schedule"), "--pidfile=")
        self.start_worker()

    def start_worker(self) -> None:
        self._celery(
            "worker", "worker", "--concurrency", "2", "--without-gossip", "--without-mingle"
        )

    def stop(self) -> None:
        for group in self.groups:
            with suppress(ProcessLookupError):
                os.killpg(group, signal.SIGKILL)
        for process in self.processes.values():
            process.wait(timeout=10)
        self.queue.stop()
        self.server.stop()

    def ask(self, what: str, **of: Any) -> Any:
        """Ask the office until it is not interrupted any more."""
        for _ in range(200):
            self.office.stdin.write(json.dumps({"do": what, "of": of}) + "\n")
            self.office.stdin.flush()
            line = self.office.stdout.readline()
            assert line, self.logs()
            told = json.loads(line)
            if "answer" in told:
                return told["answer"]
            time.sleep(0.05)
        raise AssertionError(f"the database does not come back\n{self.logs()}")

    def hurt(self, victim: str, dice: random.Random) -> None:
        """Kill something with -9, or empty the queue; what died is started again."""
        getattr(self, f"_hurt_{victim}")(dice)

    def _hurt_worker(self, dice: random.Random) -> None:
        main = self.processes["worker"]
        children = _children(main.pid)
        if dice.random() < 0.5 and children:  # the worker itself starts another child
            with suppress(ProcessLookupError):
                os.kill(dice.choice(children), signal.SIGKILL)
            return
        if dice.random() < 0.5:  # its children live on as orphans until the end of their job's turn
            main.kill()
        else:
            os.killpg(main.pid, signal.SIGKILL)
        main.wait(timeout=10)
        self.start_worker()

    def _hurt_broker(self, dice: random.Random) -> None:
        os.kill(self.queue.pid or 0, signal.SIGKILL)
        time.sleep(dice.uniform(0, 0.3))
        self.queue.start()

    def _hurt_database(self, dice: random.Random) -> None:
        backends = _children(self.server.pid or 0)
        if dice.random() < 0.5 and backends:  # the server throws all out, and recovers by itself
            with suppress(ProcessLookupError):
                os.kill(dice.choice(backends), signal.SIGKILL)
            return
        os.kill(self.server.pid or 0, signal.SIGKILL)
        for _ in range(20):
            try:
                self.server.start()
                return
            except PostgresFailed:  # its children are not all gone yet
                time.sleep(0.3)
        raise AssertionError(self.server.log.read_text()[-2000:])

    def _hurt_queue(self, dice: random.Random) -> None:
        redis.Redis.from_url(self.queue.url).flushall()

    def logs(self) -> str:
        return "\n".join(
            f"--- {path.name}\n{path.read_text()[-6000:]}" for path in self.scratch.glob("*.log")
        )

    def _celery(self, name: str, *arguments: str) -> None:
        self._run(name, str(Path(sys.executable).with_name("celery")), "-A", "erp", *arguments,
                  "--loglevel", "WARNING")  # fmt: skip

    def _run(self, name: str, *command: str, **more: Any) -> subprocess.Popen[Any]:
        with (self.scratch / f"{name}.log").open("a") as log:
            process = self.processes[name] = subprocess.Popen(
                command, cwd=ROOT, env=self.environment, start_new_session=True,
                **({"stdin": subprocess.DEVNULL, "stdout": log} | more), stderr=log,
            )  # fmt: skip
        self.groups.append(process.pid)
        return process


def _children(pid: int) -> list[int]:
    try:
        told = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    except OSError:
        return []
    return [int(child) for child in told.split()]
