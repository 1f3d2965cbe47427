"""Long files of employees: sealed while a job works on them, gone with its end."""

import uuid
from pathlib import Path

import django.db.models.deletion
import django.db.models.manager
from django.db import migrations, models

import erp.core.sealed
from erp.core.tenancy import protect


class Migration(migrations.Migration):
    dependencies = [
        ("erp", "0016_own_fields"),
        ("payroll", "0015_delivery"),
    ]

    operations = [
        migrations.CreateModel(
            name="EmployeeUpload",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("seal_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("content", erp.core.sealed.SealedField(null=True)),
                ("report", erp.core.sealed.SealedField(null=True)),
                ("at", models.DateTimeField(verbose_name="uploaded at")),
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
                "verbose_name": "file of employees",
                "constraints": [
                    models.UniqueConstraint(fields=("company", "job"), name="employee_upload_once")
                ],
            },
            managers=[
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        protect(
            "payroll_employeeupload",
            references=[("job_id", "erp_job", "employeeupload_job_of_same_client")],
        ),
        migrations.RunSQL(
            Path(__file__).with_suffix(".sql").read_text(encoding="utf-8"), migrations.RunSQL.noop
        ),
    ]
