"""Accruals name the entry that a part of is accrued."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounting", "0023_asset_vouchers"),
    ]

    operations = [
        migrations.AddField(
            model_name="yearaccrual",
            name="origin",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounting.journalentry",
                verbose_name="accrued entry",
            ),
        ),
        migrations.AddIndex(
            model_name="yearaccrual",
            index=models.Index(
                condition=models.Q(("origin__isnull", False)),
                fields=["company", "origin"],
                name="year_accrual_of_origin",
            ),
        ),
        migrations.RunSQL(
            "ALTER TABLE accounting_yearaccrual ADD CONSTRAINT year_accrual_origin_same_client"
            " FOREIGN KEY (company_id, origin_id) REFERENCES accounting_journalentry (company_id, id)"
            " DEFERRABLE INITIALLY IMMEDIATE",
            migrations.RunSQL.noop,
        ),
    ]
