"""Check the archive of a fiscal year (Archivpaket) without the program that made it.

    python3 verify.py                     the folder that this file lies in
    python3 verify.py archive.zip         a package as it was handed out
    python3 verify.py archive.zip --head 5f3c…

This file is part of each archive and needs nothing but Python 3.8 or newer: no network, no other
package. It says what it has checked and names each fault; it ends with 0 where all is as it was
sealed, and with 1 where it is not.

What somebody changed together with every digest that stands for it, up to the last link, is found
by ``--head`` alone: the last link of the ledger's chain as it was kept elsewhere.

Source of what is asked of an archive: GeBüV (SR 221.431) Art. 3, 9 and 10; OR Art. 957a and 958f.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import io
import json
import os
import sys
import zipfile
from typing import IO, Any, Dict, Iterator, List, Optional, Tuple

FORMAT = "rappen-archive-1"
ENTRY_FORMAT = "rappen-entry-1"
MANIFEST = "manifest.json"
CHUNK = 1 << 20
#: Places in the canonical form of an entry, and of a line.
DATE, KIND, LINES, VOUCHERS = 3, 4, 12, 13
ACCOUNT, DEBIT, CREDIT = 1, 2, 3
_MALFORMED = (ValueError, KeyError, IndexError, TypeError, AttributeError)


class Report:
    """What was checked, and what was found wrong."""

    def __init__(self) -> None:
        self.checked: List[str] = []
        self.faults: List[str] = []

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
        self.twice = sorted({one for one in listed if listed.count(one) > 1}) if len(
            listed
        ) != len(self.names) else []

    def open(self, name: str) -> IO[bytes]:
        return self._zip.open(name)


class Folder:
    """The files of a folder into which a package was unpacked."""

    twice: List[str] = []

    def __init__(self, path: str) -> None:
        self._path = path
        self.names = {
            os.path.relpath(os.path.join(where, name), path).replace(os.sep, "/")
            for where, _folders, names in os.walk(path)
            for name in names
        }

    def open(self, name: str) -> IO[bytes]:
        return open(os.path.join(self._path, *name.split("/")), "rb")


class Books:
    """What the journal's lines come to, for what is held against them."""

    def __init__(self) -> None:
        self.content: Dict[int, str] = {}  # what each entry says, recomputed, by its place
        self.numbers: Dict[int, int] = {}
        self.named: Dict[str, List[int]] = {}  # entries by the digests of their sealed vouchers
        self.turnover: Dict[int, List[int]] = {}  # by account: debit, credit, opened
        self.lines_of: Dict[int, int] = {}
        self.entries = self.lines = self.debit = self.credit = 0


def check(path: str, head: str = "") -> Report:
    """Check the package at ``path``, a ZIP or a folder. Nothing is written."""
    report = Report()
    try:
        source: Any = Folder(path) if os.path.isdir(path) else Zipped(path)
        with source.open(MANIFEST) as file:
            manifest = json.loads(file.read().decode("utf-8"))
    except (OSError, KeyError, ValueError, zipfile.BadZipFile) as error:
        report.fault("%s cannot be read as an archive: %s" % (path, error))
        return report
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        report.fault("%s: its format is not %s" % (MANIFEST, FORMAT))
        return report
    books, digests = Books(), {}  # type: Tuple[Books, Dict[str, str]]
    steps = (
        ("files", lambda: digests.update(_files(report, source, manifest))),
        ("journal.jsonl", lambda: _journal(report, source, books)),
        ("links.jsonl", lambda: _chain(report, source, manifest, books, head)),
        ("journal.csv", lambda: _journal_csv(report, source)),
        ("trial_balance.csv", lambda: _balances(report, source, books)),
        ("originals.csv", lambda: _originals(report, source, books, digests)),
        ("trail.jsonl", lambda: _trail(report, source, manifest)),
        (MANIFEST, lambda: _counts(report, manifest, books)),
    )  # type: Any
    for name, step in steps:
        try:
            step()
        except _MALFORMED + (OSError, zipfile.BadZipFile) as error:
            report.fault("%s cannot be read: %s: %s" % (name, type(error).__name__, error))
    return report


def _files(report: Report, source: Any, manifest: Dict[str, Any]) -> Dict[str, str]:
    """Every file is there as the manifest says, and no other; the digests of all."""
    digests = {}
    for told in manifest["files"]:
        name = told["path"]
        if name not in source.names:
            report.fault("%s is missing" % name)
            continue
        digest, size = hashlib.sha256(), 0
        try:
            with source.open(name) as file:
                for piece in iter(lambda: file.read(CHUNK), b""):
                    digest.update(piece)
                    size += len(piece)
        except (OSError, zipfile.BadZipFile) as error:
            report.fault("%s cannot be read: %s" % (name, error))
            continue
        digests[name] = digest.hexdigest()
        if digests[name] != told["sha256"] or size != told["size"]:
            report.fault("%s is not the file that the manifest names (SHA-256 or size differ)" % name)
    for name in sorted(source.names - {told["path"] for told in manifest["files"]} - {MANIFEST}):
        report.fault("%s is not named in the manifest" % name)
    for name in source.twice:
        report.fault("%s is there twice" % name)
    report.say("%d files: each has its SHA-256 and size, and there is no other" % len(digests))
    return digests


