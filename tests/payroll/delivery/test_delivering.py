"""Payslips reach each person once, the way they want it; nothing readable leaves by mail."""

from __future__ import annotations

import datetime as dt
import io

import pikepdf
import pypdfium2 as pdfium
import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from erp.audit.models import AccessLogEntry, AuditEvent
from erp.core.errors import DomainError
from erp.core.tenancy import open_companies
from erp.documents.storing import content_of
from erp.jobs import running
from erp.jobs.models import Job, State
from erp.mails import queueing
from erp.mails.models import MailFile, OutgoingMail
from payroll.delivery import passwords, signing_in, terms
from payroll.delivery.models import Delivery, DeliveryTerms, Way
from payroll.runs import booking, delivering
from payroll.runs.models import Payslip
from tests import make
from tests.erp.client import Api, new_key, problem
from tests.payroll.runs import books

pytestmark = pytest.mark.django_db
LINK = "https://rappen.example.ch/c/1/payroll/my-wage/"


@pytest.fixture(autouse=True)
def january():
    with time_machine.travel(dt.datetime(2026, 1, 20, 9), tick=True):
        yield


@pytest.fixture
def company():
    return books.company()


@pytest.fixture
def anna(company):
    return make.owner_of(company)


@pytest.fixture
def client(anna):
    client = Client()
    client.force_login(anna)
    return client


def worked(company):
    job = Job.of_place(company.pk).order_by("-pk").first()
    running.run(job.pk, company.pk)
    open_companies([company.pk])
    job.refresh_from_db()
    assert job.state == State.DONE, (job.error, job.error_code)
    return job


def three(company, anna):
    """Three people: on paper, by mail, on the page; and their posted run."""
    people = [books.p1(company), *(books.employee(company, "5000.00", number=nth, iban=books.iban(nth))
                                   for nth in (2, 3))]  # fmt: skip
    terms.set_terms(people[1], by=anna, way="mail", mail="bruno@example.ch")
    terms.set_terms(people[2], by=anna, way="portal")
    return people, books.posted(company)


def test_each_gets_a_slip_once_the_way_they_want_it(company, anna):
    people, run = three(company, anna)
    secret = passwords.set_password(people[1], by=anna)
    reader = make.user(company=company, granted=["payroll.own"])
    signing_in.link(people[2], email=reader.email, by=anna)
    delivering.begin(run, by=anna, link=LINK)
    job = worked(company)
    assert job.result == {"paper": 1, "mail": 1, "portal": 1, "refused": 0}
    rows = Delivery.of(company).order_by("employee")
    assert [row.way for row in rows] == [Way.PAPER, Way.MAIL, Way.PORTAL]
    by_mail, by_link = (rows[1].mail, rows[2].mail)
    assert (by_mail.to, by_link.to) == (["bruno@example.ch"], [reader.email])
    assert LINK in by_link.body and not MailFile.of(company).filter(mail=by_link).exists()
    assert "5’000" not in by_mail.body + by_mail.subject + by_link.body
    file = MailFile.of(company).select_related("file").get(mail=by_mail)
    content = content_of(file.file)
    assert pdfium_text(content, secret).count("5’000.00")
    with pytest.raises(pdfium.PdfiumError):
        pdfium.PdfDocument(content)
    with pytest.raises(DomainError) as again:
        delivering.begin(run, by=anna, link=LINK)
    assert again.value.code == "delivery.nothing"
    assert AccessLogEntry.of(company).filter(kind="disclosure").count() == 2
    assert secret not in str(list(AuditEvent.of(company).values_list("details", flat=True)))


def pdfium_text(content, password=None):
    file = pdfium.PdfDocument(content, password=password)
    return "\n".join(page.get_textpage().get_text_range() for page in file)


def test_the_file_is_locked_by_aes_256_and_says_nothing_without_its_password():
    from erp.documents.pdf import render

    plain = render("<html lang='de'><title>Lohn Anna</title><body>6500.00</body></html>")
    shut = passwords.locked(plain, "vier-kurze-worte-hier")
    with pikepdf.open(io.BytesIO(shut), password="vier-kurze-worte-hier") as file:
        assert (file.encryption.R, file.encryption.bits) == (6, 256)
    with pytest.raises(pikepdf.PasswordError):
        pikepdf.open(io.BytesIO(shut))
    with pytest.raises(pikepdf.PasswordError):
        pikepdf.open(io.BytesIO(shut), password="")
    assert b"Anna" not in shut and b"6500" not in shut


