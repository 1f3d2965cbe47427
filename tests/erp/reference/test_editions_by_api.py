"""A file of a publisher, brought by an operator's program: the steps of the page, and its record."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from erp.cockpit.api.editions import EditionViewSet
from erp.reference.models import Bank, ReferenceVersion, SourceState
from tests import make
from tests.erp.client import new_key, places, problem
from tests.erp.reference import files

pytestmark = pytest.mark.django_db
ADDRESS = "/api/v1/reference/sources/banks/editions/"


@pytest.fixture
def client():
    client = Client()
    client.force_login(make.user(is_operator=True))
    return client


def send(client, content, *, key=None, address=ADDRESS, name="bank.csv", **fields):
    return client.post(address, {"file": SimpleUploadedFile(name, content), **fields},
                       HTTP_IDEMPOTENCY_KEY=key or new_key())  # fmt: skip


def of_banks(state):
    return ReferenceVersion.objects.filter(source="banks", state=state, origin="upload")


def test_an_edition_is_taken_in_once(friday, client):
    content, key = files.known_banks(friday, b00100="Nationalbank"), new_key()
    first = send(client, content, key=key)
    assert first.status_code == 200, first.content
    told = first.json()
    assert (told["outcome"], told["report"]["changed"], told["scope"]) == ("active", 1, "")
    assert Bank.objects.get(iid="00100", valid_to=None).name == "Nationalbank"
    again = send(client, content, key=key)
    assert again.json() == told and again["Idempotency-Replayed"] == "true"
    assert send(client, content).json()["outcome"] == "unchanged"
    assert of_banks("active").count() == 1


def test_what_is_refused_stays_on_record_and_is_counted(friday, client):
    key = new_key()
    for _twice in range(2):
        answer = send(client, b"<html>Wartung</html>", key=key)
        told = problem(answer, 422)
    assert told["code"].startswith("reference.") and "Idempotency-Replayed" not in answer
    kept = of_banks("refused").get()
    assert kept.report["attempts"] == 2 and kept.report["code"] == told["code"]
    assert kept.by.is_operator and kept.address == "bank.csv"
    assert SourceState.objects.get(source="banks").error == kept.report["problem"]


def test_far_fewer_rows_are_taken_where_that_is_wished(friday, client):
    some = Bank.objects.order_by("iid").values_list("iid", flat=True)[:100]
    few = files.known_banks(friday, without=set(some))
    problem(send(client, few), 422, "reference.too_much_gone")
    assert send(client, few, accept="true").json()["outcome"] == "active"


def test_it_takes_an_operator_with_the_second_factor_and_a_key(friday, client):
    content = files.known_banks(friday)
    other = Client()
    other.force_login(make.user())
    problem(send(other, content), 403)
    problem(send(client, content, address=ADDRESS.replace("banks", "nothing")), 404)
    bare = client.post(ADDRESS, {"file": SimpleUploadedFile("bank.csv", content)})
    assert places(problem(bare, 400)) == [("Idempotency-Key", "invalid")]
    empty = client.post(ADDRESS, {"accept": "true"}, HTTP_IDEMPOTENCY_KEY=new_key())
    assert places(problem(empty, 400)) == [("file", "required")]
    session = client.session
    session["account_authentication_methods"] = []
    session.save()
    problem(send(client, content), 403, "step_up_needed")
    assert not ReferenceVersion.objects.filter(origin="upload").exists()


def test_what_is_too_large_is_not_looked_at(client, monkeypatch):
    monkeypatch.setattr(EditionViewSet, "largest_file", 1000)
    problem(send(client, b"x" * 1001), 413, "too_large")
    assert not ReferenceVersion.objects.filter(origin="upload").exists()
