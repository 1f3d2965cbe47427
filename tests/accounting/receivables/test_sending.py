"""Documents go to customers: by mail with their PDF through a real mail server, or on paper."""

from __future__ import annotations

import re

import pypdfium2 as pdfium
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounting.receivables import sending
from accounting.receivables.errors import NotIssued
from accounting.receivables.jobs import SEND
from accounting.receivables.mail_kinds import KINDS
from accounting.receivables.models import SalesDocument
from accounting.receivables.sales_settings import change_settings
from accounting.receivables.sending import Handed, NoMailAddress, hand_over, send, text_of, ways
from accounting.terms.models import CustomerTerms
from contacts.models import ContactPerson
from erp.audit.models import AuditEvent
from erp.companies.models import Language
from erp.documents import storing
from erp.jobs import running
from erp.jobs.models import State as JobState
from erp.jobs.queries import lines_of
from erp.jobs.starting import start
from erp.mails.addresses import BadAddress
from erp.mails.kinds import kind_of
from erp.mails.models import MailFile, OutgoingMail, State
from erp.mails.templates import save_text
from tests import make
from tests.accounting.receivables.sales import company as selling
from tests.accounting.receivables.sales import customer, draft, issued
from tests.accounting.receivables.test_recurring import worked
from tests.erp.client import Api, new_key, problem
from tests.erp.mails.conftest import server as server
from tests.erp.mails.conftest import tried

pytestmark = pytest.mark.django_db
MAIL = "buchhaltung@huber.example.ch"


@pytest.fixture
def books(db):
    return selling()


@pytest.fixture
def anna(books):
    return make.owner_of(books)


@pytest.fixture
def huber(books):
    return reached(books)


def reached(books, name="Huber AG", mail=MAIL, **more):
    """A customer with a mail address."""
    return customer(books, name, communications=[{"kind": "mail", "value": mail}], **more)


def agreed(contact, **more):
    return CustomerTerms.unscoped.create(company=contact.company, contact=contact, **more)


def page_of(user, document):
    """The page that sends a document, for somebody."""
    client = Client()
    client.force_login(user)
    return client, reverse("sales-document-send", args=[document.company_id, document.pk])


def test_an_invoice_arrives_with_its_pdf_and_answers_go_to_the_office(books, anna, huber, server):
    change_settings(company=books, by=anna, mail="debitoren@muster.example.ch")
    invoice = issued(books, huber)
    mail = tried(send(invoice, by=anna))
    assert (mail.state, mail.to, mail.kind, mail.language) == (State.SENT, [MAIL], "invoice", "de")
    (got,) = server.received
    message = got.message
    assert message["Subject"] == f"Rechnung RE-2026-00001 von {books.name}"
    assert message["Reply-To"] == "debitoren@muster.example.ch"
    text, pdf = message.iter_parts()
    said = text.get_content().replace("\r\n", "\n")
    assert said.startswith(
        "Sehr geehrte Damen und Herren\n\nIm Anhang erhalten Sie unsere Rechnung RE-2026-00001 vom "
        "01.03.2026 über CHF 1’081.00, zahlbar bis 31.03.2026.\n"
    )
    assert said.rstrip().endswith(f"Freundliche Grüsse\n{books.name}")
    assert pdf.get_filename() == "Rechnung-RE-2026-00001.pdf"
    invoice.refresh_from_db()
    assert pdf.get_content() == storing.content_of(invoice.file)
    event = AuditEvent.of(books).get(action="document.send")
    assert str(event.subject_id) == str(invoice.pk) and MAIL not in str(event.details)


def test_who_gets_it_terms_contact_person_or_nobody(books, anna):
    agreeing, plain, silent = (
        reached(books, "A AG"), reached(books, "B AG", "b@example.ch"), customer(books, "C AG")
    )  # fmt: skip
    agreed(agreeing, mail="rechnungen@a.example.ch")
    person = customer(books, "", kind="person", last_name="Egli",
                      communications=[{"kind": "mail", "value": "egli@c.example.ch"}])  # fmt: skip
    ContactPerson.unscoped.create(company=books, organisation=silent, person=person)
    documents = [issued(books, one) for one in (agreeing, plain, silent)]
    documents.append(issued(books, silent, person=person.pk))
    assert [way.address for way in ways(books, documents)] == [
        "rechnungen@a.example.ch", "b@example.ch", "", "egli@c.example.ch"]  # fmt: skip
    with pytest.raises(NoMailAddress) as found:
        send(documents[2], by=anna)
    assert "C AG" in str(found.value) and found.value.place == "to"
    assert OutgoingMail.of(books).count() == 0
    mail = send(documents[2], by=anna, to=["x@example.ch", "y@example.ch"], subject="Nur so",
                body="Guten Tag")  # fmt: skip
    assert (mail.to, mail.subject, mail.body) == (
        ["x@example.ch", "y@example.ch"], "Nur so", "Guten Tag")  # fmt: skip
    with pytest.raises(BadAddress):
        send(documents[1], by=anna, to=["nobody"])


