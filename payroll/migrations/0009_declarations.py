"""What is typed for wage certificates, and those that were issued, which never change."""

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
        ("erp", "0016_own_fields"),
        ("payroll", "0005_setup"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="CertificateNotes",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("seal_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("year", models.PositiveSmallIntegerField(verbose_name="year")),
                ("content", erp.core.sealed.SealedField()),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
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
                    "employee",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="payroll.employee",
                    ),
                ),
            ],
            options={
                "verbose_name": "notes of a wage certificate",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("company", "employee", "year"), name="certificate_notes_once"
                    )
                ],
            },
            managers=[
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="DeclarationSettings",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "contact_name",
                    models.CharField(blank=True, max_length=80, verbose_name="contact person"),
                ),
                (
                    "contact_phone",
                    models.CharField(blank=True, max_length=30, verbose_name="phone"),
                ),
                (
                    "expense_rule",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "neither"),
                            ("guide", "as the guide to the wage certificate says"),
                            ("approved", "regulation approved by the canton"),
                        ],
                        max_length=8,
                        verbose_name="expenses are paid",
                    ),
                ),
                (
                    "expense_canton",
                    models.CharField(blank=True, max_length=2, verbose_name="canton"),
                ),
                (
                    "expense_date",
                    models.DateField(blank=True, null=True, verbose_name="approved on"),
                ),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
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
            options={
                "verbose_name": "settings of declarations",
                "constraints": [
                    models.UniqueConstraint(fields=("company",), name="declaration_settings_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("expense_rule", "approved"), _negated=True),
                            models.Q(
                                models.Q(("expense_canton", ""), _negated=True),
                                ("expense_date__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="declaration_settings_approval_told",
                    ),
                ],
            },
            managers=[
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="IssuedCertificate",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("seal_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("year", models.PositiveSmallIntegerField(verbose_name="year")),
                ("nth", models.PositiveSmallIntegerField(default=1)),
                ("version", models.PositiveSmallIntegerField(default=1, verbose_name="version")),
                ("content", erp.core.sealed.SealedField()),
                ("paper", erp.core.sealed.SealedField()),
                ("digest", models.CharField(max_length=64)),
                ("issued_at", models.DateTimeField(verbose_name="issued at")),
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
                    "employee",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="payroll.employee",
                    ),
                ),
                (
                    "issued_by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "wage certificate",
                "verbose_name_plural": "wage certificates",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("company", "id"), name="certificate_of_company"
                    ),
                    models.UniqueConstraint(
                        fields=("company", "year", "employee", "nth", "version"),
                        name="certificate_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("nth__gt", 0), ("version__gt", 0)),
                        name="certificate_counted",
                    ),
                ],
            },
            managers=[
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        protect("payroll_declarationsettings"),
        protect(
            "payroll_certificatenotes",
            references=[
                ("employee_id", "payroll_employee", "certificatenotes_employee_of_same_client")
            ],
        ),
        protect(
            "payroll_issuedcertificate",
            references=[
                ("employee_id", "payroll_employee", "issuedcertificate_employee_of_same_client")
            ],
        ),
        migrations.RunSQL(
            Path(__file__).with_suffix(".sql").read_text(encoding="utf-8"), migrations.RunSQL.noop
        ),
    ]
