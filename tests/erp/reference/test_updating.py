"""Editions come in by one way: fetched, uploaded or bundled; nothing is lost on it."""

from __future__ import annotations

import datetime as dt
import threading
import zlib
from decimal import Decimal

import pytest
from django.db import connection

from accounting.banking.booking import save_bank_account
from accounting.banking.models import BankAccount
from accounting.ledger.models import Account
from erp.core import clock
from erp.reference import bundles, updating
from erp.reference.models import (
    Bank,
    Holiday,
    Locality,
    ReferenceChange,
    ReferenceVersion,
    SourceState,
    WithholdingTariff,
)
from erp.reference.sources import SOURCES, NoSuchSource
from erp.reference.sources.normal import written
from erp.reference.updating import NobodyIsAsked, activate_due, update
from tests import make
from tests.erp.reference import files

MONDAY = dt.date(2026, 10, 12)


def only(outcomes):
    (outcome,) = outcomes
    assert outcome.refusal is None or outcome.state == "refused", outcome
    return outcome


@pytest.mark.django_db
def test_what_changes_is_told_and_kept(friday):
    file = files.known_banks(friday, without=["08883"], b00100="Nationalbank")
    gone = Bank.objects.get(iid="08883")
    before = only(update("banks", content=file, filename="bank.csv"))
    assert before.state == "active"
    report = before.report
    assert (report["changed"], report["closed"], report["added"]) == (1, 1, 0)
    (example,) = report["examples"]["changed"]
    assert example["key"] == {"iid": "00100"}
    assert example["before"]["name"] == "Schweizerische Nationalbank"
    assert example["after"]["name"] == "Nationalbank"
    gone.refresh_from_db()
    assert gone.valid_to == friday - dt.timedelta(days=1)
    kinds = ReferenceChange.objects.filter(version=before.version).values_list("kind", flat=True)
    assert sorted(kinds) == ["changed", "closed"]

    again = files.bank_csv([
        *files.known_banks(MONDAY).decode().split("\r\n")[1:-1],
        files.bank_line(MONDAY, "08883", name=gone.name), files.bank_line(MONDAY, "09999"),
    ])  # fmt: skip
    back = only(update("banks", content=again, on=MONDAY))
    assert (back.report["reopened"], back.report["added"]) == (1, 1)
    gone.refresh_from_db()
    assert gone.valid_to is None
    assert Bank.objects.get(iid="09999").valid_from == MONDAY
    states = ReferenceVersion.objects.filter(source="banks").order_by("pk")
    assert [one.state for one in states] == ["superseded", "superseded", "active"]


@pytest.mark.django_db
def test_the_same_file_again_changes_nothing(friday):
    file = files.known_banks(friday, b00100="Nationalbank")
    first = only(update("banks", content=file))
    again = only(update("banks", content=file))
    assert (first.state, again.state) == ("active", "unchanged")
    assert again.version == first.version
    assert ReferenceVersion.objects.filter(source="banks").count() == 2  # and the bundled one


@pytest.mark.django_db
def test_a_file_that_was_only_made_anew_is_no_edition(friday):
    """The header's last token is the moment of making."""
    first = only(update("banks", content=files.known_banks(friday, b00100="Nationalbank")))
    file = files.known_banks(friday).replace(b";202610091630000", b";202610091731111")
    again = only(update("banks", content=file))
    assert (again.state, again.version) == ("unchanged", first.version)


@pytest.mark.django_db
def test_a_day_with_half_the_rates_of_the_day_before_is_not_plausible(friday):
    codes = ["EUR", "USD", "GBP", "JPY"]
    for day, many, state in ((1, 4, "active"), (2, 2, "refused"), (5, 4, "active")):
        rates = [(1, code, "0.9") for code in codes[:many]]
        outcome = only(update("bazg-daily", content=files.bazg_daily(dt.date(2014, 8, day), rates)))
        assert outcome.state == state, outcome.refusal
    assert outcome.report["before"] == 0