def test_who_cannot_be_reached_is_told_and_the_others_get_theirs(company, anna):
    people, run = three(company, anna)
    delivering.begin(run, by=anna, link=LINK)
    job = worked(company)
    assert job.result == {"paper": 1, "mail": 0, "portal": 0, "refused": 2}
    from erp.jobs.models import JobLine

    lines = list(JobLine.of(company).filter(job=job).values_list("text", flat=True))
    assert len(lines) == 2 and all(str(one.number) in "".join(lines) for one in people[1:])
    assert not OutgoingMail.of(company).exists()
    passwords.set_password(people[1], by=anna)
    delivering.begin(run, by=anna, link=LINK)
    assert worked(company).result == {"paper": 0, "mail": 1, "portal": 0, "refused": 1}
    slip = Payslip.of(company).select_related("run").get(employee=people[1])
    slip.run.company = company
    assert delivering.deliver_again(slip, by=anna, link=LINK).nth == 2


def test_a_run_taken_back_keeps_its_waiting_mails_and_delivers_nothing(company, anna, settings):
    people, run = three(company, anna)
    passwords.set_password(people[1], by=anna)
    delivering.begin(run, by=anna, link=LINK)
    worked(company)
    (mail,) = OutgoingMail.of(company)
    assert mail.state == "queued"
    booking.undo(run, reason="falsch", by=anna)
    mail.refresh_from_db()
    assert mail.state == "cancelled"
    run.refresh_from_db()
    with pytest.raises(DomainError) as refused:
        delivering.begin(run, by=anna, link=LINK)
    assert refused.value.code.endswith("not_posted")


@pytest.mark.parametrize("state", ["failed", "refused", "unclear"])
def test_what_did_not_arrive_of_a_run_taken_back_is_not_sent_again(company, anna, state):
    people, run = three(company, anna)
    passwords.set_password(people[1], by=anna)
    delivering.begin(run, by=anna, link=LINK)
    worked(company)
    OutgoingMail.of(company).update(state=state)
    booking.undo(run, reason="falsch", by=anna)
    mail = OutgoingMail.of(company).get()
    assert mail.state == "cancelled"
    with pytest.raises(queueing.NothingToRepeat):
        queueing.retry(mail, by=anna)


