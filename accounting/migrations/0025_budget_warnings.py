"""By how much the books may depart from a budget without a warning."""

from decimal import Decimal

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounting", "0024_accruals_of_entries")]

    operations = [
        migrations.AddField(
            model_name="budget",
            name="warn_percent",
            field=models.DecimalField(
                decimal_places=2, default=Decimal(10), max_digits=6,
                verbose_name="warns beyond, in percent",
            ),
        ),
        migrations.AddConstraint(
            model_name="budget",
            constraint=models.CheckConstraint(
                condition=models.Q(("warn_percent__range", (0, 1000))),
                name="budget_warn_percent",
            ),
        ),
    ]  # fmt: skip
