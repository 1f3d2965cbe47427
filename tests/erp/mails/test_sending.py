"""What becomes of a mail, with a real mail server: sent, tried again, refused, unclear."""

from __future__ import annotations

import datetime as dt

import pytest

from erp.core import clock
from erp.core.tenancy import open_companies
from erp.documents import storing
from erp.mails import sweeping
from erp.mails.models import Fault, OutgoingMail, State
from erp.mails.queueing import cancel, retry
from tests import make
from tests.erp.mails.conftest import PDF, tried, write
from tests.erp.mails.server import Behaviour

pytestmark = pytest.mark.django_db


def later(**span):
    return clock.at(clock.now() + dt.timedelta(**span))


def test_what_arrives_is_what_was_written(company, server, file):
    company.name = (
        'Müller, Söhne & "Partner" AG für höchst ungewöhnliche Überraschungen in Zürich Örlikon'
    )
    company.save()
    mail = write(
        company, to=["kunde@exämple.ch", "zwei@example.ch"], cc=["kopie@example.ch"],
        bcc=["still@example.ch"], reply_to="debi@muster.ch", subject="Rechnung für Ihre Äpfel – Zürich",
        body="Grüezi\n.\n.punkt\n\nFrom hier " + "ä" * 1200, files=[(file, "Rechnung Äpfel/17.pdf")],
    )  # fmt: skip
    found = tried(mail)
    assert (found.state, found.tries, found.fault) == (State.SENT, 1, "")
    assert found.sent_at and found.last_error == "250 2.0.0 Ok: queued as 4711"
    (got,) = server.received
    assert got.sender == "rappen@books.example.com"
    assert got.recipients == ["kunde@xn--exmple-cua.ch", "zwei@example.ch", "kopie@example.ch",
                              "still@example.ch"]  # fmt: skip
    message = got.message
    assert got.name == company.name
    assert message["From"].addresses[0].addr_spec == "rappen@books.example.com"
    assert message["Subject"] == "Rechnung für Ihre Äpfel – Zürich"
    assert message["To"] == "kunde@xn--exmple-cua.ch, zwei@example.ch"
    assert (message["Cc"], message["Reply-To"]) == ("kopie@example.ch", "debi@muster.ch")
    assert "Bcc" not in message and b"still@example.ch" not in got.content
    assert message["Message-ID"] == mail.message_id
    assert message["Message-ID"].endswith("@books.example.com>")
    assert message["Date"].datetime == mail.queued_at.replace(microsecond=0)
    text, pdf = message.iter_parts()
    assert text.get_content().replace("\r\n", "\n").rstrip("\n") == mail.body
    assert pdf.get_filename() == "Rechnung Äpfel-17.pdf"
    assert pdf.get_content_type() == "application/pdf" and pdf.is_attachment()
    assert pdf.get_content() == PDF
    assert got.content.isascii()
    assert max(len(line) for line in got.content.split(b"\r\n")) <= 998
    assert b"\n" not in got.content.replace(b"\r\n", b"") and b"\r" not in got.content.replace(
        b"\r\n", b""
    )


def test_a_file_of_text_arrives_byte_for_byte(company, server, anna):
    content = "Müller;1\r\nMeier;2\n\x00\xff.\n".encode("latin-1")
    file = storing.keep(company=company, name="liste.csv", content=content, by=anna,
                        content_type="text/csv; charset=utf-8")  # fmt: skip
    tried(write(company, files=[(file, "liste.csv"), (file, "")]))
    parts = list(server.received[0].message.iter_attachments())
    assert [part.get_filename() for part in parts] == ["liste.csv", "liste.csv"]
    assert [part.get_payload(decode=True) for part in parts] == [content, content]


def test_called_again_it_is_sent_once(company, server):
    mail = write(company)
    assert tried(mail).state == tried(mail).state == State.SENT
    assert server.connections == 1


TEMPORARY = {
    "greeting": Behaviour(greeting="421 too busy"),
    "sender": Behaviour(mail="451 later"),
    "recipient": Behaviour(recipients={"kunde@example.ch": "450 greylisted"}),
    "data": Behaviour(data="451 later"),
    "content": Behaviour(content="452 disk full"),
    "cut at once": Behaviour(cut="greeting"),
    "cut before the content": Behaviour(cut="DATA"),
    "no answer at all": Behaviour(data="-"),
}


