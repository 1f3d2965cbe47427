"""Returns carry what is open when method and basis change together; instalments of yearly returns."""

import django.db.models.deletion
import django.db.models.manager
from django.db import migrations, models

from erp.core.tenancy import protect


class Migration(migrations.Migration):
    dependencies = [
        ("accounting", "0013_vat_returns"),
        ("erp", "0016_own_fields"),
        ("vat", "0005_returns"),
    ]

    operations = [
        migrations.AddField(
            model_name="vatreturn",
            name="carried_place",
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="vatreturn",
            name="next_basis",
            field=models.CharField(
                blank=True,
                choices=[
                    ("agreed", "agreed consideration"),
                    ("received", "received consideration"),
                ],
                max_length=8,
            ),
        ),
        migrations.CreateModel(
            name="VatInstalment",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("start", models.DateField(verbose_name="first day of the year")),
                ("nth", models.PositiveSmallIntegerField(verbose_name="instalment")),
                (
                    "amount",
                    models.DecimalField(decimal_places=2, max_digits=15, verbose_name="amount"),
                ),
                ("due_date", models.DateField(verbose_name="due")),
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
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounting.journalentry",
                        verbose_name="entry",
                    ),
                ),
            ],
            options={
                "verbose_name": "VAT instalment",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("company", "start", "nth"), name="vat_instalment_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("amount__gt", 0)), name="vat_instalment_owes"
                    ),
                ],
            },
            managers=[
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        protect(
            "vat_vatinstalment",
            grants=("SELECT", "INSERT", "DELETE"),
            references=[
                ("entry_id", "accounting_journalentry", "vat_instalment_entry_same_client")
            ],
        ),
    ]
