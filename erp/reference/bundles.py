"""What comes with the program (mitgeliefertes Abbild): editions in our own form, packed.

``tools/reference.py`` makes them from the publishers' files. Rates of the BAZG and tariffs are none
of them: their terms do not allow it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from erp.reference.sources import SOURCES
from erp.reference.updating import Outcome, take_bundled

FOLDER: Final = Path(__file__).parent / "bundled"


def load() -> list[Outcome]:
    """Take in all bundled editions that are newer than what is in force; quick where none is."""
    outcomes = []
    for name in SOURCES:
        for path in sorted(FOLDER.glob(f"{name}.csv*")):
            outcomes.append(take_bundled(name, path.read_bytes(), filename=path.name))
    return outcomes
