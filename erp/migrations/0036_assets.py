"""Fixed assets are a module of their own."""

import django.contrib.postgres.fields
from django.db import migrations, models

import erp.companies.models


class Migration(migrations.Migration):
    dependencies = [("erp", "0035_favourites")]

    operations = [
        migrations.AlterField(
            model_name="company",
            name="modules",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(
                    choices=[
                        ("ledger", "Ledger"),
                        ("banking", "Banking"),
                        ("vat", "VAT"),
                        ("costs", "Cost accounting"),
                        ("receivables", "Debtors"),
                        ("payables", "Creditors"),
                        ("payroll", "Payroll"),
                        ("hours", "Projects and hours"),
                        ("expenses", "Expenses"),
                        ("assets", "Fixed assets"),
                    ],
                    max_length=12,
                ),
                blank=True,
                default=erp.companies.models.modules_at_first,
                size=None,
            ),
        ),
    ]
