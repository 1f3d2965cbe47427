"""The list of traps names tests that exist."""

import re
from pathlib import Path

HOUSE = Path(__file__).parents[1]
ROW = re.compile(r"^\| (?P<trap>[^|]+?) \|[^|]+\|(?P<tests>.*)\|$", re.MULTILINE)


def test_each_trap_is_held_by_tests_that_exist():
    rows = [
        row for row in ROW.finditer((HOUSE / "docs/traps.md").read_text()) if "`" in row["tests"]
    ]
    assert len(rows) > 10
    missing = [
        f"{row['trap']}: {named}"
        for row in rows
        for named in re.findall(r"`([^`]+)`", row["tests"])
        if not exists(*named.split("::"))
    ]
    assert not missing


def exists(file, name):
    path = HOUSE / file
    return path.is_file() and re.search(
        rf"^\s*(async )?def {re.escape(name)}\(", path.read_text(), re.MULTILINE
    )
