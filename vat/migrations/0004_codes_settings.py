"""Boxes of rates, codes of the company's own with a deductible share, VAT groups, accounts of activities."""

import csv
import datetime as dt
from decimal import Decimal
from pathlib import Path

import django.db.models.deletion
import django.db.models.manager
from django.db import migrations, models

from erp.core.tenancy import protect

RATES = Path(__file__).resolve().parent.parent / "codes" / "data" / "rates.csv"


def name_boxes(apps, schema_editor):
    """The boxes of the rates that are there already."""
    rates = apps.get_model("vat", "VatRate").objects.using(schema_editor.connection.alias)
    with RATES.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            first = dt.date.fromisoformat(row["valid_from"])
            rates.filter(rate_class=row["rate_class"], valid_from=first).update(
                output_box=row["output_box"], acquisition_box=row["acquisition_box"]
            )


class Migration(migrations.Migration):
    dependencies = [
        ("accounting", "0012_payables"),
        ("erp", "0016_own_fields"),
        ("vat", "0003_rate_method"),
    ]

    operations = [
        migrations.AddField(
            model_name="vatrate",
            name="output_box",
            field=models.CharField(blank=True, max_length=4),
        ),
        migrations.AddField(
            model_name="vatrate",
            name="acquisition_box",
            field=models.CharField(blank=True, max_length=4),
        ),
        migrations.RunPython(name_boxes, migrations.RunPython.noop),
        migrations.AddField(
            model_name="vatcode",
            name="catalogue_code",
            field=models.CharField(default="", max_length=6, verbose_name="behaves as"),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="vatcode",
            name="deductible_percent",
            field=models.DecimalField(
                decimal_places=2,
                default=Decimal("100.00"),
                max_digits=5,
                verbose_name="deductible share",
            ),
        ),
        migrations.AddConstraint(
            model_name="vatcode",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("deductible_percent", Decimal("100.00")),
                    models.Q(
                        ("deductible_percent__gte", 0),
                        ("deductible_percent__lte", Decimal("100.00")),
                        ("kind__in", ("input", "import", "acquisition")),
                    ),
                    _connector="OR",
                ),
                name="vat_code_deducts_a_share",
            ),
        ),
        migrations.AddField(
            model_name="vatsettings",
            name="group_uid",
            field=models.CharField(blank=True, max_length=12, verbose_name="UID of the VAT group"),
        ),
        migrations.AddField(
            model_name="vatsettings",
            name="round_down",
            field=models.BooleanField(default=False, verbose_name="round down to 0.05"),
        ),
        migrations.CreateModel(
            name="ActivityAccount",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("activity_code", models.CharField(max_length=5, verbose_name="activity code")),
                (
                    "account",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounting.account",
                        verbose_name="account",
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
            options={
                "verbose_name": "account of an activity",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("company", "account"), name="vat_activity_account_once"
                    ),
                ],
            },
            managers=[
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        protect(
            "vat_activityaccount",
            references=[
                ("account_id", "accounting_account", "activity_account_of_same_client"),
            ],
        ),
        migrations.RunSQL(
            Path(__file__).with_suffix(".sql").read_text(encoding="utf-8"), migrations.RunSQL.noop
        ),
    ]
