"""A range service, a list of leaked passwords, and a cache that no other test writes to."""

from __future__ import annotations

import uuid

import pytest
from django.core.cache import cache

from erp.access.passwords import corpus
from erp.access.passwords.building import build
from tests.erp.passwords.service import RangeService, sha1


@pytest.fixture(autouse=True)
def own_cache(settings):
    """A prefix of its own in the shared cache; what is kept there, as (key, value)."""
    prefix = f"passwords-{uuid.uuid4().hex}"
    settings.CACHES = {"default": settings.CACHES["default"] | {"KEY_PREFIX": prefix}}

    def kept():
        client = cache._cache.get_client(None, write=True)
        return {key.decode(): client.get(key) for key in client.scan_iter(f"*{prefix}*")}

    yield kept
    for key in kept():
        cache._cache.get_client(None, write=True).delete(key)


@pytest.fixture(autouse=True)
def nothing_open():
    corpus._known.clear()


@pytest.fixture
def service(settings):
    running = RangeService()
    settings.PWNED_URL = running.url
    yield running
    running.stop()


@pytest.fixture
def leaked(settings, tmp_path):
    """Let the local list hold exactly some passwords."""

    def write(*passwords):
        source, out = tmp_path / "source.txt", tmp_path / "pwned"
        lines = sorted(f"{sha1(password).hex().upper()}:3" for password in passwords)
        source.write_text("\r\n".join(lines))
        build(source, out)
        settings.PWNED_FILE = str(out)
        return out

    return write
