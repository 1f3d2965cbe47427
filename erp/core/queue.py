"""The queue's way to Redis (Warteschlange): a worker outlives it, however often it goes away.

The library loses a connection twice when Redis dies again while a worker still mends the first
loss. The second time it asks a transport that is closed where Redis is, and the worker ends with an
error about a host name. Told that the connection is gone, it tries again, as it does otherwise.
"""

from __future__ import annotations

from typing import Any

from kombu.transport import TRANSPORT_ALIASES, redis
from redis.exceptions import ConnectionError as Gone


class Channel(redis.Channel):  # type: ignore[misc]
    def _connparams(self, asynchronous: bool = False) -> Any:
        if self.connection is None or self.connection.client is None:
            raise Gone("this channel is closed")
        return super()._connparams(asynchronous=asynchronous)


class Transport(redis.Transport):  # type: ignore[misc]
    Channel = Channel


def use_it() -> None:
    """Let addresses of Redis lead here."""
    for scheme in ("redis", "rediss"):
        TRANSPORT_ALIASES[scheme] = f"{__name__}:Transport"