def test_asking_how_documents_go_out_costs_the_same_for_one_and_many(books, huber):
    documents = [issued(books, one) for one in (huber, reached(books, "B AG"), huber)]
    with CaptureQueriesContext(connection) as few:
        ways(books, documents[:1])
    with CaptureQueriesContext(connection) as many:
        ways(books, documents)
    assert len(few) == len(many) == 3


def test_drafts_are_not_sent(books, anna, huber):
    with pytest.raises(NotIssued):
        send(draft(books, huber), by=anna)
    with pytest.raises(NotIssued):
        hand_over(draft(books, huber), by=anna)


@pytest.mark.parametrize("language", Language.values)
@pytest.mark.parametrize("kind", KINDS)
def test_texts_are_filled_in_every_language(books, anna, kind, language):
    person = customer(books, "", kind="person", salutation="ms", last_name="Meier",
                      first_name="Zoë", language="de")  # fmt: skip
    document = issued(books, person, kind=kind, language=language)
    for own in (False, True):
        if own:
            names = kind_of(kind).placeholders
            save_text(company=books, by=anna, kind=kind, language=language, subject="{subject} {number}",
                      body="\n".join(f"{{{name}}}" for name in names))  # fmt: skip
        subject, body = text_of(document)
        assert document.number in subject and document.number in body
        assert not re.search(r"[{}ß]|None", subject + body)
        assert body.startswith(("{greeting}", document.number) if own else GREETINGS[language])
    assert ("due_date" in kind_of(kind).placeholders) == (kind in {"invoice", "offer"})


#: The language of the letter counts, not that of the contact.
GREETINGS = {"de": "Sehr geehrte Frau Meier\n\n", "fr": "Madame,\n\n",
             "it": "Gentile signora Meier,\n\n", "en": "Dear Ms Meier\n\n"}  # fmt: skip


def test_all_instalments_are_named(books, huber):
    invoice = issued(books, huber, instalments=((30, 10), (70, 40)))
    assert "zahlbar bis 11.03.2026, 10.04.2026." in text_of(invoice)[1]


def test_one_is_mailed_once_unless_it_failed_or_is_wanted_again(books, anna, huber):
    invoice = issued(books, huber)
    assert hand_over(invoice, by=anna) == Handed.MAILED
    assert hand_over(invoice, by=anna) == Handed.SKIPPED
    assert hand_over(invoice, by=anna, again=True) == Handed.MAILED
    OutgoingMail.of(books).update(state=State.REFUSED)
    assert hand_over(invoice, by=anna) == Handed.MAILED
    assert OutgoingMail.of(books).count() == 3


def test_many_go_out_as_their_customers_want(books, anna, huber, server):
    paper, silent = customer(books, "Papier AG"), customer(books, "Stumm AG")
    agreed(paper, delivery="print")
    documents = [issued(books, one) for one in (huber, paper, silent, paper)]
    before = issued(books, huber)
    send(before, by=anna)
    pending = draft(books, huber)
    ids = [one.pk for one in (*documents, before, pending, documents[0])]
    job = worked(start(SEND, company=books, by=anna, arguments={"documents": ids}))
    assert (job.state, job.result) == (
        JobState.DONE, {"mailed": 1, "skipped": 1, "refused": 2, "printed": 2})  # fmt: skip
    lines = [line.text for line in lines_of(job)]
    assert len(lines) == 2 and "Stumm AG" in lines[0] and str(NotIssued()) in lines[1]
    whole = pdfium.PdfDocument(storing.content_of(job.file))
    text = [whole[nth].get_textpage().get_text_range() for nth in range(len(whole))]
    assert [number for page in text for number in re.findall(r"Rechnung (RE-2026-\d+)", page)
            if "Papier AG" in page] == [documents[1].number, documents[3].number]  # fmt: skip
    for mail in OutgoingMail.of(books).order_by("pk"):
        tried(mail)
    assert [got.recipients for got in server.received] == [[MAIL], [MAIL]]
    job = worked(start(SEND, company=books, by=anna,
                       arguments={"documents": [before.pk], "again": True}))  # fmt: skip
    assert job.result["mailed"] == 1 and job.file is None


