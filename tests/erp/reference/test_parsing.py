"""Each parser against the publishers' own files and against what they must not contain."""

from __future__ import annotations

import csv
import datetime as dt
import gzip
import zipfile
from decimal import Decimal

import pytest

from erp.core.errors import DomainError
from erp.reference.editions import (
    Given,
    NotOutYet,
    NotPlausible,
    TwiceInFile,
    WrongHeader,
    WrongText,
)
from erp.reference.sources import (
    SOURCES,
    banks,
    bazg,
    communes,
    ecb,
    localities,
    postcodes,
    tariffs,
    vat_rates,
)
from erp.reference.sources.xml import UnreadableXml
from tests.erp.reference import files

DAY = dt.date(2026, 10, 12)
HERE = Given()


def content(path):
    return gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()


# --- the publishers' files --------------------------------------------------------------------------
def test_bank_master_of_version_3_as_csv(shared):
    edition = banks.parse(content(shared / "reference/samples/six_bankmaster_v3_shape.csv"), HERE)
    assert (edition.edition_date, edition.valid_from, len(edition.rows)) == (DAY, DAY, 8)
    rows = {row[0]: row for row in edition.rows}
    assert rows["00100"][6:13] == (
        "Schweizerische Nationalbank", "Börsenstrasse", "15", "8022", "Zürich", "CH", "SNBZCHZZXXX"
    )  # fmt: skip
    assert rows["80882"][1] == "80875" and rows["80882"][13:] == (None,) * 6
    assert rows["30000"][2:6] == ("09000", "090002", "09000", "4")
    assert rows["83053"][12] == "" and rows["83053"][13:16] == (True, False, False)


def test_bank_master_as_json_says_the_same_as_csv(shared):
    told = shared / "reference/samples"
    as_json = banks.parse(content(told / "six_bankmaster_v3_shape.json"), HERE)
    as_csv = banks.parse(content(told / "six_bankmaster_v3_shape.csv"), HERE)
    same = {row[0]: row for row in as_csv.rows}
    assert list(as_json.rows) == [same[row[0]] for row in as_json.rows]


def test_bank_master_of_version_2(shared):
    path = shared / "reference/six_bankmaster_v2_2020-11-08.json.gz"
    edition = banks.parse(content(path), HERE)
    assert (edition.edition_date, len(edition.rows)) == (dt.date(2020, 11, 4), 1721)
    assert edition.left_out == {"branches": 3514 - 1721}
    rows = {row[0]: row for row in edition.rows}
    assert rows["00501"][1] == "05881"


def test_localities_now_and_with_the_old_header(shared):
    now = localities.parse(
        content(shared / "reference/AMTOVZ_CSV_LV95_2026-04.csv"),
        Given("AMTOVZ_CSV_LV95_2026-04.csv"),
    )
    assert (now.edition_date, len(now.rows)) == (dt.date(2026, 4, 1), 5715)
    assert sum(row[8] == "LI" for row in now.rows) == 20
    then = localities.parse(
        content(shared / "reference/AMTOVZ_CSV_LV95_2024-03_oldheader.csv.gz"), HERE
    )
    assert len(then.rows) == 5694  # 5733 lines, of which 39 repeat a row
    assert {row[4] for row in then.rows} == {None}


def test_postcodes_of_boxes_and_companies(shared):
    path = shared / "reference/post_plz_verzeichnis_v2_nogeo_2021-2023.csv.gz"
    edition = postcodes.parse(content(path), HERE)
    assert edition.edition_date == dt.date(2021, 1, 13)
    kinds = [row[0] for row in edition.rows]
    assert (kinds.count("box"), kinds.count("company")) == (224, 91)
    assert edition.left_out == {"localities": 2514 + 1571, "internal": 848}


