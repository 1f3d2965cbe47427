"""Writing a company into a file (Mandant exportieren): one state of it, all at once."""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import IO, Any, Final

from django.db import connection, transaction
from django.db.migrations.loader import MigrationLoader
from django.utils.translation import gettext_lazy as _

from accounting.ledger.verifying import HEADS as LEDGER_HEADS
from erp.access.gate import operating
from erp.access.models import User
from erp.access.seals import seal_number, sealing
from erp.audit import access_log, trail
from erp.audit.verifying import HEADS as AUDIT_HEADS
from erp.companies.models import Company
from erp.core import clock, crashpoints
from erp.core.errors import DomainError
from erp.core.version import VERSION
from erp.documents import storing
from erp.documents.models import StoredFile
from erp.handover import explaining
from erp.handover.columns import Column, columns_of, quoted
from erp.handover.passphrases import Lock, NoPassphrase, new_lock
from erp.handover.rows import Tallying, lines_of, needs_lock
from erp.handover.tables import CHANGED, LEFT_OUT, OWN_TO_INSTALLATION, TAKEN

FORMAT: Final = "rappen-company-1"
APPS: Final = ("accounting", "contacts", "erp", "payroll", "vat")
ROWS_AT_ONCE: Final = 5_000
BYTES_AT_ONCE: Final = 32 * 1024 * 1024
_CHUNK: Final = 1 << 20


class FileLost(DomainError):
    code = "handover.file_lost"
    message = _("The archive no longer has file %(digest)s (“%(name)s”) as it was stored. Bring it back "
                "from a backup, and export again.")  # fmt: skip


class FileExists(DomainError):
    code = "handover.file_exists"
    message = _("%(path)s is there already. Name a new file.")


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written. ``digest`` is the SHA-256 of the manifest, which holds all other digests."""

    company: int
    rows: int
    files: int
    digest: str


def export_company(reference: str, path: Path, *, passphrase: str = "") -> Exported:
    """Write all that is of a company into a new ZIP file, and note it in the trail.

    Others work on meanwhile: the file holds one state of the company. ``reference`` is its number
    or short name. In the name of its first owner. Raises ``NoSuchCompany``, ``FileExists``,
    ``FileLost``, ``NoPassphrase`` or ``ShortPassphrase``.
    """
    with _new_file(path) as file:
        done = _one_state(reference, file, passphrase)
        file.flush()
        os.fsync(file.fileno())
        crashpoints.reach("handover.written")
        with operating(reference) as access:
            note(access.company, access.user, done)
        crashpoints.reach("handover.noted")
    return done


def _one_state(reference: str, file: IO[bytes], passphrase: str) -> Exported:
    """All of it as it is at one moment, whoever works on meanwhile; the transaction writes nothing."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        with operating(reference) as access:
            return write_company(access.company, file, passphrase=passphrase)


def note(company: Company, by: User, done: Exported) -> None:
    """No file leaves without a trace: it is gone where this cannot be written."""
    trail.record(company=company, by=by, action="company.export", subject=company,
                 details={"digest": done.digest, "rows": done.rows, "files": done.files})  # fmt: skip
    access_log.note(company=company, by=by, kind="export", subject=company, count=done.rows)


class Writing:
    """An open company that is written as a ZIP, part by part: ``tables``, ``files``, ``finish``.

    The transaction of the tables says which state of it. Raises ``NoPassphrase`` or
    ``ShortPassphrase``.
    """

    def __init__(self, company: Company, file: IO[bytes], *, passphrase: str = "") -> None:
        self.company, self.rows, self.copied = company, 0, 0
        self._columns = columns_of(TAKEN)
        if not passphrase and needs_lock(company.pk, self._columns):
            raise NoPassphrase
        self._lock = new_lock(passphrase) if passphrase else None
        self._told: dict[str, Any] = {}
        self._stored: list[tuple[str, str, int]] = []
        self._files: list[dict[str, Any]] = []
        self._archive = zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, allowZip64=True)
        self._archive.writestr("README.txt", explaining.TEXT)

    def tables(self) -> Iterator[None]:
        """Write the rows, with a pause after each few thousand; then no more is asked of the database."""
        tables = []
        for table in TAKEN:
            columns, tallying = self._columns[table], Tallying()
            with self._archive.open(f"tables/{table}.jsonl", "w", force_zip64=True) as out:
                paused = 0
                for line in lines_of(self.company.pk, table, columns, self._lock, by_former=False):
                    out.write(line)
                    tallying.add(line)
                    self.rows += 1
                    if tallying.rows % ROWS_AT_ONCE == 0 or tallying.size - paused > BYTES_AT_ONCE:
                        paused = tallying.size
                        yield
            tally = tallying.tally
            tables.append({"table": table, "rows": tally.rows, "bytes": tally.size,
                           "sha256": tally.digest,
                           "columns": [column.told() for column in columns]})  # fmt: skip
        self._told = _manifest(self.company, tables, self._columns, self._lock)
        self._stored = _files(self.company)

    def files(self) -> Iterator[None]:
        """Write the stored files, with a pause after each few megabytes. Raises ``FileLost``."""
        written = 0
        for one in self._stored:
            self._files.append(_copied(self._archive, self.company, *one))
            self.copied += 1
            written += one[2]
            if written > BYTES_AT_ONCE:
                written = 0
                yield

    def finish(self) -> Exported:
        """Write the manifest, which tells of all the rest."""
        told = self._told | {"files": self._files}
        written = json.dumps(told, ensure_ascii=False, indent=1).encode()
        self._archive.writestr("manifest.json", written)
        self._archive.close()
        digest = hashlib.sha256(written).hexdigest()
        return Exported(self.company.pk, self.rows, self.copied, digest)

    def give_up(self) -> None:
        """Let go of a file that will not be finished."""
        with suppress(ValueError, OSError):
            self._archive.close()


