"""swisstopo's official directory of localities (amtliches Ortschaftenverzeichnis).

Source: ch.swisstopo-vd.ortschaftenverzeichnis_plz, open use with the source named. The file does
not say of what day it is, and ``Validity`` marks no change. Until 2024 the postcode's column was
``PLZ``, and neither ZIP_ID nor share were there.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any, Final

from erp.reference.editions import (
    Edition,
    Given,
    NotPlausible,
    WrongHeader,
    code,
    iso_day,
    number,
    once,
    table_of,
    text_of,
)

TITLE: Final = "swisstopo localities"
REQUIRED: Final = ("Ortschaftsname", "Zusatzziffer", "Gemeindename", "BFS-Nr", "Kantonskürzel",
                   "Sprache", "Validity")  # fmt: skip
LIECHTENSTEIN: Final = range(7001, 7012)

_POSTCODE: Final = re.compile(r"[1-9]\d{3}", re.ASCII)
_ADDITION: Final = re.compile(r"\d\d", re.ASCII)
_CANTON: Final = re.compile(r"[A-Z]{2}|")
_SHARE: Final = re.compile(r"(\d{1,3}(?:\.\d{1,3})?)\s*%", re.ASCII)
_LANGUAGES: Final = re.compile(r"de|fr|it|rm|multiple|")


def parse(content: bytes, given: Given) -> Edition:
    """Read the directory. Raises ``WrongHeader``, ``NotPlausible``, ``TwiceInFile``, ``WrongText``."""
    text = text_of(content, "utf-8-sig", "cp1252")
    postcode = "PLZ4" if ";PLZ4;" in text[:300] else "PLZ"
    rows: list[tuple[Any, ...]] = []
    newest = None
    for line, row in table_of(text, delimiter=";", source=TITLE, required=(*REQUIRED, postcode)):
        number_of_commune = number(row["BFS-Nr"], line=line, column="BFS-Nr", least=1, most=9999)
        day = iso_day(row["Validity"], line=line, column="Validity")
        newest = max(newest or day, day)
        canton = code(row["Kantonskürzel"], _CANTON, line=line, column="Kantonskürzel")
        abroad = number_of_commune in LIECHTENSTEIN
        if not canton and not abroad:
            raise NotPlausible(line=line, column="Kantonskürzel", value="")
        if not row["Ortschaftsname"]:
            raise NotPlausible(line=line, column="Ortschaftsname", value="")
        rows.append((
            "place", code(row[postcode], _POSTCODE, line=line, column=postcode),
            code(row["Zusatzziffer"], _ADDITION, line=line, column="Zusatzziffer"),
            number_of_commune,
            number(row["ZIP_ID"], line=line, column="ZIP_ID") if "ZIP_ID" in row else None,
            row["Ortschaftsname"], row["Gemeindename"], canton, "LI" if abroad else "CH",
            _share(row.get("Adressenanteil", ""), line),
            code(row["Sprache"], _LANGUAGES, line=line, column="Sprache"),
        ))  # fmt: skip
    if newest is None:
        raise WrongHeader(found=text[:80].strip(), source=TITLE, wanted=";".join(REQUIRED)[:120])
    day = given.day(otherwise=newest)
    return Edition(day, day, once(rows, 4), within={"kind": ["place"]})


def _share(text: str, line: int) -> Decimal | None:
    """``99.519 %``: how many of the locality's addresses lie in the commune."""
    if not text:
        return None
    match = _SHARE.fullmatch(text)
    if match is None or not 0 <= (share := Decimal(match[1])) <= 100:
        raise NotPlausible(line=line, column="Adressenanteil", value=text)
    return share
