"""Invitations, ready-made roles marked as such, and a third function that looks over the fence."""

from pathlib import Path

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.manager
from django.conf import settings
from django.db import migrations, models

from erp.core.tenancy import protect


class Migration(migrations.Migration):
    dependencies = [("erp", "0004_audit_chain")]

    operations = [
        migrations.AddField(
            "role", "ready", models.BooleanField(default=False, verbose_name="ready-made")
        ),
        migrations.CreateModel(
            name="Invitation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("email", models.EmailField(max_length=254, verbose_name="e-mail")),
                (
                    "roles",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.SlugField(max_length=30), size=None, verbose_name="roles"
                    ),
                ),
                (
                    "language",
                    models.CharField(
                        choices=[
                            ("de", "German"),
                            ("fr", "French"),
                            ("it", "Italian"),
                            ("en", "English"),
                        ],
                        max_length=2,
                        verbose_name="language",
                    ),
                ),
                ("digest", models.CharField(max_length=64, verbose_name="SHA-256")),
                ("created_at", models.DateTimeField(verbose_name="sent at")),
                ("expires_at", models.DateTimeField(verbose_name="valid until")),
                ("accepted_at", models.DateTimeField(null=True, verbose_name="accepted at")),
                ("withdrawn_at", models.DateTimeField(null=True, verbose_name="withdrawn at")),
                (
                    "by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="by",
                    ),
                ),
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
            ],
            managers=[("unscoped", django.db.models.manager.Manager())],
            options={
                "indexes": [models.Index(fields=["digest"], name="invitation_by_token")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("company", "email"),
                        condition=models.Q(accepted_at=None, withdrawn_at=None),
                        name="invitation_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(accepted_at=None) | models.Q(withdrawn_at=None),
                        name="invitation_one_end",
                    ),
                ],
            },
        ),
        protect("erp_invitation", grants=["SELECT", "INSERT", "UPDATE"]),
        migrations.RunSQL(
            [Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")],
            migrations.RunSQL.noop,
        ),
    ]
