"""Where an act comes from (Herkunft): the address, the browser, the way in, the request.

Pages and endpoints learn it once, in ``erp.web.middleware``; the audit trail, the access log, the
problems and the log lines read it here.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

LONGEST_ADDRESS: Final = 45  # an IPv6 address that holds an IPv4 one
LONGEST_AGENT: Final = 200


class Via(StrEnum):
    """The ways in."""

    PAGE = "page"
    API = "api"
    TOKEN = "token"  # noqa: S105 - a program's own key
    COMMAND = "command"
    JOB = "job"


@dataclass(frozen=True, slots=True)
class Origin:
    """Where something comes from; blank where nobody is at the other end."""

    address: str = ""
    agent: str = ""
    via: str = Via.COMMAND.value
    request_id: str = ""


_current: ContextVar[Origin] = ContextVar("rappen_origin", default=Origin())  # noqa: B039 - frozen


def current() -> Origin:
    """Where the present act comes from; outside of requests and jobs it is a command."""
    return _current.get()


@contextmanager
def coming_from(origin: Origin) -> Iterator[Origin]:
    """Say where the acts within come from."""
    before = _current.set(origin)
    try:
        yield origin
    finally:
        _current.reset(before)


def come_by(via: str) -> None:
    """Correct the way in, once it is known who asks; holds to the end of the request."""
    _current.set(replace(_current.get(), via=str(via)))


def plain(text: str, longest: int) -> str:
    """A header as it may be kept: without control characters, and not longer than ``longest``."""
    return "".join(c for c in text if c.isprintable())[:longest].strip()
