"""Webhooks: a real receiver is told which records changed, signed, in order, and nothing is skipped."""

from __future__ import annotations

import datetime as dt
import json
import time
from urllib.parse import urlsplit

import pytest
from django.db import connection, transaction
from standardwebhooks import Webhook as Verifier
from standardwebhooks import WebhookVerificationError

from contacts import lifecycle, saving
from contacts.models import Contact
from erp.access.gate import access_to, operating
from erp.access.models import Role
from erp.changes import forgetting
from erp.core import clock, outbound
from erp.core.outbound import NoAnswer, Service
from erp.mails.models import OutgoingMail
from erp.webhooks import delivering, keeping
from erp.webhooks.models import Delivery, Webhook
from tests import make
from tests.erp.webhooks.receiver import receiving


@pytest.fixture
def there(committed_db, settings, tmp_path):
    with receiving(tmp_path) as receiver:
        settings.WEBHOOK_TRUST = receiver.chain
        yield receiver


@pytest.fixture
def books(there):
    with transaction.atomic():
        return make.company()


@pytest.fixture
def hook(books, there):
    with operating(str(books.pk)) as access:
        made, secret = keeping.add_webhook(
            access, name="Shop", url=there.url, resources=["contact"]
        )
    made.told_once = secret
    return made


def add(books, name="Muster AG"):
    with operating(str(books.pk)) as access:
        return saving.add_contact(company=access.company, by=access.user, kind="organisation",
                                  name=name).pk  # fmt: skip


def tell(hook, count=1):
    """Tell until so many deliveries were tried: transactions elsewhere may delay what is told."""
    tried, end = 0, time.monotonic() + 120
    while tried < count:
        tried += delivering.tell(hook.pk, hook.company_id)
        assert time.monotonic() < end
        time.sleep(0.02)


def due(hook):
    with connection.cursor() as cursor:
        cursor.execute("SELECT webhook FROM rappen_webhooks_due(%s, 1000)", [clock.now()])
        return hook.pk in {pk for (pk,) in cursor.fetchall()}


def now_due(hook):
    with operating(str(hook.company_id)):
        Webhook.of(hook.company_id).filter(pk=hook.pk).update(due_at=clock.now())


def kept(hook):
    with operating(str(hook.company_id)):
        return Webhook.of(hook.company_id).get(pk=hook.pk)


def test_a_receiver_that_sends_the_challenge_back_is_told_what_changed_and_can_prove_it(
    hook, books, there
):
    assert due(hook)
    tell(hook)
    assert kept(hook).confirmed_at is not None and not due(hook)
    first = add(books)
    tell(hook)
    with operating(str(books.pk)) as access:
        lifecycle.delete(Contact.of(access.company).get(pk=first), by=access.user)
    tell(hook)
    told = there.bodies()
    assert [one["resources"] for one in told] == [
        {"contact": {"changed": [first], "gone": []}},
        {"contact": {"changed": [], "gone": [first]}},
    ]
    assert all(one["company"] == books.pk and one["complete"] for one in told)
    assert b"Muster" not in b"".join(body for _headers, body in there.came)
    for headers, body in there.came:
        assert Verifier(hook.told_once).verify(body, headers) == json.loads(body)
    headers, body = there.came[-1]
    with pytest.raises(WebhookVerificationError):
        Verifier(hook.told_once).verify(body.replace(b"1", b"2"), headers)
    with operating(str(books.pk)), connection.cursor() as cursor:
        cursor.execute("SELECT secrets FROM erp_webhook WHERE id = %s", [hook.pk])
        assert hook.told_once[6:] not in cursor.fetchone()[0]


def test_who_does_not_send_the_challenge_back_is_told_nothing(hook, books, there):
    there.echoes = False
    tell(hook)
    add(books)
    assert there.bodies() == [] and kept(hook).confirmed_at is None
    with operating(str(books.pk)):
        assert Delivery.of(books).get().fault == "the challenge did not come back"


def test_what_fails_is_tried_again_under_its_number_and_in_order(hook, books, there, settings):
    tell(hook)
    first = add(books)
    there.answers = [500, 302]
    tell(hook)
    assert not delivering.tell(hook.pk, books.pk)  # not before its time
    assert kept(hook).due_at > clock.now() + dt.timedelta(seconds=5)
    second = add(books, "Zweite")
    for _nth in range(2):
        now_due(hook)
        tell(hook)
    tell(hook)
    numbers = [headers["webhook-id"] for headers, _body in there.came[1:]]
    assert numbers[0] == numbers[1] == numbers[2] != numbers[3]
    assert [one["resources"]["contact"]["changed"] for one in there.bodies()] == [
        [first], [first], [first], [second],
    ]  # fmt: skip
    with operating(str(books.pk)):
        rows = Delivery.of(books).order_by("pk").values_list("state", "tries", "status")
        assert list(rows) == [("done", 1, 200), ("done", 3, 200), ("done", 1, 200)]


def test_after_the_last_try_or_a_410_it_is_off_and_goes_on_where_it_was(
    hook, books, there, settings
):
    tell(hook)
    settings.WEBHOOK_PAUSES = [0]
    first = add(books)
    there.answers = [503, 503]
    tell(hook, 2)
    off = kept(hook)
    assert (off.is_on, off.off_reason) == (False, "failed") and not due(hook)
    with operating(str(books.pk)) as access:
        keeping.change_webhook(access, off, is_on=True)
    tell(hook, 2)  # the challenge, and what it has missed
    assert there.bodies()[-1]["resources"]["contact"]["changed"] == [first]
    there.answers = [410]
    add(books, "Dritte")
    tell(hook)
    assert (kept(hook).is_on, kept(hook).off_reason) == (False, "gone")
    never, gone = mails(hook)
    assert never.to == gone.to == [hook.made_by.email] and "from=rappen" not in never.body
    assert (
        f"{urlsplit(there.url).netloc} meldet keine" in never.body
        and "mehr als einen Tag" in never.body
    )
    assert "dass er nichts mehr will" in gone.body


