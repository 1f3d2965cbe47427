"""The fiduciary's cockpit: figures that are kept, and who answers for a client."""

import django.db.models.deletion
import django.db.models.manager
from django.conf import settings
from django.db import migrations, models

from erp.access.firms.fencing import fence
from erp.core.tenancy import protect


class Migration(migrations.Migration):
    dependencies = [
        ("erp", "0020_webhooks"),
    ]

    operations = [
        migrations.CreateModel(
            name="MandateFigures",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("as_of", models.DateTimeField(verbose_name="as of")),
                ("missing_vouchers", models.PositiveIntegerField(verbose_name="missing vouchers")),
                (
                    "bank_differences",
                    models.PositiveIntegerField(verbose_name="bank accounts that differ"),
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
                "verbose_name": "figures for the cockpit",
                "constraints": [
                    models.UniqueConstraint(fields=("company",), name="mandate_figures_once")
                ],
            },
            managers=[
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="MandateSetting",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
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
                (
                    "firm",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="erp.firm",
                    ),
                ),
                (
                    "responsible",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="responsible",
                    ),
                ),
            ],
            options={
                "verbose_name": "settings of the mandate",
                "constraints": [
                    models.UniqueConstraint(fields=("firm", "company"), name="mandate_setting_once")
                ],
            },
            managers=[
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        protect("erp_mandatefigures", grants=["SELECT", "INSERT", "UPDATE"]),
        fence("erp_mandatesetting", of_client=True),
    ]
