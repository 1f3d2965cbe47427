"""A real site for a real browser: gunicorn, a Celery worker, demo books, Chromium.

Each worker has a site of its own: a database, a queue and a folder of data. The demo books are
made once. Tests of one file follow each other on one worker; pages that are only looked at go
wherever a worker is free.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.conf import settings
from playwright.sync_api import (
    Browser,
    Page,
    Playwright,
    Response,
    TimeoutError,
    expect,
    sync_playwright,
)

PATIENCE = 20_000  # milliseconds; several browsers share the cores of a small machine
expect.set_options(timeout=PATIENCE)
ROOT = Path(__file__).resolve().parent.parent.parent
HERE = Path(__file__).resolve().parent
#: What only looks, at one page, and takes long together.
ANYWHERE = "test_a_page_opens_fits_is_accessible_and_has_help"
EMAIL, PASSWORD = "demo@rappen.example", "Buchhaltung-macht-Freude"
WIDE, NARROW = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
QUIET = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--disable-quic",
         "--no-first-run", "--disable-background-networking", "--disable-component-update",
         "--disable-sync"]  # fmt: skip


def code_of(seed: str) -> str:
    """What an authenticator app shows for a seed right now."""
    return format_hotp_value(hotp_value(seed, int(time.time()) // 30))


@pytest.hookimpl(tryfirst=True)  # before xdist reads the groups
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.parent == HERE and not item.name.startswith(ANYWHERE):
            item.add_marker(pytest.mark.xdist_group(item.path.stem))


class Site:
    """The running program: its address, and its commands for looking behind the pages."""

    def __init__(self, port: int) -> None:
        self.url = f"http://localhost:{port}"

    def manage(self, *arguments: str, **environment: str) -> str:
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments], cwd=ROOT, capture_output=True, text=True,
            env={**os.environ, **environment},
        )  # fmt: skip
        assert done.returncode == 0, done.stderr or done.stdout
        return done.stdout


@pytest.fixture(scope="session")
def own_books() -> None:
    """Demo books for this worker, and an environment of which all that it starts knows them."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "gw0")
    var, address = Path(os.environ["RAPPEN_VAR"]), os.environ["DATABASE_OWNER_URL"]
    queue = f"{os.environ['REDIS_URL'].rpartition('/')[0]}/{int(worker.removeprefix('gw')) % 16}"
    with (
        (var / "demo.lock").open("w") as lock,
        psycopg.connect(address.replace("/rappen?", "/postgres?"), autocommit=True) as owner,
    ):
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not owner.execute("SELECT 1 FROM pg_database WHERE datname = 'demo'").fetchone():
            owner.execute("CREATE DATABASE demo TEMPLATE rappen")
            _know("demo", var / "demo", queue)
            (var / "demo").mkdir()
            Site(0).manage("seed_demo")
        owner.execute(f"CREATE DATABASE {worker} TEMPLATE demo")
    shutil.copytree(var / "demo", var / worker)
    _know(worker, var / worker, queue)


def _know(database: str, var: Path, queue: str) -> None:
    for name in ("DATABASE_URL", "DATABASE_OWNER_URL"):
        address, mark, options = os.environ[name].partition("?")
        os.environ[name] = f"{address.rpartition('/')[0]}/{database}{mark}{options}"
    os.environ |= {"RAPPEN_VAR": str(var), "REDIS_URL": queue}


@pytest.fixture(scope="session")
def site(own_books: None) -> Iterator[Site]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    found = Site(port)
    log = Path(os.environ["RAPPEN_VAR"]) / "web.log"
    with log.open("w") as out:
        web = subprocess.Popen(
            [str(Path(sys.executable).with_name("gunicorn")), "tests.e2e.counted", "--bind",
             f"127.0.0.1:{port}", "--workers", "1", "--threads", "4", "--no-control-socket"],
            cwd=ROOT, stdout=out, stderr=out,
            env={**os.environ, "RAPPEN_MAIL_KINDS": "tests.erp.mails.kinds"},
        )  # fmt: skip
    try:
        for _ in range(150):
            try:
                urllib.request.urlopen(found.url + "/healthz", timeout=1).read()
                break
            except OSError:
                assert web.poll() is None, log.read_text()
                time.sleep(0.1)
        yield found
        assert "Traceback" not in log.read_text(), log.read_text()
    finally:
        web.terminate()
        web.wait(timeout=20)


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as found:
        yield found


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        pytest.skip("no Chromium on this machine; `make setup-dev` as root installs it")
    found = playwright.chromium.launch(executable_path=chromium, args=QUIET)
    yield found
    found.close()


