"""The journal of payments is read page by page in the order of execution dates."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounting", "0016_keys_by_company")]

    operations = [
        migrations.AddIndex(
            "runpayment",
            models.Index(fields=["company", "date", "run", "position"], name="run_payment_by_date"),
        )
    ]