@pytest.mark.django_db
def test_an_edition_of_the_future_waits_for_its_day(friday):
    file = files.known_banks(MONDAY, b00100="Nationalbank")
    staged = only(update("banks", content=file))
    assert (staged.state, staged.version.valid_from) == ("staged", MONDAY)
    assert zlib.decompress(staged.version.content) == file
    assert Bank.objects.get(iid="00100").name == "Schweizerische Nationalbank"
    assert only(update("banks", content=file)).state == "unchanged"
    assert activate_due(MONDAY - dt.timedelta(days=1)) == []

    assert only(activate_due(MONDAY)).state == "active"
    assert Bank.objects.get(iid="00100").name == "Nationalbank"
    staged.version.refresh_from_db()
    assert (staged.version.state, staged.version.content) == ("active", None)
    assert staged.version.report["changed"] == 1
    assert activate_due(MONDAY) == []


@pytest.mark.django_db
def test_a_waiting_edition_is_put_in_force_before_the_next_is_asked_for(friday):
    update("banks", content=files.known_banks(MONDAY, b00100="Nationalbank"))
    tuesday = MONDAY + dt.timedelta(days=1)
    later = only(update("banks", content=files.known_banks(tuesday, b00100="SNB"), on=tuesday))
    assert later.report["examples"]["changed"][0]["before"]["name"] == "Nationalbank"


@pytest.mark.django_db
def test_what_was_accepted_when_it_came_is_accepted_on_its_day(friday):
    some = Bank.objects.order_by("iid").values_list("iid", flat=True)[:100]
    file = files.known_banks(MONDAY, without=set(some))
    assert only(update("banks", content=file)).refusal.code == "reference.too_much_gone"
    assert only(update("banks", content=file, accept=True)).state == "staged"
    outcome = only(activate_due(MONDAY))
    assert (outcome.state, outcome.report["closed"]) == ("active", 100)


@pytest.mark.django_db
def test_an_overtaken_edition_is_refused_on_its_day(friday):
    staged = only(update("banks", content=files.known_banks(MONDAY, b00100="Nationalbank")))
    later = files.known_banks(MONDAY + dt.timedelta(days=2), b00100="SNB")
    with clock.at(dt.datetime(2026, 10, 14, tzinfo=dt.UTC)):
        ReferenceVersion.objects.filter(pk=staged.version.pk).update(
            valid_from=dt.date(2026, 10, 20)
        )
        assert only(update("banks", content=later)).state == "active"
    refused = only(activate_due(dt.date(2026, 10, 20)))
    assert (refused.state, refused.refusal.code) == ("refused", "reference.older_edition")
    assert Bank.objects.get(iid="00100").name == "SNB"


@pytest.mark.django_db
def test_an_older_edition_comes_back_only_if_it_is_accepted(friday):
    older = files.known_banks(dt.date(2026, 9, 1), b00100="Nationalbank")
    assert only(update("banks", content=older)).refusal.code == "reference.older_edition"
    assert only(update("banks", content=older, accept=True)).state == "active"
    assert Bank.objects.get(iid="00100").name == "Nationalbank"


@pytest.mark.django_db
def test_bundled_data_are_loaded_once_and_yield_to_what_is_live(friday):
    assert {outcome.state for outcome in bundles.load()} == {"unchanged"}
    assert Locality.objects.filter(kind="place").count() == 5715
    known = ReferenceVersion.objects.get(source="banks", state="active")
    same_day = files.known_banks(known.edition_date, b00100="Nationalbank")
    assert only(update("banks", content=same_day)).state == "active"  # live over bundled
    table = SOURCES["banks"].table
    for day, state in ((known.edition_date, "unchanged"), (dt.date(2026, 10, 5), "active")):
        rows = Bank.objects.order_by("iid").values_list(*table.columns)
        text = written([(r[0], *r[1:6], "Bundled", *r[7:]) for r in rows], source="banks",
                       table=table, day=day, facts="test")  # fmt: skip
        outcome = updating.take_bundled("banks", text.encode(), filename="banks.csv")
        assert outcome.state == state


