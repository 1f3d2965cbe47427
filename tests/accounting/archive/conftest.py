"""Each test has a data folder of its own: jobs of two databases may have one number."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path):
    settings.RAPPEN_VAR = tmp_path / "var"