def _journal(report: Report, source: Any, books: Books) -> None:
    """Each entry says what was sealed, balances, and has its place and number."""
    place, last = 0, {}  # type: Tuple[int, Dict[str, int]]
    for row in _json_lines(source, "journal.jsonl"):
        number, form = row["number"], row["entry"]
        name = "entry %s" % number
        content = hashlib.sha256(_canonical(form)).hexdigest()
        if form[0] != ENTRY_FORMAT:
            report.fault("%s: its form is not %s" % (name, ENTRY_FORMAT))
        if content != row["content_digest"]:
            report.fault("%s: what it says differs from what was sealed" % name)
        if row["position"] <= place:
            report.fault("%s stands in another order than the chain (place %s after %s)"
                         % (name, row["position"], place))  # fmt: skip
        place = row["position"]
        before = last.get(row["series"], 0)
        if number != before + 1:
            report.fault("numbers of series %s go from %s to %s" % (row["series"], before, number))
        last[row["series"]] = number
        books.content[place], books.numbers[place] = content, number
        for digest in form[VOUCHERS]:
            books.named.setdefault(digest, []).append(number)
        _lines(report, name, form, books)
    report.say("%d entries: each says what was sealed, and debit is credit in each" % books.entries)


def _lines(report: Report, name: str, form: List[Any], books: Books) -> None:
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
        report.fault("%s does not balance: debit %s, credit %s" % (name, _chf(debit), _chf(credit)))
    books.entries += 1
    books.lines += len(form[LINES])
    books.debit, books.credit = books.debit + debit, books.credit + credit


def _chain(
    report: Report, source: Any, manifest: Dict[str, Any], books: Books, head: str
) -> None:  # fmt: skip
    """From the link before the year to the last of its entries, link by link."""
    told = manifest["ledger"]
    place, link = told["before"]["position"], told["before"]["digest"]
    year, seen, count = manifest["fiscal_year"]["id"], set(), 0
    for row in _json_lines(source, "links.jsonl"):
        count += 1
        at, number, content = row["position"], row["number"], row["content_digest"]
        if row["fiscal_year"] == year:
            seen.add(at)
            if at not in books.content:
                report.fault("entry %s (place %s in the chain) is missing in the journal"
                             % (number, at))  # fmt: skip
            elif books.numbers[at] != number:
                report.fault("place %s in the chain is that of entry %s, not of entry %s"
                             % (at, number, books.numbers[at]))  # fmt: skip
            content = books.content.get(at, content)
        if at != place + 1:
            report.fault("place %s in the chain is missing: %s follows %s" % (place + 1, at, place))
        made = hashlib.sha256(
            bytes.fromhex(link) + at.to_bytes(8, "big") + number.to_bytes(4, "big")
            + bytes.fromhex(content)
        ).hexdigest()  # fmt: skip
        if made != row["chain_digest"]:
            report.fault("entry %s (place %s): its link to the entry before is broken" % (number, at))
        place, link = at, row["chain_digest"]
    for at in sorted(set(books.content) - seen):
        report.fault("entry %s (place %s) is no link of the chain" % (books.numbers[at], at))
    if (place, link) != (told["after"]["position"], told["after"]["digest"]):
        report.fault("the chain does not end where the manifest says (place %s)"
                     % told["after"]["position"])  # fmt: skip
    report.say("%d links of the chain, from place %s to place %s"
               % (count, told["before"]["position"], place))  # fmt: skip
    if head:
        if head.strip().lower() != link:
            report.fault("the chain does not end with the link that was kept elsewhere")
        report.say("the last link is held against the one that was kept elsewhere")
    report.say("the last link is %s" % link)


