"""The shared cache: Redis where it answers, else a table of PostgreSQL.

Limits of sign-ins and the memory of used codes are kept in it. They hold while Redis is away, as
every process turns to the same table; after Redis was emptied they begin anew.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from django.core.cache.backends.db import DatabaseCache
from django.core.cache.backends.redis import RedisCache
from django.db import connection
from redis.exceptions import RedisError

log = logging.getLogger(__name__)

TABLE = "rappen_cache"
_READ = f"SELECT value FROM {TABLE} WHERE cache_key = %s AND expires > now()"  # noqa: S608
_ADD = f"""
    INSERT INTO {TABLE} AS kept (cache_key, value, expires)
    VALUES (%(key)s, %(cost)s::text, now() + make_interval(secs => %(seconds)s))
    ON CONFLICT (cache_key) DO UPDATE SET expires = excluded.expires,
        value = CASE WHEN kept.expires < now() THEN excluded.value
                     ELSE (kept.value::bigint + excluded.value::bigint)::text END
    RETURNING value
"""  # noqa: S608
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

    def count(self, costs: Mapping[str, int], seconds: int) -> dict[str, int]:
        """Add to counters, which are forgotten after so many seconds; what each says afterwards.

        No count is lost when many add at once; what costs nothing is only read.
        """
        names = {name: self.make_and_validate_key(name) for name in costs}
        try:
            pipe = self._cache.get_client(None, write=True).pipeline(transaction=False)
            for name, cost in costs.items():
                if cost:
                    pipe.incrby(names[name], cost)
                    pipe.expire(names[name], seconds)
                else:
                    pipe.get(names[name])
            told = iter(pipe.execute())
            found = {}
            for name, cost in costs.items():
                found[name] = int(next(told) or 0)
                if cost:
                    next(told)
        except (RedisError, OSError) as error:
            log.warning("the cache is away: %s", error)
            return {name: _counted(names[name], cost, seconds) for name, cost in costs.items()}
        return found

    def _tried(self, act: str, *args: Any, **kwargs: Any) -> Any:
        try:
            return getattr(super(), act)(*args, **kwargs)
        except (RedisError, OSError) as error:
            log.warning("the cache is away: %s", error)
            return getattr(self.stand_in, act)(*args, **kwargs)


def _counted(key: str, cost: int, seconds: int) -> int:
    """The same in the table, where such a counter stands as plain digits."""
    with connection.cursor() as cursor:
        if not cost:
            cursor.execute(_READ, [key])
            row = cursor.fetchone()
            return int(row[0]) if row else 0
        cursor.execute(_ADD, {"key": key, "cost": cost, "seconds": seconds})
        return int(cursor.fetchone()[0])
