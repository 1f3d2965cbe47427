"""``python -m tools.reference FOLDER``: make the bundled reference data from publishers' files.

Only facts are taken, in a form of our own; which file they come from stands in the first line of
each. Exchange rates of the BAZG and withholding-tax tariffs are left out: their terms allow no
passing on.
"""

from __future__ import annotations

import csv
import datetime as dt
import gzip
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

import django

django.setup()

from erp.reference import tables  # noqa: E402 - settings come first
from erp.reference.bundles import FOLDER  # noqa: E402
from erp.reference.editions import Given  # noqa: E402
from erp.reference.sources import SOURCES  # noqa: E402
from erp.reference.sources.normal import written  # noqa: E402
from erp.reference.tables import NAMES, Table  # noqa: E402

#: Currencies whose parts are not hundredths (ISO 4217), and those that have none.
MINOR_UNITS: Final = {
    0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
    3: "BHD IQD JOD KWD LYD OMR TND",
    4: "CLF UYW",
    None: "XAG XAU XBA XBB XBC XBD XDR XPD XPT XSU XTS XUA XXX",
}

KOSOVO: Final = ("XK", "XKX", "", "Kosovo", "Kosovo", "Kosovo", "Kosovo")  # not in ISO 3166

#: French, Italian, English; festivals that a few cantons have keep their own name.
HOLIDAYS: Final = {
    "Allerheiligen": ("Toussaint", "Ognissanti", "All Saints' Day"),
    "Auffahrt": ("Ascension", "Ascensione", "Ascension Day"),
    "Berchtoldstag": ("2 janvier", "San Bertoldo", "Berchtold's Day"),
    "Bettagsmontag": ("Lundi du Jeûne fédéral", "Lunedì del Digiuno federale",
                      "Monday after the Federal Fast"),
    "Bruder Klaus": ("Saint Nicolas de Flüe", "San Nicolao della Flüe", "Saint Nicholas of Flüe"),
    "Brückentag": ("Pont", "Ponte", "Bridge day"),
    "Brückentag nach Auffahrt": ("Pont de l'Ascension", "Ponte dell'Ascensione",
                                 "Bridge day after Ascension"),
    "Fest der Unabhängigkeit": ("Commémoration du plébiscite jurassien",
                                "Commemorazione del plebiscito giurassiano",
                                "Jura plebiscite day"),
    "Fronleichnam": ("Fête-Dieu", "Corpus Domini", "Corpus Christi"),
    "Genfer Bettag": ("Jeûne genevois", "Digiuno ginevrino", "Geneva Fast"),
    "Heiligabend": ("Veille de Noël", "Vigilia di Natale", "Christmas Eve"),
    "Heilige Drei Könige": ("Épiphanie", "Epifania", "Epiphany"),
    "Jahrestag der Ausrufung der Republik": ("Instauration de la République",
                                             "Anniversario della Repubblica",
                                             "Republic Day"),
    "Josefstag": ("Saint-Joseph", "San Giuseppe", "Saint Joseph's Day"),
    "Karfreitag": ("Vendredi saint", "Venerdì santo", "Good Friday"),
    "Knabenschiessen": ("Knabenschiessen", "Knabenschiessen", "Knabenschiessen"),
    "Mariä Empfängnis": ("Immaculée Conception", "Immacolata Concezione",
                         "Immaculate Conception"),
    "Mariä Himmelfahrt": ("Assomption", "Assunzione", "Assumption Day"),
    "Nationalfeiertag": ("Fête nationale", "Festa nazionale", "Swiss National Day"),
    "Neujahrstag": ("Nouvel An", "Capodanno", "New Year's Day"),
    "Näfelser Fahrt": ("Bataille de Näfels", "Battaglia di Näfels", "Battle of Näfels"),
    "Ostermontag": ("Lundi de Pâques", "Lunedì di Pasqua", "Easter Monday"),
    "Peter und Paul": ("Saint-Pierre et Paul", "Santi Pietro e Paolo", "Saints Peter and Paul"),
    "Pfingstmontag": ("Lundi de Pentecôte", "Lunedì di Pentecoste", "Whit Monday"),
    "Sechseläuten": ("Sechseläuten", "Sechseläuten", "Sechseläuten"),
    "Stephanstag": ("Saint-Étienne", "Santo Stefano", "Saint Stephen's Day"),
    "Tag der Arbeit": ("Fête du travail", "Festa del lavoro", "Labour Day"),
    "Vortag vor Auffahrt": ("Veille de l'Ascension", "Vigilia dell'Ascensione",
                            "Day before Ascension"),
    "Vortag vor Karfreitag": ("Jeudi saint", "Giovedì santo", "Maundy Thursday"),
    "Vortag vor Neujahr": ("Saint-Sylvestre", "San Silvestro", "New Year's Eve"),
    "Weihnachten": ("Noël", "Natale", "Christmas Day"),
    "Wiederherstellung der Republik": ("Restauration de la République",
                                       "Restaurazione della Repubblica",
                                       "Restoration of the Republic"),
}  # fmt: skip


