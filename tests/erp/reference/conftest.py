"""A publisher on this machine, as bad as one likes, and sources that are asked there."""

from __future__ import annotations

import dataclasses
import datetime as dt

import pytest

from erp.core import clock
from erp.reference import fetching, updating
from erp.reference.sources import SOURCES
from tests.erp.passwords.service import RangeService

FRIDAY = dt.date(2026, 10, 9)


@pytest.fixture
def publisher(settings, monkeypatch):
    """Every source is asked at a server here, in haste."""
    running = RangeService()
    settings.REFERENCE_BASES = dict.fromkeys(SOURCES, running.url)
    monkeypatch.setattr(fetching, "WAITS", [0, 0])
    monkeypatch.setattr(updating, "PAUSE", [0])
    for name, source in list(SOURCES.items()):
        hasty = dataclasses.replace(source, deadline=dt.timedelta(seconds=1))
        monkeypatch.setitem(SOURCES, name, hasty)
    yield running
    running.stop()


@pytest.fixture
def friday():
    """It is Friday, 9 October 2026, at half past three in the morning."""
    with clock.at(dt.datetime(2026, 10, 9, 1, 30, tzinfo=dt.UTC)):
        yield FRIDAY
