"""Pages and endpoints of hours: the week, approval, billing, and whose they are."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounting.hours.models import HourEntry, HourRate, Project
from accounting.receivables.models import SalesDocument
from tests import make
from tests.accounting.hours import books
from tests.accounting.hours.books import MARCH_2, MARCH_3
from tests.accounting.receivables import sales
from tests.erp.client import Api, new_key, places, problem

pytestmark = pytest.mark.django_db
WEEK = "2026-03-02"


@pytest.fixture
def company():
    return books.company()


@pytest.fixture
def owner(company):
    return make.owner_of(company)


@pytest.fixture
def worker(company):
    return make.user(company=company, granted=["hours.own"])


@pytest.fixture
def project(company):
    return books.project(company, product=sales.product(company))


def desk(user):
    client = Client()
    client.force_login(user)
    return client


def test_a_week_is_typed_changed_and_deleted(company, project, worker):
    page, here = desk(worker), f"/c/{company.pk}/hours/"
    sent = {"day": WEEK, "project-0": "P1", "text-0": "Plan", "billable-0": "1",
            "c-0-0": "2:30", "c-0-1": "1,5", "c-0-6": ""}  # fmt: skip
    assert page.post(here, sent).status_code == 302
    first, second = HourEntry.of(company).order_by("day")
    assert [(one.day, one.minutes, one.text) for one in (first, second)] == [
        (MARCH_2, 150, "Plan"), (MARCH_3, 90, "Plan")]  # fmt: skip
    shown = page.get(f"{here}?day={WEEK}").content.decode()
    assert f'value="{first.pk}:1"' in shown and 'value="2:30"' in shown and "4:00" in shown
    changed = {**sent, "c-0-0": "3", "m-0-0": f"{first.pk}:1", "w-0-0": "2:30",
               "c-0-1": "", "m-0-1": f"{second.pk}:1", "w-0-1": "1:30"}  # fmt: skip
    assert page.post(here, changed).status_code == 302
    assert HourEntry.of(company).get().minutes == 180
    again = page.post(here, changed)  # read before it was changed
    assert again.status_code == 422 and HourEntry.of(company).get().minutes == 180
    next_week = page.get(f"{here}?day=2026-03-09").content.decode()
    assert "Plan" in next_week  # the rows are offered again
    refused = page.post(here, {**sent, "c-0-0": "25", "c-0-1": "x"})
    assert refused.status_code == 422 and refused.content.decode().count('value="25"') == 1


def test_who_has_only_their_own_sees_nothing_of_others(company, project, owner, worker):
    theirs = books.hours(project, user=owner)
    page = desk(worker)
    assert page.get(f"/c/{company.pk}/hours/").status_code == 200
    for path in (f"people/{owner.pk}/", "list/", "projects/", f"projects/{project.pk}/", "bill/",
                 "rates/", "report/"):  # fmt: skip
        assert page.get(f"/c/{company.pk}/hours/{path}").status_code == 403, path
    api = Api(company, worker)
    assert api.get("my-hours/").json()["results"] == []
    problem(api.get(f"my-hours/{theirs.pk}/"), 404)
    headers = {"HTTP_IF_MATCH": "*"}
    problem(api.patch(f"my-hours/{theirs.pk}/", {"minutes": 1}, **headers), 404)
    problem(api.delete(f"my-hours/{theirs.pk}/", **headers), 404)
    problem(api.get("hour-entries/"), 403)
    assert api.get("my-projects/").json()["results"] == [
        {"id": project.pk, "number": "P1", "name": "Umbau"}]  # fmt: skip
    assert HourEntry.of(company).get().minutes == 60


def test_own_hours_by_the_endpoint(company, project, worker):
    api, key = Api(company, worker), new_key()
    body = {"project": "P1", "day": WEEK, "minutes": 90, "text": "Plan"}
    made = api.post("my-hours/", body, key=key)
    assert made.status_code == 201 and "rate" not in made.json(), made.content
    assert api.post("my-hours/", body, key=key).json() == made.json()  # one effect
    told, version = api.read(f"my-hours/{made.json()['id']}/")
    assert told["minutes"] == 90 and told["state"] == "open"
    changed = api.patch(f"my-hours/{told['id']}/", {"minutes": 30}, **version)
    assert changed.json() == told | {"minutes": 30, "version": 2}
    problem(api.patch(f"my-hours/{told['id']}/", {"minutes": 31}, **version), 412)
    bad = problem(api.post("my-hours/", {**body, "project": "X"}, key=new_key()), 422)
    assert places(bad) == [("project", "hours.unknown_project")]
    assert len(api.get("my-hours/", since=WEEK, until=WEEK).json()["results"]) == 1
    _told, version = api.read(f"my-hours/{told['id']}/")
    assert api.delete(f"my-hours/{told['id']}/", **version).status_code == 204
    assert not HourEntry.of(company).exists()


def test_hours_are_approved_and_billed_by_the_endpoints(company, owner, worker):
    api = Api(company, owner)
    contact, product = sales.customer(company), sales.product(company)
    made = api.post("projects/", {"number": "7", "name": "Dach", "contact": contact.pk,
                                  "product": product.number, "budget_minutes": 600})  # fmt: skip
    assert made.status_code == 201, made.content
    project = made.json()
    assert (project["currency"], project["product"], project["is_closed"]) == ("CHF", "BER", False)
    rate = api.post("hour-rates/", {"project": "7", "valid_from": "2026-01-01", "rate": "180.00"})
    assert rate.json()["rate"] == "180.00" and rate.json()["person"] is None
    problem(api.post("hour-rates/", {"valid_from": "2026-01-01", "rate": "0.00"}), 400)
    body = {"project": "7", "day": WEEK, "minutes": 60, "person": worker.pk}
    entry = api.post("hour-entries/", body, key=new_key()).json()
    seen = {"entries": [{"id": entry["id"], "version": entry["version"]}]}
    stale = {"entries": [{"id": entry["id"], "version": 7}]}
    problem(api.post("hour-entries/approve/", stale), 409, "hours.changed_meanwhile")
    assert api.post("hour-entries/approve/", seen).json() == {
        "entries": [entry["id"]]}  # fmt: skip
    standing = api.get("projects/standings/").json()["results"][0]
    assert (standing["waiting"], standing["unbilled"], standing["left"]) == (60, "180.00", 540)
    billed = api.post(f"projects/{project['id']}/bill/", {"until": "2026-03-31", "date": "2026-03-31"},
                      key=new_key())  # fmt: skip
    assert billed.status_code == 201, billed.content
    assert billed.json()["payable"] == "194.60"  # with VAT, to five centimes
    assert SalesDocument.of(company).get().pk == billed.json()["document"]
    told = api.get("hour-reports/", by="project", since="2026-01-01", until="2026-12-31").json()
    assert told["results"][0]["billed"] == [{"currency": "CHF", "amount": "180.00"}]
    assert told["total"]["billed"] == [{"currency": "CHF", "amount": "180.00"}]
    file = api.get("hour-reports/", by="month", since="2026-01-01", until="2026-12-31", form="csv")
    assert b"180.00" in file.content
    problem(api.post("hour-entries/reopen/", seen), 409, "hours.not_approved")
    _told, version = api.read(f"projects/{project['id']}/")
    problem(api.delete(f"projects/{project['id']}/", **version), 409, "hours.project_in_use")
    changed = api.patch(f"projects/{project['id']}/", {"is_closed": True}, **version)
    assert changed.json()["is_closed"] is True
    one, version = api.read(f"hour-rates/{rate.json()['id']}/")
    assert api.delete(f"hour-rates/{one['id']}/", **version).status_code == 204


def test_the_pages_of_projects_rates_and_billing(company, owner, worker):
    page, start = desk(owner), f"/c/{company.pk}/hours/"
    contact, product = sales.customer(company), sales.product(company)
    told = {"number": "7", "name": "Dach", "contact": contact.number, "product": product.pk,
            "currency": "CHF", "budget": "80"}  # fmt: skip
    assert page.post(f"{start}projects/", {**told, "contact": "999"}).status_code == 422
    assert page.post(f"{start}projects/", told).status_code == 302
    project = Project.of(company).get()
    assert project.budget_minutes == 4800 and project.contact == contact
    rate = {"project": project.pk, "user": worker.pk, "valid_from": "01.01.2026", "rate": "150"}
    assert page.post(f"{start}rates/", rate).status_code == 302
    assert page.post(f"{start}rates/", rate).status_code == 422  # there already
    one = books.hours(project, user=worker)
    listed = page.get(f"{start}list/").content.decode()
    assert f'value="{one.pk}:1" checked' in listed
    for seen in (f"{one.pk}:2", f"{one.pk}:1"):  # the first is not as it was seen
        assert HourEntry.of(company).get().state == "open"
        assert page.post(f"{start}list/", {"entry": seen, "do": "approve"}).status_code == 302
    assert HourEntry.of(company).get().state == "approved"
    assert "150.00" in page.get(f"{start}bill/").content.decode()
    bill = {"until": "31.03.2026", "date": "31.03.2026", "grouping": "entry"}
    draft = page.post(f"{start}projects/{project.pk}/bill/", bill)
    document = SalesDocument.of(company).get()
    assert draft["Location"] == f"/c/{company.pk}/receivables/documents/{document.pk}/"
    again = page.post(f"{start}projects/{project.pk}/bill/", bill)
    assert again.status_code in {409, 422}
    assert "162.15" in page.get(f"{start}projects/{project.pk}/").content.decode()
    for path in ("projects/?closed=1", "rates/", "list/?state=-", f"people/{worker.pk}/?day={WEEK}",
                 *(f"report/?by={by}" for by in ("project", "person", "month", "cost_object"))):  # fmt: skip
        assert page.get(start + path).status_code == 200, path
    file = page.get(f"{start}report/?by=person&since=2026-01-01&until=2026-12-31&format=csv")
    assert ";1.00;1.00;0.00;1.00;150.00" in file.content.decode()
    assert page.post(f"{start}rates/", {"delete": HourRate.of(company).get().pk}).status_code == 302
    assert page.get(f"{start}people/999999/").status_code == 404


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31", "1900-01-01", "2199-12-31"])
def test_a_week_of_any_year_is_answered(company, worker, day):
    page, here = desk(worker), f"/c/{company.pk}/hours/"
    assert page.get(f"{here}?day={day}").status_code == 200
    assert page.post(here, {"day": day, "go": day}).status_code == 302


def test_the_report_is_taken_along_with_the_right_to(company):
    reader = make.user(company=company, granted=["hours.read"])
    page, path = desk(reader), f"/c/{company.pk}/hours/report/?by=person"
    assert (page.get(path).status_code, page.get(f"{path}&format=csv").status_code) == (200, 403)
    assert "format=csv" not in page.get(path).content.decode()
    owners = desk(make.owner_of(company)).get(path).content.decode()
    assert "format=csv" in owners
    api, span = Api(company, reader), {"since": "2026-01-01", "until": "2026-12-31"}
    assert api.get("hour-reports/", by="person", **span).status_code == 200
    problem(api.get("hour-reports/", by="person", form="csv", **span), 403)


@pytest.mark.parametrize("path", ["hours/?day=2026-03-02", "hours/list/?state=-", "hours/projects/",
                                  "hours/bill/", "hours/report/?by=person"])  # fmt: skip
def test_many_hours_cost_no_more_queries(company, project, owner, path):
    page, address = desk(owner), f"/c/{company.pk}/{path}"

    def add(first, last):
        for nth in range(first, last):
            more = books.project(company, f"Q{nth}", contact=None)
            one = books.hours(more, 5, user=owner, text=f"Text {nth}")
            books.approved(more, one)

    add(0, 5)
    page.get(address)
    with CaptureQueriesContext(connection) as few:
        assert page.get(address).status_code == 200
    add(5, 20)
    with CaptureQueriesContext(connection) as many:
        assert page.get(address).status_code == 200
    assert len(many) == len(few)


@pytest.mark.parametrize("path", ["projects/", "my-projects/", "hour-entries/", "my-hours/"])
def test_a_phone_asks_for_what_changed_since(company, owner, path):
    told = Api(company, owner).get(path, changed_since="")
    assert told.status_code == 200, told.content
    assert told.json()["cursor"] and told.json()["gone"] == []
