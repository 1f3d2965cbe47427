"""How much one may ask for in a minute (API-9): by person, by company, by address.

A request counts for one, and once more for each quarter of a second that it takes: reports and
papers have their price without being named. Minutes are those of the clock, for everybody the same.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from time import monotonic, time
from typing import Any, Final

from allauth.core.internal import ratelimit
from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import Throttled

from erp.api.authentication import who_is
from erp.core import origin

MINUTE: Final = 60
SLOW: Final = 0.25  # seconds
log = logging.getLogger(__name__)


class TooMany(Throttled):
    default_code = "too_many_requests"
    default_detail = _("Too many requests in this minute. Wait, and go on more slowly.")
    extra_detail_singular = extra_detail_plural = ""


@dataclass
class Meter:
    """What a request costs, and what its sender and its company have used of this minute."""

    sender: str
    company: str
    began: float = field(default_factory=lambda: monotonic())
    at: float = field(default_factory=lambda: time())
    used: Mapping[str, int] = field(default_factory=dict)

    @classmethod
    def begin(cls, request: HttpRequest, company: Any) -> Meter:
        """Count a request, and see how much its company has had; one round trip to the cache."""
        who = who_is(request)
        meter = cls(who or f"address:{_network()}", f"company:{company}" if company else "")
        meter.used = cache.count(meter._named({meter.sender: 1, meter.company: 0}), 2 * MINUTE)  # type: ignore[attr-defined]
        return meter

    def require_sender(self) -> None:
        """Raises ``TooMany``."""
        self._require(self.sender)

    def require_company(self) -> None:
        """The same for the company, once its door is open: strangers learn nothing of it."""
        self._require(self.company)

    def settle(self, response: HttpResponseBase, *, inside: bool) -> None:
        """Count what came on top, and tell how much is left of the minute."""
        more = int((monotonic() - self.began) / SLOW)
        due = {self.sender: more} | ({self.company: 1 + more} if inside else {})
        if any(due.values()):
            cache.count(self._named(due), 2 * MINUTE)  # type: ignore[attr-defined]
        limit, used = self._limit(self.sender), self._used(self.sender) + more
        response["RateLimit-Limit"] = str(limit)
        response["RateLimit-Remaining"] = str(max(limit - used, 0))
        response["RateLimit-Reset"] = str(self._rest())

    def _require(self, name: str) -> None:
        used, limit = self._used(name), self._limit(name)
        if used > limit:
            if used == limit + 1:
                log.warning("too many requests by %s", name)
            raise TooMany(wait=self._rest())

    def _used(self, name: str) -> int:
        return self.used.get(f"limits:{name}:{int(self.at // MINUTE)}", 0)

    def _limit(self, name: str) -> int:
        limit: int = settings.API_LIMITS[name.partition(":")[0]]
        return limit

    def _rest(self) -> int:
        return max(1, MINUTE - int(self.at % MINUTE))

    def _named(self, costs: Mapping[str, int]) -> dict[str, int]:
        minute = int(self.at // MINUTE)
        return {f"limits:{name}:{minute}": cost for name, cost in costs.items() if name}


def _network() -> str:
    """Where somebody unknown comes from; of an IPv6 address the network."""
    address = origin.current().address
    return str(ratelimit.truncate_ip(address)) if address else "unknown"
