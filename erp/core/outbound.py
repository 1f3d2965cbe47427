"""Asking services elsewhere (ausgehende Anfragen): one GET, within limits, to where a setting points,
or one POST to where a company wants to be told something.

Nothing in the environment diverts it, as ``http.client`` knows no proxies; redirects are not
followed; and it is encrypted, unless it stays on this machine.
"""

from __future__ import annotations

import datetime as dt
import ipaddress
import socket
import ssl
import threading
from collections.abc import Callable, Mapping
from contextlib import closing, suppress
from dataclasses import dataclass, field
from functools import lru_cache
from http import HTTPStatus
from http.client import HTTPConnection, HTTPSConnection
from typing import Any, Final
from urllib.parse import urlsplit

from django.conf import settings
from django.views.decorators.debug import sensitive_variables

_NAT64: Final = ipaddress.ip_network("64:ff9b::/96")
_COMPATIBLE: Final = ipaddress.ip_network("::/96")
#: What some versions of Python take for public: site-local addresses, and those of protocols (RFC 3879, 6890).
_OWN_USE: Final = (ipaddress.ip_network("fec0::/10"), ipaddress.ip_network("192.0.0.0/24"))
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
    return _within(
        service.deadline, _Call(service.name, lambda call: _get(service, path, headers, call))
    )


@sensitive_variables()
def post(url: str, body: bytes, headers: Mapping[str, str], *, endured: Service) -> Answer:
    """Send ``body`` to an address that somebody typed, and to a public one only. Raises ``NoAnswer``.

    Encrypted, on port 443, without a name or password in it; every address of the name must be a
    public one, and the connection goes to one of those that were looked at: what the name says a
    moment later does not matter (OUT-4, CWE-918). Redirects are not followed.
    """
    return _within(
        endured.deadline, _Call(endured.name, lambda call: _post(url, body, headers, endured, call))
    )


def _within(deadline: dt.timedelta, call: _Call) -> Answer:
    call.start()
    call.join(deadline.total_seconds())
    if call.is_alive():
        call.give_up()
        raise NoAnswer("too slow")
    if call.answer is None:
        raise NoAnswer(call.failure)
    return call.answer


class _Call(threading.Thread):
    """One request in a thread of its own.

    A socket's timeout begins anew with each byte, and looking up a name has none at all; so
    somebody else has to look at the clock.
    """

    def __init__(self, name: str, ask: Callable[[_Call], Answer]) -> None:
        super().__init__(name=name, daemon=True)
        self._ask = ask
        self._socket: socket.socket | None = None
        self._given_up = False
        self.answer: Answer | None = None
        self.failure = "nothing came back"

    def run(self) -> None:
        try:
            self.answer = self._ask(self)
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

    def connect(self, connection: HTTPConnection) -> None:
        connection.connect()
        self._socket = connection.sock
        if self._given_up:
            raise NoAnswer("too slow")


@sensitive_variables()
def _get(service: Service, path: str, headers: Mapping[str, str], call: _Call) -> Answer:
    connection, root = _connection(service)
    with closing(connection):
        call.connect(connection)
        connection.request("GET", root + path, headers=dict(headers))
        response = connection.getresponse()
        told = {name.lower(): value for name, value in response.headers.items()}
        if response.status != HTTPStatus.OK:  # redirects, too
            return Answer(response.status, b"", told.get("retry-after", ""), told)
        if response.length is None and not response.chunked:
            raise NoAnswer("it does not say how long it is")
        content = response.read(service.most_bytes + 1)
        if len(content) > service.most_bytes:
            raise NoAnswer("too large")
        if response.length:
            raise NoAnswer("the end is missing")
        return Answer(response.status, content, headers=told)


@sensitive_variables()
def _post(
    url: str, body: bytes, headers: Mapping[str, str], endured: Service, call: _Call
) -> Answer:
    place = Place.read(url)
    connection = _Pinned(place, public_address(place), endured.deadline.total_seconds())
    with closing(connection):
        call.connect(connection)
        connection.request("POST", place.path, body=body, headers=dict(headers))
        response = connection.getresponse()
        content = response.read(endured.most_bytes)  # no more of it is of interest
        return Answer(response.status, content, response.headers.get("Retry-After", ""))


@dataclass(frozen=True)
class Place:
    """An address that somebody typed, taken apart."""

    host: str
    port: int
    path: str

    @classmethod
    def read(cls, url: str) -> Place:
        """Raises ``NoAnswer``."""
        try:
            parts = urlsplit(url)
            port = parts.port or 443
        except ValueError:
            raise NoAnswer("this is no address") from None
        host = (parts.hostname or "").rstrip(".")
        if parts.scheme != "https" or not host or not url.isascii() or not url.isprintable():
            raise NoAnswer("the address does not begin with https://")
        if parts.username is not None or parts.password is not None or " " in url:
            raise NoAnswer("the address holds a name or password")
        if port != 443 and not _trust():
            raise NoAnswer("the address names a port")
        query = f"?{parts.query}" if parts.query else ""
        return cls(host, port, (parts.path or "/") + query)


def public_address(place: Place) -> str:
    """One of the addresses of a name, if all of them are public. Raises ``NoAnswer``."""
    try:
        found = socket.getaddrinfo(place.host, place.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise NoAnswer("the name is not known") from None
    addresses = [str(one[4][0]).partition("%")[0] for one in found]
    if not addresses or (not all(is_public(one) for one in addresses) and not _trust()):
        raise NoAnswer("the name leads to an address that is not public")
    return addresses[0]


def is_public(address: str) -> bool:
    """Whether an IP address is one of the internet, whatever it is wrapped in."""
    ip = ipaddress.ip_address(address)
    if any(ip in one for one in _OWN_USE if one.version == ip.version):
        return False
    wrapped: list[Any] = []
    if isinstance(ip, ipaddress.IPv6Address):
        wrapped = [ip.ipv4_mapped, ip.sixtofour, *(ip.teredo or ())]
        if ip in _NAT64 or ip in _COMPATIBLE:
            wrapped.append(ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF))
        if ip.ipv4_mapped:
            return is_public(str(ip.ipv4_mapped))
    inner = all(one.is_global and not one.is_multicast for one in wrapped if one is not None)
    return bool(ip.is_global and not ip.is_multicast and not ip.is_reserved and inner)


class _Pinned(HTTPSConnection):
    """A connection to an address that was looked at, in the name of its host."""

    def __init__(self, place: Place, address: str, timeout: float) -> None:
        super().__init__(place.host, place.port, timeout=timeout, context=_context(_trust()))
        self._address = address

    def connect(self) -> None:
        bare = socket.create_connection((self._address, self.port), self.timeout)
        try:
            self.sock = _context(_trust()).wrap_socket(bare, server_hostname=self.host)
        except BaseException:
            bare.close()
            raise


def _trust() -> str:
    """For tests alone: the certificate of a receiver on this machine, which may be reached then."""
    return str(settings.WEBHOOK_TRUST) if settings.TESTING else ""


@lru_cache(maxsize=2)
def _context(trust: str) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=trust or None)


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
