"""A road that breaks off at random: before a request, within it, after it, and within the answer."""

from __future__ import annotations

import random
import re
import socket
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress

_LENGTH = re.compile(rb"content-length: *([0-9]+)", re.IGNORECASE)
#: What becomes of a connection, and how often of a hundred.
FATES = {"through": 60, "before": 8, "within": 10, "after": 11, "answer": 11}


class Road:
    """A port that leads to another one; each connection carries one request, and has its fate."""

    def __init__(self, port: int, seed: int) -> None:
        self.to, self._random, self.fates = port, random.Random(seed), Counter()
        self._listening = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = self._listening.getsockname()[1]
        threading.Thread(target=self._lead, daemon=True).start()

    def close(self) -> None:
        self._listening.close()

    def _lead(self) -> None:
        with suppress(OSError):
            while True:
                here, _address = self._listening.accept()
                (fate,) = self._random.choices([*FATES], [*FATES.values()])
                share = self._random.random()
                self.fates[fate] += 1
                threading.Thread(target=self._carry, args=[here, fate, share], daemon=True).start()

    def _carry(self, here: socket.socket, fate: str, share: float) -> None:
        with here, suppress(OSError):
            if fate == "before":
                return
            asked = _whole(here)
            with socket.create_connection(("127.0.0.1", self.to)) as there:
                if fate == "within":
                    there.sendall(asked[: int(len(asked) * share)])
                    return
                there.sendall(asked)
                if fate == "after":
                    here.close()  # the program works on, for nobody
                answer = b"".join(iter(lambda: there.recv(65536), b""))
            if fate != "after":
                here.sendall(answer if fate == "through" else answer[: int(len(answer) * share)])


def _whole(here: socket.socket) -> bytes:
    """A request with all of its body."""
    told = b""
    while b"\r\n\r\n" not in told:
        told += _some(here)
    head = told.index(b"\r\n\r\n") + 4
    length = _LENGTH.search(told[:head])
    while len(told) < head + int(length[1] if length else 0):
        told += _some(here)
    return told


def _some(here: socket.socket) -> bytes:
    part = here.recv(65536)
    if not part:
        raise ConnectionError
    return part


@contextmanager
def breaking_off(port: int, *, seed: int) -> Iterator[Road]:
    road = Road(port, seed)
    try:
        yield road
    finally:
        road.close()
