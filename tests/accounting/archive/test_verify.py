"""The verifier as whoever holds a package runs it: alone, offline; each kind of tampering by its name."""

from __future__ import annotations

import ast
import hashlib
import json
import shutil
import subprocess
import sys
import tracemalloc
from pathlib import Path

import pytest

from accounting.archive import verify
from tests.accounting.archive import books

pytestmark = pytest.mark.django_db
VERIFIER = Path(verify.__file__)


def verified(path, *more):
    """What the package's own verifier says, run by itself."""
    return subprocess.run(
        [sys.executable, "-I", str(path), *more], capture_output=True, encoding="utf-8", timeout=60,
        check=False,
    )  # fmt: skip


def changed(folder, name, old, new, *, count=1):
    path = folder / name
    content = path.read_bytes()
    assert old in content, (name, old)
    path.chmod(0o600)
    path.write_bytes(content.replace(old, new, count))


def adjusted(folder):
    """The manifest made to fit what the files are now, as a careful forger would."""
    path = folder / "manifest.json"
    manifest = json.loads(path.read_text())
    files = sorted(one for one in folder.rglob("*") if one.is_file() and one != path)
    manifest["files"] = [
        {"path": one.relative_to(folder).as_posix(), "size": one.stat().st_size,
         "sha256": hashlib.sha256(one.read_bytes()).hexdigest()} for one in files
    ]  # fmt: skip
    path.write_text(json.dumps(manifest))
    return manifest


def lines(folder, name):
    return [json.loads(line) for line in (folder / name).read_text().splitlines()]


def written(folder, name, rows):
    (folder / name).write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows))


def receipt(folder):
    return next(path for path in (folder / "originals").iterdir() if path.read_bytes() == books.PDF)


def amount(folder):
    changed(folder, "journal.jsonl", b"2000.00", b"2000.01", count=2)


def text(folder):
    changed(folder, "journal.jsonl", "«März»".encode(), "«Mai»".encode())


def one_side(folder):
    changed(folder, "journal.jsonl", b"2000.00", b"2000.01")


def resealed(folder):
    """An amount, with the digest of what the entry says made to fit."""
    rows = lines(folder, "journal.jsonl")
    for line in rows[1]["entry"][verify.LINES]:
        line[2:4] = [one if one == "0.00" else "1000.00" for one in line[2:4]]
    rows[1]["content_digest"] = hashlib.sha256(verify._canonical(rows[1]["entry"])).hexdigest()
    written(folder, "journal.jsonl", rows)


def dropped(folder):
    rows = lines(folder, "journal.jsonl")
    written(folder, "journal.jsonl", rows[:1] + rows[2:])


def dropped_with_its_link(folder):
    dropped(folder)
    rows = lines(folder, "links.jsonl")
    written(folder, "links.jsonl", rows[:1] + rows[2:])


def cut_off(folder):
    for name in ("journal.jsonl", "links.jsonl"):
        written(folder, name, lines(folder, name)[:-1])


def swapped(folder):
    rows = lines(folder, "journal.jsonl")
    rows[1], rows[2] = rows[2], rows[1]
    written(folder, "journal.jsonl", rows)


def added(folder):
    rows = lines(folder, "journal.jsonl")
    written(folder, "journal.jsonl", [*rows, rows[-1] | {"position": 6, "number": 5}])


def voucher(folder):
    receipt(folder).chmod(0o600)
    receipt(folder).write_bytes(books.PDF[:-1] + b"?")


def voucher_of_another_name(folder):
    """Also where it stands and what the index says of it made to fit."""
    old = receipt(folder)
    content = books.PDF[:-1] + b"?"
    new = hashlib.sha256(content).hexdigest()
    changed(folder, "originals.csv", old.stem.encode(), new.encode(), count=2)
    old.unlink()
    old.with_name(f"{new}.pdf").write_bytes(content)


def voucher_gone(folder):
    receipt(folder).unlink()


def trial_balance(folder):
    changed(folder, "trial_balance.csv", b"4100.10;2000.00", b"4100.11;2000.00")


def opening(folder):
    changed(folder, "opening_balances.csv", b"0.00;100000.00;100000.00", b"5.00;99995.00;100000.00")


def sheet(folder):
    changed(folder, "account_sheets.csv", b"2100.10", b"2100.11")


def readable(folder):
    changed(folder, "journal.csv", b"2100.10", b"2100.11")


