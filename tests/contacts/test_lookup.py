"""Contacts are looked up while somebody types, out of 50,000 by index."""

from __future__ import annotations

import json
import time

import pytest
from django.db import connection, connections, transaction
from django.test.utils import CaptureQueriesContext

from contacts import lookup, saving
from contacts.models import Contact
from erp.access.gate import operating
from erp.audit.models import AccessLogEntry
from erp.core.bulk import forget_plans
from tests import make
from tests.contacts.conftest import MAIN
from tests.erp.client import Api, problem


@pytest.mark.django_db
@pytest.mark.parametrize(
    "text", ["muller", "Müll", "mueller", "altd", "6460", "041 870 00 0", "+41 41 870", "info@", "1001",
             "müll alt", "alt, müll", "söhne", "huber", "Meier-H", "gold"],
)  # fmt: skip
def test_who_is_meant_is_found_by_how_words_begin(company, anna, add, text):
    from erp.own_fields.saving import save_own_field

    save_own_field(company=company, by=anna, subject="contact", code="stufe", kind="choice",
                   choices=["Gold", "Silber"], name_de="Stufe")  # fmt: skip
    one = add("Müller & Söhne Meier-Huber", addresses=[MAIN], phone="041 870 00 00",
              mail="info@mueller.ch", own_values={"stufe": "Gold"})  # fmt: skip
    add("Hotel Seeblick AG", number=2000)
    assert lookup.find(company, text) == [one]


@pytest.mark.django_db
@pytest.mark.parametrize("text", ["", " ", "…", ",", "üller", "müller bern", "%", "\\"])
def test_what_begins_no_word_finds_nobody(company, add, text):
    add("Müller AG", addresses=[MAIN])
    assert lookup.find(company, text) == []


@pytest.mark.django_db
def test_who_was_renamed_archived_or_merged_is_found_as_they_are(company, anna, add):
    from contacts import lifecycle, merging

    one, two = add("Alt AG"), add("Zwei AG")
    saving.change_contact(one, by=anna, name="Neu AG")
    assert lookup.find(company, "alt") == [] and lookup.find(company, "neu") == [one]
    lifecycle.archive(one, by=anna)
    assert lookup.find(company, "neu") == []
    three = add("Drei AG")
    merging.merge(three, two, by=anna)
    assert lookup.find(company, "zwei") == [] and lookup.find(company, "drei") == [three]


@pytest.mark.django_db
def test_the_endpoint_tells_number_and_place_and_notes_the_look(company, anna, add):
    api = Api(company, anna)
    add("Müller AG", addresses=[MAIN])
    told = api.get("contact-lookup/", q="müll").json()
    assert [(one["number"], one["name"], one["place"]) for one in told] == [
        (1001, "Müller AG", "6460 Altdorf UR")
    ]
    assert api.get("contact-lookup/", q="fehlt").json() == []
    assert list(AccessLogEntry.of(company).values_list("kind", "count")) == [("search", 1)]
    problem(api.get("contact-lookup/"), 400)
    stranger = Api(company, make.user(company=company, granted=["company.read"]))
    problem(stranger.get("contact-lookup/", q="müll"), 403)


@pytest.mark.django_db
def test_it_costs_the_same_however_many_are_found(company, anna, add):
    api = Api(company, anna)
    add("Firma 0 AG", addresses=[MAIN])
    with CaptureQueriesContext(connection) as few:
        api.get("contact-lookup/", q="firma")
    for nth in range(1, 30):
        add(f"Firma {nth} AG", addresses=[MAIN])
    with CaptureQueriesContext(connection) as many:
        assert len(api.get("contact-lookup/", q="firma").json()) == lookup.MOST
    assert len(many) == len(few)


#: 50,000 contacts of four words each, as fast as the database makes them.
FILL = """
INSERT INTO contacts_contact (company_id, number, kind, name, name_addition, salutation, title,
        first_name, last_name, language, uid, notes, own_values, sort_name, search, version,
        created_at, changed_at)
    SELECT %(company)s, n, 'organisation', 'Firma ' || md5(n::text), '', '', '', '', '', 'de', '',
            '', '{}', md5(n::text), 'x', 1, now(), now()
        FROM generate_series(10001, 60000) n
"""
FILL_WORDS = """
INSERT INTO contacts_contactkey (company_id, contact_id, kind, key)
    SELECT company_id, id, 'word', word FROM contacts_contact,
        unnest(ARRAY[number::text, 'firma', sort_name, 'town' || number %% 500]) AS word
        WHERE company_id = %(company)s
"""


def nodes(plan):
    yield plan
    for one in plan.get("Plans", ()):
        yield from nodes(one)


@pytest.fixture
def crowd(committed_db):
    """A company with 50,000 contacts among other companies, and what the database knows of them."""
    with transaction.atomic():
        company = make.company()
        with connection.cursor() as cursor:
            cursor.execute(FILL, {"company": company.pk})
            forget_plans()
            cursor.execute(FILL_WORDS, {"company": company.pk})
    with connections["owner"].cursor() as cursor:
        cursor.execute("ANALYZE contacts_contact, contacts_contactkey")
    with operating(str(company.pk)) as access:
        yield access.company


def explained(rows):
    """What the database does for a query, step by step, and the milliseconds it takes."""
    sql, values = rows.query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}", values)
        (told,) = cursor.fetchone()
    plan = (json.loads(told) if isinstance(told, str) else told)[0]
    return list(nodes(plan["Plan"])), plan["Execution Time"]


def test_fifty_thousand_contacts_are_searched_by_index(crowd):
    some = list(Contact.of(crowd).values_list("pk", flat=True)[:1000])
    for text in ("firma", "a", "12345", "town77", "gibtesnicht"):
        for rows, index in (
            (lookup.beginning(crowd, text)[: lookup.MOST_ALIKE], "contact_by_key"),
            (lookup.among(crowd, text, some), "contact_"),
        ):
            steps, taken = explained(rows)
            read = [one for one in steps if one.get("Index Name", "").startswith(index)]
            assert not [one for one in steps if one["Node Type"] == "Seq Scan"], (text, steps)
            assert any(">= '" in one.get("Index Cond", "") for one in read), (text, steps)
            assert taken < 250, (text, steps)
    for text, count in (("firma", 20), ("a", 20), ("firma town7", 20), ("town77 firma 12", 3),
                        ("12345", 1), ("firma firm 12345", 1), ("gibtesnicht firma", 0)):  # fmt: skip
        begun = time.monotonic()
        found = lookup.find(crowd, text)
        assert time.monotonic() - begun < 1  # some hundredths where nothing else is done
        assert len(found) == count, text
