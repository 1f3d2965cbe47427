"""Backups of a real cluster: restored to a moment, proven, and found out when they are damaged."""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from tests.examples import one_of_today, turn
from tools import migrated, restore
from tools.backups import wal
from tools.backups.folder import BackupFailed, Folder
from tools.backups.following import drop_slot
from tools.backups.restoring import restore as restored
from tools.backups.source import SLOT, Source
from tools.environment import ROOT
from tools.postgres import BACKUP, OWNER, RUNTIME, Postgres

FROM_THE_TESTS = ("PYTEST_XDIST_WORKER",)


class Installation:
    """A cluster of its own with books, followed by a backup."""

    def __init__(self, place: Path) -> None:
        self.place, self.var = place, place / "var"
        self.var.mkdir()
        self.folder = Folder(place / "backups")
        self.server = Postgres(place / "postgres", durable=False)
        self.bookkeeper: subprocess.Popen[str] | None = None
        self.environment = {
            **{name: value for name, value in os.environ.items() if name not in FROM_THE_TESTS},
            "RAPPEN_MODE": "test", "RAPPEN_VAR": str(self.var), "DJANGO_SETTINGS_MODULE": "erp.settings",
            "DATABASE_URL": self.server.url(RUNTIME, "rappen"),
            "DATABASE_OWNER_URL": self.server.url(OWNER, "rappen"),
            "RAPPEN_BACKUP_URL": self.server.url(BACKUP, "postgres"),
            "RAPPEN_BACKUP": str(self.folder.path),
        }  # fmt: skip
        migrated.start(self.server, self.environment)

    def python(self, *command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([sys.executable, *command], cwd=ROOT, env=self.environment, text=True,
                              capture_output=True)  # fmt: skip

    def books(self, act: str, count: int) -> dt.datetime:
        """The moment after the last entry."""
        if self.bookkeeper is None:
            self.bookkeeper = subprocess.Popen(
                [sys.executable, "-m", "tests.erp.operation.books"], cwd=ROOT, env=self.environment,
                text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=1,
            )  # fmt: skip
        self.bookkeeper.stdin.write(f"{act} {count}\n")
        return dt.datetime.fromisoformat(self.bookkeeper.stdout.readline().strip())

    def follow(self) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "manage.py", "backup_follow", "--pause=1"], cwd=ROOT, env=self.environment,
            text=True, stderr=subprocess.PIPE, start_new_session=True,
        )  # fmt: skip

    def caught_up(self, server: Postgres | None = None) -> None:
        """Wait until all that is written has been streamed."""
        for _ in range(100):
            if (server or self.server).sql(
                "SELECT flush_lsn >= pg_current_wal_flush_lsn() FROM pg_stat_replication"
                " WHERE application_name = 'pg_receivewal'"
            ) == [(True,)]:
                return
            time.sleep(0.1)
        raise AssertionError("the stream does not catch up")


@pytest.fixture(scope="module")
def saved():
    """Three entries, a base backup, two more, a moment, three more; each is streamed."""
    place = Path(tempfile.mkdtemp(prefix="rappen-backup-"))
    place.chmod(0o755)
    installation = Installation(place)
    follower = None
    try:
        installation.books("found", 3)
        stray = [installation.folder.base / "foreign" / "backup.json"]
        stray += [company / "notes.txt" for company in (installation.var / "files").iterdir()]
        for path in stray:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("{}")
        follower = installation.follow()
        for _ in range(200):
            if installation.folder.base.is_dir() and installation.folder.generations():
                break
            assert follower.poll() is None, follower.stderr.read()
            time.sleep(0.1)
        installation.moment = installation.books("post", 2)
        installation.books("post", 3)
        installation.server.sql("SELECT pg_switch_wal()")
        installation.books("post", 1)
        installation.server.sql("SELECT pg_switch_wal()")
        installation.caught_up()
        follower.send_signal(signal.SIGTERM)
        assert follower.wait(timeout=30) == 0
        installation.bookkeeper.communicate()
        for path in stray:
            path.unlink()
        followed = json.loads((installation.var / "operation" / "backup_follow.json").read_text())
        assert followed["sound"] and followed["told"]["behind_bytes"] >= 0
        yield installation
    finally:
        if installation.bookkeeper is not None:
            installation.bookkeeper.kill()
        if follower is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(follower.pid, signal.SIGKILL)
        installation.server.stop()
        shutil.rmtree(place, ignore_errors=True)


