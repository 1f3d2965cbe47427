"""Swiss Post's directory of postcodes (PLZ-Verzeichnis): those that swisstopo does not have.

Source: Swiss Post open data, plz_verzeichnis_v2. Kinds: 10 and 20 are localities (swisstopo's
directory has them), 30 post-office boxes, 40 a company's own, 80 internal. 30 and 40 are taken.
The header of the original has a blank within ``SPRACHCODE_ ABW``.
"""

from __future__ import annotations

import re
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

TITLE: Final = "Swiss Post postcodes"
REQUIRED: Final = ("REC_ART", "ONRP", "BFSNR", "PLZ_TYP", "POSTLEITZAHL", "PLZ_ZZ", "ORTBEZ27",
                   "KANTON", "SPRACHCODE", "GILT_AB_DAT")  # fmt: skip
KINDS: Final = {"30": "box", "40": "company"}

_POSTCODE: Final = re.compile(r"[1-9]\d{3}", re.ASCII)
_CANTON: Final = re.compile(r"[A-Z]{2}")
_TYPES: Final = re.compile(r"10|20|30|40|80")
_LANGUAGES: Final = {"1": "de", "2": "fr", "3": "it"}


def parse(content: bytes, given: Given) -> Edition:
    """Read the directory. Raises ``WrongHeader``, ``NotPlausible``, ``TwiceInFile``, ``WrongText``."""
    text = text_of(content, "utf-8-sig", "cp1252")
    rows: list[tuple[Any, ...]] = []
    newest, left_out = None, {"localities": 0, "internal": 0}
    for line, row in table_of(text, delimiter=";", source=TITLE, required=REQUIRED):
        day = iso_day(row["GILT_AB_DAT"], line=line, column="GILT_AB_DAT")
        newest = max(newest or day, day)
        kind = KINDS.get(code(row["PLZ_TYP"], _TYPES, line=line, column="PLZ_TYP"))
        if kind is None:
            left_out["internal" if row["PLZ_TYP"] == "80" else "localities"] += 1
            continue
        canton = code(row["KANTON"], _CANTON, line=line, column="KANTON")
        if not row["ORTBEZ27"]:
            raise NotPlausible(line=line, column="ORTBEZ27", value="")
        addition = number(row["PLZ_ZZ"], line=line, column="PLZ_ZZ", most=99)
        rows.append((
            kind, code(row["POSTLEITZAHL"], _POSTCODE, line=line, column="POSTLEITZAHL"),
            f"{addition:02}", number(row["BFSNR"], line=line, column="BFSNR", most=9999),
            number(row["ONRP"], line=line, column="ONRP"), row["ORTBEZ27"], "",
            "" if canton == "FL" else canton, "LI" if canton == "FL" else "CH", None,
            _LANGUAGES.get(row["SPRACHCODE"], ""),
        ))  # fmt: skip
    if newest is None:
        raise WrongHeader(found=text[:80].strip(), source=TITLE, wanted=";".join(REQUIRED)[:120])
    day = given.day(otherwise=newest)
    return Edition(day, day, once(rows, 4), within={"kind": ["box", "company"]}, left_out=left_out)
