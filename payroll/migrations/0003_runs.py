"""Runs are numbered when they are posted, and then frozen; payment orders of wages."""

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
        ("payroll", "0002_client_borders"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="WageOrder",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("seal_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("date", models.DateField(verbose_name="day of execution")),
                ("message", models.CharField(max_length=35)),
                ("block", models.CharField(max_length=35)),
                ("count", models.PositiveIntegerField(verbose_name="payments")),
                (
                    "total",
                    models.DecimalField(decimal_places=2, max_digits=15, verbose_name="total"),
                ),
                ("file", erp.core.sealed.SealedField()),
                ("digest", models.CharField(max_length=64)),
                ("made_at", models.DateTimeField(verbose_name="made at")),
                ("booked_on", models.DateField(null=True)),
            ],
            options={
                "verbose_name": "wage order",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("count__gt", 0), ("total__gt", 0)),
                        name="wage_order_pays_something",
                    ),
                ],
            },
            managers=[
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.AddField(
            model_name="payrollrun",
            name="cancelled_at",
            field=models.DateTimeField(null=True, verbose_name="cancelled at"),
        ),
        migrations.AddField(
            model_name="payrollrun",
            name="cancelled_by",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="payrollrun",
            name="calculated_by",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="payrollrun",
            name="is_stale",
            field=models.BooleanField(
                default=False, verbose_name="changed since it was calculated"
            ),
        ),
        migrations.AddField(
            model_name="payrollrun",
            name="reason",
            field=models.CharField(blank=True, max_length=200, verbose_name="reason"),
        ),
        migrations.AddField(
            model_name="payrollrun",
            name="parts_left",
            field=models.PositiveSmallIntegerField(default=0, editable=False),
        ),
        migrations.AddField(
            model_name="payrollrun",
            name="turn",
            field=models.PositiveIntegerField(default=0, editable=False),
        ),
        migrations.AddField(
            model_name="payrollrun",
            name="waiver",
            field=models.CharField(blank=True, editable=False, max_length=8),
        ),
        migrations.AlterField(
            model_name="payrollrun",
            name="number",
            field=models.PositiveIntegerField(null=True, verbose_name="number"),
        ),
        migrations.AddConstraint(
            model_name="payrollrun",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("entry", None), ("number", None)),
                    models.Q(("entry__isnull", False), ("number__gt", 0)),
                    _connector="OR",
                ),
                name="payroll_run_numbered_when_posted",
            ),
        ),
        migrations.AddField(
            model_name="wageorder",
            name="bank_account",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounting.bankaccount",
                verbose_name="bank account",
            ),
        ),
        migrations.AddField(
            model_name="wageorder",
            name="booked_entry",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounting.journalentry",
            ),
        ),
        migrations.AddField(
            model_name="wageorder",
            name="company",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="erp.company",
                verbose_name="client",
            ),
        ),
        migrations.AddField(
            model_name="wageorder",
            name="made_by",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="wageorder",
            name="run",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="orders",
                to="payroll.payrollrun",
            ),
        ),
        migrations.AddConstraint(
            model_name="wageorder",
            constraint=models.UniqueConstraint(
                fields=("company", "id"), name="wage_order_of_company"
            ),
        ),
        migrations.AddConstraint(
            model_name="wageorder",
            constraint=models.UniqueConstraint(
                fields=("company", "block"), name="wage_order_block_once"
            ),
        ),
        protect(
            "payroll_wageorder",
            references=[
                ("run_id", "payroll_payrollrun", "wageorder_run_of_same_client"),
                ("bank_account_id", "accounting_bankaccount", "wageorder_bank_of_same_client"),
                ("booked_entry_id", "accounting_journalentry", "wageorder_entry_of_same_client"),
            ],
        ),
        migrations.RunSQL(
            Path(__file__).with_suffix(".sql").read_text(encoding="utf-8"), migrations.RunSQL.noop
        ),
    ]
