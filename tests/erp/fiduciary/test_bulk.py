"""The same job in many clients: each by itself, by the rights there."""

from __future__ import annotations

import datetime as dt
import io
import zipfile

import pytest
from django.core.cache import cache
from django.db import transaction
from django.http import Http404
from django.test import Client

from accounting.ledger.models import Period
from accounting.ledger.years import lock_period
from erp.access.firms.gate import over_mandates
from erp.access.gate import operating
from erp.api import limits
from erp.cockpit import firms
from erp.core import clock
from erp.core.errors import DomainError
from erp.core.tenancy import open_companies
from erp.fiduciary import bulk
from erp.fiduciary.models import FirmBatch
from erp.jobs import running
from erp.jobs.models import Job
from erp.jobs.starting import KeyTaken
from tests import make
from tests.erp.client import new_key, problem

MARCH_31 = dt.date(2026, 3, 31)


def parts(house, batch):
    with transaction.atomic():
        return bulk.parts_of(batch, over_mandates(house.firm.pk, user=house.lead))


def everywhere(house, **more):
    told = {"firm": house.firm.pk, "companies": [one.pk for one in house.clients], "user": house.lead,
            "kind": "ledger.lock_periods", "until": MARCH_31, "key": "x"} | more  # fmt: skip
    return bulk.start_everywhere(**told)


def work_off(house, batch):
    for part in parts(house, batch):
        if part.job is not None:
            running.run(part.job.pk, part.company.pk)


def locked(company):
    with operating(str(company.pk)):
        return Period.of(company).filter(lock="locked").count()


def test_periods_are_locked_in_each_client_once(three):
    arnold, berger, _conti = three
    batch = everywhere(arnold)
    assert everywhere(arnold) == batch  # the same key
    work_off(arnold, batch)
    assert [locked(one) for one in arnold.clients] == [3, 3]
    assert {part.job.state for part in parts(arnold, batch)} == {"done"}
    with transaction.atomic():
        over_mandates(berger.firm.pk, user=berger.lead)
        assert not FirmBatch.unscoped.exists()


def test_what_one_client_refuses_keeps_none_of_the_others(three):
    arnold = three[0]
    with transaction.atomic():
        assistant = make.staff(arnold.firm, arnold.lead, "assistant")
    batch = everywhere(arnold, user=assistant, key="y")
    assert all(part.job is None and part.refusal for part in parts(arnold, batch))


def test_companies_that_are_no_clients_are_named_and_nothing_is_begun(three):
    """Nor is a batch kept: what was mistyped is sent again as it was meant, with the same key."""
    arnold, berger, _conti = three
    foreign, own = berger.clients[1], [one.pk for one in arnold.clients]
    with pytest.raises(bulk.NotClients) as refused:
        everywhere(arnold, companies=[*own, foreign.pk, 10**9])
    assert refused.value.values["companies"] == f"{foreign.pk}, {10**9}"
    for company in (foreign, arnold.clients[0]):
        with operating(str(company.pk)):
            assert not Job.of(company).exists()
    client = Client()
    client.force_login(arnold.lead)
    body = {"kind": "fiduciary.look_at", "companies": [*own, foreign.pk]}
    answer = client.post(f"/api/v1/firms/{arnold.firm.pk}/batches/", body,
                         content_type="application/json", HTTP_IDEMPOTENCY_KEY=new_key())  # fmt: skip
    told = problem(answer, 400, "bulk.not_clients")
    assert str(foreign.pk) in told["detail"] and told["errors"][0]["field"] == "companies"
    assert len(parts(arnold, everywhere(arnold))) == 2
    with pytest.raises(Http404):
        everywhere(arnold, user=berger.lead)


def test_a_batch_goes_on_where_a_mandate_ended_after_it_was_begun(three):
    arnold = three[0]
    first = arnold.clients[0]
    batch = everywhere(arnold)
    with transaction.atomic():
        open_companies([first.pk])
        firms.end_mandate(firms.works_here(first)[0][0], by=make.owner_of(first))
    assert everywhere(arnold) == batch  # the same key
    assert [part.company for part in parts(arnold, batch)] == [arnold.clients[1]]


def test_the_statements_of_all_come_as_one_file(three):
    arnold = three[0]
    client = Client()
    client.force_login(arnold.lead)
    start = f"/firms/{arnold.firm.pk}/batches/"
    answer = client.post(start, {"kind": "statements.print", "until": "31.12.2026", "key": "k" * 9,
                                 "company": [one.pk for one in arnold.clients]})  # fmt: skip
    address = answer["Location"]
    assert client.get(f"{address}?file=1").status_code == 404
    with transaction.atomic():
        over_mandates(arnold.firm.pk, user=arnold.lead)
        batch = FirmBatch.of_firm(arnold.firm).get()
    work_off(arnold, batch)
    page = client.get(address).content.decode()
    assert all(one.name in page for one in arnold.clients)
    with zipfile.ZipFile(io.BytesIO(client.get(f"{address}?file=1").getvalue())) as archive:
        assert len(archive.namelist()) == 2
        assert all(archive.read(name).startswith(b"%PDF") for name in archive.namelist())


def test_years_are_archived_where_they_are_closed_and_fetched_there(three):
    arnold = three[0]
    closed = arnold.clients[0]
    with operating(str(closed.pk)):
        for period in Period.of(closed).filter(fiscal_year__name="2026").order_by("start"):
            lock_period(company=closed, period=period, lock="locked", by=make.owner_of(closed))
    batch = everywhere(arnold, kind="year.archive", until=dt.date(2026, 12, 31))
    work_off(arnold, batch)
    ends = {part.company: (part.job.state, part.job.error_code, part.job.file)
            for part in parts(arnold, batch) if part.job}  # fmt: skip
    assert ends == {
        closed: ("done", "", None),
        arnold.clients[1]: ("failed", "archive.year_open", None),
    }


