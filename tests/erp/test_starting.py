"""Starting: refused with default or missing keys, test switches, or a database role that sees too much."""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
KEY = secrets.token_hex(32)


def environment(**more):
    told = {
        **os.environ, "RAPPEN_MODE": "production", "RAPPEN_SECRET_KEY": secrets.token_hex(32),
        "RAPPEN_FIELD_KEYS": f"1:{KEY}", "RAPPEN_HTTPS": "true", "RAPPEN_HOSTS": "books.example.com",
        "RAPPEN_TRUSTED_PROXIES": "1",
        "RAPPEN_EMAIL_URL": "smtp+tls://books:secret@mail.example.com:587", **more,
    }  # fmt: skip
    return {name: value for name, value in told.items() if value is not None}


def run(*command, **more):
    return subprocess.run([sys.executable, *command], cwd=ROOT, capture_output=True, text=True,
                          env=environment(**more))  # fmt: skip


def test_production_settings_are_clean():
    done = run("manage.py", "check", "--deploy", "--fail-level", "WARNING")
    assert done.returncode == 0, done.stderr
    assert "no issues" in done.stdout + done.stderr


def test_mails_in_the_log_are_warned_of():
    done = run("manage.py", "check", "--fail-level", "WARNING", RAPPEN_EMAIL_URL=None)
    assert done.returncode == 1 and "RAPPEN_EMAIL_URL" in done.stderr, done.stderr


def test_the_web_server_starts_with_them():
    done = run("-c", "import erp.wsgi; print('serves')")
    assert (done.returncode, done.stdout.strip()) == (0, "serves"), done.stderr


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"RAPPEN_SECRET_KEY": None}, "RAPPEN_SECRET_KEY is not set"),
        ({"RAPPEN_SECRET_KEY": "kurz"}, "at least 40 random characters"),
        ({"RAPPEN_SECRET_KEY": "only-for-tests-" + "0" * 40}, "at least 40 random characters"),
        ({"RAPPEN_FIELD_KEYS": None}, "RAPPEN_FIELD_KEYS is not set"),
        ({"RAPPEN_FIELD_KEYS": "1:" + "00" * 32}, "no random key"),
        ({"RAPPEN_FIELD_KEYS": "1:abc"}, "32 bytes"),
        ({"RAPPEN_FIELD_KEYS": f"1:{KEY},1:{KEY}"}, "a name of its own"),
        ({"RAPPEN_CLOCK_AT": "2026-01-01T00:00:00+00:00"}, "test mode only"),
        ({"RAPPEN_PWNED_FILE": "/gibt/es/nicht"}, "RAPPEN_PWNED_FILE"),
        ({"DATABASE_URL": os.environ.get("DATABASE_OWNER_URL", "")}, "may see every client"),
    ],
)
def test_what_is_not_safe_does_not_start(more, told):
    """CRY-2"""
    done = run("-c", "import erp.wsgi", **more)
    assert done.returncode != 0 and told in done.stderr, done.stderr[-500:]


def test_nothing_in_the_environment_turns_debugging_on():
    done = run("-c", "import django; django.setup(); from django.conf import settings; print(settings.DEBUG)",
               DEBUG="1", DJANGO_DEBUG="1", RAPPEN_DEBUG="1",
               DJANGO_SETTINGS_MODULE="erp.settings")  # fmt: skip
    assert done.stdout.strip() == "False"
