"""Check the archive of a fiscal year (Archivpaket) without the program that made it.

    python3 verify.py                     the folder that this file lies in
    python3 verify.py archive.zip         a package as it was handed out
    python3 verify.py archive.zip --sha256 9b1e… --head 5f3c… --trail-head 07aa…

This file is part of each archive and needs nothing but Python 3.8 or newer: no network, no other
package. It says what it has checked and names each fault; it ends with 0 where all is as it was
sealed, and with 1 where it is not.

What somebody changed together with every digest that stands for it, up to the last link, is found
by what was kept elsewhere alone: ``--head`` is the last link of the ledger's chain, ``--trail-head``
that of the audit trail's. What no chain seals (names of accounts, balances carried forward,
statements, files of the bank, originals that were attached later, which events of the trail are
shown) is proven by ``--sha256`` alone: that of the whole package, as the program's audit trail has
it. Of a package that was unpacked there is none: name the ZIP.

Entries are read one after the other. Of each, its digest, place and number are kept, and of each
original its digest: 1,000,000 lines take less than 100 MB.

Source of what is asked of an archive: GeBüV (SR 221.431) Art. 3, 9 and 10; OR Art. 957a and 958f.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import io
import json
import sys
import zipfile
import zlib
from array import array
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

FORMAT = "rappen-archive-1"
ENTRY_FORMAT = "rappen-entry-1"
MANIFEST = "manifest.json"
CHUNK = 1 << 20
#: Places in the canonical form of an entry, and of a line.
DATE, KIND, LINES, VOUCHERS = 3, 4, 12, 13
ACCOUNT, DEBIT, CREDIT = 1, 2, 3
_MALFORMED = (
    ValueError,
    KeyError,
    IndexError,
    TypeError,
    AttributeError,
    OverflowError,
    EOFError,
    NotImplementedError,
    RecursionError,
    zlib.error,
)


class Report:
    """What was checked, and what was found wrong."""

    def __init__(self) -> None:
        self.checked: list[str] = []
        self.faults: list[str] = []

    def say(self, text: str) -> None:
        self.checked.append(text)

    def fault(self, text: str) -> None:
        self.faults.append(text)


class Zipped:
    """The files of a ZIP."""

    def __init__(self, path: str) -> None:
        self._zip = zipfile.ZipFile(path)
        listed = [one for one in self._zip.namelist() if not one.endswith("/")]
        self.names = set(listed)
        self.twice = sorted(name for name, times in Counter(listed).items() if times > 1)

    def open(self, name: str) -> IO[bytes]:
        return self._zip.open(name)


class Folder:
    """The files of a folder into which a package was unpacked."""

    twice: list[str] = []

    def __init__(self, path: str) -> None:
        self._path = Path(path)
        files = (one for one in self._path.rglob("*") if one.is_file())
        self.names = {one.relative_to(self._path).as_posix() for one in files}

    def open(self, name: str) -> IO[bytes]:
        return (self._path / name).open("rb")


class Elsewhere:
    """What was kept where nobody could change it together with the package; blank: it was not."""

    def __init__(self, sha256: str = "", head: str = "", trail_head: str = "") -> None:
        self.sha256, self.head, self.trail_head = (
            one.strip().lower() for one in (sha256, head, trail_head)
        )


class Links:
    """What entries say, as digests, by their places in the chain; 49 bytes for each."""

    def __init__(self) -> None:
        self._places, self._numbers = array("q"), array("q")
        self._digests, self._seen = bytearray(), bytearray()
        self._strays: dict[int, tuple[int, bytes]] = {}  # that stand in another order, or twice

    def add(self, place: int, number: int, digest: bytes) -> None:
        """Add the next entry."""
        if self._places and place <= self._places[-1]:
            self._strays[place] = (number, digest)
            return
        self._places.append(place)
        self._numbers.append(number)
        self._digests += digest
        self._seen.append(0)

    def take(self, place: int) -> tuple[int, bytes] | None:
        """Number and digest at a place, which now has its link."""
        found, at = None, bisect_left(self._places, place)
        if at < len(self._places) and self._places[at] == place:
            self._seen[at] = 1
            found = self._numbers[at], bytes(self._digests[32 * at : 32 * at + 32])
        return self._strays.pop(place, found)

    def rest(self) -> Iterator[tuple[int, int]]:
        """Places and numbers of entries that no link was found of."""
        for at, seen in enumerate(self._seen):
            if not seen:
                yield self._places[at], self._numbers[at]
        for place in sorted(self._strays):
            yield place, self._strays[place][0]


class Books:
    """What the journal's lines come to, for what is held against them."""

    def __init__(self) -> None:
        self.links = Links()
        self.vouchers: set[bytes] = set()  # digests of those that are in the package
        self.named = 0  # vouchers that were sealed with entries
        self.turnover: dict[int, list[int]] = {}  # by account: debit, credit, opened
        self.lines_of: dict[int, int] = {}
        self.entries = self.lines = self.debit = self.credit = 0


