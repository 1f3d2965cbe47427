"""Days as people write them and addresses say them."""

from __future__ import annotations

import datetime as dt

import pytest

from erp.web.dates import read_day


@pytest.mark.parametrize("text", ["5.1.2026", "05.01.2026", " 2026-01-05 "])
def test_a_day_is_read_either_way(text):
    assert read_day(text) == dt.date(2026, 1, 5)


@pytest.mark.parametrize("text", [None, "", "31.2.2026", "0001-01-05", "9999-12-31", "x"])
def test_what_is_no_day_of_any_books_is_none(text):
    """Reckoning with the first and the last days there are leads beyond them."""
    assert read_day(text) is None
