"""What is at its default is left out of kept slips, so defaults bind for ever: each is pinned here.

A new value is added to the file by ``RAPPEN_PIN=1``; one that differs is a slip that would be read
otherwise than it was approved.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import msgspec
from msgspec.structs import fields

import payroll.runs.models
import payroll.wages.values  # noqa: F401 - so that all values are known

PINNED = Path(__file__).with_name("kept_defaults.json")


def kept(kind=msgspec.Struct):
    for one in kind.__subclasses__():
        if one.__module__.startswith("payroll.") and one.__struct_config__.omit_defaults:
            yield one
        yield from kept(one)


def defaults():
    found = {}
    for kind in sorted(set(kept()), key=lambda one: (one.__module__, one.__qualname__)):
        for one in fields(kind):
            if one.default is not msgspec.NODEFAULT:
                told = repr(one.default)
            elif one.default_factory is not msgspec.NODEFAULT:
                told = f"{one.default_factory()!r}, made anew"
            else:
                continue
            found[f"{kind.__module__}.{kind.__qualname__}.{one.name}"] = told
    return found


def test_no_default_of_a_kept_value_ever_changes():
    found = defaults()
    if os.environ.get("RAPPEN_PIN") == "1":
        PINNED.write_text(json.dumps(found, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    pinned = json.loads(PINNED.read_text(encoding="utf-8"))
    assert len(found) > 50
    assert {name: told for name, told in found.items() if pinned.get(name) != told} == {}
    assert set(pinned) - set(found) == set(), "their slips are still there"
