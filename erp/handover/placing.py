"""The files of a company that is taken in (Dateien der Übernahme): in their place, or gone again."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from erp.companies.models import Company
from erp.documents import storing
from erp.handover.archives import Archive

MARK: Final = ".being-taken-in"


@contextmanager
def files_of(archive: Archive, number: int) -> Iterator[None]:
    """The company's files in their place; gone again where it is not taken in.

    What an import that was killed has left goes first: it bears a mark, and nobody has its number.
    """
    folder = storing.folder_of(number)
    _sweep(folder.parent)
    is_new = not folder.exists()
    if is_new:
        folder.mkdir(parents=True, mode=0o700)
        (folder / MARK).touch()
    try:
        for digest in archive.told.files:
            _write(storing.path_of(number, digest), archive.chunks(digest))
        yield
    except BaseException:
        if is_new:
            shutil.rmtree(folder, ignore_errors=True)
        raise


def _write(path: Path, chunks: Iterator[bytes]) -> None:
    """A file in its place when it is whole, in place of what may be there."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    scratch = path.with_name(f".{path.name}")
    with scratch.open("wb") as file:
        for chunk in chunks:
            file.write(chunk)
        file.flush()
        os.fsync(file.fileno())
    scratch.chmod(0o400)
    scratch.replace(path)


def _sweep(folder: Path) -> None:
    for mark in folder.glob(f"*/{MARK}"):
        if Company.objects.filter(pk=int(mark.parent.name)).exists():
            mark.unlink()
        else:
            shutil.rmtree(mark.parent)