@pytest.mark.django_db
def test_holidays_of_other_years_stay(friday):
    table = SOURCES["holidays"].table
    rows = [("ZH", "", f"2030-{month:02}-{day:02}", "Test", "public", "", "", "")
            for month in range(1, 8) for day in range(1, 11)]  # fmt: skip
    text = written(rows, source="holidays", table=table, day=dt.date(2026, 11, 30), facts="x")
    outcome = only(update("holidays", content=text.encode(), on=dt.date(2026, 11, 30)))
    assert (outcome.state, outcome.report["added"], outcome.report["closed"]) == ("active", 70, 0)
    assert Holiday.objects.filter(day__year=2027, valid_to=None).exists()


@pytest.mark.django_db
def test_a_tariff_is_taken_in_by_canton_and_year_and_corrected(friday):
    first = only(
        update("tariffs", content=files.tariff("ZH", 2031, made="20261008"), filename="tar31zh.txt")
    )
    assert (first.state, first.version.scope, first.report["added"]) == ("active", "ZH 2031", 200)
    other = only(update("tariffs", content=files.tariff("BE", 2031, made="20261001")))
    assert other.state == "active"
    assert ReferenceVersion.objects.filter(source="tariffs", state="active").count() == 2


@pytest.mark.django_db
def test_a_corrected_tariff_changes_rows_and_an_older_one_is_refused(friday):
    made = {"made": "20260105"}
    update("tariffs", content=files.tariff("ZH", 2031, **made))
    corrected = files.tariff("ZH", 2031, made="20260301", rows=198, percent="00219")
    outcome = only(update("tariffs", content=corrected))
    assert (outcome.report["changed"], outcome.report["closed"]) == (198, 2)
    rows = WithholdingTariff.objects.filter(canton="ZH", valid_from=dt.date(2031, 1, 1))
    assert set(rows.filter(valid_to=None).values_list("percent", flat=True)) == {Decimal("2.19")}
    assert rows.count() == 200
    again = only(
        update("tariffs", content=files.tariff("ZH", 2031, made="20260104", percent="00217"))
    )
    assert again.refusal.code == "reference.older_edition"


@pytest.mark.django_db
def test_vat_rates_are_compared_with_the_programs_own(shared):
    told = (shared / "reference/vat_rates_history.csv").read_bytes()
    same = told.replace(b"reason", b"grounds")  # the bundled ones are in force
    assert only(update("vat-rates", content=same)).state == "active"
    more = told.replace(b"2024-01-01,,", b"2024-01-01,2027-12-31,") + b"2028-01-01,,8.9,4.2,2.8,x\n"
    refused = only(update("vat-rates", content=more, on=dt.date(2027, 11, 1)))
    assert refused.refusal.code == "reference.rates_differ"
    assert "2028-01-01" in str(refused.refusal)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "path", "state", "rows"),
    [
        ("localities", "reference/AMTOVZ_CSV_LV95_2026-04.csv", "active", 5715),
        ("localities", "reference/AMTOVZ_CSV_LV95_2024-03_oldheader.csv.gz", "active", 5694),
        ("postcodes", "reference/post_plz_verzeichnis_v2_nogeo_2021-2023.csv.gz", "active", 315),
        ("banks", "reference/six_bankmaster_v2_2020-11-08.json.gz", "active", 1721),
        ("ecb", "reference/ecb_eurofxref-hist_2026-10-30.zip", "active", 221_702),
        ("tariffs", "payroll/qst-tariffs/tar25ow.txt.gz", "active", 14_000),
        ("tariffs", "payroll/qst-tariffs/tar26zh.txt", "active", 24_976),
        ("bazg-daily", "reference/samples/bazg_xmldaily_shape.xml", "active", 3),
        ("bazg-monthly", "reference/samples/bazg_xmlavgmonth_shape.xml", "active", 2),
        ("bazg-monthly", "reference/samples/bazg_xmlavgmonth_unpublished_shape.xml", "refused", 0),
        ("banks", "reference/samples/six_bankmaster_v3_shape.csv", "refused", 0),
        ("communes", "reference/samples/bfs_communes_snapshot_shape.csv", "refused", 0),
    ],
)  # fmt: skip
def test_the_publishers_files_are_taken_in_by_upload(shared, name, path, state, rows):
    file = shared / path
    outcome = only(update(name, content=file.read_bytes(), filename=file.name, accept=True,
                          on=dt.date(2026, 11, 25)))  # fmt: skip
    assert outcome.state == state, outcome.refusal
    if state == "active":
        assert outcome.version.rows == rows or (name == "tariffs" and outcome.version.rows > 10_000)
        assert (
            only(update(name, content=file.read_bytes(), on=dt.date(2026, 11, 25))).state
            == "unchanged"
        )


