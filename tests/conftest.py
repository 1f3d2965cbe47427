"""The harness: a real PostgreSQL, the runtime role, one database per worker.

``python -m tools.testing pytest`` starts the services and migrates one database; each worker
works in a copy of it. Nothing is ever emptied: tests that commit make companies of their own.
"""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from allauth.account.internal.flows import login as records
from django.conf import settings
from django.contrib.auth.signals import user_logged_in
from django.db import connection, connections
from django.dispatch import receiver
from django.utils import translation

from erp.core import clock
from tests import make, ready

ROOT = Path(__file__).resolve().parent.parent
SHARED = Path(os.environ.get("RAPPEN_SHARED", ROOT.parent / "shared"))


@receiver(user_logged_in)
def forced_in_by_factor(request: Any, user: Any, **_more: Any) -> None:
    """``client.force_login`` stands for a sign-in with a second factor, a moment ago."""
    if not request.path:
        request.session[records.AUTHENTICATION_METHODS_SESSION_KEY] = [
            {"method": "mfa", "type": "totp", "at": clock.now().timestamp()}
        ]


def pytest_configure(config: pytest.Config) -> None:
    if "DATABASE_OWNER_URL" not in os.environ:
        raise pytest.UsageError("start the tests with `make test`, which brings the services")
    settings.CACHES["default"]["LOCATION"] = _cache_of_its_own(os.environ["REDIS_URL"])


def pytest_collection_finish(session: pytest.Session) -> None:
    """What was imported and collected stays to the end: collecting garbage need not go through it."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)


def _cache_of_its_own(url: str) -> str:
    """Limits of sign-ins are counted in the cache: each worker has a database of its own there."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "gw0")
    return f"{url.rpartition('/')[0]}/{1 + int(worker.removeprefix('gw')) % 15}"


@pytest.fixture(autouse=True)
def own_language() -> Iterator[None]:
    """A request leaves its language behind, but not for the next test."""
    with translation.override(settings.LANGUAGE_CODE):
        yield


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker: Any) -> Iterator[None]:
    """A copy of the migrated database for this worker."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    name = f"test_{worker}"
    with psycopg.connect(os.environ["DATABASE_OWNER_URL"].replace("/rappen?", "/postgres?"),
                         autocommit=True) as owner:  # fmt: skip
        owner.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        for attempt in range(50):
            try:
                owner.execute(f"CREATE DATABASE {name} TEMPLATE rappen")
                break
            except psycopg.errors.ObjectInUse:  # another worker is copying
                if attempt == 49:
                    raise
                import time

                time.sleep(0.2)
    for alias in ("default", "owner"):
        connections[alias].close()
        settings.DATABASES[alias]["NAME"] = name
        connections[alias].settings_dict["NAME"] = name
    with django_db_blocker.unblock():
        _require_runtime_role()
        ready.found(make.found)
    yield
    connections.close_all()


def _require_runtime_role() -> None:
    """Tests see what the program sees: a role that owns nothing and bypasses nothing (DB-3)."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_user, rolsuper, rolbypassrls,"
            " (SELECT count(*) FROM pg_class c WHERE c.relowner = r.oid)"
            " FROM pg_roles r WHERE rolname = current_user"
        )
        assert cursor.fetchone() == ("rappen_app", False, False, 0)


@pytest.fixture
def committed_db(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Real commits on real connections; the test makes a company of its own and leaves it."""
    with django_db_blocker.unblock():
        yield
        connections.close_all()


@pytest.fixture(scope="session")
def shared() -> Path:
    """Official samples and schemas, which are not part of the project."""
    if not SHARED.is_dir():
        pytest.skip(f"official samples are not at {SHARED}; set RAPPEN_SHARED")
    return SHARED
