"""Cash books, what was counted in them, and planned payments."""

from pathlib import Path

import django.db.models.deletion
import django.db.models.manager
from django.conf import settings
from django.db import migrations, models

from erp.core.tenancy import protect


class Migration(migrations.Migration):
    dependencies = [
        ("accounting", "0010_reconciling"),
        ("erp", "0016_own_fields"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
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
                    ("suspense", "Suspense"),
                    ("transfer", "Transfers in transit"),
                    ("rounding_expense", "Rounding differences, expense"),
                    ("rounding_income", "Rounding differences, income"),
                    ("currency_loss", "Currency losses"),
                    ("currency_gain", "Currency gains"),
                    ("result_of_year", "Result of the year"),
                    ("retained_earnings", "Result carried forward"),
                    ("opening", "Opening balance sheet"),
                    ("profit_and_loss", "Income statement"),
                    ("sales_discounts", "Discounts given"),
                    ("purchase_discounts", "Discounts received"),
                    ("bad_debts", "Bad debts"),
                    ("deposits_received", "Prepayments received"),
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
                ],
                default="manual",
                max_length=9,
                verbose_name="source",
            ),
        ),
        migrations.CreateModel(
            name="CashBook",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=60, verbose_name="name")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("cash", "Cash box"),
                            ("card", "Card account"),
                            ("other", "Other money account"),
                        ],
                        default="cash",
                        max_length=5,
                        verbose_name="kind",
                    ),
                ),
                (
                    "prefix",
                    models.CharField(
                        blank=True, max_length=12, verbose_name="voucher numbers begin with"
                    ),
                ),
                (
                    "last_number",
                    models.PositiveIntegerField(default=0, verbose_name="last voucher number"),
                ),
                ("kept_from", models.DateField(verbose_name="kept from")),
                ("is_closed", models.BooleanField(default=False, verbose_name="closed")),
                (
                    "account",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounting.account",
                        verbose_name="ledger account",
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
                    "settled_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounting.account",
                        verbose_name="card bills are paid from",
                    ),
                ),
            ],
            options={
                "verbose_name": "cash book",
                "constraints": [
                    models.UniqueConstraint(fields=("company", "id"), name="cash_book_of_company"),
                    models.UniqueConstraint(
                        fields=("company", "account"), name="cash_book_on_account"
                    ),
                ],
            },
            managers=[
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="CashCount",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("date", models.DateField(verbose_name="date")),
                ("pieces", models.JSONField(default=dict, verbose_name="notes and coins")),
                (
                    "counted",
                    models.DecimalField(decimal_places=2, max_digits=15, verbose_name="counted"),
                ),
                (
                    "expected",
                    models.DecimalField(
                        decimal_places=2, max_digits=15, verbose_name="in the book"
                    ),
                ),
                ("text", models.CharField(blank=True, max_length=200, verbose_name="text")),
                ("created_at", models.DateTimeField(verbose_name="written at")),
                (
                    "book",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="counts",
                        to="accounting.cashbook",
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
            ],
            options={
                "verbose_name": "cash count",
                "constraints": [
                    models.UniqueConstraint(fields=("company", "id"), name="cash_count_of_company"),
                    models.CheckConstraint(
                        condition=models.Q(("counted__gte", 0)), name="cash_count_is_not_negative"
                    ),
                ],
                "indexes": [
                    models.Index(fields=["company", "book", "date"], name="cash_count_of_book"),
                ],
            },
            managers=[
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="PlannedPayment",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("date", models.DateField(verbose_name="date")),
                ("text", models.CharField(max_length=140, verbose_name="text")),
                (
                    "amount",
                    models.DecimalField(decimal_places=2, max_digits=15, verbose_name="amount"),
                ),
                ("currency", models.CharField(max_length=3, verbose_name="currency")),
                (
                    "rhythm",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "once"),
                            ("week", "weekly"),
                            ("month", "monthly"),
                            ("quarter", "quarterly"),
                            ("half", "half-yearly"),
                            ("year", "yearly"),
                        ],
                        default="",
                        max_length=7,
                        verbose_name="rhythm",
                    ),
                ),
                ("until", models.DateField(blank=True, null=True, verbose_name="until")),
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
                "verbose_name": "planned payment",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("company", "id"), name="planned_payment_of_company"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("amount", 0), _negated=True),
                        name="planned_payment_is_something",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("until", None), ("until__gte", models.F("date")), _connector="OR"
                        ),
                        name="planned_payment_ends_after",
                    ),
                ],
            },
            managers=[
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        protect(
            "accounting_cashbook",
            grants=("SELECT", "INSERT", "UPDATE"),
            references=[
                ("account_id", "accounting_account", "cash_book_account_same_client"),
                ("settled_by_id", "accounting_account", "cash_book_settled_by_same_client"),
            ],
        ),
        protect(
            "accounting_cashcount",
            grants=("SELECT", "INSERT"),
            references=[
                ("book_id", "accounting_cashbook", "cash_count_book_same_client"),
                ("entry_id", "accounting_journalentry", "cash_count_entry_same_client"),
            ],
        ),
        protect("accounting_plannedpayment"),
        migrations.RunSQL(
            [Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")],
            migrations.RunSQL.noop,
        ),
    ]
