"""Settlements of withholding tax with the cantons, which stay as they were."""

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
        ("accounting", "0013_vat_returns"),
        ("erp", "0016_own_fields"),
        ("payroll", "0013_slips_at_once"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="TaxSettlement",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("seal_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("canton", models.CharField(max_length=2, verbose_name="canton")),
                ("year", models.PositiveSmallIntegerField(verbose_name="year")),
                ("first", models.DateField(verbose_name="first month")),
                ("last", models.DateField(verbose_name="last month")),
                ("people", models.PositiveIntegerField(verbose_name="people")),
                ("tax", models.DecimalField(decimal_places=2, max_digits=15, verbose_name="tax")),
                (
                    "how",
                    models.CharField(
                        choices=[
                            ("PEL", "electronically"),
                            ("PPA", "on paper"),
                            ("PSP", "by special agreement"),
                        ],
                        max_length=3,
                        verbose_name="settled",
                    ),
                ),
                (
                    "percent",
                    models.DecimalField(
                        decimal_places=3, max_digits=6, verbose_name="commission, percent"
                    ),
                ),
                (
                    "commission",
                    models.DecimalField(decimal_places=2, max_digits=15, verbose_name="commission"),
                ),
                ("date", models.DateField(verbose_name="booking date")),
                ("due_date", models.DateField(verbose_name="due")),
                (
                    "reference",
                    models.CharField(
                        blank=True, max_length=35, verbose_name="reference of the payment slip"
                    ),
                ),
                ("content", erp.core.sealed.SealedField()),
                ("settled_at", models.DateTimeField(verbose_name="settled at")),
                ("cancelled_at", models.DateTimeField(null=True, verbose_name="undone at")),
                ("reason", models.CharField(blank=True, max_length=200, verbose_name="reason")),
                (
                    "cancelled_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
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
                    "entry",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounting.journalentry",
                        verbose_name="journal entry",
                    ),
                ),
                (
                    "institution",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="payroll.institution",
                        verbose_name="tax office",
                    ),
                ),
                (
                    "settled_by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "withholding-tax settlement",
                "verbose_name_plural": "withholding-tax settlements",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("company", "id"), name="tax_settlement_of_company"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("first__lte", models.F("last"))),
                        name="tax_settlement_from_to",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("commission", 0), ("entry", None), ("tax", 0)),
                            ("entry__isnull", False),
                            _connector="OR",
                        ),
                        name="tax_settlement_booked_where_there_is_tax",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("cancelled_at", None), ("cancelled_by", None)),
                            models.Q(
                                ("cancelled_at__isnull", False), ("cancelled_by__isnull", False)
                            ),
                            _connector="OR",
                        ),
                        name="tax_settlement_undone_by_somebody",
                    ),
                ],
            },
            managers=[
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="SettledRun",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("canton", models.CharField(max_length=2, verbose_name="canton")),
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
                    "run",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="payroll.payrollrun",
                    ),
                ),
                (
                    "settlement",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="runs",
                        to="payroll.taxsettlement",
                    ),
                ),
            ],
            options={
                "verbose_name": "settled run",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("company", "canton", "run"), name="run_settled_once_a_canton"
                    ),
                ],
            },
            managers=[
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        protect(
            "payroll_taxsettlement",
            references=[
                ("institution_id", "payroll_institution", "taxsettlement_office_of_same_client"),
                ("entry_id", "accounting_journalentry", "taxsettlement_entry_of_same_client"),
            ],
        ),
        protect(
            "payroll_settledrun",
            references=[
                ("settlement_id", "payroll_taxsettlement", "settledrun_settlement_of_same_client"),
                ("run_id", "payroll_payrollrun", "settledrun_run_of_same_client"),
            ],
        ),
        migrations.RunSQL(
            Path(__file__).with_suffix(".sql").read_text(encoding="utf-8"), migrations.RunSQL.noop
        ),
    ]
