"""Open items and their settlements; the database keeps both true."""

from decimal import Decimal
from pathlib import Path

import django.db.models.deletion
import django.db.models.manager
from django.conf import settings
from django.db import migrations, models

from erp.core.tenancy import RUNTIME_ROLE, protect


class Migration(migrations.Migration):
    dependencies = [
        ("accounting", "0002_posting"),
        ("erp", "0014_recovery"),
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
                ],
                default="manual",
                max_length=9,
                verbose_name="source",
            ),
        ),
        migrations.CreateModel(
            name="OpenItem",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "side",
                    models.CharField(
                        choices=[("receivables", "Debtors"), ("payables", "Creditors")],
                        max_length=11,
                        verbose_name="side",
                    ),
                ),
                ("contact_id", models.BigIntegerField(null=True, verbose_name="contact")),
                ("party", models.CharField(max_length=140, verbose_name="party")),
                ("document", models.CharField(blank=True, max_length=40, verbose_name="document")),
                ("document_date", models.DateField(verbose_name="document date")),
                (
                    "reference",
                    models.CharField(blank=True, max_length=35, verbose_name="reference"),
                ),
                ("text", models.CharField(blank=True, max_length=200, verbose_name="text")),
                ("due_date", models.DateField(verbose_name="due date")),
                (
                    "discount_percent",
                    models.DecimalField(
                        decimal_places=2,
                        max_digits=5,
                        null=True,
                        verbose_name="discount in percent",
                    ),
                ),
                ("discount_until", models.DateField(null=True, verbose_name="discount until")),
                ("currency", models.CharField(max_length=3, verbose_name="currency")),
                (
                    "amount",
                    models.DecimalField(decimal_places=2, max_digits=15, verbose_name="amount"),
                ),
                (
                    "base",
                    models.DecimalField(
                        decimal_places=2, max_digits=15, verbose_name="amount in the books"
                    ),
                ),
                ("position", models.PositiveIntegerField(verbose_name="line")),
                ("opened_on", models.DateField(verbose_name="opened on")),
                (
                    "open_amount",
                    models.DecimalField(decimal_places=2, max_digits=15, verbose_name="open"),
                ),
                (
                    "open_base",
                    models.DecimalField(
                        decimal_places=2, max_digits=15, verbose_name="open in the books"
                    ),
                ),
                ("settled_on", models.DateField(null=True, verbose_name="settled on")),
                (
                    "account",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
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
            ],
            options={
                "verbose_name": "open item",
                "constraints": [
                    models.UniqueConstraint(fields=("company", "id"), name="open_item_of_company"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("amount__gt", 0), ("base__gte", 0)),
                            models.Q(("amount__lt", 0), ("base__lte", 0)),
                            _connector="OR",
                        ),
                        name="open_item_has_an_amount",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("open_amount__gte", 0), ("open_amount__lte", models.F("amount"))
                            ),
                            models.Q(
                                ("open_amount__gte", models.F("amount")), ("open_amount__lte", 0)
                            ),
                            _connector="OR",
                        ),
                        name="open_item_within_its_amount",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("settled_on", None), models.Q(("open_amount", 0), _negated=True)
                            ),
                            models.Q(
                                ("open_amount", 0), ("open_base", 0), ("settled_on__isnull", False)
                            ),
                            _connector="OR",
                        ),
                        name="open_item_settled_when_nothing_is_open",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("discount_percent", None), ("discount_until", None)),
                            models.Q(
                                ("discount_percent__gt", 0),
                                ("discount_percent__lt", 100),
                                ("discount_until__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="open_item_discount_whole",
                    ),
                ],
                "indexes": [
                    models.Index(
                        condition=models.Q(("settled_on", None)),
                        fields=["company", "side", "due_date"],
                        name="open_item_open",
                    ),
                    models.Index(
                        condition=models.Q(("settled_on__isnull", False)),
                        fields=["company", "side", "settled_on"],
                        name="open_item_settled",
                    ),
                    models.Index(
                        fields=["company", "entry", "position"], name="open_item_of_entry"
                    ),
                    models.Index(
                        condition=models.Q(("reference", ""), _negated=True),
                        fields=["company", "reference"],
                        name="open_item_by_reference",
                    ),
                ],
            },
            managers=[
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="ResidueLimit",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("valid_from", models.DateField(verbose_name="valid from")),
                (
                    "amount",
                    models.DecimalField(
                        decimal_places=2, default=Decimal("0"), max_digits=9, verbose_name="up to"
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
                "verbose_name": "limit for residues",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("company", "id"), name="residue_limit_of_company"
                    ),
                    models.UniqueConstraint(
                        fields=("company", "valid_from"), name="residue_limit_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("amount__gte", 0)), name="residue_limit_positive"
                    ),
                ],
            },
            managers=[
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="Settlement",
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
                            ("payment", "Payment"),
                            ("credit", "Netting"),
                            ("discount", "Discount"),
                            ("write_off", "Write-off"),
                            ("residue", "Residue cleared by rule"),
                            ("currency", "Currency difference"),
                            ("undo", "Undone"),
                        ],
                        max_length=9,
                        verbose_name="kind",
                    ),
                ),
                ("date", models.DateField(verbose_name="date")),
                (
                    "amount",
                    models.DecimalField(decimal_places=2, max_digits=15, verbose_name="amount"),
                ),
                (
                    "base",
                    models.DecimalField(
                        decimal_places=2, max_digits=15, verbose_name="amount in the books"
                    ),
                ),
                ("position", models.PositiveIntegerField(verbose_name="line")),
                ("created_at", models.DateTimeField(verbose_name="written at")),
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
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounting.journalentry",
                        verbose_name="journal entry",
                    ),
                ),
                (
                    "item",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="settlements",
                        to="accounting.openitem",
                    ),
                ),
                (
                    "undoes",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="undone_by",
                        to="accounting.settlement",
                    ),
                ),
            ],
            options={
                "verbose_name": "settlement",
                "constraints": [
                    models.UniqueConstraint(fields=("company", "id"), name="settlement_of_company"),
                    models.UniqueConstraint(
                        fields=("company", "undoes"), name="settlement_undone_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("amount", 0), ("base", 0), _negated=True),
                        name="settlement_settles_something",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("undoes", None), ("kind", "undo"), _connector="OR"),
                        name="settlement_undo_is_an_undo",
                    ),
                ],
                "indexes": [
                    models.Index(fields=["company", "item", "date"], name="settlement_of_item"),
                    models.Index(
                        fields=["company", "entry", "position"], name="settlement_of_entry"
                    ),
                ],
            },
            managers=[
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        protect(
            "accounting_openitem",
            grants=("SELECT", "INSERT"),
            references=[("account_id", "accounting_account", "open_item_account_of_same_client")],
        ),
        protect(
            "accounting_settlement",
            grants=("SELECT", "INSERT"),
            references=[
                ("item_id", "accounting_openitem", "settlement_item_of_same_client"),
                ("undoes_id", "accounting_settlement", "settlement_undoes_same_client"),
            ],
        ),
        protect("accounting_residuelimit"),
        migrations.RunSQL(
            [
                *(
                    f"ALTER TABLE {table} ADD CONSTRAINT {name}_{what} FOREIGN KEY ({ours})"
                    f" REFERENCES {theirs}"
                    for table, name, day in (
                        ("accounting_openitem", "open_item", "opened_on"),
                        ("accounting_settlement", "settlement", "date"),
                    )
                    for what, ours, theirs in (
                        (
                            "has_date_of_entry",
                            f"company_id, entry_id, {day}",
                            "accounting_journalentry (company_id, id, date)",
                        ),
                        (
                            "stands_on_line",
                            "company_id, entry_id, position",
                            "accounting_entryline (company_id, entry_id, position)",
                        ),
                    )
                ),
                # What parties may agree anew; the rest the database alone changes.
                "GRANT UPDATE (due_date, discount_percent, discount_until, text)"
                f" ON accounting_openitem TO {RUNTIME_ROLE}",
                Path(__file__).with_suffix(".sql").read_text(encoding="utf-8"),
            ],
            migrations.RunSQL.noop,
        ),
    ]
