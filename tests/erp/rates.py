"""A day's rates as the customs office (BAZG) publishes them."""

from __future__ import annotations

_OTHERS = [
    "USD",
    "GBP",
    "JPY",
    "SEK",
    "NOK",
    "DKK",
    "CAD",
    "AUD",
    "NZD",
    "SGD",
    "HKD",
    "CNY",
    "INR",
    "BRL",
    "MXN",
    "ZAR",
    "TRY",
    "PLN",
    "CZK",
    "RON",
    "ILS",
    "KRW",
    "THB",
    "MYR",
    "PHP",
    "IDR",
    "AED",
    "SAR",
    "QAR",
    "KWD",
    "EGP",
    "MAD",
    "RSD",
]


def daily(published: str, valid: str, **rates: str) -> bytes:
    """The XML of a day, as ``daily("03.06.2026", "04.06.2026", EUR="0.92526", HUF="100 0.2611")``."""
    told = dict.fromkeys(_OTHERS, "0.9") | rates
    rows = ""
    for code, quoted in told.items():
        unit, _blank, rate = quoted.rpartition(" ")
        rows += (
            f'<devise code="{code.lower()}"><land_de>x</land_de><land_fr>x</land_fr><land_it>x</land_it>'
            f"<land_en>x</land_en><waehrung>{unit or 1} {code}</waehrung><kurs>{rate}</kurs></devise>"
        )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<wechselkurse xmlns="https://www.backend-rates.bazg.admin.ch/xmldaily">'
        f"<datum>{published}</datum><zeit>02:01</zeit><gueltigkeit>{valid}</gueltigkeit>{rows}"
        "</wechselkurse>"
    ).encode()
