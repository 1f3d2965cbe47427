"""The pages of jobs, and the endpoints: whose one sees, what one may cancel and take along."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from erp.core import clock
from erp.core.tenancy import open_companies, set_local
from erp.documents import storing
from erp.jobs import kinds as registry
from erp.jobs import running
from erp.jobs.models import Job, State
from erp.jobs.starting import start
from tests import make
from tests.erp.client import Api, new_key, problem

pytestmark = pytest.mark.django_db


@pytest.fixture
def beat(company):
    """May start the job, and sees their own alone."""
    return make.user(company=company, granted=["company.read", "ledger.post"])


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


def begin(company, by, *, entries=1, work=False):
    open_companies([company.pk])
    job = start("test.post", company=company, by=by, arguments={"entries": entries})
    if work:
        running.run(job.pk, company.pk)
        open_companies([company.pk])
        job.refresh_from_db()
    return job


def url(name, job):
    return reverse(name, args=[job.company_id, job.pk])


@pytest.fixture
def with_file(company, anna, monkeypatch):
    """A job that made a file."""

    def make_file(job, cursor):
        file = storing.keep(company=job.company, name="Ärger.csv", content=b"a;b", by=job.user,
                            content_type="text/csv; charset=utf-8")  # fmt: skip
        return registry.Done({"lines": 1}, file=file)

    kind = registry.kind_of("test.post")
    changed = registry.Kind(kind.name, kind.title, kind.permission, make_file, step_up=True)
    monkeypatch.setitem(registry._KINDS, "test.post", changed)
    return begin(company, anna, work=True)


def test_everybody_sees_their_own_and_owners_all(company, anna, beat):
    mine, theirs = begin(company, anna), begin(company, beat)
    for user, seen in ((anna, {mine, theirs}), (beat, {theirs})):
        client = signed_in(user)
        listed = client.get(reverse("jobs", args=[company.pk])).context["rows"]
        assert set(listed) == seen
        for job in (mine, theirs):
            assert client.get(url("job", job)).status_code == (200 if job in seen else 404)
            assert client.get(url("job-progress", job)).status_code == (200 if job in seen else 404)


def test_who_sees_all_sees_only_the_kinds_they_might_start(company, anna):
    """AUZ-4: wages are no secret lifted by being reckoned in the background."""
    job = begin(company, anna)
    looking = make.user(company=company, granted=["company.read", "jobs.read", "ledger.read"])
    assert signed_in(looking).get(url("job", job)).status_code == 404
    posting = make.user(company=company, granted=["company.read", "jobs.read", "ledger.post"])
    assert signed_in(posting).get(url("job", job)).status_code == 200


def test_the_list_is_filtered_and_paged(company, anna, beat, monkeypatch):
    monkeypatch.setattr("erp.cockpit.job_pages.PAGE", 2)
    done, waits, theirs = (
        begin(company, anna, work=True),
        begin(company, anna),
        begin(company, beat),
    )
    client, page = signed_in(anna), reverse("jobs", args=[company.pk])

    def rows(**query):
        return list(client.get(page, query).context["rows"])

    assert rows() == [theirs, waits] and rows(after=waits.pk) == [done]
    assert rows(state="done") == [done] and rows(state="open") == [theirs, waits]
    assert rows(who="me") == [waits, done]
    assert rows(kind="test.post", state="failed") == [] == rows(kind="x")
    assert client.get(page, {"after": "x"}).status_code == 404


def test_lists_cost_the_same_for_one_job_and_for_many(company, anna, api, with_file):
    counts = []
    for _ in range(2):
        for ask in (
            lambda: signed_in(anna).get(reverse("jobs", args=[company.pk])),
            lambda: api.get("jobs/"),
        ):
            with CaptureQueriesContext(connection) as queries:
                assert ask().status_code == 200
            counts.append(len(queries))
        for _nth in range(5):
            begin(company, make.user(company=company, granted=["ledger.post"]))
    assert counts[:2] == counts[2:]


def test_the_page_asks_for_news_until_the_job_is_over(company, anna):
    job = begin(company, anna, entries=2)
    client = signed_in(anna)
    page = client.get(url("job", job)).content.decode()
    assert f'hx-get="{url("job-progress", job)}"' in page and 'hx-trigger="every 1s"' in page
    asked = client.get(url("job-progress", job))
    assert asked.status_code == 200 and b"<progress" in asked.content
    assert b"hx-swap-oob" not in asked.content
    running.run(job.pk, company.pk)
    asked = client.get(url("job-progress", job))
    assert asked.status_code == 286 and b"hx-swap-oob" in asked.content
    assert "hx-get" not in client.get(url("job", job)).content.decode()


def test_one_cancels_ones_own_and_others_by_right(company, anna, beat):
    mine, theirs = begin(company, anna), begin(company, beat)
    looking = make.user(company=company, granted=["company.read", "jobs.read", "ledger.post"])
    assert signed_in(looking).post(url("job-cancel", theirs)).status_code == 403
    assert signed_in(beat).post(url("job-cancel", mine)).status_code == 404
    assert signed_in(beat).post(url("job-cancel", theirs)).status_code == 302
    assert signed_in(anna).post(url("job-cancel", mine)).status_code == 302
    open_companies([company.pk])
    assert set(Job.of(company).values_list("state", flat=True)) == {State.CANCELLED}
    again = signed_in(anna).post(url("job-cancel", mine), follow=True)
    assert [str(m) for m in again.context["messages"]]


def test_a_file_is_handed_out_to_those_who_might_have_made_it(company, anna, with_file):
    """FIL-4"""
    answer = signed_in(anna).get(url("job-file", with_file))
    assert (answer.status_code, answer.content) == (200, b"a;b")
    assert answer["Content-Disposition"] == "attachment; filename*=utf-8''%C3%84rger.csv"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"]
    assert answer["Cache-Control"] == "no-store"
    late = signed_in(anna)
    with clock.at(clock.now() + dt.timedelta(minutes=6)):  # the factor is asked for again
        assert late.get(url("job-file", with_file)).status_code == 302


def test_who_lost_the_right_keeps_the_job_and_not_its_file(company, with_file, anna, monkeypatch):
    kind = registry.kind_of("test.post")
    other = registry.Kind(kind.name, kind.title, "vat.change", kind.work)
    company.modules = ["ledger"]
    company.save()
    monkeypatch.setitem(registry._KINDS, "test.post", other)
    assert signed_in(anna).get(url("job", with_file)).status_code == 200
    assert signed_in(anna).get(url("job-file", with_file)).status_code == 403


def test_endpoints_tell_the_same(company, anna, api, beat):
    job = begin(company, anna, entries=2, work=True)
    told = api.get(f"jobs/{job.pk}/").json()
    assert (told["state"], told["done"], told["total"], told["percent"]) == ("done", 2, 2, 100)
    assert [line["text"] for line in told["log"]] == ["entry 0", "entry 1"]
    assert (told["result"], told["has_file"], told["by"]) == ({"entries": 2}, False, anna.email)
    assert [row["id"] for row in api.get("jobs/").json()["results"]] == [job.pk]
    assert api.get("jobs/", state="failed").json()["results"] == []
    problem(api.get("jobs/", state="unheard"), 400, "invalid")
    problem(Api(company, beat).get(f"jobs/{job.pk}/"), 404, "not_found")
    problem(api.get(f"jobs/{job.pk}/file/"), 404, "not_found")


def test_cancelling_by_the_api(company, anna, api, beat):
    job = begin(company, anna)
    problem(api.post(f"jobs/{job.pk}/cancel/", {}), 428, "precondition_required")
    _told, version = api.read(f"jobs/{job.pk}/")
    answer = api.post(f"jobs/{job.pk}/cancel/", {}, **version)
    assert (answer.status_code, answer.json()["state"]) == (200, "cancelled")
    problem(api.post(f"jobs/{job.pk}/cancel/", {}, HTTP_IF_MATCH="*"), 409, "jobs.is_over")
    looking = make.user(company=company, granted=["company.read", "jobs.read", "ledger.post"])
    theirs = begin(company, beat)
    told = Api(company, looking).post(f"jobs/{theirs.pk}/cancel/", {}, HTTP_IF_MATCH="*")
    problem(told, 403, "permission_denied")


def test_a_file_by_the_api(with_file, api):
    answer = api.get(f"jobs/{with_file.pk}/file/")
    assert (answer.status_code, answer.content) == (200, b"a;b")
    assert answer["X-Content-Type-Options"] == "nosniff"


def test_operators_alone_see_the_jobs_of_the_installation(company, anna):
    set_local("rappen.installation", "on")
    job = start("test.count", company=None, by=None, arguments={})
    set_local("rappen.installation", "off")
    page, one = reverse("installation-jobs"), reverse("installation-job", args=[job.pk])
    progress = reverse("installation-job-progress", args=[job.pk])
    for address in (page, one, progress):
        assert signed_in(anna).get(address).status_code == 403
    assert signed_in(anna).post(one).status_code == 403
    boss = signed_in(make.user(is_operator=True))
    assert list(boss.get(page).context["rows"]) == [job]
    assert boss.get(one).context["job"] == job and boss.get(progress).status_code == 200
    assert boss.post(one).status_code == 302
    assert boss.get(page).context["rows"][0].state == State.CANCELLED
    assert boss.get(progress).status_code == 286
    assert boss.post(reverse("installation-job", args=[2**63])).status_code == 404


def test_a_key_of_the_api_starts_one_job(company, api):
    key = new_key()
    answers = [api.post("journal-exports/", {"form": "csv"}, key=key) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [202, 202]
    assert answers[0].json()["id"] == answers[1].json()["id"]
    open_companies([company.pk])
    assert Job.of(company).count() == 1