def test_communes_of_a_snapshot(shared):
    edition = communes.parse(
        content(shared / "reference/samples/bfs_communes_snapshot_shape.csv"), HERE
    )
    assert edition.edition_date == dt.date(2019, 1, 1)
    assert edition.rows == [
        (293, "Wädenswil", "ZH", "Horgen"),
        (6158, "Vionnaz", "VS", "District de Monthey"),
    ] or [row[:3] for row in edition.rows] == [(293, "Wädenswil", "ZH"), (6158, "Vionnaz", "VS")]


@pytest.mark.parametrize(
    ("name", "day", "valid", "count", "idr"),
    [
        ("bazg_xmldaily_shape.xml", "2026-06-03", ("2026-06-04", "2026-06-04"), 3, None),
        ("bazg_xmldaily_weekend_shape.xml", "2026-06-05", ("2026-06-06", "2026-06-08"), 1, None),
        ("bazg_xmldaily_2017-12-27_excerpt.xml", "2017-12-27", ("2017-12-28",) * 2, 5,
         ("IDR", 10000, Decimal("0.000073721"))),
    ],
)  # fmt: skip
def test_daily_rates_of_three_times(shared, name, day, valid, count, idr):
    edition = bazg.parse_daily(content(shared / "reference/samples" / name), HERE)
    assert (edition.scope, len(edition.rows)) == (day, count)
    assert {(str(row[3]), str(row[4])) for row in edition.rows} == {valid}
    assert all(row[7] == row[6] / row[5] for row in edition.rows)
    if idr:
        assert idr in [(row[1], row[5], row[7]) for row in edition.rows]
        units = csv.DictReader((shared / "reference/bazg_currency_units_2017.csv").open())
        known = {row["code"]: int(row["unit"]) for row in units}
        assert all(known.get(row[1], row[5]) == row[5] for row in edition.rows)


def test_mean_of_a_month_and_one_not_out_yet(shared):
    told = shared / "reference/samples"
    edition = bazg.parse_monthly(content(told / "bazg_xmlavgmonth_shape.xml"), HERE)
    assert edition.scope == "2026-08"
    assert edition.rows[1] == (
        "bazg-monthly", "JPY", dt.date(2026, 8, 1), dt.date(2026, 8, 1), dt.date(2026, 8, 31),
        100, Decimal("0.5412"), Decimal("0.005412"),
    )  # fmt: skip
    with pytest.raises(NotOutYet):
        bazg.parse_monthly(content(told / "bazg_xmlavgmonth_unpublished_shape.xml"), HERE)


def test_all_rates_of_the_ecb_and_their_crosses(shared):
    with zipfile.ZipFile(shared / "reference/ecb_eurofxref-hist_2026-10-30.zip") as archive:
        edition = ecb.parse(archive.read("eurofxref-hist.csv"), HERE)
    assert edition.edition_date == dt.date(2026, 10, 30)
    assert len({row[2] for row in edition.rows}) == 7126
    ours = {(str(row[2]), row[1]): row[7] for row in edition.rows}
    with (shared / "reference/fx_chf_ecb_cross_2024-01_2026-10.csv").open() as file:
        theirs = list(csv.DictReader(file))
    assert len(theirs) == 18_100
    for row in theirs:
        value = ours[row["date"], row["currency"]] * int(row["unit"])
        assert abs(value - Decimal(row["chf"])) <= Decimal("0.00001"), row


def test_the_ecbs_day_as_xml(shared):
    edition = ecb.parse(content(shared / "reference/samples/ecb_eurofxref-daily_shape.xml"), HERE)
    rates = {row[1]: row[6] for row in edition.rows}
    assert rates == {
        "EUR": Decimal("0.91940000"), "USD": Decimal("0.82295023"), "JPY": Decimal("0.00523338"),
        "GBP": Decimal("1.10266251"),
    }  # fmt: skip


def tariff_files():
    from tests.conftest import SHARED

    return sorted((SHARED / "payroll/qst-tariffs").glob("tar*.txt*"))


