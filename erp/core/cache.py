"""The shared cache, which may be away at any time without anybody noticing but the log."""

from __future__ import annotations

import logging
from typing import Any

from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

log = logging.getLogger(__name__)


class ForgivingCache(RedisCache):
    """Redis where it answers; else a cache that knows nothing and forgets everything.

    Limits kept in it do not hold while it is away; ``/readyz`` says so.
    """

    def add(self, *args: Any, **kwargs: Any) -> bool:
        return bool(self._tried(super().add, True, *args, **kwargs))

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        return self._tried(super().get, default, key, default, version=version)

    def set(self, *args: Any, **kwargs: Any) -> None:
        self._tried(super().set, None, *args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> bool:
        return bool(self._tried(super().delete, False, *args, **kwargs))

    def get_many(self, *args: Any, **kwargs: Any) -> dict[Any, Any]:
        found: dict[Any, Any] = self._tried(super().get_many, {}, *args, **kwargs)
        return found

    def set_many(self, *args: Any, **kwargs: Any) -> list[Any]:
        failed: list[Any] = self._tried(super().set_many, [], *args, **kwargs)
        return failed

    def incr(self, key: Any, delta: int = 1, version: int | None = None) -> int:
        return int(self._tried(super().incr, delta, key, delta, version=version))

    @staticmethod
    def _tried(act: Any, otherwise: Any, *args: Any, **kwargs: Any) -> Any:
        try:
            return act(*args, **kwargs)
        except (RedisError, OSError) as error:
            log.warning("the cache is away: %s", error)
            return otherwise