@pytest.mark.django_db
def test_the_bank_list_of_a_year_before_differs_as_known(shared, tmp_path):
    """Three numbers are new since the end of 2025, 34 are gone, of those in both lists."""
    from erp.reference import tables
    from tools.reference import bank_rows

    old = written(bank_rows(shared / "reference/bank_master_2025-12-31.csv"), source="banks",
                  table=tables.BANKS, day=dt.date(2025, 12, 31), facts="x")  # fmt: skip
    back = only(update("banks", content=old.encode(), accept=True))
    assert (back.version.rows, back.report["added"], back.report["closed"]) == (1195, 34, 3)
    bundled = (bundles.FOLDER / "banks.csv.gz").read_bytes()
    forth = only(update("banks", content=bundled))
    assert forth.state == "active", forth.refusal
    assert (forth.report["reopened"], forth.report["closed"]) == (3, 34)


@pytest.mark.django_db
def test_own_records_that_an_edition_touches_are_named(friday, django_capture_on_commit_callbacks):
    company = make.company()
    company.postcode, company.town = "8001", "Zürich"
    company.save()
    account = save_bank_account(
        BankAccount(company=company, name="Haus", iban="CH7600767012345678901", currency="CHF",
                    account=Account.of(company).get(number="1020")),
        by=make.owner_of(company),
    )  # fmt: skip
    with django_capture_on_commit_callbacks(execute=True):
        outcome = only(update("banks", content=files.known_banks(friday, b00767="Andere Bank")))
    outcome.version.refresh_from_db()
    (one,) = [one for one in outcome.version.report["touched"] if one["company"] == company.pk]
    assert (one["subject"], one["record"], one["key"]) == (
        "accounting_bankaccount", account.pk, "00767",
    )  # fmt: skip

    table = SOURCES["localities"].table
    rows = [row for row in Locality.objects.filter(kind="place").values_list(*table.columns)
            if row[1] != "8001"]  # fmt: skip
    text = written(rows, source="localities", table=table, day=friday, facts="x")
    with django_capture_on_commit_callbacks(execute=True):
        outcome = only(update("localities", content=text.encode()))
    outcome.version.refresh_from_db()
    assert company.pk in {one["company"] for one in outcome.version.report["touched"]}


@pytest.mark.django_db
def test_values_that_the_database_cannot_read_are_refused(friday):
    table = SOURCES["currencies"].table
    rows = [(f"{n:03}", "1", "two", "x", "x", "x", "x") for n in range(160)]
    text = written(rows, source="currencies", table=table, day=friday, facts="x")
    refused = only(update("currencies", content=text.encode()))
    assert refused.refusal.code == "reference.unreadable_values"
    assert ReferenceVersion.objects.get(source="currencies", state="active").rows == 178


@pytest.mark.django_db
def test_sources_that_are_not_there_or_not_asked_say_so():
    with pytest.raises(NoSuchSource):
        update("moon")
    with pytest.raises(NobodyIsAsked):
        update("holidays")


def test_two_at_once_take_an_edition_in_once(committed_db):
    """On real connections; the canton is no other test's."""
    file = files.tariff("QQ", 2011, made="20101201")
    outcomes, barrier = [], threading.Barrier(2)

    def run():
        barrier.wait(10)
        outcomes.extend(update("tariffs", content=file))
        connection.close()

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(one.state for one in outcomes) == ["active", "unchanged"]
    found = ReferenceVersion.objects.filter(source="tariffs", scope="QQ 2011")
    assert [one.state for one in found] == ["active"]
    assert WithholdingTariff.objects.filter(canton="QQ").count() == 200
    assert SourceState.objects.get(source="tariffs").error == ""
