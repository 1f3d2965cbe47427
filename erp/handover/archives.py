"""Reading a file that comes from elsewhere: nothing in it is believed before it was looked at."""

from __future__ import annotations

import hashlib
import json
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from erp.core.errors import DomainError
from erp.core.version import VERSION
from erp.documents.storing import LARGEST_MOVED
from erp.handover.columns import Column, columns_of
from erp.handover.exporting import FORMAT, own_migrations
from erp.handover.rows import Tally
from erp.handover.tables import TAKEN

LARGEST_MANIFEST: Final = 200 * 1024 * 1024  # a million files
LONGEST_LINE: Final = 256 * 1024 * 1024  # a row with a sealed paper
MOST_TIMES: Final = 400  # by which lines of a table may be longer than what holds them
SPARED: Final = 64 * 1024 * 1024  # what may be as dense as it likes
HIGHEST: Final = 2**40  # of an id: no company has more rows, and all count by the same sequences
_CHUNK: Final = 1 << 20
_DIGEST: Final = re.compile(r"[0-9a-f]{64}")
_PLAIN: Final = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_ENCRYPTED: Final = 0x1


class NotAHandover(DomainError):
    code = "handover.not_a_company"
    message = _(
        "This file is no company that was handed over: %(why)s. Export it again and send it unchanged."
    )
    field = "file"


class OtherVersion(DomainError):
    code = "handover.other_version"
    message = _("The file is of version %(theirs)s, this installation of %(ours)s, and their tables differ: "
                "%(differing)s. Bring both to the same version, and export again.")  # fmt: skip
    field = "file"


class Tampered(DomainError):
    code = "handover.tampered"
    message = _("%(what)s is not what the manifest says. The file was changed or damaged on its way; "
                "nothing was taken in.")  # fmt: skip
    field = "file"


@dataclass(frozen=True)
class Told:
    """What a manifest tells, as far as it was looked at."""

    manifest: dict[str, Any]
    digest: str
    tallies: dict[str, Tally]
    columns: dict[str, list[Column]]
    files: dict[str, int]

    @property
    def number(self) -> int:
        """The company's number in the installation it came from."""
        number: int = self.manifest["company"]["number"]
        return number

    @property
    def sealed_as(self) -> int:
        """The number that the seals of its books name."""
        sealed_as: int | None = self.manifest["company"]["sealed_as"]
        return self.number if sealed_as is None else sealed_as

    @property
    def people_above(self) -> int:
        """The highest number by which seals name people of the file."""
        return max((one["sealed_as"] for one in self.manifest["people"]), default=0)


class Archive:
    """A file that was looked through: names, sizes and form hold; contents are proven by ``check``."""

    def __init__(self, path: Path) -> None:
        try:
            self.zip = zipfile.ZipFile(path)
        except (OSError, zipfile.BadZipFile, ValueError) as error:
            raise NotAHandover(why=str(error)[:100]) from None
        try:
            self.entries = self._entries()
            self.told = self._told()
            self._require_all_there()
        except BaseException:
            self.zip.close()
            raise

    def close(self) -> None:
        self.zip.close()

    def check(self) -> None:
        """Prove each table and file by its digest, in flat memory. Raises ``Tampered``."""
        for table, tally in self.told.tallies.items():
            for _line in self.lines(table, tally):
                """They are counted and digested on the way."""
        for digest in self.told.files:
            for _chunk in self.chunks(digest):
                """As above."""

    def lines(self, table: str, tally: Tally) -> Iterator[bytes]:
        """A table's lines, without their ends. Raises ``Tampered`` at the end where they differ."""
        rows, size, digest = 0, 0, hashlib.sha256()
        name = f"tables/{table}.jsonl"
        try:
            with self.zip.open(self.entries[name]) as source:
                while line := source.readline(min(LONGEST_LINE, tally.size - size) + 1):
                    size += len(line)
                    rows += 1
                    if size > tally.size or not line.endswith(b"\n"):
                        raise Tampered(what=name)
                    digest.update(line)
                    yield line[:-1]
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError):
            raise Tampered(what=name) from None
        if (rows, size, digest.hexdigest()) != (tally.rows, tally.size, tally.digest):
            raise Tampered(what=name)

    def chunks(self, digest: str) -> Iterator[bytes]:
        """A file's bytes. Raises ``Tampered`` at the end where they differ."""
        found, name = hashlib.sha256(), f"files/{digest}"
        try:
            with self.zip.open(self.entries[name]) as source:
                while chunk := source.read(_CHUNK):
                    found.update(chunk)
                    yield chunk
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError):
            raise Tampered(what=name) from None
        if found.hexdigest() != digest:
            raise Tampered(what=name)

    def _entries(self) -> dict[str, zipfile.ZipInfo]:
        found: dict[str, zipfile.ZipInfo] = {}
        for entry in self.zip.infolist():
            name = entry.filename
            folder, _slash, rest = name.partition("/")
            known = (
                name in ("manifest.json", "README.txt")
                or (
                    folder == "tables"
                    and rest.removesuffix(".jsonl") in TAKEN
                    and rest.endswith(".jsonl")
                )
                or (folder == "files" and _DIGEST.fullmatch(rest))
            )
            if not known or name in found:
                raise NotAHandover(
                    why=_("%(name)s does not belong into it") % {"name": repr(name[:80])}
                )
            if entry.flag_bits & _ENCRYPTED or entry.compress_type not in _PLAIN:
                raise NotAHandover(
                    why=_("%(name)s is packed in a way that is not used here") % {"name": name}
                )
            if entry.file_size > max(SPARED, MOST_TIMES * entry.compress_size) or (
                folder == "files" and entry.file_size > LARGEST_MOVED
            ):
                raise NotAHandover(
                    why=_("%(name)s would unfold to %(megabytes)s MB")
                    % {"name": name, "megabytes": entry.file_size >> 20}
                )
            found[name] = entry
        return found

    def _told(self) -> Told:
        entry = self.entries.get("manifest.json")
        if entry is None or entry.file_size > LARGEST_MANIFEST:
            raise NotAHandover(why=_("it has no manifest"))
        try:
            written = self.zip.read(entry)
            manifest = json.loads(written)
            if manifest["format"] != FORMAT:
                raise NotAHandover(
                    why=_("its format is %(name)s") % {"name": repr(manifest["format"])[:40]}
                )
            _require_same_version(manifest)
            told = Told(manifest, hashlib.sha256(written).hexdigest(), _tallies(manifest),
                        _same_columns(manifest), _sizes(manifest))  # fmt: skip
            _require_people(manifest)
            return told
        except (
            KeyError,
            TypeError,
            ValueError,
            AttributeError,
            RecursionError,
            zipfile.BadZipFile,
            zlib.error,
        ):
            raise NotAHandover(why=_("its manifest cannot be read")) from None

    def _require_all_there(self) -> None:
        told = {f"tables/{table}.jsonl": tally.size for table, tally in self.told.tallies.items()}
        told |= {f"files/{digest}": size for digest, size in self.told.files.items()}
        found = {name: entry.file_size for name, entry in self.entries.items() if "/" in name}
        if told != found:
            odd = sorted(name for name in {*told, *found} if told.get(name) != found.get(name))
            raise Tampered(what=odd[0])


