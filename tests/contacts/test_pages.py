"""The pages of contacts: found, shown, saved, refused; and what they cost."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from contacts import activities
from contacts.models import Contact
from erp.audit.models import AccessLogEntry
from erp.own_fields.saving import save_own_field
from tests.contacts.conftest import MAIN

pytestmark = pytest.mark.django_db
FORM = {
    "kind": "organisation", "language": "fr", "name": "Boulangerie Rochat Sàrl", "uid": "",
    "addresses-0-kind": "main", "addresses-0-street": "Rue du Lac", "addresses-0-postcode": "1096",
    "addresses-0-town": "Cully", "addresses-0-country": "CH", "communications-0-kind": "phone",
    "communications-0-value": "021 799 00 00", "communications-1-kind": "mail",
    "communications-1-value": "", "bank_accounts-0-iban": "",
}  # fmt: skip


def cost(client, address):
    with CaptureQueriesContext(
        connection,
    ) as queries:
        answer = client.get(address)
    assert answer.status_code == 200
    return len(queries), answer.content.decode()


def test_a_contact_is_added_shown_and_changed(page, company):
    answer = page.post(page.start + "add/", FORM)
    one = Contact.of(company).get()
    assert answer["Location"] == f"{page.start}{one.pk}/"
    shown = page.get(answer["Location"]).content.decode()
    for text in ("Boulangerie Rochat Sàrl", "1096 Cully", 'href="tel:+41217990000"', "021 799 00 00",
                 "Madame, Monsieur", "map.geo.admin.ch"):  # fmt: skip
        assert text in shown, text
    edit = page.get(f"{page.start}{one.pk}/edit/").content.decode()
    assert 'value="Rue du Lac"' in edit and 'name="version" value="1"' in edit
    row = one.addresses.get()
    changed = {**FORM, "version": "1", "addresses-0-id": row.pk, "addresses-0-street": "Rue Neuve"}
    assert page.post(f"{page.start}{one.pk}/edit/", changed).status_code == 302
    assert one.addresses.get().street == "Rue Neuve" and one.addresses.get().pk == row.pk
    again = page.post(f"{page.start}{one.pk}/edit/", changed)
    assert again.status_code == 422  # version 1 is no longer there


def test_faults_stand_beside_their_fields_and_nothing_is_lost(page, company):
    answer = page.post(page.start + "add/", {**FORM, "addresses-0-postcode": "109",
                                             "communications-0-value": "021",
                                             "addresses-0-valid_from": "31.13.2026"})  # fmt: skip
    assert answer.status_code == 422 and not Contact.of(company).exists()
    mask = answer.context["mask"] if answer.context else None
    assert mask is not None and "valid_from" in mask.rows["addresses"][0]["faults"]
    answer = page.post(page.start + "add/", {**FORM, "addresses-0-postcode": "109",
                                             "communications-0-value": "021"})  # fmt: skip
    mask = answer.context["mask"]
    assert set(mask.rows["addresses"][0]["faults"]) == {"postcode"}
    assert set(mask.rows["communications"][0]["faults"]) == {"value"}
    assert 'value="Rue du Lac"' in answer.content.decode()


def test_lists_and_pages_cost_the_same_however_much_there_is(page, add, anna, company):
    for nth in range(3):
        add(f"Firma {nth} AG", addresses=[MAIN], phone="041 870 00 00")
    few, _text = cost(page, page.start)
    for nth in range(3, 20):
        add(f"Firma {nth} AG", addresses=[MAIN], phone="041 870 00 00", mail=f"a{nth}@example.ch")
    many, text = cost(page, page.start)
    assert many == few <= 19 and "Firma 19 AG" in text
    one = Contact.of(company).order_by("pk").first()
    few, _text = cost(page, f"{page.start}{one.pk}/")
    for nth in range(9):
        activities.add_activity(one, by=anna, text=f"Notiz {nth}")
        activities.add_person(one, by=anna, first_name="Eva", last_name=f"Muster {nth}")
    many, text = cost(page, f"{page.start}{one.pk}/")
    assert many <= few + 1 <= 30 and "Notiz 8" in text


@pytest.mark.parametrize(
    "search", ["muller", "Müller", "mueller", "altdorf", "6460", "041 870 00 00", "+41418700000",
               "info@", "1001", "müll alt"],
)  # fmt: skip
def test_contacts_are_found_as_people_write_them(page, add, search):
    add("Müller & Söhne", addresses=[MAIN], phone="041 870 00 00", mail="info@mueller.ch")
    add("Hotel Seeblick AG", number=2000)
    text = page.get(page.start, {"q": search}).content.decode()
    assert "Müller &amp; Söhne" in text and "Seeblick" not in text


def test_pages_go_on_by_key_in_every_order(page, add):
    for nth in range(120):
        add(f"Firma {nth:03} AG")
    for order, first in (("name", "Firma 000 AG"), ("number", "Firma 000 AG"),
                         ("-number", "Firma 119 AG")):  # fmt: skip
        seen, query = [], {"order": order}
        for _page in range(3):
            context = page.get(page.start, query).context
            seen += [row.name for row in context["page"].rows]
            query = {"order": order, "after": context["page"].after}
        assert len(seen) == len(set(seen)) == 120 and seen[0] == first
        back = page.get(page.start, {"order": order, "before": context["page"].before}).context
        assert [row.name for row in back["page"].rows] == seen[50:100]


def test_looks_are_noted_in_the_access_log(page, add, company):
    one = add("Eva", "Muster")
    page.get(page.start)
    page.get(page.start, {"q": "eva"})
    page.get(f"{page.start}{one.pk}/")
    page.get(page.start, {"format": "csv"})
    noted = AccessLogEntry.of(company).filter(subject="contact").order_by("pk")
    assert [(n.kind, n.count, n.subject_id) for n in noted] == [
        ("list", 1, None), ("search", 1, None), ("read", None, one.pk), ("export", 1, None)
    ]  # fmt: skip


def test_the_number_is_proposed_chosen_and_never_taken_twice(page, company, add):
    add("A AG", number=1500)
    form = page.get(page.start + "add/").context["mask"].values
    assert form["number"] == form["proposed"] == "1501"
    add("B AG")  # somebody else is given the proposed number meanwhile
    assert (
        page.post(page.start + "add/", {**FORM, "number": "1501", "proposed": "1501"}).status_code
        == 302
    )
    assert Contact.of(company).get(name=FORM["name"]).number == 1502
    for number, code in (("1500", "contacts.number_taken"), ("12a", "contacts.not_a_number")):
        answer = page.post(page.start + "add/", {**FORM, "number": number, "proposed": "1503"})
        assert answer.status_code == 422, code
        mask = answer.context["mask"]
        assert set(mask.faults) == {"number"} and number in mask.faults["number"]
        assert mask.values["number"] == number and mask.values["proposed"] == "1503"
    assert (
        page.post(page.start + "add/", {**FORM, "name": "C AG", "number": "7"}).status_code == 302
    )
    one = Contact.of(company).get(number=7)
    edit = f"{page.start}{one.pk}/edit/"
    assert 'name="number" value="7"' in page.get(edit).content.decode()
    told = {**FORM, "name": "C AG", "version": "1"}
    assert page.post(edit, {**told, "number": "1500"}).status_code == 422
    assert page.post(edit, {**told, "number": "8"}).status_code == 302
    assert page.post(edit, {**told, "number": "", "version": "2"}).status_code == 302
    assert Contact.of(company).get(pk=one.pk).number == 8
    assert "<td" in page.get(page.start, {"q": "8"}).content.decode()


def test_lists_and_files_are_filtered_by_own_fields(page, company, anna, add):
    for code, kind in (("farbe", "choice"), ("vip", "flag"), ("menge", "number")):
        save_own_field(company=company, by=anna, subject="contact", code=code, kind=kind,
                       choices=["Rot", "Blau"], name_de=code)  # fmt: skip
    add("Rote AG", own_values={"farbe": "Rot", "vip": True, "menge": "5"})
    add("Blaue AG", own_values={"farbe": "Blau"})
    context = page.get(page.start, {"own-farbe": "Rot"}).context
    assert [row.name for row in context["page"].rows] == ["Rote AG"]
    assert [(one.field.code, one.value) for one in context["own"]] == [
        ("farbe", "Rot"),
        ("vip", ""),
    ]
    for query, names in (({"own-vip": "true"}, ["Rote AG"]), ({"own-menge": "5.0"}, ["Rote AG"]),
                         ({"own-vip": "false"}, []), ({"q": "blau"}, ["Blaue AG"])):  # fmt: skip
        found = page.get(page.start, query).context["page"].rows
        assert [row.name for row in found] == names, query
    text = page.get(page.start, {"own-farbe": "Rot", "format": "csv"}).content.decode()
    assert "Rote AG" in text and "Blaue AG" not in text
