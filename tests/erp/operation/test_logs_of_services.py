"""LOG-1 where requests, jobs and the database really write: nothing of persons or secrets stands there."""

from __future__ import annotations

import contextlib
import json
import re
import secrets
import time
import urllib.error
import urllib.request
from pathlib import Path

import psycopg
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

from erp.access.gate import operating
from erp.jobs.models import Job, State
from tests import make
from tests.erp.clients import site
from tests.erp.tokens.program import token_of
from tools.postgres import ADMIN, Postgres

#: What people type, told apart from all else by its looks.
SECRETS = {
    "name": "Zwahlen-Quaderer", "ahv": "756.9217.0769.85", "iban": "CH9300762011623852957",
    "amount": "91827.35", "password": "Geheimes-Kennwort-9911", "street": "Erfundene Gasse 77",
}  # fmt: skip


def call(address, body=None, **headers):
    request = urllib.request.Request(address, body, headers)  # noqa: S310 - our own
    with contextlib.suppress(urllib.error.HTTPError):
        urllib.request.urlopen(request, timeout=30).read()  # noqa: S310


def test_neither_web_nor_its_server_writes_what_people_typed(committed_db, tmp_path):
    with transaction.atomic():
        company = make.found()
        secret = token_of(make.owner_of(company), company, "ledger.read", "ledger.post", "contacts.read",
                          "contacts.change")[1]  # fmt: skip
    log = Path(tmp_path / "web.log")
    token = {"Authorization": f"Bearer {secret}", "Content-Type": "application/json"}
    with site.running(
        log, more=("--access-logfile", "-", "--access-logformat", "%(m)s %(U)s %(s)s")
    ) as (port, _web):
        start = f"http://127.0.0.1:{port}"
        api = f"{start}/api/v1/companies/{company.pk}"
        for path, body in (
            ("journal-entries/", {"date": "2026-03-31", "text": SECRETS["name"],
                                  "lines": [{"account": "6000", "debit": SECRETS["amount"]}]}),
            ("contacts/", {"kind": "person", "last_name": SECRETS["name"], "ahv": SECRETS["ahv"],
                           "bank_accounts": [{"iban": SECRETS["iban"]}]}),
            ("contacts/", {"kind": "person", "last_name": SECRETS["name"] * 200}),
        ):  # fmt: skip
            call(f"{api}/{path}", json.dumps(body).encode(), **token,
                 **{"Idempotency-Key": secrets.token_hex(8)})  # fmt: skip
        call(f"{api}/contacts/?search={SECRETS['name']}", **token)
        call(f"{api}/journal-entries/?nothing={SECRETS['iban']}", **token)
        call(f"{start}/accounts/login/", f"login=a@b.ch&password={SECRETS['password']}".encode())
        call(f"{start}/_allauth/app/v1/auth/login", json.dumps(
            {"email": f"{SECRETS['name']}@example.ch", "password": SECRETS["password"]}
        ).encode(), **{"Content-Type": "application/json"})  # fmt: skip
    written = log.read_text()
    assert "/accounts/login/" in written, "nothing was logged at all"
    for kind, text in {**SECRETS, "token": secret}.items():
        assert text not in written, kind


def test_a_worker_writes_nothing_of_what_it_works_on(committed_db, tmp_path):
    with transaction.atomic():
        company = make.found()
        secret = token_of(make.owner_of(company), company, "contacts.import")[1]
    told = "Vorname;Nachname;Strasse;PLZ;Ort;IBAN\nRosa;{name};{street};6460;Altdorf UR;{iban}\n"
    good, bad = told.format(**SECRETS), told.format(**SECRETS | {"iban": SECRETS["ahv"]})
    log, ended = tmp_path / "worker.log", []
    with (
        site.running(tmp_path / "web.log") as (port, _web),
        site.working(log, level="INFO"),
    ):
        for content in (good, bad):
            body = {
                "file": SimpleUploadedFile("adressen.csv", content.encode()),
                "background": "true",
            }
            call(f"http://127.0.0.1:{port}/api/v1/companies/{company.pk}/contact-imports/",
                 encode_multipart(BOUNDARY, body), Authorization=f"Bearer {secret}",
                 **{"Content-Type": MULTIPART_CONTENT, "Idempotency-Key": secrets.token_hex(8)})  # fmt: skip
        for _nth in range(240):
            with operating(str(company.pk)):
                ended = [one.state for one in Job.of(company).order_by("pk")
                         if one.state in {State.DONE, State.FAILED}]  # fmt: skip
            if len(ended) == 2:
                break
            time.sleep(0.25)
    assert ended == [State.DONE, State.FAILED]
    written = log.read_text()
    assert written.count("jobs.run") > 2, "nothing was logged at all"
    for kind, text in {**SECRETS, "token": secret}.items():
        assert text not in written, kind


def test_the_database_writes_no_values_of_rows(tmp_path_factory):
    place = Path(tmp_path_factory.mktemp("logged"))
    for folder in (place, *place.parents[:3]):
        folder.chmod(0o755)
    server = Postgres(place / "postgres", durable=False)
    server.start()
    try:
        with psycopg.connect(
            host=str(server.socket), user=ADMIN, dbname="postgres", autocommit=True
        ) as connection:
            connection.execute("CREATE TABLE people (name text PRIMARY KEY, born date)")
            for statement, values in (
                ("INSERT INTO people VALUES (%s)", [SECRETS["name"]]),
                ("INSERT INTO people VALUES (%s)", [SECRETS["name"]]),
                (f"INSERT INTO people VALUES ('{SECRETS['ahv']}'), ('{SECRETS['ahv']}')", None),
                (f"SELECT '{SECRETS['iban']}' FROM nowhere", None),
            ):
                with contextlib.suppress(psycopg.Error):
                    connection.execute(statement, values)  # type: ignore[arg-type]
    finally:
        server.stop()
    written = server.log.read_text()
    assert len(re.findall("duplicate key", written)) == 2 and "nowhere" in written
    for kind, text in SECRETS.items():
        assert text not in written, kind


@pytest.mark.parametrize("place", ["docs/operation.md", "deploy/compose.yaml"])
def test_operators_of_a_server_of_their_own_are_told_the_same(place):
    from tools.environment import ROOT
    from tools.postgres import OURS

    text = (ROOT / place).read_text(encoding="utf-8")
    for name in (
        "log_min_error_statement",
        "log_parameter_max_length_on_error",
        "log_error_verbosity",
    ):
        assert name in text and OURS[name] in text, name
