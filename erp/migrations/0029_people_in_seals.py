"""Numbers in seals of one company never mean two people, whoever came along with its books."""

from pathlib import Path

import django.db.models.deletion
from django.db import migrations, models

SQL = Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")


class Migration(migrations.Migration):
    dependencies = [("erp", "0028_keys_by_company")]

    operations = [
        migrations.AddField(
            "company", "people_above", models.BigIntegerField(default=0, editable=False)
        ),
        migrations.AddField(
            "user",
            "came_with",
            models.ForeignKey(
                db_index=False,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="erp.company",
            ),
        ),
        migrations.AddConstraint(
            "user",
            models.UniqueConstraint(fields=["came_with", "sealed_as"], name="user_sealed_once"),
        ),
        migrations.AddConstraint(
            "user",
            models.CheckConstraint(
                condition=models.Q(came_with=None, sealed_as=None)
                | models.Q(came_with__isnull=False, sealed_as__gte=0),
                name="user_sealed_with_a_company",
            ),
        ),
        migrations.RunSQL([SQL], migrations.RunSQL.noop),
    ]
