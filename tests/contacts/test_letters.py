"""How contacts are addressed, and how their numbers are read: pure functions."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from contacts import keys, letters, phones
from contacts.models import Contact, ContactAddress
from erp.core import spelling

DAY = dt.date(2026, 11, 26)


def person(**more):
    told = {"kind": "person", "first_name": "Eva", "last_name": "Muster", "language": "de"} | more
    return Contact(name=f"{told['first_name']} {told['last_name']}".strip(), **told)


def organisation(**more):
    return Contact(**({"kind": "organisation", "name": "Muster AG", "language": "de"} | more))


@pytest.mark.parametrize(
    ("contact", "expected"),
    [
        (person(salutation="ms"), "Sehr geehrte Frau Muster"),
        (person(salutation="mr", title="Dr."), "Sehr geehrter Herr Dr. Muster"),
        (person(), "Guten Tag Eva Muster"),
        (person(salutation="family"), "Sehr geehrte Familie Muster"),
        (person(salutation="couple"), "Sehr geehrte Frau Muster, sehr geehrter Herr Muster"),
        (person(salutation="ms", last_name=""), "Guten Tag Eva"),
        (organisation(), "Sehr geehrte Damen und Herren"),
        (person(salutation="ms", language="fr"), "Madame"),
        (person(salutation="mr", language="fr", title="Dr"), "Monsieur le Docteur"),
        (person(language="fr"), "Bonjour Eva Muster"),
        (organisation(language="fr"), "Madame, Monsieur"),
        (person(salutation="ms", language="it"), "Gentile signora Muster"),
        (person(salutation="mr", language="it", title="dott."), "Egregio signor dott. Muster"),
        (organisation(language="it"), "Gentili signore, egregi signori"),
        (person(salutation="mr", language="en"), "Dear Mr Muster"),
        (person(salutation="ms", language="en", title="Dr"), "Dear Dr Muster"),
        (person(language="en"), "Dear Eva Muster"),
    ],
)
@pytest.mark.parametrize("page", ["de", "fr"])
def test_letters_greet_in_the_contacts_language_whatever_the_page_speaks(contact, expected, page):
    with override(page):
        assert letters.greeting(contact) == expected


def place(**more):
    told = {"kind": "main", "street": "Bahnhofstrasse", "house_number": "12", "postcode": "6460",
            "town": "Altdorf UR", "country": "CH"} | more  # fmt: skip
    return ContactAddress(**told)


def test_an_address_ends_with_its_town_and_abroad_with_its_country():
    assert letters.address_lines(organisation(name_addition="Verkauf"), place(po_box="12")) == [
        "Muster AG", "Verkauf", "Bahnhofstrasse 12", "Postfach 12", "6460 Altdorf UR",
    ]  # fmt: skip
    abroad = place(country="AT", postcode="6900", town="Bregenz")
    assert letters.address_lines(person(salutation="ms"), abroad, country_name="Österreich") == [
        "Frau", "Eva Muster", "Bahnhofstrasse 12", "6900 Bregenz", "ÖSTERREICH",
    ]  # fmt: skip
    lines = letters.address_lines(organisation(), place(addition="2. Stock"),
                                  person=person(salutation="ms", title="Dr."))  # fmt: skip
    assert lines[:3] == ["Muster AG", "Frau Dr. Eva Muster", "2. Stock"]
    assert letters.address_lines(person(), None) == ["Eva Muster"]


@pytest.mark.parametrize(
    ("box", "language", "line"),
    [("", "de", ""), ("-", "fr", "Case postale"), ("7", "it", "Casella postale 7"),
     ("Postfach 3", "en", "Postfach 3")],
)  # fmt: skip
def test_post_office_boxes_are_named_once(box, language, line):
    assert letters.box_line(box, language) == line


def test_the_address_of_a_day_and_purpose():
    old = place(valid_to=dt.date(2026, 1, 31), town="Alt")
    new = place(valid_from=dt.date(2026, 2, 1), town="Neu")
    bill = place(kind="billing", town="Rechnung")
    assert letters.address_on([old, new, bill], DAY).town == "Neu"
    assert letters.address_on([old, new, bill], dt.date(2026, 1, 31)).town == "Alt"
    assert letters.address_on([old, new, bill], DAY, "billing").town == "Rechnung"
    assert letters.address_on([new], DAY, "delivery").town == "Neu"
    assert letters.address_on([bill], DAY).town == "Rechnung"
    assert letters.address_on([old], DAY, "billing") is None


def test_links_hold_nothing_that_breaks_them():
    address = place(street="Rue de l'Étang & Fils", town='"><script>')
    for link in (letters.map_link(address), letters.map_link(place(country="DE"))):
        assert link.startswith("https://") and not set(link) & set("\"'<> ")
    assert letters.tel_link("+41418700000", "12") == "tel:+41418700000;ext=12"
    assert letters.mail_link("a?b@example.ch") == "mailto:a%3Fb@example.ch"


@pytest.mark.parametrize(
    ("typed", "country", "number", "extension"),
    [
        ("041 870 00 00", "CH", "+41418700000", ""), ("+41 (0)41 870 00 00", "CH", "+41418700000", ""),
        ("0041418700000", "CH", "+41418700000", ""), ("079/200.00.01", "CH", "+41792000001", ""),
        ("030 901820", "DE", "+4930901820", ""), ("+41 41 870 00 00 ext. 12", "CH", "+41418700000", "12"),
    ],
)  # fmt: skip
def test_phones_are_read_as_people_write_them(typed, country, number, extension):
    found = phones.parse_phone(typed, country=country)
    assert (found.number, found.extension) == (number, extension)
    assert phones.parse_phone(phones.format_phone(number)).number == number


@pytest.mark.parametrize(
    "typed", ["", "12", "041 870", "++41", "0000000000", "abc", "+41418700000\n1"]
)
def test_what_is_no_phone_is_refused(typed):
    with pytest.raises(phones.DomainError):
        phones.parse_phone(typed)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("www.example.ch", "https://www.example.ch"),
        ("http://Example.CH/Pfad", "https://example.ch/Pfad"),
    ],
)
def test_links_are_kept_with_https(typed, kept):
    assert phones.parse_link(typed) == kept


@pytest.mark.parametrize(
    "typed", ["javascript:alert(1)", "ftp://x.ch", "https://u:p@x.ch", "x", ""]
)
def test_dangerous_links_are_refused(typed):
    with pytest.raises(phones.NotALink):
        phones.parse_link(typed)


@pytest.mark.parametrize(
    ("one", "other"),
    [("Müller", "Mueller"), ("Müller", "Muller"), ("Meier", "Mayer"), ("Schmidt", "Schmitt"),
     ("Philipp", "Filip"), ("Brunner AG", "Brunner GmbH"), ("Söhne & Müller", "Müller und Söhne")],
)  # fmt: skip
def test_names_that_sound_alike_share_a_key(one, other):
    assert keys.sound_key(one) == keys.sound_key(other)


def test_names_that_differ_do_not():
    assert keys.sound_key("Brunner") != keys.sound_key("Keller")
    assert keys.name_key("Müller & Söhne AG") == keys.name_key("MUELLER Soehne gmbh")


@given(st.text(max_size=60))
def test_keys_stand_whatever_is_typed(text):
    found = keys.keys_of(keys.Traits(name=text, places=((text[:16], text),)))
    assert all(len(key) <= 140 and key for _kind, key in found)
    assert spelling.folded(spelling.folded(text)) == spelling.folded(text)
