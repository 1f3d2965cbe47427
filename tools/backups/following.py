"""Following the server (laufende Sicherung): its WAL as it is written, originals as they are added."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from tools.backups.folder import BackupFailed, Folder, now
from tools.backups.originals import Mirror
from tools.backups.source import SLOT, Source

#: What pg_receivewal says when the server has let go of what would follow, or goes another way since a restore.
_BEGIN_ANEW: Final = (
    "requested WAL segment",
    "requested starting point",
    "invalidated",
    "timeline",
)


class Follower:
    """Streams into a folder until it is told to stop, whatever becomes of the server meanwhile."""

    def __init__(
        self, folder: Folder, source: Source, var: Path, *, say: Callable[[str], None],
        note: Callable[[int], None],
    ) -> None:  # fmt: skip
        """``say`` is told what goes wrong; ``note``, each time all is well, by how many bytes it is behind."""
        self.folder, self.source, self.say, self.note = folder, source, say, note
        self.mirror = Mirror(var / "files", folder.files)
        self.stopped = False
        self._child: subprocess.Popen[str] | None = None

    def run(self, *, pause: float, base: Callable[[], None], base_after: dt.timedelta) -> None:
        """Go on until ``stop``. Each ``pause`` seconds originals are copied and the state is noted;
        ``base`` takes a base backup when the newest is older than ``base_after``."""
        self.folder.make()
        with self.folder.locked("following"):
            while not self.stopped:
                try:
                    self._stream()
                    for damaged in self.mirror.catch_up():
                        self.say(f"not copied, as its digest is another one: {damaged}")
                    self._tell()
                    self._base(base, base_after)
                except BackupFailed as refusal:
                    self.say(str(refusal))
                self._sleep(pause)
            self._end()
            self.mirror.catch_up()

    def stop(self) -> None:
        self.stopped = True

    def _sleep(self, pause: float) -> None:
        until = time.monotonic() + pause
        while not self.stopped and time.monotonic() < until:
            if self._child is not None and self._child.poll() is not None:
                time.sleep(min(1.0, pause))
                return
            time.sleep(0.1)

    def _stream(self) -> None:
        """See to it that pg_receivewal runs; where it cannot go on, begin a stream of its own."""
        if self._child is not None:
            if self._child.poll() is None:
                return
            assert self._child.stderr is not None
            told = self._child.stderr.read().strip()
            self._child = None
            self.say(f"the stream ended: {told[-400:]}")
            if any(words in told for words in _BEGIN_ANEW):
                self._begin_anew()
        self.source.run("pg_receivewal", "--slot", SLOT, "--create-slot", "--if-not-exists")
        self._child = subprocess.Popen(
            self.source.command("pg_receivewal", "--no-password", "--no-loop", "--synchronous",
                                "--slot", SLOT, "--directory", str(self.folder.wal)),
            env=self.source.environment(), text=True, stdout=sys.stderr, stderr=subprocess.PIPE,
        )  # fmt: skip
        time.sleep(0.3)

    def _begin_anew(self) -> None:
        """Put what was streamed aside, where older bases still find it, and follow from now on."""
        aside = self.folder.wal / f"until-{now():%Y%m%dT%H%M%SZ}"
        aside.mkdir(mode=0o700)
        for path in list(self.folder.wal.iterdir()):
            if path.is_file():
                path.rename(aside / path.name)
        self.source.ask(
            f"SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE slot_name = '{SLOT}'"
        )
        self.say("the server let go of WAL that was not streamed yet; a new base backup is needed")
        self._anew = True

    _anew = False

    def _tell(self) -> None:
        """Note that the stream is at work, and by how many bytes it is behind."""
        if self._child is None or self._child.poll() is not None:
            return
        behind = self.source.ask(
            "SELECT coalesce(max(pg_wal_lsn_diff(pg_current_wal_flush_lsn(), restart_lsn)), -1)::bigint"
            f" FROM pg_replication_slots WHERE slot_name = '{SLOT}' AND active"
        )[0][0]
        if behind >= 0:
            self.note(behind)

    def _base(self, base: Callable[[], None], after: dt.timedelta) -> None:
        newest = self.folder.generations()[-1:]
        if self._anew or not newest or now() - newest[0].usable_from > after:
            base()
            self._anew = False

    def _end(self) -> None:
        if self._child is not None and self._child.poll() is None:
            self._child.terminate()
            try:
                self._child.wait(timeout=20)
            except subprocess.TimeoutExpired:
                self._child.kill()


def drop_slot(source: Source) -> None:
    """Let a server go on without a backup that nobody follows any more."""
    source.ask(
        "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots"
        f" WHERE slot_name = '{SLOT}' AND NOT active"
    )