def test_begun_and_watched_by_an_app(three):
    arnold = three[0]
    client = Client()
    client.force_login(arnold.lead)
    start, key = f"/api/v1/firms/{arnold.firm.pk}/batches/", new_key()
    body = {"kind": "fiduciary.look_at", "companies": [one.pk for one in arnold.clients]}

    def post():
        return client.post(start, body, content_type="application/json", HTTP_IDEMPOTENCY_KEY=key)

    made = post()
    assert made.status_code == 201, made.content
    assert post().json() == made.json()
    told = client.get(f"{start}{made.json()['id']}/").json()
    assert [one["state"] for one in told["parts"]] == ["waiting", "waiting"]
    assert client.post(start, body, content_type="application/json").status_code == 400


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"kind": "journal.import"}, "bulk.not_offered"),
        ({"companies": []}, "bulk.no_clients"),
        ({"until": None}, "bulk.day_missing"),
    ],
)
def test_what_cannot_be_is_refused(db, more, code):
    from tests.erp.fiduciary.conftest import House

    lead = make.user()
    firm = firms.found_firm(name="x", manager=lead, by=make.user(is_operator=True))
    with pytest.raises(DomainError) as refusal:
        everywhere(House(firm, lead, [make.company()]), **more)
    assert refusal.value.code == code


def test_locking_everywhere_wants_the_second_factor_as_it_does_in_one_client(three):
    arnold = three[0]
    client = Client()
    with clock.at(clock.now() - dt.timedelta(minutes=6)):
        client.force_login(arnold.lead)
    chosen = [one.pk for one in arnold.clients]
    told = {"kind": "ledger.lock_periods", "until": "31.03.2026", "key": "k" * 9, "company": chosen}
    answer = client.post(f"/firms/{arnold.firm.pk}/batches/", told)
    assert answer.status_code == 302 and "reauthenticate" in answer["Location"]
    start = f"/api/v1/firms/{arnold.firm.pk}/batches/"
    body = {"kind": "ledger.lock_periods", "until": "2026-03-31", "companies": chosen}
    answer = client.post(
        start, body, content_type="application/json", HTTP_IDEMPOTENCY_KEY=new_key()
    )
    problem(answer, 403, "step_up_needed")
    with transaction.atomic():
        over_mandates(arnold.firm.pk, user=arnold.lead)
        assert not FirmBatch.unscoped.exists()
    body = {"kind": "fiduciary.look_at", "companies": chosen}  # changes nothing, and wants none
    answer = client.post(
        start, body, content_type="application/json", HTTP_IDEMPOTENCY_KEY=new_key()
    )
    assert answer.status_code == 201
    assert answer.json()["arguments"] == {}


def test_what_broke_off_goes_on_with_the_same_key(three, monkeypatch):
    arnold = three[0]
    first, second = sorted(arnold.clients, key=lambda one: one.pk)
    begin = bulk.start

    def falling_over(kind, *, company, **more):
        if company == second:
            raise RuntimeError
        return begin(kind, company=company, **more)

    monkeypatch.setattr(bulk, "start", falling_over)
    with pytest.raises(RuntimeError):
        everywhere(arnold)
    monkeypatch.undo()
    batch = everywhere(arnold)
    assert {part.company for part in parts(arnold, batch)} == {first, second}
    assert all(part.job is not None for part in parts(arnold, batch))
    for other in ({"kind": "statements.print"}, {"companies": [first.pk]},
                  {"until": dt.date(2026, 2, 28)}):  # fmt: skip
        with pytest.raises(KeyTaken):
            everywhere(arnold, **other)


def test_what_came_of_it_is_told_to_who_might_have_done_it(three):
    arnold = three[0]
    with transaction.atomic():
        reviewer = make.staff(arnold.firm, arnold.lead, "reviewer")
    batch = everywhere(arnold)
    work_off(arnold, batch)
    address = f"/api/v1/firms/{arnold.firm.pk}/batches/{batch.pk}/"
    for user, is_told in ((arnold.lead, True), (reviewer, False)):
        client = Client()
        client.force_login(user)
        told = client.get(address).json()["parts"]
        assert [one["state"] for one in told] == ["done", "done"]
        assert [bool(one["message"]) for one in told] == [is_told] * 2
        page = client.get(f"/firms/{arnold.firm.pk}/batches/{batch.pk}/").content.decode()
        assert all((one.job.message in page) == is_told for one in parts(arnold, batch))


def test_bulk_jobs_count_as_other_requests_do(three, settings):
    arnold = three[0]
    client = Client()
    client.force_login(arnold.lead)
    settings.API_LIMITS = {"person": 1, "token": 1, "company": 9, "address": 9}
    cache.clear()
    start = f"/api/v1/firms/{arnold.firm.pk}/batches/"
    body = {"kind": "fiduciary.look_at", "companies": [one.pk for one in arnold.clients]}
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(limits, "time", lambda: 1_800_000_015.0)
        answers = [client.post(start, body, content_type="application/json",
                               HTTP_IDEMPOTENCY_KEY=new_key()) for _one in range(2)]  # fmt: skip
    cache.clear()
    assert [one.status_code for one in answers] == [201, 429]
    assert answers[0]["RateLimit-Limit"] == "1"
