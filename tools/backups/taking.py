"""Taking a base backup (Grundsicherung)."""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tools.backups import wal
from tools.backups.folder import (
    ABOUT,
    FORMAT,
    BackupFailed,
    Folder,
    Generation,
    digest_of,
    now,
    sync,
    write,
)
from tools.backups.originals import Mirror, copy_anchors
from tools.backups.source import Source
from tools.postgres import binaries, in_english

_SERVER: Final = """
    SELECT current_setting('server_version_num')::int,
           (SELECT system_identifier::text FROM pg_control_system()),
           pg_size_bytes(current_setting('wal_segment_size'))
"""


@dataclass(frozen=True)
class Taken:
    """What was done: the new base, those let go, and originals that could not be copied."""

    generation: Generation
    let_go: list[str]
    damaged: list[str]


def take(
    folder: Folder, source: Source, var: Path, *, keep: int, program: str, companies: int | None
) -> Taken:
    """Write a base backup of the running server, and copy new originals of the data folder ``var``.

    ``companies`` says how many there were before, where that is known: as many come back at least.

    It counts once everything is on the disk and proven against its manifest; a kill before leaves
    nothing that counts. ``keep`` base backups stay. Raises ``BackupFailed``.
    """
    folder.make()
    with folder.locked("base"):
        folder.clear_leftovers()
        version, system, segment = source.ask(_SERVER)[0]
        for one in folder.generations():
            if one.told["system"] != system:
                raise BackupFailed(
                    f"{folder.path} holds backups of another database cluster. Give each a folder of its own."
                )
        began = now()
        scratch = folder.base / f".{began:%Y%m%dT%H%M%SZ}"
        scratch.mkdir(mode=0o700)
        copy_anchors(var, scratch / "anchors")  # before the rows, which are to hold them
        source.run("pg_basebackup", "--pgdata", str(scratch), "--format=tar", "--compress=client-gzip:1",
                   "--wal-method=stream", "--checkpoint=fast", "--manifest-checksums=SHA256",
                   f"--label=rappen {scratch.name[1:]}")  # fmt: skip
        usable_from = source.ask("SELECT clock_timestamp()")[0][0]
        damaged = Mirror(var / "files", folder.files).catch_up()  # after the rows, which name them
        ranges = json.loads((scratch / "backup_manifest").read_text())["WAL-Ranges"]
        if any(path.name[0].isdigit() and path.suffix == ".gz" for path in scratch.iterdir()):
            raise BackupFailed("the database has tablespaces, which are not backed up this way")
        _prove(scratch, version // 10000)
        told: dict[str, Any] = {
            "format": FORMAT, "program": program, "postgresql": version, "system": system,
            "began": began.isoformat(), "usable_from": usable_from.isoformat(),
            "segment_bytes": segment,
            "first_segment": _segment(ranges[0]["Timeline"], ranges[0]["Start-LSN"], segment),
            "last_segment": _segment(ranges[-1]["Timeline"], ranges[-1]["End-LSN"], segment),
            "end": ranges[-1]["End-LSN"], "companies": companies,
            "files": {
                str(path.relative_to(scratch)): {"sha256": digest_of(path), "bytes": path.stat().st_size}
                for path in sorted(scratch.rglob("*")) if path.is_file()
            },
        }  # fmt: skip
        write(scratch / ABOUT, told)
        sync(scratch)
        final = folder.base / scratch.name[1:]
        scratch.rename(final)
        sync(folder.base)
        return Taken(Generation(final, told), folder.prune(keep), damaged)


def _prove(scratch: Path, major: int) -> None:
    """Compare what was written with the manifest at once, where PostgreSQL's tool reads archives (18)."""
    if major < 18:
        return  # restore_check does, from what it has unpacked
    done = subprocess.run(
        [str(binaries(major) / "pg_verifybackup"), "--no-parse-wal", str(scratch)],
        capture_output=True, text=True, env=in_english(),
    )  # fmt: skip
    if done.returncode:
        raise BackupFailed(f"the backup is not what the server sent: {done.stderr.strip()[-800:]}")


def _segment(timeline: int, position: str, size: int) -> str:
    """The name of the WAL segment that holds a position."""
    return wal.name_of(timeline, wal.position(position) // size, size)