@pytest.mark.parametrize("path", tariff_files(), ids=lambda path: path.name)
def test_every_tariff_file(shared, path):
    edition = tariffs.parse(content(path), Given(path.name))
    canton, year = path.name[5:7].upper(), 2000 + int(path.name[3:5])
    assert edition.scope == f"{canton} {year}"
    assert len(edition.rows) > 10_000
    assert {row[1] for row in edition.rows} == {"06", "11", "12", "13"}
    median = {2024: "5725.00", 2025: "5775.00", 2026: "5875.00"}[year]
    assert [Decimal(row[7]) for row in edition.rows if row[1] == "13"] == [Decimal(median)]


def test_a_mislabelled_tariff_file_is_refused(shared):
    path = shared / "payroll/qst-tariffs/tar26zh.txt"
    with pytest.raises(NotPlausible) as refusal:
        tariffs.parse(content(path), Given("tar25zh.txt"))
    assert refusal.value.values["value"] == "ZH 2026"


def test_vat_rates(shared):
    edition = vat_rates.parse(content(shared / "reference/vat_rates_history.csv"), HERE)
    assert edition.edition_date == dt.date(2024, 1, 1)
    assert ("standard", dt.date(2024, 1, 1), Decimal("8.1")) in edition.rows


# --- what must not be taken -------------------------------------------------------------------------
GOOD = files.bank_csv([files.bank_line(DAY, "00100")])


def changed(*pair):
    old, new = pair
    assert old.encode() in GOOD
    return GOOD.replace(old.encode(), new.encode())


@pytest.mark.parametrize(
    ("read", "file", "refusal"),
    [
        (banks.parse, changed("Post Code;Town Name", "Town Name;Post Code"), WrongHeader),
        (banks.parse, changed("IID/QR-IID;Valid", "BC;Valid"), WrongHeader),
        (banks.parse, b"<html><body>Wartung</body></html>", WrongHeader),
        (banks.parse, changed("100;2026-10-12;N", "1x0;2026-10-12;N"), NotPlausible),
        (banks.parse, changed("100;2026-10-12;N", "100;12. Oktober;N"), NotPlausible),
        (banks.parse, changed("100;2026-10-12;N", "100;2026-10-12;Q"), NotPlausible),
        (banks.parse, changed(";Y;Y;Y;Y;Y;N", ";Y;Y;Y;Y;Y;J"), NotPlausible),
        (banks.parse, changed(";Y;Y;Y;Y;Y;N", ";Y;Y;Y;Y;N"), NotPlausible),
        (banks.parse, files.bank_csv([files.bank_line(DAY, "00100", bic="SNB")]), NotPlausible),
        (banks.parse, GOOD.replace("Zürich".encode(), "Zürich".encode("cp1252")), WrongText),
        (banks.parse, files.bank_csv([files.bank_line(DAY, "00100"),
                                      files.bank_line(DAY, "00100", name="Y")]), TwiceInFile),
        (banks.parse, files.bank_csv([files.bank_line(DAY, "00100"),
                                      files.bank_line("2026-10-13", "00110")]), NotPlausible),
        (banks.parse, files.bank_json(DAY, [{"iid": 100}], total=1200), NotPlausible),
        (banks.parse, files.bank_json(DAY, ["x"]), NotPlausible),
        (banks.parse, b'{"entries": 3}', WrongHeader),
        (banks.parse, b"[" * 100_000, WrongHeader),
        (banks.parse, b"{" + b'"a":{' * 100_000, WrongHeader),
        (localities.parse, b"PLZ;Ort\r\n8001;X\r\n", WrongHeader),
        (postcodes.parse, b"", WrongHeader),
        (communes.parse, b"a,b\n", WrongHeader),
        (bazg.parse_daily, b"<wechselkurse><datum>", UnreadableXml),
        (bazg.parse_daily, b"<monatsmittelkurs/>", WrongHeader),
        (bazg.parse_daily, files.bazg_daily(DAY, [(1, "EUR", "0.9"), (0, "USD", "1.0")]), NotPlausible),
        (bazg.parse_daily, files.bazg_daily(DAY, [(1, "EUR", "n.a.")]), NotPlausible),
        (bazg.parse_daily, files.bazg_daily(DAY, [(1, "EUR", "0.9"), (1, "EUR", "0.8")]), TwiceInFile),
        (bazg.parse_daily, b'<!DOCTYPE a [<!ENTITY x "y">]><wechselkurse><datum>&x;</datum></wechselkurse>',
         UnreadableXml),
        (bazg.parse_monthly, files.bazg_monthly("2026-13", [(1, "EUR", "0.9")]), WrongHeader),
        (ecb.parse, b"Date,USD,\n2026-10-30,1.1,\n", WrongHeader),
        (ecb.parse, b"Date,USD,CHF,\n2026-10-30,0,0.9,\n", NotPlausible),
        (tariffs.parse, files.tariff().replace(b"00000202", b"00000203"), NotPlausible),
        (tariffs.parse, files.tariff().replace(b"0601ZH", b"0601BE", 1), NotPlausible),
        (tariffs.parse, files.tariff().replace(b"0601ZH", b"0603ZH", 1), NotPlausible),
        (tariffs.parse, files.tariff().rpartition(b"99")[0], NotPlausible),
        (tariffs.parse, b"", WrongHeader),
        (vat_rates.parse, b"valid_from,valid_to,normal_pct,special_lodging_pct,reduced_pct\n"
                          b"2028-01-01,,eight,,2.6\n", NotPlausible),
        (SOURCES["cantons"].parse, b"code,name\nZH,Z\n", WrongHeader),
        (SOURCES["cantons"].parse, b"rappen-reference-1;banks;2026-01-01;x\n", WrongHeader),
    ],
)  # fmt: skip
def test_a_file_that_is_not_as_it_should_be_is_refused(read, file, refusal):
    with pytest.raises(DomainError) as found:
        read(file, HERE)
    assert type(found.value) is refusal
    assert str(found.value)


