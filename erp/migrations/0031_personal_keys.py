"""Idempotency keys outside of companies: each person's own."""

from pathlib import Path

import django.core.serializers.json
import django.db.models.deletion
import django.db.models.manager
from django.conf import settings
from django.db import migrations, models

from erp.core.tenancy import grant_statements

_TABLE = "erp_personalidempotencyrecord"
_MINE = "user_id = (SELECT nullif(current_setting('rappen.user', true), '')::bigint)"


class Migration(migrations.Migration):
    dependencies = [("erp", "0030_company_exports")]

    operations = [
        migrations.CreateModel(
            name="PersonalIdempotencyRecord",
            fields=[
                ("id", models.BigAutoField(
                    auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                )),
                ("operation", models.CharField(max_length=120)),
                ("key", models.CharField(max_length=100)),
                ("payload_digest", models.CharField(max_length=64)),
                ("status", models.PositiveSmallIntegerField()),
                ("body", models.JSONField(
                    encoder=django.core.serializers.json.DjangoJSONEncoder, null=True
                )),
                ("etag", models.CharField(blank=True, default="", max_length=80)),
                ("lasting", models.BooleanField(default=True)),
                ("at", models.DateTimeField()),
                ("firm", models.ForeignKey(
                    db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT,
                    related_name="+", to="erp.firm",
                )),
                ("user", models.ForeignKey(
                    db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+",
                    to=settings.AUTH_USER_MODEL,
                )),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("user", "firm", "operation", "key"), nulls_distinct=False,
                        name="personal_idempotency_once",
                    ),
                ],
                "indexes": [models.Index(fields=["at"], name="personal_idempotency_by_age")],
            },
            managers=[("unscoped", django.db.models.manager.Manager())],
        ),
        migrations.RunSQL(
            [
                f"ALTER TABLE {_TABLE} ENABLE ROW LEVEL SECURITY",
                f"ALTER TABLE {_TABLE} FORCE ROW LEVEL SECURITY",
                f"CREATE POLICY {_TABLE}_of_the_person ON {_TABLE} USING ({_MINE}) WITH CHECK ({_MINE})",
                *grant_statements(_TABLE, ["SELECT", "INSERT"]),
                Path(__file__).with_suffix(".sql").read_text(encoding="utf-8"),
            ],
            migrations.RunSQL.noop,
        ),
    ]  # fmt: skip
