"""Suppliers' invoices, who approves them, and costs of later times."""

from pathlib import Path

import django.db.models.deletion
import django.db.models.manager
from django.conf import settings
from django.db import migrations, models

from erp.core.tenancy import protect


class Migration(migrations.Migration):
    dependencies = [
        ("accounting", "0011_cash"),
        ("contacts", "0002_client_borders"),
        ("erp", "0016_own_fields"),
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
        migrations.CreateModel(
            name="SupplierInvoice",
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
                        choices=[("invoice", "Invoice"), ("credit_note", "Credit note")],
                        default="invoice",
                        max_length=11,
                        verbose_name="kind",
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("pattern", "Pattern"),
                            ("draft", "Draft"),
                            ("submitted", "waits for approval"),
                            ("approved", "approved, not posted"),
                            ("posted", "posted"),
                            ("reversed", "reversed"),
                        ],
                        default="draft",
                        max_length=9,
                        verbose_name="state",
                    ),
                ),
                (
                    "number",
                    models.CharField(blank=True, max_length=40, verbose_name="supplier's number"),
                ),
                ("date", models.DateField(verbose_name="date")),
                ("booked_on", models.DateField(verbose_name="booked on")),
                ("due_date", models.DateField(verbose_name="due date")),
                ("subject", models.CharField(blank=True, max_length=140, verbose_name="text")),
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
                        default="gross",
                        max_length=5,
                        verbose_name="amounts",
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
                ("payment", models.JSONField(blank=True, default=dict, verbose_name="payment")),
                ("is_deposit", models.BooleanField(default=False, verbose_name="deposit invoice")),
                (
                    "duplicate_confirmed",
                    models.BooleanField(default=False, verbose_name="no duplicate"),
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
                (
                    "round",
                    models.PositiveSmallIntegerField(default=0, verbose_name="round of approval"),
                ),
                (
                    "rejected_because",
                    models.CharField(blank=True, max_length=400, verbose_name="sent back because"),
                ),
                ("created_at", models.DateTimeField(verbose_name="written at")),
                ("posted_at", models.DateTimeField(null=True, verbose_name="posted at")),
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
                    "contact",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="contacts.contact",
                        verbose_name="supplier",
                    ),
                ),
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
                        verbose_name="original",
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
                        to="accounting.supplierinvoice",
                        verbose_name="credits",
                    ),
                ),
                (
                    "submitted_by",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="handed in by",
                    ),
                ),
            ],
            options={
                "verbose_name": "supplier's invoice",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("company", "id"), name="supplier_invoice_of_company"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("entry__isnull", False),
                                ("posted_at__isnull", False),
                                ("status__in", ["posted", "reversed"]),
                            ),
                            models.Q(
                                ("entry", None),
                                ("posted_at", None),
                                ("status__in", ["pattern", "draft", "submitted", "approved"]),
                            ),
                            _connector="OR",
                        ),
                        name="supplier_invoice_entered_when_posted",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("is_deposit", False), ("kind", "invoice"), _connector="OR"
                        ),
                        name="supplier_invoice_deposits_are_invoices",
                    ),
                ],
                "indexes": [
                    models.Index(
                        fields=["company", "-date", "-id"], name="supplier_invoice_by_date"
                    ),
                    models.Index(
                        fields=["company", "status", "-date", "-id"],
                        name="supplier_invoice_by_state",
                    ),
                    models.Index(
                        fields=["company", "contact", "-date"], name="supplier_invoice_of_contact"
                    ),
                    models.Index(
                        condition=models.Q(("entry__isnull", False)),
                        fields=["company", "entry"],
                        name="supplier_invoice_of_entry",
                    ),
                    models.Index(
                        condition=models.Q(("follows__isnull", False)),
                        fields=["company", "follows"],
                        name="supplier_invoice_by_origin",
                    ),
                ],
            },
            managers=[
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="RecurringSupplierInvoice",
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
                (
                    "submits",
                    models.BooleanField(
                        default=False, verbose_name="handed in at once, not only drafted"
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
                        to="accounting.supplierinvoice",
                        verbose_name="pattern",
                    ),
                ),
            ],
            options={
                "verbose_name": "recurring supplier's invoice",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("company", "id"), name="recurring_supplier_of_company"
                    ),
                    models.UniqueConstraint(
                        fields=("company", "pattern"), name="recurring_supplier_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("anchor_day__gte", 1), ("anchor_day__lte", 31), ("every__gte", 1)
                        ),
                        name="recurring_supplier_possible",
                    ),
                ],
                "indexes": [
                    models.Index(
                        condition=models.Q(("paused", False)),
                        fields=["company", "next_on"],
                        name="recurring_supplier_due",
                    ),
                ],
            },
            managers=[
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="SupplierInvoiceLine",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("position", models.PositiveSmallIntegerField()),
                ("text", models.CharField(blank=True, max_length=200, verbose_name="text")),
                (
                    "amount",
                    models.DecimalField(decimal_places=2, max_digits=15, verbose_name="amount"),
                ),
                (
                    "rate",
                    models.DecimalField(
                        decimal_places=2, default=0, max_digits=5, verbose_name="VAT rate"
                    ),
                ),
                (
                    "vat_amount",
                    models.DecimalField(
                        blank=True,
                        decimal_places=2,
                        max_digits=15,
                        null=True,
                        verbose_name="VAT as billed",
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
                    "spread",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "not spread"),
                            ("years", "by fiscal year"),
                            ("months", "by month"),
                        ],
                        max_length=6,
                        verbose_name="spread",
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
                    "deposit",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounting.supplierinvoice",
                        verbose_name="deposit",
                    ),
                ),
                (
                    "invoice",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="lines",
                        to="accounting.supplierinvoice",
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
                "verbose_name": "line",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("company", "id"), name="supplier_line_of_company"
                    ),
                    models.UniqueConstraint(
                        fields=("company", "invoice", "position"), name="supplier_line_once"
                    ),
                ],
                "indexes": [
                    models.Index(
                        condition=models.Q(("deposit__isnull", False)),
                        fields=["company", "deposit"],
                        name="supplier_line_of_deposit",
                    ),
                ],
            },
            managers=[
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="AccrualPart",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("date", models.DateField(verbose_name="date")),
                (
                    "amount",
                    models.DecimalField(decimal_places=2, max_digits=15, verbose_name="amount"),
                ),
                (
                    "account",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
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
                    "line",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounting.supplierinvoiceline",
                        verbose_name="line",
                    ),
                ),
            ],
            options={
                "verbose_name": "deferred cost",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("company", "id"), name="accrual_part_of_company"
                    ),
                    models.UniqueConstraint(
                        fields=("company", "line", "date"), name="accrual_part_once"
                    ),
                ],
                "indexes": [
                    models.Index(
                        condition=models.Q(("entry", None)),
                        fields=["company", "date"],
                        name="accrual_part_due",
                    ),
                ],
            },
            managers=[
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="Visa",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("round", models.PositiveSmallIntegerField(verbose_name="round of approval")),
                ("position", models.PositiveSmallIntegerField(verbose_name="step")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("wanted", "wanted"),
                            ("given", "approved"),
                            ("refused", "rejected"),
                            ("void", "withdrawn"),
                        ],
                        default="wanted",
                        max_length=7,
                        verbose_name="state",
                    ),
                ),
                ("decided_at", models.DateTimeField(null=True, verbose_name="decided at")),
                ("reason", models.CharField(blank=True, max_length=400, verbose_name="reason")),
                (
                    "approver",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="approver",
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
                    "decided_by",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="decided by",
                    ),
                ),
                (
                    "deputy",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="deputy",
                    ),
                ),
                (
                    "invoice",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounting.supplierinvoice",
                        verbose_name="supplier's invoice",
                    ),
                ),
            ],
            options={
                "verbose_name": "visa",
                "constraints": [
                    models.UniqueConstraint(fields=("company", "id"), name="visa_of_company"),
                    models.UniqueConstraint(
                        fields=("company", "invoice", "round", "approver"), name="visa_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("decided_at__isnull", False),
                                ("decided_by__isnull", False),
                                ("state__in", ["given", "refused"]),
                            ),
                            models.Q(
                                ("decided_at", None),
                                ("decided_by", None),
                                ("state__in", ["wanted", "void"]),
                            ),
                            _connector="OR",
                        ),
                        name="visa_decided_by_somebody",
                    ),
                ],
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "wanted")),
                        fields=["company", "approver"],
                        name="visa_wanted",
                    ),
                ],
            },
            managers=[
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="ApprovalRule",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("position", models.PositiveSmallIntegerField(default=1, verbose_name="step")),
                (
                    "from_amount",
                    models.DecimalField(
                        decimal_places=2, default=0, max_digits=15, verbose_name="from"
                    ),
                ),
                (
                    "approver",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="approver",
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
                    "deputy",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="deputy",
                    ),
                ),
            ],
            options={
                "verbose_name": "rule of approval",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("company", "id"), name="approval_rule_of_company"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("from_amount__gte", 0), ("position__gte", 1)),
                        name="approval_rule_possible",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("deputy", None),
                            models.Q(("deputy", models.F("approver")), _negated=True),
                            _connector="OR",
                        ),
                        name="approval_rule_deputy_is_another",
                    ),
                ],
            },
            managers=[
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        protect(
            "accounting_supplierinvoice",
            references=[
                ("contact_id", "contacts_contact", "supplier_invoice_contact_same_client"),
                (
                    "follows_id",
                    "accounting_supplierinvoice",
                    "supplier_invoice_follows_same_client",
                ),
                ("entry_id", "accounting_journalentry", "supplier_invoice_entry_same_client"),
                ("file_id", "erp_storedfile", "supplier_invoice_file_same_client"),
            ],
        ),
        protect(
            "accounting_supplierinvoiceline",
            references=[
                ("invoice_id", "accounting_supplierinvoice", "supplier_line_invoice_same_client"),
                ("account_id", "accounting_account", "supplier_line_account_same_client"),
                ("vat_code_id", "vat_vatcode", "supplier_line_vat_code_same_client"),
                (
                    "cost_centre_id",
                    "accounting_costcentre",
                    "supplier_line_cost_centre_same_client",
                ),
                (
                    "cost_object_id",
                    "accounting_costobject",
                    "supplier_line_cost_object_same_client",
                ),
                ("deposit_id", "accounting_supplierinvoice", "supplier_line_deposit_same_client"),
            ],
        ),
        protect(
            "accounting_approvalrule",
            references=[
                (
                    "cost_centre_id",
                    "accounting_costcentre",
                    "approval_rule_cost_centre_same_client",
                ),
            ],
        ),
        protect(
            "accounting_visa",
            grants=("SELECT", "INSERT", "UPDATE"),
            references=[
                ("invoice_id", "accounting_supplierinvoice", "visa_invoice_same_client"),
            ],
        ),
        protect(
            "accounting_accrualpart",
            references=[
                ("line_id", "accounting_supplierinvoiceline", "accrual_part_line_same_client"),
                ("account_id", "accounting_account", "accrual_part_account_same_client"),
                ("entry_id", "accounting_journalentry", "accrual_part_entry_same_client"),
            ],
        ),
        protect(
            "accounting_recurringsupplierinvoice",
            references=[
                (
                    "pattern_id",
                    "accounting_supplierinvoice",
                    "recurring_supplier_pattern_same_client",
                ),
            ],
        ),
        migrations.RunSQL(
            Path(__file__).with_suffix(".sql").read_text(encoding="utf-8"), migrations.RunSQL.noop
        ),
    ]