def check(path: str, elsewhere: Elsewhere | None = None) -> Report:
    """Check the package at ``path``, a ZIP or a folder. Nothing is written."""
    report, kept = Report(), elsewhere or Elsewhere()
    if kept.sha256:
        _whole(report, path, kept.sha256)
    try:
        source: Any = Folder(path) if Path(path).is_dir() else Zipped(path)
        with source.open(MANIFEST) as file:
            manifest = json.loads(file.read().decode("utf-8"))
    except (OSError, KeyError, ValueError, zipfile.BadZipFile) as error:
        report.fault(f"{path} cannot be read as an archive: {error}")
        return report
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        report.fault(f"{MANIFEST}: its format is not {FORMAT}")
        return report
    books = Books()
    digests: dict[str, str] = {}
    steps: Any = (
        ("files", lambda: digests.update(_files(report, source, manifest))),
        ("originals.csv", lambda: _originals(report, source, books, digests)),
        ("journal.jsonl", lambda: _journal(report, source, manifest, books)),
        ("links.jsonl", lambda: _chain(report, source, manifest, books, kept.head)),
        ("journal.csv", lambda: _journal_csv(report, source)),
        ("trial_balance.csv", lambda: _balances(report, source, books)),
        ("trail.jsonl", lambda: _trail(report, source, manifest, kept.trail_head)),
        (MANIFEST, lambda: _counts(report, manifest, books)),
    )
    for name, step in steps:
        try:
            step()
        except (*_MALFORMED, OSError, zipfile.BadZipFile) as error:
            report.fault(f"{name} cannot be read: {type(error).__name__}: {error}")
    return report


def _whole(report: Report, path: str, sha256: str) -> None:
    """The package is bit for bit the one that was handed out."""
    digest = hashlib.sha256()
    try:
        with Path(path).open("rb") as file:
            for piece in iter(lambda: file.read(CHUNK), b""):
                digest.update(piece)
    except IsADirectoryError:
        report.fault(f"{path} is a folder, which has no SHA-256: name the ZIP as it was handed out")
    except OSError as error:
        report.fault(f"{path} cannot be read: {error}")
    else:
        if digest.hexdigest() != sha256:
            report.fault(
                f"the package has SHA-256 {digest.hexdigest()}, not the one that was kept elsewhere"
            )
        report.say("the SHA-256 of the package is held against the one that was kept elsewhere")


