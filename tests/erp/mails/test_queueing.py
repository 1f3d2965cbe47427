"""What is kept of a mail before it is sent, and what is refused, by name and remedy."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, transaction

from erp.audit.models import AuditEvent
from erp.core.errors import Refusals
from erp.core.texts import LineTooLong, NotOneLine
from erp.documents import storing
from erp.mails import addresses, queries
from erp.mails.kinds import NoSuchKind
from erp.mails.models import MailFile, OutgoingMail, State
from erp.mails.queueing import NothingToRepeat, TooLateToCancel, cancel, retry
from tests import make
from tests.erp.mails.conftest import PDF, tried, write

pytestmark = pytest.mark.django_db


def test_a_mail_is_kept_with_all_that_it_says(company, anna, file):
    entry = make.rent(company)
    mail = write(company, about=entry, to=[" kunde@example.ch "], cc=["KUNDE@example.ch", "zwei@exämple.ch"],
                 body="\r\nGuten Tag\r\n\r\nAnbei.\r", files=[(file, "Rechnung 17.pdf")])  # fmt: skip
    assert (mail.state, mail.tries, mail.by) == (State.QUEUED, 0, anna)
    assert (mail.to, mail.cc, mail.bcc) == (["kunde@example.ch"], ["zwei@exämple.ch"], [])
    assert mail.body == "Guten Tag\n\nAnbei."
    assert (mail.about_model, mail.about_id) == ("accounting.journalentry", entry.pk)
    assert mail.about_name == str(entry)
    (one,) = MailFile.of(company)
    assert (one.mail, one.file, one.name) == (mail, file, "Rechnung 17.pdf")
    event = AuditEvent.of(company).filter(action="mail.queue").get()
    assert (event.subject_id, event.details) == (mail.pk, {"kind": "test-invoice"})


def test_it_is_sent_after_the_commit_alone(
    company, monkeypatch, django_capture_on_commit_callbacks
):
    from erp.mails import sending

    sent = []
    monkeypatch.setattr(sending, "put", lambda task, number, **told: sent.append((task, told)))
    with django_capture_on_commit_callbacks(execute=True):
        mail = write(company)
        assert sent == []
    assert sent == [("mails.send", {"mail": mail.pk, "company": company.pk})]


@pytest.mark.parametrize(
    "address",
    [
        "", "kunde", "kunde@", "@example.ch", "a@b", "Kunde <kunde@example.ch>", "a@example.ch, b@example.ch",
        "kunde@example.ch\r\nBcc: alle@example.ch", "kunde@example.ch\n", "kunde\x00@example.ch",
        '"ein kunde"@example.ch', "kündin@example.ch", "a@[127.0.0.1]", f"{'a' * 65}@example.ch",
        f"a@{'b' * 60}.{'c' * 60}.{'d' * 60}.{'e' * 60}.{'f' * 20}.ch", "kunde\u200b@example.ch",
        "kun\u017fe@example.ch", "<kunde@example.ch>",
    ],
)  # fmt: skip
@pytest.mark.parametrize("field", ["to", "cc", "bcc", "reply_to"])
def test_what_is_no_address_is_refused_by_name(company, address, field):
    told = {"to": ["gut@example.ch"], field: [address]} if field != "reply_to" else {field: address}
    if address == "kunde@example.ch\n" or (field == "reply_to" and not address):
        write(company, **told)  # blanks at the ends do no harm
        return
    with pytest.raises(addresses.BadAddress) as refusal:
        write(company, **told)
    assert refusal.value.place == field
    assert address[:5].strip("\r\n\x00\u200b") in str(refusal.value)
    assert not OutgoingMail.of(company).exists()


def test_all_bad_addresses_are_told_at_once(company):
    with pytest.raises(Refusals) as refusal:
        write(company, to=["eins", "gut@example.ch"], bcc=["zwei"])
    assert [(one.place, one.values["address"]) for one in refusal.value.refusals] == [
        ("to", "eins"), ("bcc", "zwei"),
    ]  # fmt: skip


def test_the_rest_of_a_mail_is_checked_too(company, settings, anna, file):
    settings.MAIL_RECIPIENTS, settings.MAIL_MEGABYTES = 2, 1
    large = storing.store(company=company, name="gross.pdf", content=PDF + b"x" * 2**20, by=anna)
    for told, refusal in (
        ({"to": []}, addresses.NobodyToSendTo()),
        ({"to": [f"a{nth}@example.ch" for nth in range(3)]}, addresses.TooManyRecipients(count=3, most=2)),
        ({"subject": "  "}, addresses.NoSubject()),
        ({"subject": "Rechnung\r\nBcc: alle@example.ch"},
         NotOneLine(field="subject", text="Rechnung··Bcc: alle@example.ch", character="U+000D")),
        ({"subject": "x" * 201}, LineTooLong(field="subject", text="x" * 60 + "…", most=200)),
        ({"body": " \n "}, addresses.NoText()),
        ({"body": "x" * 50_001}, addresses.TextTooLong(count=50_001, most=50_000)),
        ({"body": "eins\nzwei\x1b[0m"}, addresses.UnseenCharacter(character="U+001B", line=2)),
        ({"files": [(file, "Rechnung\r\nX: 1.pdf")]},
         NotOneLine(field="files", text="Rechnung··X: 1.pdf", character="U+000D")),
        ({"files": [(file, "a.pdf"), (large, "b.pdf")]},
         addresses.FilesTooLarge(size=2, most=1, name="gross.pdf")),
    ):  # fmt: skip
        with pytest.raises(type(refusal)) as raised:
            write(company, **told)
        assert (str(raised.value), raised.value.place) == (str(refusal), refusal.place)
    with pytest.raises(NoSuchKind):
        write(company, kind="nobody-offers-this")
    assert not OutgoingMail.of(company).exists()


def test_only_what_did_not_get_out_is_repeated_and_only_what_waits_is_kept_back(
    company, anna, mailoutbox
):
    mail = write(company)
    with pytest.raises(NothingToRepeat) as refusal:
        retry(mail, by=anna)
    assert refusal.value.conflict
    assert tried(mail).state == State.SENT
    for act, refusal in ((retry, NothingToRepeat), (cancel, TooLateToCancel)):
        with pytest.raises(refusal):
            act(mail, by=anna)
    other = cancel(write(company), by=anna)
    for act, refusal in ((retry, NothingToRepeat), (cancel, TooLateToCancel)):
        with pytest.raises(refusal):
            act(other, by=anna)
    actions = AuditEvent.of(company).filter(subject="outgoingmail").values_list("action", flat=True)
    assert sorted(actions) == ["mail.cancel", "mail.queue", "mail.queue"]


def test_what_a_mail_says_never_changes_and_what_is_over_stays_so(company, mailoutbox):
    """The database refuses it, whoever asks."""
    mail = write(company)
    for changed in ({"subject": "anders"}, {"to": ["x@example.ch"]}, {"body": "anders"}):
        with pytest.raises(DatabaseError), transaction.atomic():
            OutgoingMail.of(company).filter(pk=mail.pk).update(**changed)
    with pytest.raises(DatabaseError), transaction.atomic():
        OutgoingMail.of(company).filter(pk=mail.pk).delete()
    tried(mail)
    with pytest.raises(DatabaseError), transaction.atomic():
        OutgoingMail.of(company).filter(pk=mail.pk).update(state=State.QUEUED, sent_at=None)


def test_a_file_of_another_company_is_carried_by_nobody(company, anna, file):
    other = make.company()
    with pytest.raises(DatabaseError), transaction.atomic():
        write(other, files=[(file, "fremd.pdf")])


def test_a_list_asks_once_for_the_newest_mail_of_each_record(company, anna, mailoutbox,
                                                            django_assert_num_queries):  # fmt: skip
    entries = [make.rent(company) for _ in range(4)]
    for entry in entries[:3]:
        write(company, about=entry)
        tried(write(company, about=entry))
    last = write(company, about=entries[0])
    with django_assert_num_queries(1):
        found = queries.states_of(company, type(entries[0]), [entry.pk for entry in entries])
        assert {pk: mail.state for pk, mail in found.items()} == {
            entries[0].pk: "queued", entries[1].pk: "sent", entries[2].pk: "sent",
        }  # fmt: skip
        assert found[entries[0].pk].pk == last.pk
    assert queries.states_of(company, "accounting.JournalEntry", []) == {}
