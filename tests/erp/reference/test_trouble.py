"""A publisher that sends every kind of trouble: what is in force stays, and the report is clear."""

from __future__ import annotations

import datetime as dt
import gzip
import io
import zipfile

import pytest

from erp.reference import tasks
from erp.reference.models import Bank, ExchangeRate, ReferenceVersion, SourceState
from erp.reference.sources import SOURCES
from erp.reference.updating import update
from tests.erp.passwords.service import DRIPS, answers, chunked, silent, without_length
from tests.erp.reference import files

pytestmark = pytest.mark.django_db
CSV = {"Content-Type": "text/csv; charset=utf-8"}


def in_force():
    """All that must stay as it is."""
    rows = list(Bank.objects.order_by("iid").values())
    editions = list(
        ReferenceVersion.objects.filter(source="banks", state="active").values(
            "pk", "digest", "rows"
        )
    )
    return rows, editions


def sends(content, *, status=200, **headers):
    told = {**CSV, **{name.replace("_", "-"): value for name, value in headers.items()}}
    return answers(content, status=status, **told)


def zipped(**members):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name.replace("_csv", ".csv"), content)
    return out.getvalue()


def half(whole):
    lines = whole.split(b"\r\n")
    return b"\r\n".join([*lines[: len(lines) // 2], b""])


def ten_times(whole):
    head, *lines = whole.decode().split("\r\n")[:-1]
    iids = iter(range(1, 100_000))
    many = [";".join([str(next(iids)), *line.split(";")[1:]]) for _n in range(10) for line in lines]
    return "\r\n".join([head, *many, ""]).encode()


TROUBLES = {
    "truncated": lambda whole: (answers(whole[:5000], length=len(whole), **CSV), "not_fetched"),
    "truncated without a word": lambda whole: (sends(whole[:5001]), "not_plausible"),
    "truncated in chunks": lambda whole: (chunked(whole[:5000], whole=False), "not_fetched"),
    "of unknown length": lambda whole: (without_length(whole), "not_fetched"),
    "10 times as many rows": lambda whole: (sends(ten_times(whole)), "too_many_rows"),
    "10 times as large": lambda whole: (sends(whole + b" " * 6_000_000), "not_fetched"),
    "a page with status 200": lambda _whole: (
        answers(b"<!DOCTYPE html><html>Wartung</html>", **{"Content-Type": "text/html"}),
        "not_a_file",
    ),
    "a page that says it is CSV": lambda _whole: (
        sends(b"\n<html><body>Wartung</body></html>"), "not_a_file",
    ),
    "another kind of file": lambda whole: (
        answers(whole, **{"Content-Type": "image/png"}), "not_a_file",
    ),
    "half the rows": lambda whole: (sends(half(whole)), "too_few_rows"),
    "a tenth fewer": lambda whole: (
        sends(b"\r\n".join([*whole.split(b"\r\n")[:1050], b""])), "too_much_gone",
    ),
    "a wrong header": lambda whole: (
        sends(whole.replace(b"IID/QR-IID;Valid on", b"IID;Valid on")), "wrong_header",
    ),
    "another order of columns": lambda whole: (
        sends(whole.replace(b"Post Code;Town Name", b"Town Name;Post Code")), "wrong_header",
    ),
    "an empty file": lambda _whole: (sends(b""), "wrong_header"),
    "silence": lambda _whole: (silent, "not_fetched"),
    "a drop at a time": lambda _whole: (DRIPS["content"], "not_fetched"),
    "elsewhere": lambda _whole: (
        sends(b"", status=302, Location="https://banks.example.net/file.csv"), "moved",
    ),
    "elsewhere on the same host": lambda _whole: (
        sends(b"", status=301, Location="/new/place.csv"), "moved",
    ),
    "not found": lambda _whole: (sends(b"", status=404), "not_fetched"),
    "busy": lambda _whole: (sends(b"", status=503), "not_fetched"),
    "a bomb in gzip": lambda _whole: (
        sends(gzip.compress(bytes(100_000_000), 9), Content_Encoding="gzip"), "too_large",
    ),
    "a broken gzip": lambda whole: (sends(gzip.compress(whole)[:-2000]), "cannot_unpack"),
    "in an old encoding": lambda whole: (
        sends(whole.decode().encode("cp1252", "replace")), "wrong_text",
    ),
}  # fmt: skip


@pytest.mark.parametrize("trouble", TROUBLES)
def test_trouble_leaves_what_is_in_force(publisher, friday, trouble):
    before = in_force()
    publisher.behaves, code = TROUBLES[trouble](files.known_banks(friday, b00100="Nationalbank"))
    (outcome,) = update("banks")
    assert outcome.refusal is not None and outcome.refusal.code == f"reference.{code}"
    assert in_force() == before

    version = outcome.version
    assert (version.state, version.report["code"]) == ("refused", f"reference.{code}")
    assert version.report["problem"] == str(outcome.refusal) and version.report["problem"]
    state = SourceState.objects.get(source="banks")
    assert state.error == str(outcome.refusal) and state.checked_at == state.error_at
    (again,) = update("banks")  # the same trouble again is counted, not told anew
    assert again.version.pk == version.pk
    assert again.version.report["attempts"] == 2


def test_what_is_fetched_is_taken_in_and_asked_for_only_if_new(publisher, friday):
    file = files.known_banks(friday, b00100="Nationalbank")
    publisher.behaves = sends(file, ETag='"1"', Last_Modified="Fri, 09 Oct 2026 00:30:00 GMT")
    (outcome,) = update("banks")
    assert outcome.state == "active", outcome.refusal
    assert (outcome.version.etag, outcome.version.origin) == ('"1"', "fetched")
    assert Bank.objects.get(iid="00100").name == "Nationalbank"

    publisher.behaves = sends(b"", status=304)
    (again,) = update("banks")
    asked = publisher.received[-1].headers
    assert asked["If-None-Match"] == '"1"'
    assert asked["If-Modified-Since"] == "Fri, 09 Oct 2026 00:30:00 GMT"
    assert (again.state, again.version) == ("unchanged", outcome.version)
    assert SourceState.objects.get(source="banks").error == ""

    publisher.behaves = sends(file)  # one that knows no conditions sends the same again
    (same,) = update("banks")
    assert same.state == "unchanged"

    saturday = friday + dt.timedelta(days=1)
    publisher.behaves = sends(files.known_banks(saturday, b00100="SNB"), ETag='"2"')
    (new,) = update("banks", on=saturday)
    assert new.state == "active" and Bank.objects.get(iid="00100").name == "SNB"


def test_what_was_uploaded_since_lets_the_whole_file_be_asked_for(publisher, friday):
    publisher.behaves = sends(files.known_banks(friday, b00100="Nationalbank"), ETag='"1"')
    update("banks")
    update("banks", content=files.known_banks(friday, b00100="SNB"))
    update("banks")
    assert "If-None-Match" not in publisher.received[-1].headers


def test_a_file_of_the_future_waits(publisher, friday):
    publisher.behaves = sends(files.known_banks(dt.date(2026, 10, 12), b00100="Nationalbank"))
    before = in_force()
    (outcome,) = update("banks")
    assert outcome.state == "staged"
    assert in_force() == before


def test_a_file_dated_years_ahead_is_refused(publisher, friday):
    publisher.behaves = sends(files.known_banks(dt.date(2062, 10, 12)))
    (outcome,) = update("banks")
    assert outcome.refusal.code == "reference.too_far_ahead"


def test_a_good_file_after_a_bad_one_clears_the_error(publisher, friday):
    publisher.behaves = sends(b"", status=503)
    update("banks")
    assert len(publisher.received) == 3  # tried again while it was busy
    publisher.behaves = sends(gzip.compress(files.known_banks(friday)), Content_Encoding="gzip")
    (outcome,) = update("banks")
    assert outcome.state == "active", outcome.refusal
    state = SourceState.objects.get(source="banks")
    assert (state.error, state.error_at, state.succeeded_at) == ("", None, state.checked_at)


def test_localities_come_in_a_zip(publisher, friday, shared):
    told = (shared / "reference/AMTOVZ_CSV_LV95_2026-04.csv").read_bytes()
    packed = zipped(AMTOVZ_CSV_LV95_csv=told, readme_txt=b"x")
    headers = {"Content-Type": "application/zip", "Last-Modified": "Thu, 01 Oct 2026 02:00:00 GMT"}
    publisher.behaves = answers(packed, **headers)
    (outcome,) = update("localities")
    assert outcome.state == "active", outcome.refusal
    assert outcome.version.edition_date == dt.date(2026, 10, 1)
    assert publisher.received[-1].path.endswith("ortschaftenverzeichnis_plz_2056.csv.zip")


def test_localities_that_nobody_dates_are_of_the_day_they_came(publisher, friday, shared):
    told = (shared / "reference/AMTOVZ_CSV_LV95_2026-04.csv").read_bytes()
    publisher.behaves = sends(told)
    (outcome,) = update("localities")
    assert (outcome.state, outcome.version.edition_date) == ("active", friday)


def test_an_uploaded_zip_is_of_the_day_it_was_made(friday, shared):
    told = (shared / "reference/AMTOVZ_CSV_LV95_2026-04.csv").read_bytes()
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo("x/AMTOVZ_CSV_WGS84.csv", (2026, 10, 2, 3, 4, 6)), told)
    (outcome,) = update("localities", content=out.getvalue(), filename="directory.zip")
    assert (outcome.state, outcome.version.edition_date) == ("active", dt.date(2026, 10, 2))


@pytest.mark.parametrize(
    ("packed", "code"),
    [
        (zipped(other_csv=b"x"), "cannot_unpack"),
        (zipped(AMTOVZ_CSV_LV95_csv=bytes(30_000_000)), "too_large"),
        (zipped(AMTOVZ_CSV_LV95_csv=b"PLZ;Ort")[:-30], "cannot_unpack"),
        (b"PK\x03\x04 and nothing else", "cannot_unpack"),
    ],
)
def test_a_zip_that_is_no_good_is_refused(publisher, friday, packed, code):
    publisher.behaves = answers(packed, **{"Content-Type": "application/zip"})
    (outcome,) = update("localities")
    assert outcome.refusal.code == f"reference.{code}"


def test_rates_of_missing_days_are_made_up_for(publisher, friday):
    xml = {"Content-Type": "text/xml"}

    def by_day(handler):
        day = dt.datetime.strptime(handler.path.partition("d=")[2][:8], "%Y%m%d").date()
        answers(files.bazg_daily(day, [(1, "EUR", f"0.9{day.day:02}")]), **xml)(handler)

    publisher.behaves = by_day
    (first,) = update("bazg-daily", on=dt.date(2026, 10, 1))
    assert (first.state, first.version.scope) == ("active", "2026-10-01")
    outcomes = update("bazg-daily", on=dt.date(2026, 10, 6))
    assert [one.version.scope for one in outcomes] == ["2026-10-02", "2026-10-05", "2026-10-06"]
    assert update("bazg-daily", on=dt.date(2026, 10, 6)) == []
    assert ExchangeRate.objects.filter(source="bazg-daily", published__month=10).count() == 4


def test_means_that_are_not_out_yet_are_no_error(publisher, friday):
    publisher.behaves = answers(b"<monatsmittelkurs/>", **{"Content-Type": "text/xml"})
    (outcome,) = update("bazg-monthly")
    assert (outcome.state, outcome.refusal) == ("unchanged", None)
    assert SourceState.objects.get(source="bazg-monthly").error == ""
    publisher.behaves = answers(
        files.bazg_monthly("2026-10", [(100, "JPY", "0.5412")]), **{"Content-Type": "text/xml"}
    )
    (outcome,) = update("bazg-monthly")
    assert outcome.state == "active"


def test_a_job_asks_again_later_where_nobody_answered(publisher, friday, settings):
    settings.REFERENCE_OFF = []
    publisher.behaves = sends(b"", status=404)
    assert tasks.update.apply(kwargs={"source": "banks"}).get() == "refused"  # after all its tries
    version = ReferenceVersion.objects.get(source="banks", state="refused")
    assert version.report["attempts"] == 1 + len(tasks.AGAIN_AFTER) == len(publisher.received)
    publisher.behaves = sends(files.known_banks(friday, b00100="Nationalbank"))
    assert tasks.update.apply(kwargs={"source": "banks"}).get() == "active"
    assert tasks.update.apply(kwargs={"source": "banks"}).get() == "unchanged"
    publisher.behaves = sends(b"nothing")
    assert tasks.update.apply(kwargs={"source": "banks"}).get() == "refused"  # no use asking again


@pytest.mark.parametrize("off", [["all"], ["banks"]])
def test_a_source_that_is_switched_off_is_not_asked(publisher, settings, off):
    settings.REFERENCE_OFF = off
    assert tasks.update.apply(kwargs={"source": "banks"}).get() == "off"
    assert publisher.received == []


def test_sources_are_asked_only_with_encryption(settings):
    settings.REFERENCE_BASES = {"banks": "http://banks.example.net"}
    (outcome,) = update("banks")
    assert outcome.refusal.code == "reference.not_fetched"
    assert all(one.base.startswith("https://") for one in SOURCES.values() if one.base)
