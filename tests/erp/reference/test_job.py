"""An operator lets a publisher be asked now: a job with progress, on the page that began it."""

from __future__ import annotations

import pytest
from django.test import Client

from erp.access.gate import as_operator
from erp.jobs import running
from erp.jobs.models import Job
from erp.reference.models import ReferenceVersion
from tests import make
from tests.erp.passwords.service import answers
from tests.erp.reference import files
from tests.erp.reference.test_trouble import sends

pytestmark = pytest.mark.django_db
PAGE = "/reference/banks/"


@pytest.fixture
def operator():
    return make.user(is_operator=True)


@pytest.fixture
def client(operator, settings):
    settings.REFERENCE_OFF = []
    client = Client()
    client.force_login(operator)
    return client


def asked(client, operator):
    assert client.post(PAGE, {"ask": "1"}).status_code == 302
    as_operator(operator)
    job = Job.of_place(None).latest("pk")
    running.run(job.pk, None)
    as_operator(operator)
    job.refresh_from_db()
    return job


def test_what_is_new_is_taken_in(publisher, friday, client, operator):
    publisher.behaves = sends(files.known_banks(friday, b00100="Nationalbank"))
    job = asked(client, operator)
    assert (job.state, job.percent, job.result) == ("done", 100, {"states": {"active": 1}})
    assert ReferenceVersion.objects.filter(
        source="banks", origin="fetched", state="active"
    ).exists()
    page = client.get(PAGE)
    assert page.context["job"] == job
    assert client.get(f"/jobs/{job.pk}/progress/").status_code == 286
    assert job.title in client.get("/jobs/").content.decode()


def test_what_is_refused_ends_it_and_stays_on_record(publisher, friday, client, operator):
    publisher.behaves = answers(b"<html>Wartung</html>", **{"Content-Type": "text/html"})
    job = asked(client, operator)
    assert job.state == "done" and job.result == {"states": {"refused": 1}}
    refused = ReferenceVersion.objects.get(source="banks", state="refused")
    assert refused.report["problem"] in client.get(PAGE).content.decode()


def test_asked_twice_it_is_asked_once(publisher, friday, client, operator):
    for _ in range(2):
        client.post(PAGE, {"ask": "1"})
    as_operator(operator)
    assert Job.of_place(None).count() == 1


def test_it_can_be_cancelled(publisher, friday, client, operator):
    client.post(PAGE, {"ask": "1"})
    as_operator(operator)
    job = Job.of_place(None).get()
    assert client.get(f"/jobs/{job.pk}/").status_code == 200
    client.post(f"/jobs/{job.pk}/")
    as_operator(operator)
    job.refresh_from_db()
    assert job.state == "cancelled"


def test_strangers_neither_ask_nor_see(publisher, friday, client, operator):
    client.post(PAGE, {"ask": "1"})
    as_operator(operator)
    job = Job.of_place(None).get()
    other = Client()
    other.force_login(make.user())
    assert other.post(PAGE, {"ask": "1"}).status_code == 404
    for path in ("/jobs/", f"/jobs/{job.pk}/", f"/jobs/{job.pk}/progress/"):
        assert other.get(path).status_code == 403
    assert "job" not in other.get(PAGE).context
