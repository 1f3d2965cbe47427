"""Lists of fifty rows by the endpoints, beside plain DRF views over the same rows in one server."""

from __future__ import annotations

import base64
import http.client
import os
import secrets
import statistics
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from django.db import connection, transaction

from erp.access.gate import access_to
from erp.cockpit.tokens import create_token
from tools.bench.books import Book, acting, fill, found, signed_up
from tools.bench.measuring import note
from tools.bench.open_items import fill_items
from tools.bench.sync import CONTACTS_SQL
from tools.serving import served

LISTS: Final = {
    "contacts": "contacts/", "journal-entries": "journal-entries/", "open-items": "open-items/",
}  # fmt: skip
CONTACTS: Final = 5_000
ROUNDS: Final = 8
SECONDS: Final = 1.5


def bench_api(analyse: Callable[[], None]) -> None:
    """Half as many answers in a second as a plain view at least, and the slowest at most thrice."""
    book = found(100_003)
    fill(book)
    fill_items(book, 0, analyse, still_open=50)
    with acting(book) as (company, _owner), connection.cursor() as cursor:
        cursor.execute(CONTACTS_SQL, [company.pk, CONTACTS])
    analyse()
    token = _token(book)
    with _server() as port:
        for name, path in LISTS.items():
            ours = (f"/api/v1/companies/{book.company}/{path}", token)
            plain = (f"/api/bare/{book.company}/{name}/", "")
            for clients, target in ((4, ">= 50 %"), (20, "<= 3")):
                a, b = _in_turns(port, ours, plain, clients)
                if clients == 4:
                    rate = (len(a) / SECONDS / ROUNDS, len(b) / SECONDS / ROUNDS)
                    note(f"GET {name}: answers", 50, 1 / rate[0], 1 / rate[1], target, 0.5,
                         at_least=True)  # fmt: skip
                else:
                    late = [statistics.quantiles(taken, n=100)[98] for taken in (a, b)]
                    note(f"GET {name}: p99 of {clients} clients", 50, *late, target, 3)


def _token(book: Book) -> str:
    owner = signed_up()
    with transaction.atomic():
        access = access_to(book.company, user=owner)
        scopes = ["contacts.read", "ledger.read", "open_items.read"]
        return create_token(access, name="Messung", scopes=scopes, days=1)[1]


@contextmanager
def _server() -> Iterator[int]:
    """The program beside bare views, under keys of its own: its port."""
    keys = {
        "RAPPEN_SECRET_KEY": secrets.token_hex(32),
        "RAPPEN_FIELD_KEYS": "bench:" + base64.b64encode(os.urandom(32)).decode(),
    }
    with served("tools.bench.served:application", keys) as (port, _process):
        yield port


def _in_turns(
    port: int, ours: tuple[str, str], plain: tuple[str, str], clients: int
) -> tuple[list[float], list[float]]:
    """The seconds of each answer, taken in turns so that both meet the same machine."""
    taken: tuple[list[float], list[float]] = ([], [])
    for work in (ours, plain):
        _load(port, *work, clients, [], 0.5)
    for _round in range(ROUNDS):
        for work, times in zip((ours, plain), taken, strict=True):
            _load(port, *work, clients, times, SECONDS)
    return taken


def _load(
    port: int, path: str, token: str, clients: int, times: list[float], seconds: float
) -> None:
    """Ask with so many clients at once, each on a connection that stays open."""
    until = time.perf_counter() + seconds
    headers = {"Authorization": f"Bearer {token}"} if token else {}

    def ask() -> None:
        asked = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        while time.perf_counter() < until:
            started = time.perf_counter()
            asked.request("GET", path, headers=headers)
            answer = asked.getresponse()
            body = answer.read()
            assert answer.status == 200, body[:300]
            times.append(time.perf_counter() - started)

    threads = [threading.Thread(target=ask) for _ in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