def event(folder):
    rows = lines(folder, "trail.jsonl")
    nth = next(nth for nth, row in enumerate(rows) if "event" in row)
    rows[nth]["event"] = rows[nth]["event"].replace("Z", "X").replace("e", "i", 1)
    written(folder, "trail.jsonl", rows)


def event_gone(folder):
    rows = lines(folder, "trail.jsonl")
    written(folder, "trail.jsonl", rows[:1] + rows[2:])


def another_file(folder):
    (folder / "more.txt").write_text("more")


def total(folder):
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest["totals"]["debit"] = "1.00"
    (folder / "manifest.json").write_text(json.dumps(manifest))


SEALED = "entry 2: what it says differs from what was sealed"
#: What is done, whether the manifest is made to fit, and how it is named.
TAMPERINGS = [
    (amount, False, "journal.jsonl is not the file that the manifest names"),
    (amount, True, SEALED), (text, True, "entry 1: what it says differs from what was sealed"),
    (one_side, True, "entry 2 does not balance: debit 2000.01, credit 2000.00"),
    (resealed, True, "entry 2 (place 2): its link to the entry before is broken"),
    (dropped, True, "entry 2 (place 2 in the chain) is missing in the journal"),
    (dropped, True, "numbers of series J go from 1 to 3"),
    (dropped_with_its_link, True, "place 2 in the chain is missing: 3 follows 1"),
    (cut_off, True, "the chain does not end where the manifest says (place 5)"),
    (swapped, True, "entry 2 stands in another order than the chain (place 2 after 4)"),
    (added, True, "entry 5 (place 6) is no link of the chain"),
    (voucher, False, ".pdf is not the file that the manifest names"),
    (voucher, True, "voucher miete.pdf of entry 2: the bytes of originals/"),
    (voucher_of_another_name, True, "of entry 2, sealed with it, is missing or was changed"),
    (voucher_gone, False, ".pdf is missing"),
    (voucher_gone, True, "of entry 2, sealed with it, is missing or was changed"),
    (trial_balance, True, "trial_balance.csv: account 6000: it says 4100.11 and 2000.00, the lines "
                          "come to 4100.10 and 2000.00"),
    (opening, True, "opening_balances.csv: account 1020: it says 99995.00, the opening entries come "
                    "to 100000.00"),
    (sheet, True, "account_sheets.csv: account 1020, entry 4: the balance is not"),
    (readable, True, "journal.csv: entry 4, line 1: it says 4 2026-04-15 1 6000 2100.11"),
    (event, True, "what it says differs from what was recorded"),
    (event_gone, True, "trail: place"),
    (another_file, False, "more.txt is not named in the manifest"),
    (total, True, "the manifest tells debit 1.00, the journal has 106100.10"),
]  # fmt: skip


def test_a_real_package_passes_and_each_tampering_is_named(tmp_path):
    package = books.package(books.closed())
    sound = books.unpacked(package, tmp_path / "sound")
    found = verified(sound / "verify.py")
    assert (found.returncode, found.stderr) == (0, ""), found.stdout
    assert found.stdout.endswith("All is as it was sealed.\n")
    assert verified(sound / "verify.py", str(package)).returncode == 0  # as it was handed out
    head = lines(sound, "links.jsonl")[-1]["chain_digest"]
    assert verified(sound / "verify.py", "--head", head).returncode == 0
    trail_head = lines(sound, "trail.jsonl")[-1]["digest"]
    told = verified(sound / "verify.py", "--trail-head", trail_head.upper())
    assert (told.returncode, f"the last link of the trail is {trail_head}" in told.stdout) == (
        0,
        True,
    )
    sha256 = hashlib.sha256(package.read_bytes()).hexdigest()
    whole_package = verified(VERIFIER, str(package), "--sha256", sha256, "--head", head)
    assert (whole_package.returncode, whole_package.stderr) == (0, "")
    unpacked = verified(sound / "verify.py", "--sha256", sha256)
    assert (unpacked.returncode, "name the ZIP" in unpacked.stdout) == (1, True)
    for nth, (tamper, fits, named) in enumerate(TAMPERINGS):
        folder = shutil.copytree(sound, tmp_path / str(nth))
        tamper(folder)
        if fits:
            adjusted(folder)
        found = verified(folder / "verify.py")
        assert (found.returncode, found.stderr) == (1, ""), (tamper.__name__, fits, found)
        assert f"FAULT: {named}" in found.stdout or named in found.stdout, (
            tamper.__name__,
            found.stdout,
        )
        shutil.rmtree(folder)
    whole = forged(shutil.copytree(sound, tmp_path / "forged"))
    assert (
        verified(whole / "verify.py").returncode == 0
    )  # every digest fits; so a head is kept elsewhere
    found = verified(whole / "verify.py", "--head", head)
    assert (found.returncode, "the link that was kept elsewhere" in found.stdout) == (1, True)
    retold = trail_told_otherwise(shutil.copytree(sound, tmp_path / "retold"))
    assert verified(retold / "verify.py", "--head", head).returncode == 0
    found = verified(retold / "verify.py", "--trail-head", trail_head)
    assert (found.returncode, "FAULT: the trail does not end" in found.stdout) == (1, True)
    renamed = shutil.copytree(sound, tmp_path / "renamed")
    changed(renamed, "people.csv", b"@example.ch", b"@example.ru")  # what no chain seals
    adjusted(renamed)
    forgery = Path(shutil.make_archive(str(tmp_path / "forgery"), "zip", renamed))
    assert (
        verified(VERIFIER, str(forgery), "--head", head, "--trail-head", trail_head).returncode == 0
    )
    found = verified(VERIFIER, str(forgery), "--sha256", sha256)
    assert (found.returncode, "not the one that was kept elsewhere" in found.stdout) == (1, True)