def test_the_page_proposes_the_mail_and_sends_it(books, anna, huber):
    invoice = issued(books, huber)
    client, url = page_of(anna, invoice)
    answer = client.get(url)
    form = answer.context["form"]
    assert (form.initial["to"], form.initial["subject"]) == (MAIL, text_of(invoice)[0])
    assert reverse("sales-documents-pdf", args=[books.pk, invoice.pk]) in answer.content.decode()
    told = {"to": "a@example.ch; b@example.ch", "subject": "Betreff", "body": "Text"}
    assert client.post(url, told | {"to": "kein"}).status_code == 422
    assert client.post(url, told | {"body": ""}).status_code == 422
    assert OutgoingMail.of(books).count() == 0
    assert client.post(url, told)["Location"] == url
    (mail,) = OutgoingMail.of(books)
    assert (mail.to, mail.subject, mail.about_id) == (
        ["a@example.ch", "b@example.ch"], "Betreff", invoice.pk)  # fmt: skip
    answer = client.get(url)
    assert answer.context["way"].is_underway and "a@example.ch" in answer.content.decode()
    assert MailFile.of(books).get().name == "Rechnung-RE-2026-00001.pdf"


def test_the_page_of_a_draft_or_without_an_address_says_what_to_do(books, anna):
    silent = customer(books, "Stumm AG")
    client, url = page_of(anna, draft(books, silent))
    answer = client.get(url)
    assert answer.status_code == 200 and b'name="to"' not in answer.content
    assert client.post(url, {"to": "a@b.ch", "subject": "x", "body": "y"}).status_code == 422
    client, url = page_of(anna, issued(books, silent))
    assert "Stumm AG" in str(client.get(url).context["missing"])
    client.force_login(make.user(company=books, granted=["receivables.read"]))
    assert client.get(url).status_code == 403


def test_many_are_looked_at_before_they_go(books, anna, huber):
    documents = [issued(books, huber), issued(books, customer(books, "Stumm AG")),
                 draft(books, huber)]  # fmt: skip
    send(documents[0], by=anna)
    client = Client()
    client.force_login(anna)
    url = reverse("sales-documents-send", args=[books.pk])
    ids = {"document": [one.pk for one in documents]}
    for answer in (client.get(url, ids), client.post(url, ids)):
        assert [way.document for way in answer.context["rows"]] == documents
        assert answer.context["underway"] == 1
    assert client.get(url).context["rows"] == []
    assert client.get(url, {"document": "x"}).status_code == 404
    answer = client.post(url, ids | {"go": "1", "again": "1"})
    assert answer.status_code == 302 and "/jobs/" in answer["Location"]
    foreign = issued(other := selling(), customer(other), kind="offer")
    assert client.get(url, {"document": foreign.pk}).context["rows"] == []
    assert (
        client.get(reverse("sales-document-send", args=[books.pk, foreign.pk])).status_code == 404
    )


def test_programs_send_one_once_and_many_in_the_background(books, anna, huber):
    api = Api(books, anna)
    invoice, other = issued(books, huber), issued(books, huber)
    path, key = f"sales-documents/{invoice.pk}/send/", new_key()
    first, again = (api.post(path, {}, key=key) for _nth in range(2))
    assert first.status_code == 200 and first.json() == again.json()
    (mail,) = OutgoingMail.of(books)
    assert first.json()["mail"] == {
        "id": mail.pk,
        "state": "queued",
        "sent_at": None,
        "trouble": "",
    }
    told = {"to": ["x@example.ch"], "subject": "Hallo", "body": "Text\n"}
    assert api.post(path, told, key=new_key()).status_code == 200
    problem(api.post(path, {"to": ["x"]}, key=new_key()), 422)
    problem(api.post(path, {"to": []}, key=new_key()), 400)
    problem(api.post(f"sales-documents/{draft(books, huber).pk}/send/", {}, key=new_key()), 409)
    with CaptureQueriesContext(connection) as few:
        api.get("sales-documents/", page_size=1, status="open")
    with CaptureQueriesContext(connection) as many:
        rows = api.get("sales-documents/", status="open").json()["results"]
    assert len(few) == len(many)
    assert {row["id"]: row["mail"] and row["mail"]["state"] for row in rows} == {
        invoice.pk: "queued", other.pk: None}  # fmt: skip
    answer = api.post(
        "sales-documents/send-many/", {"documents": [other.pk, invoice.pk]}, key=new_key()
    )
    assert answer.status_code == 202
    running.run(answer.json()["id"], books.pk)
    told = api.get(f"jobs/{answer.json()['id']}/").json()
    assert told["result"] == {"mailed": 1, "skipped": 1, "refused": 0, "printed": 0}
    reader = Api(books, make.user(company=books, granted=["receivables.read"]))
    assert reader.post(path, {}, key=new_key()).status_code == 403


def test_a_document_has_one_kind_of_mail_for_each_of_its_own():
    assert set(KINDS) == set(SalesDocument.Kind.values)
    assert set(State) > sending.UNDERWAY
