"""Invitations to the staff of a fiduciary, and fiduciaries that take on clients themselves."""

from pathlib import Path

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from erp.core.tenancy import VISIBLE, grant_statements

_ME = "nullif(current_setting('rappen.user', true), '')::bigint"
_OPENED = "nullif(current_setting('rappen.firm', true), '')::bigint"  # by the link of an invitation
_MINE = "(SELECT rappen_my_firms())"
_OF_CLIENT = f"(SELECT m.firm_id FROM erp_mandate m WHERE m.company_id = {VISIBLE})"
_I_OPERATE = f"EXISTS (SELECT FROM erp_user u WHERE u.id = {_ME} AND u.is_operator AND u.is_active)"


def _person(name, **more):
    return models.ForeignKey(
        db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+",
        to=settings.AUTH_USER_MODEL, verbose_name=name, **more,
    )  # fmt: skip


def _seen(key):
    return f"{key} IN {_MINE} OR {key} IN {_OF_CLIENT} OR {key} = {_OPENED} OR {_I_OPERATE}"


class Migration(migrations.Migration):
    dependencies = [("erp", "0010_phones")]

    operations = [
        migrations.AddField(
            "firm", "may_found",
            models.BooleanField(default=False, verbose_name="may add companies"),
        ),
        migrations.CreateModel(
            name="FirmInvitation",
            fields=[
                ("id", models.BigAutoField(
                    auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                )),
                ("email", models.EmailField(max_length=254, verbose_name="e-mail")),
                ("language", models.CharField(
                    choices=[("de", "German"), ("fr", "French"), ("it", "Italian"),
                             ("en", "English")],
                    max_length=2, verbose_name="language",
                )),
                ("digest", models.CharField(max_length=64, verbose_name="SHA-256")),
                ("created_at", models.DateTimeField(verbose_name="sent at")),
                ("expires_at", models.DateTimeField(verbose_name="valid until")),
                ("accepted_at", models.DateTimeField(null=True, verbose_name="accepted at")),
                ("withdrawn_at", models.DateTimeField(null=True, verbose_name="withdrawn at")),
                ("team_role", models.CharField(
                    choices=[("lead", "Lead: all that the mandate grants"),
                             ("accountant", "Accountant: keeps the books"),
                             ("assistant", "Assistant: drafts only"),
                             ("reviewer", "Reviewer: looks only")],
                    max_length=12, verbose_name="team role",
                )),
                ("by", _person("by")),
                ("firm", models.ForeignKey(
                    db_index=False, on_delete=django.db.models.deletion.PROTECT,
                    related_name="+", to="erp.firm",
                )),
            ],
            options={
                "indexes": [models.Index(fields=["digest"], name="firm_invitation_by_token")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("firm", "email"),
                        condition=models.Q(accepted_at=None, withdrawn_at=None),
                        name="firm_invitation_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(accepted_at=None) | models.Q(withdrawn_at=None),
                        name="firm_invitation_one_end",
                    ),
                ],
            },
        ),
        migrations.RunSQL(
            [
                "ALTER TABLE erp_firminvitation ENABLE ROW LEVEL SECURITY",
                "ALTER TABLE erp_firminvitation FORCE ROW LEVEL SECURITY",
                "CREATE POLICY erp_firminvitation_of_the_firm ON erp_firminvitation"
                f" USING (firm_id IN {_MINE} OR firm_id = {_OPENED})"
                f" WITH CHECK (firm_id IN {_MINE} OR firm_id = {_OPENED})",
                *grant_statements("erp_firminvitation", ["SELECT", "INSERT", "UPDATE"]),
                # Whoever follows the link works for no firm yet.
                f"ALTER POLICY erp_firm_of_the_firm ON erp_firm USING ({_seen('id')})",
                "CREATE POLICY erp_firm_changed_by_operators ON erp_firm AS RESTRICTIVE FOR UPDATE"
                f" USING (true) WITH CHECK ({_I_OPERATE})",
                "ALTER POLICY erp_firmstaff_of_the_firm ON erp_firmstaff"
                f" USING ({_seen('firm_id')})"
                f" WITH CHECK (firm_id IN {_MINE} OR firm_id = {_OPENED} OR {_I_OPERATE})",
                Path(__file__).with_suffix(".sql").read_text(encoding="utf-8"),
            ],
            migrations.RunSQL.noop,
        ),
    ]  # fmt: skip
