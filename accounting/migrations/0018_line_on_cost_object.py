"""Lines of a cost object are found without reading all lines of a company."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("accounting", "0017_payments_by_date")]

    operations = [
        migrations.AddIndex(
            "entryline",
            models.Index(
                fields=["company", "cost_object", "date"], name="line_on_cost_object",
                condition=Q(cost_object__isnull=False),
            ),
        ),
    ]  # fmt: skip
