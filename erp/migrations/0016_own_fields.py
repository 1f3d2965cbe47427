"""Fields that a company gives its records itself."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

from erp.core.tenancy import protect


class Migration(migrations.Migration):
    dependencies = [
        ("erp", "0015_mails"),
    ]

    operations = [
        migrations.CreateModel(
            name="OwnField",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "name_de",
                    models.CharField(blank=True, max_length=160, verbose_name="name (German)"),
                ),
                (
                    "name_fr",
                    models.CharField(blank=True, max_length=160, verbose_name="name (French)"),
                ),
                (
                    "name_it",
                    models.CharField(blank=True, max_length=160, verbose_name="name (Italian)"),
                ),
                (
                    "name_en",
                    models.CharField(blank=True, max_length=160, verbose_name="name (English)"),
                ),
                ("subject", models.CharField(max_length=20, verbose_name="of")),
                ("code", models.CharField(max_length=20, verbose_name="code")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("text", "text"),
                            ("number", "number"),
                            ("date", "date"),
                            ("choice", "choice"),
                            ("flag", "yes or no"),
                        ],
                        max_length=6,
                        verbose_name="kind",
                    ),
                ),
                (
                    "choices",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=60),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="choices",
                    ),
                ),
                ("position", models.PositiveSmallIntegerField(default=0, verbose_name="position")),
                ("printed", models.BooleanField(default=False, verbose_name="printed")),
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
                "verbose_name": "own field",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("company", "subject", "code"), name="own_field_once"
                    )
                ],
            },
            managers=[("unscoped", django.db.models.manager.Manager())],
        ),
        protect("erp_ownfield"),
    ]
