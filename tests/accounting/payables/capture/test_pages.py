"""Pages and endpoints of the inbox: what comes by them, what they show, and to whom."""

from __future__ import annotations

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from accounting.payables.capture import receiving, registry
from accounting.payables.capture.models import InboxDocument
from contacts.models import Contact
from erp.core import sandbox
from erp.core.tenancy import open_companies
from erp.documents import scaled
from erp.jobs import running
from erp.jobs.models import Job
from tests import make
from tests.accounting.payables.capture import inbox, papers
from tests.accounting.payables.capture.inbox import received

pytestmark = pytest.mark.django_db
SCRIPT = {"HTTP_SEC_FETCH_DEST": "empty"}


@pytest.fixture
def company():
    return inbox.company()


@pytest.fixture
def anna(company):
    return make.owner_of(company)


@pytest.fixture
def page(company, anna):
    client = Client()
    client.force_login(anna)
    client.start = f"/c/{company.pk}/payables/inbox/"
    return client


def upload(name="bill.pdf", content=None):
    return SimpleUploadedFile(name, papers.pdf() if content is None else content)


def work(company):
    job = Job.of_place(company.pk).order_by("-pk").first()
    running.run(job.pk, company.pk)
    open_companies([company.pk])


def test_many_files_are_dropped_and_each_is_told(page, company):
    files = [upload(), upload("again.pdf"), upload("x.gif", b"GIF89a")]
    answer = page.post(page.start, {"files": files}, **SCRIPT)
    told = answer.json()["received"]
    assert [(one["name"], one["error"], one.get("known")) for one in told] == [
        ("bill.pdf", False, False), ("again.pdf", False, True), ("x.gif", True, None),
    ]  # fmt: skip
    open_companies([company.pk])
    document = InboxDocument.of(company).get()
    assert told[0]["url"] == f"{page.start}{document.pk}/"
    assert document.state == "new"
    assert 'data-unread="1"' in page.get(page.start).content.decode()
    work(company)
    shown = page.get(page.start).content.decode()
    assert 'data-unread="0"' in shown and "Müller Holzbau AG" in shown and "1’949.75" in shown


def test_a_photograph_comes_without_a_script(page, company):
    photo = papers.scanned(papers.photographed(papers.picture(dpi=300), 0.1), quality=70)
    answer = page.post(page.start, {"photos": upload("IMG_1.jpg", photo)})
    assert answer["Location"] == page.start
    open_companies([company.pk])
    assert InboxDocument.of(company).get().channel == "photo"
    assert page.post(page.start, {}).status_code == 422
    assert (
        page.post(page.start, {}, **SCRIPT).json()["errors"][0]["code"]
        == "capture.nothing_received"
    )


def test_a_document_is_shown_beside_what_was_read(page, company, anna):
    (document,) = received(company, anna, papers.pages(papers.pdf(), papers.blank()))
    shown = page.get(f"{page.start}{document.pk}/").content.decode()
    assert shown.count("<figure") == 2 and f"{page.start}{document.pk}/pages/2/" in shown
    assert "CH44 3199 9123 0008 8901 2" in shown and "21 00000 00003 13947 14300 09017" in shown
    answer = page.get(f"{page.start}{document.pk}/pages/1/")
    assert (answer["Content-Type"], answer["X-Content-Type-Options"]) == ("image/jpeg", "nosniff")
    assert "sandbox" in answer["Content-Security-Policy"]
    with Image.open(io.BytesIO(answer.content)) as picture:
        assert picture.width == scaled.READABLE
    for gone in ("3", "0", "201"):
        assert page.get(f"{page.start}{document.pk}/pages/{gone}/").status_code == 404
    original = page.get(f"{page.start}{document.pk}/file/")
    assert original["Content-Disposition"].startswith("attachment")


def test_a_page_is_drawn_once(page, company, anna, monkeypatch):
    (document,) = received(company, anna)
    first = page.get(f"{page.start}{document.pk}/pages/1/").content
    monkeypatch.setattr(sandbox, "call", lambda *_told, **_more: pytest.fail("drawn again"))
    assert page.get(f"{page.start}{document.pk}/pages/1/").content == first


