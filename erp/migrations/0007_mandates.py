"""Fiduciaries: firms, their staff, and the mandates of their clients."""

from pathlib import Path

import django.db.models.deletion
import django.db.models.manager
from django.conf import settings
from django.db import migrations, models

from erp.core.tenancy import VISIBLE, grant_statements, protect

_ME = "nullif(current_setting('rappen.user', true), '')::bigint"
_NOW = "nullif(current_setting('rappen.moment', true), '')::timestamptz"
_MINE = "(SELECT rappen_my_firms())"
_BY_ROLE = f"id IN (SELECT m.company_id FROM erp_membership m WHERE m.user_id = {_ME})"
_BY_MANDATE = f"id IN (SELECT m.company_id FROM erp_mandate m WHERE m.ended_at IS NULL AND m.firm_id IN {_MINE})"
_BY_CONSENT = (
    "id IN (SELECT c.company_id FROM erp_supportconsent c WHERE c.ended_at IS NULL"
    f" AND c.until > {_NOW})"
)
_OF_CLIENT = f"(SELECT m.firm_id FROM erp_mandate m WHERE m.company_id = {VISIBLE})"
_I_OPERATE = f"EXISTS (SELECT FROM erp_user u WHERE u.id = {_ME} AND u.is_operator AND u.is_active)"


def _fence(table: str, key: str) -> list[str]:
    """A firm is seen by its staff, by its clients, and by operators, who found it."""
    seen = f"{key} IN {_MINE} OR {key} IN {_OF_CLIENT} OR {_I_OPERATE}"
    return [
        f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
        f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY",
        f"CREATE POLICY {table}_of_the_firm ON {table} USING ({seen})"
        f" WITH CHECK ({key} IN {_MINE} OR {_I_OPERATE})",
        f"CREATE POLICY {table}_lookup ON {table} FOR SELECT TO CURRENT_USER USING (true)",
    ]


class Migration(migrations.Migration):
    dependencies = [("erp", "0006_tokens")]

    operations = [
        migrations.CreateModel(
            name="Firm",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=120, verbose_name="name")),
                ("code", models.CharField(max_length=12, unique=True, verbose_name="code")),
                ("created_at", models.DateTimeField(verbose_name="since")),
            ],
        ),
        migrations.CreateModel(
            name="FirmStaff",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "team_role",
                    models.CharField(
                        choices=[
                            ("lead", "Lead: all that the mandate grants"),
                            ("accountant", "Accountant: keeps the books"),
                            ("assistant", "Assistant: drafts only"),
                            ("reviewer", "Reviewer: looks only"),
                        ],
                        max_length=12,
                        verbose_name="team role",
                    ),
                ),
                ("is_manager", models.BooleanField(default=False, verbose_name="manages the firm")),
                ("since", models.DateTimeField(verbose_name="since")),
                (
                    "firm",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="staff",
                        to="erp.firm",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="firms",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["user"], name="staff_of_user")],
                "constraints": [
                    models.UniqueConstraint(fields=("firm", "user"), name="staff_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Mandate",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("given_at", models.DateTimeField(verbose_name="given at")),
                ("ended_at", models.DateTimeField(null=True, verbose_name="ended at")),
                (
                    "company",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="erp.company",
                        verbose_name="client",
                    ),
                ),
                (
                    "ended_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="ended by",
                    ),
                ),
                (
                    "firm",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="mandates",
                        to="erp.firm",
                    ),
                ),
                (
                    "given_by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="given by",
                    ),
                ),
                (
                    "role",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="erp.role",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["firm"], name="mandate_of_firm")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at", None)),
                        fields=("company", "firm"),
                        name="mandate_once",
                    )
                ],
            },
            managers=[
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.RunSQL(
            [Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")],
            migrations.RunSQL.noop,
        ),
        protect(
            "erp_mandate",
            grants=["SELECT", "INSERT", "UPDATE (ended_at, ended_by_id)"],
            references=[("role_id", "erp_role", "mandate_role_of_same_client")],
            also_visible=f"firm_id IN {_MINE}",
        ),
        migrations.RunSQL(
            [
                *_fence("erp_firm", "id"),
                *grant_statements("erp_firm", ["SELECT", "INSERT", "UPDATE"]),
                *_fence("erp_firmstaff", "firm_id"),
                *grant_statements("erp_firmstaff", ["SELECT", "INSERT", "UPDATE", "DELETE"]),
                f"ALTER POLICY erp_company_of_the_client ON erp_company USING ((id = {VISIBLE})"
                f" OR ({_BY_ROLE}) OR ({_BY_CONSENT}) OR ({_BY_MANDATE}))",
            ],
            migrations.RunSQL.noop,
        ),
    ]
