"""Webhooks on pages and for programs: the secret is told once, and only who may sees them."""

from __future__ import annotations

import pytest
from django.test import Client

from erp.webhooks.models import Delivery, Webhook
from tests import make
from tests.erp.client import Api, new_key, problem

pytestmark = pytest.mark.django_db
BODY = {"name": "Shop", "url": "https://shop.example.ch/rappen", "resources": ["contact"]}


def test_a_program_adds_tests_changes_and_deletes_a_webhook(api, company):
    key = new_key()
    told = api.post("webhooks/", BODY, key=key)
    assert told.status_code == 201, told.content
    secret, pk = told.json()["secret"], told.json()["id"]
    assert secret.startswith("whsec_") and told.json()["confirmed"] is False
    again = api.post("webhooks/", BODY, key=key)
    assert secret.encode() not in again.content and Webhook.of(company).count() == 1
    assert secret.encode() not in api.get("webhooks/").content + api.get(f"webhooks/{pk}/").content
    assert api.post(f"webhooks/{pk}/test/", {}).status_code == 201
    problem(api.post(f"webhooks/{pk}/test/", {}), 409, "webhooks.delivery_waits")
    (sent,) = api.get(f"webhooks/{pk}/deliveries/").json()["results"]
    assert (sent["kind"], sent["state"], sent["tries"]) == ("webhook.test", "waiting", 0)
    other = api.post(f"webhooks/{pk}/rotate/", {}).json()["secret"]
    assert other != secret and Webhook.of(company).get().secrets.before == secret
    _told, version = api.read(f"webhooks/{pk}/")
    changed = api.patch(f"webhooks/{pk}/", {"is_on": False}, **version)
    assert changed.status_code == 200 and changed.json()["is_on"] is False
    _told, version = api.read(f"webhooks/{pk}/")
    assert api.delete(f"webhooks/{pk}/", **version).status_code == 204
    assert not Delivery.of(company).exists()


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"url": "http://shop.example.ch/"}, "webhooks.bad_address"),
        ({"url": "https://shop.example.ch:444/"}, "webhooks.bad_address"),
        ({"url": "https://a:b@shop.example.ch/"}, "webhooks.bad_address"),
        ({"resources": ["employee"]}, "webhooks.bad_resources"),
        ({"resources": []}, "webhooks.bad_resources"),
    ],
)
def test_what_cannot_be_told_or_not_there_is_refused(api, change, code):
    problem(api.post("webhooks/", BODY | change), 422, code)


def test_people_add_a_webhook_on_a_page_and_see_its_secret_once(company, anna):
    client, start = Client(), f"/c/{company.pk}/settings/webhooks/"
    client.force_login(anna)
    assert client.get(start).status_code == 200
    answer = client.post(start, BODY)
    assert answer.status_code == 200 and b"whsec_" in answer.content
    assert b"whsec_" not in client.get(start).content
    hook = Webhook.of(company).get()
    page = f"{start}{hook.pk}/"
    assert b"shop.example.ch" in client.get(page).content
    client.post(page, {"wish": "test"})
    client.post(page, {"wish": "off"})
    shown = client.get(page).content.decode()
    assert "webhook.test" in shown and not Webhook.of(company).get().is_on
    assert b"whsec_" in client.post(page, {"wish": "rotate"}).content
    assert client.post(start, BODY | {"url": "http://x"}).status_code == 422
    client.post(page, {"wish": "delete"})
    assert not Webhook.of(company).exists()


def test_who_may_see_may_not_change(company):
    bert = make.user(company=company, granted=["webhooks.read"])
    api, client = Api(company, bert), Client()
    client.force_login(bert)
    assert api.get("webhooks/").status_code == 200
    problem(api.post("webhooks/", BODY), 403)
    assert client.get(f"/c/{company.pk}/settings/webhooks/").status_code == 200
    assert client.post(f"/c/{company.pk}/settings/webhooks/", BODY).status_code == 403
