"""What the guided set-up of a company still asks for."""

import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("erp", "0038_work_waiting")]

    operations = [
        migrations.AddField(
            model_name="company",
            name="setup_steps",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(
                    choices=[
                        ("company", "Company and fiscal year"),
                        ("vat", "VAT"),
                        ("bank", "Bank accounts"),
                        ("layout", "Logo and layout"),
                        ("payroll", "Payroll"),
                        ("people", "People and fiduciary"),
                        ("opening", "Opening balances"),
                    ],
                    max_length=8,
                ),
                blank=True,
                default=list,
                size=None,
                verbose_name="steps of the set-up",
            ),
        ),
    ]
