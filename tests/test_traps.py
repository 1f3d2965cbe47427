"""The lists of traps and of promises name tests that exist."""

import re
from pathlib import Path

import pytest

HOUSE = Path(__file__).parents[1]
NAMED = re.compile(r"`(tests/[^`]+)`")


@pytest.mark.parametrize(("document", "least"), [("traps", 50), ("verification", 80)])
def test_what_is_promised_is_held_by_tests_that_exist(document, least):
    named = NAMED.findall((HOUSE / f"docs/{document}.md").read_text(encoding="utf-8"))
    assert len(named) > least
    assert [one for one in named if not exists(*one.split("::"))] == []


def exists(path, name=""):
    found = HOUSE / path
    if found.is_dir():
        return any(found.glob("test_*.py")) or any(found.glob("*/test_*.py"))
    return found.is_file() and (not name or re.search(
        rf"^\s*(async )?def {re.escape(name)}\(", found.read_text(encoding="utf-8"), re.MULTILINE
    ))  # fmt: skip
