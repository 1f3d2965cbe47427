"""Searching while somebody types, beside plain SQL over the same words: in a million lines and 50,000 contacts."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from typing import Any, Final

import psycopg
from django.db import connection, transaction

from accounting.ledger.models import JournalEntry
from contacts.models import Contact
from erp.access.gate import operating
from erp.search import finding, indexing
from erp.search.kinds import indexes
from erp.search.models import SearchWord
from tools.bench.books import Book, acting
from tools.bench.measuring import interleaved, note

CONTACTS: Final = 50_000
_CONTACTS: Final = """
    WITH new AS (
        INSERT INTO contacts_contact (company_id, number, kind, name, name_addition, salutation, title,
            first_name, last_name, language, uid, notes, own_values, sort_name, search, version,
            created_at, changed_at)
        SELECT %(company)s, n, 'organisation', 'Kunde ' || n, '', '', '', '', '', 'de', '', '', '{}',
            'kunde ' || n, 'kunde ' || n, 1, now(), now()
        FROM generate_series(1, %(count)s) n RETURNING id, number
    )
    INSERT INTO contacts_contactkey (company_id, contact_id, kind, key)
    SELECT %(company)s, id, 'word', k FROM new, unnest(ARRAY['kunde', number::text]) k
"""
#: What is typed, and how words begin that answer it, as one writes them by hand.
ASKED: Final = {
    "a word": ("buchung", [("buchung",)]),
    "the beginning of a word": ("kund", [("kund",)]),
    "two words": ("buchung 4711", [("buchung",), ("4711", "=4711.")]),
}
_BEGINS: Final = (
    "SELECT record FROM erp_searchword WHERE company_id = {company} AND kind = {kind}"
    " AND word >= '{word}' AND word < '{word}\U0010ffff'"
)
_NEWEST: Final = "SELECT DISTINCT record FROM ({each}) AS each ORDER BY record DESC LIMIT 8"
_ROWS: Final = {
    1: "SELECT r.*, (SELECT sum(debit) FROM accounting_entryline l WHERE l.company_id = {company}"
       " AND l.entry_id = r.id) FROM accounting_journalentry r",
    2: "SELECT r.*, c.name FROM accounting_salesdocument r JOIN contacts_contact c ON c.id = r.contact_id",
    3: "SELECT r.* FROM accounting_product r",
    4: "SELECT r.*, c.name FROM accounting_supplierinvoice r JOIN contacts_contact c ON c.id = r.contact_id",
    5: "SELECT r.* FROM accounting_inboxdocument r",
    6: "SELECT r.* FROM accounting_openitem r",
    7: "SELECT r.* FROM accounting_banktransaction r",
}  # fmt: skip
_ACCOUNTS: Final = "SELECT * FROM accounting_account r WHERE company_id = {company}"
_DRAFTS: Final = (
    "SELECT * FROM accounting_journalentry WHERE company_id = {company} AND chain_position IS NULL"
)
_NOTE: Final = (
    "INSERT INTO erp_accesslogentry (company_id, at, by_id, kind, subject, count, recipient, address, via)"
    " SELECT {company}, now(), min(id), 'search', 'contact', 8, '', '', 'command' FROM erp_user"
    " RETURNING id"
)
_KEYS: Final = (
    "SELECT contact_id FROM contacts_contactkey WHERE company_id = {company} AND kind = 'word'"
    " AND key >= '{word}' AND key < '{word}\U0010ffff'"
)


def bench_search(book: Book, analyse: Callable[[], None]) -> None:
    """Everything one may see by the beginnings of words: at most five times plain SQL, a statement a kind.

    The statements by hand are those of an owner of the database, past all rights.
    """
    with acting(book) as (company, _owner), connection.cursor() as cursor:
        cursor.execute(_CONTACTS, {"company": company.pk, "count": CONTACTS})
        assert Contact.of(company).count() == CONTACTS
    started = time.perf_counter()
    while _kept(book):
        pass
    print(f"  words kept in {time.perf_counter() - started:.0f} s, {_size(book)}", flush=True)
    analyse()
    url = os.environ["DATABASE_OWNER_URL"].replace("rappen_owner", "postgres", 1)
    with psycopg.connect(url, autocommit=True) as admin:
        admin.execute("VACUUM ANALYZE erp_searchword")
        admin.autocommit = False  # as ours: what is noted is never committed
        amount, number = _some(book)
        asked = ASKED | {
            "an amount": (amount, [(amount, f"={amount}")]),
            "a number": (number, [(number, f"={number}.")]),
        }
        for name, (text, words) in asked.items():
            with operating(book.reference) as access:
                by_hand = _by_hand(book, words)

                def ours(text: str = text) -> int:
                    return sum(len(one.hits) for one in finding.find(access, text))

                def plain(statements: list[str] = by_hand) -> int:
                    return _asked(admin, statements, note=_NOTE.format(company=book.company))

                assert ours() > 0, text
                a, b = interleaved(30, ours, plain)
                transaction.set_rollback(True)  # looks are noted for people, not for a measurement
            note(f"search for {name}", book.lines, a, b, "<= 5", 5)


def _asked(admin: Any, statements: list[str], *, note: str) -> int:
    """How many rows statements find; that contacts, who come first, were looked for is noted."""
    found = [len(admin.execute(sql).fetchall()) for sql in statements]
    if found[0]:
        admin.execute(note)
    return sum(found)


def _kept(book: Book) -> int:
    with acting(book) as (company, _owner):
        return indexing.keep(company, indexes())


def _some(book: Book) -> tuple[str, str]:
    """An amount and a voucher's number that occur."""
    with acting(book) as (company, _owner):
        entry = JournalEntry.of(company).exclude(voucher="").latest("pk")
        return f"{entry.lines.latest('position').credit:.2f}", entry.voucher


def _size(book: Book) -> str:
    with acting(book) as (company, _owner), connection.cursor() as cursor:
        words = SearchWord.of(company).count()
        cursor.execute("SELECT pg_size_pretty(pg_total_relation_size('erp_searchword'))")
        return f"{words:,} words, {cursor.fetchone()[0]}"


def _by_hand(book: Book, words: list[tuple[str, ...]]) -> list[str]:
    """One statement for each kind that is searched."""
    told: dict[str, Any] = {"company": book.company}

    def all_of(pattern: str, **more: Any) -> str:
        each = [
            "("
            + " UNION ALL ".join(pattern.format(word=one, **told, **more) for one in alike)
            + ")"
            for alike in words
        ]
        return " INTERSECT ".join(each)

    kinds = [
        f"{rows.format(**told)} WHERE r.company_id = {book.company} AND r.id IN"
        f" ({_NEWEST.format(each=all_of(_BEGINS, kind=kind))})"
        for kind, rows in _ROWS.items()
    ]  # fmt: skip
    people = (
        "SELECT c.*, a.* FROM contacts_contact c LEFT JOIN contacts_contactaddress a"
        " ON a.company_id = c.company_id AND a.contact_id = c.id"
        f" WHERE c.id IN (SELECT * FROM ({all_of(_KEYS)}) k LIMIT 8)"
    )
    return [people, *kinds, _ACCOUNTS.format(**told), _DRAFTS.format(**told)]