def test_what_cannot_be_read_says_why_and_shows_nothing(page, company, anna):
    (document,) = received(company, anna, papers.locked(papers.blank(), user="x"))
    shown = page.get(f"{page.start}{document.pk}/").content.decode()
    assert "<figure" not in shown and "note error" in shown
    assert page.get(f"{page.start}{document.pk}/pages/1/").status_code == 404


def test_set_aside_leads_to_the_next_and_comes_back(page, company, anna):
    one, two = received(company, anna, papers.pdf(), papers.blank())
    answer = page.post(f"{page.start}{one.pk}/set-aside/", {"reason": "Lieferschein"})
    assert answer["Location"] == f"{page.start}{two.pk}/"
    assert (
        page.post(f"{page.start}{two.pk}/set-aside/", {"reason": " "})["Location"]
        == f"{page.start}{two.pk}/"
    )
    answer = page.post(f"{page.start}{two.pk}/set-aside/", {"reason": "Werbung"})
    assert answer["Location"] == page.start
    assert page.get(page.start + "next/")["Location"] == page.start
    assert "Lieferschein" in page.get(page.start + "?view=aside").content.decode()
    page.post(f"{page.start}{one.pk}/bring-back/")
    assert page.get(page.start + "next/")["Location"] == f"{page.start}{one.pk}/"
    page.post(f"{page.start}{one.pk}/read/")
    work(company)
    assert InboxDocument.of(company).get(pk=one.pk).state == "read"


def test_the_room_above_says_where_a_document_is_captured(page, company, anna, monkeypatch):
    (document,) = received(company, anna)
    monkeypatch.setattr(registry, "_addresses", {})
    assert 'data-key="c"' not in page.get(f"{page.start}{document.pk}/").content.decode()
    registry.register_addresses(
        capture=lambda c, d: f"/c/{c}/new/?document={d}", bill=lambda c, b: f"/c/{c}/b/{b}/"
    )
    shown = page.get(f"{page.start}{document.pk}/").content.decode()
    assert f"/c/{company.pk}/new/?document={document.pk}" in shown
    receiving.mark_captured(company, document=document, bill_id=5, by=anna)
    assert f"/c/{company.pk}/b/5/" in page.get(f"{page.start}{document.pk}/").content.decode()


def test_a_search_finds_by_what_was_read(page, company, anna):
    received(company, anna, papers.pdf(), papers.with_data(papers.blank()))
    for search, expected in (
        ("holzbau", 1),
        ("21 00000 00003", 1),
        ("r-2026", 1),
        ("beleg", 2),
        ("nobody", 0),
    ):
        shown = page.get(page.start, {"q": search}).content.decode()
        assert shown.count('<td class="t">') == expected, search


def test_lists_ask_the_same_for_one_and_for_many(page, company, anna, django_assert_num_queries):
    received(company, anna, papers.pdf(), read=False)
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as one:
        page.get(page.start)
    open_companies([company.pk])
    received(company, anna, *(papers.blank(n) for n in range(1, 6)), read=False)
    with django_assert_num_queries(len(one)):
        page.get(page.start)


@pytest.mark.parametrize(("granted", "sees", "sends"), [
    (["payables.capture", "payables.read"], 200, 302), (["payables.read"], 200, 403), ([], 403, 403),
])  # fmt: skip
def test_rights(company, granted, sees, sends):
    client = Client()
    client.force_login(make.user(company=company, granted=granted))
    start = f"/c/{company.pk}/payables/inbox/"
    assert client.get(start).status_code == sees
    assert client.post(start, {"files": upload()}).status_code == sends


# --- endpoints ------------------------------------------------------------------------------------
@pytest.fixture
def api(company, anna):
    from rest_framework.test import APIClient

    client = APIClient()
    client.force_authenticate(anna)
    client.start = f"/api/v1/companies/{company.pk}/inbox-documents/"
    return client


