"""Many people at once, each at work in a company, over HTTP."""

from __future__ import annotations

import http.client
import json
import os
import random
import secrets
import statistics
import subprocess
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from django.conf import settings
from django.db import transaction
from django.test import Client

from erp.access.gate import access_to
from erp.access.models import User
from erp.cockpit.tokens import create_token
from tools.environment import ROOT
from tools.serving import served

ENTRY: Final = {"date": "2026-06-15", "text": "Messung", "lines": [
    {"account": "6000", "debit": "100.00"}, {"account": "1020", "credit": "100.00"},
]}  # fmt: skip


@dataclass(frozen=True)
class Person:
    """Somebody at work: a session of the browser, and a token of a program, in one company."""

    company: int
    session: str
    token: str


@dataclass
class Taken:
    """The seconds of each answer, by kind."""

    times: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    seconds: float = 0
    failed: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    def rows(self) -> dict[str, dict[str, float]]:
        """By kind: how many, and the median, 95th and 99th percentile in milliseconds."""
        told = {}
        for kind, times in sorted(self.times.items()):
            cuts = statistics.quantiles(times, n=100) if len(times) > 1 else times * 99
            told[kind] = {"count": len(times), "p50": statistics.median(times) * 1000,
                          "p95": cuts[94] * 1000, "p99": cuts[98] * 1000}  # fmt: skip
        return told

    @property
    def per_second(self) -> float:
        return sum(map(len, self.times.values())) / self.seconds


def session_of(user: User) -> str:
    """A session as after a sign-in."""
    client = Client()
    client.force_login(user)
    return client.cookies[settings.SESSION_COOKIE_NAME].value


def person(user: User, company: int) -> Person:
    with transaction.atomic():
        access = access_to(company, user=user)
        token = create_token(access, name=f"Messung {company}", scopes=["ledger.read", "ledger.post"],
                             days=1)[1]  # fmt: skip
    return Person(company, session_of(user), token)


@contextmanager
def server() -> Iterator[tuple[int, int]]:
    """The program as it is run, with its static files: its port and its process."""
    subprocess.run([sys.executable, "manage.py", "collectstatic", "--noinput", "--verbosity=0"],
                   cwd=ROOT, env={**os.environ, "RAPPEN_MODE": "demo"}, check=True)  # fmt: skip
    with served("erp.wsgi:application", {}) as told:
        yield told


def kinds(
    firm: int, lead: str, owner: str
) -> dict[str, tuple[int, Callable[[Person], tuple[str, str, dict[str, str], str]]]]:
    """What people do, how often beside the rest: method, address, headers and body of one."""

    def page(path: str) -> Callable[[Person], tuple[str, str, dict[str, str], str]]:
        return lambda one: ("GET", f"/c/{one.company}/{path}", _cookie(one.session), "")

    def by(session: str, path: str) -> Callable[[Person], tuple[str, str, dict[str, str], str]]:
        return lambda _one: ("GET", path, _cookie(session), "")

    def post(one: Person) -> tuple[str, str, dict[str, str], str]:
        headers = {"Authorization": f"Bearer {one.token}", "Content-Type": "application/json",
                   "Idempotency-Key": secrets.token_hex(16)}  # fmt: skip
        return (
            "POST",
            f"/api/v1/companies/{one.company}/journal-entries/",
            headers,
            json.dumps(ENTRY),
        )

    return {
        "start page": (3, page("")),
        "journal": (4, page("ledger/journal/")),
        "post an entry": (4, post),
        "search": (2, page("palette/?q=Rechnung")),
        "open items": (2, page("open-items/receivables/")),
        "account sheet": (3, page("ledger/accounts/1020/")),
        "companies of a firm": (1, by(lead, "/")),
        "companies of one in all": (1, by(owner, "/")),
        "cockpit of a firm": (1, by(lead, f"/firms/{firm}/cockpit/")),
    }


def _cookie(session: str) -> dict[str, str]:
    return {"Cookie": f"{settings.SESSION_COOKIE_NAME}={session}"}


def load(
    port: int,
    people: Sequence[Person],
    firm: int,
    lead: str,
    owner: str,
    *,
    seconds: float,
    seed: int,
) -> Taken:
    """Let each of them do one thing after the other for so long; what every answer took."""
    told, taken, held = kinds(firm, lead, owner), Taken(), threading.Lock()
    names, weights = list(told), [weight for weight, _make in told.values()]
    until = time.perf_counter() + seconds

    def work(nth: int) -> None:
        chance = random.Random(seed * 1000 + nth)  # noqa: S311 - seeded on purpose
        asked = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        while time.perf_counter() < until:
            (kind,) = chance.choices(names, weights)
            method, path, headers, body = told[kind][1](chance.choice(people))
            started = time.perf_counter()
            asked.request(method, path, body=body or None, headers=headers)
            answer = asked.getresponse()
            content = answer.read()
            spent = time.perf_counter() - started
            with held:
                if answer.status in (200, 201):
                    taken.times[kind].append(spent)
                else:
                    if not taken.failed[kind]:
                        print(
                            f"  {kind}: {answer.status} {path} {content[:200]!r}", file=sys.stderr
                        )
                    taken.failed[kind] += 1

    threads = [threading.Thread(target=work, args=(nth,)) for nth in range(len(people))]
    started = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    taken.seconds = time.perf_counter() - started
    return taken


def memory(parent: int) -> float:
    """What the processes of the server hold, in megabytes: shared pages count in proportion (PSS)."""
    children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
    total = 0
    for pid in (str(parent), *children):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                total += int(line.split()[1])
    return total / 1024
