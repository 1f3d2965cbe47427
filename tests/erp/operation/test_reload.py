"""A new program whose addresses do not load leaves the web server as it was, and the reload says so."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from erp.web import workers
from tests.examples import turn
from tools import reload
from tools.environment import ROOT

APP = """
from django.conf import settings
from django.core.wsgi import get_wsgi_application
settings.configure(ROOT_URLCONF="addresses", SECRET_KEY="x", ALLOWED_HOSTS=["*"])
application = get_wsgi_application()
"""
ADDRESSES = """
from django.http import HttpResponse
from django.urls import path
urlpatterns = [path("", lambda request: HttpResponse("yes"))]
"""


@pytest.fixture
def server(tmp_path, monkeypatch):
    """Gunicorn with a small program; its process and how to ask it."""
    monkeypatch.setenv("RAPPEN_VAR", str(tmp_path / "var"))
    (tmp_path / "smallest.py").write_text(APP)
    (tmp_path / "addresses.py").write_text(ADDRESSES)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with (tmp_path / "log").open("w") as log:
        web = subprocess.Popen(
            [str(Path(sys.executable).with_name("gunicorn")), "smallest", "--bind", f"127.0.0.1:{port}",
             "--worker-class", "gthread", "--no-control-socket", "--config", "python:erp.web.workers"],
            cwd=tmp_path, stdout=log, stderr=log,
            env=os.environ | {"PYTHONPATH": f"{ROOT}:{tmp_path}", "PYTHONDONTWRITEBYTECODE": "1"},
        )  # fmt: skip
    try:
        end = time.monotonic() + 30
        while not workers.ready(web.pid) and time.monotonic() < end:
            time.sleep(0.05)
        yield web, lambda: urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5).read()
    finally:
        web.terminate()
        web.wait(timeout=20)


@turn(2)
def test_addresses_that_break_leave_the_old_program_at_work(server, tmp_path, monkeypatch, capsys):
    web, asked = server
    assert asked() == b"yes"
    (tmp_path / "addresses.py").write_text("raise RuntimeError('a fault in the new version')")
    monkeypatch.setattr(reload, "TRIAL", reload.TRIAL.replace("erp.wsgi", "smallest"))
    old = workers.ready(web.pid)
    assert reload.main([str(web.pid)]) == 1
    assert "does not load; the old one goes on" in capsys.readouterr().err
    assert "takes no requests" not in (tmp_path / "log").read_text()

    monkeypatch.setattr(reload, "TRIAL", "")  # what only shows in the workers themselves
    monkeypatch.setattr(reload, "READY_WITHIN", 3)
    assert reload.main([str(web.pid)]) == 1
    assert "the old ones go on beside them" in capsys.readouterr().err
    assert "takes no requests" in (tmp_path / "log").read_text()
    assert web.poll() is None and workers.ready(web.pid) == old
    assert [asked() for _nth in range(5)] == [b"yes"] * 5

    monkeypatch.setattr(reload, "ready", lambda _server: old)  # it ends while the tool waits
    web.kill()
    assert reload.main([str(web.pid)]) == 1
    assert "nobody answers" in capsys.readouterr().err
