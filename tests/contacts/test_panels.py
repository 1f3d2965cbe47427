"""What rooms above show on a contact's page; nothing is asked for whoever may not see it."""

from __future__ import annotations

import pytest
from django.test import Client
from django.utils.safestring import mark_safe

from contacts import panels
from contacts.models import Contact
from erp.access.permissions import Permission
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def asked():
    """A panel with a query of its own and a link; the contacts that were asked for."""
    seen = []

    def show(access, contact):
        count = Contact.of(access.company).count()
        seen.append(contact.number)
        return mark_safe(f"<p class='owed'>{count} offen</p>") if contact.number == 1001 else None

    def address(access, contact):
        return f"/c/{access.company.pk}/neu/?contact={contact.number}"

    told = {"permission": Permission.OPEN_ITEMS_READ, "module": "receivables"}
    panels.register("owed", label="Offene Posten", show=show, **told)
    panels.register_link("bill", label="Rechnung", address=address, **told)
    panels.register("plain", label="Text", permission=Permission.CONTACTS_READ,
                    show=lambda _access, _contact: "<b>kein HTML</b>")  # fmt: skip
    yield seen
    for key in ("owed", "bill", "plain"):
        panels.unregister(key)


def test_panels_and_links_stand_on_the_page(page, company, add, asked):
    one, other = add("A AG"), add("B AG")
    text = page.get(f"{page.start}{one.pk}/").content.decode()
    assert "owed" not in text and asked == []  # the module is off
    assert "&lt;b&gt;kein HTML" in text
    company.modules = [*company.modules, "receivables"]
    company.save()
    text = page.get(f"{page.start}{one.pk}/").content.decode()
    assert "<p class='owed'>2 offen</p>" in text and 'id="panel-owed"' in text
    assert f'href="/c/{company.pk}/neu/?contact=1001"' in text
    text = page.get(f"{page.start}{other.pk}/").content.decode()
    assert 'id="panel-owed"' not in text and "contact=1002" in text
    assert asked == [1001, 1002]


def test_without_the_permission_nothing_is_asked(company, add, asked):
    company.modules = [*company.modules, "receivables"]
    company.save()
    one = add("A AG")
    client = Client()
    client.force_login(make.user(company=company, granted=["contacts.read"]))
    answer = client.get(f"/c/{company.pk}/contacts/{one.pk}/")
    assert answer.status_code == 200 and asked == []
    assert (
        "panel-owed" not in answer.content.decode()
        and "neu/?contact" not in answer.content.decode()
    )
