"""What changed since a cursor, beside one join in plain SQL: ten contacts of a hundred thousand."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

from django.db import connection, transaction

from contacts.models import Contact
from contacts.queries import listing
from erp.changes import delta
from tools.bench.books import acting, found
from tools.bench.measuring import least_cpu, note

CONTACTS: Final = 100_000
CHANGED: Final = 10

CONTACTS_SQL: Final = """
    INSERT INTO contacts_contact (company_id, number, kind, name, name_addition, salutation, title,
        first_name, last_name, language, uid, notes, own_values, sort_name, search, version,
        created_at, changed_at)
    SELECT %s, n, 'organisation', 'Kunde ' || n, '', '', '', '', '', 'de', '', '', '{}',
        'kunde ' || n, 'kunde ' || n, 1, now(), now()
    FROM generate_series(1, %s) n
"""
# By hand: what a program would ask that knows nothing of gaps, deletions or rights.
_PLAIN: Final = """
    SELECT c.* FROM erp_change k JOIN contacts_contact c ON c.company_id = k.company_id AND c.id = k.record
    WHERE k.company_id = %s AND k.resource = 'contact' AND (k.place, k.record) > (%s, %s)
      AND c.merged_into_id IS NULL AND c.archived_at IS NULL
    ORDER BY k.place, k.record LIMIT 200
"""


def bench_sync(analyse: Callable[[], None]) -> None:
    """Ten changes of a hundred thousand rows: at most three times one join."""
    book = found(100_002)
    started = time.perf_counter()
    with acting(book) as (company, _owner), connection.cursor() as cursor:
        cursor.execute(CONTACTS_SQL, [company.pk, CONTACTS])
    print(f"  {CONTACTS:,} contacts followed in {time.perf_counter() - started:.1f} s", flush=True)
    analyse()
    with acting(book) as (company, _owner):
        begin = delta.beginning(company, "contact")
    with acting(book) as (company, _owner), transaction.atomic():
        wanted = Contact.of(company).filter(number__lte=CHANGED * 1000, number__iregex="000$")
        assert wanted.update(notes="neu") == CHANGED
    with acting(book) as (company, _owner):

        def ours() -> None:
            told = delta.since(company, "contact", begin, limit=200)
            ids = [one.record for one in told.changes]
            assert len(list(listing(company).filter(pk__in=ids))) == CHANGED

        def plain() -> None:
            with connection.cursor() as cursor:
                cursor.execute(_PLAIN, [company.pk, begin.place, begin.record])
                assert len(cursor.fetchall()) == CHANGED

        a, b = least_cpu(200, ours, plain)
    note(f"{CHANGED} changes of {CONTACTS:,} contacts", CONTACTS, a, b, "<= 3", 3)
