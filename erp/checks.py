"""Checks of the installation (`manage.py check --database default`)."""

from __future__ import annotations

from typing import Any

from django.core.checks import Error, Tags, register
from django.db import DatabaseError, connections

_PRIVILEGES = """
    SELECT rolsuper OR rolbypassrls,
           EXISTS (SELECT 1 FROM pg_class c WHERE c.relowner = r.oid AND c.relkind IN ('r', 'p'))
    FROM pg_roles r WHERE rolname = current_user
"""


@register(Tags.database)
def runtime_role_is_small(databases: Any = None, **_kwargs: Any) -> list[Error]:
    """The role that serves pages must neither bypass row-level security nor own tables."""
    if "default" not in (databases or []):
        return []
    try:
        with connections["default"].cursor() as cursor:
            cursor.execute(_PRIVILEGES)
            bypasses, owns = cursor.fetchone()
    except DatabaseError as error:
        return [Error(f"the database does not answer: {error}", id="erp.E001")]
    if bypasses or owns:
        return [
            Error(
                "DATABASE_URL signs in as a role that may see every client's rows.",
                hint="Give the owner as DATABASE_OWNER_URL and the role rappen_app as DATABASE_URL.",
                id="erp.E002",
            )
        ]
    return []