def rows_of(path: Path, delimiter: str = ",") -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file, delimiter=delimiter))


def bank_rows(path: Path) -> Iterable[tuple[Any, ...]]:
    """A list of IIDs with names and addresses; what it does not tell stays unknown."""
    for row in rows_of(path, ";"):
        head = row.get("hq_iid_2020", "")
        is_qr = "30000" <= row["iid"] <= "31999"
        gone = row.get("concatenated") == "Y"
        yield (
            row["iid"], row.get("new_iid", ""), "", "", "" if gone else head,
            "4" if is_qr and not gone else "", row["name"], row["street"], "", row["post_code"],
            row["town"], row.get("country", ""), row["bic"], *[None] * 6,
        )  # fmt: skip


def commune_rows(path: Path) -> Iterable[tuple[Any, ...]]:
    return ((r["bfs_nr"], r["name"], r["canton"], r["district"]) for r in rows_of(path))


def canton_rows(path: Path) -> Iterable[tuple[Any, ...]]:
    for row in rows_of(path):
        yield (row["code"], row["bfs_canton_nr"], *[row[name] for name in NAMES], row["capital"],
               row["official_languages"])  # fmt: skip


def country_rows(path: Path) -> Iterable[tuple[Any, ...]]:
    for row in rows_of(path):
        yield (row["alpha2"], row["alpha3"], row["numeric"], *[row[name] for name in NAMES])
    yield KOSOVO


def currency_rows(path: Path) -> Iterable[tuple[Any, ...]]:
    units = {code: unit for unit, codes in MINOR_UNITS.items() for code in codes.split()}
    for row in rows_of(path):
        yield (row["code"], row["numeric"], units.get(row["code"], 2), *[row[n] for n in NAMES])


def holiday_rows(path: Path) -> Iterable[tuple[Any, ...]]:
    for row in rows_of(path):
        is_town = row["canton"] == "Stadt Zurich"
        yield ("ZH" if is_town else row["canton"], "Zürich" if is_town else "", row["date"],
               row["name_de"], row["category"], *HOLIDAYS[row["name_de"]])  # fmt: skip


def parsed_rows(name: str, path: Path) -> tuple[Iterable[tuple[Any, ...]], dt.date]:
    content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    edition = SOURCES[name].parse(content, Given(path.name.replace("2021-2023", "")))
    return edition.rows, edition.edition_date


def keep(name: str, table: Table, rows: Iterable[Any], day: dt.date, facts: str, out: Path) -> None:
    text = written(rows, source=name, table=table, day=day, facts=facts)
    path = out / f"{name}.csv.gz"
    with path.open("wb") as file, gzip.GzipFile("", "wb", 9, file, mtime=0) as packed:
        packed.write(text.encode())
    print(f"{path.name:<20}{text.count(chr(10)) - 2:>7} rows {path.stat().st_size:>8} bytes")


def make(source: Path, out: Path) -> None:
    """Write all bundles. The files are those of the publishers, by the names used here."""
    out.mkdir(exist_ok=True)
    keep("banks", tables.BANKS, bank_rows(source / "bank_master_reconstructed_2026-10.csv"),
         dt.date(2026, 10, 1), "SIX bank master, numbers, names and addresses", out)  # fmt: skip
    rows, day = parsed_rows("localities", source / "AMTOVZ_CSV_LV95_2026-04.csv")
    keep("localities", tables.LOCALITIES, rows, day, "swisstopo", out)
    rows, day = parsed_rows("postcodes", source / "post_plz_verzeichnis_v2_nogeo_2021-2023.csv.gz")
    keep("postcodes", tables.LOCALITIES, rows, day, "Swiss Post, open data", out)
    keep("communes", tables.COMMUNES, commune_rows(source / "bfs_communes_2026-01-01.csv"),
         dt.date(2026, 1, 1), "Federal Statistical Office", out)  # fmt: skip
    keep("cantons", tables.CANTONS, canton_rows(source / "cantons.csv"), dt.date(2026, 1, 1),
         "Federal Statistical Office", out)  # fmt: skip
    keep("countries", tables.COUNTRIES, country_rows(source / "countries_iso3166.csv"),
         dt.date(2026, 2, 16), "ISO 3166-1, Debian iso-codes", out)  # fmt: skip
    keep("currencies", tables.CURRENCIES, currency_rows(source / "currencies_iso4217.csv"),
         dt.date(2026, 2, 16), "ISO 4217, Debian iso-codes", out)  # fmt: skip
    keep("holidays", tables.HOLIDAYS, holiday_rows(source / "holidays_ch_2024_2029.csv"),
         dt.date(2026, 11, 23), "laws of the cantons", out)  # fmt: skip
    columns = ("valid_from", "valid_to", "normal_pct", "special_lodging_pct", "reduced_pct")
    with (out / "vat-rates.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, extrasaction="ignore", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows_of(source / "vat_rates_history.csv"))


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    make(Path(sys.argv[1]), FOLDER)
