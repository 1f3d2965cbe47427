"""How an installation runs and is set up: told to those who run it, and truly."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from django.core.management import call_command
from django.db import connections, transaction
from django.test import Client

from erp.core import clock, records
from erp.jobs.models import Job
from erp.operation import installing, running, tenancy
from erp.operation.findings import State
from tests import make
from tools.valkey import Valkey

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path):
    settings.RAPPEN_VAR = tmp_path


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


def states(found):
    return {one.code: one.state for one in found}


def test_operators_alone_see_it_and_a_program_reads_the_same():
    boss, other = make.user(is_operator=True), make.user()
    page = signed_in(boss).get("/health/")
    assert page.status_code == 200 and "Zustand der Anlage" in page.content.decode()
    told = signed_in(boss).get("/api/v1/installation/health/").json()
    assert {one["code"] for one in told["findings"]} == {
        "database", "migrations", "queue", "workers", "jobs", "mails", "reference", "proofs", "backup",
        "restore", "space",
    }  # fmt: skip
    assert all(one["title"] in page.content.decode() for one in told["findings"])
    assert signed_in(other).get("/health/").status_code == 403
    assert signed_in(other).get("/api/v1/installation/health/").status_code == 403
    assert set(Client().get("/readyz").json()) == {"database", "queue"}


def test_it_costs_the_same_however_much_waits(django_assert_max_num_queries):
    company = make.company()
    by = make.owner_of(company)
    Job.unscoped.bulk_create(
        Job(company=company, kind="ledger.import", by=by, created_at=clock.now())
        for _nth in range(30)
    )
    with django_assert_max_num_queries(9):
        found = running.running()
    assert max(one.figures.get("waiting", 0) for one in found) == 30


def test_signs_of_life_proofs_and_backups_grow_old():
    found = states(running.running())
    assert (
        found["workers"] == found["proofs"] == found["backup"] == found["restore"] == State.WARNING
    )
    for name in (
        "alive",
        "verify_ledger",
        "verify_audit",
        "backup",
        "backup_follow",
        "restore_check",
    ):
        records.keep(name, sound=True, told={})
    found = states(running.running())
    assert found["workers"] == found["proofs"] == found["backup"] == found["restore"] == State.OK
    records.keep("backup_follow", sound=True, told={"behind_bytes": running.BEHIND + 10**6})
    assert running.backup().state == State.WARNING and "1001 MB" in running.backup().text
    with clock.at(clock.now() + dt.timedelta(days=2)):
        later = states([running.workers(), running.proofs(), running.backup(), running.restore()])
    assert later == {
        "workers": State.WARNING,
        "proofs": State.WARNING,
        "backup": State.FAULT,
        "restore": State.OK,
    }
    for name in ("verify_ledger", "restore_check"):
        records.keep(name, sound=False, told={"why": "Bruch"})
    assert (running.proofs().state, running.restore().state) == (State.FAULT, State.FAULT)
    records.keep("verify_ledger", sound=True, told={})
    assert running.proofs().state == State.OK
    records.keep("verify_all", sound=False, told={"broken": ["files"]})
    assert "verify_all" in running.proofs().text
    assert "Bruch" in running.restore().text


def test_what_waits_in_any_company_is_counted_and_not_named():
    company = make.company()
    Job.unscoped.create(company=company, kind="ledger.import", by=make.owner_of(company),
                        created_at=clock.now() - dt.timedelta(hours=1))  # fmt: skip
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT set_config('rappen.companies', '', true)")
    jobs = running.waiting()[0]
    assert (jobs.state, jobs.figures["waiting"]) == (State.WARNING, 1)
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT set_config('rappen.companies', %s, true)", [f"{{{company.pk}}}"])


def test_without_a_queue_books_are_kept_on_and_it_is_told(settings, tmp_path):
    """OPS-5, with a server that really stops."""
    company, server = make.company(), Valkey(tmp_path / "valkey")
    server.start()
    settings.CACHES = {"default": {**settings.CACHES["default"], "LOCATION": server.url}}
    assert running.queue().state == State.OK
    server.stop()
    entry = {"mode": "simple", "date": "2026-03-31", "text": "Miete", "debit": "6000", "credit": "1020",
             "amount": "5.00", "once": "q" * 32}  # fmt: skip
    client = signed_in(make.owner_of(company))
    assert (
        client.post(f"/c/{company.pk}/ledger/post/", {"entry": json.dumps(entry)}).status_code
        == 200
    )
    assert running.queue().state == State.WARNING
    assert Client().get("/readyz").json() == {"database": "ok", "queue": "away"}


def test_an_installation_is_checked_for_real(settings, capsys):
    found = installing.installed()
    state = states(found)
    wrong = [one for one in found if one.state != State.OK and one.code in {
        "tenancy", "queue_server", "data_folder", "pdf", "texts", "database", "migrations",
    }]  # fmt: skip
    assert wrong == []
    assert state["relay"] == State.WARNING
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9  # where nobody listens
    assert installing.relay().state == State.FAULT
    settings.RAPPEN_VAR = settings.RAPPEN_VAR / "gone"
    assert installing.data_folder().state == State.FAULT


def test_the_commands_end_as_monitoring_wants(capsys):
    with pytest.raises(SystemExit) as ended:
        call_command("health", "--format=json")
    told = json.loads(capsys.readouterr().out)
    assert ended.value.code == 1 and told["state"] == "warning"
    assert all(one["remedy"] for one in told["findings"] if one["state"] != "ok")


@pytest.mark.django_db(databases=["default", "owner"])
@pytest.mark.parametrize(
    ("deed", "told"),
    [
        ("ALTER TABLE erp_favourite NO FORCE ROW LEVEL SECURITY", "erp_favourite has no forced"),
        ("DROP POLICY erp_favourite_of_the_client ON erp_favourite", "erp_favourite has no policy"),
        ("GRANT TRUNCATE ON erp_favourite TO rappen_app", "erp_favourite grants TRUNCATE"),
        ("ALTER FUNCTION rappen_find_token(text) RESET search_path", "rappen_find_token"),
        ("CREATE TABLE extra (company_id bigint)", "extra has no forced"),
        (
            "CREATE POLICY also ON erp_favourite USING (true)",
            "erp_favourite: policy also asks for nothing",
        ),
        (
            "CREATE POLICY also ON accounting_journalentry FOR INSERT TO rappen_app WITH CHECK (true)",
            "accounting_journalentry: policy also asks for nothing",
        ),
        (
            "CREATE VIEW seen AS SELECT * FROM erp_favourite; GRANT SELECT ON seen TO rappen_app",
            "view seen",
        ),
        (
            "CREATE MATERIALIZED VIEW kept AS SELECT 1 AS one; GRANT SELECT ON kept TO rappen_readonly",
            "view kept",
        ),
        (
            "CREATE FUNCTION more() RETURNS int LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp"
            " AS 'SELECT 1'",
            "function more runs with its owner's rights",
        ),
        (
            "GRANT UPDATE ON erp_favourite TO rappen_readonly",
            "rappen_readonly may UPDATE erp_favourite",
        ),
    ],
)
def test_what_would_let_clients_see_each_other_is_found(deed, told, monkeypatch):
    owner = connections["owner"]
    monkeypatch.setattr(tenancy, "connection", owner)
    with transaction.atomic(using="owner"), owner.cursor() as cursor:
        cursor.execute("SET LOCAL lock_timeout = '2s'")
        cursor.execute(deed)
        (found,) = tenancy.of_catalogue()
        transaction.set_rollback(True, using="owner")
    assert told in found
