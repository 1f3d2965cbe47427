"""Many companies quickly: one is founded through the program's own doors, the others are its rows once more.

A company's rows have keys that begin with the company, so a copy keeps all ids; its seals go on to name
the first company (``sealed_as``), as after a hand-over, so every chain proves.
"""

from __future__ import annotations

import datetime as dt
import os
from typing import Final

import psycopg
from allauth.mfa.totp.internal.auth import TOTP
from django.db import connection, transaction
from django.test.utils import override_settings
from psycopg import sql

from erp.access.firms.models import Firm
from erp.access.models import User
from erp.cockpit import firms
from erp.companies.models import Module
from erp.fiduciary.keeping import look_at
from erp.handover.tables import TAKEN
from erp.search import indexing
from erp.search.kinds import indexes
from tools.bench.books import Book, acting, analyse, fill, found
from tools.bench.open_items import fill_items
from tools.bench.sync import CONTACTS_SQL

CONTACTS: Final = 40
SEED: Final = "RAPPENDEMORAPPENDEMORAPPENDEMO22"  # of codes that nobody asks for
ITEMS: Final = 30
#: Rows that do not move with a company, and that each has from its first day of use on.
ALSO: Final = ("erp_searchhead", "erp_searchword", "erp_mandatefigures", "erp_changefloor")


def first(lines: int) -> tuple[Book, Firm, User]:
    """A company with books, contacts and open items, and the firm that keeps it."""
    book = found(lines)
    fill(book)
    fill_items(book, 0, analyse, still_open=ITEMS)
    with acting(book) as (company, owner), connection.cursor() as cursor:
        cursor.execute(CONTACTS_SQL, [company.pk, CONTACTS])
        company.modules = sorted(
            {*company.modules, Module.RECEIVABLES.value, Module.PAYABLES.value}
        )
        company.save(update_fields=["modules"])
    with transaction.atomic():
        lead = User.objects.create_user("lead@bench.example.ch", "nur-fuer-die-Messung")
        operator = User.objects.create_user(
            "operator@bench.example.ch", "nur-fuer-die-Messung", is_operator=True
        )
        for one in (lead, User.objects.get(email="bench@example.ch")):
            TOTP.activate(one, SEED)
        firm = firms.found_firm(name="Messung", manager=lead, by=operator)
    silent = override_settings(EMAIL_BACKEND="django.core.mail.backends.dummy.EmailBackend")
    with silent, acting(book) as (company, owner):
        firms.give_mandate(company=company, firm_code=firm.code, role="fiduciary", by=owner)
    with acting(book) as (company, owner):
        while indexing.keep(company, indexes()):
            pass
        look_at(company)
    analyse()
    return book, firm, User.objects.get(pk=lead.pk)


def copies(book: Book, upto: int, *, mandates: int) -> list[int]:
    """Copy the company until there are ``upto`` of them, ``mandates`` of which the firm keeps; all numbers."""
    url = os.environ["DATABASE_OWNER_URL"].replace("rappen_owner", "postgres", 1)
    with psycopg.connect(url) as admin:
        admin.execute(
            "SET session_replication_role = replica"
        )  # the rows were proven when they were made
        there = [row[0] for row in admin.execute("SELECT id FROM erp_company ORDER BY id")]
        begin = max(there) + 1
        new = list(range(begin, begin + upto - len(there)))
        if new:
            _copy(admin, book.company, new)
            kept = new[: max(0, mandates - len(there))]
            admin.execute(
                "INSERT INTO erp_mandate (company_id, firm_id, role_id, given_by_id, given_at)"
                " SELECT n, m.firm_id, m.role_id, m.given_by_id, m.given_at"
                " FROM erp_mandate m, unnest(%s::bigint[]) n WHERE m.company_id = %s",
                [kept, book.company],
            )
            admin.execute(
                "SELECT setval(pg_get_serial_sequence('erp_company', 'id'), %s)", [new[-1]]
            )
    analyse()
    return [*there, *new]


def _copy(admin: psycopg.Connection, template: int, new: list[int]) -> None:
    admin.execute(
        "INSERT INTO erp_company (id, short_name, name, sealed_as, legal_form, uid, street, house_number,"
        " postcode, town, country, language, currency, logo_digest, fiscal_year_start, modules,"
        " created_at, people_above, setup_steps) SELECT n, 'copy-' || n, 'Mandant ' || n, c.id, legal_form, uid,"
        " street, house_number, postcode, town, country, language, currency, logo_digest, fiscal_year_start,"
        " modules, created_at, people_above, setup_steps FROM erp_company c, unnest(%s::bigint[]) n WHERE c.id = %s",
        [new, template],
    )
    for table in (*TAKEN, *ALSO):
        columns = [row[0] for row in admin.execute(
            "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0"
            " AND NOT attisdropped AND attgenerated = '' AND attname <> 'company_id'", [table],
        )]  # fmt: skip
        keyed = admin.execute(
            "SELECT 1 FROM pg_index i WHERE i.indrelid = %s::regclass AND i.indisprimary"
            " AND i.indnkeyatts = 1", [table],
        ).fetchone()  # fmt: skip
        if keyed:  # by its id alone: a new one
            columns.remove("id")
        told = [sql.Identifier(one) for one in columns]
        admin.execute(
            sql.SQL("INSERT INTO {} (company_id, {}) OVERRIDING SYSTEM VALUE SELECT n, {} FROM {} t,"
                    " unnest(%s::bigint[]) n WHERE t.company_id = %s").format(
                sql.Identifier(table), sql.SQL(", ").join(told),
                sql.SQL(", ").join(sql.SQL("t.{}").format(one) for one in told),
                sql.Identifier(table),
            ),
            [new, template],
        )  # fmt: skip


def clerk(nth: int, company: int) -> User:
    """Somebody who keeps the books of one company."""
    url = os.environ["DATABASE_OWNER_URL"].replace("rappen_owner", "postgres", 1)
    with psycopg.connect(url) as admin:
        user, _made = User.objects.get_or_create(
            email=f"clerk{nth}@bench.example.ch",
            defaults={"password": "!", "date_joined": dt.datetime.now(dt.UTC)},
        )
        if not user.has_factor:
            TOTP.activate(user, SEED)
        admin.execute(
            "INSERT INTO erp_membership (company_id, user_id, role_id) SELECT %s, %s, r.id FROM erp_role r"
            " WHERE r.company_id = %s AND r.code = 'owner' ON CONFLICT DO NOTHING",
            [company, user.pk, company],
        )
    return User.objects.get(pk=user.pk)  # who knows of the factor
