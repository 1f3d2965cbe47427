"""Fixed assets: categories with rules, assets, their movements, and runs of depreciation."""

from decimal import Decimal
from pathlib import Path

import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
import django.db.models.manager
from django.conf import settings
from django.db import migrations, models

import accounting.ledger.models.years
from erp.core.tenancy import key_by_company, protect

TABLES = [
    "accounting_assetcategory", "accounting_assetrule", "accounting_asset",
    "accounting_depreciationrun", "accounting_assetmovement",
]  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [
        ("accounting", "0020_closing"),
        ("erp", "0036_assets"),
    ]

    operations = [
        migrations.AlterField(
            model_name="journalentry",
            name="source",
            field=models.CharField(
                choices=[
                    ("manual", "typed"),
                    ("import", "journal import"),
                    ("bank", "bank statement"),
                    ("recurring", "recurring entry"),
                    ("items", "open items"),
                    ("cash", "cash book"),
                    ("vat", "VAT return"),
                    ("payroll", "payroll run"),
                    ("assets", "fixed assets"),
                    ("valuation", "currency valuation"),
                ],
                default="manual",
                max_length=9,
                verbose_name="source",
            ),
        ),
        migrations.CreateModel(
            name="AssetCategory",
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
                ("code", models.CharField(max_length=10, verbose_name="code")),
                (
                    "account",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounting.account",
                        verbose_name="asset account",
                    ),
                ),
                (
                    "contra",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounting.account",
                        verbose_name="account of accumulated depreciation",
                    ),
                ),
                (
                    "expense",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounting.account",
                        verbose_name="depreciation account",
                    ),
                ),
                (
                    "gain",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounting.account",
                        verbose_name="account of gains on disposal",
                    ),
                ),
                (
                    "loss",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounting.account",
                        verbose_name="account of losses on disposal",
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
            ],
            options={
                "verbose_name": "asset category",
                "constraints": [
                    models.UniqueConstraint(fields=("company", "code"), name="asset_category_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("contra", None),
                            models.Q(("contra", models.F("account")), _negated=True),
                            _connector="OR",
                        ),
                        name="asset_category_contra_is_another",
                    ),
                ],
            },
            managers=[
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="AssetRule",
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
                    "category",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="rules",
                        to="accounting.assetcategory",
                    ),
                ),
                ("valid_from", models.DateField(verbose_name="valid from")),
                (
                    "method",
                    models.CharField(
                        choices=[
                            ("declining", "declining, on book value"),
                            ("linear", "straight-line, on cost"),
                            ("immediate", "at once"),
                            ("manual", "by hand"),
                        ],
                        default="declining",
                        max_length=9,
                        verbose_name="method",
                    ),
                ),
                (
                    "rate",
                    models.DecimalField(
                        decimal_places=2,
                        default=Decimal("0"),
                        max_digits=5,
                        verbose_name="rate in percent",
                    ),
                ),
                (
                    "life_months",
                    models.PositiveSmallIntegerField(
                        blank=True, null=True, verbose_name="useful life in months"
                    ),
                ),
                (
                    "pro_rata",
                    models.BooleanField(default=True, verbose_name="first year by months"),
                ),
                (
                    "residual",
                    models.DecimalField(
                        decimal_places=2,
                        default=Decimal("1.00"),
                        max_digits=15,
                        verbose_name="residual value",
                    ),
                ),
                ("ceiling", models.CharField(blank=True, max_length=40, verbose_name="tax class")),
            ],
            options={
                "verbose_name": "rule of depreciation",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("company", "category", "valid_from"), name="asset_rule_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("rate__gte", 0), ("rate__lte", 100), ("residual__gte", 0)
                        ),
                        name="asset_rule_possible",
                    ),
                ],
            },
            managers=[
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="Asset",
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
                ("number", models.CharField(max_length=20, verbose_name="number")),
                ("name", models.CharField(max_length=120, verbose_name="name")),
                (
                    "category",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounting.assetcategory",
                        verbose_name="category",
                    ),
                ),
                (
                    "cost_centre",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounting.costcentre",
                        verbose_name="cost centre",
                    ),
                ),
                (
                    "cost_object",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounting.costobject",
                        verbose_name="cost object",
                    ),
                ),
                ("acquired_on", models.DateField(verbose_name="acquired on")),
                ("in_service_on", models.DateField(verbose_name="in service from")),
                (
                    "serial_number",
                    models.CharField(blank=True, max_length=60, verbose_name="serial number"),
                ),
                ("location", models.CharField(blank=True, max_length=80, verbose_name="location")),
                ("notes", models.TextField(blank=True, max_length=2000, verbose_name="notes")),
                ("voucher", models.CharField(blank=True, max_length=40, verbose_name="voucher")),
                (
                    "method",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("declining", "declining, on book value"),
                            ("linear", "straight-line, on cost"),
                            ("immediate", "at once"),
                            ("manual", "by hand"),
                        ],
                        max_length=9,
                        verbose_name="method",
                    ),
                ),
                (
                    "rate",
                    models.DecimalField(
                        blank=True,
                        decimal_places=2,
                        max_digits=5,
                        null=True,
                        verbose_name="rate in percent",
                    ),
                ),
                (
                    "life_months",
                    models.PositiveSmallIntegerField(
                        blank=True, null=True, verbose_name="useful life in months"
                    ),
                ),
                (
                    "residual",
                    models.DecimalField(
                        decimal_places=2,
                        default=Decimal("1.00"),
                        max_digits=15,
                        verbose_name="residual value",
                    ),
                ),
                (
                    "disposed_on",
                    models.DateField(blank=True, null=True, verbose_name="disposed of on"),
                ),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
            ],
            options={
                "verbose_name": "asset",
                "indexes": [models.Index(fields=["company", "category"], name="asset_of_category")],
                "constraints": [
                    models.UniqueConstraint(fields=("company", "number"), name="asset_number_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("in_service_on__gte", models.F("acquired_on")),
                            ("residual__gte", 0),
                            models.Q(
                                ("rate", None),
                                models.Q(("rate__gte", 0), ("rate__lte", 100)),
                                _connector="OR",
                            ),
                        ),
                        name="asset_possible",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("disposed_on", None),
                            ("disposed_on__gte", models.F("in_service_on")),
                            _connector="OR",
                        ),
                        name="asset_disposed_after_service",
                    ),
                ],
            },
            managers=[
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="DepreciationRun",
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
                    "fiscal_year",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounting.fiscalyear",
                        verbose_name="fiscal year",
                    ),
                ),
                ("start", models.DateField(verbose_name="from")),
                ("end", models.DateField(verbose_name="until")),
                ("count", models.PositiveIntegerField(verbose_name="assets")),
                (
                    "total",
                    models.DecimalField(
                        decimal_places=2, max_digits=15, verbose_name="depreciation"
                    ),
                ),
                (
                    "entry",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounting.journalentry",
                        verbose_name="journal entry",
                    ),
                ),
                (
                    "reversal",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounting.journalentry",
                        verbose_name="reversed by",
                    ),
                ),
                ("created_at", models.DateTimeField(verbose_name="written at")),
                (
                    "created_by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="written by",
                    ),
                ),
            ],
            options={
                "verbose_name": "depreciation run",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("end__gte", models.F("start"))),
                        name="asset_run_ends_later",
                    ),
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        condition=models.Q(("reversal", None)),
                        expressions=[
                            ("company", "="),
                            (
                                accounting.ledger.models.years.DateRange(
                                    "start",
                                    "end",
                                    django.contrib.postgres.fields.ranges.RangeBoundary(True, True),
                                ),
                                "&&",
                            ),
                        ],
                        name="asset_runs_do_not_overlap",
                    ),
                ],
            },
            managers=[
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="AssetMovement",
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
                    "asset",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="movements",
                        to="accounting.asset",
                    ),
                ),
                (
                    "category",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounting.assetcategory",
                        verbose_name="category",
                    ),
                ),
                ("date", models.DateField(verbose_name="date")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("opening", "taken over"),
                            ("purchase", "addition"),
                            ("depreciation", "depreciation"),
                            ("write_down", "impairment"),
                            ("write_up", "write-up"),
                            ("transfer", "transfer"),
                            ("disposal", "disposal"),
                        ],
                        max_length=12,
                        verbose_name="kind",
                    ),
                ),
                (
                    "cost",
                    models.DecimalField(
                        decimal_places=2, default=Decimal("0"), max_digits=15, verbose_name="cost"
                    ),
                ),
                (
                    "depreciation",
                    models.DecimalField(
                        decimal_places=2,
                        default=Decimal("0"),
                        max_digits=15,
                        verbose_name="accumulated depreciation",
                    ),
                ),
                (
                    "entry",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounting.journalentry",
                        verbose_name="journal entry",
                    ),
                ),
                ("position", models.PositiveIntegerField(blank=True, null=True)),
                (
                    "proceeds_entry",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounting.journalentry",
                        verbose_name="proceeds",
                    ),
                ),
                ("proceeds_position", models.PositiveIntegerField(blank=True, null=True)),
                (
                    "run",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounting.depreciationrun",
                        verbose_name="depreciation run",
                    ),
                ),
                (
                    "undoes",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounting.assetmovement",
                        verbose_name="undoes",
                    ),
                ),
                ("told", models.JSONField(blank=True, default=dict, verbose_name="how it came")),
                ("text", models.CharField(blank=True, max_length=200, verbose_name="text")),
            ],
            options={
                "verbose_name": "asset movement",
                "indexes": [
                    models.Index(
                        fields=["company", "asset", "date"], name="asset_movement_of_asset"
                    ),
                    models.Index(
                        condition=models.Q(("entry__isnull", False)),
                        fields=["company", "entry"],
                        name="asset_movement_of_entry",
                    ),
                    models.Index(
                        condition=models.Q(("proceeds_entry__isnull", False)),
                        fields=["company", "proceeds_entry"],
                        name="asset_movement_of_proceeds",
                    ),
                    models.Index(
                        condition=models.Q(("run__isnull", False)),
                        fields=["company", "run"],
                        name="asset_movement_of_run",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("company", "undoes"), name="asset_movement_undone_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("entry", None), ("kind", "opening")),
                            ("kind__in", ["disposal", "transfer"]),
                            models.Q(
                                ("entry__isnull", False),
                                models.Q(("kind", "opening"), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="asset_movement_is_in_the_ledger",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "purchase"), ("position__isnull", False)),
                            models.Q(
                                models.Q(("kind", "purchase"), _negated=True), ("position", None)
                            ),
                            _connector="OR",
                        ),
                        name="asset_movement_names_its_line",
                    ),
                ],
            },
            managers=[
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        key_by_company(*TABLES),
        protect(
            "accounting_assetcategory",
            references=[
                ("account_id", "accounting_account", "asset_category_account_same_client"),
                ("contra_id", "accounting_account", "asset_category_contra_same_client"),
                ("expense_id", "accounting_account", "asset_category_expense_same_client"),
                ("gain_id", "accounting_account", "asset_category_gain_same_client"),
                ("loss_id", "accounting_account", "asset_category_loss_same_client"),
            ],
        ),
        protect(
            "accounting_assetrule",
            references=[
                ("category_id", "accounting_assetcategory", "asset_rule_category_same_client")
            ],
        ),
        protect(
            "accounting_asset",
            references=[
                ("category_id", "accounting_assetcategory", "asset_category_same_client"),
                ("cost_centre_id", "accounting_costcentre", "asset_cost_centre_same_client"),
                ("cost_object_id", "accounting_costobject", "asset_cost_object_same_client"),
            ],
        ),
        protect(
            "accounting_depreciationrun",
            references=[
                ("fiscal_year_id", "accounting_fiscalyear", "asset_run_year_same_client"),
                ("entry_id", "accounting_journalentry", "asset_run_entry_same_client"),
                ("reversal_id", "accounting_journalentry", "asset_run_reversal_same_client"),
            ],
        ),
        protect(
            "accounting_assetmovement",
            grants=("SELECT", "INSERT", "DELETE"),
            references=[
                ("asset_id", "accounting_asset", "asset_movement_asset_same_client"),
                ("category_id", "accounting_assetcategory", "asset_movement_category_same_client"),
                ("entry_id", "accounting_journalentry", "asset_movement_entry_same_client"),
                (
                    "proceeds_entry_id",
                    "accounting_journalentry",
                    "asset_movement_proceeds_same_client",
                ),
                ("run_id", "accounting_depreciationrun", "asset_movement_run_same_client"),
            ],
        ),
        migrations.RunSQL(
            "ALTER TABLE accounting_assetmovement ADD CONSTRAINT asset_movement_undoes_same_client"
            " FOREIGN KEY (company_id, undoes_id) REFERENCES accounting_assetmovement (company_id, id)"
            " DEFERRABLE INITIALLY IMMEDIATE",
            migrations.RunSQL.noop,
        ),
        migrations.RunSQL(
            [Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")],
            migrations.RunSQL.noop,
        ),
    ]