def _journal_csv(report: Report, source: Any) -> None:
    """The journal for people tells the same as the one that is sealed."""
    names = {row["id"]: row["account"] for row in _table(source, "accounts.csv")}
    count, rows = 0, _table(source, "journal.csv")
    for entry in _json_lines(source, "journal.jsonl"):
        form = entry["entry"]
        for line in form[LINES]:
            row = next(rows, None)
            if row is None:
                report.fault("journal.csv ends before entry %s" % entry["number"])
                return
            wanted = (str(entry["number"]), form[DATE], str(line[0]),
                      names.get(str(line[ACCOUNT]), ""), line[DEBIT], line[CREDIT])  # fmt: skip
            told = tuple(row[one] for one in ("number", "date", "line", "account", "debit", "credit"))
            if told != wanted:
                report.fault("journal.csv: entry %s, line %s: it says %s, the sealed entry %s" % (
                    entry["number"], line[0], " ".join(told), " ".join(wanted)))  # fmt: skip
            count += 1
    if next(rows, None) is not None:
        report.fault("journal.csv has more lines than the sealed journal")
    report.say("journal.csv: %d lines, the same as in the sealed entries" % count)


def _balances(report: Report, source: Any, books: Books) -> None:
    """Trial balance, opening balances and account sheets follow from the lines."""
    ids = {row["account"]: int(row["id"]) for row in _table(source, "accounts.csv")}
    carried = {row["account"]: row for row in _table(source, "opening_balances.csv")}
    closing, seen, sums = {}, set(), [0, 0]  # type: Any
    for row in _table(source, "trial_balance.csv"):
        account = row["account"]
        told = {one: _centimes(row[one]) for one in ("opening", "debit", "credit", "closing")}
        debit, credit, opened = books.turnover.get(ids.get(account, -1), [0, 0, 0])
        name = "trial_balance.csv: account %s" % (account or row["name"])
        if (told["debit"], told["credit"]) != (debit, credit):
            report.fault("%s: it says %s and %s, the lines come to %s and %s" % (
                name, row["debit"], row["credit"], _chf(debit), _chf(credit)))  # fmt: skip
        start = carried.pop(account, {"carried": "0.00", "opened": "0.00"})
        if _centimes(start["opened"]) != opened:
            report.fault("opening_balances.csv: account %s: it says %s, the opening entries come to %s"
                         % (account, start["opened"], _chf(opened)))  # fmt: skip
        if told["opening"] != _centimes(start["carried"]) + opened:
            report.fault("%s opens with %s, what was carried and opened is %s" % (
                name, row["opening"], _chf(_centimes(start["carried"]) + opened)))  # fmt: skip
        if told["closing"] != told["opening"] + told["debit"] - told["credit"]:
            report.fault("%s does not close with what it says" % name)
        closing[account] = (_centimes(start["carried"]), told["closing"])
        seen.add(ids.get(account))
        sums = [sums[0] + told["opening"], sums[1] + told["closing"]]
    for account in sorted(carried):
        report.fault("opening_balances.csv: account %s is not in the trial balance" % account)
    for pk, turnover in sorted(books.turnover.items()):
        if any(turnover) and pk not in seen:
            report.fault("trial_balance.csv lacks an account with lines (id %s)" % pk)
    if any(sums):
        report.fault("trial_balance.csv: balances add up to %s and %s, not to zero"
                     % (_chf(sums[0]), _chf(sums[1])))  # fmt: skip
    report.say("trial balance: %d accounts, each as its lines come to" % len(closing))
    _sheets(report, source, books, ids, closing)


def _sheets(report: Report, source: Any, books: Books, ids: Dict[str, int], closing: Any) -> None:
    """Each account's sheet runs from its opening balance to its closing balance."""
    counts = {}  # type: Dict[str, int]
    balance = {}  # type: Dict[str, int]
    for row in _table(source, "account_sheets.csv"):
        account = row["account"]
        running = balance.get(account, closing.get(account, (0, 0))[0])
        running += _centimes(row["debit"]) - _centimes(row["credit"])
        if _centimes(row["balance"]) != running:
            report.fault("account_sheets.csv: account %s, entry %s: the balance is not %s"
                         % (account, row["number"], row["balance"]))  # fmt: skip
        balance[account], counts[account] = running, counts.get(account, 0) + 1
    for account, running in sorted(balance.items()):
        if running != closing.get(account, (0, running))[1]:
            report.fault("account_sheets.csv: account %s does not close as in the trial balance"
                         % account)  # fmt: skip
    for account, pk in sorted(ids.items()):
        if counts.get(account, 0) != books.lines_of.get(pk, 0):
            report.fault("account_sheets.csv: account %s has %s lines, the journal %s"
                         % (account, counts.get(account, 0), books.lines_of.get(pk, 0)))  # fmt: skip
    report.say("account sheets: %d accounts, balances running to those of the trial balance"
               % len(balance))  # fmt: skip


