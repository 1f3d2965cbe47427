"""Building the list of leaked passwords, by command and by hand."""

from __future__ import annotations

import io
import random
import tracemalloc

import pytest
from django.core.management import CommandError, call_command
from django.utils import translation

from erp.access.passwords import building
from erp.access.passwords.building import (
    NotALine,
    NothingInList,
    NotInOrder,
    RangesMissing,
    RangeTwice,
    build,
)
from erp.access.passwords.corpus import HEAD, SUFFIX, Corpus


def hashes(count, seed=1):
    """Hashes in order, several to a range, with the first and the last there can be."""
    dice = random.Random(seed)
    prefixes = [dice.randbytes(3) for _ in range(count // 4)]
    made = {(dice.choice(prefixes) + dice.randbytes(17)).hex().upper() for _ in range(count)}
    return sorted(made | {"0" * 40, "F" * 40})


def counted(hashes):
    return [(one, index % 40) for index, one in enumerate(hashes)]


def as_file(folder, pairs, end="\r\n"):
    path = folder / "list.txt"
    path.write_bytes(end.join(f"{one}:{count}" for one, count in pairs).encode())
    return path


def as_folder(folder, pairs, ending=".txt"):
    path = folder / "ranges"
    path.mkdir()
    ranges = {}
    for one, count in pairs:
        ranges.setdefault(one[:5], []).append(f"{one[5:]}:{count}")
    for prefix, lines in ranges.items():
        (path / f"{prefix}{ending}").write_bytes("\r\n".join(lines).encode())
    return path


@pytest.mark.parametrize("ending", ["", ".txt"])
@pytest.mark.parametrize("min_count", [1, 10])
def test_a_file_and_a_folder_give_the_same_bytes(tmp_path, ending, min_count):
    pairs = counted(hashes(1200))
    one = build(as_file(tmp_path, pairs), tmp_path / "one", min_count=min_count)
    two = build(as_folder(tmp_path, pairs, ending), tmp_path / "two", min_count=min_count,
                partial=True)  # fmt: skip
    assert one == two
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()
    kept = [digest for digest, count in pairs if count >= min_count]
    assert one.entries == len(kept)
    assert one.size == (tmp_path / "one").stat().st_size == HEAD + SUFFIX * len(kept)
    assert one.ranges == len({digest[:5] for digest, _count in pairs})
    found = Corpus(tmp_path / "one")
    assert all((bytes.fromhex(digest) in found) == (digest in set(kept)) for digest, _c in pairs)


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("last", [True, False])
def test_ends_of_lines_small_letters_and_blocks_make_no_difference(
    tmp_path, monkeypatch, end, last
):
    pairs = counted(hashes(300))
    build(as_file(tmp_path, pairs), tmp_path / "one")
    source = as_file(tmp_path, [(one.lower(), count) for one, count in pairs], end)
    if last:
        source.write_bytes(source.read_bytes() + end.encode())
    monkeypatch.setattr(building, "_BLOCK", 130)
    build(source, tmp_path / "two")
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


def test_padding_is_left_out_whatever_is_asked_for(tmp_path):
    source = as_file(tmp_path, [("0" * 40, 0), ("1" * 40, 1)])
    assert build(source, tmp_path / "out", min_count=0).entries == 1


def test_two_hashes_that_begin_alike_do_no_harm(tmp_path):
    alike = ["A" * 20 + "0" * 20, "A" * 20 + "1" * 20]
    build(as_file(tmp_path, [(one, 1) for one in alike]), tmp_path / "out")
    assert bytes.fromhex(alike[0]) in Corpus(tmp_path / "out")


GOOD = "0" * 39 + "{}:1"
MALFORMED = {
    "short hash": "0" * 39 + ":1",
    "long hash": "0" * 41 + ":1",
    "no hexadecimal": "0" * 39 + "G:1",
    "no count": "0" * 40,
    "empty count": "0" * 40 + ":",
    "negative": "0" * 40 + ":-1",
    "fraction": "0" * 40 + ":1.5",
    "grouped": "0" * 40 + ":1_000",
    "too many digits": "0" * 40 + ":" + "1" * 11,
    "blank before": " " + "0" * 40 + ":1",
    "blank after": "0" * 40 + ":1 ",
    "other digits": "0" * 40 + ":١",
    "two on a line": "0" * 40 + ":1 " + "1" * 40 + ":1",
    "empty line": "",
    "NUL": "\0" * 42,
    "endless": "0" * 5000,
    "NTLM": "0" * 32 + ":1",
}


@pytest.mark.parametrize("wrong", MALFORMED.values(), ids=MALFORMED)
@pytest.mark.parametrize("place", [0, 1, 7])
def test_a_malformed_line_is_refused_by_file_and_number(tmp_path, monkeypatch, wrong, place):
    monkeypatch.setattr(building, "_BLOCK", 150)
    lines = ["0" * 39 + f"{number}:1" for number in range(9)]
    lines.insert(place, wrong)
    source = tmp_path / "list.txt"
    source.write_text("\n".join(lines))
    told = refused(NotALine, tmp_path, source)
    assert told.values == {"file": str(source), "line": place + 1}
    with translation.override("en"):
        assert f"{source}, line {place + 1}" in str(told)


def refused(kind, tmp_path, source, **more):
    """Nothing is left behind, and what was there stays."""
    out = tmp_path / "out"
    out.write_bytes(b"as it was")
    before = sorted(tmp_path.iterdir())
    with pytest.raises(kind) as refusal:
        build(source, out, **more)
    assert out.read_bytes() == b"as it was"
    assert sorted(tmp_path.iterdir()) == before
    return refusal.value


@pytest.mark.parametrize("block", [1, 10_000])
@pytest.mark.parametrize(("order", "line"), [("0132", 4), ("0112", 3), ("1023", 2), ("0003", 2)])
def test_hashes_out_of_order_are_refused_by_file_and_number(
    tmp_path, monkeypatch, block, order, line
):
    monkeypatch.setattr(building, "_BLOCK", block)
    source = as_file(tmp_path, [(digit * 40, n + 1) for n, digit in enumerate(order)])
    told = refused(NotInOrder, tmp_path, source)
    assert told.values == {"file": str(source), "line": line}


def test_a_range_out_of_order_or_malformed_names_its_file(tmp_path):
    folder = as_folder(tmp_path, counted(hashes(100)))
    file = folder / "ABCDE.txt"
    file.write_text("1" * 35 + ":1\n" + "0" * 35 + ":1")
    told = refused(NotInOrder, tmp_path, folder, partial=True)
    assert told.values == {"file": str(file), "line": 2}
    file.write_text("1" * 35 + ":1\n" + "2" * 40 + ":1")
    told = refused(NotALine, tmp_path, folder, partial=True)
    assert told.values == {"file": str(file), "line": 2}
    file.write_text("")
    told = refused(NotALine, tmp_path, folder, partial=True)
    assert told.values == {"file": str(file), "line": 1}


def test_a_folder_with_holes_is_refused_unless_a_part_is_wanted(tmp_path, monkeypatch):
    pairs = counted(hashes(200))
    there = len({digest[:5] for digest, _count in pairs})
    folder = as_folder(tmp_path, pairs)
    (folder / "readme.txt").write_text("not a range")
    assert refused(RangesMissing, tmp_path, folder).values["count"] == (1 << 20) - there
    monkeypatch.setattr(building, "RANGES", there)
    assert build(folder, tmp_path / "out").ranges == there


def test_a_range_that_is_there_twice_is_refused(tmp_path):
    folder = as_folder(tmp_path, counted(hashes(20)))
    (folder / "fffff").write_text("F" * 35 + ":1")
    assert refused(RangeTwice, tmp_path, folder, partial=True).values["range"] == "FFFFF"


def test_a_list_of_nothing_is_refused(tmp_path):
    source = as_file(tmp_path, counted(hashes(20)))
    refused(NothingInList, tmp_path, source, min_count=1000)
    source.write_text("")
    refused(NotALine, tmp_path, source)


def test_memory_does_not_grow_with_the_list(tmp_path, monkeypatch):
    monkeypatch.setattr(building, "_BLOCK", 1 << 16)
    peaks = []
    for count in (5_000, 40_000):
        source = as_file(tmp_path, [(one, 1) for one in hashes(count)])
        tracemalloc.start()
        build(source, tmp_path / "out")
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < peaks[0] * 1.2


def test_the_command_tells_how_much_there_is(tmp_path):
    pairs = counted(hashes(400))
    source, out, said = as_file(tmp_path, pairs), tmp_path / "out", io.StringIO()
    call_command("pwned_build", str(source), str(out), "--min-count", "10", stdout=said)
    kept = sum(count >= 10 for _digest, count in pairs)
    ranges = len({digest[:5] for digest, _count in pairs})
    assert said.getvalue() == (
        f"{out}: {kept} hashes, {HEAD + SUFFIX * kept} bytes, from {ranges} of 1048576 ranges\n"
    )
    assert len(Corpus(out)) == kept


def test_the_command_refuses_in_words(tmp_path):
    folder = as_folder(tmp_path, counted(hashes(20)))
    for source in (folder, tmp_path / "nothing"):
        with pytest.raises(CommandError, match=str(source)):
            call_command("pwned_build", str(source), str(tmp_path / "out"))
    call_command(
        "pwned_build", str(folder), str(tmp_path / "out"), "--partial", stdout=io.StringIO()
    )
    with pytest.raises(CommandError):
        call_command("pwned_build", str(folder), str(tmp_path / "no" / "out"), "--partial")
