"""Restoring (Rücksicherung): a cluster as it was at a moment, from a base backup and the WAL after it."""

from __future__ import annotations

import datetime as dt
import os
import shlex
import shutil
import subprocess
import tarfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tools.backups import wal
from tools.backups.folder import BackupFailed, Folder, Generation, Way
from tools.postgres import Postgres, PostgresFailed, as_nobody, binaries, in_english

#: What PostgreSQL says where nothing was committed after the moment that was asked for.
_NOTHING_LATER: Final = "recovery ended before configured recovery target was reached"
_PATIENCE: Final = 6 * 60 * 60  # seconds for replaying
_HBA: Final = "local all all trust\nlocal replication all trust\n"


@dataclass(frozen=True)
class Restored:
    """A running server with what was restored; ``last_commit`` is the last one it holds of what was
    replayed, None where nothing was; ``passed`` says whether a later one proves that none is missing."""

    server: Postgres
    generation: Generation
    last_commit: dt.datetime | None
    passed: bool


def restore(
    folder: Folder, home: Path, *, at: dt.datetime | None = None, durable: bool = True
) -> Restored:
    """Restore into the new folder ``home`` and start the server there, which takes connections on its
    socket alone. Without ``at`` all that was streamed is replayed. What is looked at and thrown away
    need not be ``durable``. Raises ``BackupFailed``."""
    way = folder.leading_to(at)
    generation = way.generation
    if damages := generation.damages():
        raise BackupFailed("the backup is damaged: " + "; ".join(damages))
    server = Postgres(home, durable=durable, major=generation.major, patience=_PATIENCE)
    if server.home.exists() and any(server.home.iterdir()):
        raise BackupFailed(f"{server.home} is not empty")
    server.home.mkdir(mode=0o700, parents=True, exist_ok=True)
    server.home.chmod(0o700)
    try:
        return _restored(way, server, at)
    except BaseException:
        server.stop()
        raise


def _restored(way: Way, server: Postgres, at: dt.datetime | None) -> Restored:
    generation = way.generation
    _unpack(generation, server.data)
    streamed = server.home / "wal"
    streamed.mkdir(mode=0o700)
    for name, path in way.pieces.items():
        wal.copy(path, streamed / name)
    (server.home / "restore.conf").write_text("")
    (server.home / "restore_hba.conf").write_text(_HBA)
    server.settings = {
        "config_file": str(server.home / "restore.conf"), "hba_file": str(server.home / "restore_hba.conf"),
        "listen_addresses": "", "hot_standby": "off", "archive_mode": "off", "shared_preload_libraries": "",
        "primary_conninfo": "", "ssl": "off", "log_min_messages": "warning",
        "restore_command": f"cp {shlex.quote(str(streamed)).replace('%', '%%')}/%f %p",
        "recovery_target_action": "promote", "lc_messages": "C",
        "recovery_target_timeline":
            "current" if way.timeline == generation.timeline else str(way.timeline),
    }  # fmt: skip
    if at is not None:
        server.settings["recovery_target_time"] = at.astimezone(dt.UTC).isoformat(sep=" ")
    (server.data / "recovery.signal").touch()
    if os.geteuid() == 0:
        subprocess.run(["chown", "-R", "nobody:", str(server.home)], check=True)
    passed = _recover(server)
    ((last, reached, block),) = server.sql(
        "SELECT pg_last_xact_replay_timestamp(), pg_last_wal_replay_lsn()::text,"
        " current_setting('wal_block_size')"
    )
    broken = "" if passed else wal.broken(
        {name: streamed / name for name in way.pieces}, timeline=way.timeline,
        ended=wal.position(str(reached)), size=generation.segment_bytes, block=int(str(block)),
    )  # fmt: skip
    if broken:
        raise BackupFailed(
            f"what was streamed breaks off after {last or generation.usable_from}: {broken}"
        )
    return Restored(server, generation, last, passed)  # type: ignore[arg-type]


def _unpack(generation: Generation, data: Path) -> None:
    data.mkdir(mode=0o700)
    for name, target in (("base.tar.gz", data), ("pg_wal.tar.gz", data / "pg_wal")):
        with tarfile.open(generation.path / name, "r:gz") as archive:
            archive.extractall(target, filter="data")
    shutil.copyfile(generation.path / "backup_manifest", data / "backup_manifest")
    proven = subprocess.run(
        [str(binaries(generation.major) / "pg_verifybackup"), str(data)],
        capture_output=True,
        text=True,
        env=in_english(),
    )
    if proven.returncode:
        raise BackupFailed(
            f"the backup is not what the server sent: {proven.stderr.strip()[-800:]}"
        )


def _recover(server: Postgres) -> bool:
    """Replay to the moment; whether something later was there that told where to stop."""
    passed = "recovery_target_time" in server.settings
    try:
        server.start()
    except PostgresFailed:
        log = server.log.read_text(errors="replace")
        if not passed or _NOTHING_LATER not in log:
            raise BackupFailed(f"PostgreSQL could not restore: {log[-800:]}") from None
        del server.settings["recovery_target_time"]
        try:
            server.start()
        except PostgresFailed as refusal:
            raise BackupFailed(f"PostgreSQL could not restore: {refusal}") from None
        passed = False
    for _ in range(_PATIENCE):
        if server.sql("SELECT NOT pg_is_in_recovery()") == [(True,)]:
            return passed
    raise BackupFailed("PostgreSQL did not end its recovery")


def settle(server: Postgres) -> None:
    """Stop a restored server and leave it as one that `make up` starts."""
    server.stop()
    for name, content in (("postgresql.conf", ""), ("pg_hba.conf", _HBA), ("pg_ident.conf", "")):
        if not (path := server.data / name).exists():
            path.write_text(content)
            path.chmod(0o600)
            if owner := as_nobody():
                os.chown(path, owner["user"], owner["group"])
    for name in ("restore.conf", "restore_hba.conf"):
        (server.home / name).unlink()
    shutil.rmtree(server.home / "wal")
