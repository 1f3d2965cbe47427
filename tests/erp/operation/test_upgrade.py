"""An upgrade while people post: nobody waits for longer than two seconds, and nothing is refused."""

from __future__ import annotations

import contextlib
import http.client
import json
import threading
import time
from pathlib import Path

import psycopg
import pytest
from django.db import connections, migrations, transaction
from django.db.migrations.state import ProjectState

from accounting.ledger.bulk import NewEntry, post_many
from accounting.ledger.lines import Line
from erp.core.gentle import constraint_unproven, index_concurrently, patiently, prove_constraint
from erp.core.tenancy import protect
from tests import make
from tests.erp.clients import site
from tests.erp.tokens.program import token_of
from tests.examples import DEEP
from tools import reload

ENTRIES = 50_000 if DEEP else 1_000  # of two lines each
LONGEST = 2.0  # seconds between two entries that were posted


def migration(name, *operations, atomic=True):
    return type(
        "Migration", (migrations.Migration,), {"operations": list(operations), "atomic": atomic}
    )(name, "erp")


#: What upgrades are made of.
UPGRADE = [
    migration("column", migrations.RunSQL(
        "ALTER TABLE accounting_journalentry ADD COLUMN upgraded text NOT NULL DEFAULT ''"
    )),
    migration("table", migrations.RunSQL(
        "CREATE TABLE erp_upgraded (id bigint GENERATED ALWAYS AS IDENTITY, company_id bigint NOT NULL"
        " REFERENCES erp_company (id), PRIMARY KEY (company_id, id))"
    ), protect("erp_upgraded")),
    migration("index", index_concurrently("upgraded_line_text", "accounting_entryline (company_id, text)"),
              atomic=False),
    migration("constraint", constraint_unproven(
        "accounting_entryline", "upgraded_text_is_short", "CHECK (length(text) < 10000)"
    )),
    migration("proof", prove_constraint("accounting_entryline", "upgraded_text_is_short")),
]  # fmt: skip
UNDO = """
    DROP TABLE IF EXISTS erp_upgraded;
    DROP INDEX IF EXISTS upgraded_line_text;
    ALTER TABLE accounting_entryline DROP CONSTRAINT IF EXISTS upgraded_text_is_short;
    ALTER TABLE accounting_journalentry DROP COLUMN IF EXISTS upgraded;
"""


class Posting(threading.Thread):
    """Somebody who posts twenty times a second, by HTTP, each time on a connection of its own."""

    def __init__(self, port, company, secret):
        super().__init__(daemon=True)
        self.port, self.company, self.secret = port, company, secret
        self.posted, self.refused, self.over = [], [], threading.Event()

    def run(self):
        body = json.dumps({"date": "2026-03-31", "text": "Miete", "lines": [
            {"account": "6000", "debit": "5.00"}, {"account": "1020", "credit": "5.00"},
        ]})  # fmt: skip
        number = 0
        while not self.over.is_set():
            number += 1
            began = time.monotonic()
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
            try:
                connection.request("POST", f"/api/v1/companies/{self.company}/journal-entries/", body, {
                    "Content-Type": "application/json", "Authorization": f"Bearer {self.secret}",
                    "Idempotency-Key": f"upgrade-{number:06}",
                })  # fmt: skip
                answer = connection.getresponse()
                told = answer.read()
                if answer.status == 201:
                    self.posted.append(time.monotonic())
                else:
                    self.refused.append((answer.status, told[:300]))
            except OSError as error:
                self.refused.append((0, repr(error)))
            finally:
                connection.close()
            time.sleep(max(0.0, 0.05 - (time.monotonic() - began)))

    def longest(self, since=0.0, until=float("inf")):
        """The longest time between two entries, of which the second was posted within a span."""
        gaps = [
            b - a for a, b in zip(self.posted, self.posted[1:], strict=False) if since < b <= until
        ]
        return max(gaps, default=0.0)


def applied(connection, one):
    def act():
        with connection.schema_editor(atomic=one.atomic) as editor:
            one.apply(ProjectState(), editor)

    patiently(connection, act, say=lambda _text: None)


@contextlib.contextmanager
def somebody_reads(seconds):
    """A report that holds its tables for some time, as one in a transaction does."""
    began = threading.Event()

    def read():
        with psycopg.connect(site.environment()["DATABASE_OWNER_URL"]) as reader:
            reader.execute(
                "SELECT count(*) FROM accounting_journalentry, accounting_entryline LIMIT 1"
            )
            began.set()
            time.sleep(seconds)

    reading = threading.Thread(target=read)
    reading.start()
    began.wait(10)
    yield
    reading.join()


@pytest.fixture
def books(committed_db):
    with transaction.atomic():
        company = make.found()
        owner = make.owner_of(company)
        secret = token_of(owner, company, "ledger.read", "ledger.post")[1]
        accounts = [make.account(company, number) for number in ("6000", "1020")]
        lines = [
            Line(accounts[0], debit=make.chf("5.00")),
            Line(accounts[1], credit=make.chf("5.00")),
        ]
        for _part in range(0, ENTRIES, 10_000):
            post_many(company=company, by=owner, entries=[
                NewEntry(date=make.MARCH_31, text="Miete", lines=lines) for _ in range(min(ENTRIES, 10_000))
            ])  # fmt: skip
    return company.pk, secret


def test_an_upgrade_holds_nobody_up(books, tmp_path, monkeypatch, capsys):
    company, secret = books
    monkeypatch.setenv("RAPPEN_VAR", str(tmp_path))
    monkeypatch.setattr(
        site, "environment", lambda plain=site.environment: plain() | {"RAPPEN_VAR": str(tmp_path)}
    )
    owner = connections["owner"]
    with site.running(Path(tmp_path / "web.log"), more=("--config", "python:erp.web.workers")) as (
        port,
        web,
    ):
        at_work = Posting(port, company, secret)
        at_work.start()
        try:
            for _ in range(300):
                if len(at_work.posted) > 5 or at_work.refused:
                    break
                time.sleep(0.1)
            time.sleep(2)
            changes = time.monotonic()
            with somebody_reads(3):  # longer than anybody may be held up
                for one in UPGRADE:
                    applied(owner, one)
            exchange, before = time.monotonic(), len(at_work.posted)
            old = reload.ready(web.pid)
            assert reload.main([str(web.pid)]) == 0, capsys.readouterr().err
            assert not reload.ready(web.pid) & old and reload.ready(web.pid)
            time.sleep(1)
        finally:
            at_work.over.set()
            at_work.join(timeout=30)
            with owner.cursor() as cursor:
                cursor.execute(UNDO)
    assert at_work.refused == []
    assert len(at_work.posted) > before + 5
    calm, changed = at_work.longest(until=changes), at_work.longest(changes, exchange)
    exchanged = at_work.longest(exchange)
    print(f"{len(at_work.posted)} posted; longest gaps: {calm:.2f} s before, {changed:.2f} s while the schema"
          f" changes, {exchanged:.2f} s while the program is exchanged")  # fmt: skip
    assert max(changed, exchanged) < (LONGEST if DEEP else max(LONGEST, 6 * calm)), (
        "a busy machine is slow before, too"
    )
