"""How a company's papers look."""

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.manager
from django.db import migrations, models

import erp.layouts.models
from erp.core.tenancy import key_by_company, protect


class Migration(migrations.Migration):
    dependencies = [("erp", "0036_assets")]

    operations = [
        migrations.CreateModel(
            name="Layout",
            fields=[
                ("id", models.BigAutoField(
                    auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                )),
                ("kind", models.CharField(
                    choices=[
                        ("default", "All papers"), ("offer", "Offer"),
                        ("order", "Order confirmation"), ("invoice", "Invoice"),
                        ("credit_note", "Credit note"),
                        ("letter", "Dunning letters and account statements"),
                        ("annual", "Annual accounts"),
                    ],
                    max_length=11, verbose_name="kind",
                )),
                ("accent", models.CharField(
                    default="#111111", max_length=7, verbose_name="colour of headings"
                )),
                ("font", models.CharField(
                    choices=[("sans", "Liberation Sans"), ("serif", "Liberation Serif")],
                    default="sans", max_length=5, verbose_name="font",
                )),
                ("size", models.CharField(
                    choices=[("small", "small"), ("normal", "normal"), ("large", "large")],
                    default="normal", max_length=6, verbose_name="size of letters",
                )),
                ("logo_place", models.CharField(
                    choices=[("left", "left"), ("right", "right")], default="left", max_length=5,
                    verbose_name="place of the logo",
                )),
                ("logo_width", models.PositiveSmallIntegerField(
                    default=80, verbose_name="width of the logo in mm, at most"
                )),
                ("columns", django.contrib.postgres.fields.ArrayField(
                    base_field=models.CharField(
                        choices=[
                            ("position", "Position"), ("quantity", "Quantity"), ("unit", "Unit"),
                            ("price", "Price"), ("discount", "Discount"),
                            ("vat_rate", "VAT rate on every line"),
                        ],
                        max_length=8,
                    ),
                    blank=True, default=erp.layouts.models.usual_columns, size=None,
                    verbose_name="columns",
                )),
                ("sender_line", models.BooleanField(
                    default=True, verbose_name="sender above the address"
                )),
                ("letterhead", models.BooleanField(
                    default=False, verbose_name="printed on letterhead paper"
                )),
                ("lines", models.CharField(
                    choices=[("ruled", "lines"), ("zebra", "shaded rows"), ("plain", "nothing")],
                    default="ruled", max_length=5, verbose_name="rows are told apart by",
                )),
                ("company", models.ForeignKey(
                    db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+",
                    to="erp.company", verbose_name="client",
                )),
            ],
            managers=[("unscoped", django.db.models.manager.Manager())],
            options={
                "verbose_name": "layout",
                "constraints": [
                    models.UniqueConstraint(fields=("company", "kind"), name="layout_once"),
                    models.CheckConstraint(
                        condition=models.Q(("accent__regex", "^#[0-9a-f]{6}$")),
                        name="layout_accent_is_a_colour",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("logo_width__range", (15, 80))),
                        name="layout_logo_width",
                    ),
                ],
            },
        ),
        protect("erp_layout", grants=("SELECT", "INSERT", "UPDATE", "DELETE")),
        key_by_company("erp_layout"),
    ]  # fmt: skip
