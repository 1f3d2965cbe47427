"""The list of leaked passwords on this machine."""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import random
import shutil
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from erp.access.passwords import building, corpus
from erp.access.passwords.building import build
from erp.access.passwords.corpus import HEAD, INDEX, MAGIC, SUFFIX, Corpus, NoCorpus, NotACorpus
from erp.core import clock

EDGES = [
    bytes(20), b"\xff" * 20,
    b"\x00\x00" + b"\xff" * 18, b"\x00\x01" + bytes(18), b"\x7f" + b"\xff" * 19, b"\x80" + bytes(19),
    b"\xff\xff" + bytes(18), b"\xff\xfe" + b"\xff" * 18,
    b"\x12\x34" + b"\x00" * 4 + b"\x01" + bytes(13), b"\x12\x34" + b"\xff" * 4 + b"\xfe" + bytes(13),
]  # fmt: skip
MOMENT = dt.datetime(2026, 11, 23, 8, 0, tzinfo=dt.UTC)


def written(folder, digests, name="pwned"):
    source = folder / "source.txt"
    source.write_text("".join(f"{digest.hex().upper()}:7\n" for digest in sorted(set(digests))))
    build(source, folder / name)
    return folder / name


def random_digests(count, seed=1):
    dice = random.Random(seed)
    return [dice.randbytes(20) for _ in range(count)]


def neighbour(digest, step):
    """The digest whose first 56 bits are one more or less."""
    head = (int.from_bytes(digest[:7], "big") + step) % (1 << 56)
    return head.to_bytes(7, "big") + digest[7:]


def test_it_holds_what_was_written_and_nothing_else(tmp_path):
    held = {*random_digests(20_000), *EDGES}
    found = Corpus(written(tmp_path, held))
    assert len(found) == len(held)
    assert all(digest in found for digest in held)
    heads = {digest[:7] for digest in held}
    others = [neighbour(d, step) for d in held for step in (1, -1)] + random_digests(20_000, seed=2)
    assert [d for d in others if (d in found) != (d[:7] in heads)] == []


@given(held=st.sets(st.binary(min_size=20, max_size=20) | st.sampled_from(EDGES), min_size=1),
       asked=st.lists(st.binary(min_size=20, max_size=20)), block=st.integers(1, 200))  # fmt: skip
@settings(max_examples=40, deadline=None)
def test_it_agrees_with_a_set(tmp_path_factory, held, asked, block):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(building, "_BLOCK", block)
        found = Corpus(written(tmp_path_factory.getbasetemp(), held))
    heads = {digest[:7] for digest in held}
    for digest in [*held, *asked, *EDGES, *(neighbour(d, 1) for d in held)]:
        assert (digest in found) == (digest[:7] in heads)


@pytest.mark.parametrize("wrong", ["a" * 40, b"short", b"x" * 21, bytearray(20), None])
def test_only_digests_are_looked_up(tmp_path, wrong):
    with pytest.raises(TypeError):
        _ = wrong in Corpus(written(tmp_path, EDGES))


def spoiled(index):
    return MAGIC + INDEX.pack(*index)


FOREIGN = {
    "empty": b"",
    "text": b"00000" * 200_000,
    "magic only": MAGIC,
    "another magic": b"PWN2" + bytes(HEAD - 4),
    "no entries promised, some there": spoiled([0] * 65537) + bytes(SUFFIX),
    "entries missing": spoiled([0] * 65536 + [3]) + bytes(2 * SUFFIX),
    "half an entry": spoiled([0] * 65536 + [1]) + bytes(SUFFIX - 1),
    "does not begin with nothing": spoiled([1] * 65537) + bytes(SUFFIX),
    "falling": spoiled([0, 2] + [1] * 65535) + bytes(SUFFIX),
}


@pytest.mark.parametrize("content", FOREIGN.values(), ids=FOREIGN)
def test_a_foreign_file_is_refused_and_not_taken_for_an_empty_one(tmp_path, content):
    path = tmp_path / "pwned"
    path.write_bytes(content)
    with pytest.raises(NotACorpus) as refusal:
        Corpus.open(path)
    assert str(path) in str(refusal.value)


@pytest.mark.parametrize("lost", [1, SUFFIX, 10 * SUFFIX, HEAD])
def test_a_truncated_file_is_refused(tmp_path, lost):
    path = written(tmp_path, random_digests(1000))
    os.truncate(path, path.stat().st_size - lost)
    with pytest.raises(NotACorpus):
        Corpus.open(path)


def test_a_file_that_is_not_there_is_refused(tmp_path):
    for path in (tmp_path / "nothing", tmp_path):
        with pytest.raises(NoCorpus):
            Corpus.open(path)


def test_a_process_opens_it_once_and_sees_another_within_a_minute(tmp_path):
    old, new = random_digests(2)
    path = written(tmp_path, [old])
    with clock.at(MOMENT):
        first = Corpus.open(str(path))
    written(tmp_path, [new])
    with clock.at(MOMENT + dt.timedelta(seconds=59)):
        assert Corpus.open(path) is first
    with clock.at(MOMENT + dt.timedelta(seconds=60)):
        second = Corpus.open(path)
    assert (old in second, new in second) == (False, True)
    assert (old in first, new in first) == (True, False), "who still looks at the old one may"
    with clock.at(MOMENT + dt.timedelta(seconds=180)):
        assert Corpus.open(path) is second, "nothing has changed"


def test_a_good_file_is_not_kept_where_a_bad_one_took_its_place(tmp_path):
    path = written(tmp_path, EDGES)
    with clock.at(MOMENT):
        Corpus.open(path)
    bad = tmp_path / "bad"
    shutil.copy(path, bad)
    os.truncate(bad, HEAD + 1)
    bad.replace(path)
    with clock.at(MOMENT + dt.timedelta(minutes=2)), pytest.raises(NotACorpus):
        Corpus.open(path)
    path.unlink()
    with clock.at(MOMENT + dt.timedelta(minutes=4)), pytest.raises(NoCorpus):
        Corpus.open(path)


def test_a_look_up_costs_less_than_twenty_sha1(tmp_path):
    """Of 40 bytes each; some ten microseconds on a small machine, measured in the same run."""
    held = random_digests(100_000)
    found = Corpus(written(tmp_path, held))
    asked = held[:2000] + random_digests(2000, seed=3)

    def look_up():
        for digest in asked:
            _ = digest in found

    def hash_twenty():
        for _ in range(20 * 400):
            hashlib.sha1(b"forty bytes, which is not very much data").hexdigest()

    assert best(look_up) / len(asked) < best(hash_twenty) / 400


def best(act):
    def once():
        start = time.perf_counter()
        act()
        return time.perf_counter() - start

    return min(once() for _ in range(7))


def test_one_process_knows_it_by_its_path(tmp_path):
    one, two = random_digests(2)
    first = written(tmp_path, [one], "first")
    second = written(tmp_path, [two], "second")
    assert one in Corpus.open(first)
    assert one not in Corpus.open(second)
    assert set(corpus._known) == {first, second}
