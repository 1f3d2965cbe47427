"""Pages that people keep at hand in a company."""

import django.db.models.deletion
import django.db.models.manager
from django.conf import settings
from django.db import migrations, models

from erp.core.tenancy import key_by_company, protect


class Migration(migrations.Migration):
    dependencies = [("erp", "0034_questions_followed")]

    operations = [
        migrations.CreateModel(
            name="Favourite",
            fields=[
                ("id", models.BigAutoField(
                    auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                )),
                ("name", models.CharField(max_length=60, verbose_name="name")),
                ("address", models.CharField(max_length=1000, verbose_name="page")),
                ("is_shared", models.BooleanField(default=False, verbose_name="for all")),
                ("position", models.PositiveSmallIntegerField(default=0, verbose_name="position")),
                ("company", models.ForeignKey(
                    db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+",
                    to="erp.company", verbose_name="client",
                )),
                ("user", models.ForeignKey(
                    db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+",
                    to=settings.AUTH_USER_MODEL,
                )),
            ],
            managers=[("unscoped", django.db.models.manager.Manager())],
            options={
                "verbose_name": "favourite",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("company", "user", "address"), name="favourite_of_a_page_once"
                    ),
                ],
            },
        ),
        protect("erp_favourite", grants=("SELECT", "INSERT", "UPDATE", "DELETE")),
        key_by_company("erp_favourite"),
    ]  # fmt: skip
