"""Pages and endpoints of mails: who sees which, who sends again, whose texts are changed."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.template.loader import render_to_string
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from erp.access.gate import access_to
from erp.audit.models import AccessLogEntry
from erp.core import clock
from erp.core.tenancy import open_companies
from erp.mails import queries
from erp.mails.models import Fault, MailTemplate, OutgoingMail, State
from tests import make
from tests.erp.client import Api, problem
from tests.erp.mails.conftest import reload, write

pytestmark = pytest.mark.django_db


@pytest.fixture
def reader(company):
    """Sees entries, and so their mails, and sends none."""
    return make.user(company=company, granted=["company.read", "ledger.read"])


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


def stands(mail, state, **more):
    """A mail in some state, as sending left it."""
    open_companies([mail.company_id])
    OutgoingMail.of(mail.company_id).filter(pk=mail.pk).update(state=state, **more)
    return reload(mail)


def url(name, mail):
    return reverse(name, args=[mail.company_id, mail.pk])


def test_mails_are_seen_by_whoever_may_see_what_they_are_about(company, anna, reader):
    mail, secret = write(company, body="Mit Inhalt"), write(company, kind="test-secret")
    for user, seen in ((anna, {mail, secret}), (reader, {mail})):
        client = signed_in(user)
        rows = client.get(reverse("mails", args=[company.pk])).context["rows"]
        assert {one.mail for one in rows} == seen
        for one in (mail, secret):
            for name in ("mail", "mail-retry", "mail-cancel"):
                answer = (
                    client.get(url(name, one)) if name == "mail" else client.post(url(name, one))
                )
                if one not in seen:
                    assert answer.status_code == 404
        api = Api(company, user)
        assert {row["id"] for row in api.get("mails/").json()["results"]} == {
            one.pk for one in seen
        }
        assert api.get(f"mails/{secret.pk}/").status_code == (200 if secret in seen else 404)
    nobody = make.user(company=company, granted=["company.read"])
    assert signed_in(nobody).get(reverse("mails", args=[company.pk])).context["rows"] == []


def test_a_mail_is_shown_with_all_that_became_of_it(company, anna, file):
    entry = make.rent(company)
    mail = write(company, about=entry, body="Guten Tag\n<b>fett</b>", bcc=["still@example.ch"],
                 files=[(file, "Rechnung 17.pdf")])  # fmt: skip
    stands(mail, State.REFUSED, fault=Fault.RECIPIENT, last_error="550 <unknown>", tries=1)
    text = signed_in(anna).get(url("mail", mail)).content.decode()
    for told in ("kunde@example.ch", "still@example.ch", "Rechnung 17.pdf", "550 &lt;unknown&gt;",
                 "&lt;b&gt;fett", reverse("entry", args=[company.pk, entry.pk]),
                 url("mail-retry", mail)):  # fmt: skip
        assert told in text, told
    assert url("mail-cancel", mail) not in text
    assert AccessLogEntry.of(company).filter(subject="outgoingmail", kind="read").count() == 1


def test_it_is_sent_again_and_kept_back_by_whoever_may_send(company, anna, reader):
    failed, waiting = stands(write(company), State.FAILED, tries=7), write(company)
    client = signed_in(reader)
    listed = client.get(reverse("mails", args=[company.pk])).content.decode()
    assert url("mail-retry", failed) not in listed
    for name, mail in (("mail-retry", failed), ("mail-cancel", waiting)):
        assert client.post(url(name, mail)).status_code == 403
    client = signed_in(anna)
    assert client.post(url("mail-retry", failed), {"back": "list"})["Location"] == reverse(
        "mails", args=[company.pk]
    )
    assert client.post(url("mail-cancel", waiting))["Location"] == url("mail", waiting)
    assert (reload(failed).state, reload(failed).tries) == (State.QUEUED, 0)
    assert reload(waiting).state == State.CANCELLED
    client.post(url("mail-cancel", waiting))  # is told, and changes nothing
    assert reload(waiting).state == State.CANCELLED


def test_an_act_leads_back_to_what_the_mail_is_about(company, anna):
    entry = make.rent(company)
    mail = stands(write(company, about=entry), State.UNCLEAR)
    shown = queries.mails_about(access_to(company.pk, user=anna), entry)
    html = render_to_string("erp/components/mail_state.html", {"mails": shown})
    assert url("mail-retry", mail) in html and "data-confirm" in html and 'value="about"' in html
    answer = signed_in(anna).post(url("mail-retry", mail), {"back": "about"})
    assert answer["Location"] == reverse("entry", args=[company.pk, entry.pk])
    assert render_to_string("erp/components/mail_state.html", {"mails": []}).strip() == ""


def test_the_list_is_filtered_and_paged_with_few_queries(company, anna):
    for nth in range(55):
        write(company, subject=f"Rechnung {nth}", to=[f"kunde{nth}@example.ch"])
    entry = make.rent(company)
    late = stands(write(company, subject="Mahnung", about=entry), State.FAILED, fault=Fault.LATER)
    client, address = signed_in(anna), reverse("mails", args=[company.pk])
    client.get(address)
    with CaptureQueriesContext(connection, ) as few:  # fmt: skip
        page = client.get(address)
    assert len(page.context["rows"]) == 50
    assert len(client.get(address, {"after": page.context["after"]}).context["rows"]) == 6
    with CaptureQueriesContext(connection) as one:
        assert [row.mail for row in client.get(address, {"state": "failed"}).context["rows"]] == [
            late
        ]
    assert len(few) <= len(one) <= 16
    for told, count in (({"q": "KUNDE54@"}, 1), ({"q": "mahn"}, 1), ({"state": "open"}, 50),
                        ({"state": "sent"}, 0), ({"kind": "test-secret"}, 0), ({"q": "{}'%"}, 0)):  # fmt: skip
        assert len(client.get(address, told).context["rows"]) == count, told
    api = Api(company, anna)
    told = api.get("mails/", about="accounting.JournalEntry", about_id=entry.pk).json()["results"]
    assert [row["id"] for row in told] == [late.pk]
    assert (told[0]["state"], told[0]["fault"], "body" in told[0]) == ("failed", "later", False)
    with CaptureQueriesContext(connection) as few:
        assert len(api.get("mails/", page_size=5).json()["results"]) == 5
    with CaptureQueriesContext(connection) as many:
        assert len(api.get("mails/", page_size=50).json()["results"]) == 50
    assert len(few) == len(many)


def test_where_no_server_is_the_page_says_that_mails_reach_nobody(company, anna, settings):
    client, address = signed_in(anna), reverse("mails", args=[company.pk])
    assert client.get(address).context["stay_here"]
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    assert not client.get(address).context["stay_here"]


def test_a_try_that_waits_says_until_when(company, anna):
    when = clock.now() + dt.timedelta(hours=1)
    mail = stands(write(company), State.QUEUED, next_try_at=when, tries=2, fault=Fault.AWAY)
    assert reload(mail).waits_until == when
    told = signed_in(anna).get(url("mail", mail)).content.decode()
    assert when.astimezone(clock.ZURICH).strftime("%d.%m.%Y %H:%M") in told


def test_the_endpoints_send_again_and_keep_back(company, anna, reader, api):
    mail = stands(write(company), State.UNCLEAR, fault=Fault.CUT_OFF)
    told, match = api.read(f"mails/{mail.pk}/")
    assert (told["state"], told["body"], told["files"]) == ("unclear", mail.body, [])
    assert api.post(f"mails/{mail.pk}/retry/", None).status_code == 428
    assert Api(company, reader).post(f"mails/{mail.pk}/retry/", None, **match).status_code == 403
    again = api.post(f"mails/{mail.pk}/retry/", None, **match)
    assert (again.status_code, again.json()["state"]) == (200, "queued")
    assert api.post(f"mails/{mail.pk}/retry/", None, **match).status_code == 412
    any_match = {"HTTP_IF_MATCH": "*"}
    problem(api.post(f"mails/{mail.pk}/retry/", None, **any_match), 409, "mails.nothing_to_repeat")
    assert api.post(f"mails/{mail.pk}/cancel/", None, **any_match).json()["state"] == "cancelled"
    problem(
        api.post(f"mails/{mail.pk}/cancel/", None, **any_match), 409, "mails.too_late_to_cancel"
    )


# Texts


def test_texts_are_read_previewed_changed_and_reset_on_their_page(company, anna, reader):
    address = reverse("mail-text", args=[company.pk, "test-invoice", "de"])
    client = signed_in(anna)
    text = client.get(reverse("mail-texts", args=[company.pk])).content.decode()
    assert address in text
    text = client.get(address).content.decode()
    assert "Rechnung {number} von {company}" in text
    assert f"Rechnung 2026-17 von {company.name}" in text  # the preview, with an example
    told = {"subject": "Neu {number}", "body": "{greeting}\n\n<b>Anbei</b>"}
    preview = client.post(address, {**told, "preview": "1"})
    assert preview.status_code == 200 and "Neu 2026-17" in preview.content.decode()
    assert "&lt;b&gt;Anbei" in preview.content.decode()
    assert not MailTemplate.of(company).exists()
    assert client.post(address, {**told, "save": "1"}).status_code == 302
    assert MailTemplate.of(company).get().body == told["body"]
    wrong = client.post(address, {"subject": "x", "body": "{nummer}"})
    assert wrong.status_code == 422 and wrong.context["form"].errors["body"]
    assert "{nummer}" in wrong.content.decode()
    assert signed_in(reader).get(address).status_code == 200
    assert signed_in(reader).post(address, told).status_code == 403
    assert client.post(address, {"reset": "1"}).status_code == 302
    assert not MailTemplate.of(company).exists()
    for kind, language in (("nobody", "de"), ("test-invoice", "rm")):
        address = reverse("mail-text", args=[company.pk, kind, language])
        assert client.get(address).status_code == client.post(address, told).status_code == 404


def test_the_endpoints_of_texts(company, anna, reader, api, django_assert_max_num_queries):
    every = api.get("mail-texts/").json()
    assert len([row for row in every if row["kind"] == "test-invoice"]) == 4
    place = "mail-texts/test-invoice/it/"
    told, match = api.read(place)
    assert not told["own"] and told["placeholders"] == ["number", "greeting", "company"]
    body = {"subject": "Nuovo {number}", "body": "{greeting}\n"}
    assert api.put(place, body).status_code == 428
    assert Api(company, reader).put(place, body, **match).status_code == 403
    saved = api.put(place, body, **match)
    assert saved.json() == told | {"own": True, "subject": "Nuovo {number}", "body": "{greeting}"}
    assert api.put(place, body, **match).status_code == 412
    refused = api.put(place, body | {"body": "{nummer}"}, HTTP_IF_MATCH=saved["ETag"])
    assert problem(refused, 422, "mails.unknown_placeholder")["errors"][0]["field"] == "body"
    assert api.delete(place, HTTP_IF_MATCH=saved["ETag"]).status_code == 204
    assert api.read(place)[0] == told
    assert api.get("mail-texts/nobody/it/").status_code == 404


def test_kinds_of_a_module_that_is_switched_off_are_not_offered(company, api):
    def offered():
        return {row["kind"] for row in api.get("mail-texts/").json()}

    assert offered() >= {"test-invoice", "test-secret"}
    company.modules = []
    company.save()
    assert "test-invoice" not in offered() and "test-secret" in offered()


def test_other_companies_mails_and_texts_are_not_there(company, anna, api):
    other = make.company()
    open_companies([other.pk])
    mail = write(other)
    assert signed_in(anna).get(reverse("mail", args=[company.pk, mail.pk])).status_code == 404
    assert api.get(f"mails/{mail.pk}/").status_code == 404
    assert api.post(f"mails/{mail.pk}/retry/", None, HTTP_IF_MATCH="*").status_code == 404
    assert api.get("mails/").json()["results"] == []