def test_a_mended_encoding_of_localities_is_read():
    header = "Ortschaftsname;PLZ4;Zusatzziffer;ZIP_ID;Gemeindename;BFS-Nr;Kantonskürzel;" \
             "Adressenanteil;E;N;Sprache;Validity"  # fmt: skip
    text = f"{header}\r\nZürich;8001;00;4;Zürich;261;ZH;99.5 %;1;2;de;2008-07-01\r\n"
    for encoded in (text.encode(), text.encode("utf-8-sig"), text.encode("cp1252")):
        (row,) = localities.parse(encoded, HERE).rows
        assert row[5] == "Zürich" and row[9] == Decimal("99.5")


@pytest.mark.parametrize(
    ("on", "last", "paths"),
    [
        ("2026-10-09", None, ["20261009"]),
        ("2026-10-10", None, ["20261010"]),  # a Saturday: the last published day answers
        ("2026-10-12", "2026-10-08", ["20261009", "20261012"]),
        ("2026-10-11", "2026-10-09", []),
        ("2026-10-12", "2026-10-12", []),
    ],
)
def test_days_of_the_bazg_that_are_asked_for(on, last, paths):
    asked = bazg.days_to_ask(dt.date.fromisoformat(on), last and dt.date.fromisoformat(last))
    assert asked == [f"/api/xmldaily?d={day}&locale=de" for day in paths]


@pytest.mark.parametrize(
    ("on", "last", "months"),
    [
        ("2026-10-09", None, ["2026-10"]),
        ("2026-10-25", "2026-10-01", ["2026-11"]),
        ("2026-10-24", "2026-10-01", []),
        ("2026-12-27", "2026-12-01", ["2027-01"]),
        ("2026-10-09", "2026-07-01", ["2026-08", "2026-09", "2026-10"]),
    ],
)
def test_months_of_the_bazg_that_are_asked_for(on, last, months):
    """From the 25th on the mean is out that counts for the month after."""
    asked = bazg.months_to_ask(dt.date.fromisoformat(on), last and dt.date.fromisoformat(last))
    assert asked == [f"/api/xmlavgmonth?j={m[:4]}&m={m[5:]}&locale=de" for m in months]