def test_the_database_keeps_the_log_and_each_first_delivery(company, anna):
    _people, run = three(company, anna)
    delivering.begin(run, by=anna, link=LINK)
    worked(company)
    from django.db import DatabaseError, transaction

    row = Delivery.of(company).get()
    for act in (
        lambda: Delivery.of(company).update(way="mail"),
        lambda: Delivery.of(company).delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            act()
    row.pk = None
    with pytest.raises(DatabaseError), transaction.atomic():
        row.save(force_insert=True)


def test_passwords_are_sealed_made_or_chosen_and_shown_this_once(company, anna, client):
    one = books.p1(company)
    place = f"/c/{company.pk}/payroll/delivery/"
    shown = client.post(place, {"do": "passwords", "chosen": [one.pk]})
    assert shown.status_code == 200 and "no-store" in shown["Cache-Control"]
    row = DeliveryTerms.of(company).get()
    secret = row.content.password
    assert secret in shown.content.decode() and len(secret) == 23
    assert secret not in client.get(place).content.decode()
    with connection.cursor() as cursor:
        cursor.execute("SELECT content FROM payroll_deliveryterms")
        assert secret not in cursor.fetchone()[0]
    for bad, code in (("kurz", "passwords.too_short"), ("x" * 200, "delivery.password_too_long")):
        with pytest.raises(DomainError) as refused:
            passwords.set_password(one, by=anna, chosen=bad)
        found = getattr(refused.value, "refusals", [refused.value])
        assert code in [each.code for each in found]
    assert (
        passwords.set_password(one, by=anna, chosen="kuh mond leiter wolke")
        == "kuh mond leiter wolke"
    )


def test_the_page_saves_ways_and_tells_all_faults(company, anna, client):
    one = books.p1(company)
    place = f"/c/{company.pk}/payroll/delivery/"
    told = {"do": "people", "person": [one.pk], f"way-{one.pk}": "mail", f"mail-{one.pk}": "nix",
            f"version-{one.pk}": "0"}  # fmt: skip
    assert client.post(place, told).status_code == 422
    assert not DeliveryTerms.of(company).exists()
    told[f"mail-{one.pk}"] = "anna@example.ch"
    assert client.post(place, told).status_code == 302
    assert (
        client.post(place, told | {f"way-{one.pk}": "paper"}).status_code == 422
    )  # another version
    page = client.get(place).content.decode()
    assert "anna@example.ch" in page
    assert (
        client.post(place, {"do": "settings", "way": "portal", "reply_to": ""}).status_code == 302
    )
    assert terms.settings_of(company).way == Way.PORTAL
    assert client.post(place, {"do": "settings", "way": "taube"}).status_code == 422


def test_the_runs_page_delivers_prints_and_zips(company, anna, client):
    people, run = three(company, anna)
    passwords.set_password(people[1], by=anna)
    place = f"/c/{company.pk}/payroll/runs/{run.pk}/"
    assert client.get(f"{place}slips.zip").status_code == 302  # not made yet
    assert client.post(f"{place}deliveries/").status_code == 302
    worked(company)
    page = client.get(f"{place}deliveries/").content.decode()
    assert "bruno@example.ch" in page
    printed = client.get(f"{place}deliveries/print.pdf")
    text = pdfium_text(printed.content)
    assert "6’500.00" in text and "5’000.00" not in text
    import zipfile

    whole = client.get(f"{place}slips.zip")
    content = b"".join(whole.streaming_content)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        assert len(archive.namelist()) == 3
        assert all(archive.read(name).startswith(b"%PDF") for name in archive.namelist())
    open_companies([company.pk])
    slip = Payslip.of(company).get(employee=people[0])
    assert client.post(f"{place}deliveries/", {"again": slip.pk}).status_code == 302
    assert Delivery.of(company).filter(slip=slip).count() == 2


def test_the_log_asks_as_much_for_three_as_for_one(company, anna):
    one = books.p1(company)
    terms.set_terms(one, by=anna, way="mail", mail="a@example.ch")
    run = books.posted(company)
    with CaptureQueriesContext(connection) as few:
        delivering.log_of(run)
    for nth in (2, 3, 4):
        who = books.employee(
            company, "5000.00", number=nth, iban=books.iban(nth), entry=dt.date(2026, 2, 1)
        )
        terms.set_terms(who, by=anna, way="mail", mail=f"p{nth}@example.ch")
    later = books.posted(company, dt.date(2026, 2, 1))
    with CaptureQueriesContext(connection) as many:
        assert len(delivering.log_of(later)) == 4
    assert len(few) == len(many) <= 6


def test_the_page_of_ways_asks_as_much_for_many_as_for_one(company, anna, client):
    place = f"/c/{company.pk}/payroll/delivery/"
    counts = []
    for nth in (2, 3, 4):
        who = books.employee(company, "5000.00", number=nth, iban=books.iban(nth))
        terms.set_terms(who, by=anna, way="mail", mail=f"p{nth}@example.ch")
        client.get(place)  # what is kept in memory is read once
        with CaptureQueriesContext(connection) as seen:
            assert client.get(place).status_code == 200
        open_companies([company.pk])
        counts.append(len(seen))
    assert counts[0] == counts[-1], counts


def test_the_endpoints_say_the_same(company, anna):
    people, run = three(company, anna)
    api = Api(company, anna)
    assert api.get("wage-delivery/").json()["results"][0]["way"] == "paper"
    one = api.get(f"wage-delivery/{people[1].pk}/")
    assert one.json()["fault"] and "password" not in one.json()
    changed = api.patch(f"wage-delivery/{people[1].pk}/", {"password": "kuh mond leiter wolke"},
                        HTTP_IF_MATCH=one["ETag"])  # fmt: skip
    assert changed.status_code == 200 and changed.json()["has_password"], changed.content
    assert "kuh" not in changed.content.decode()
    problem(api.get("wage-deliveries/"), 400)
    key = new_key()
    first = api.post("wage-deliveries/", {"run": run.pk}, key=key)
    assert first.status_code == 202, first.content
    assert api.post("wage-deliveries/", {"run": run.pk}, key=key).json()["id"] == first.json()["id"]
    worked(company)
    rows = api.get(f"wage-deliveries/?run={run.pk}").json()["results"]
    assert sorted((row["way"], row["times"]) for row in rows) == [
        ("mail", 1),
        ("paper", 1),
        ("portal", 0),
    ]
