"""Following the server (laufende Sicherung): its WAL as it is written, originals as they are added."""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from tools.backups import wal
from tools.backups.folder import CAUGHT_UP, BackupFailed, Folder, now, write
from tools.backups.originals import Mirror
from tools.backups.source import SLOT, Source
from tools.postgres import PostgresFailed

#: What pg_receivewal says in English when the server has let go of what would follow, or is behind it.
_BEGIN_ANEW: Final = (
    "requested WAL segment",
    "requested starting point",
    "invalidated",
    "timeline",
)
#: A stream that ends sooner did not begin, in seconds.
_AT_ONCE: Final = 10
#: After a base backup that did not help the next try waits so long, in seconds, then twice as long, and so on.
_TRY_AGAIN, _LONGEST = 60, 60 * 60
#: So long originals are copied after the stream has ended, in seconds.
_AT_THE_END: Final = 5
_SERVER: Final = """
    SELECT (SELECT system_identifier::text FROM pg_control_system()),
           pg_walfile_name(pg_current_wal_flush_lsn())
"""


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
        self.mirror.halt = lambda: self.stopped
        self._child: subprocess.Popen[str] | None = None
        self._began = 0.0
        self._vain = 0
        self._taking: subprocess.Popen[str] | None = None
        self._wait, self._not_before = 0.0, 0.0
        self._known: set[str] = set()

    def run(
        self, *, pause: float, base: Callable[[], subprocess.Popen[str]], base_after: dt.timedelta
    ) -> None:
        """Go on until ``stop``. Each ``pause`` seconds originals are copied and the state is noted;
        ``base`` begins a base backup when the newest is older than ``base_after``, or nothing leads on
        from it. Whatever fails is told and tried again."""
        self.folder.make()
        with self.folder.locked("following"):
            self._clear_leftovers()
            try:
                while not self.stopped:
                    for step in (
                        self._stream,
                        self._copy,
                        self._tell,
                        lambda: self._base(base, base_after),
                    ):
                        try:
                            step()
                        except (
                            BackupFailed,
                            PostgresFailed,
                            OSError,
                            ValueError,
                            LookupError,
                        ) as trouble:
                            self.say(str(trouble) or repr(trouble))
                    self._sleep(pause)
            finally:
                self._end()
            until = time.monotonic() + _AT_THE_END
            self.mirror.halt = lambda: time.monotonic() > until
            with contextlib.suppress(OSError):
                self._copy()  # what the rows name that were streamed last

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
            self._vain = self._vain + 1 if time.monotonic() - self._began < _AT_ONCE else 0
            self.say(f"the stream ended: {told[-400:]}")
            if any(words in told for words in _BEGIN_ANEW) or (self._vain > 1 and self._let_go()):
                self._begin_anew("the server let go of WAL that was not streamed yet")
        if why := self._elsewhere():
            self._begin_anew(why)
        self.folder.make()
        self.source.run("pg_receivewal", "--slot", SLOT, "--create-slot", "--if-not-exists")
        self._began = time.monotonic()
        self._child = subprocess.Popen(
            self.source.command("pg_receivewal", "--no-password", "--no-loop", "--synchronous",
                                "--slot", SLOT, "--directory", str(self.folder.wal)),
            env=self.source.environment(), text=True, stdout=sys.stderr, stderr=subprocess.PIPE,
        )  # fmt: skip
        time.sleep(0.3)

    def _elsewhere(self) -> str:
        """Why what the server writes does not follow what lies in ``wal/``, or blank.

        Raises ``BackupFailed`` where it is another cluster altogether.
        """
        ((system, writes),) = self.source.ask(_SERVER)
        if any(one.told["system"] != system for one in self.folder.generations()):
            raise BackupFailed(
                f"{self.folder.path} holds backups of another database cluster. Give each a folder of its own."
            )
        place = wal.Place(self.folder.wal)
        if not (segments := place.segments()):
            return ""
        if segments[-1][:8] != writes[:8]:
            return f"the server goes on along timeline {int(writes[:8], 16)}, as after a restore"
        history = place.pieces().get(f"{writes[:8]}.history")
        if history and history.read_text() != self.source.history(int(writes[:8], 16)):
            return f"the server came another way to timeline {int(writes[:8], 16)}"
        return "the server was set back" if segments[-1] > writes and len(segments) > 1 and (
            segments[-2] > writes) else ""  # fmt: skip

    def _let_go(self) -> bool:
        """Whether the server may have let go of what would be streamed next, in whatever language it speaks."""
        size = int(
            self.source.ask("SELECT pg_size_bytes(current_setting('wal_segment_size'))")[0][0]
        )
        slot = self.source.ask(
            "SELECT coalesce(wal_status = 'lost', false),"
            " (coalesce(restart_lsn, (SELECT redo_lsn FROM pg_control_checkpoint())) - '0/0')::bigint"
            f" FROM pg_replication_slots WHERE slot_name = '{SLOT}' AND NOT active"
        )
        pieces = wal.Place(self.folder.wal).pieces()
        segments = wal.Place(self.folder.wal).segments()
        if not slot or not segments:
            return bool(slot and slot[0][0])
        whole = pieces[segments[-1]].suffix != ".partial"
        return bool(slot[0][0]) or wal.number(segments[-1], size) + whole < slot[0][1] // size

    def _begin_anew(self, why: str) -> None:
        """Put what was streamed aside, where older bases still find it, and follow from now on."""
        self.source.ask(
            f"SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE slot_name = '{SLOT}'"
        )
        wal.put_aside(self.folder.path, self.source.ask("SELECT clock_timestamp()")[0][0])
        self._vain = 0
        self.say(f"{why}; a new base backup is needed")

    def _copy(self) -> None:
        """Copy new originals; what is told once is not told again before it is well."""
        began = now()
        troubles = set(self.mirror.catch_up())
        if self.mirror.halt():
            return
        for one in sorted(troubles - self._known):
            self.say(f"not copied: {one}")
        self._known = troubles
        write(self.folder.path / CAUGHT_UP, {"at": began.isoformat(), "troubles": len(troubles)})

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

    def _base(self, base: Callable[[], subprocess.Popen[str]], after: dt.timedelta) -> None:
        """See to it that a base backup is taken where one is due, while everything else goes on."""
        if self._taking is not None:
            if self._taking.poll() is None:
                return
            self._taking = None
            self._wait = min(max(_TRY_AGAIN, 2 * self._wait), _LONGEST)
            self._not_before = time.monotonic() + self._wait
        if self.stopped or self._child is None or time.monotonic() < self._not_before:
            return
        newest = self.folder.generations()[-1:]
        if not newest or now() - newest[0].usable_from > after or not self.folder.reaches_back():
            self._taking = base()
        else:
            self._wait = 0.0

    def _end(self) -> None:
        for child in (self._taking, self._child):
            if child is not None and child.poll() is None:
                child.terminate()
        for child in (self._taking, self._child):
            if child is not None:
                try:
                    child.wait(timeout=5)
                except subprocess.TimeoutExpired:
                    child.kill()

    def _clear_leftovers(self) -> None:
        """End a stream that a killed follower left behind, and remove what was half copied."""
        for process in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                words = (process / "cmdline").read_bytes().split(b"\0")
                if words[0].endswith(b"pg_receivewal") and str(self.folder.wal).encode() in words:
                    os.kill(int(process.name), signal.SIGTERM)
        with contextlib.suppress(BackupFailed, OSError), self.folder.locked("base"):
            self.mirror.clear_leftovers()


def drop_slot(source: Source) -> None:
    """Let a server go on without a backup that nobody follows any more."""
    source.ask(
        "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots"
        f" WHERE slot_name = '{SLOT}' AND NOT active"
    )