def _files(report: Report, source: Any, manifest: dict[str, Any]) -> dict[str, str]:
    """Every file is there as the manifest says, and no other; the digests of all."""
    digests = {}
    for told in manifest["files"]:
        name = told["path"]
        if name not in source.names:
            report.fault(f"{name} is missing")
            continue
        digest, size = hashlib.sha256(), 0
        try:
            with source.open(name) as file:
                for piece in iter(lambda: file.read(CHUNK), b""):
                    digest.update(piece)
                    size += len(piece)
        except (OSError, EOFError, zlib.error, zipfile.BadZipFile) as error:
            report.fault(f"{name} cannot be read: {error}")
            continue
        digests[name] = digest.hexdigest()
        if digests[name] != told["sha256"] or size != told["size"]:
            report.fault(f"{name} is not the file that the manifest names (SHA-256 or size differ)")
    for name in sorted(source.names - {told["path"] for told in manifest["files"]} - {MANIFEST}):
        report.fault(f"{name} is not named in the manifest")
    for name in source.twice:
        report.fault(f"{name} is there twice")
    report.say(f"{len(digests)} files: each has its SHA-256 and size, and there is no other")
    return digests


def _journal(report: Report, source: Any, manifest: dict[str, Any], books: Books) -> None:
    """Each entry says what was sealed, balances, and has its place and number."""
    last: dict[str, int] = {}
    place, told = 0, manifest["fiscal_year"]
    company, year, start, end = manifest["company"]["id"], told["id"], told["start"], told["end"]
    for row in _json_lines(source, "journal.jsonl"):
        number, form = row["number"], row["entry"]
        name, at, series = f"entry {number}", row["position"], row["series"]
        content = hashlib.sha256(_canonical(form))
        if form[0] != ENTRY_FORMAT:
            report.fault(f"{name}: its form is not {ENTRY_FORMAT}")
        if form[1] != company or form[2] != year or not start <= form[DATE] <= end:
            report.fault(f"{name}: it is of another year or company")
        if content.hexdigest() != row["content_digest"]:
            report.fault(f"{name}: what it says differs from what was sealed")
        if at <= place:
            report.fault(
                f"{name} stands in another order than the chain (place {at} after {place})"
            )
        place, before = at, last.get(series, 0)
        if number != before + 1:
            report.fault(f"numbers of series {series} go from {before} to {number}")
        last[series] = number
        books.links.add(place, number, content.digest())
        for digest in form[VOUCHERS]:
            books.named += 1
            if bytes.fromhex(digest) not in books.vouchers:
                report.fault(
                    f"voucher {digest[:12]}… of {name}, sealed with it, is missing or was changed"
                )
        _lines(report, name, form, books)
    report.say(f"{books.entries} entries: each says what was sealed, and debit is credit in each")
    report.say(f"{books.named} vouchers that were sealed with entries, each among the originals")


def _lines(report: Report, name: str, form: list[Any], books: Books) -> None:
    debit = credit = 0
    for line in form[LINES]:
        own_debit, own_credit = _centimes(line[DEBIT]), _centimes(line[CREDIT])
        debit, credit = debit + own_debit, credit + own_credit
        sums = books.turnover.setdefault(line[ACCOUNT], [0, 0, 0])
        if form[KIND] == "opening":
            sums[2] += own_debit - own_credit
        else:
            sums[0] += own_debit
            sums[1] += own_credit
        books.lines_of[line[ACCOUNT]] = books.lines_of.get(line[ACCOUNT], 0) + 1
    if debit != credit or len(form[LINES]) < 2:
        report.fault(f"{name} does not balance: debit {_chf(debit)}, credit {_chf(credit)}")
    books.entries += 1
    books.lines += len(form[LINES])
    books.debit, books.credit = books.debit + debit, books.credit + credit