def test_a_phone_sends_a_bill_and_reads_what_is_proposed(api, company):
    sent = {"files": [upload(), upload("x.txt", b"x")], "channel": "photo"}
    answer = api.post(
        api.start, sent, format="multipart", headers={"Idempotency-Key": "phone-0001"}
    )
    assert answer.status_code == 201, answer.content
    first, second = answer.json()["received"]
    assert (first["known"], first["error"], second["document"]) == (False, "", None)
    assert second["error_code"] == "capture.not_a_document"
    open_companies([company.pk])
    work(company)
    one = api.get(f"{api.start}{first['document']}/").json()
    assert (one["state"], one["channel"], one["amount"], one["pages"]) == (
        "read",
        "photo",
        "1949.75",
        1,
    )
    assert [row["id"] for row in api.get(api.start).json()["results"]] == [one["id"]]
    told = api.get(f"{api.start}{one['id']}/proposal/").json()
    assert told["values"]["payee"]["town"] == "Chur" and told["values"]["source"] == "qr"
    assert [one["code"] for one in told["remarks"]] == ["capture.addressed_to_others"]
    assert api.get(f"{api.start}{one['id']}/file/").content == papers.pdf()


def test_the_same_key_receives_once(api, company):
    for _twice in range(2):
        answer = api.post(api.start, {"files": [upload()]}, format="multipart",
                          headers={"Idempotency-Key": "phone-0001"})  # fmt: skip
        assert answer.status_code == 201 and not answer.json()["received"][0]["known"]
    open_companies([company.pk])
    assert InboxDocument.of(company).count() == 1
    assert api.post(api.start, {"files": [upload()]}, format="multipart").status_code == 400


def test_setting_aside_by_program(api, company, anna):
    (document,) = received(company, anna)
    place = f"{api.start}{document.pk}/"
    assert api.post(place + "set-aside/", {}, format="json").status_code == 400
    assert (
        api.post(place + "set-aside/", {"reason": "Werbung"}, format="json").json()["state"]
        == "aside"
    )
    again = api.post(place + "set-aside/", {"reason": "Werbung"}, format="json")
    assert (again.status_code, again.json()["code"]) == (409, "capture.not_waiting")
    assert [row["id"] for row in api.get(api.start, {"state": "aside"}).json()["results"]] == [
        document.pk
    ]
    assert api.post(place + "bring-back/").json()["state"] == "read"
    job = api.post(place + "read/", headers={"Idempotency-Key": "again-0001"})
    assert job.status_code == 202 and job.json()["kind"] == receiving.READ


# --- a contact of the payee ---------------------------------------------------------------------------
def test_an_unknown_payee_is_added_with_one_click_after_it_was_shown(page, company, anna):
    (document,) = received(company, anna)
    here = f"{page.start}{document.pk}/"
    shown = page.get(here).content.decode()
    assert f"{here}contact/" in shown and "Müller Holzbau AG" in shown
    assert page.post(f"{here}contact/", {"bill": "0"})["Location"] == here
    open_companies([company.pk])
    assert Contact.of(company).filter(name="Müller Holzbau AG").count() == 1
    again = page.post(f"{here}contact/", {"bill": "0"}, follow=True).content.decode()
    assert f"{here}contact/" not in again
    open_companies([company.pk])
    assert Contact.of(company).filter(name="Müller Holzbau AG").count() == 1


@pytest.mark.parametrize(("granted", "status"), [
    (["payables.read", "contacts.change"], 302), (["payables.read", "payables.capture"], 403),
    (["contacts.change"], 404),
])  # fmt: skip
def test_a_contact_is_made_by_whoever_may_write_contacts(company, anna, granted, status):
    (document,) = received(company, anna)
    client = Client()
    client.force_login(make.user(company=company, granted=granted))
    here = f"/c/{company.pk}/payables/inbox/{document.pk}/"
    assert client.post(f"{here}contact/", {"bill": "0"}).status_code == status
    if status == 403 and "payables.read" in granted:
        assert f"{here}contact/" not in client.get(here).content.decode()


def test_a_contact_of_the_payee_by_program(api, company, anna):
    (document,) = received(company, anna)
    here, key = f"{api.start}{document.pk}/contact/", {"Idempotency-Key": "contact-0001"}
    first, again = (api.post(here, {}, format="json", headers=key) for _ in range(2))
    assert first.status_code == 201 and first.json() == again.json()
    assert first.json()["name"] == "Müller Holzbau AG"
    other = api.post(here, {}, format="json", headers={"Idempotency-Key": "contact-0002"})
    assert (other.status_code, other.json()["code"]) == (409, "capture.payee_known")