def write_company(company: Company, file: IO[bytes], *, passphrase: str = "") -> Exported:
    """Write an open company as a ZIP; the transaction says which state of it. See ``export_company``."""
    writing = Writing(company, file, passphrase=passphrase)
    try:
        for _pause in chain(writing.tables(), writing.files()):
            """Nobody waits here."""
        return writing.finish()
    except BaseException:
        writing.give_up()
        raise


def rows_of(company: Company) -> int:
    """How many rows will be written, in one query."""
    counts = " UNION ALL ".join(
        f"SELECT count(*) AS n FROM {quoted(table)} WHERE company_id = %(company)s"  # noqa: S608
        for table in TAKEN
    )
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT sum(n) FROM ({counts}) c", {"company": company.pk})  # noqa: S608
        return int(cursor.fetchone()[0])


def own_migrations() -> list[list[str]]:
    """The migrations that this program brings, which say what its tables are."""
    found = MigrationLoader(None, ignore_no_migrations=True).disk_migrations
    return [[app, name] for app, name in sorted(found) if app in APPS]


def company_row(company: int) -> dict[str, Any]:
    """The row of the company itself, without what an installation gives it."""
    (columns,) = columns_of(("erp_company",)).values()
    kept = [one for one in columns if one.name not in OWN_TO_INSTALLATION]
    chosen = ", ".join(f"{one.written(by_former=False)} AS {quoted(one.name)}" for one in kept)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT row_to_json(r)::text FROM erp_company t, LATERAL (SELECT {chosen}) r WHERE t.id = %s",  # noqa: S608
            [company],
        )
        row: dict[str, Any] = json.loads(cursor.fetchone()[0])
    return row


def heads_of(company: Company) -> dict[str, dict[str, Any]]:
    """The ends of both hash chains."""
    found = {"ledger": LEDGER_HEADS.head_of(company), "trail": AUDIT_HEADS.head_of(company)}
    return {name: {"position": one.position, "digest": one.digest} for name, one in found.items()}


@contextmanager
def _new_file(path: Path) -> Iterator[IO[bytes]]:
    """A file that nobody else may read, which gets its name when all is done.

    Until then it lies beside it under a scratch name; where writing it failed it is gone again.
    """
    if path.exists():
        raise FileExists(path=str(path))
    scratch = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        with os.fdopen(os.open(scratch, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600), "w+b") as file:
            yield file
        if path.exists():
            raise FileExists(path=str(path))
        scratch.rename(path)
        _settle(path.parent)
    except BaseException:
        scratch.unlink(missing_ok=True)
        raise


def _settle(folder: Path) -> None:
    """Let a folder's names be on the disk."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def _files(company: Company) -> list[tuple[str, str, int]]:
    return list(StoredFile.of(company).order_by("digest").values_list("digest", "name", "size"))


def _copied(
    archive: zipfile.ZipFile, company: Company, digest: str, name: str, size: int
) -> dict[str, Any]:
    """Put a stored file into the archive, if it is still what it was."""
    found, path = hashlib.sha256(), storing.path_of(company.pk, digest)
    entry = zipfile.ZipInfo(f"files/{digest}")  # what it holds is compressed already, mostly
    try:
        with path.open("rb") as source, archive.open(entry, "w", force_zip64=True) as out:
            while chunk := source.read(_CHUNK):
                found.update(chunk)
                out.write(chunk)
    except OSError:
        raise FileLost(digest=digest, name=name) from None
    if found.hexdigest() != digest:
        raise FileLost(digest=digest, name=name)
    return {"sha256": digest, "bytes": size}


def _people(company: Company, columns: dict[str, list[Column]]) -> list[dict[str, Any]]:
    """Who is named by rows: a number, a name, and the number of their seals. Nothing opens by these."""
    named = " UNION ".join(
        f"SELECT t.{quoted(one.name)} FROM {quoted(one.table)} t WHERE t.company_id = %(company)s"  # noqa: S608
        for some in columns.values()
        for one in some
        if one.names_user
    )
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT u.id, {seal_number('u.id')}, u.name, u.email FROM erp_user u"  # noqa: S608 - the catalogue's names
            f" WHERE u.id IN ({named}) ORDER BY u.id",
            sealing(company),
        )
        return [
            {"number": pk, "sealed_as": sealed_as, "name": name, "email": email}
            for pk, sealed_as, name, email in cursor.fetchall()
        ]


def _manifest(
    company: Company, tables: list[dict[str, Any]], columns: dict[str, list[Column]],
    lock: Lock | None,
) -> dict[str, Any]:  # fmt: skip
    """All that it says, but of the files."""
    return {
        "format": FORMAT,
        "program": VERSION,
        "written_at": clock.now().isoformat(),
        "migrations": own_migrations(),
        "company": {"number": company.pk, "sealed_as": company.sealed_as, "row": company_row(company.pk)},
        "heads": heads_of(company),
        "sealing": lock.told if lock else None,
        "people": _people(company, columns),
        "tables": tables,
        "left_out": LEFT_OUT,
        "changed": [{"table": table, "column": column, "why": why}
                    for (table, column), (_sql, why) in CHANGED.items()],
    }  # fmt: skip
