"""Children that read foreign files: only so many at a time."""

from __future__ import annotations

import pytest

from erp.core import sandbox


def test_who_finds_all_places_taken_is_told_so(monkeypatch):
    monkeypatch.setattr(sandbox, "WAIT_SECONDS", 0.05)
    taken = 0
    while sandbox._places.acquire(blocking=False):
        taken += 1
    try:
        with pytest.raises(sandbox.Busy):
            sandbox.call("builtins:len", b"abc")
    finally:
        for _ in range(taken):
            sandbox._places.release()
    assert taken == 2
    for _ in range(3):  # a place is given back, whatever came of it
        assert sandbox.call("builtins:len", b"abc") == 3
