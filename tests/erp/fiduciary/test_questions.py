"""Questions and requests for receipts between a company and its fiduciary."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounting.ledger.models import EntryVoucher
from accounting.payables.capture.models import InboxDocument
from accounting.payables.capture.receiving import Incoming
from erp.access.firms.models import FirmStaff
from erp.cockpit import firms
from erp.companies.models import Module
from erp.core import clock, sandbox
from erp.core.errors import DomainError
from erp.fiduciary import notices, questions
from erp.fiduciary.models import Question
from erp.mails.models import OutgoingMail
from tests import make
from tests.accounting.payables.capture import papers
from tests.erp.client import Api, new_key
from tests.erp.fiduciary.conftest import mandate

MORNING = dt.datetime(2026, 11, 2, 8, tzinfo=dt.UTC)


@pytest.fixture
def company(db):
    return make.company(modules=Module.values)


@pytest.fixture
def owner(company):
    return make.owner_of(company)


@pytest.fixture
def lead(db):
    return make.user()


@pytest.fixture
def firm(lead, company):
    firm = firms.found_firm(name="Arnold", manager=lead, by=make.user(is_operator=True))
    mandate(company, firm)
    return firm


def mails(company):
    return list(OutgoingMail.of(company).order_by("pk").values_list("kind", "to"))


def test_a_question_goes_out_and_the_answer_comes_back(company, owner, lead, firm):
    asked = questions.ask(company=company, by=lead, title="Was ist das?", text="Bitte erklären",
                          link="https://x.ch/c/1/questions/")  # fmt: skip
    assert (asked.asks, asked.state, asked.firm) == ("client", "open", firm)
    assert mails(company) == [("question", [owner.email])]
    assert f"https://x.ch/c/1/questions/{asked.pk}/" in OutgoingMail.of(company).get().body
    questions.answer(asked, by=owner, text="Parkgebühren")
    asked.refresh_from_db()
    assert (asked.asks, asked.state) == ("fiduciary", "answered")
    assert mails(company)[1:] == [("question_answer", [lead.email])]
    questions.close(asked, by=lead)
    with pytest.raises(questions.QuestionClosed):
        questions.answer(asked, by=owner, text="noch etwas")
    questions.reopen(asked, by=lead)
    assert [one.text for one in asked.messages.order_by("pk")] == ["Bitte erklären", "Parkgebühren"]


def test_the_company_asks_its_fiduciary(company, owner, lead, firm):
    asked = questions.ask(company=company, by=owner, title="Wann ist die MWST fertig?")
    assert asked.asks == "fiduciary"
    assert mails(company) == [("question", [lead.email])]


def test_of_two_firms_of_a_client_neither_sees_what_the_other_asks(company, owner, lead, firm):
    other_lead = make.user()
    other = firms.found_firm(name="Berger", manager=other_lead, by=make.user(is_operator=True))
    mandate(company, other)
    mine = questions.ask(company=company, by=lead, title="Von Arnold")
    theirs = questions.ask(company=company, by=other_lead, title="Von Berger")
    assert list(questions.seen_by(company, lead)) == [mine]
    assert list(questions.seen_by(company, other_lead)) == [theirs]
    assert set(questions.seen_by(company, owner)) == {mine, theirs}
    with pytest.raises(questions.NoFiduciary):
        questions.ask(company=company, by=owner, title="An wen?")
    assert questions.ask(company=company, by=owner, title="An", firm=other.pk).firm == other
    with pytest.raises(questions.NoFiduciary):
        questions.ask(company=company, by=lead, title="Falsch", firm=other.pk)
    client = Client()
    client.force_login(lead)
    assert client.get(f"/c/{company.pk}/questions/{theirs.pk}/").status_code == 404
    assert client.get(f"/c/{company.pk}/questions/{mine.pk}/").status_code == 200
    page = client.get(f"/c/{company.pk}/questions/").content.decode()
    assert "Von Arnold" in page and "Von Berger" not in page


@pytest.mark.parametrize(
    ("told", "code"),
    [({"title": " "}, "questions.nothing_asked"), ({"title": "x", "text": "y" * 4001}, "questions.said_too_much")],
)  # fmt: skip
def test_what_says_nothing_or_too_much_is_refused(company, lead, firm, told, code):
    with pytest.raises(DomainError) as refusal:
        questions.ask(company=company, by=lead, **told)
    assert refusal.value.code == code


def test_without_a_mandate_there_is_nobody_to_ask(company, owner):
    with pytest.raises(questions.NoFiduciary):
        questions.ask(company=company, by=owner, title="x")


def test_receipts_are_asked_for_together_and_recalled_three_times(company, owner, lead, firm):
    with clock.at(MORNING):
        for title in ("Tankstelle", "Restaurant"):
            questions.ask(company=company, by=lead, kind="receipt", title=title,
                          day=dt.date(2026, 10, 3), amount=make.chf("87.30"))  # fmt: skip
        assert mails(company) == []
        assert notices.remind(company, by=owner) == 2
        assert notices.remind(company, by=owner) == 0
    (mail,) = OutgoingMail.of(company)
    assert "Tankstelle, 03.10.2026" in mail.body and "87" not in mail.body
    done = Question.of(company).get(title="Restaurant")
    questions.close(done, by=lead)
    sent = []
    for day in range(1, 40):
        with clock.at(MORNING + dt.timedelta(days=day)):
            if notices.remind(company, by=owner):
                sent.append(day)
    assert sent == list(notices.PAUSES)


def test_nobody_is_recalled_after_the_mandate(company, owner, lead, firm):
    with clock.at(MORNING):
        questions.ask(company=company, by=lead, kind="receipt", title="Tankstelle")
        firms.end_mandate(firms.works_here(company)[0][0], by=owner)
        assert notices.remind(company, by=owner) == 0


def test_a_photo_that_was_asked_for_comes_to_the_inbox(company, owner, lead, firm):
    asked = questions.ask(company=company, by=lead, kind="receipt", title="Tankstelle")
    message = questions.answer(asked, by=owner, file=Incoming("quittung.pdf", papers.blank()))
    assert InboxDocument.of(company).get().file == message.file


def test_the_file_of_an_answer_hangs_on_the_entry(company, owner, lead, firm):
    entry = make.rent(company)
    asked = questions.ask(company=company, by=lead, kind="receipt", title="x", subject="entry",
                          subject_id=entry.pk)  # fmt: skip
    message = questions.answer(asked, by=owner, file=Incoming("miete.pdf", papers.blank()))
    assert not InboxDocument.of(company).exists()
    questions.take_file(message, by=lead)
    assert EntryVoucher.of(company).get(entry=entry).file == message.file


def test_asked_answered_and_settled_on_pages(company, owner, lead, firm):
    entry = make.rent(company)
    theirs, ours = Client(), Client()
    theirs.force_login(lead)
    ours.force_login(owner)
    start = f"/c/{company.pk}/questions/"
    assert (
        f"new/?about=entry-{entry.pk}"
        in theirs.get(f"/c/{company.pk}/ledger/entries/{entry.pk}/").content.decode()
    )
    mask = theirs.get(f"{start}new/?about=entry-{entry.pk}&kind=receipt").content.decode()
    assert "Miete" in mask
    answer = theirs.post(
        f"{start}new/", {"kind": "receipt", "title": "Miete", "about": f"entry-{entry.pk}"}
    )
    asked = Question.of(company).get()
    assert answer["Location"] == f"{start}{asked.pk}/"
    assert (asked.subject, asked.subject_id, asked.day) == ("entry", entry.pk, entry.date)
    photo = papers.blank()
    file = SimpleUploadedFile("b.pdf", photo)
    assert ours.post(f"{start}{asked.pk}/", {"do": "answer", "file": file}).status_code == 302
    (message,) = asked.messages.all()
    address = f"{start}{asked.pk}/files/{message.pk}/"
    assert ours.get(address).content == photo
    assert f'src="{address}?width=400"' in ours.get(f"{start}{asked.pk}/").content.decode()
    assert ours.get(address, {"width": 400})["Content-Type"] == "image/jpeg"
    theirs.post(f"{start}{asked.pk}/", {"do": "take", "message": message.pk})
    assert EntryVoucher.of(company).filter(entry=entry).exists()
    theirs.post(f"{start}{asked.pk}/", {"do": "close"})
    assert Question.of(company).get().is_closed
    assert theirs.post(f"{start}{asked.pk}/", {"do": "answer", "text": ""}).status_code == 409


def test_asked_and_answered_by_an_app(company, owner, lead, firm):
    theirs, ours = Api(company, lead), Api(company, owner)
    body = {"title": "Beleg?", "kind": "receipt", "text": "bitte"}
    key = new_key()
    made = theirs.post("questions/", body, key=key)
    assert made.status_code == 201
    assert theirs.post("questions/", body, key=key).json() == made.json()
    pk = made.json()["id"]
    photo = papers.blank()
    sent = ours.upload(f"questions/{pk}/files/", photo, key=new_key())
    assert sent.status_code == 201, sent.content
    (first, second) = theirs.get(f"questions/{pk}/").json()["messages"]
    assert (first["text"], second["file"] is not None) == ("bitte", True)
    assert theirs.get(f"questions/{pk}/files/{second['id']}/").content == photo
    drawn = theirs.get(f"questions/{pk}/files/{second['id']}/picture/", width=160)
    assert (drawn.status_code, drawn["Content-Type"]) == (200, "image/jpeg")
    assert theirs.get(f"questions/{pk}/files/{first['id']}/picture/").status_code == 404
    assert [one["id"] for one in ours.get("questions/", open="true").json()["results"]] == [pk]
    assert ours.post(f"questions/{pk}/close/", {}, key=new_key()).json()["state"] == "closed"
    assert ours.get("questions/", open="true").json()["results"] == []
    told = {"title": "x", "subject": "entry", "subject_id": 999}
    assert theirs.post("questions/", told, key=new_key()).status_code == 400


def test_the_list_asks_no_more_for_many(company, lead, firm):
    client, counts = Client(), []
    client.force_login(lead)
    for many in (5, 45):
        for _one in range(many):
            questions.ask(company=company, by=lead, kind="receipt", title="x")
        client.get(f"/c/{company.pk}/questions/")
        with CaptureQueriesContext(connection) as asked:
            client.get(f"/c/{company.pk}/questions/")
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_an_ended_mandate_gets_no_mail_and_no_answers(company, owner, lead, firm):
    asked = questions.ask(company=company, by=lead, title="Was?")
    settled = questions.close(questions.ask(company=company, by=lead, title="Schon"), by=lead)
    firms.end_mandate(firms.works_here(company)[0][0], by=owner)
    before = mails(company)
    with pytest.raises(questions.MandateOver):
        questions.answer(asked, by=owner, text="zu sp\u00e4t")
    with pytest.raises(questions.MandateOver):
        questions.reopen(settled, by=owner)
    asked.asks = "fiduciary"
    notices.tell_answer(asked, by=owner)
    assert mails(company) == before
    assert questions.close(asked, by=owner).state == "closed"


def test_who_may_not_read_questions_as_a_member_is_of_the_firm(company, owner, lead, firm):
    """A small role of their own makes nobody of the firm see what another firm asks."""
    other_lead = make.user()
    other = firms.found_firm(name="Berger", manager=other_lead, by=make.user(is_operator=True))
    mandate(company, other)
    theirs = questions.ask(company=company, by=other_lead, title="Von Berger")
    both = make.user(company=company, granted=["ledger.read"])
    FirmStaff.objects.create(firm=firm, user=both, team_role="accountant", since=clock.now())
    assert not questions.seen_by(company, both).exists()
    assert questions.side_of(company, both) == "fiduciary"
    reader = make.user(company=company, granted=["questions.read"])
    assert list(questions.seen_by(company, reader)) == [theirs]
    assert questions.side_of(company, reader) == "client"


def test_a_photo_nobody_asked_for_stays_out_of_the_inbox(company, owner, firm):
    """Who asks themselves brings nothing into the inbox without the right to."""
    asker = make.user(company=company, granted=["questions.read", "questions.write"])
    asked = questions.ask(company=company, by=asker, kind="receipt", title="Tankstelle")
    message = questions.answer(asked, by=asker, file=Incoming("quittung.pdf", papers.blank()))
    assert message.file is not None and not InboxDocument.of(company).exists()
    questions.answer(asked, by=owner, file=Incoming("zweite.pdf", papers.blank() + b"\n"))
    assert InboxDocument.of(company).exists()


def test_a_picture_is_looked_at_before_the_thread_is_held(company, owner, lead, firm, monkeypatch):
    """Opening a HEIC file takes seconds: nobody who writes in the thread waits for them."""
    asked = questions.ask(company=company, by=lead, title="Wie sieht das aus?")
    file = Incoming("IMG_1.HEIC", papers.heic(papers.picture(dpi=50)))
    opened, call = [], sandbox.call

    def watched(*args, **kwargs):
        opened.append(len(asked_of_database))
        return call(*args, **kwargs)

    monkeypatch.setattr(sandbox, "call", watched)
    with CaptureQueriesContext(connection) as asked_of_database:
        questions.answer(asked, by=owner, file=file)
    held = [nth for nth, one in enumerate(asked_of_database.captured_queries)
            if "erp_question" in one["sql"] and "FOR NO KEY UPDATE" in one["sql"]]  # fmt: skip
    assert opened and held and max(opened) <= min(held)
    questions.close(asked, by=lead)
    with pytest.raises(questions.QuestionClosed):
        questions.answer(asked, by=owner, text="Zu spät")  # as it is now, whatever was read before
