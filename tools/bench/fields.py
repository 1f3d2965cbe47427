"""Own fields of records: the list of contacts with five of them, beside the same list without."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from django.db import connection
from django.test import Client

from erp.own_fields.models import OwnField
from erp.own_fields.saving import save_own_field
from tools.bench.books import Book, acting, found, signed_up
from tools.bench.measuring import interleaved, note
from tools.bench.sync import CONTACTS_SQL

CONTACTS: Final = 5_000
_VALUES: Final = """
    UPDATE contacts_contact SET own_values = jsonb_build_object(
        'text', 'Wert ' || number, 'number', (number %% 90 + 10)::text || '.50',
        'date', '2026-01-01', 'choice', CASE number %% 2 WHEN 0 THEN 'Gold' ELSE 'Silber' END,
        'flag', number %% 3 = 0)
    WHERE company_id = %s
"""


def bench_fields(analyse: Callable[[], None]) -> None:
    """A page and an answer of fifty contacts with five own fields shown: at most 1.5 times those without."""
    plain, own = _book(100_004), _book(100_005)
    with acting(own) as (company, owner), connection.cursor() as cursor:
        for kind in OwnField.Kind.values:
            save_own_field(company=company, by=owner, subject="contact", code=kind, kind=kind,
                           name_de=kind, choices=["Gold", "Silber"])  # fmt: skip
        cursor.execute(_VALUES, [company.pk])
    analyse()
    client = Client(SERVER_NAME="localhost")
    client.force_login(signed_up())
    for name, path in (
        ("list of contacts, five own fields", "/c/{}/contacts/?columns=own"),
        ("GET contacts, five own fields", "/api/v1/companies/{}/contacts/"),
    ):

        def asked(book: Book, path: str = path) -> str:
            answer = client.get(path.format(book.company))
            assert answer.status_code == 200, answer.content
            return answer.content.decode()

        assert asked(own).count("Wert ") >= 50 and "Wert " not in asked(plain)
        with_own, without = interleaved(40, lambda: asked(own), lambda: asked(plain))
        note(name, 50, with_own, without, "<= 1.5", 1.5)


def _book(lines: int) -> Book:
    book = found(lines)
    with acting(book) as (company, _owner), connection.cursor() as cursor:
        cursor.execute(CONTACTS_SQL, [company.pk, CONTACTS])
    return book
