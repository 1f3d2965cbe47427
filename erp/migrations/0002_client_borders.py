"""Fence the foundation's tables: row-level security, grants, borders between clients."""

from pathlib import Path

from django.db import migrations

from erp.core.tenancy import protect, share

_ME = "nullif(current_setting('rappen.user', true), '')::bigint"
_MY_COMPANIES = f"id IN (SELECT m.company_id FROM erp_membership m WHERE m.user_id = {_ME})"

_ROLES = """
DO $$ BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'rappen_app')
       OR NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'rappen_readonly') THEN
        RAISE EXCEPTION 'The roles rappen_app and rappen_readonly are missing. Create them first: '
            'CREATE ROLE rappen_app LOGIN PASSWORD ''…''; CREATE ROLE rappen_readonly NOLOGIN;';
    END IF;
    EXECUTE 'GRANT USAGE ON SCHEMA public TO rappen_app, rappen_readonly';
END $$
"""


class Migration(migrations.Migration):
    dependencies = [("erp", "0001_initial")]

    operations = [
        migrations.RunSQL(_ROLES, migrations.RunSQL.noop),
        protect(
            "erp_company", column="id", grants=["SELECT", "INSERT", "UPDATE"],
            also_visible=_MY_COMPANIES,
        ),
        protect("erp_role"),
        protect(
            "erp_membership",
            references=[("role_id", "erp_role", "membership_role_of_same_client")],
            also_visible=f"user_id = {_ME}",
        ),
        protect("erp_auditevent", grants=["SELECT", "INSERT"]),
        protect("erp_storedfile", grants=["SELECT", "INSERT"]),
        protect("erp_idempotencyrecord", grants=["SELECT", "INSERT"]),
        share("erp_user", grants=["SELECT", "INSERT", "UPDATE"]),
        migrations.RunSQL(
            [
                Path(__file__).with_suffix(".sql").read_text(encoding="utf-8"),
            ],
            migrations.RunSQL.noop,
        ),
    ]  # fmt: skip
