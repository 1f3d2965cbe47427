"""The database catalogue: every business table is fenced, and the runtime role is small."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.conf import settings
from django.db import DatabaseError, connection, transaction

from erp.companies.models import Company, CompanyOwned
from erp.core.tenancy import open_companies
from erp.fiduciary.models import FirmOwned
from erp.operation.tenancy import DEFINERS
from tests import make

pytestmark = pytest.mark.django_db

OWN_APPS = ("erp", "vat", "accounting", "contacts", "payroll")
#: What others publish, the same for everyone (Referenzdaten).
REFERENCE = {
    "erp_bank", "erp_canton", "erp_commune", "erp_country", "erp_currency", "erp_exchangerate",
    "erp_holiday", "erp_locality", "erp_referenceversion", "erp_sourcestate",
    "erp_withholdingtariff", "erp_referencechange",
}  # fmt: skip
#: People and their sign-ins, and rates of the law.
WITHOUT_A_CLIENT = {
    "erp_user", "erp_firm", "erp_firminvitation", "erp_firmstaff", "erp_knowndevice", "erp_missedsignins",
    "erp_phonegrant", "erp_securityevent", "vat_vatrate",
    "erp_factorrecovery", "erp_recoveryapproval", "erp_addresschange", "erp_personalidempotencyrecord",
    *REFERENCE,
}  # fmt: skip
#: Of a fiduciary's firm: its staff see them, its clients never do.
OF_A_FIRM = {
    "erp_checklistitem", "erp_checkliststep", "erp_checklisttemplate", "erp_firmbatch",
    "erp_firmbatchpart", "erp_mandatesetting", "erp_mandatetemplate", "erp_mandatetime",
}  # fmt: skip


def own_models():
    return [m for label in OWN_APPS for m in apps.get_app_config(label).get_models()]


def rows(sql, *values):
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall()


def test_every_model_belongs_to_a_client_or_says_why_not():
    """DB-4"""
    without = {m._meta.db_table for m in own_models() if not issubclass(m, (CompanyOwned, Company))}
    assert without == WITHOUT_A_CLIENT | OF_A_FIRM


@pytest.mark.parametrize("table", sorted(OF_A_FIRM))
def test_each_table_of_a_firm_is_fenced_by_the_firm_alone(table):
    """Clients see who works for their fiduciary, and nothing of what it keeps."""
    assert rows(
        "SELECT relrowsecurity, relforcerowsecurity FROM pg_class WHERE relname = %s", table
    ) == [(True, True)]
    ((cmd, using, check),) = rows(
        "SELECT cmd, qual, with_check FROM pg_policies WHERE tablename = %s"
        " AND permissive = 'PERMISSIVE'",
        table,
    )
    assert cmd == "ALL"
    for condition in (using, check):
        assert condition.lstrip("(").startswith("firm_id IN")
        assert " OR " not in condition


@pytest.mark.parametrize(
    "table", [m._meta.db_table for m in own_models() if issubclass(m, (CompanyOwned, Company))]
)
def test_each_business_table_has_forced_row_level_security(table):
    """DB-4: enabled, forced, one policy for all commands with USING and WITH CHECK."""
    assert rows(
        "SELECT relrowsecurity, relforcerowsecurity FROM pg_class WHERE relname = %s", table
    ) == [(True, True)]
    policies = rows(
        "SELECT qual IS NOT NULL, with_check IS NOT NULL FROM pg_policies"
        " WHERE tablename = %s AND cmd = 'ALL'",
        table,
    )
    assert policies == [(True, True)]


@pytest.mark.parametrize("model", [m for m in own_models() if issubclass(m, CompanyOwned)])
def test_foreign_keys_between_client_tables_name_the_client(model):
    """DB-6: plain foreign keys ignore row-level security."""
    for field in model._meta.get_fields():
        related = getattr(field, "related_model", None)
        if not (field.concrete and related and issubclass(related, CompanyOwned)):
            continue
        keys = columns_of_keys(model, field.column)
        assert keys, f"{model.__name__}.{field.name} has no foreign key"
        assert all(columns[0] == "company_id" for columns in keys), (model, field.name, keys)


@pytest.mark.parametrize("model", [m for m in own_models() if issubclass(m, FirmOwned)])
def test_foreign_keys_between_a_firms_tables_name_the_firm(model):
    for field in model._meta.get_fields():
        related = getattr(field, "related_model", None)
        if field.concrete and related and issubclass(related, FirmOwned):
            assert columns_of_keys(model, field.column) == [["firm_id", field.column]]


def columns_of_keys(model, column):
    """The columns of the foreign keys that a column is part of."""
    found = rows(
        "SELECT array_agg(a.attname::text ORDER BY k.nth) FROM pg_constraint c,"
        " unnest(c.conkey) WITH ORDINALITY AS k(num, nth), pg_attribute a"
        " WHERE c.contype = 'f' AND c.conrelid = %s::regclass AND a.attrelid = c.conrelid"
        " AND a.attnum = k.num GROUP BY c.oid",
        model._meta.db_table,
    )
    return [columns for (columns,) in found if column in columns]


@pytest.mark.parametrize("model", [m for m in own_models() if issubclass(m, CompanyOwned)])
def test_unique_constraints_begin_with_the_client(model):
    """DB-6"""
    for constraint in model._meta.constraints:
        fields = getattr(constraint, "fields", None)
        if fields and constraint.__class__.__name__ == "UniqueConstraint":
            assert fields[0] == "company", constraint.name


def test_the_runtime_role_owns_nothing_and_bypasses_nothing():
    """DB-2"""
    assert rows(
        "SELECT rolsuper, rolbypassrls, rolcreatedb, rolcreaterole FROM pg_roles"
        " WHERE rolname = 'rappen_app'"
    ) == [(False, False, False, False)]
    assert (
        rows(
            "SELECT DISTINCT privilege_type FROM information_schema.role_table_grants"
            " WHERE grantee = 'rappen_app' AND privilege_type IN ('TRUNCATE', 'TRIGGER', 'REFERENCES')"
        )
        == []
    )


@pytest.mark.parametrize(
    ("table", "granted"),
    [
        ("accounting_accounttotal", {"SELECT", "INSERT", "UPDATE"}),
        ("accounting_cashbook", {"SELECT", "INSERT", "UPDATE"}),
        ("accounting_cashcount", {"SELECT", "INSERT"}),
        ("accounting_ledgerhead", {"SELECT", "INSERT", "UPDATE"}),
        ("erp_accesslogentry", {"SELECT", "INSERT"}),
        ("erp_apptoken", {"SELECT", "INSERT"}),
        ("erp_change", {"SELECT"}),
        ("erp_changefloor", {"SELECT"}),
        ("erp_auditevent", {"SELECT"}),
        ("erp_audithead", {"SELECT"}),
        ("erp_firminvitation", {"SELECT", "INSERT", "UPDATE"}),
        ("erp_invitation", {"SELECT", "INSERT", "UPDATE"}),
        ("erp_job", {"SELECT", "INSERT"}),
        ("erp_jobline", {"SELECT", "INSERT"}),
        ("erp_leakfinding", {"SELECT", "INSERT"}),
        ("erp_maildomain", {"SELECT", "INSERT", "DELETE"}),
        ("erp_mailfile", {"SELECT", "INSERT"}),
        ("erp_outgoingmail", {"SELECT", "INSERT"}),
        ("erp_personalidempotencyrecord", {"SELECT", "INSERT"}),
        ("erp_referencechange", {"SELECT", "INSERT"}),
        ("erp_searchhead", {"SELECT", "INSERT", "UPDATE"}),
        ("erp_searchword", {"SELECT", "INSERT", "DELETE"}),
        ("erp_storedfile", {"SELECT", "INSERT"}),
        ("erp_supportconsent", {"SELECT", "INSERT"}),
        ("vat_vatrate", {"SELECT"}),
    ],
)
def test_grants_are_no_wider_than_needed(table, granted):
    found = rows(
        "SELECT privilege_type FROM information_schema.role_table_grants"
        " WHERE grantee = 'rappen_app' AND table_name = %s",
        table,
    )
    assert {p for (p,) in found} == granted


@pytest.mark.parametrize("table", sorted(REFERENCE))
def test_reference_data_is_never_deleted(table):
    found = rows(
        "SELECT 1 FROM information_schema.role_table_grants WHERE grantee = 'rappen_app'"
        " AND table_name = %s AND privilege_type = 'DELETE'",
        table,
    )
    assert found == []


def test_security_definer_functions_are_few_and_fixed():
    """DB-7"""
    found = rows(
        "SELECT p.proname, p.proconfig IS NOT NULL FROM pg_proc p JOIN pg_namespace n"
        " ON n.oid = p.pronamespace WHERE p.prosecdef AND n.nspname = 'public' ORDER BY 1"
    )
    assert found == [(name, True) for name in sorted(DEFINERS)]


def test_nothing_set_means_no_rows_and_no_writes():
    company = make.company()
    make.rent(company)
    open_companies([])
    assert rows("SELECT count(*) FROM accounting_entryline") == [(0,)]
    assert rows("SELECT count(*) FROM erp_company") == [(0,)]
    with pytest.raises(DatabaseError), transaction.atomic():
        rows(
            "INSERT INTO accounting_costcentre (company_id, number, name_de, name_fr, name_it,"
            " name_en) VALUES (%s, '1', 'x', '', '', '') RETURNING id",
            company.pk,
        )
    open_companies([company.pk])  # at its end the transaction proves its entries


def test_one_client_neither_sees_nor_changes_nor_names_another():
    other = make.company()
    entry = make.rent(other)
    mine = make.company()  # opens its own rows only
    assert rows("SELECT DISTINCT company_id FROM accounting_account") == [(mine.pk,)]
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE accounting_account SET name_de = 'x' WHERE company_id = %s", [other.pk]
        )
        assert cursor.rowcount == 0
    with pytest.raises(DatabaseError), transaction.atomic():
        rows(
            "INSERT INTO accounting_entryvoucher (company_id, entry_id, file_id, sealed)"
            " VALUES (%s, %s, 1, false) RETURNING id",
            mine.pk, entry.pk,
        )  # fmt: skip
    open_companies([other.pk])
    assert rows("SELECT count(*) FROM accounting_journalentry") == [(1,)]


def test_the_guide_to_scaling_counts_what_is_there():
    """``docs/scaling.md`` says how many tables and keys are ready to be spread over several servers."""
    with connection.cursor() as cursor:
        cursor.execute("""
            WITH clients AS (
                SELECT c.oid, array_length(i.indkey::int2[], 1) AS parts FROM pg_class c
                JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'company_id' AND NOT attisdropped
                LEFT JOIN pg_index i ON i.indrelid = c.oid AND i.indisprimary
                WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace AND c.relrowsecurity
            )
            SELECT (SELECT count(*) FROM clients),
                   (SELECT count(*) FROM clients WHERE parts = 2),
                   (SELECT count(*) FROM clients WHERE parts = 1),
                   (SELECT count(*) FROM pg_constraint k WHERE k.contype = 'f'
                    AND k.conrelid IN (SELECT oid FROM clients) AND k.confrelid IN (SELECT oid FROM clients)),
                   (SELECT count(*) FROM pg_constraint k WHERE k.contype = 'f' AND array_length(k.conkey, 1) > 1
                    AND k.conrelid IN (SELECT oid FROM clients) AND k.confrelid IN (SELECT oid FROM clients))
        """)
        tables, by_company, alone, keys, composite = cursor.fetchone()
    told = (settings.BASE_DIR / "docs/scaling.md").read_text(encoding="utf-8")
    assert keys == composite
    for words in (f"all {keys} are composite", f"yes, all {keys} |", f"each of the {tables} tables",
                  f"({by_company} tables,", f"on {alone} that stay", f"of the {alone} other tables"):  # fmt: skip
        assert words in told, words
