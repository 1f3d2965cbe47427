"""Asking services elsewhere (ausgehende Anfragen): one GET, within limits, to where a setting points.

Nothing in the environment diverts it, as ``http.client`` knows no proxies; redirects are not
followed; and it is encrypted, unless it stays on this machine.
"""

from __future__ import annotations

import datetime as dt
import socket
import ssl
import threading
from collections.abc import Mapping
from contextlib import closing, suppress
from dataclasses import dataclass, field
from functools import lru_cache
from http import HTTPStatus
from http.client import HTTPConnection, HTTPSConnection
from typing import Final
from urllib.parse import urlsplit

from django.views.decorators.debug import sensitive_variables

_LOOPBACK: Final = {"localhost", "127.0.0.1", "::1"}


class NoAnswer(Exception):
    """Nothing came back, or something else. The text says what, and nothing of what was asked."""


@dataclass(frozen=True)
class Service:
    """Where a service is, what it is called in logs and threads, and how much of it is endured."""

    name: str
    base: str
    deadline: dt.timedelta
    most_bytes: int


@dataclass(frozen=True)
class Answer:
    """What came back; ``content`` is read for status 200 alone. Names of headers are in small."""

    status: int
    content: bytes
    retry_after: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)


@sensitive_variables()
def get(service: Service, path: str, headers: Mapping[str, str]) -> Answer:
    """Ask for ``path`` below the service's address. Raises ``NoAnswer``.

    The call ends at the deadline, whatever the other side does.
    """
    call = _Call(service, path, headers)
    call.start()
    call.join(service.deadline.total_seconds())
    if call.is_alive():
        call.give_up()
        raise NoAnswer("too slow")
    if call.answer is None:
        raise NoAnswer(call.failure)
    return call.answer


class _Call(threading.Thread):
    """One GET in a thread of its own.

    A socket's timeout begins anew with each byte, and looking up a name has none at all; so
    somebody else has to look at the clock.
    """

    def __init__(self, service: Service, path: str, headers: Mapping[str, str]) -> None:
        super().__init__(name=service.name, daemon=True)
        self._service, self._path, self._headers = service, path, headers
        self._socket: socket.socket | None = None
        self._given_up = False
        self.answer: Answer | None = None
        self.failure = "nothing came back"

    def run(self) -> None:
        try:
            self.answer = self._get()
        except NoAnswer as reason:
            self.failure = str(reason)
        except Exception as error:  # its text may name the address, so only its kind is told
            self.failure = type(error).__name__

    def give_up(self) -> None:
        """Wake the thread, which then ends by itself and sends nothing any more."""
        self._given_up = True
        if self._socket is not None:
            with suppress(OSError):
                self._socket.shutdown(socket.SHUT_RDWR)

    @sensitive_variables()
    def _get(self) -> Answer:
        connection, root = _connection(self._service)
        with closing(connection):
            connection.connect()
            self._socket = connection.sock
            if self._given_up:
                raise NoAnswer("too slow")
            connection.request("GET", root + self._path, headers=dict(self._headers))
            response = connection.getresponse()
            told = {name.lower(): value for name, value in response.headers.items()}
            if response.status != HTTPStatus.OK:  # redirects, too
                return Answer(response.status, b"", told.get("retry-after", ""), told)
            if response.length is None and not response.chunked:
                raise NoAnswer("it does not say how long it is")
            content = response.read(self._service.most_bytes + 1)
            if len(content) > self._service.most_bytes:
                raise NoAnswer("too large")
            if response.length:
                raise NoAnswer("the end is missing")
            return Answer(response.status, content, headers=told)


def _connection(service: Service) -> tuple[HTTPConnection, str]:
    parts = urlsplit(service.base)
    host, root = parts.hostname or "", parts.path.rstrip("/")
    timeout = service.deadline.total_seconds()
    if parts.scheme == "https" and host:
        return HTTPSConnection(host, parts.port, timeout=timeout, context=_trusted()), root
    if parts.scheme == "http" and host in _LOOPBACK:
        return HTTPConnection(host, parts.port, timeout=timeout), root
    raise NoAnswer(f"the address of the {service.name} does not begin with https://")


@lru_cache(maxsize=1)
def _trusted() -> ssl.SSLContext:
    return ssl.create_default_context()