def _chain(
    report: Report, source: Any, manifest: dict[str, Any], books: Books, head: str
) -> None:  # fmt: skip
    """From the link before the year to the last of its entries, link by link."""
    told = manifest["ledger"]
    place, link = told["before"]["position"], told["before"]["digest"]
    first, end = place, told["after"]["position"]
    year, count, is_own = manifest["fiscal_year"]["id"], 0, True
    for row in _json_lines(source, "links.jsonl"):
        count += 1
        at, number, content = row["position"], row["number"], row["content_digest"]
        is_own = row["fiscal_year"] == year
        if is_own:
            found = books.links.take(at)
            if found is None:
                report.fault(f"entry {number} (place {at} in the chain) is missing in the journal")
            else:
                content = found[1].hex()
                if found[0] != number:
                    report.fault(f"place {at} in the chain is that of entry {number}, not of entry "
                                 f"{found[0]}")  # fmt: skip
        if at != place + 1:
            report.fault(f"place {place + 1} in the chain is missing: {at} follows {place}")
        made = hashlib.sha256(
            bytes.fromhex(link) + at.to_bytes(8, "big") + number.to_bytes(4, "big")
            + bytes.fromhex(content)
        ).hexdigest()  # fmt: skip
        if made != row["chain_digest"]:
            report.fault(f"entry {number} (place {at}): its link to the entry before is broken")
        place, link = at, row["chain_digest"]
    for at, number in books.links.rest():
        report.fault(f"entry {number} (place {at}) is no link of the chain")
    if (place, link) != (end, told["after"]["digest"]):
        report.fault(f"the chain does not end where the manifest says (place {end})")
    if not is_own:
        report.fault(f"the chain ends with an entry of another year (place {place})")
    report.say(f"{count} links of the chain, from place {first} to place {place}")
    if head:
        if head != link:
            report.fault("the chain does not end with the link that was kept elsewhere")
        report.say("the last link is held against the one that was kept elsewhere")
    report.say(f"the last link is {link}")


def _journal_csv(report: Report, source: Any) -> None:
    """The journal for people tells the same as the one that is sealed."""
    names = {row["id"]: row["account"] for row in _table(source, "accounts.csv")}
    count, rows = 0, _table(source, "journal.csv")
    for entry in _json_lines(source, "journal.jsonl"):
        form, number = entry["entry"], entry["number"]
        for line in form[LINES]:
            row = next(rows, None)
            if row is None:
                report.fault(f"journal.csv ends before entry {number}")
                return
            wanted = (str(number), form[DATE], str(line[0]),
                      names.get(str(line[ACCOUNT]), ""), line[DEBIT], line[CREDIT])  # fmt: skip
            told = tuple(
                row[one] for one in ("number", "date", "line", "account", "debit", "credit")
            )
            if told != wanted:
                report.fault(f"journal.csv: entry {number}, line {line[0]}: it says {' '.join(told)}, "
                             f"the sealed entry {' '.join(wanted)}")  # fmt: skip
            count += 1
    if next(rows, None) is not None:
        report.fault("journal.csv has more lines than the sealed journal")
    report.say(f"journal.csv: {count} lines, the same as in the sealed entries")


def _balances(report: Report, source: Any, books: Books) -> None:
    """Trial balance, opening balances and account sheets follow from the lines."""
    ids = {row["account"]: int(row["id"]) for row in _table(source, "accounts.csv")}
    carried = {row["account"]: row for row in _table(source, "opening_balances.csv")}
    closing: dict[str, tuple[int, int]] = {}
    seen, openings, closings = set(), 0, 0
    for row in _table(source, "trial_balance.csv"):
        account = row["account"]
        told = {one: _centimes(row[one]) for one in ("opening", "debit", "credit", "closing")}
        debit, credit, opened = books.turnover.get(ids.get(account, -1), [0, 0, 0])
        name = f"trial_balance.csv: account {account or row['name']}"
        if (told["debit"], told["credit"]) != (debit, credit):
            report.fault(f"{name}: it says {row['debit']} and {row['credit']}, the lines come to "
                         f"{_chf(debit)} and {_chf(credit)}")  # fmt: skip
        start = carried.pop(account, {"carried": "0.00", "opened": "0.00"})
        brought = _centimes(start["carried"])
        if _centimes(start["opened"]) != opened:
            report.fault(f"opening_balances.csv: account {account}: it says {start['opened']}, the "
                         f"opening entries come to {_chf(opened)}")  # fmt: skip
        if told["opening"] != brought + opened:
            report.fault(f"{name} opens with {row['opening']}, what was carried and opened is "
                         f"{_chf(brought + opened)}")  # fmt: skip
        if told["closing"] != told["opening"] + told["debit"] - told["credit"]:
            report.fault(f"{name} does not close with what it says")
        closing[account] = (brought, told["closing"])
        seen.add(ids.get(account))
        openings, closings = openings + told["opening"], closings + told["closing"]
    for account in sorted(carried):
        report.fault(f"opening_balances.csv: account {account} is not in the trial balance")
    for pk, turnover in sorted(books.turnover.items()):
        if any(turnover) and pk not in seen:
            report.fault(f"trial_balance.csv lacks an account with lines (id {pk})")
    if openings or closings:
        report.fault(f"trial_balance.csv: balances add up to {_chf(openings)} and {_chf(closings)}, "
                     "not to zero")  # fmt: skip
    report.say(f"trial balance: {len(closing)} accounts, each as its lines come to")
    _sheets(report, source, books, ids, closing)