def test_a_moment_comes_back_and_is_proven(saved):
    """OPS-2: of what was posted before the moment nothing is missing, and nothing later is there."""
    done = saved.python(
        "manage.py", "restore_check", "--at", saved.moment.isoformat(), "--format=json"
    )
    told = json.loads(done.stdout)
    assert done.returncode == 0 and told["sound"] and told["passed"], (told, done.stderr[-2000:])
    counts = {one["proof"]: one["count"] for one in told["proofs"]}
    assert counts["ledger"] == 5 and counts["files"] == 1 and counts["tenancy"] == 1
    assert set(counts) == {"tenancy", "seeds", "ledger", "audit", "trial_balance", "files", "keys"}
    assert (
        saved.moment - dt.timedelta(seconds=5)
        < dt.datetime.fromisoformat(told["last_commit"])
        <= saved.moment
    )
    kept = json.loads((saved.var / "operation" / "restore_check.json").read_text())
    assert kept["sound"] and kept["told"]["base"] == told["base"]
    assert list((saved.var / "scratch").iterdir()) == []


def test_what_was_saved_comes_back_as_an_installation_and_the_same_folder_goes_on(saved, capsys):
    """Neither way's base backups and WAL are let go while a base needs them, and each moment has its way."""
    place = Path(tempfile.mkdtemp(prefix="rappen-ways-"))
    place.chmod(0o755)
    folder, into = Folder(place / "backups"), place / "var"
    shutil.copytree(saved.folder.path, folder.path)
    left = dt.datetime.now(dt.UTC)
    server, follower = Postgres(into / "postgres", durable=False), None

    try:
        moment = saved.moment.isoformat()
        assert restore.main([str(folder.path), "--into", str(into), "--at", moment]) == 0
        assert [path.read_bytes() for path in (into / "files").rglob("*") if path.is_file()] == [
            b"%PDF-1.4 saved"
        ]
        assert restore.main([str(folder.path), "--into", str(into)]) == 1
        assert "is not empty" in capsys.readouterr().err
        server.start()
        server.sql("CREATE TABLE onward (number int)", database="rappen")
        follower = subprocess.Popen(
            [sys.executable, "manage.py", "backup_follow", str(folder.path), "--pause=1", "--keep=7"],
            cwd=ROOT, start_new_session=True,
            env={**saved.environment, "RAPPEN_VAR": str(into),
                 "RAPPEN_BACKUP_URL": server.url(BACKUP, "postgres")},
        )  # fmt: skip
        for _ in range(400):
            if len(folder.generations()) > 1 and folder.reaches_back():
                break
            assert follower.poll() is None
            time.sleep(0.1)
        for _ in range(2):
            server.sql("INSERT INTO onward VALUES (1)", database="rappen")
            server.sql("SELECT pg_switch_wal()")
        saved.caught_up(server)
        follower.send_signal(signal.SIGTERM)
        assert follower.wait(timeout=30) == 0
        old, new = folder.generations()
        assert (old.timeline, new.timeline) == (1, 2) and new.first < old.last + 4
        way = folder.leading_to(left)
        assert (way.generation, way.timeline) == (old, 1)
        assert {name[:8] for name in way.pieces if len(name) == 24} == {"00000001"}
        kept = {p.name for p in folder.path.glob("wal*/*")}
        assert folder.prune(2) == [] and {p.name for p in folder.path.glob("wal*/*")} == kept
        assert folder.prune(1) == [old.name]
        assert not list(folder.path.glob("wal-until-*/" + "?" * 24))
        again = restored(folder, place / "again", durable=False)
        try:
            counts = "SELECT (SELECT count(*) FROM onward), (SELECT count(*) FROM accounting_journalentry)"
            assert again.server.sql(counts, database="rappen") == [(2, 5)]
        finally:
            again.server.stop()
    finally:
        if follower is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(follower.pid, signal.SIGKILL)
        server.stop()
        shutil.rmtree(place)


def test_before_the_first_backup_there_is_nothing(saved, tmp_path):
    with pytest.raises(BackupFailed, match="leads to moments from"):
        saved.folder.leading_to(saved.moment - dt.timedelta(days=1))
    with pytest.raises(BackupFailed, match="holds no backup"):
        Folder(tmp_path).leading_to()


