"""Nothing of a company is forgotten when it is handed over, and ids are a company's own."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.db import connection
from django.db.models import Count, ForeignKey

from accounting.ledger.models import JournalEntry
from erp.companies.models import CompanyOwned
from erp.core.tenancy import open_companies
from erp.handover.columns import columns_of
from erp.handover.tables import CHANGED, LEFT_OUT, TAKEN
from tests import make

pytestmark = pytest.mark.django_db


def rows(sql, *values):
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall()


def of_companies():
    found = rows(
        "SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid"
        " WHERE a.attname = 'company_id' AND NOT a.attisdropped AND c.relkind IN ('r', 'p')"
        " AND c.relnamespace = 'public'::regnamespace"
    )
    return {name for (name,) in found}


def test_each_table_of_a_company_goes_along_or_says_why_not():
    """A new table belongs into ``TAKEN``, with ``key_by_company`` in its migration, or into ``LEFT_OUT``."""
    assert set(TAKEN) & set(LEFT_OUT) == set()
    assert set(TAKEN) | set(LEFT_OUT) == of_companies()
    owned = {m._meta.db_table for m in apps.get_models() if issubclass(m, CompanyOwned)}
    assert set(TAKEN) <= owned
    assert all(LEFT_OUT.values())


def test_what_goes_along_is_known_by_company_and_number():
    """One key alone, (company_id, id), and no constraint besides that says the same."""
    found = rows(
        "SELECT c.conrelid::regclass::text, array_agg(c.contype::text) FROM pg_constraint c"
        " WHERE c.contype IN ('p', 'u') AND (SELECT array_agg(a.attname::text ORDER BY k.nth)"
        "  FROM unnest(c.conkey) WITH ORDINALITY k(num, nth)"
        "  JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = k.num) = '{company_id,id}'"
        " GROUP BY 1"
    )
    keys = dict(found)
    assert {table: keys.get(table) for table in TAKEN} == {table: ["p"] for table in TAKEN}


def test_what_goes_along_points_to_nothing_that_stays():
    """Nor to rows of no company, but for people."""
    found = rows(
        "SELECT DISTINCT c.conrelid::regclass::text, c.confrelid::regclass::text FROM pg_constraint c"
        " WHERE c.contype = 'f' AND c.conrelid::regclass::text = ANY (%s)",
        list(TAKEN),
    )
    assert {other for _table, other in found} <= {*TAKEN, "erp_company", "erp_user"}


def test_what_is_written_otherwise_is_there():
    columns = columns_of(TAKEN)
    for table, name in CHANGED:
        assert name in {column.name for column in columns[table]}
    assert all(some[0].name == "id" for some in columns.values())


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM accounting_journalentry WHERE id = 77",
        "UPDATE accounting_journalentry SET text = 'x' WHERE id = 77",
        "SELECT * FROM payroll_payslip WHERE id IN (1, 2, 3)",
    ],
)
def test_looking_up_by_id_alone_goes_by_the_whole_key(sql):
    """Row-level security gives the company, and the key takes both."""
    open_companies([make.company().pk])
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off")
        cursor.execute(f"EXPLAIN {sql}")
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert "Index Cond: (" in plan and "company_id = ANY" in plan
    if (
        "payslip" in sql
    ):  # where a table is empty, any index that begins with the company is as good
        assert "_pkey" in plan


def test_every_join_to_a_clients_row_stays_within_the_client():
    """With several companies open, an id may stand for a row in each of them."""
    joined = [
        (model, field)
        for model in apps.get_models()
        for field in model._meta.local_fields
        if isinstance(field, ForeignKey)
        and issubclass(field.related_model, CompanyOwned)
        and any(one.name == "company" for one in model._meta.local_fields)
    ]
    assert len(joined) > 150
    for model, field in joined:
        sql = str(model._base_manager.select_related(field.name).query)
        assert '."company_id" = (' in sql, (model, field.name)


def test_grouping_by_a_record_names_all_its_columns():
    """A number alone determines nothing: Django may not group by it alone."""
    company = make.company()
    entry = make.rent(company)
    found = JournalEntry.of(company).annotate(how_many=Count("lines")).get(pk=entry.pk)
    assert found.how_many == 2