@pytest.mark.parametrize("how", TEMPORARY)
def test_what_passes_is_tried_again_with_growing_pauses(company, server, settings, how):
    settings.MAIL_PAUSES = [60, 300]
    server.next = [TEMPORARY[how], TEMPORARY[how]]
    mail = write(company)
    began = clock.now()
    with clock.at(began):
        found = tried(mail)
        assert (found.state, found.tries, found.data_at) == (State.QUEUED, 1, None)
        assert found.next_try_at == began + dt.timedelta(seconds=60)
        assert found.fault in {Fault.LATER, Fault.AWAY} and found.trouble
        assert tried(mail).tries == 1  # not before its time
    with clock.at(began + dt.timedelta(seconds=61)):
        assert tried(mail).next_try_at == clock.now() + dt.timedelta(seconds=300)
    with clock.at(began + dt.timedelta(seconds=400)):
        found = tried(mail)
    assert (found.state, found.tries, found.fault) == (State.SENT, 3, "")
    assert len(server.received) == 1
    assert server.received[0].message["Message-ID"] == mail.message_id


def test_after_the_last_pause_it_has_failed_and_a_person_may_try_again(
    company, anna, server, settings
):
    settings.MAIL_PAUSES = [60]
    server.next = [Behaviour(mail="451 later")] * 2
    mail = write(company)
    tried(mail)
    with later(minutes=2):
        found = tried(mail)
        assert (found.state, found.fault, found.last_error) == (
            State.FAILED,
            Fault.LATER,
            "451 later",
        )
        assert tried(mail).tries == 2
        assert retry(mail, by=anna).state == State.QUEUED
        found = tried(mail)
    assert (found.state, found.tries) == (State.SENT, 1)
    assert server.received[0].message["Message-ID"] == mail.message_id


