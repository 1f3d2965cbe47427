"""The simulation of many companies: what it copies is whole, and proves as the first one does."""

from __future__ import annotations

from django.db import transaction

from contacts.models import Contact
from erp.access.gate import access_to, all_companies, operating
from tests.erp.clients import site
from tools.simulate import founding, nights


def test_copied_companies_hold_together_and_their_clerks_get_in(committed_db, monkeypatch):
    url = site.environment()["DATABASE_OWNER_URL"]
    monkeypatch.setenv("DATABASE_OWNER_URL", url)
    book, _firm, _lead = founding.first(0)
    there = len(all_companies())
    numbers = founding.copies(book, there + 2, mandates=there + 2)
    assert len(numbers) == there + 2
    for number in numbers[-2:]:
        with operating(str(number)) as access:
            assert Contact.of(access.company).count() == founding.CONTACTS
        nights._ledger(str(number))
        nights._audit(str(number))
        clerk = founding.clerk(0, number)
        with transaction.atomic():
            assert access_to(number, user=clerk).company.name == f"Mandant {number}"
