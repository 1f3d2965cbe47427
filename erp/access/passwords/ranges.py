"""Asking a range service whether a password has leaked, without telling it the password.

Source: haveibeenpwned.com/API/v3#PwnedPasswords. ``GET <base>/range/<5 digits>`` answers with all
hashes that begin so, as lines ``35 DIGITS:COUNT``. With ``Add-Padding: true`` lines of count 0 are
mixed in, so that not even the length of the answer tells which range was asked for.
"""

from __future__ import annotations

import datetime as dt
import logging
import re
from http import HTTPStatus
from typing import Final

from django.conf import settings
from django.core.cache import cache
from django.views.decorators.debug import sensitive_variables

from erp.core import clock
from erp.core.outbound import NoAnswer, Service, get

DEADLINE: Final = dt.timedelta(milliseconds=1500)
PAUSE: Final = dt.timedelta(seconds=60)
MOST_BYTES: Final = 2_000_000
SENT_DIGITS: Final = 5
HEADERS: Final = {"Add-Padding": "true", "User-Agent": "Rappen"}

#: Holds the moment (UTC) until which nothing is asked, and nothing about what was asked.
PAUSE_KEY: Final = "passwords.range.pause"

_LINE: Final = re.compile(r"([0-9A-F]{35}):([0-9]{1,10})")

log = logging.getLogger(__name__)


@sensitive_variables()
def has_leaked(digest: bytes) -> bool | None:
    """Whether the service knows the SHA-1 ``digest`` (20 bytes); None where it could not tell.

    Only five of its forty hexadecimal digits leave this machine. The call ends after 1.5 s,
    whatever the other side does. An answer that is late, too large, incomplete or not of the
    described form counts for nothing, and then nobody asks for 60 s.
    """
    if not settings.PWNED_URL or _paused():
        return None
    digits = digest.hex().upper()
    try:
        leaked = _leaked_ends(_fetched(settings.PWNED_URL, digits[:SENT_DIGITS]))
    except NoAnswer as reason:
        _pause()
        log.warning("the range service is not asked for a minute: %s", reason)
        return None
    return digits[SENT_DIGITS:] in leaked


def _paused() -> bool:
    until = cache.get(PAUSE_KEY)
    return until is not None and clock.now() < until


def _pause() -> None:
    cache.set(PAUSE_KEY, clock.now() + PAUSE, timeout=int(PAUSE.total_seconds()))


@sensitive_variables()
def _leaked_ends(answer: bytes) -> set[str]:
    """The other 35 digits of all leaked hashes, without padding."""
    lines = answer.decode("ascii", "replace").upper().removesuffix("\n").split("\n")
    matches = [_LINE.fullmatch(line.removesuffix("\r")) for line in lines]
    if not all(matches):
        raise NoAnswer("not every line is a hash with a count")
    return {match[1] for match in matches if match and int(match[2])}


@sensitive_variables()
def _fetched(base: str, prefix: str) -> bytes:
    service = Service("range service", base, DEADLINE, MOST_BYTES)
    answer = get(service, f"/range/{prefix}", HEADERS)
    if answer.status != HTTPStatus.OK:
        raise NoAnswer(f"status {answer.status}")
    return answer.content
