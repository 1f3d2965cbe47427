"""The shared cache: Redis where it answers, else a table of PostgreSQL.

Limits of sign-ins and the memory of used codes are kept in it. They hold while Redis is away, as
every process turns to the same table; after Redis was emptied they begin anew.
"""

from __future__ import annotations

import logging
from typing import Any

from django.core.cache.backends.db import DatabaseCache
from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

log = logging.getLogger(__name__)

TABLE = "rappen_cache"
STAND_IN = {"OPTIONS": {"MAX_ENTRIES": 100_000}, "KEY_PREFIX": "rappen", "TIMEOUT": 300}


class SharedCache(RedisCache):
    """Redis with a stand-in; ``/readyz`` says when it is needed."""

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self.stand_in = DatabaseCache(TABLE, STAND_IN)

    def answers(self) -> bool:
        """Whether Redis itself does."""
        try:
            self._cache.get_client().ping()
        except (RedisError, OSError):
            return False
        return True

    def add(self, *args: Any, **kwargs: Any) -> bool:
        return bool(self._tried("add", *args, **kwargs))

    def get(self, *args: Any, **kwargs: Any) -> Any:
        return self._tried("get", *args, **kwargs)

    def set(self, *args: Any, **kwargs: Any) -> None:
        self._tried("set", *args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> bool:
        return bool(self._tried("delete", *args, **kwargs))

    def get_many(self, *args: Any, **kwargs: Any) -> dict[Any, Any]:
        found: dict[Any, Any] = self._tried("get_many", *args, **kwargs)
        return found

    def set_many(self, *args: Any, **kwargs: Any) -> list[Any]:
        failed: list[Any] = self._tried("set_many", *args, **kwargs)
        return failed

    def incr(self, *args: Any, **kwargs: Any) -> int:
        return int(self._tried("incr", *args, **kwargs))

    def _tried(self, act: str, *args: Any, **kwargs: Any) -> Any:
        try:
            return getattr(super(), act)(*args, **kwargs)
        except (RedisError, OSError) as error:
            log.warning("the cache is away: %s", error)
            return getattr(self.stand_in, act)(*args, **kwargs)