def mails(hook):
    """What was written about a webhook."""
    with operating(str(hook.company_id)):
        about = OutgoingMail.of(hook.company_id).filter(about_model="erp.webhook", about_id=hook.pk)
        return list(about.order_by("pk"))


def test_both_secrets_sign_while_a_receiver_changes_over(hook, books, there):
    tell(hook)
    with operating(str(books.pk)) as access:
        second = keeping.rotate_secret(access, hook)
        keeping.send_test(access, hook)
    tell(hook)
    headers, body = there.came[-1]
    assert json.loads(body) == {"type": "webhook.test"}
    for secret in (hook.told_once, second):
        Verifier(secret).verify(body, headers)


def test_books_that_were_replaced_are_told_as_such(hook, books, there):
    tell(hook)
    with operating(str(books.pk)) as access:
        forgetting.begin_anew(access.company)
    add(books)
    tell(hook)
    (told,) = there.bodies("books.replaced")
    assert told["resources"] == {} and told["complete"] is False


def test_a_lease_keeps_two_workers_apart_and_passes(hook, books, there):
    with operating(str(books.pk)):
        Webhook.of(books).update(lease="x", lease_until=clock.now() + dt.timedelta(seconds=30))
    assert not delivering.tell(hook.pk, books.pk) and not due(hook)
    with operating(str(books.pk)):
        Webhook.of(books).update(lease_until=clock.now() - dt.timedelta(seconds=1))
    tell(hook)
    assert len(there.came) == 1


def test_whose_maker_may_no_longer_see_what_it_tells_of_is_switched_off(books, there):
    """AUZ-5"""
    with operating(str(books.pk)):
        maker = make.user(company=books, granted=["webhooks.change", "contacts.read"])
    with transaction.atomic():
        access = access_to(books.pk, user=maker)
        made, _secret = keeping.add_webhook(access, name="x", url=there.url, resources=["contact"])
    tell(made)
    add(books)
    with operating(str(books.pk)):
        Role.of(books).filter(memberships__user=maker).update(permissions=["webhooks.change"])
    tell(made)
    assert (kept(made).is_on, kept(made).off_reason) == (False, "rights")
    assert len(there.came) == 1
    (told,) = mails(made)
    assert maker.email not in {*told.to, *told.bcc}, "who may not see it any more"
    assert len(told.to) == 1


def test_what_an_address_says_counts_no_more_once_there_is_another(hook, books, there):
    taken = delivering._taken(hook.pk, books.pk)
    assert taken is not None
    with operating(str(books.pk)) as access:
        keeping.change_webhook(access, kept(hook), url=there.url + "?b")
    with delivering.delivering(books.pk):
        delivering._note(*taken, delivering.Outcome(True, 200))
    assert kept(hook).confirmed_at is None


PRIVATE = ["127.0.0.1", "10.0.0.1", "172.16.3.4", "192.168.1.1", "169.254.169.254", "100.64.0.1",
           "0.0.0.0", "224.0.0.1", "240.0.0.1", "255.255.255.255", "192.0.2.1", "::", "::1",
           "fe80::1", "fc00::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1",
           "2002:7f00:1::", "2002:0a00:0001::1", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe",
           "2001:0:4136:e378:8000:63bf:3fff:fdd2", "::7f00:1", "fec0::1", "192.0.0.8"]  # fmt: skip


@pytest.mark.parametrize("address", PRIVATE)
def test_no_address_within_is_ever_asked(address):
    """OUT-4, CWE-918"""
    assert not outbound.is_public(address)


def test_public_addresses_are_public():
    for address in ("1.1.1.1", "80.74.144.1", "2606:4700:4700::1111", "::ffff:1.1.1.1"):
        assert outbound.is_public(address), address


@pytest.mark.parametrize("url", [
    "http://example.ch/", "https://user:pw@example.ch/", "https://example.ch:8443/", "ftp://x/",
    "https:///x", "https://localhost/", "https://127.0.0.1/", "https://[::1]/", "https://0/",
    "https://2130706433/", "https://127.1/", "https://exa mple.ch/", "https://example.ch:99999/",
])  # fmt: skip
def test_what_leads_within_or_is_no_plain_address_is_refused(url, settings):
    settings.WEBHOOK_TRUST = ""
    endured = Service("webhook", "", dt.timedelta(seconds=5), 1000)
    with pytest.raises(NoAnswer):
        outbound.post(url, b"{}", {}, endured=endured)


def test_the_connection_goes_to_the_address_that_was_looked_at(there, monkeypatch):
    """A name that leads elsewhere a moment later is not asked again (DNS rebinding)."""
    asked = []
    real = outbound.socket.getaddrinfo

    def once(host, *rest, **more):
        if host == "localhost":
            asked.append(host)
        return real(host, *rest, **more)

    monkeypatch.setattr(outbound.socket, "getaddrinfo", once)
    endured = Service("webhook", "", dt.timedelta(seconds=5), 1000)
    assert outbound.post(there.url, b"{}", {}, endured=endured).status == 200
    assert asked == ["localhost"]


def test_what_one_may_not_see_one_cannot_let_others_be_told_of(books):
    with operating(str(books.pk)):
        bert = make.user(company=books, granted=["webhooks.change", "contacts.read"])
    with transaction.atomic():
        access = access_to(books.pk, user=bert)
        assert "account" not in keeping.offered(access)
        with pytest.raises(keeping.BadResources):
            keeping.add_webhook(access, name="x", url="https://example.ch/", resources=["account"])