def _require_same_version(manifest: dict[str, Any]) -> None:
    theirs = {(str(app), str(name)) for app, name in manifest["migrations"]}
    ours = {(app, name) for app, name in own_migrations()}
    if theirs != ours:
        differing = sorted(theirs ^ ours)
        named = ", ".join(f"{app} {name}" for app, name in differing[:5])[:200]
        raise OtherVersion(theirs=str(manifest["program"])[:20], ours=VERSION, differing=named)


def _tallies(manifest: dict[str, Any]) -> dict[str, Tally]:
    found = {
        one["table"]: Tally(_count(one["rows"]), _count(one["bytes"]), _digest(one["sha256"]))
        for one in manifest["tables"]
    }
    if len(manifest["tables"]) != len(TAKEN) or set(found) != set(TAKEN):
        raise NotAHandover(why=_("its tables are not those of a company"))
    return found


def _same_columns(manifest: dict[str, Any]) -> dict[str, list[Column]]:
    """Our own columns, which those of the manifest must be: no name of the file ever gets into SQL."""
    ours = columns_of(TAKEN)
    for one in manifest["tables"]:
        if one["columns"] != [column.told() for column in ours[one["table"]]]:
            raise NotAHandover(
                why=_("the columns of %(table)s are others") % {"table": one["table"]}
            )
    return ours


def _sizes(manifest: dict[str, Any]) -> dict[str, int]:
    found = {_digest(one["sha256"]): _count(one["bytes"]) for one in manifest["files"]}
    if len(found) != len(manifest["files"]):
        raise NotAHandover(why=_("it names something twice"))
    return found


def _require_people(manifest: dict[str, Any]) -> None:
    numbers, seals = set(), set()
    for one in manifest["people"]:
        numbers.add(_count(one["number"]))
        seals.add(_count(one["sealed_as"], most=HIGHEST))
        if not isinstance(one["name"], str) or not isinstance(one["email"], str):
            raise NotAHandover(why=_("its manifest cannot be read"))
    if not len(numbers) == len(seals) == len(manifest["people"]):
        raise NotAHandover(why=_("it names something twice"))
    company = manifest["company"]
    _count(company["number"])
    if company["sealed_as"] is not None:
        _count(company["sealed_as"])
    if not isinstance(company["row"], dict):
        raise NotAHandover(why=_("its manifest cannot be read"))
    for name in ("ledger", "trail"):
        _count(manifest["heads"][name]["position"])
        if manifest["heads"][name]["digest"]:
            _digest(manifest["heads"][name]["digest"])


def _count(value: Any, *, most: int = 2**63 - 1) -> int:
    if type(value) is not int or not 0 <= value <= most:
        raise NotAHandover(why=_("its manifest cannot be read"))
    return value


def _digest(value: Any) -> str:
    if not isinstance(value, str) or not _DIGEST.fullmatch(value):
        raise NotAHandover(why=_("its manifest cannot be read"))
    return value
