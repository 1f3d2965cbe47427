"""What the commands and pages tell of each source, and when operators hear of it."""

from __future__ import annotations

import datetime as dt
import io
import json

import pytest
from django.core import mail
from django.core.management import CommandError, call_command

from erp.checks import reference_sources_are_known
from erp.core import clock
from erp.reference import tasks
from erp.reference.models import ReferenceVersion, SourceState
from erp.reference.sources import SOURCES
from erp.reference.statuses import statuses
from erp.reference.updating import update
from tests import make
from tests.erp.passwords.service import answers
from tests.erp.reference import files

pytestmark = pytest.mark.django_db


def status(name, **more):
    return next(one for one in statuses(**more) if one.name == name)


def told(*arguments, **options):
    out = io.StringIO()
    call_command(*arguments, stdout=out, stderr=out, **options)
    return out.getvalue()


def test_statuses_take_three_queries_whatever_there_is(friday, django_assert_num_queries):
    for day in range(1, 9):
        update("bazg-daily", content=files.bazg_daily(dt.date(2013, 5, day), [(1, "EUR", "0.9")]))
    update("banks", content=b"nothing")
    with django_assert_num_queries(3):
        found = statuses()
    assert [one.name for one in found] == list(SOURCES)
    banks = status("banks")
    assert (banks.rows, banks.edition_date, banks.version.origin) == (
        1164,
        dt.date(2026, 10, 1),
        "bundled",
    )
    assert banks.age(friday) == 8
    assert banks.latest[0].report["code"] == "reference.wrong_header"
    assert banks.error == banks.latest[0].report["problem"]
    assert status("bazg-daily").editions >= 8


def test_a_source_says_when_it_is_asked_next(friday, settings):
    assert status("banks").next_run is None  # switched off in tests
    settings.REFERENCE_OFF = ["ecb"]
    assert status("banks").next_run == dt.datetime(2026, 10, 10, 3, 0, tzinfo=clock.ZURICH)
    assert status("localities").next_run.date() == dt.date(2026, 11, 2)
    assert status("ecb").next_run is None and status("holidays").next_run is None


def test_data_are_too_old_where_nobody_has_said_lately_that_they_are_right(
    friday, settings, publisher
):
    settings.REFERENCE_OFF = []
    late = friday + dt.timedelta(days=30)
    assert status("banks", on=friday).is_stale  # of 1 October, and never asked
    publisher.behaves = answers(files.known_banks(friday), **{"Content-Type": "text/csv"})
    update("banks")
    assert not status("banks", on=friday).is_stale
    assert status("banks", on=late).is_stale


def test_daily_rates_are_old_after_two_working_days(settings):
    settings.REFERENCE_OFF = []
    is_old = SOURCES["bazg-daily"].is_old
    friday = dt.date(2026, 10, 9)
    assert not is_old(friday, dt.date(2026, 10, 14))
    assert is_old(friday, dt.date(2026, 10, 15))
    assert not is_old(dt.date(2026, 4, 2), dt.date(2026, 4, 7))  # over Easter nothing is published


@pytest.mark.parametrize(
    ("known", "on", "old"),
    [
        ("2026-10-01", "2026-10-28", False),  # the 25th is a Sunday
        ("2026-10-01", "2026-10-29", True),
        ("2026-11-01", "2026-10-29", False),
        ("2026-10-01", "2026-11-01", True),
        ("2027-01-01", "2026-12-31", False),
    ],
)
def test_a_mean_is_old_when_the_next_should_be_out(known, on, old):
    days = dt.date.fromisoformat(known), dt.date.fromisoformat(on)
    assert SOURCES["bazg-monthly"].is_old(*days) is old


def test_misspelt_sources_are_found_by_the_check(settings):
    assert reference_sources_are_known() == []
    settings.REFERENCE_OFF = ["all", "bank"]
    (error,) = reference_sources_are_known()
    assert "bank" in error.msg and error.id == "erp.E004"


def test_operators_are_told_once(friday, settings):
    settings.REFERENCE_OFF = [name for name in SOURCES if name != "banks"]
    operator = make.user(is_operator=True)
    make.user()
    mail.outbox.clear()
    assert tasks.warn() == []  # it was never asked
    assert tasks.catch_up() == ["banks"]
    SourceState.objects.create(source="banks", checked_at=clock.now(), error="busy")
    assert (tasks.catch_up(), tasks.warn()) == ([], ["banks"])
    assert operator.email in [one.to[0] for one in mail.outbox]
    assert str(SOURCES["banks"].title) in mail.outbox[0].body and "busy" in mail.outbox[0].body
    assert tasks.warn() == []
    with clock.at(dt.datetime(2026, 10, 20, tzinfo=dt.UTC)):
        update("banks", content=files.known_banks(dt.date(2026, 10, 9)))  # comes in
    assert (
        SourceState.objects.get(source="banks").warned_at is None
    )  # and again, if it gets old again


def test_an_installation_without_network_is_not_warned(friday, settings):
    settings.REFERENCE_OFF = ["all"]
    assert tasks.warn() == []


def test_the_daily_job_puts_in_force_what_is_due(friday):
    update("banks", content=files.known_banks(dt.date(2026, 10, 12), b00100="Nationalbank"))
    with clock.at(dt.datetime(2026, 10, 11, 22, 10, tzinfo=dt.UTC)):  # ten past midnight in Zurich
        assert tasks.daily() == 1
        assert tasks.daily() == 0


def test_commands(friday, tmp_path):
    file = tmp_path / "bankmaster_V3.csv"
    file.write_bytes(files.known_banks(friday, without=["08883"], b00100="Nationalbank"))
    text = told("reference_update", "banks", file=file)
    assert "banks 2026-10-09: active, 1163 rows, 0 new, 1 changed, 1 closed" in text
    assert "changed 00100" in text and "closed 08883" in text
    (line,) = told("reference_update", "banks", file=file, format="json").splitlines()
    assert json.loads(line)["state"] == "unchanged"

    file.write_bytes(b"nothing")
    with pytest.raises(SystemExit):
        told("reference_update", "banks", file=file)
    for arguments in ([], ["banks", "--bundled"], ["moon"], ["holidays"]):
        with pytest.raises(CommandError):
            told("reference_update", *arguments)
    assert ReferenceVersion.objects.filter(source="banks", state="refused").count() == 1

    found = {one["source"]: one for one in json.loads(told("reference_status", format="json"))}
    assert found["banks"]["latest"][0]["state"] == "refused"
    assert found["banks"]["rows"] == 1163 and found["banks"]["age_days"] == 0
    text = told("reference_status")
    assert all(name in text for name in SOURCES)
    assert "unchanged" in told("reference_update", bundled=True)
