"""What customers and suppliers agreed to, and what is written to customers."""

from pathlib import Path

import django.db.models.deletion
import django.db.models.manager
from django.conf import settings
from django.db import migrations, models

import accounting.receivables.amounts
import accounting.receivables.lines
from erp.core.tenancy import protect


class Migration(migrations.Migration):
    dependencies = [
        ("accounting", "0003_open_items"),
        ("contacts", "0002_client_borders"),
        ("erp", "0014_recovery"),
        ("vat", "0003_rate_method"),
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
                    ("wages_clearing", "Wages clearing"),
                ],
                max_length=24,
                verbose_name="purpose",
            ),
        ),
        migrations.CreateModel(
            name="PaymentTerms",
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
                ("code", models.CharField(max_length=20, verbose_name="code")),
                (
                    "net_days",
                    models.PositiveSmallIntegerField(default=30, verbose_name="days to pay"),
                ),
                (
                    "discount_percent",
                    models.DecimalField(
                        blank=True,
                        decimal_places=2,
                        max_digits=5,
                        null=True,
                        verbose_name="discount in percent",
                    ),
                ),
                (
                    "discount_days",
                    models.PositiveSmallIntegerField(
                        blank=True, null=True, verbose_name="discount within days"
                    ),
                ),
                (
                    "instalments",
                    models.JSONField(blank=True, default=list, verbose_name="instalments"),
                ),
                ("active", models.BooleanField(default=True, verbose_name="active")),
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
                "verbose_name": "payment terms",
                "verbose_name_plural": "payment terms",
                "constraints": [
                    models.UniqueConstraint(fields=("company", "code"), name="payment_terms_once"),
                    models.UniqueConstraint(
                        fields=("company", "id"), name="payment_terms_of_company"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("discount_days", None), ("discount_percent", None)),
                            models.Q(
                                ("discount_days__isnull", False),
                                ("discount_percent__gt", 0),
                                ("discount_percent__lt", 100),
                            ),
                            _connector="OR",
                        ),
                        name="payment_terms_discount_whole",
                    ),
                ],
            },
            managers=[
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="CustomerTerms",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("currency", models.CharField(blank=True, max_length=3, verbose_name="currency")),
                (
                    "basis",
                    models.CharField(
                        blank=True,
                        choices=[("gross", "including VAT"), ("net", "excluding VAT")],
                        max_length=5,
                        verbose_name="prices",
                    ),
                ),
                (
                    "discount_percent",
                    models.DecimalField(
                        decimal_places=2,
                        default=0,
                        max_digits=5,
                        verbose_name="rebate in percent",
                    ),
                ),
                (
                    "credit_limit",
                    models.DecimalField(
                        blank=True,
                        decimal_places=2,
                        max_digits=15,
                        null=True,
                        verbose_name="credit limit",
                    ),
                ),
                (
                    "delivery",
                    models.CharField(
                        choices=[("mail", "by e-mail"), ("print", "on paper")],
                        default="mail",
                        max_length=5,
                        verbose_name="documents go out",
                    ),
                ),
                (
                    "mail",
                    models.CharField(
                        blank=True, max_length=254, verbose_name="e-mail for documents"
                    ),
                ),
                (
                    "ebill",
                    models.CharField(
                        blank=True, max_length=90, verbose_name="eBill: e-mail or participant"
                    ),
                ),
                (
                    "our_number",
                    models.CharField(
                        blank=True, max_length=40, verbose_name="our supplier number there"
                    ),
                ),
                ("note", models.TextField(blank=True, max_length=2000, verbose_name="note")),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                (
                    "account",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounting.account",
                        verbose_name="control account",
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
                    "contact",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="contacts.contact",
                        verbose_name="contact",
                    ),
                ),
                (
                    "income_account",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounting.account",
                        verbose_name="income account",
                    ),
                ),
                (
                    "vat_code",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="vat.vatcode",
                        verbose_name="VAT code",
                    ),
                ),
                (
                    "payment_terms",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounting.paymentterms",
                        verbose_name="payment terms",
                    ),
                ),
            ],
            options={
                "verbose_name": "customer's terms",
                "verbose_name_plural": "customers' terms",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("company", "contact"), name="customer_terms_once"
                    ),
                    models.UniqueConstraint(
                        fields=("company", "id"), name="customer_terms_of_company"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("discount_percent__gte", 0), ("discount_percent__lte", 100)
                        ),
                        name="customer_terms_discount_possible",
                    ),
                ],
            },
            managers=[
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="Product",
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
                ("number", models.CharField(max_length=30, verbose_name="number")),
                (
                    "text_de",
                    models.TextField(
                        blank=True, max_length=2000, verbose_name="description (German)"
                    ),
                ),
                (
                    "text_fr",
                    models.TextField(
                        blank=True, max_length=2000, verbose_name="description (French)"
                    ),
                ),
                (
                    "text_it",
                    models.TextField(
                        blank=True, max_length=2000, verbose_name="description (Italian)"
                    ),
                ),
                (
                    "text_en",
                    models.TextField(
                        blank=True, max_length=2000, verbose_name="description (English)"
                    ),
                ),
                (
                    "unit_de",
                    models.CharField(blank=True, max_length=20, verbose_name="unit (German)"),
                ),
                (
                    "unit_fr",
                    models.CharField(blank=True, max_length=20, verbose_name="unit (French)"),
                ),
                (
                    "unit_it",
                    models.CharField(blank=True, max_length=20, verbose_name="unit (Italian)"),
                ),
                (
                    "unit_en",
                    models.CharField(blank=True, max_length=20, verbose_name="unit (English)"),
                ),
                (
                    "price",
                    models.DecimalField(
                        decimal_places=4, default=0, max_digits=15, verbose_name="price"
                    ),
                ),
                (
                    "basis",
                    models.CharField(
                        choices=[("gross", "including VAT"), ("net", "excluding VAT")],
                        default="net",
                        max_length=5,
                        verbose_name="price is",
                    ),
                ),
                ("active", models.BooleanField(default=True, verbose_name="active")),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                (
                    "account",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounting.account",
                        verbose_name="income account",
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
                (
                    "vat_code",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="vat.vatcode",
                        verbose_name="VAT code",
                    ),
                ),
            ],
            options={
                "verbose_name": "product",
                "constraints": [
                    models.UniqueConstraint(fields=("company", "number"), name="product_once"),
                    models.UniqueConstraint(fields=("company", "id"), name="product_of_company"),
                ],
            },
            managers=[
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="SalesDocument",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("offer", "Offer"),
                            ("order", "Order confirmation"),
                            ("invoice", "Invoice"),
                            ("credit_note", "Credit note"),
                        ],
                        max_length=11,
                        verbose_name="kind",
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[("pattern", "Pattern"), ("draft", "Draft"), ("issued", "Issued")],
                        default="draft",
                        max_length=7,
                        verbose_name="state",
                    ),
                ),
                ("number", models.CharField(blank=True, max_length=30, verbose_name="number")),
                ("date", models.DateField(verbose_name="date")),
                (
                    "language",
                    models.CharField(
                        choices=[
                            ("de", "German"),
                            ("fr", "French"),
                            ("it", "Italian"),
                            ("en", "English"),
                        ],
                        max_length=2,
                        verbose_name="language",
                    ),
                ),
                ("subject", models.CharField(blank=True, max_length=140, verbose_name="subject")),
                (
                    "customer_reference",
                    models.CharField(
                        blank=True, max_length=40, verbose_name="customer's reference"
                    ),
                ),
                (
                    "intro",
                    models.TextField(blank=True, max_length=4000, verbose_name="above the lines"),
                ),
                (
                    "closing",
                    models.TextField(blank=True, max_length=4000, verbose_name="below the lines"),
                ),
                ("currency", models.CharField(max_length=3, verbose_name="currency")),
                (
                    "exchange_rate",
                    models.DecimalField(
                        blank=True,
                        decimal_places=6,
                        max_digits=15,
                        null=True,
                        verbose_name="exchange rate",
                    ),
                ),
                (
                    "basis",
                    models.CharField(
                        choices=[("gross", "including VAT"), ("net", "excluding VAT")],
                        max_length=5,
                        verbose_name="prices",
                    ),
                ),
                (
                    "rounding",
                    models.CharField(
                        choices=[("each_line", "on each line"), ("at_the_end", "at the end")],
                        max_length=10,
                        verbose_name="amounts are rounded",
                    ),
                ),
                (
                    "five_centimes",
                    models.BooleanField(default=False, verbose_name="total rounded to 0.05"),
                ),
                (
                    "discount_percent",
                    models.DecimalField(
                        decimal_places=2,
                        default=0,
                        max_digits=5,
                        verbose_name="rebate in percent",
                    ),
                ),
                (
                    "discount_amount",
                    models.DecimalField(
                        decimal_places=2, default=0, max_digits=15, verbose_name="discount"
                    ),
                ),
                (
                    "supply_from",
                    models.DateField(blank=True, null=True, verbose_name="supplied from"),
                ),
                (
                    "supply_until",
                    models.DateField(blank=True, null=True, verbose_name="supplied until"),
                ),
                (
                    "valid_until",
                    models.DateField(blank=True, null=True, verbose_name="valid until"),
                ),
                (
                    "net_days",
                    models.PositiveSmallIntegerField(default=30, verbose_name="days to pay"),
                ),
                (
                    "terms_discount",
                    models.DecimalField(
                        blank=True,
                        decimal_places=2,
                        max_digits=5,
                        null=True,
                        verbose_name="discount for early payment",
                    ),
                ),
                (
                    "terms_discount_days",
                    models.PositiveSmallIntegerField(
                        blank=True, null=True, verbose_name="discount within days"
                    ),
                ),
                (
                    "instalments",
                    models.JSONField(blank=True, default=list, verbose_name="instalments"),
                ),
                ("is_deposit", models.BooleanField(default=False, verbose_name="deposit invoice")),
                (
                    "open_amount_on_slip",
                    models.BooleanField(
                        default=False, verbose_name="amount left open on the QR-bill"
                    ),
                ),
                (
                    "own_values",
                    models.JSONField(blank=True, default=dict, verbose_name="own fields"),
                ),
                (
                    "decision",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "open"),
                            ("accepted", "accepted"),
                            ("declined", "declined"),
                            ("closed", "completed"),
                        ],
                        max_length=8,
                        verbose_name="decision",
                    ),
                ),
                (
                    "net",
                    models.DecimalField(
                        decimal_places=2, default=0, max_digits=15, verbose_name="net"
                    ),
                ),
                (
                    "vat",
                    models.DecimalField(
                        decimal_places=2, default=0, max_digits=15, verbose_name="VAT"
                    ),
                ),
                (
                    "payable",
                    models.DecimalField(
                        decimal_places=2, default=0, max_digits=15, verbose_name="total"
                    ),
                ),
                (
                    "base",
                    models.DecimalField(
                        decimal_places=2,
                        default=0,
                        max_digits=15,
                        verbose_name="total in the books",
                    ),
                ),
                ("due_date", models.DateField(blank=True, null=True, verbose_name="due date")),
                ("paper", models.JSONField(editable=False, null=True)),
                ("issued_at", models.DateTimeField(null=True, verbose_name="issued at")),
                ("created_at", models.DateTimeField(verbose_name="written at")),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                (
                    "bank_account",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounting.bankaccount",
                        verbose_name="bank account",
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
                    "contact",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="contacts.contact",
                        verbose_name="customer",
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
                (
                    "file",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="erp.storedfile",
                        verbose_name="PDF",
                    ),
                ),
                (
                    "follows",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounting.salesdocument",
                        verbose_name="made from",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="contacts.contact",
                        verbose_name="for the attention of",
                    ),
                ),
            ],
            options={
                "verbose_name": "document",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("company", "id"), name="sales_document_of_company"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("number", ""), _negated=True),
                        fields=("company", "kind", "number"),
                        name="sales_document_number_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("issued_at__isnull", False),
                                ("status", "issued"),
                                models.Q(("number", ""), _negated=True),
                            ),
                            models.Q(
                                models.Q(("status", "issued"), _negated=True),
                                ("entry", None),
                                ("file", None),
                                ("issued_at", None),
                                ("number", ""),
                            ),
                            _connector="OR",
                        ),
                        name="sales_document_numbered_when_issued",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("is_deposit", False), ("kind", "invoice"), _connector="OR"
                        ),
                        name="sales_document_deposits_are_invoices",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("discount_percent__gte", 0), ("discount_percent__lte", 100)
                        ),
                        name="sales_document_discount_possible",
                    ),
                ],
                "indexes": [
                    models.Index(fields=["company", "-date", "-id"], name="sales_document_by_date"),
                    models.Index(
                        fields=["company", "kind", "status", "-date", "-id"],
                        name="sales_document_by_kind",
                    ),
                    models.Index(
                        fields=["company", "contact", "-date"], name="sales_document_of_contact"
                    ),
                    models.Index(
                        condition=models.Q(("follows__isnull", False)),
                        fields=["company", "follows"],
                        name="sales_document_by_origin",
                    ),
                    models.Index(
                        condition=models.Q(("entry__isnull", False)),
                        fields=["company", "entry"],
                        name="sales_document_of_entry",
                    ),
                ],
            },
            managers=[
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="RecurringInvoice",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=80, verbose_name="name")),
                ("every", models.PositiveSmallIntegerField(default=1, verbose_name="every")),
                (
                    "unit",
                    models.CharField(
                        choices=[("week", "weeks"), ("month", "months")],
                        default="month",
                        max_length=5,
                        verbose_name="unit",
                    ),
                ),
                ("next_on", models.DateField(verbose_name="next on")),
                (
                    "anchor_day",
                    models.PositiveSmallIntegerField(default=1, verbose_name="day of the month"),
                ),
                ("until", models.DateField(blank=True, null=True, verbose_name="until")),
                ("in_advance", models.BooleanField(default=True, verbose_name="billed in advance")),
                (
                    "issues",
                    models.BooleanField(
                        default=False, verbose_name="issued by the run, not only drafted"
                    ),
                ),
                ("paused", models.BooleanField(default=False, verbose_name="paused")),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
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
                    "pattern",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounting.salesdocument",
                        verbose_name="pattern",
                    ),
                ),
            ],
            options={
                "verbose_name": "recurring invoice",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("company", "id"), name="recurring_invoice_of_company"
                    ),
                    models.UniqueConstraint(
                        fields=("company", "pattern"), name="recurring_invoice_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("anchor_day__gte", 1), ("anchor_day__lte", 31), ("every__gte", 1)
                        ),
                        name="recurring_invoice_possible",
                    ),
                ],
                "indexes": [
                    models.Index(
                        condition=models.Q(("paused", False)),
                        fields=["company", "next_on"],
                        name="recurring_invoice_due",
                    ),
                ],
            },
            managers=[
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="DocumentLine",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("position", models.PositiveSmallIntegerField()),
                (
                    "kind",
                    models.CharField(
                        choices=[("item", "item"), ("text", "text"), ("subtotal", "subtotal")],
                        default=accounting.receivables.lines.Kind["ITEM"],
                        max_length=8,
                        verbose_name="kind",
                    ),
                ),
                ("text", models.TextField(blank=True, max_length=4000, verbose_name="text")),
                (
                    "quantity",
                    models.DecimalField(
                        decimal_places=4, default=1, max_digits=15, verbose_name="quantity"
                    ),
                ),
                ("unit", models.CharField(blank=True, max_length=20, verbose_name="unit")),
                (
                    "price",
                    models.DecimalField(
                        decimal_places=4, default=0, max_digits=15, verbose_name="price"
                    ),
                ),
                (
                    "discount_percent",
                    models.DecimalField(
                        decimal_places=2,
                        default=0,
                        max_digits=5,
                        verbose_name="rebate in percent",
                    ),
                ),
                (
                    "discount_amount",
                    models.DecimalField(
                        decimal_places=2, default=0, max_digits=15, verbose_name="discount"
                    ),
                ),
                (
                    "rate",
                    models.DecimalField(
                        decimal_places=2, default=0, max_digits=5, verbose_name="VAT rate"
                    ),
                ),
                (
                    "supply_from",
                    models.DateField(blank=True, null=True, verbose_name="supplied from"),
                ),
                (
                    "supply_until",
                    models.DateField(blank=True, null=True, verbose_name="supplied until"),
                ),
                (
                    "amount",
                    models.DecimalField(
                        decimal_places=2, default=0, max_digits=15, verbose_name="amount"
                    ),
                ),
                (
                    "account",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounting.account",
                        verbose_name="account",
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
                (
                    "source",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounting.documentline",
                        verbose_name="bills a part of",
                    ),
                ),
                (
                    "vat_code",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="vat.vatcode",
                        verbose_name="VAT code",
                    ),
                ),
                (
                    "product",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounting.product",
                        verbose_name="product",
                    ),
                ),
                (
                    "deposit",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounting.salesdocument",
                        verbose_name="deducts the deposit",
                    ),
                ),
                (
                    "document",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="lines",
                        to="accounting.salesdocument",
                    ),
                ),
            ],
            options={
                "verbose_name": "line",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("company", "document", "position"), name="document_line_once"
                    ),
                    models.UniqueConstraint(
                        fields=("company", "id"), name="document_line_of_company"
                    ),
                ],
                "indexes": [
                    models.Index(
                        condition=models.Q(("source__isnull", False)),
                        fields=["company", "source"],
                        name="document_line_by_source",
                    ),
                    models.Index(
                        condition=models.Q(("deposit__isnull", False)),
                        fields=["company", "deposit"],
                        name="document_line_by_deposit",
                    ),
                    models.Index(
                        condition=models.Q(("product__isnull", False)),
                        fields=["company", "product"],
                        name="document_line_of_product",
                    ),
                ],
            },
            managers=[
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="SalesSettings",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "basis",
                    models.CharField(
                        choices=[("gross", "including VAT"), ("net", "excluding VAT")],
                        default="net",
                        max_length=5,
                        verbose_name="prices",
                    ),
                ),
                (
                    "rounding",
                    models.CharField(
                        choices=[("each_line", "on each line"), ("at_the_end", "at the end")],
                        default=accounting.receivables.amounts.Rounding["EACH_LINE"],
                        max_length=10,
                        verbose_name="amounts are rounded",
                    ),
                ),
                (
                    "five_centimes",
                    models.BooleanField(default=True, verbose_name="totals in CHF rounded to 0.05"),
                ),
                (
                    "offer_days",
                    models.PositiveSmallIntegerField(
                        default=30, verbose_name="offers are valid for days"
                    ),
                ),
                ("phone", models.CharField(blank=True, max_length=40, verbose_name="phone")),
                ("mail", models.CharField(blank=True, max_length=254, verbose_name="e-mail")),
                ("web", models.CharField(blank=True, max_length=120, verbose_name="web")),
                (
                    "footer",
                    models.CharField(
                        blank=True, max_length=300, verbose_name="text at the foot of each page"
                    ),
                ),
                (
                    "address_left",
                    models.BooleanField(
                        default=False, verbose_name="window of the envelope on the left"
                    ),
                ),
                (
                    "bank_account",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounting.bankaccount",
                        verbose_name="bank account on the QR-bill",
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
                    "payment_terms",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounting.paymentterms",
                        verbose_name="payment terms",
                    ),
                ),
            ],
            options={
                "verbose_name": "settings of documents",
                "constraints": [
                    models.UniqueConstraint(fields=("company",), name="sales_settings_once"),
                ],
            },
            managers=[
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="SupplierTerms",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("currency", models.CharField(blank=True, max_length=3, verbose_name="currency")),
                (
                    "our_number",
                    models.CharField(
                        blank=True, max_length=40, verbose_name="our customer number there"
                    ),
                ),
                (
                    "blocked",
                    models.CharField(
                        blank=True, max_length=200, verbose_name="payments blocked because"
                    ),
                ),
                ("note", models.TextField(blank=True, max_length=2000, verbose_name="note")),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                (
                    "account",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounting.account",
                        verbose_name="control account",
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
                    "contact",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="contacts.contact",
                        verbose_name="contact",
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
                    "expense_account",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounting.account",
                        verbose_name="expense account",
                    ),
                ),
                (
                    "payment_terms",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounting.paymentterms",
                        verbose_name="payment terms",
                    ),
                ),
                (
                    "vat_code",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="vat.vatcode",
                        verbose_name="VAT code",
                    ),
                ),
            ],
            options={
                "verbose_name": "supplier's terms",
                "verbose_name_plural": "suppliers' terms",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("company", "contact"), name="supplier_terms_once"
                    ),
                    models.UniqueConstraint(
                        fields=("company", "id"), name="supplier_terms_of_company"
                    ),
                ],
            },
            managers=[
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="DocumentText",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("offer", "Offer"),
                            ("order", "Order confirmation"),
                            ("invoice", "Invoice"),
                            ("credit_note", "Credit note"),
                        ],
                        max_length=11,
                        verbose_name="kind",
                    ),
                ),
                (
                    "language",
                    models.CharField(
                        choices=[
                            ("de", "German"),
                            ("fr", "French"),
                            ("it", "Italian"),
                            ("en", "English"),
                        ],
                        max_length=2,
                        verbose_name="language",
                    ),
                ),
                (
                    "intro",
                    models.TextField(blank=True, max_length=4000, verbose_name="above the lines"),
                ),
                (
                    "closing",
                    models.TextField(blank=True, max_length=4000, verbose_name="below the lines"),
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
                "verbose_name": "text of documents",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("company", "kind", "language"), name="document_text_once"
                    )
                ],
            },
            managers=[
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="NumberCount",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("offer", "Offer"),
                            ("order", "Order confirmation"),
                            ("invoice", "Invoice"),
                            ("credit_note", "Credit note"),
                        ],
                        max_length=11,
                    ),
                ),
                ("year", models.PositiveSmallIntegerField()),
                ("last", models.PositiveIntegerField(default=0)),
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
                "constraints": [
                    models.UniqueConstraint(
                        fields=("company", "kind", "year"), name="number_count_once"
                    )
                ],
            },
            managers=[
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="NumberRange",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("offer", "Offer"),
                            ("order", "Order confirmation"),
                            ("invoice", "Invoice"),
                            ("credit_note", "Credit note"),
                        ],
                        max_length=11,
                        verbose_name="kind",
                    ),
                ),
                ("prefix", models.CharField(blank=True, max_length=12, verbose_name="prefix")),
                ("width", models.PositiveSmallIntegerField(default=5, verbose_name="digits")),
                ("yearly", models.BooleanField(default=True, verbose_name="begins anew each year")),
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
                "verbose_name": "number range",
                "constraints": [
                    models.UniqueConstraint(fields=("company", "kind"), name="number_range_once"),
                    models.CheckConstraint(
                        condition=models.Q(("width__gte", 1), ("width__lte", 10)),
                        name="number_range_width",
                    ),
                ],
            },
            managers=[
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        protect("accounting_paymentterms"),
        protect(
            "accounting_customerterms",
            references=[
                ("contact_id", "contacts_contact", "customer_terms_contact_of_same_client"),
                (
                    "payment_terms_id",
                    "accounting_paymentterms",
                    "customer_terms_payment_terms_of_same_client",
                ),
                ("account_id", "accounting_account", "customer_terms_account_of_same_client"),
                (
                    "income_account_id",
                    "accounting_account",
                    "customer_terms_income_account_of_same_client",
                ),
                ("vat_code_id", "vat_vatcode", "customer_terms_vat_code_of_same_client"),
            ],
        ),
        protect(
            "accounting_supplierterms",
            references=[
                ("contact_id", "contacts_contact", "supplier_terms_contact_of_same_client"),
                (
                    "payment_terms_id",
                    "accounting_paymentterms",
                    "supplier_terms_payment_terms_of_same_client",
                ),
                ("account_id", "accounting_account", "supplier_terms_account_of_same_client"),
                (
                    "expense_account_id",
                    "accounting_account",
                    "supplier_terms_expense_account_of_same_client",
                ),
                ("vat_code_id", "vat_vatcode", "supplier_terms_vat_code_of_same_client"),
                (
                    "cost_centre_id",
                    "accounting_costcentre",
                    "supplier_terms_cost_centre_of_same_client",
                ),
            ],
        ),
        protect(
            "accounting_product",
            references=[
                ("account_id", "accounting_account", "product_account_of_same_client"),
                ("vat_code_id", "vat_vatcode", "product_vat_code_of_same_client"),
                ("cost_centre_id", "accounting_costcentre", "product_cost_centre_of_same_client"),
                ("cost_object_id", "accounting_costobject", "product_cost_object_of_same_client"),
            ],
        ),
        protect(
            "accounting_salesdocument",
            references=[
                ("contact_id", "contacts_contact", "sales_document_contact_of_same_client"),
                ("person_id", "contacts_contact", "sales_document_person_of_same_client"),
                (
                    "bank_account_id",
                    "accounting_bankaccount",
                    "sales_document_bank_account_of_same_client",
                ),
                ("follows_id", "accounting_salesdocument", "sales_document_follows_of_same_client"),
                ("entry_id", "accounting_journalentry", "sales_document_entry_of_same_client"),
                ("file_id", "erp_storedfile", "sales_document_file_of_same_client"),
            ],
        ),
        protect(
            "accounting_documentline",
            references=[
                (
                    "document_id",
                    "accounting_salesdocument",
                    "document_line_document_of_same_client",
                ),
                ("product_id", "accounting_product", "document_line_product_of_same_client"),
                ("account_id", "accounting_account", "document_line_account_of_same_client"),
                ("vat_code_id", "vat_vatcode", "document_line_vat_code_of_same_client"),
                (
                    "cost_centre_id",
                    "accounting_costcentre",
                    "document_line_cost_centre_of_same_client",
                ),
                (
                    "cost_object_id",
                    "accounting_costobject",
                    "document_line_cost_object_of_same_client",
                ),
                ("source_id", "accounting_documentline", "document_line_source_of_same_client"),
                ("deposit_id", "accounting_salesdocument", "document_line_deposit_of_same_client"),
            ],
        ),
        protect(
            "accounting_recurringinvoice",
            references=[
                (
                    "pattern_id",
                    "accounting_salesdocument",
                    "recurring_invoice_pattern_of_same_client",
                ),
            ],
        ),
        protect(
            "accounting_salessettings",
            references=[
                (
                    "payment_terms_id",
                    "accounting_paymentterms",
                    "sales_settings_payment_terms_of_same_client",
                ),
                (
                    "bank_account_id",
                    "accounting_bankaccount",
                    "sales_settings_bank_account_of_same_client",
                ),
            ],
        ),
        protect("accounting_documenttext"),
        protect("accounting_numberrange"),
        protect("accounting_numbercount"),
        migrations.RunSQL(
            Path(__file__).with_suffix(".sql").read_text(encoding="utf-8"), migrations.RunSQL.noop
        ),
    ]
