"""Whether clients are kept apart (Mandantentrennung), asked of the database's own catalogue and of its rows."""

from __future__ import annotations

from typing import Any, Final

from django.apps import apps
from django.db import connection, transaction

from erp.access.gate import all_companies
from erp.companies.models import Company, CompanyOwned
from erp.core.tenancy import READ_ONLY_ROLE, RUNTIME_ROLE, open_companies
from erp.fiduciary.models import FirmOwned

#: Tables of companies or firms without a fence that holds for everybody, the owner included.
_UNFENCED: Final = """
    SELECT t.name, coalesce(c.relrowsecurity AND c.relforcerowsecurity, false),
           EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid AND p.polcmd = '*' AND p.polpermissive
                   AND p.polqual IS NOT NULL AND p.polwithcheck IS NOT NULL)
    FROM unnest(%s::text[]) AS t(name) LEFT JOIN pg_class c ON c.oid = to_regclass('public.' || t.name)
    UNION
    SELECT c.relname, c.relrowsecurity AND c.relforcerowsecurity, true
    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'company_id'
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND c.relname <> ALL (%s)
"""
_ROLE: Final = """
    SELECT rolsuper, rolbypassrls, rolcreatedb, rolcreaterole, rolreplication,
           EXISTS (SELECT FROM pg_class c WHERE c.relowner = r.oid),
           EXISTS (SELECT FROM pg_auth_members m WHERE m.member = r.oid)
    FROM pg_roles r WHERE rolname = %s
"""
_ROLE_MAY_NOT: Final = (
    "is a superuser", "passes by row-level security", "creates databases", "creates roles", "replicates",
    "owns tables", "is a member of another role",
)  # fmt: skip
_GRANTS: Final = """
    SELECT table_name, string_agg(DISTINCT privilege_type, ', ') FROM information_schema.role_table_grants
    WHERE grantee IN (%s, 'PUBLIC') AND table_schema = 'public'
      AND (privilege_type IN ('TRUNCATE', 'TRIGGER', 'REFERENCES') OR grantee = 'PUBLIC')
    GROUP BY table_name ORDER BY table_name
"""
#: Policies for those who keep books that ask for nothing of what is open: neither companies, firms nor a person.
_OPEN_POLICIES: Final = """
    SELECT c.relname, p.polname FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid
    WHERE c.relnamespace = 'public'::regnamespace AND p.polpermissive
      AND (p.polroles = '{0}' OR p.polroles && (SELECT array_agg(oid) FROM pg_roles WHERE rolname = ANY (%s)))
      AND EXISTS (
        SELECT FROM unnest(ARRAY[pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid)]) AS e
        WHERE e IS NOT NULL AND e !~ 'current_setting|rappen_my_firms'
      )
"""
#: Views run with the rights of their owner unless they say otherwise; what is materialized knows no rows' fences.
_OPEN_VIEWS: Final = """
    SELECT c.relname FROM pg_class c, aclexplode(c.relacl) AS a LEFT JOIN pg_roles r ON r.oid = a.grantee
    WHERE c.relnamespace = 'public'::regnamespace AND (a.grantee = 0 OR r.rolname = ANY (%s))
      AND (c.relkind = 'm' OR c.relkind = 'v'
           AND NOT coalesce(array_to_string(c.reloptions, ' ') ~ 'security_invoker=(true|on|1)', false))
    GROUP BY c.relname
"""
_WRITES: Final = """
    SELECT table_name, string_agg(DISTINCT privilege_type, ', ') FROM information_schema.role_table_grants
    WHERE grantee = %s AND table_schema = 'public' AND privilege_type <> 'SELECT'
    GROUP BY table_name ORDER BY table_name
"""
#: What runs with the rights of its owner (DB-7): each looks at one thing, and is meant.
DEFINERS: Final = frozenset({
    "accounting_count_again", "accounting_settle_items", "erp_audit_chain", "erp_audit_record", "erp_follow",
    "rappen_begin_changes_anew", "rappen_company_numbers", "rappen_find_company", "rappen_find_firm",
    "rappen_find_firm_invitation", "rappen_find_invitation", "rappen_find_token", "rappen_forget_changes",
    "rappen_forget_keys", "rappen_jobs_due", "rappen_mails_due", "rappen_my_firms", "rappen_webhooks_due",
    "rappen_work_waiting",
})  # fmt: skip
_UNKNOWN_FUNCTIONS: Final = """
    SELECT DISTINCT p.proname FROM pg_proc p WHERE p.pronamespace = 'public'::regnamespace AND p.prosecdef
      AND p.proname <> ALL (%s)
"""
_LOOSE_FUNCTIONS: Final = """
    SELECT p.proname FROM pg_proc p WHERE p.pronamespace = 'public'::regnamespace AND p.prosecdef
      AND NOT coalesce(array_to_string(p.proconfig, ' ') LIKE '%%search_path=%%pg_temp%%', false)
"""