def _sheets(report: Report, source: Any, books: Books, ids: dict[str, int], closing: Any) -> None:
    """Each account's sheet runs from its opening balance to its closing balance."""
    counts: dict[str, int] = {}
    balance: dict[str, int] = {}
    for row in _table(source, "account_sheets.csv"):
        account = row["account"]
        running = balance.get(account, closing.get(account, (0, 0))[0])
        running += _centimes(row["debit"]) - _centimes(row["credit"])
        if _centimes(row["balance"]) != running:
            report.fault(f"account_sheets.csv: account {account}, entry {row['number']}: the balance "
                         f"is not {row['balance']}")  # fmt: skip
        balance[account], counts[account] = running, counts.get(account, 0) + 1
    for account, running in sorted(balance.items()):
        if running != closing.get(account, (0, running))[1]:
            report.fault(f"account_sheets.csv: account {account} does not close as in the trial "
                         "balance")  # fmt: skip
    for account, pk in sorted(ids.items()):
        told, wanted = counts.get(account, 0), books.lines_of.get(pk, 0)
        if told != wanted:
            report.fault(
                f"account_sheets.csv: account {account} has {told} lines, the journal {wanted}"
            )
    report.say(f"account sheets: {len(balance)} accounts, balances running to those of the trial "
               "balance")  # fmt: skip


def _originals(report: Report, source: Any, books: Books, digests: dict[str, str]) -> None:
    """Every original named is there bit for bit."""
    count = 0
    for row in _table(source, "originals.csv"):
        count += 1
        name, path = f"{row['kind']} {row['name']}", row["path"]
        if row["entry"]:
            name += f" of entry {row['entry']}"
        if path not in digests:
            report.fault(f"{name}: {path} is missing")
        elif digests[path] != row["sha256"]:
            report.fault(f"{name}: the bytes of {path} are not those that were stored")
        elif row["kind"] == "voucher":
            books.vouchers.add(bytes.fromhex(row["sha256"]))
    report.say(f"{count} originals, each with the bytes that were stored")


