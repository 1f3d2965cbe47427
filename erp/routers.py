"""Two connections to one database: rows through the runtime role, the schema through the owner."""

from __future__ import annotations

from typing import Any


class OneDatabase:
    """Let only the owner migrate."""

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool:
        return db == "owner"

    def allow_relation(self, obj1: Any, obj2: Any, **hints: Any) -> bool:
        return True
