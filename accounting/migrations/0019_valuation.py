"""The source of documents' rates, and what is held and owed in foreign currencies valued."""

import django.db.models.deletion
import django.db.models.manager
from django.conf import settings
from django.db import migrations, models

from erp.core.tenancy import key_by_company, protect


class Migration(migrations.Migration):
    dependencies = [
        ("accounting", "0018_line_on_cost_object"),
        ("erp", "0034_questions_followed"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="salesdocument",
            name="rate_date",
            field=models.DateField(blank=True, null=True, verbose_name="rate published on"),
        ),
        migrations.AddField(
            model_name="salesdocument",
            name="rate_source",
            field=models.CharField(
                blank=True,
                choices=[
                    ("bazg-daily", "BAZG, daily selling rate"),
                    ("bazg-monthly", "BAZG, monthly mean"),
                    ("ecb", "ECB, mid rate (for information)"),
                ],
                max_length=12,
                verbose_name="source of the rate",
            ),
        ),
        migrations.AddField(
            model_name="supplierinvoice",
            name="rate_date",
            field=models.DateField(blank=True, null=True, verbose_name="rate published on"),
        ),
        migrations.AddField(
            model_name="supplierinvoice",
            name="rate_source",
            field=models.CharField(
                blank=True,
                choices=[
                    ("bazg-daily", "BAZG, daily selling rate"),
                    ("bazg-monthly", "BAZG, monthly mean"),
                    ("ecb", "ECB, mid rate (for information)"),
                ],
                max_length=12,
                verbose_name="source of the rate",
            ),
        ),
        migrations.AlterField(
            model_name="account",
            name="purpose",
            field=models.CharField(
                blank=True,
                choices=[
                    ("receivables", "Receivables"),
                    ("payables", "Payables"),
                    ("receivables_foreign", "Receivables in foreign currencies"),
                    ("payables_foreign", "Payables in foreign currencies"),
                    ("input_tax_material", "Input tax on material and services"),
                    ("input_tax_investment", "Input tax on investments and other costs"),
                    ("output_tax", "VAT due"),
                    ("acquisition_tax", "Acquisition tax due"),
                    ("vat_settlement", "VAT settlement"),
                    ("net_tax", "VAT at net and flat rates"),
                    ("suspense", "Suspense"),
                    ("transfer", "Transfers in transit"),
                    ("rounding_expense", "Rounding differences, expense"),
                    ("rounding_income", "Rounding differences, income"),
                    ("currency_loss", "Currency losses"),
                    ("currency_gain", "Currency gains"),
                    ("currency_deferred", "Unrealised currency gains, deferred"),
                    ("receivables_valuation", "Valuation of receivables in foreign currencies"),
                    ("payables_valuation", "Valuation of payables in foreign currencies"),
                    ("result_of_year", "Result of the year"),
                    ("retained_earnings", "Result carried forward"),
                    ("opening", "Opening balance sheet"),
                    ("profit_and_loss", "Income statement"),
                    ("sales_discounts", "Discounts given"),
                    ("purchase_discounts", "Discounts received"),
                    ("bad_debts", "Bad debts"),
                    ("deposits_received", "Prepayments received"),
                    ("deposits_paid", "Prepayments to suppliers"),
                    ("prepaid_expenses", "Prepaid expenses"),
                    ("bank_charges", "Bank charges"),
                    ("dunning_fees", "Dunning fees"),
                    ("cash_differences", "Cash differences"),
                    ("wages_clearing", "Wages clearing"),
                ],
                max_length=24,
                verbose_name="purpose",
            ),
        ),
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
                    ("valuation", "currency valuation"),
                ],
                default="manual",
                max_length=9,
                verbose_name="source",
            ),
        ),
        migrations.CreateModel(
            name="ValuationRun",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("date", models.DateField(verbose_name="as of")),
                (
                    "gains",
                    models.CharField(
                        choices=[
                            ("deferred", "deferred as a liability"),
                            ("income", "shown as income"),
                        ],
                        max_length=8,
                        verbose_name="unrealised gains",
                    ),
                ),
                ("rates", models.JSONField(verbose_name="exchange rates")),
                ("created_at", models.DateTimeField(verbose_name="valued at")),
                ("undone_at", models.DateTimeField(null=True, verbose_name="undone at")),
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
                    "created_by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "entry",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounting.journalentry",
                        verbose_name="journal entry",
                    ),
                ),
                (
                    "release",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounting.journalentry",
                        verbose_name="released by",
                    ),
                ),
                (
                    "residue",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounting.journalentry",
                        verbose_name="residues",
                    ),
                ),
                (
                    "undone_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "valuation",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("undone_at", None)),
                        fields=("company", "date"),
                        name="valuation_run_stands",
                    ),
                ],
            },
            managers=[
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="ValuationPosition",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("currency", models.CharField(max_length=3, verbose_name="currency")),
                (
                    "amount",
                    models.DecimalField(
                        decimal_places=2, max_digits=15, verbose_name="amount in currency"
                    ),
                ),
                (
                    "book",
                    models.DecimalField(
                        decimal_places=2, max_digits=15, verbose_name="in the books"
                    ),
                ),
                (
                    "value",
                    models.DecimalField(decimal_places=2, max_digits=15, verbose_name="value"),
                ),
                (
                    "account",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounting.account",
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
                    "item",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounting.openitem",
                    ),
                ),
                (
                    "run",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="positions",
                        to="accounting.valuationrun",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("company", "run", "account", "item", "currency"),
                        name="valuation_position_once",
                        nulls_distinct=False,
                    ),
                ],
            },
            managers=[
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="ValuationRule",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("valid_from", models.DateField(verbose_name="valid from")),
                (
                    "gains",
                    models.CharField(
                        choices=[
                            ("deferred", "deferred as a liability"),
                            ("income", "shown as income"),
                        ],
                        default="deferred",
                        max_length=8,
                        verbose_name="unrealised gains",
                    ),
                ),
                (
                    "rate_source",
                    models.CharField(
                        choices=[
                            ("bazg-daily", "BAZG, daily selling rate"),
                            ("bazg-monthly", "BAZG, monthly mean"),
                            ("ecb", "ECB, mid rate (for information)"),
                        ],
                        default="bazg-daily",
                        max_length=12,
                        verbose_name="exchange rates",
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
            ],
            options={
                "verbose_name": "rule of valuation",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("company", "valid_from"), name="valuation_rule_once"
                    )
                ],
            },
            managers=[
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        key_by_company(
            "accounting_valuationrun", "accounting_valuationposition", "accounting_valuationrule"
        ),
        protect("accounting_valuationrule"),
        protect(
            "accounting_valuationrun",
            grants=("SELECT", "INSERT", "UPDATE"),
            references=[
                ("entry_id", "accounting_journalentry", "valuation_entry_same_client"),
                ("release_id", "accounting_journalentry", "valuation_release_same_client"),
                ("residue_id", "accounting_journalentry", "valuation_residue_same_client"),
            ],
        ),
        protect(
            "accounting_valuationposition",
            grants=("SELECT", "INSERT"),
            references=[
                ("run_id", "accounting_valuationrun", "valued_in_run_of_same_client"),
                ("account_id", "accounting_account", "valued_account_same_client"),
                ("item_id", "accounting_openitem", "valued_item_same_client"),
            ],
        ),
    ]
