"""``?changed_since=``: copies elsewhere follow what is added, changed and deleted."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from accounting.hours import entering
from accounting.hours.entering import TypedHours
from accounting.open_items.plans import Part
from accounting.open_items.settling import settle
from contacts import activities, groups, lifecycle, merging, saving
from contacts.models import Contact, ContactGroup
from erp.access.gate import operating
from erp.changes import delta, forgetting
from erp.changes.models import Change
from tests import make
from tests.accounting.hours import books as hours
from tests.accounting.open_items.books import money
from tests.accounting.receivables import sales
from tests.erp.changes.mirror import Mirror, until_all_is_told
from tests.erp.client import Api, problem


@pytest.fixture
def api(committed_db):
    with transaction.atomic():
        company = make.company()
        owner = make.owner_of(company)
    return Api(company, owner)


def number(api):
    return api.start.rstrip("/").rpartition("/")[2]


def add(access, name="Muster AG", **more):
    return saving.add_contact(company=access.company, by=access.user, kind="organisation", name=name,
                              **more)  # fmt: skip


def names(mirror):
    return sorted(row["name"] for row in mirror.rows.values())


def test_a_copy_follows_what_is_added_changed_archived_merged_and_deleted(api):
    with operating(number(api)) as access:
        first = add(access)
        groups.save_group(company=access.company, by=access.user, code="vip", name_de="VIP")
    copy = Mirror(api, "contacts/")
    assert names(copy) == ["Muster AG"]
    with operating(number(api)) as access:
        second, third = add(access, "Zweite"), add(access, "Dritte")
    copy.until(lambda: len(copy.rows) == 3)

    with operating(number(api)) as access:  # a part is a change of the whole
        saving.change_contact(
            first, by=access.user, addresses=[{"kind": "main", "postcode": "3000", "town": "Bern"}]
        )
    seen = copy.until(lambda: copy.rows[first.pk]["addresses"])
    assert seen == [first.pk]
    assert copy.rows[first.pk]["addresses"][0]["town"] == "Bern"
    with operating(number(api)) as access:
        saving.change_contact(second, by=access.user, groups=["vip"])
    copy.until(lambda: copy.rows[second.pk]["groups"] == ["vip"])

    with operating(number(api)) as access:
        lifecycle.archive(third, by=access.user)  # out of the list as it was asked for
    copy.until(lambda: third.pk not in copy.rows)
    with operating(number(api)) as access:
        lifecycle.restore(third, by=access.user)
    copy.until(lambda: third.pk in copy.rows)
    with operating(number(api)) as access:
        merging.merge(first, third, by=access.user)
    copy.until(lambda: third.pk not in copy.rows)
    with operating(number(api)) as access:
        lifecycle.delete(second, by=access.user)
    copy.until(lambda: second.pk not in copy.rows)
    assert sorted(copy.rows) == [first.pk] and copy.refresh() == []
    assert copy.rows[first.pk] == api.get(f"contacts/{first.pk}/").json()


def test_pages_of_changes_follow_each_other_and_cost_the_same(api):
    copy = Mirror(api, "contacts/")
    with operating(number(api)) as access:
        added = [add(access, f"Nummer {nth}").pk for nth in range(7)]
    copy.until(lambda: len(copy.rows) == 7)
    begin = Mirror(api, "contacts/")
    with operating(number(api)) as access:
        Contact.of(access.company).filter(pk__in=added).update(notes="neu")
    until_all_is_told()
    assert begin.refresh(page_size=2) == added
    costs = set()
    for page_size in (2, 5):
        with CaptureQueriesContext(connection) as asked:
            api.get("contacts/", changed_since=copy.cursor, page_size=page_size)
        costs.add(len(asked))
    with CaptureQueriesContext(connection) as asked:
        api.get("contacts/", page_size=5)
    assert costs == {len(asked) + 1}  # the changes, and the list


def test_a_cursor_that_is_too_old_or_none_is_refused(api):
    copy = Mirror(api, "contacts/")
    with operating(number(api)) as access:
        first = add(access)
    copy.until(lambda: copy.rows)
    old = copy.cursor
    with operating(number(api)) as access:
        lifecycle.delete(first, by=access.user)
    copy.until(lambda: not copy.rows)
    with operating(number(api)):
        assert forgetting.forget() == 0  # nothing is old yet
        with connection.cursor() as cursor:
            cursor.execute("SELECT rappen_forget_changes(now() + interval '1 day')")
            assert cursor.fetchone() == (1,)
    told = problem(api.get("contacts/", changed_since=old), 410, "sync.too_old")
    assert "Beginnen Sie" in told["detail"] or "Begin" in told["detail"]
    assert copy.refresh() == []  # has seen the tombstone, and goes on
    with operating(number(api)) as access:
        forgetting.begin_anew(access.company)
    problem(api.get("contacts/", changed_since=copy.cursor), 410, "sync.too_old")
    problem(api.get("journal-entries/", changed_since=copy.cursor), 410, "sync.too_old")
    for bad in ("1", "x.y.z", f"{'0' * 12}.1.{2**63}", f"{'0' * 12}.1"):
        problem(api.get("contacts/", changed_since=bad), 400)


def test_where_only_an_old_tombstone_was_newest_one_begins_behind_it(api):
    """Nothing has changed since: who begins is not sent to begin for ever."""
    with operating(number(api)) as access:
        add(access)
    with operating(number(api)) as access:
        lifecycle.delete(add(access, "Später AG"), by=access.user)
    Mirror(api, "contacts/").until(lambda: True)
    with operating(number(api)), connection.cursor() as cursor:
        cursor.execute("SELECT rappen_forget_changes(now() + interval '1 day')")
    begun = api.get("contacts/", changed_since="").json()["cursor"]
    assert api.get("contacts/", changed_since=begun).status_code == 200


def test_ones_own_that_leave_a_filter_are_gone_and_those_of_others_were_never_there(committed_db):
    with transaction.atomic():
        company = hours.company()
        owner, worker = make.owner_of(company), make.user(company=company, granted=["hours.own"])
        project = hours.project(company, contact=None)
        own = hours.hours(project, user=worker)
    copy = Mirror(Api(company, worker), "my-hours/", state="open")
    assert list(copy.rows) == [own.pk]
    with operating(str(company.pk)):
        theirs = hours.hours(project, user=owner)
        hours.approved(project, own, theirs)
    seen = copy.until(lambda: own.pk not in copy.rows)
    assert seen == [own.pk]
    with operating(str(company.pk)):
        more = hours.hours(project, user=worker, day=hours.MARCH_9)
    copy.until(lambda: more.pk in copy.rows)
    with operating(str(company.pk)):
        entering.save_hours(company=company, user=worker, by=worker, rows=[
            TypedHours(project.number, more.day, 0, entry=more.pk)])  # fmt: skip
    copy.until(lambda: more.pk not in copy.rows)  # deleted


def test_posted_entries_are_told_in_the_order_of_the_chain(api):
    copy = Mirror(api, "journal-entries/")
    with operating(number(api)) as access:
        posted = [make.rent(access.company, by=access.user).pk for _ in range(3)]
    assert copy.refresh(page_size=1) == posted
    assert copy.refresh() == []


def test_a_paper_changes_with_its_open_items_which_are_told_even_when_settled(committed_db):
    with transaction.atomic():
        books = sales.company()
        by = make.owner_of(books)
        invoice = sales.issued(books, sales.customer(books))
        (owed,) = sales.items_of(invoice)
    api = Api(books, by)
    papers, items = Mirror(api, "sales-documents/"), Mirror(api, "open-items/")
    assert papers.rows[invoice.pk]["state"] == "overdue" and owed.pk in items.rows
    with operating(str(books.pk)) as access:
        settle(company=access.company, date=sales.MARCH_9, parts=[Part(owed, paid=owed.amount)],
               money=money(access.company, str(owed.amount)), by=access.user)  # fmt: skip
    assert papers.until(lambda: papers.rows[invoice.pk]["state"] == "paid") == [invoice.pk]
    items.until(lambda: items.rows[owed.pk]["open_amount"] == "0.00")
    assert items.rows[owed.pk]["settled_on"] == "2026-03-09"


def test_papers_and_items_change_with_the_name_of_their_contact_alone(committed_db):
    with transaction.atomic():
        books = sales.company()
        invoice = sales.issued(books, sales.customer(books))
        (owed,) = sales.items_of(invoice)

    def places(**change):
        with operating(str(books.pk)):
            Contact.of(books).filter(pk=invoice.contact_id).update(**change)
            told = Change.of(books).values_list("resource", "record", "place")
            return {(resource, pk): place for resource, pk, place in told}

    told = [places(notes="Ruft an"), places(notes="Ruft nicht an"), places(name="Neue Muster AG")]
    for record in (("sales_document", invoice.pk), ("open_item", owed.pk)):
        before, again, after = (one[record] for one in told)
        assert before == again < after, record


def test_what_one_company_changes_is_not_told_to_another(api):
    copy = Mirror(api, "contact-groups/")
    with transaction.atomic():
        other = make.company()
        by = make.owner_of(other)
        groups.save_group(company=other, by=by, code="fremd", name_de="Fremd")
    with operating(number(api)) as access:
        mine = groups.save_group(company=access.company, by=access.user, code="vip", name_de="VIP")
    assert copy.until(lambda: copy.rows) == [mine.pk]
    with operating(number(api)):
        assert {row.company_id for row in Change.unscoped.all()} == {int(number(api))}


def test_the_program_can_neither_forge_nor_hide_a_change(api):
    with operating(number(api)) as access:
        add(access)
        for sql in (
            "UPDATE erp_change SET place = 0",
            "DELETE FROM erp_change",
            "INSERT INTO erp_change (company_id, resource, record, place, gone, at)"
            f" VALUES ({access.company.pk}, 'contact', 1, 1, true, now())",
            "CREATE TEMP TABLE mine (company_id bigint, id bigint);"
            "CREATE TRIGGER forged AFTER INSERT ON mine REFERENCING NEW TABLE AS is_now FOR EACH"
            " STATEMENT EXECUTE FUNCTION erp_follow('contact', 'own', 'SELECT 1, 1')",
        ):
            with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(sql)


def test_a_tombstone_outlives_the_parts_that_go_with_it(api):
    with operating(number(api)) as access:
        one = add(access, addresses=[{"kind": "main", "postcode": "3000", "town": "Bern"}])
        activities.add_activity(one, by=access.user, kind="note", text="Anruf")
    with operating(number(api)) as access:
        gone = one.pk
        lifecycle.delete(one, by=access.user)
        kept = Change.of(access.company).get(resource="contact", record=gone)
        assert kept.gone
        assert delta.epoch_of(access.company) == delta.beginning(access.company, "contact").epoch
        assert not ContactGroup.of(access.company).exists()
