"""Two contacts become one, and nothing is lost; who may be the same is told."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contacts import activities, duplicates, groups, lifecycle, merging, saving
from contacts.models import Activity, Contact, ContactAddress, ContactFile, ContactPerson
from erp.audit.models import AuditEvent
from tests.contacts.conftest import MAIN
from tests.examples import cases

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.4 test"


def test_all_of_it_moves_and_the_old_one_points_there(company, anna, add, page):
    groups.save_group(company=company, by=anna, code="a", name_de="A")
    keep = add("Muster AG", addresses=[MAIN], phone="041 870 00 00", notes="eins")
    gone = add(
        "Muster A.G.", addresses=[MAIN | {"street": "Seestrasse"}, MAIN | {"kind": "billing"}],
        phone="041 870 00 00", mail="info@muster.ch", uid="CHE-107.810.911", notes="zwei",
        groups=["a"], bank_accounts=[{"iban": "CH9300762011623852957"}],
    )  # fmt: skip
    activities.add_activity(gone, by=anna, text="Anruf")
    activities.attach(gone, name="x.pdf", content=PDF, by=anna)
    person = activities.add_person(gone, by=anna, first_name="Eva", last_name="Muster").person
    merging.merge(keep, gone, by=anna)
    draft = saving.whole(Contact.of(company).get(pk=keep.pk))
    assert {(a.kind, a.street) for a in draft.addresses} == {
        ("main", "Bahnhofstrasse"), ("other", "Seestrasse"), ("billing", "Bahnhofstrasse")
    }  # fmt: skip
    assert [str(c) for c in draft.communications] == ["+41418700000", "info@muster.ch"]
    assert draft.contact.uid == "CHE107810911" and [g.code for g in draft.groups] == ["a"]
    assert draft.contact.notes == f"eins\n\nzwei\n\n{gone.number}: Muster A.G."
    assert len(draft.bank_accounts) == 1
    assert (
        Activity.of(company).get().contact_id == ContactFile.of(company).get().contact_id == keep.pk
    )
    assert ContactPerson.of(company).get().organisation_id == keep.pk
    old = Contact.of(company).get(pk=gone.pk)
    assert old.merged_into_id == keep.pk and old.archived_at is not None
    answer = page.get(f"{page.start}{gone.pk}/")
    assert answer["Location"] == f"{page.start}{keep.pk}/"
    for pk in (keep.pk, gone.pk):
        told = AuditEvent.of(company).get(action="contact.merge", subject_id=pk).details
        assert told == {"kept": f"{keep.number} Muster AG", "gone": f"{gone.number} Muster A.G."}
    with pytest.raises(saving.ContactMerged):
        saving.change_contact(old, by=anna, name="X")
    third = add("Dritte AG")
    merging.merge(third, Contact.of(company).get(pk=keep.pk), by=anna)  # a chain stays short
    assert Contact.of(company).get(pk=gone.pk).merged_into_id == third.pk
    with pytest.raises(lifecycle.ContactInUse):
        lifecycle.delete(third, by=anna)
    assert person.pk


def test_an_address_is_there_once_only_where_it_is_the_same(company, anna, add):
    """Place of one, kind and time of another: that is no address that both have."""
    keep = add("Muster AG", addresses=[
        MAIN | {"street": "Seestrasse"}, MAIN | {"kind": "billing", "valid_from": "2026-01-01"},
    ])  # fmt: skip
    gone = add(
        "Muster A.G.", addresses=[MAIN, MAIN | {"kind": "billing", "valid_from": "2026-01-01"}]
    )
    merging.merge(keep, gone, by=anna)
    found = ContactAddress.of(company).filter(contact=keep)
    assert sorted((a.kind, a.street, a.valid_from) for a in found if a.kind != "billing") == [
        ("main", "Seestrasse", None), ("other", "Bahnhofstrasse", None)
    ]  # fmt: skip
    assert found.filter(kind="billing").count() == 1


def test_records_of_other_rooms_follow_by_their_own_rule(company, anna, add):
    keep, gone = add("A AG"), add("B AG")
    seen = []

    def follow(stays, goes):
        seen.append((stays.pk, goes.pk))
        return 3

    merging.register("test", follow, lambda contact: contact.pk == gone.pk, label="Belege")
    try:
        with pytest.raises(lifecycle.ContactInUse) as found:
            lifecycle.delete(gone, by=anna)
        assert "Belege" in str(found.value)
        merging.merge(keep, gone, by=anna)
    finally:
        merging.unregister("test")
    assert seen == [(keep.pk, gone.pk)]
    assert AuditEvent.of(company).filter(action="contact.merge").first().details["test"] == 3


@pytest.mark.parametrize("case", ["same", "kind", "uid"])
def test_what_is_not_one_is_not_merged(company, anna, add, case):
    one = add("A AG", uid="CHE-107.810.911")
    other = {"same": lambda: one, "kind": lambda: add("Eva", "Muster"),
             "uid": lambda: add("B AG", uid="CHE-109.322.551")}[case]()  # fmt: skip
    code = {
        "same": "contacts.same_contact",
        "kind": "contacts.other_kind",
        "uid": "contacts.other_uid",
    }
    with pytest.raises(merging.DomainError) as found, transaction.atomic():
        merging.merge(one, other, by=anna)
    assert found.value.code == code[case]
    assert not Contact.of(company).exclude(merged_into=None).exists()


DAYS = st.none() | st.dates(dt.date(2024, 1, 1), dt.date(2027, 12, 31))
ADDRESS = st.fixed_dictionaries({
    "kind": st.sampled_from(["main", "billing", "private", "other"]),
    "street": st.sampled_from(["Seestrasse", "Bahnhofstrasse", ""]),
    "postcode": st.just("6460"), "town": st.sampled_from(["Altdorf UR", "Flüelen"]),
    "valid_from": DAYS, "valid_to": st.none(),
})  # fmt: skip
REACH = st.sampled_from([
    {"kind": "phone", "value": "041 870 00 00"}, {"kind": "phone", "value": "041 870 00 01"},
    {"kind": "mail", "value": "a@example.ch"}, {"kind": "mail", "value": "b@example.ch"},
    {"kind": "web", "value": "example.ch"},
])  # fmt: skip


def sides():
    return st.fixed_dictionaries({
        "addresses": st.lists(ADDRESS, max_size=3, unique_by=lambda a: a["kind"]),
        "communications": st.lists(REACH, max_size=4, unique_by=str),
        "notes": st.sampled_from(["", "eins", "zwei"]),
        "first_name": st.sampled_from(["Eva", "Beat"]),
    })  # fmt: skip


def facts(company, *contacts):
    """All that is known of contacts, without whose and what kind of address it is."""
    found = set()
    for contact in contacts:
        draft = saving.whole(contact)
        found |= {("address", a.street, a.town, a.valid_from) for a in draft.addresses}
        found |= {("reach", c.kind, c.value) for c in draft.communications}
        found |= {("activity", a.text) for a in Activity.of(company).filter(contact=contact)}
    return found


@settings(
    max_examples=cases(40, each_time=12), deadline=None, suppress_health_check=list(HealthCheck)
)
@given(one=sides(), other=sides())
def test_merging_never_loses_anything(company, anna, one, other):
    with transaction.atomic():
        keep, gone = (
            saving.add_contact(company=company, by=anna, kind="person", last_name="Muster", **told)
            for told in (one, other)
        )
        activities.add_activity(gone, by=anna, text="von beiden")
        before = facts(company, keep, gone)
        merging.merge(keep, gone, by=anna)
        merged = Contact.of(company).get(pk=keep.pk)
        assert facts(company, merged) == before
        assert not facts(company, gone)
        for told in (one, other):
            assert told["notes"] in merged.notes
            assert told["first_name"] in f"{merged.name} {merged.notes}"
        assert not ContactAddress.of(company).filter(contact=gone).exists()
        transaction.set_rollback(True)


# Who may be the same


def ask(company, **told):
    with CaptureQueriesContext(connection) as queries:
        found = duplicates.find(company, duplicates.typed(told))
    assert len(queries) <= 3  # two, and the addresses of what is shown
    return [(one.contact.name, one.score) for one in found]


def test_duplicates_are_ranked_by_what_they_share(company, add):
    add("Müller & Söhne AG", addresses=[MAIN], phone="041 870 00 00", mail="info@mueller.ch")
    add("Möller Söhne", addresses=[MAIN | {"postcode": "3011", "town": "Bern"}])
    add("Keller AG", addresses=[MAIN])
    assert ask(company, name="Mueller Soehne GmbH")[0][0] == "Müller & Söhne AG"
    assert ask(company, name="Muller Sohne", postcode="6460") == [("Müller & Söhne AG", 50)]
    assert ask(company, name="Völlig anders", phones=["+41 41 870 00 00"]) == [
        ("Müller & Söhne AG", 60)
    ]
    assert ask(company, name="Anders", mails=["INFO@mueller.ch"]) == [("Müller & Söhne AG", 70)]
    assert ask(company, name="Nichts davon", postcode="6460") == []
    assert ask(company, name="", phones=["041"]) == []
    same = ask(company, name="Müller & Söhne", postcode="6460", street="Bahnhofstr.", house_number="12",
               phones=["041 870 00 00"])  # fmt: skip
    assert same[0] == ("Müller & Söhne AG", 150)


def test_many_of_one_postcode_do_not_hide_the_one_that_is_the_same(company, add):
    for nth in range(30):
        add(f"Firma {chr(65 + nth % 26)}{nth} AG", addresses=[MAIN])
    add("Zwilling AG", addresses=[MAIN])
    assert ask(company, name="Zwilling", postcode="6460")[0][0] == "Zwilling AG"


def test_merged_ones_are_told_no_more_and_oneself_never(company, anna, add):
    keep, gone = add("Muster AG"), add("Muster AG")
    traits = duplicates.typed({"name": "Muster"})
    assert [d.contact for d in duplicates.find(company, traits, but=gone.pk)] == [keep]
    merging.merge(keep, gone, by=anna)
    assert [d.contact for d in duplicates.find(company, traits)] == [keep]
