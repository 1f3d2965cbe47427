"""Originals of fixed assets: purchase papers and photos."""

import django.db.models.deletion
import django.db.models.manager
from django.conf import settings
from django.db import migrations, models

from erp.core.tenancy import key_by_company, protect


class Migration(migrations.Migration):
    dependencies = [
        ("accounting", "0022_left_out"),
        ("erp", "0036_assets"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="AssetVoucher",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("added_at", models.DateTimeField(verbose_name="added at")),
                (
                    "added_by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="added by",
                    ),
                ),
                (
                    "asset",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="vouchers",
                        to="accounting.asset",
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
                    "file",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="erp.storedfile",
                        verbose_name="file",
                    ),
                ),
            ],
            options={
                "verbose_name": "voucher of an asset",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("company", "asset", "file"), name="asset_voucher_once"
                    )
                ],
            },
            managers=[
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        key_by_company("accounting_assetvoucher"),
        protect(
            "accounting_assetvoucher",
            grants=("SELECT", "INSERT", "DELETE"),
            references=[
                ("asset_id", "accounting_asset", "asset_voucher_asset_same_client"),
                ("file_id", "erp_storedfile", "asset_voucher_file_same_client"),
            ],
        ),
    ]
