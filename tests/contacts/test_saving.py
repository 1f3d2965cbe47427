"""Contacts are saved whole: checked, numbered, and never overwritten unseen."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import IntegrityError, transaction
from django.utils.translation import override

from contacts import lifecycle, saving, writing
from contacts.models import Communication, Contact, ContactAddress, ContactKey
from erp.audit.models import AuditEvent
from erp.core.errors import DomainError, Refusals
from tests import make
from tests.contacts.conftest import MAIN

pytestmark = pytest.mark.django_db


def places(refusal):
    each = refusal.refusals if isinstance(refusal, Refusals) else [refusal]
    return {(one.place, one.code) for one in each}


def test_a_contact_is_kept_in_canonical_form(company, add):
    one = add(
        "Sägerei Brunner GmbH", uid="che-107.810.911 MWST", addresses=[MAIN],
        phone="041 870 00 00", mail="Info@Brunner.CH",
        bank_accounts=[{"iban": "ch93 0076 2011 6238 5295 7"}],
    )  # fmt: skip
    draft = saving.whole(Contact.of(company).get(pk=one.pk))
    assert (one.number, one.uid, one.name) == (1001, "CHE107810911", "Sägerei Brunner GmbH")
    assert [str(c) for c in draft.communications] == ["+41418700000", "info@brunner.ch"]
    (address,) = draft.addresses
    assert (address.canton, address.country, address.town) == ("UR", "CH", "Altdorf UR")
    assert draft.bank_accounts[0].iban == "CH9300762011623852957"
    assert one.search.split()[0] == "1001" and "saegerei" in one.search and "altdorf" in one.search
    assert add("Zweite AG").number == 1002
    assert add("Dritte AG", number=5000).number == 5000
    assert add("Vierte AG").number == 5001


def test_all_faults_are_told_with_their_places(company, anna):
    with pytest.raises(Refusals) as found:
        saving.add_contact(
            company=company, by=anna, kind="person", first_name="", last_name="", uid="CHE1",
            language="rm",
            addresses=[MAIN, MAIN | {"kind": "billing", "postcode": "64600"},
                       {"street": "x", "country": "XX", "postcode": "1", "town": ""}],
            communications=[{"kind": "phone", "value": "12"}, {"kind": "mail", "value": "a@"},
                            {"kind": "web", "value": "ftp://x"}, {"kind": "fax", "value": "1"}],
            bank_accounts=[{"iban": "CH00"}], groups=["gibtesnicht"],
            own_values={"fehlt": "1"},
        )  # fmt: skip
    assert places(found.value) == {
        ("last_name", "contacts.name_missing"), ("uid", "identifiers.not_a_uid"),
        ("language", "contacts.not_a_choice"), ("addresses[1].postcode", "contacts.bad_postcode"),
        ("addresses[2].country", "contacts.unknown_country"),
        ("communications[0].value", "contacts.not_a_phone"),
        ("communications[1].value", "contacts.not_a_mail"),
        ("communications[2].value", "contacts.not_a_link"),
        ("communications[3].kind", "contacts.not_a_choice"),
        ("bank_accounts[0].iban", "identifiers.not_an_iban"),
        ("groups", "contacts.unknown_group"), ("own_values.fehlt", "fields.unknown"),
    }  # fmt: skip
    assert not Contact.of(company).exists()


def test_addresses_of_a_kind_follow_one_another(company, add):
    until = MAIN | {"valid_to": dt.date(2026, 6, 30)}
    add("A AG", addresses=[until, MAIN | {"valid_from": dt.date(2026, 7, 1), "street": "Neu"}])
    with pytest.raises(DomainError) as found:
        add("B AG", addresses=[until, MAIN | {"valid_from": dt.date(2026, 6, 30)}])
    assert found.value.code == "contacts.addresses_overlap"
    contact = add("C AG", addresses=[MAIN])
    with pytest.raises(IntegrityError), transaction.atomic():  # the database says so, too
        ContactAddress.unscoped.create(company=company, contact=contact, kind="main", town="X")


def test_a_change_keeps_rows_and_what_it_does_not_name(company, anna, add):
    one = add("A AG", addresses=[MAIN], phone="041 870 00 00", mail="a@example.ch")
    rows = {c.kind: c for c in Communication.of(company)}
    saving.change_contact(one, by=anna, version=1, name="B AG", communications=[
        {"id": rows["phone"].pk, "kind": "phone", "value": "041 870 00 01"},
    ])  # fmt: skip
    (left,) = Communication.of(company)
    assert (left.pk, left.value) == (rows["phone"].pk, "+41418700001")
    assert ContactAddress.of(company).count() == 1
    told = AuditEvent.of(company).filter(action="contact.change").get().details
    assert told["name"] == ["A AG", "B AG"] and "addresses" not in told
    assert told["communications"] == ["+41418700000; a@example.ch", "+41418700001"]
    assert set(ContactKey.of(company).filter(kind="phone").values_list("key", flat=True)) == {
        "+41418700001"
    }


def test_who_read_an_older_version_overwrites_nothing(anna, add):
    one = add("A AG")
    saving.change_contact(one, by=anna, version=1, name="B AG")
    with pytest.raises(saving.ContactChanged):
        saving.change_contact(one, by=anna, version=1, name="C AG")


def test_rows_of_other_contacts_are_out_of_reach(company, anna, add):
    one, other = add("A AG"), add("B AG", phone="041 870 00 00")
    row = Communication.of(company).get(contact=other)
    told = [{"id": row.pk, "kind": "phone", "value": "041 870 00 01"}]
    with pytest.raises(writing.UnknownRow) as refusal, transaction.atomic():
        saving.change_contact(one, by=anna, communications=told)
    assert refusal.value.place == "communications[0].id"
    assert refusal.value.values["value"] == row.pk
    with pytest.raises(writing.UnknownRow), transaction.atomic():
        saving.add_contact(company=company, by=anna, kind="organisation", name="C AG",
                           communications=told)  # fmt: skip
    assert Communication.of(company).get(contact=other).value == "+41418700000"


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("de", "Unter «Anschriften» hat dieser Kontakt keine Zeile mit der ID 7"),
        ("fr", "Sous « Adresses », ce contact n’a pas de ligne avec l’identifiant 7"),
        ("it", "Sotto «Indirizzi» questo contatto non ha nessuna riga con l’ID 7"),
        ("en", "Under “Addresses” this contact has no row with the id 7"),
    ],
)
def test_an_unknown_row_says_where_which_and_what_to_do(language, words):
    with override(language):
        refusal = writing.UnknownRow(rows="addresses", nth=2, value=7)
        assert str(refusal).replace("\xa0", " ").startswith(words)
        assert "ID" in str(refusal) or "id" in str(refusal)
    assert (refusal.place, refusal.missing) == ("addresses[2].id", True)


def test_archived_is_out_of_the_way_and_comes_back(company, anna, add):
    one = lifecycle.archive(add("A AG"), by=anna)
    assert one.archived_at is not None
    assert lifecycle.restore(one, by=anna).archived_at is None
    lifecycle.delete(one, by=anna)
    assert not Contact.of(company).exists()
    assert AuditEvent.of(company).filter(action="contact.delete").get().details["name"] == "A AG"


def test_numbers_are_each_companys_own(company, anna, add):
    first = add("A AG")
    other = make.company()
    theirs = saving.add_contact(company=other, by=anna, kind="organisation", name="A AG")
    assert theirs.number == first.number


def test_phones_are_dialled_from_where_the_contact_is(company, anna, add, page):
    abroad = {"kind": "main", "postcode": "10115", "town": "Berlin", "country": "DE"}
    one = add("Berlin GmbH", addresses=[abroad], phone="030 901820", mail="a@example.de")
    assert Communication.of(company).get(kind="phone").value == "+4930901820"
    saving.change_contact(one, by=anna, communications=[
        {"kind": "phone", "value": "030 901821"}, {"kind": "mobile", "value": "+41 79 200 00 01"},
    ])  # fmt: skip
    kept = set(Communication.of(company).values_list("value", flat=True))
    assert kept == {"+4930901821", "+41792000001"}
    shown = page.get(f"{page.start}{one.pk}/edit/").content.decode()  # and is read the same again
    assert 'value="+41 79 200 00 01"' in shown and 'value="+49 30 901821"' in shown