class Entrance:
    """Signs a user of the demo in by the page, and again before a step-up would be asked for."""

    FRESH = 180  # seconds; tests that act on what is sensitive have the rest of five minutes

    def __init__(self, browser: Browser, site: Site, email: str = EMAIL) -> None:
        self.browser, self.site, self.email = browser, site, email
        self.state: Any = None
        self.since = 0.0

    def session(self) -> Any:
        if self.state is None or time.monotonic() - self.since > self.FRESH:
            self.state, self.since = self._sign_in(), time.monotonic()
        return self.state

    def _sign_in(self) -> Any:
        context = self.browser.new_context(locale="de-CH")
        page = context.new_page()
        page.goto(self.site.url)
        page.fill("#id_login", self.email)
        page.fill("#id_password", PASSWORD)
        page.keyboard.press("Enter")
        for attempt in range(3):  # a code is good once, and may go out of date on the way
            page.fill("#id_code", code_of(settings.DEMO_SIGN_IN["seed"]))
            page.keyboard.press("Enter")
            try:
                page.wait_for_url(self.site.url + "/", timeout=10_000)
                break
            except TimeoutError:
                if attempt == 2:
                    raise
                time.sleep(30 - time.time() % 30)
        state = context.storage_state()
        context.close()
        return state


@pytest.fixture(scope="session")
def entrance(browser: Browser, site: Site) -> Entrance:
    return Entrance(browser, site)


@pytest.fixture
def signed_in(entrance: Entrance) -> Any:
    """The session of somebody who signed in by the page, minutes ago at most."""
    return entrance.session()


class Watched:
    """A page whose script errors, console errors and failed answers are kept."""

    def __init__(self, page: Page, site: Site) -> None:
        self.page, self.site = page, site
        self.faults: list[str] = []
        self.answer: Response | None = None
        page.on("pageerror", lambda error: self.faults.append(f"script: {error}"))
        page.on("console", self._note)
        page.on("response", lambda r: r.status >= 500 and self.faults.append(f"{r.status} {r.url}"))

    def _note(self, message: Any) -> None:
        """Chromium notes each refusal (HTTP 422) as an error; to us it is an answer."""
        if message.type == "error" and "status of 422" not in message.text:
            self.faults.append(f"console: {message.text}")

    def goto(self, path: str) -> Page:
        self.answer = self.page.goto(self.site.url + path)
        return self.page

    @property
    def statements(self) -> int:
        """How many statements the page that was gone to last has asked the database."""
        assert self.answer is not None
        return int(self.answer.headers["x-statements"])  # as counted.py says it


@pytest.fixture
def opened(browser: Browser, signed_in: Any, site: Site) -> Iterator[Any]:
    """Pages of a signed-in user; the test fails when any of them reports an error."""
    made: list[tuple[Any, Watched]] = []

    def new(viewport: dict[str, int] = WIDE, **more: Any) -> Watched:
        context = browser.new_context(
            storage_state=signed_in, viewport=viewport, locale="de-CH", **more
        )
        context.set_default_timeout(PATIENCE)
        watched = Watched(context.new_page(), site)
        made.append((context, watched))
        return watched

    yield new
    faults = [fault for _context, watched in made for fault in watched.faults]
    for context, _watched in made:
        context.close()
    assert not faults, faults


@pytest.fixture(scope="session")
def gallery(browser: Browser, entrance: Entrance, site: Site) -> Iterator[Any]:
    """One page to look at many with, of a signed-in user: styles and scripts are fetched once."""
    held: dict[str, Any] = {}

    def look() -> Watched:
        state = entrance.session()
        if held.get("state") is not state:
            if "context" in held:
                held["context"].close()
            context = browser.new_context(storage_state=state, viewport=WIDE, locale="de-CH")
            context.set_default_timeout(PATIENCE)
            held.update(state=state, context=context, watched=Watched(context.new_page(), site))
        watched: Watched = held["watched"]
        watched.faults.clear()
        return watched

    yield look
    if "context" in held:
        held["context"].close()


@pytest.fixture
def wide(opened: Any) -> Watched:
    return opened()