def test_a_server_that_is_not_there_costs_a_try(company, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    found = tried(write(company))
    assert (found.state, found.fault) == (State.QUEUED, Fault.AWAY)
    assert found.last_error == "ConnectionRefusedError"


def test_a_sign_in_that_is_refused_is_the_installations_matter(
    company, server, settings, monkeypatch
):
    """The mail waits; neither the password nor what the server made of it is kept."""
    import smtplib

    def login(self, user, password, **more):
        raise smtplib.SMTPAuthenticationError(535, f"no {password}".encode())

    monkeypatch.setattr(smtplib.SMTP, "login", login)
    settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "rappen", "geheim"
    found = tried(write(company))
    assert (found.state, found.fault, found.last_error) == (State.QUEUED, Fault.LOCKED_OUT, "535")


REFUSED = {
    "sender": (Behaviour(mail="552 too large"), Fault.REFUSED, "552 too large"),
    "recipient": (
        Behaviour(recipients={"kunde@example.ch": "550 5.1.1 unknown"}), Fault.RECIPIENT,
        "kunde@example.ch: 550 5.1.1 unknown",
    ),
    "content": (Behaviour(content="554 spam\u2028\x07"), Fault.REFUSED, "554 spam"),
}  # fmt: skip


@pytest.mark.parametrize("how", REFUSED)
def test_what_is_refused_for_good_is_not_tried_again(company, server, how):
    behaviour, fault, said = REFUSED[how]
    server.next = [behaviour]
    mail = write(company)
    found = tried(mail)
    assert (found.state, found.tries, found.fault, found.last_error) == (
        State.REFUSED,
        1,
        fault,
        said,
    )
    with later(days=2):
        tried(mail)
    assert server.connections == 1 and not server.received


def test_all_recipients_get_it_or_nobody(company, server):
    """Who repeats it with the address put right does not send it twice to the others."""
    server.next = [Behaviour(recipients={"weg@example.ch": "550 unknown"})]
    found = tried(write(company, to=["kunde@example.ch"], cc=["weg@example.ch"]))
    assert found.state == State.REFUSED and "weg@example.ch" in found.last_error
    assert server.received == []


@pytest.mark.parametrize("behaviour", [Behaviour(cut="content"), Behaviour(wait=2)])
def test_without_an_answer_to_the_content_it_is_unclear_and_for_a_person_to_decide(
    company, anna, server, settings, behaviour
):
    settings.EMAIL_TIMEOUT = 1
    server.next = [behaviour]
    mail = write(company)
    found = tried(mail)
    assert (found.state, found.fault) == (State.UNCLEAR, Fault.CUT_OFF)
    assert len(server.received) == 1  # it did arrive, and nobody knows
    with later(days=1):
        assert tried(mail).state == State.UNCLEAR
        assert sweeping.sweep() == 0
    retry(mail, by=anna)
    assert tried(mail).state == State.SENT
    assert len({one.message["Message-ID"] for one in server.received}) == 1


def test_a_file_that_is_not_as_it_was_is_not_sent(company, server, file, monkeypatch):
    for broken in (b"%PDF-something else", None):
        mail = write(company, files=[(file, "Rechnung.pdf")])

        def read(_file, broken=broken):
            if broken is None:
                raise FileNotFoundError
            return broken

        monkeypatch.setattr(storing, "content_of", read)
        found = tried(mail)
        assert (found.state, found.fault) == (State.FAILED, Fault.FILE_LOST)
        assert found.last_error == "Rechnung.pdf"
    assert server.connections == 0


def test_a_bug_fails_the_mail_and_nothing_else(company, server, monkeypatch):
    from erp.mails import sending

    def broken(mail):
        raise ValueError("a secret of the mail")

    monkeypatch.setattr(sending, "message_of", broken)
    mail = write(company)
    found = tried(mail)
    assert (found.state, found.fault, found.last_error) == (
        State.FAILED,
        Fault.BROKEN,
        str(mail.pk),
    )


def test_what_was_kept_back_is_not_sent(company, anna, server):
    mail = write(company)
    cancel(mail, by=anna)
    assert tried(mail).state == State.CANCELLED
    assert server.connections == 0


def test_a_company_sends_so_many_in_an_hour_and_others_do_not_wait_for_it(server, settings):
    settings.MAIL_PER_HOUR = 2
    one, other = make.company(), make.company()
    began = clock.now()
    with clock.at(began):
        open_companies([one.pk])
        mails = [write(one, subject=f"Nr. {nth}") for nth in range(4)]
        found = [tried(mail) for mail in mails]
        assert [mail.state for mail in found] == [
            State.SENT,
            State.SENT,
            State.QUEUED,
            State.QUEUED,
        ]
        assert found[2].fault == Fault.TOO_MANY and found[2].tries == 0
        assert found[2].next_try_at == began + dt.timedelta(hours=1)
        open_companies([other.pk])
        assert tried(write(other)).state == State.SENT
    with clock.at(began + dt.timedelta(hours=1, seconds=1)):
        assert [tried(mail).state for mail in mails[2:]] == [State.SENT, State.SENT]
    assert len(server.received) == 5


def test_two_companies_are_apart(server):
    """Not even the worker reaches another company's mail, and each has its own name."""
    one, other = make.company(name="Eins AG"), make.company(name="Zwei AG")
    open_companies([one.pk])
    mail = write(one)
    from erp.mails import sending

    sending.run(mail.pk, other.pk)
    open_companies([other.pk])
    assert not OutgoingMail.of(other).exists() and not OutgoingMail.of(one).exists()
    assert server.connections == 0
    second = write(other)
    assert tried(mail).state == tried(second).state == State.SENT
    assert [got.name for got in server.received] == ["Eins AG", "Zwei AG"]


def test_what_goes_elsewhere_than_to_a_server_is_sent_too(company, mailoutbox):
    found = tried(write(company))
    assert (found.state, found.last_error) == (State.SENT, "locmem")
    assert mailoutbox[0].to == ["kunde@example.ch"]
    assert mailoutbox[0].from_email == f'"{company.name}" <rappen@localhost>'


def test_the_log_names_nobody(company, server, caplog):
    server.next = [Behaviour(recipients={"kunde@example.ch": "550 kunde@example.ch unknown"})]
    tried(write(company))
    assert "mail " in caplog.text and "kunde" not in caplog.text
