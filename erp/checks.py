"""Checks of the installation (`manage.py check --database default`)."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import Error, Tags, Warning, register
from django.core.exceptions import ImproperlyConfigured
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


@register()
def leaked_passwords_can_be_read(**_kwargs: Any) -> list[Error | Warning]:
    """A list of stolen passwords that is named must be one, and something should be asked."""
    from erp.access.passwords.corpus import Corpus, NoCorpus, NotACorpus

    if settings.PWNED_FILE:
        try:
            Corpus.open(settings.PWNED_FILE)
        except (NoCorpus, NotACorpus) as refusal:
            return [Error(f"RAPPEN_PWNED_FILE: {refusal}", id="erp.E003")]
    elif not settings.PWNED_URL and not settings.TESTING:
        return [Warning("Passwords are compared with the bundled list alone.", id="erp.W001",
                        hint="Set RAPPEN_PWNED_FILE or RAPPEN_PWNED_URL.")]  # fmt: skip
    return []


@register()
def mail_leaves_the_machine(**_kwargs: Any) -> list[Warning]:
    """Mails hold links that set passwords: in production they belong to no log (LOG-1)."""
    if settings.MODE == "production" and settings.EMAIL_BACKEND.endswith(".console.EmailBackend"):
        return [Warning("Mails are written into the log, with links that set a password.",
                        hint="Set RAPPEN_EMAIL_URL, as in smtp+tls://user:password@host:587.",
                        id="erp.W002")]  # fmt: skip
    return []


@register()
def reference_sources_are_known(**_kwargs: Any) -> list[Error]:
    """A misspelt source would go on being asked, or be asked at the wrong place."""
    from erp.reference.sources import SOURCES

    unknown = {*settings.REFERENCE_OFF, *settings.REFERENCE_BASES} - {*SOURCES, "all"}
    if not unknown:
        return []
    return [Error(
        f"RAPPEN_REFERENCE_OFF or RAPPEN_REFERENCE_BASES names {', '.join(sorted(unknown))}, which is"
        " no source.", hint=f"There are {', '.join(SOURCES)}.", id="erp.E004",
    )]  # fmt: skip


def refuse_to_start() -> None:
    """Raise ``ImproperlyConfigured`` where pages must not be served: a database role that sees too
    much, a list that cannot be read. Missing and weak keys are refused by the settings."""
    found = [*runtime_role_is_small(databases=["default"]), *leaked_passwords_can_be_read()]
    errors = [one for one in found if isinstance(one, Error) and one.id != "erp.E001"]
    if errors:
        raise ImproperlyConfigured(
            "; ".join(f"{one.msg} {one.hint or ''}".strip() for one in errors)
        )
