"""Kinds of expenses, and claims with their lines."""

from pathlib import Path

import django.db.models.deletion
import django.db.models.manager
from django.conf import settings
from django.db import migrations, models

from erp.changes.following import follow
from erp.core.tenancy import protect


class Migration(migrations.Migration):
    dependencies = [
        ("accounting", "0015_hours"),
        ("contacts", "0002_client_borders"),
        ("erp", "0025_forget_keys"),
        ("payroll", "0016_employee_uploads"),
        ("vat", "0006_rest"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ExpenseClaim",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveIntegerField(verbose_name="number")),
                ("title", models.CharField(max_length=120, verbose_name="title")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("submitted", "waits for approval"),
                            ("approved", "approved"),
                            ("rejected", "sent back"),
                            ("booked", "booked"),
                        ],
                        default="draft",
                        max_length=9,
                        verbose_name="state",
                    ),
                ),
                (
                    "total",
                    models.DecimalField(
                        decimal_places=2, default=0, max_digits=15, verbose_name="total"
                    ),
                ),
                ("created_at", models.DateTimeField(verbose_name="written at")),
                ("submitted_at", models.DateTimeField(null=True, verbose_name="handed in at")),
                ("decided_at", models.DateTimeField(null=True, verbose_name="decided at")),
                (
                    "reason",
                    models.CharField(blank=True, max_length=400, verbose_name="sent back because"),
                ),
                (
                    "way",
                    models.CharField(
                        blank=True,
                        choices=[("creditors", "through creditors"), ("payroll", "with the wage")],
                        max_length=9,
                        verbose_name="is paid",
                    ),
                ),
                ("month", models.DateField(blank=True, null=True, verbose_name="month")),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                (
                    "bill",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounting.supplierinvoice",
                        verbose_name="supplier's invoice",
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
                    "employee",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="payroll.employee",
                        verbose_name="employee",
                    ),
                ),
                (
                    "payee",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="contacts.contact",
                        verbose_name="paid to",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="person",
                    ),
                ),
            ],
            options={
                "verbose_name": "expense claim",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("company", "id"), name="expense_claim_of_company"
                    ),
                    models.UniqueConstraint(
                        fields=("company", "number"), name="expense_claim_number_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                models.Q(("state", "booked"), _negated=True),
                                ("bill", None),
                                ("employee", None),
                                ("month", None),
                                ("payee", None),
                                ("way", ""),
                            ),
                            models.Q(
                                ("bill__isnull", False),
                                ("employee", None),
                                ("month", None),
                                ("payee__isnull", False),
                                ("state", "booked"),
                                ("way", "creditors"),
                            ),
                            models.Q(
                                ("bill", None),
                                ("employee__isnull", False),
                                ("month__isnull", False),
                                ("payee", None),
                                ("state", "booked"),
                                ("way", "payroll"),
                            ),
                            _connector="OR",
                        ),
                        name="expense_claim_booked_in_one_way",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ["draft", "submitted"]),
                            models.Q(("decided_at__isnull", False), ("decided_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="expense_claim_decided_by_somebody",
                    ),
                ],
                "indexes": [
                    models.Index(fields=["company", "-number"], name="expense_claim_by_number"),
                    models.Index(
                        fields=["company", "user", "-number"], name="expense_claim_of_person"
                    ),
                    models.Index(
                        fields=["company", "state", "-number"], name="expense_claim_by_state"
                    ),
                    models.Index(
                        condition=models.Q(("bill__isnull", False)),
                        fields=["company", "bill"],
                        name="expense_claim_of_bill",
                    ),
                    models.Index(
                        condition=models.Q(("payee__isnull", False)),
                        fields=["company", "payee"],
                        name="expense_claim_of_payee",
                    ),
                    models.Index(
                        condition=models.Q(("month__isnull", False)),
                        fields=["company", "month"],
                        name="expense_claim_of_month",
                    ),
                ],
            },
            managers=[
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="ExpenseKind",
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
                ("code", models.CharField(max_length=10, verbose_name="code")),
                ("unit", models.CharField(blank=True, max_length=10, verbose_name="unit")),
                (
                    "needs_receipt",
                    models.BooleanField(default=True, verbose_name="needs a receipt"),
                ),
                ("is_off", models.BooleanField(default=False, verbose_name="switched off")),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
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
                    "wage_type",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="payroll.wagetype",
                        verbose_name="wage type",
                    ),
                ),
            ],
            options={
                "verbose_name": "kind of expense",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("company", "id"), name="expense_kind_of_company"
                    ),
                    models.UniqueConstraint(
                        fields=("company", "code"), name="expense_kind_code_once"
                    ),
                ],
            },
            managers=[
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="ExpenseLine",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("position", models.PositiveSmallIntegerField()),
                ("day", models.DateField(verbose_name="day")),
                ("text", models.CharField(blank=True, max_length=140, verbose_name="text")),
                (
                    "quantity",
                    models.DecimalField(
                        blank=True,
                        decimal_places=2,
                        max_digits=9,
                        null=True,
                        verbose_name="quantity",
                    ),
                ),
                (
                    "rate",
                    models.DecimalField(
                        blank=True, decimal_places=2, max_digits=9, null=True, verbose_name="rate"
                    ),
                ),
                ("currency", models.CharField(max_length=3, verbose_name="currency")),
                ("paid", models.DecimalField(decimal_places=2, max_digits=15, verbose_name="paid")),
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
                    "amount",
                    models.DecimalField(decimal_places=2, max_digits=15, verbose_name="amount"),
                ),
                (
                    "claim",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="lines",
                        to="payroll.expenseclaim",
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
                    "file",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="erp.storedfile",
                        verbose_name="receipt",
                    ),
                ),
                (
                    "kind",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="payroll.expensekind",
                        verbose_name="kind of expense",
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounting.project",
                        verbose_name="project",
                    ),
                ),
            ],
            options={
                "verbose_name": "line",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("company", "id"), name="expense_line_of_company"
                    ),
                    models.UniqueConstraint(
                        fields=("company", "claim", "position"), name="expense_line_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("amount__gt", 0), ("paid__gt", 0)),
                        name="expense_line_is_something",
                    ),
                ],
            },
            managers=[
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="ExpenseRate",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("valid_from", models.DateField(verbose_name="valid from")),
                ("rate", models.DecimalField(decimal_places=2, max_digits=9, verbose_name="rate")),
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
                    "kind",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="payroll.expensekind",
                        verbose_name="kind of expense",
                    ),
                ),
            ],
            options={
                "verbose_name": "rate of expenses",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("company", "id"), name="expense_rate_of_company"
                    ),
                    models.UniqueConstraint(
                        fields=("company", "kind", "valid_from"), name="expense_rate_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("rate__gt", 0)), name="expense_rate_is_something"
                    ),
                ],
            },
            managers=[
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        protect(
            "payroll_expensekind",
            references=[
                ("account_id", "accounting_account", "expense_kind_account_same_client"),
                ("vat_code_id", "vat_vatcode", "expense_kind_vat_code_same_client"),
                ("wage_type_id", "payroll_wagetype", "expense_kind_wage_type_same_client"),
            ],
        ),
        protect(
            "payroll_expenserate",
            references=[
                ("kind_id", "payroll_expensekind", "expense_rate_kind_same_client"),
            ],
        ),
        protect(
            "payroll_expenseclaim",
            references=[
                ("bill_id", "accounting_supplierinvoice", "expense_claim_bill_same_client"),
                ("payee_id", "contacts_contact", "expense_claim_payee_same_client"),
                ("employee_id", "payroll_employee", "expense_claim_employee_same_client"),
            ],
        ),
        protect(
            "payroll_expenseline",
            references=[
                ("claim_id", "payroll_expenseclaim", "expense_line_claim_same_client"),
                ("kind_id", "payroll_expensekind", "expense_line_kind_same_client"),
                ("cost_centre_id", "accounting_costcentre", "expense_line_cost_centre_same_client"),
                ("cost_object_id", "accounting_costobject", "expense_line_cost_object_same_client"),
                ("project_id", "accounting_project", "expense_line_project_same_client"),
                ("file_id", "erp_storedfile", "expense_line_file_same_client"),
            ],
        ),
        follow("payroll_expensekind", "expense_kind"),
        follow("payroll_expenseclaim", "expense_claim"),
        follow("payroll_expenseline", "expense_claim", of="claim_id"),
        migrations.RunSQL(
            [Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")],
            migrations.RunSQL.noop,
        ),
    ]
