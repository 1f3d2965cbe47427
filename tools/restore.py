"""``python -m tools.restore BACKUPS --into FOLDER [--at 2026-11-27T14:30]``: from backups to a data folder.

The moment is Swiss time unless it says otherwise; without one, everything that was saved comes back.
The folder is new, and then is what ``RAPPEN_VAR`` names; the secrets, which are in no backup, are put into it.
"""

from __future__ import annotations

import argparse
import datetime as dt
import os
import shutil
import signal
import sys
import time
from pathlib import Path
from zoneinfo import ZoneInfo

from tools.backups.folder import BackupFailed, Folder
from tools.backups.restoring import restore, settle
from tools.postgres import PostgresFailed


def moment(text: str) -> dt.datetime:
    """A moment as it is typed; Europe/Zurich where it names no zone. Raises ``ValueError``."""
    found = dt.datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=ZoneInfo("Europe/Zurich"))


def main(arguments: list[str]) -> int:
    """Restore, and say what there is now and what to do next."""
    parser = argparse.ArgumentParser(prog="python -m tools.restore", description=__doc__)
    parser.add_argument("backups", type=Path)
    parser.add_argument("--into", type=Path, required=True)
    parser.add_argument("--at", type=moment)
    told = parser.parse_args(arguments)
    began = time.monotonic()
    folder, into = Folder(told.backups), told.into.absolute()
    try:
        if into.exists() and any(path.name != "secrets" for path in into.iterdir()):
            raise BackupFailed(
                f"{into} is not empty; name a new folder, or one with secrets/ alone"
            )
        into.mkdir(mode=0o711, parents=True, exist_ok=True)
        if unreadable := folder.unreadable():
            print(
                f"These base backups do not say what they are: {', '.join(unreadable)}",
                file=sys.stderr,
            )
        found = restore(folder, into / "postgres", at=told.at)
        try:
            settle(found.server)
        finally:
            found.server.stop()
        before = os.umask(0o077)
        try:
            if (anchors := found.generation.path / "anchors").is_dir():
                shutil.copytree(anchors, into / "anchors")
            shutil.copytree(folder.files, into / "files", ignore=shutil.ignore_patterns(".*"))
        finally:
            os.umask(before)
    except (BackupFailed, PostgresFailed, OSError) as refusal:
        print(refusal, file=sys.stderr)
        return 1
    last = found.last_commit
    print(f"Restored from {found.generation.name} in {time.monotonic() - began:.0f} s; the last change is of "
          f"{last.isoformat() if last else found.generation.usable_from.isoformat()}.")  # fmt: skip
    if told.at and not found.passed:
        print("Nothing later is in the backup: whether something between this and the moment that was asked "
              "for is missing, the backup cannot tell.")  # fmt: skip
    if not (into / "secrets").is_dir():
        print(
            f"Put the secrets of the installation into {into / 'secrets'}, or its keys into the environment."
        )
    print(f"Next: RAPPEN_VAR={into} .venv/bin/python -m tools.run shell .venv/bin/python manage.py verify_all\n"
          f"Then: RAPPEN_VAR={into} make up")  # fmt: skip
    return 0


if __name__ == "__main__":
    signal.signal(
        signal.SIGTERM, lambda *_: sys.exit(143)
    )  # the server that was started ends with it
    sys.exit(main(sys.argv[1:]))
