"""Sources that know which addresses of a domain stand in stolen data; one can take another's place.

Source of the form: haveibeenpwned.com/API/v3. What comes in is judged like what users send: an
answer of another form counts for nothing, and single entries that cannot be are left out.
"""

from __future__ import annotations

import datetime as dt
import json
import logging
import re
from http import HTTPStatus
from typing import Any, Final, Protocol
from urllib.parse import quote

from django.conf import settings
from django.core.cache import cache
from django.utils.module_loading import import_string
from django.views.decorators.debug import sensitive_variables

from erp.access.leaks.models import LONGEST_ALIAS, LONGEST_BREACH
from erp.core.outbound import NoAnswer, Service, get

DEADLINE: Final = dt.timedelta(seconds=20)
MOST_BYTES: Final = 20_000_000
USER_AGENT: Final = "Rappen"
LONGEST_WAIT: Final = 60 * 60  # seconds
USUAL_WAIT: Final = 60

#: Both are the same for everybody who uses the key.
BREACHES_KEY, BREACHES_KEPT = "leaks.breaches", 24 * 60 * 60
SUBSCRIBED_KEY, SUBSCRIBED_KEPT = "leaks.subscribed", 10 * 60

_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)

log = logging.getLogger(__name__)


class BadKey(NoAnswer):
    """The source does not know our key: whoever operates this installation has to look at it."""


class NotSubscribed(NoAnswer):
    """The domain is not proven to the source, or the subscription does not cover it."""


class TooOften(NoAnswer):
    """The source wants to be asked again in ``wait`` seconds, and not before."""

    def __init__(self, wait: int) -> None:
        super().__init__(f"it was asked too often, and wants {wait} s of rest")
        self.wait = wait


class LeakSource(Protocol):
    """Somebody who knows of leaks. Each question raises ``NoAnswer`` where it cannot tell."""

    def subscribed_domains(self) -> set[str]:
        """The domains that were proven to the source to be its customer's."""
        ...

    def breaches_of_domain(self, domain: str) -> dict[str, list[str]]:
        """The breaches of each address, by what stands before the @. Raises ``NotSubscribed``."""
        ...

    def breach_dates(self) -> dict[str, dt.date]:
        """When each breach happened, by its name."""
        ...


def source() -> LeakSource | None:
    """The source that the settings name; None where there is no key, and then nothing is sent."""
    if not settings.LEAKS_KEY:
        return None
    found: LeakSource = import_string(settings.LEAKS_SOURCE)()
    return found


class HaveIBeenPwned:
    """Have I Been Pwned, or what answers like it."""

    def subscribed_domains(self) -> set[str]:
        known = cache.get(SUBSCRIBED_KEY)
        if known is None:
            rows = _list(self._asked("/api/v3/subscribeddomains"))
            known = [name.lower() for row in rows if (name := _text(row, "DomainName", 253))]
            cache.set(SUBSCRIBED_KEY, known, SUBSCRIBED_KEPT)
        return set(known)

    def breaches_of_domain(self, domain: str) -> dict[str, list[str]]:
        told = self._asked(f"/api/v3/breacheddomain/{quote(domain, safe='')}", none={})
        if not isinstance(told, dict) or not all(isinstance(one, list) for one in told.values()):
            raise NoAnswer("it is no list of addresses with breaches")
        found: dict[str, set[str]] = {}
        left_out = 0
        for alias, names in told.items():
            alias = alias.strip().lower()
            sound = {name for name in names if _is_sound(name, LONGEST_BREACH)}
            if not _is_sound(alias, LONGEST_ALIAS) or "@" in alias:
                sound = set()
            left_out += not sound
            if sound:
                found.setdefault(alias, set()).update(sound)
        if left_out:
            log.warning("%s entries of the leak source were left out", left_out)
        return {alias: sorted(names) for alias, names in found.items()}

    def breach_dates(self) -> dict[str, dt.date]:
        known = cache.get(BREACHES_KEY)
        if known is None:
            try:
                rows = _list(self._asked("/api/v3/breaches"))
            except NotSubscribed as reason:  # here it says nothing about a domain
                raise NoAnswer(str(reason)) from None
            known = {name: day for row in rows
                     if (name := _text(row, "Name", LONGEST_BREACH))
                     and (day := _day(_text(row, "BreachDate", 10)))}  # fmt: skip
            cache.set(BREACHES_KEY, known, BREACHES_KEPT)
        return dict(known)

    @sensitive_variables()
    def _asked(self, path: str, *, none: Any = None) -> Any:
        """The JSON at a path; ``none`` is what 404 means, where it means something."""
        service = Service("leak source", settings.LEAKS_URL, DEADLINE, MOST_BYTES)
        headers = {"hibp-api-key": settings.LEAKS_KEY, "User-Agent": USER_AGENT}
        answer = get(service, path, headers)
        match answer.status:
            case HTTPStatus.OK:
                return _json(answer.content)
            case HTTPStatus.NOT_FOUND if none is not None:
                return none
            case HTTPStatus.UNAUTHORIZED:
                raise BadKey("it does not know the key")
            case HTTPStatus.PAYMENT_REQUIRED | HTTPStatus.FORBIDDEN:
                raise NotSubscribed(f"status {answer.status}")
            case HTTPStatus.TOO_MANY_REQUESTS:
                raise TooOften(_seconds(answer.retry_after))
            case status:
                raise NoAnswer(f"status {status}")


def _json(content: bytes) -> Any:
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        raise NoAnswer("it is no JSON") from None


def _list(told: Any) -> list[dict[str, Any]]:
    if not isinstance(told, list) or not all(isinstance(row, dict) for row in told):
        raise NoAnswer("it is no list")
    return told


def _text(row: dict[str, Any], name: str, longest: int) -> str:
    """What stands under a name if it is sound, else nothing."""
    value = row.get(name)
    return value if isinstance(value, str) and _is_sound(value, longest) else ""


def _is_sound(value: Any, longest: int) -> bool:
    return isinstance(value, str) and 0 < len(value) <= longest and value.isprintable()


def _day(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text) if _DAY.fullmatch(text) else None
    except ValueError:
        return None


def _seconds(text: str) -> int:
    """How long to wait, by ``Retry-After``: a number of seconds, or what is usual."""
    if text.isascii() and text.isdigit() and len(text) < 10:
        return min(max(int(text), 1), LONGEST_WAIT)
    return USUAL_WAIT
