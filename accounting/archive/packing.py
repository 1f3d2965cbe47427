"""The package itself: a ZIP whose bytes follow from what is in it, checked, then kept by its digest."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import zipfile
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING, Any, Final

from accounting.archive import verify
from accounting.archive.errors import ArchiveFaulty, ArchiveTooLarge, OriginalLost
from accounting.ledger import chain
from erp.audit import chain as trail_chain
from erp.core import clock
from erp.core.display import swiss_date
from erp.core.identifiers import format_uid
from erp.documents.storing import LARGEST_MOVED, path_of, pieces_of

if TYPE_CHECKING:
    from accounting.archive.making import Work

HERE: Final = Path(__file__).resolve().parent
EPOCH: Final = (1980, 1, 1, 0, 0, 0)  # the oldest day that ZIP knows
PACKAGE: Final = "archive.zip"


def pack(work: Work) -> None:
    """Everything into one ZIP, the manifest last; piece by piece. Raises ``OriginalLost`` or ``ArchiveTooLarge``."""
    files: list[dict[str, Any]] = []
    _require_room(work)
    path = work.room.path / PACKAGE
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        files.append(_put(archive, "README.txt", [readme(work).encode()]))
        files.append(_put(archive, "verify.py", [(HERE / "verify.py").read_bytes()]))
        for name, parts in work.making.parts.items():
            files.append(_put(archive, name, work.room.read(name, parts)))
        for name, digest in sorted(_stored(work).items()):
            told = _put(archive, name, pieces_of(path_of(work.company.pk, digest)), stored=True)
            if told["sha256"] != digest:
                raise OriginalLost(name=name, digest=digest[:16])
            files.append(told)
        written = json.dumps(manifest(work, files), ensure_ascii=False, indent=1)
        _put(archive, verify.MANIFEST, [written.encode()])


def _require_room(work: Work) -> None:
    """Raise ``ArchiveTooLarge`` where the originals, each counted once, are more than a file may hold."""
    places = {path_of(work.company.pk, digest) for digest in _stored(work).values()}
    size = sum(place.stat().st_size for place in places if place.exists())
    if size > LARGEST_MOVED:
        raise ArchiveTooLarge(gigabytes=size >> 30, limit=LARGEST_MOVED >> 30)


def check(work: Work) -> None:
    """Let the package be checked by its own verifier. Raises ``ArchiveFaulty``."""
    path = work.room.path / PACKAGE
    if not path.exists():
        raise FileNotFoundError(path)
    found = verify.check(str(path))
    if found.faults:
        raise ArchiveFaulty(fault=found.faults[0])


def manifest(work: Work, files: list[dict[str, Any]]) -> dict[str, Any]:
    """What the package is, what the chain and the sums are to come to, and each of its files."""
    facts, company, year = work.making.facts, work.company, work.year
    span = facts["trail"]
    return {
        "format": verify.FORMAT, "entry_format": chain.FORMAT, "trail_format": trail_chain.FORMAT,
        "made_at": clock.now().isoformat(timespec="seconds"),
        "made_by": {"id": work.by.seal_number(company), "name": work.by.name, "email": work.by.email},
        "company": {"id": company.seal_number, "name": company.name, "uid": company.uid,
                    "legal_form": company.legal_form, "town": company.town,
                    "currency": company.currency},
        "fiscal_year": {"id": year.pk, "name": year.name, "start": year.start.isoformat(),
                        "end": year.end.isoformat()},
        "ledger": {"before": {"position": facts["before"], "digest": facts["link_before"]},
                   "after": {"position": facts["after"], "digest": _last_link(work)}},
        "trail": {"before": {"position": span["before"], "digest": span["link_before"]},
                  "after": {"position": span["after"], "digest": span["link_after"]}},
        "counts": {name: facts.get(name, 0) for name in ("entries", "lines", "originals", "events")},
        "totals": {"debit": facts["total"], "credit": facts["total"]},
        "files": files,
    }  # fmt: skip


def readme(work: Work) -> str:
    """What it is and how it is read, in the language of the company."""
    company, year = work.company, work.year
    text = (HERE / "readme" / f"{company.language}.txt").read_text(encoding="utf-8")
    return Template(text).substitute(
        company=company.name, uid=format_uid(company.uid) if company.uid else "–", year=year.name, format=verify.FORMAT,
        start=swiss_date(year.start), end=swiss_date(year.end), currency=company.currency,
        entries=work.making.facts["entries"], lines=work.making.facts["lines"],
    )  # fmt: skip


def _last_link(work: Work) -> str:
    link: str = work.making.facts["link_before"]
    for content in work.room.read("links.jsonl", work.making.parts["links.jsonl"]):
        if content:
            link = json.loads(content.rstrip(b"\n").rpartition(b"\n")[2])["chain_digest"]
    return link


def _stored(work: Work) -> dict[str, str]:
    """The originals by where they stand in the package: each once, however often it is named."""
    found: dict[str, str] = {}
    head: list[str] = []
    for content in work.room.read("originals.csv", work.making.parts["originals.csv"]):
        rows = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";")
        for row in rows:
            if not head:
                head = row
                continue
            told = dict(zip(head, row, strict=True))
            found[told["path"]] = told["sha256"]
    return found


def _put(
    archive: zipfile.ZipFile, name: str, pieces: Any, *, stored: bool = False
) -> dict[str, Any]:  # fmt: skip
    """Write a file of the package; its name, digest and size. Originals do not get smaller."""
    info = zipfile.ZipInfo(name, EPOCH)
    info.compress_type = zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED
    info.external_attr = 0o644 << 16
    digest, size = hashlib.sha256(), 0
    with archive.open(info, "w", force_zip64=True) as file:
        for piece in pieces:
            digest.update(piece)
            size += len(piece)
            file.write(piece)
    return {"path": name, "sha256": digest.hexdigest(), "size": size}