def _trail(report: Report, source: Any, manifest: dict[str, Any], head: str) -> None:
    """The trail of the year, event by event and link by link."""
    told = manifest["trail"]
    place, link, count, withheld = told["before"]["position"], told["before"]["digest"], 0, 0
    for row in _json_lines(source, "trail.jsonl"):
        count += 1
        at, content = row["position"], row["content_digest"]
        if "event" in row:
            if hashlib.sha256(row["event"].encode("utf-8")).hexdigest() != content:
                report.fault(f"trail: event at place {at}: what it says differs from what was "
                             "recorded")  # fmt: skip
        else:
            withheld += 1
        if at != place + 1:
            report.fault(f"trail: place {place + 1} is missing: {at} follows {place}")
        made = hashlib.sha256(bytes.fromhex(link) + at.to_bytes(8, "big") + bytes.fromhex(content))
        if made.hexdigest() != row["digest"]:
            report.fault(f"trail: event at place {at}: its link to the one before is broken")
        place, link = at, row["digest"]
    end = told["after"]["position"]
    if (place, link) != (end, told["after"]["digest"]):
        report.fault(f"the trail does not end where the manifest says (place {end})")
    if count != manifest["counts"]["events"]:
        report.fault(
            f"the manifest tells events {manifest['counts']['events']}, the trail has {count}"
        )
    report.say(
        f"audit trail: {count} events in one chain, {withheld} of them by their digest alone"
    )
    if head:
        if head != link:
            report.fault("the trail does not end with the link that was kept elsewhere")
        report.say("the last link of the trail is held against the one that was kept elsewhere")
    report.say(f"the last link of the trail is {link}")


def _counts(report: Report, manifest: dict[str, Any], books: Books) -> None:
    counts, totals = manifest["counts"], manifest["totals"]
    found = (books.entries, books.lines, _chf(books.debit), _chf(books.credit))
    told = (counts["entries"], counts["lines"], totals["debit"], totals["credit"])
    for name, says, comes in zip(("entries", "lines", "debit", "credit"), told, found):  # noqa: B905
        if says != comes:
            report.fault(f"the manifest tells {name} {says}, the journal has {comes}")
    report.say(f"{books.lines} lines, debit {_chf(books.debit)}, credit {_chf(books.credit)}")


def _json_lines(source: Any, name: str) -> Iterator[dict[str, Any]]:
    with source.open(name) as file:
        for line in file:
            yield json.loads(line.decode("utf-8"))


def _table(source: Any, name: str) -> Iterator[dict[str, str]]:
    with source.open(name) as file:
        text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="")
        yield from csv.DictReader(text, delimiter=";")  # type: ignore[misc]


def _canonical(form: list[Any]) -> bytes:
    """An entry as it was digested: JSON without blanks, in UTF-8."""
    return json.dumps(form, ensure_ascii=False, separators=(",", ":")).encode("utf-8")


def _centimes(text: str) -> int:
    """An amount such as -12.50 as a whole number, so that nothing is ever rounded."""
    whole, point, part = text.partition(".")
    if not point or len(part) != 2 or not part.isdigit() or not whole.lstrip("-").isdigit():
        raise ValueError(f"{text!r} is no amount")
    return int(whole + part)


def _chf(centimes: int) -> str:
    sign, amount = ("-", -centimes) if centimes < 0 else ("", centimes)
    return f"{sign}{amount // 100}.{amount % 100:02d}"


def main(arguments: list[str] | None = None) -> int:
    """Check what is named, say what came of it; 0 where all is as it was sealed, else 1."""
    csv.field_size_limit(CHUNK)
    parser = argparse.ArgumentParser(description="Check the archive of a fiscal year, offline.")
    parser.add_argument("archive", nargs="?", default=str(Path(__file__).resolve().parent))
    for name, what in (("sha256", "SHA-256 of the package"), ("head", "last link of the chain"),
                       ("trail-head", "last link of the audit trail")):  # fmt: skip
        parser.add_argument(
            f"--{name}", default="", metavar="HEX", help=f"{what}, as kept elsewhere"
        )
    told = parser.parse_args(arguments)
    report = check(told.archive, Elsewhere(told.sha256, told.head, told.trail_head))
    said = [f"checked: {text}" for text in report.checked]
    said += [f"FAULT: {text}" for text in report.faults]
    count = len(report.faults)
    said.append(f"{count} faults." if count else "All is as it was sealed.")
    sys.stdout.buffer.write("".join(f"{text}\n" for text in said).encode("utf-8"))
    return 1 if report.faults else 0


if __name__ == "__main__":
    sys.exit(main())
