"""Whose items are: a contact of the company, which they follow when it is merged."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from accounting.open_items.models import OpenItem
from accounting.open_items.opening import Party
from contacts import lifecycle, merging
from contacts.models import Contact
from erp.audit.models import AuditEvent
from erp.core.tenancy import open_companies
from tests import make
from tests.accounting.open_items.books import company, contact, invoice
from tests.erp.client import Api, new_key, problem

pytestmark = pytest.mark.django_db


@pytest.fixture
def books():
    return company()


def at_the_commit():
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def test_items_follow_when_contacts_are_merged_once_and_again(books):
    by = make.owner_of(books)
    (first, one), (second, two), (third, _three) = (
        contact(books, n) for n in ("A AG", "B AG", "C AG")
    )
    invoice(books, party=one), invoice(books, party=two), invoice(books, party=two)
    merging.merge(first, second, by=by)
    details = AuditEvent.of(books).filter(action="contact.merge").first().details
    assert details["open_items"] == 2
    merging.merge(third, Contact.of(books).get(pk=first.pk), by=by)
    at_the_commit()  # both at once, and still each went where its contact went
    items = OpenItem.of(books).order_by("pk")
    assert {item.contact for item in items} == {third}
    assert [item.party for item in items] == ["A AG", "B AG", "B AG"]  # as it was


def test_an_item_changes_its_contact_by_a_merge_alone(books):
    (_first, one), (second, _two) = contact(books, "A AG"), contact(books, "B AG")
    item, nameless = invoice(books, party=one), invoice(books, party=Party("C"))
    for row, to in ((item, second.pk), (item, None), (nameless, second.pk)):
        with pytest.raises(DatabaseError, match="contact_kept"), transaction.atomic():
            OpenItem.of(books).filter(pk=row.pk).update(contact=to)
            at_the_commit()
    for column in ("party", "amount", "open_amount", "document"):
        with pytest.raises(DatabaseError, match="denied"), transaction.atomic():
            OpenItem.of(books).filter(pk=item.pk).update(**{column: 1})


def test_a_contact_with_items_is_not_deleted(books):
    by = make.owner_of(books)
    (first, one), (second, _two) = contact(books, "A AG"), contact(books, "B AG")
    invoice(books, party=one)
    with pytest.raises(lifecycle.ContactInUse):
        lifecycle.delete(first, by=by)
    lifecycle.delete(second, by=by)
    assert list(Contact.of(books)) == [first]


def test_no_item_points_to_another_companys_contact(books):
    theirs = company()
    stranger, _party = contact(theirs)
    open_companies([books.pk, theirs.pk])
    with pytest.raises(IntegrityError, match="same_client"), transaction.atomic():
        invoice(books, party=Party("x", stranger.pk))
        at_the_commit()
    open_companies([books.pk])
    api = Api(books, make.owner_of(books))
    body = {"date": "2026-03-09", "account": "1100", "party": {"contact": stranger.pk},
            "money": {"account": "1020", "amount": "5.00"}}  # fmt: skip
    for unknown in (stranger.pk, 987654321):
        body["party"]["contact"] = unknown
        problem(api.post("open-items/settle/", body, key=new_key()), 400, "invalid")
        problem(api.get(f"open-items/?contact={unknown}"), 400, "invalid")
        assert api.get(f"open-items/parties/{unknown}/").status_code == 404
    open_companies([books.pk, theirs.pk])


def test_the_endpoints_take_a_contact_that_was_merged_for_what_it_became(books):
    by = make.owner_of(books)
    (first, one), (second, _two) = contact(books, "A AG"), contact(books, "B AG")
    invoice(books, party=one)
    merging.merge(first, second, by=by)
    api = Api(books, by)
    assert len(api.get(f"open-items/?contact={second.pk}&on=2026-04-30").json()["results"]) == 1
    assert api.get(f"open-items/parties/{second.pk}/").json()["contact"] == first.pk
    body = {"date": "2026-03-09", "account": "1100", "party": {"contact": second.pk},
            "money": {"account": "1020", "amount": "5.00"}}  # fmt: skip
    assert api.post("open-items/settle/", body, key=new_key()).status_code == 201
    credit = OpenItem.of(books).get(amount=-5)
    assert (credit.contact, credit.party) == (first, "A AG")
