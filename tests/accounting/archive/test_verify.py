"""The verifier as whoever holds a package runs it: alone, offline; each kind of tampering by its name."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.accounting.archive import books

pytestmark = pytest.mark.django_db


def verified(path, *more):
    """What the package's own verifier says, run by itself."""
    return subprocess.run(
        [sys.executable, "-I", str(path), *more], capture_output=True, text=True, timeout=60,
        check=False,
    )  # fmt: skip


def test_a_real_package_passes(tmp_path):
    folder = books.unpacked(books.package(books.closed()), tmp_path)
    found = verified(folder / "verify.py")
    assert (found.returncode, found.stderr) == (0, ""), found.stdout
    print(found.stdout)