def breaches() -> list[str]:
    """What lets clients see each other, or could; empty where nothing does (DB-1 to DB-7).

    Looks at roles, grants, policies and functions, then at the rows: none without a company, and
    in each company none of another.
    """
    return of_catalogue() or _of_rows()


def of_catalogue() -> list[str]:
    """What roles, grants, policies and functions let clients see of each other."""
    return [*_of_role(), *_of_tables(), *_of_functions()]


def _rows(sql: str, *values: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return list(cursor.fetchall())


def _of_role() -> list[str]:
    told = []
    for role in (RUNTIME_ROLE, READ_ONLY_ROLE):
        found = _rows(_ROLE, role)
        if not found and role == RUNTIME_ROLE:
            return [f"there is no role {role}"]
        told += [
            f"{role} {words}"
            for row in found for may, words in zip(row, _ROLE_MAY_NOT, strict=True) if may
        ]  # fmt: skip
    told += [f"{table} grants {more}" for table, more in _rows(_GRANTS, RUNTIME_ROLE)]
    return told + [
        f"{READ_ONLY_ROLE} may {more} {table}" for table, more in _rows(_WRITES, READ_ONLY_ROLE)
    ]


def _of_tables() -> list[str]:
    names = [
        model._meta.db_table for model in apps.get_models()
        if issubclass(model, (Company, CompanyOwned, FirmOwned)) and model._meta.managed
    ]  # fmt: skip
    of_people = [
        model._meta.db_table for model in apps.get_models() if model._meta.db_table not in names
    ]
    found = []
    for name, is_fenced, has_policy in _rows(_UNFENCED, names, of_people):
        if not is_fenced:
            found.append(f"{name} has no forced row-level security")
        elif not has_policy:
            found.append(f"{name} has no policy for reading and writing")
    roles = [RUNTIME_ROLE, READ_ONLY_ROLE]
    found += [
        f"{name}: policy {one} asks for nothing that is open"
        for name, one in _rows(_OPEN_POLICIES, roles)
    ]
    found += [f"view {name} shows rows past all policies" for (name,) in _rows(_OPEN_VIEWS, roles)]
    return sorted(found)


def _of_functions() -> list[str]:
    told = [f"function {name} does not say where it looks" for (name,) in _rows(_LOOSE_FUNCTIONS)]
    unknown = _rows(_UNKNOWN_FUNCTIONS, sorted(DEFINERS))
    return told + [
        f"function {name} runs with its owner's rights, and nobody knows it" for (name,) in unknown
    ]


def _of_rows() -> list[str]:
    """In a transaction of its own for each company: what is open is forgotten at its end."""
    tables = [
        (model._meta.db_table, "id" if model is Company else "company_id") for model in apps.get_models()
        if issubclass(model, (Company, CompanyOwned)) and model._meta.managed
    ]  # fmt: skip
    foreign = " UNION ALL ".join(
        f"SELECT '{name}' WHERE EXISTS (SELECT FROM {name} WHERE {column} IS DISTINCT FROM %(own)s)"  # noqa: S608
        for name, column in tables
    )
    found = []
    for own in (None, *map(int, all_companies())):
        with transaction.atomic(), connection.cursor() as cursor:
            open_companies([] if own is None else [own])
            cursor.execute(foreign.replace("IS DISTINCT FROM %(own)s", "IS NOT NULL") if own is None else foreign,
                           {"own": own})  # fmt: skip
            where = "without a company" if own is None else f"in company {own}"
            found += [f"{where}, {name} shows rows of others" for (name,) in cursor.fetchall()]
    return found