def trail_told_otherwise(folder):
    """An event withheld from the trail's beginning, with each link and the manifest made anew."""
    rows = lines(folder, "trail.jsonl")
    manifest = json.loads((folder / "manifest.json").read_text())
    link = manifest["trail"]["before"]["digest"]
    for nth, row in enumerate(rows):
        if not nth:
            row.pop("event", None)
            row["content_digest"] = "00" * 32
        made = bytes.fromhex(link) + row["position"].to_bytes(8, "big")
        link = row["digest"] = hashlib.sha256(
            made + bytes.fromhex(row["content_digest"])
        ).hexdigest()
    written(folder, "trail.jsonl", rows)
    manifest = adjusted(folder)
    manifest["trail"]["after"]["digest"] = link
    (folder / "manifest.json").write_text(json.dumps(manifest))
    return folder


def forged(folder):
    """The text of an entry, with each digest and link from there to the manifest made anew."""
    rows, links = lines(folder, "journal.jsonl"), lines(folder, "links.jsonl")
    rows[1]["entry"][5] = "Miete, angeblich"
    rows[1]["content_digest"] = hashlib.sha256(verify._canonical(rows[1]["entry"])).hexdigest()
    own = {row["position"]: row for row in rows}
    link = b""
    for row in links:
        row["content_digest"] = own.get(row["position"], row)["content_digest"]
        link = hashlib.sha256(
            link + row["position"].to_bytes(8, "big") + row["number"].to_bytes(4, "big")
            + bytes.fromhex(row["content_digest"])
        ).digest()  # fmt: skip
        row["chain_digest"] = link.hex()
    written(folder, "journal.jsonl", rows)
    written(folder, "links.jsonl", links)
    manifest = adjusted(folder)
    manifest["ledger"]["after"]["digest"] = link.hex()
    (folder / "manifest.json").write_text(json.dumps(manifest))
    return folder


def test_of_each_entry_its_digest_alone_is_kept():
    """The verifier reads books of any size: 100,000 entries in a few megabytes, in whatever order."""
    tracemalloc.start()
    links = verify.Links()
    for place in range(1, 100_001):
        links.add(place, place, place.to_bytes(32, "big"))
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 16 * 1024 * 1024
    links.add(7, 8, b"x" * 32)  # a place that is taken twice
    assert links.take(50_000) == (50_000, (50_000).to_bytes(32, "big"))
    assert links.take(7) == (8, b"x" * 32)
    assert links.take(100_001) is None
    assert len(list(links.rest())) == 100_000 - 2


def test_what_is_no_archive_is_told(tmp_path):
    found = verified(VERIFIER, str(tmp_path / "nothing.zip"))
    assert (found.returncode, "cannot be read as an archive" in found.stdout) == (1, True)
    (tmp_path / "manifest.json").write_text('{"format": "rappen-archive-2", "files": []}')
    found = verified(VERIFIER, str(tmp_path))
    assert (found.returncode, "its format is not rappen-archive-1" in found.stdout) == (1, True)


def test_the_verifier_needs_nothing_but_an_old_python():
    tree = ast.parse(VERIFIER.read_text(), feature_version=(3, 8))
    imported = {
        name.split(".")[0]
        for node in ast.walk(tree)
        for name in (
            [one.name for one in node.names] if isinstance(node, ast.Import)
            else [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        )
    }  # fmt: skip
    assert imported <= set(sys.stdlib_module_names)
