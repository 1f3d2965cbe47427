"""Companies written into a file from the inside; their passphrases are gone with the end of the job."""

import uuid
from pathlib import Path

import django.db.models.deletion
import django.db.models.manager
from django.conf import settings
from django.db import migrations, models

import erp.core.sealed
from erp.core.tenancy import protect


class Migration(migrations.Migration):
    dependencies = [
        ("erp", "0029_people_in_seals"),
    ]

    operations = [
        migrations.CreateModel(
            name="CompanyExport",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("seal_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("passphrase", erp.core.sealed.SealedField(null=True)),
                ("asked_at", models.DateTimeField(verbose_name="started at")),
                ("made_at", models.DateTimeField(null=True, verbose_name="made at")),
                ("expires_at", models.DateTimeField(null=True, verbose_name="expires at")),
                ("taken_at", models.DateTimeField(null=True, verbose_name="taken along at")),
                ("size", models.BigIntegerField(default=0, verbose_name="size")),
                ("rows", models.BigIntegerField(default=0)),
                ("files", models.PositiveIntegerField(default=0)),
                ("digest", models.CharField(blank=True, max_length=64)),
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
                (
                    "job",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="erp.job",
                    ),
                ),
            ],
            options={
                "verbose_name": "export of the company",
                "constraints": [
                    models.UniqueConstraint(fields=("company", "job"), name="company_export_once")
                ],
            },
            managers=[
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        protect(
            "erp_companyexport",
            grants=["SELECT", "INSERT", "UPDATE"],
            references=[("job_id", "erp_job", "companyexport_job_of_same_client")],
        ),
        migrations.RunSQL(
            Path(__file__).with_suffix(".sql").read_text(encoding="utf-8"), migrations.RunSQL.noop
        ),
    ]
