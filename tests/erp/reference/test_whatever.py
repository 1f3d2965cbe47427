"""Whatever a file holds, it is read or refused: nothing else is ever raised."""

from __future__ import annotations

import datetime as dt
import gzip
import io
import zipfile

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from erp.core.errors import DomainError
from erp.reference.editions import Edition, Given
from erp.reference.fetching import CannotUnpack, packed_on, unpacked
from erp.reference.sources import SOURCES
from tests.erp.reference import files
from tests.examples import cases

DAY = dt.date(2026, 10, 12)
_LOCALITY = ("Ortschaftsname;PLZ4;Zusatzziffer;ZIP_ID;Gemeindename;BFS-Nr;Kantonskürzel;Adressenanteil;E;N;"
             "Sprache;Validity\r\nZürich;8001;00;4;Zürich;261;ZH;99.5 %;1;2;de;2008-07-01\r\n")  # fmt: skip
_POST = ("REC_ART;ONRP;BFSNR;PLZ_TYP;POSTLEITZAHL;PLZ_ZZ;ORTBEZ27;KANTON;SPRACHCODE;GILT_AB_DAT\n"
         "1;114;5586;30;1000;12;Lausanne 12;VD;2;1994-06-21\n")  # fmt: skip
_COMMUNE = ("HistoricalCode,BfsCode,ValidFrom,ValidTo,Level,Parent,Name,ShortName\n"
            "1,1,12.09.1848,,1,,Zürich,ZH\n2,101,12.09.1848,,2,1,Affoltern,Affoltern\n"
            "3,1,01.01.2019,,3,2,Aeugst,Aeugst\n")  # fmt: skip
GOOD = {
    "banks": files.bank_csv([files.bank_line(DAY, "00100"), files.bank_line(DAY, "00110", "00100")]),
    "localities": _LOCALITY.encode(),
    "postcodes": _POST.encode(),
    "communes": _COMMUNE.encode(),
    "bazg-daily": files.bazg_daily(DAY, [(1, "EUR", "0.9"), (100, "JPY", "0.5")], validity="13.10.2026"),
    "bazg-monthly": files.bazg_monthly("2026-10", [(1, "EUR", "0.9")]),
    "ecb": b"Date,USD,CHF,\n2026-10-30,1.1,0.9,\n30 October 2026, 1.1, 0.9, \n",
    "tariffs": files.tariff(rows=3),
    "vat-rates": b"valid_from,valid_to,normal_pct,special_lodging_pct,reduced_pct\n2024-01-01,,8.1,3.8,2.6\n",
    "cantons": b"rappen-reference-1;cantons;2026-01-01;x\n"
               b"code,bfs_nr,name_de,name_fr,name_it,name_en,capital,languages\n",
    "holidays": b"rappen-reference-1;holidays;2026-01-01;x\n"
                b"canton,place,day,name_de,category,name_fr,name_it,name_en\nZH,,2026-01-01,a,public,,,\n",
}  # fmt: skip


def read(name, content):
    try:
        return SOURCES[name].parse(content, Given())
    except DomainError as refusal:
        assert str(refusal)
        return None


@pytest.mark.parametrize("name", GOOD)
def test_the_good_ones_are_good(name):
    assert isinstance(read(name, GOOD[name]), Edition)


@pytest.mark.parametrize("name", GOOD)
@settings(
    max_examples=cases(150, each_time=40), deadline=None, suppress_health_check=list(HealthCheck)
)
@given(data=st.data())
def test_a_file_with_something_changed_is_read_or_refused(name, data):
    content = bytearray(GOOD[name])
    for _n in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(content)))
        until = min(len(content), at + data.draw(st.integers(0, 12)))
        content[at:until] = data.draw(
            st.binary(max_size=8)
            | st.sampled_from([b";", b",", b'"', b"\n", b"\0", b"99999999", b"-1"])
        )
    read(name, bytes(content))


@pytest.mark.parametrize("name", GOOD)
@settings(
    max_examples=cases(50, each_time=20), deadline=None, suppress_health_check=list(HealthCheck)
)
@given(content=st.binary(max_size=200))
@example(content=b'"' + b"x" * 200_000)
def test_any_bytes_are_read_or_refused(name, content):
    read(name, content)
    head, newline, _rest = GOOD[name].partition(b"\n")
    read(name, head + newline + content)


METHODS = [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA]


@pytest.mark.parametrize("method", METHODS)
def test_a_package_that_points_before_its_beginning_is_refused(method):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        archive.writestr("AMTOVZ_CSV_LV95.csv", GOOD["localities"])
    content = bytearray(out.getvalue())
    at = content.rindex(b"PK\5\6") + 16  # where the list of the files begins
    content[at : at + 4] = b"\xff\xff\0\0"
    packed_on(bytes(content))
    with pytest.raises(DomainError):
        unpacked(SOURCES["localities"], bytes(content))


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_package_is_unpacked_by_the_usual_method_alone(method):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        archive.writestr("AMTOVZ_CSV_LV95.csv", GOOD["localities"])
    with pytest.raises(CannotUnpack):
        unpacked(SOURCES["localities"], out.getvalue())


@settings(
    max_examples=cases(100, each_time=30), deadline=None, suppress_health_check=list(HealthCheck)
)
@given(data=st.data())
def test_any_package_is_unpacked_or_refused(data):
    out, method = io.BytesIO(), data.draw(st.sampled_from(METHODS))
    with zipfile.ZipFile(out, "w", method) as archive:
        archive.writestr("AMTOVZ_CSV_LV95.csv", GOOD["localities"])
    content = bytearray(data.draw(st.sampled_from([out.getvalue(), gzip.compress(out.getvalue())])))
    for _n in range(data.draw(st.integers(0, 3))):
        at = data.draw(st.integers(0, len(content) - 1))
        content[at] = data.draw(st.integers(0, 255))
    packed_on(bytes(content))
    try:
        unpacked(SOURCES["localities"], bytes(content))
    except DomainError as refusal:
        assert str(refusal)
