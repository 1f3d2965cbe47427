"""All sources, each declared once (Quellen)."""

from __future__ import annotations

import re
from typing import Final

from django.utils.translation import gettext_lazy as _

from erp.core.errors import DomainError
from erp.reference import tables
from erp.reference.sources import (
    banks,
    bazg,
    communes,
    ecb,
    localities,
    ours,
    postcodes,
    tariffs,
    vat_rates,
)
from erp.reference.sources.declared import (
    CSV,
    JSON,
    MEGABYTE,
    XML,
    ZIP,
    Source,
    never,
    older_than,
    older_than_working_days,
)


class NoSuchSource(DomainError):
    code = "reference.no_such_source"
    message = _("There is no source “%(name)s”. There are %(names)s.")
    field = "source"


BAZG: Final = "https://www.backend-rates.bazg.admin.ch"
_LOCALITIES: Final = "ch.swisstopo-vd.ortschaftenverzeichnis_plz/ortschaftenverzeichnis_plz"

SOURCES: Final = {source.name: source for source in (
    Source(
        "banks", _("Bank master (SIX)"), tables.BANKS, banks.parse, older_than(7), 800, 8_000,
        base="https://api.six-group.com",
        asks=lambda _on, _last: ["/api/epcd/bankmaster/v3/bankmaster_V3.csv"],
        content_types=CSV | JSON,
    ),
    Source(
        "localities", _("Localities and postcodes (swisstopo)"), tables.LOCALITIES,
        localities.parse, older_than(60), 5_000, 8_000, drop_percent=2,
        base="https://data.geo.admin.ch",
        asks=lambda _on, _last: [f"/{_LOCALITIES}/ortschaftenverzeichnis_plz_2056.csv.zip"],
        content_types=CSV | ZIP, member=re.compile(r"AMTOVZ_CSV_\w+\.csv", re.IGNORECASE),
        covers={"kind": ["place"]},
    ),
    Source(
        "postcodes", _("Postcodes of boxes and companies (Swiss Post)"), tables.LOCALITIES,
        postcodes.parse, older_than(400), 200, 2_000, drop_percent=20,
        base="https://swisspost.opendatasoft.com",
        asks=lambda _on, _last: [
            "/api/explore/v2.1/catalog/datasets/plz_verzeichnis_v2/exports/csv?delimiter=%3B"
        ],
        covers={"kind": ["box", "company"]},
    ),
    Source(
        "communes", _("Communes (BFS)"), tables.COMMUNES, communes.parse, older_than(400),
        1_500, 3_500, drop_percent=3, base="https://www.agvchapp.bfs.admin.ch",
        asks=lambda on, _last: [f"/api/communes/snapshot?date={on:%d-%m-%Y}"],
    ),
    Source(
        "bazg-daily", _("Exchange rates of the day (BAZG)"), tables.RATES, bazg.parse_daily,
        older_than_working_days(2), 1, 200, drop_percent=20, base=BAZG, asks=bazg.days_to_ask,
        content_types=XML, most_bytes=MEGABYTE,
    ),
    Source(
        "bazg-monthly", _("Mean exchange rates of the month (BAZG)"), tables.RATES,
        bazg.parse_monthly, bazg.mean_is_old, 1, 200, drop_percent=20, base=BAZG,
        asks=bazg.months_to_ask, content_types=XML, most_bytes=MEGABYTE,
    ),
    Source(
        "ecb", _("Reference rates (ECB), for information"), tables.RATES, ecb.parse,
        older_than(4), 1, 500_000, base="https://www.ecb.europa.eu",
        asks=lambda _on, last: [
            f"/stats/eurofxref/eurofxref-hist{'-90d.xml' if last else '.zip'}"
        ],
        content_types=XML | ZIP, member=re.compile(r"eurofxref[\w-]*\.csv"),
    ),
    Source(
        "tariffs", _("Withholding-tax tariffs (ESTV)"), tables.TARIFFS, tariffs.parse, never,
        100, 200_000, drop_percent=40, member=re.compile(r"tar\d\d[a-z]{2}\.txt", re.IGNORECASE),
    ),
    Source("vat-rates", _("VAT rates (MWSTG)"), None, vat_rates.parse, never, 10, 200,
           requires=vat_rates.require_same),
    Source("holidays", _("Public holidays"), tables.HOLIDAYS, ours.only_ours, never, 50, 20_000,
           rebuilt=ours.of_its_years),
    Source("cantons", _("Cantons"), tables.CANTONS, ours.only_ours, never, 26, 26),
    Source("countries", _("Countries (ISO 3166)"), tables.COUNTRIES, ours.only_ours, never,
           240, 300),
    Source("currencies", _("Currencies (ISO 4217)"), tables.CURRENCIES, ours.only_ours, never,
           150, 250),
)}  # fmt: skip


def source_of(name: str) -> Source:
    """A source by its name. Raises ``NoSuchSource``."""
    if name not in SOURCES:
        raise NoSuchSource(name=name, names=", ".join(SOURCES))
    return SOURCES[name]


__all__ = ["SOURCES", "NoSuchSource", "Source", "source_of"]
