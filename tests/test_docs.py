"""What the documents name exists: files, folders, functions, the layers of the map."""

import re
import subprocess
import tomllib
from fnmatch import fnmatch
from functools import cache
from pathlib import Path

import pytest

HOUSE = Path(__file__).parents[1]
DOCS = sorted([*HOUSE.glob("docs/**/*.md"), HOUSE / "CONTRIBUTING.md", HOUSE / "README.md"])
CODE = re.compile(r"`([^`\n]+)`")
LINK = re.compile(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)")
SOURCE = re.compile(r"^[\w*.{},/-]+\.(py|sql|css|js|html|toml|csv|sh|service|timer|md)$")
FOLDER = re.compile(r"^(erp|accounting|contacts|payroll|vat|tools|tests|deploy|docs)/[\w/-]*/$")
DEFINED = r"^\s*(?:async def|def|class) {0}\b|^{0}\b.*=|^CREATE (?:OR REPLACE )?FUNCTION (?:public\.)?{0}\("
#: Named as files that are made elsewhere than in the source: in archives, in exports, on a server.
MADE = {"journal.csv", "accounts.csv", "cost_centres.csv", "cost_objects.csv", "vat_codes.csv", "people.csv",
        "opening_balances.csv", "trial_balance.csv", "account_sheets.csv", "bank_statements.csv",
        "originals.csv", "localities-2026-10-01.csv"}  # fmt: skip


@cache
def files():
    told = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=HOUSE, check=True, capture_output=True, text=True,
    )  # fmt: skip
    return tuple(told.stdout.splitlines())


@cache
def folders():
    return {f"{parent.as_posix()}/" for one in files() for parent in Path(one).parents}


def is_there(path):
    """A file by its whole path, or by the end of it; ``*`` stands for anything."""
    if path.endswith("/"):
        return path in folders()
    if "*" in path:
        return any(fnmatch(one, path) or fnmatch(one, f"*/{path}") for one in files())
    return any(one == path or one.endswith(f"/{path}") for one in files())


@pytest.mark.parametrize("doc", DOCS, ids=lambda doc: doc.relative_to(HOUSE).as_posix())
def test_what_a_document_names_is_there(doc):
    text = doc.read_text()
    missing = set()
    for told in CODE.findall(text):
        path, _, name = told.partition("::")
        of_endpoints = "docs/api/" in doc.as_posix()
        if path in MADE or not (SOURCE.match(path) or (FOLDER.match(path) and not of_endpoints)):
            continue
        if not is_there(path):
            missing.add(path)
        elif name and not re.search(
            DEFINED.format(re.escape(name)), (HOUSE / path).read_text(), re.M
        ):
            missing.add(told)
    for link in LINK.findall(text):
        if not (doc.parent / link).exists():
            missing.add(link)
    assert not missing


def test_the_map_has_the_layers_that_are_kept():
    contract = tomllib.loads((HOUSE / "pyproject.toml").read_text())["tool"]["importlinter"][
        "contracts"
    ][0]
    layers = [[one.strip() for one in layer.split("|")] for layer in contract["layers"]]
    part = (
        (HOUSE / "docs/architecture.md")
        .read_text()
        .partition("\n## The map\n")[2]
        .partition("\n## ")[0]
    )
    shown = [CODE.findall(row.split("|")[1]) for row in part.splitlines() if row.startswith("| `")]
    assert [sorted(row) for row in shown] == [sorted(layer) for layer in layers]