def _originals(report: Report, source: Any, books: Books, digests: Dict[str, str]) -> None:
    """Every original named is there bit for bit; so is each voucher that was sealed with an entry."""
    count, vouchers = 0, set()
    for row in _table(source, "originals.csv"):
        count += 1
        name = "%s %s%s" % (row["kind"], row["name"],
                            " of entry %s" % row["entry"] if row["entry"] else "")  # fmt: skip
        if row["path"] not in digests:
            report.fault("%s: %s is missing" % (name, row["path"]))
        elif digests[row["path"]] != row["sha256"]:
            report.fault("%s: the bytes of %s are not those that were stored" % (name, row["path"]))
        elif row["kind"] == "voucher":
            vouchers.add(row["sha256"])
    for digest in sorted(set(books.named) - vouchers):
        report.fault("voucher %s… of entry %s, sealed with it, is missing or was changed"
                     % (digest[:12], ", ".join(map(str, books.named[digest]))))  # fmt: skip
    report.say("%d originals, and among them all %d vouchers that were sealed with entries"
               % (count, len(books.named)))  # fmt: skip


def _trail(report: Report, source: Any, manifest: Dict[str, Any]) -> None:
    """The trail of the year, event by event and link by link."""
    told = manifest["trail"]
    place, link, count, withheld = told["before"]["position"], told["before"]["digest"], 0, 0
    for row in _json_lines(source, "trail.jsonl"):
        count += 1
        at, content = row["position"], row["content_digest"]
        if "event" in row:
            if hashlib.sha256(row["event"].encode("utf-8")).hexdigest() != content:
                report.fault("trail: event at place %s: what it says differs from what was recorded"
                             % at)  # fmt: skip
        else:
            withheld += 1
        if at != place + 1:
            report.fault("trail: place %s is missing: %s follows %s" % (place + 1, at, place))
        made = hashlib.sha256(bytes.fromhex(link) + at.to_bytes(8, "big") + bytes.fromhex(content))
        if made.hexdigest() != row["digest"]:
            report.fault("trail: event at place %s: its link to the one before is broken" % at)
        place, link = at, row["digest"]
    if (place, link) != (told["after"]["position"], told["after"]["digest"]):
        report.fault("the trail does not end where the manifest says (place %s)"
                     % told["after"]["position"])  # fmt: skip
    report.say("audit trail: %d events in one chain, %d of them by their digest alone"
               % (count, withheld))  # fmt: skip


def _counts(report: Report, manifest: Dict[str, Any], books: Books) -> None:
    counts, totals = manifest["counts"], manifest["totals"]
    found = (books.entries, books.lines, _chf(books.debit), _chf(books.credit))
    told = (counts["entries"], counts["lines"], totals["debit"], totals["credit"])
    if found != told:
        report.fault("the manifest tells %s entries, %s lines, debit %s, credit %s; "
                     "the journal has %s, %s, %s, %s" % (told + found))  # fmt: skip
    report.say("%d lines, debit %s, credit %s" % found[1:])


def _json_lines(source: Any, name: str) -> Iterator[Dict[str, Any]]:
    with source.open(name) as file:
        for line in file:
            yield json.loads(line.decode("utf-8"))


def _table(source: Any, name: str) -> Iterator[Dict[str, str]]:
    with source.open(name) as file:
        text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="")
        for row in csv.DictReader(text, delimiter=";"):
            yield row  # type: ignore[misc]


def _canonical(form: List[Any]) -> bytes:
    """An entry as it was digested: JSON without blanks, in UTF-8."""
    return json.dumps(form, ensure_ascii=False, separators=(",", ":")).encode("utf-8")


def _centimes(text: str) -> int:
    """An amount such as -12.50 as a whole number, so that nothing is ever rounded."""
    whole, point, part = text.partition(".")
    if not point or len(part) != 2 or not part.isdigit() or not whole.lstrip("-").isdigit():
        raise ValueError("%r is no amount" % text)
    return int(whole + part)


def _chf(centimes: int) -> str:
    sign, amount = ("-", -centimes) if centimes < 0 else ("", centimes)
    return "%s%d.%02d" % (sign, amount // 100, amount % 100)


def main(arguments: Optional[List[str]] = None) -> int:
    """Check what is named, say what came of it; 0 where all is as it was sealed, else 1."""
    csv.field_size_limit(CHUNK)
    parser = argparse.ArgumentParser(description="Check the archive of a fiscal year, offline.")
    parser.add_argument("archive", nargs="?", default=os.path.dirname(os.path.abspath(__file__)))
    parser.add_argument("--head", default="", help="last link of the chain, as kept elsewhere")
    told = parser.parse_args(arguments)
    report = check(told.archive, told.head)
    for text in report.checked:
        print("checked: %s" % text)
    for text in report.faults:
        print("FAULT: %s" % text)
    print("%d faults." % len(report.faults) if report.faults else "All is as it was sealed.")
    return 1 if report.faults else 0


if __name__ == "__main__":
    sys.exit(main())