@pytest.mark.parametrize(
    ("hurt", "told"),
    one_of_today(
        [("base", "not as it was written"), ("segment", "damaged"), ("gap", "is missing")]
    ),
)
def test_what_is_damaged_is_found(saved, hurt, told):
    place = Path(tempfile.mkdtemp(prefix="rappen-damaged-"))
    place.chmod(0o755)
    try:
        folder = Folder(place / "backups")
        shutil.copytree(saved.folder.path, folder.path)
        generation = folder.generations()[-1]
        whole = [path for name, path in folder.write_ahead() if name > generation.last_segment]
        assert len(whole) >= 2
        victim = generation.path / "base.tar.gz" if hurt == "base" else whole[-2]
        if hurt == "gap":
            victim.unlink()
        else:
            with victim.open("r+b") as file:
                file.seek(1000)
                file.write(b"damaged")
        with pytest.raises(BackupFailed, match=told):
            restored(folder, place / "postgres", durable=False)
    finally:
        shutil.rmtree(place)


def test_a_killed_backup_counts_for_nothing_and_the_next_one_clears_up(saved):
    before = [one.name for one in saved.folder.generations()]
    killed = subprocess.Popen([sys.executable, "manage.py", "backup"], cwd=ROOT, env=saved.environment,
                              start_new_session=True)  # fmt: skip
    while not list(saved.folder.base.glob(".*/base.tar.gz")):
        assert killed.poll() is None
        time.sleep(0.01)
    os.killpg(killed.pid, signal.SIGKILL)
    killed.wait()
    assert [one.name for one in saved.folder.generations()] == before
    assert list(saved.folder.base.glob(".*"))
    done = saved.python("manage.py", "backup", "--keep=1")
    assert done.returncode == 0, done.stderr
    (only,) = saved.folder.generations()
    assert only.name not in before and list(saved.folder.base.glob(".*")) == []
    assert not [n for n, _path in saved.folder.write_ahead() if n < only.first_segment]


def test_a_base_is_due_where_the_stream_does_not_lead_on_from_it(tmp_path):
    folder = Folder(tmp_path)
    folder.make()
    base = folder.base / "20261127T021500Z"
    base.mkdir()
    (base / "backup.json").write_text(json.dumps({
        "format": 1, "system": "1", "postgresql": 180006, "usable_from": "2026-11-27T02:16:00+00:00",
        "segment_bytes": 16 << 20, "first_segment": "0000000100000000000000FE", "end": "1/128",
        "last_segment": "000000010000000100000000", "files": {},
    }))  # fmt: skip
    assert folder.reaches_back()  # nothing is streamed yet
    names = ["0000000100000000000000FF", "000000010000000100000000", "000000010000000100000001",
             "000000010000000100000002.partial"]  # fmt: skip
    for name in names:
        (folder.wal / name).touch()
    assert folder.reaches_back()
    (folder.wal / names[2]).unlink()
    assert not folder.reaches_back()
    wal.put_aside(folder.path, dt.datetime.now(dt.UTC))
    assert not folder.reaches_back() and folder.leading_to().generation.path == base
    (folder.wal / "000000020000000100000002").touch()
    with pytest.raises(BackupFailed, match="another way"):
        folder.leading_to()
    (folder.wal / "00000002.history").write_text("1\t1/2000100\tno recovery target specified\n")
    assert folder.leading_to().timeline == 2


@turn(1)
def test_another_cluster_gets_a_folder_of_its_own(saved, tmp_path):
    about = saved.folder.generations()[-1].path / "backup.json"
    told = about.read_text()
    about.write_text(json.dumps({**json.loads(told), "system": "1"}))
    try:
        done = saved.python("manage.py", "backup")
        assert done.returncode == 1 and "another database cluster" in done.stderr
        about.write_text("{")
        done = saved.python("manage.py", "restore_check")
        assert done.returncode == 1 and "does not say what it is" in done.stdout
        kept = json.loads((saved.var / "operation" / "restore_check.json").read_text())
        assert not kept["sound"] and "does not say what it is" in kept["told"]["why"]
    finally:
        about.write_text(told)


def test_a_server_that_nobody_backs_up_any_more_keeps_no_wal_for_it(saved):
    slots = "SELECT slot_name FROM pg_replication_slots"
    assert saved.server.sql(slots) == [(SLOT,)]
    drop_slot(Source(saved.environment["RAPPEN_BACKUP_URL"]))
    assert saved.server.sql(slots) == []
