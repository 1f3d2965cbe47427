"""Folders that bills are dropped in (Eingangsordner): one for each company that wants one.

``inbox/<company number>/`` lies where this installation keeps its files. A scanner or a share writes
into it; what is complete is taken into the inbox, what is refused moves to ``refused/`` with a text
that says why. Links are never followed: whoever may write here must not make us read elsewhere.
"""

from __future__ import annotations

import fcntl
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from accounting.payables.capture import files
from accounting.payables.capture.receiving import MOST_AT_ONCE, Incoming
from erp.core import clock
from erp.core.errors import DomainError

REFUSED: Final = "refused"
TAKING: Final = ".taking"
#: What programs call a file while they still write it.
UNFINISHED: Final = (".part", ".partial", ".tmp", ".crdownload", ".filepart", ".download")
_FOLDER: Final = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_NEW: Final = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_FILE: Final = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


class NotReadable(DomainError):
    code = "capture.not_readable"
    message = _("“%(name)s” cannot be read in the folder. Give the program the right to read it, and drop it "
                "once more.")  # fmt: skip
    field = "file"


@dataclass(frozen=True, slots=True)
class Taken:
    """A file that was moved out of everybody's reach: its name there, as it came, and its bytes.

    Without ``incoming`` it was not read, and ``refusal`` says why. ``since`` is when it was moved
    aside (a POSIX time).
    """

    place: str
    name: str
    since: float = 0
    incoming: Incoming | None = None
    refusal: DomainError | None = None


def folder_of(company: int) -> Path:
    """Where a company's bills are dropped; the number is that of the company."""
    return Path(settings.RAPPEN_VAR) / "inbox" / str(company)


def open_folder(company: int) -> Path:
    """Make a company's folder (Eingangsordner einrichten); one that is there stays as it is."""
    place = folder_of(company)
    (place / REFUSED).mkdir(parents=True, exist_ok=True, mode=0o770)
    return place


def companies_with_files() -> list[int]:
    """The numbers of companies in whose folders something lies; the database is not asked."""
    home = Path(settings.RAPPEN_VAR) / "inbox"
    try:
        places = [one for one in os.scandir(home) if one.name.isascii() and one.name.isdigit()]
    except FileNotFoundError:
        return []
    found = []
    for place in places:
        if place.is_dir(follow_symlinks=False):
            names = {one.name for one in os.scandir(place.path)}
            if names - {REFUSED, TAKING} or (
                TAKING in names and any((Path(place.path) / TAKING).iterdir())
            ):
                found.append(int(place.name))
    return sorted(found)


@contextmanager
def taking(company: int) -> Iterator[Iterator[Taken]]:
    """The complete files of a folder, moved aside by a rename: nobody else writes or takes them.

    They lie there until ``done`` or ``refuse`` is called for each. What an earlier look had moved
    aside and never ended, killed in between, comes first. While one looks, others find nothing.
    """
    with _open(company) as (home, aside):
        try:
            fcntl.flock(home, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield iter(())
            return
        for name in _complete(home):
            os.rename(name, _free(aside, name), src_dir_fd=home, dst_dir_fd=aside)
        yield _read(aside)


def done(company: int, taken: Taken) -> None:
    """Take a file away whose bytes are in the archive."""
    with _open(company) as (_home, aside):
        os.unlink(taken.place, dir_fd=aside)


def refuse(company: int, taken: Taken, reason: str) -> None:
    """Put a file into ``refused/``, with a text beside it that says why."""
    with _open(company) as (home, aside):
        refused = _inner(home, REFUSED)
        try:
            name = _free(refused, taken.name)
            os.rename(taken.place, name, src_dir_fd=aside, dst_dir_fd=refused)
            note = os.open(f"{name}.txt", _NEW, 0o660, dir_fd=refused)
            with os.fdopen(note, "w", encoding="utf-8") as file:
                file.write(f"{taken.name}\n{reason}\n")
        finally:
            os.close(refused)


@contextmanager
def _open(company: int) -> Iterator[tuple[int, int]]:
    home = os.open(folder_of(company), _FOLDER)
    try:
        aside = _inner(home, TAKING)
        try:
            yield home, aside
        finally:
            os.close(aside)
    finally:
        os.close(home)


def _inner(home: int, name: str) -> int:
    """A folder within, which is no link."""
    with suppress(FileExistsError):
        os.mkdir(name, 0o770, dir_fd=home)
    return os.open(name, _FOLDER, dir_fd=home)


def _complete(home: int) -> list[str]:
    """Files that nobody has written to for a while, the oldest first; links and folders are left alone."""
    rest, found = settings.INBOX_REST, []
    now = clock.now().timestamp()
    for name in os.listdir(home):
        if name.startswith((".", "~")) or name.lower().endswith(UNFINISHED):
            continue
        about = os.stat(name, dir_fd=home, follow_symlinks=False)
        if stat.S_ISREG(about.st_mode) and about.st_nlink == 1 and now - about.st_mtime >= rest:
            found.append((about.st_mtime_ns, name))
    return [name for _when, name in sorted(found)[:MOST_AT_ONCE]]


def _read(aside: int) -> Iterator[Taken]:
    for place in sorted(os.listdir(aside))[:MOST_AT_ONCE]:
        name = place.partition("-")[2] or place
        try:
            with os.fdopen(os.open(place, _FILE, dir_fd=aside), "rb") as content:
                about = os.fstat(content.fileno())
                read = content.read(files.LARGEST + 1)
                after = os.fstat(content.fileno())
        except OSError:  # no right to read it, a folder, or a link
            yield Taken(place, name, refusal=NotReadable(name=name[:60]))
            continue
        if (about.st_size, about.st_mtime_ns) == (after.st_size, after.st_mtime_ns):
            yield Taken(place, name, about.st_ctime, Incoming(name, read))


def _free(folder: int, name: str) -> str:
    """A name that nothing has yet in a folder: with a number before it, in the order of coming."""
    numbers = (one[:6] for one in os.listdir(folder))
    last = max((int(one) for one in numbers if one.isascii() and one.isdigit()), default=0)
    stem, dot, ending = files.plain_name(name).rpartition(".")
    return f"{last + 1:06}-{stem[:150] + dot if dot else ''}{ending[:20] if dot else ending[:150]}"
