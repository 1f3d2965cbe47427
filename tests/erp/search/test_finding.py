"""Search over all that somebody may see: by index, exact, and within one's rights."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounting.ledger.lines import credit, debit
from accounting.ledger.posting import post, write_draft
from contacts import saving
from erp.access.gate import Access, access_to
from erp.audit.models import AccessLogEntry
from erp.search import finding, indexing
from erp.search.kinds import indexes
from erp.search.models import SearchHead, SearchWord
from tests import make

pytestmark = pytest.mark.django_db
MARCH = dt.date(2026, 3, 1)


@pytest.fixture
def company():
    return make.company()


@pytest.fixture
def anna(company):
    return make.owner_of(company)


@pytest.fixture
def book(company, anna):
    def new(text, amount="120.50", **more):
        lines = [debit(make.account(company, "6000"), Decimal(amount)),
                 credit(make.account(company, "1020"), Decimal(amount))]  # fmt: skip
        return post(company=company, date=MARCH, text=text, lines=lines, by=anna, **more)

    return new


@pytest.fixture
def search(company, anna):
    def found(text, by=None, **more):
        access = access_to(company.pk, user=by or anna)
        return {one.kind.name: [hit.label for hit in one.hits]
                for one in finding.find(access, text, **more)}  # fmt: skip

    return found


def test_entries_are_found_by_text_amount_number_and_voucher(book, search):
    book("Pacht März", "2000.00", voucher="B-77")
    book("Büromaterial", "12.35")
    assert search("pacht") == {"entries": ["1 Pacht März"]}
    for text in ("BUERO", "bürom", "12.35", "12"):
        assert search(text, kinds=["entries"]) == {"entries": ["2 Büromaterial"]}, text
    assert search("märz 2'000") == search("b-77") == {"entries": ["1 Pacht März"]}
    assert search("pacht 12.35") == search("acht") == search("%") == {}


def test_what_is_posted_after_the_words_were_kept_is_found_at_once(book, search):
    book("Pacht März")
    assert search("pacht") == {"entries": ["1 Pacht März"]}
    book("Pacht April")
    assert search("pacht") == {"entries": ["2 Pacht April", "1 Pacht März"]}


def test_without_kept_words_the_answer_is_the_same(company, anna, book, monkeypatch):
    """An operator who may only look in writes nothing; what is too much is told."""
    from erp.access.support.models import SupportConsent

    for nth in range(4):
        book(f"Pacht {nth}")
    own = access_to(company.pk, user=anna)
    looking = Access(company, anna, own.granted, SupportConsent(pk=1))
    (entries,) = finding.find(looking, "pacht", kinds=["entries"])
    assert len(entries.hits) == 4 and entries.behind == 0
    assert not SearchHead.of(company).exists()
    monkeypatch.setattr(indexing, "MOST_READ", 3)
    (entries,) = finding.find(looking, "pacht", kinds=["entries"])
    assert (len(entries.hits), entries.behind) == (3, 1)


def test_the_newest_come_first_and_the_very_word_before_longer_ones(book, search):
    for text in ("Pacht", "Pachtende", "Pachter Bern", "Pacht Bern"):
        book(text)
    assert search("pacht", limit=2) == {"entries": ["4 Pacht Bern", "1 Pacht"]}
    assert search("pacht bern") == {"entries": ["4 Pacht Bern", "3 Pachter Bern"]}


def test_contacts_and_accounts_are_found_too(company, anna, search):
    saving.add_contact(company=company, by=anna, kind="organisation", name="Müller Pachtrecht AG")
    found = search("pachtr")
    assert [label.split(maxsplit=1)[1] for label in found["contacts"]] == ["Müller Pachtrecht AG"]
    assert any(label.startswith("6000") for label in search("6000")["accounts"])
    assert AccessLogEntry.of(company).filter(kind="search").exists()


def test_drafts_of_others_take_a_right(company, anna, search):
    lines = [debit(make.account(company, "6000"), Decimal(7)),
             credit(make.account(company, "1020"), Decimal(7))]  # fmt: skip
    write_draft(company=company, date=MARCH, text="Entwurf Pacht", lines=lines, by=anna)
    other = make.user(company=company, granted=["ledger.read", "company.read"])
    assert search("entwurf") == {"drafts": ["Entwurf Pacht"]}
    assert search("entwurf", by=other) == {}


def test_kinds_without_the_right_are_not_asked(company, book, search):
    book("Pacht")
    other = make.user(company=company, granted=["company.read", "contacts.read"])
    assert search("pacht", by=other) == {}
    assert search("pacht", kinds=["contacts"]) == {}


def test_the_number_of_queries_does_not_grow(company, anna, book):
    def asked():
        access = access_to(company.pk, user=anna)
        finding.find(access, "pacht")
        with CaptureQueriesContext(connection) as told:
            finding.find(access, "pacht märz")
        return len(told)

    book("Pacht März")
    first = asked()
    for _ in range(4):
        book("Pacht März")
    assert asked() == first


def test_the_task_keeps_words_in_steps(company, book, monkeypatch):
    for nth in range(5):
        book(f"Pacht {nth}")
    steps = 0
    while indexing.keep(company, indexes(), most=2):
        steps += 1
    assert steps == 3
    assert SearchWord.of(company).filter(word="pacht").count() == 5
    assert SearchHead.of(company).get(kind=1).place == 5
