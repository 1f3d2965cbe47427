"""Closing fiscal years: closings, words on checks, accruals, appropriations, notes to the accounts."""

from pathlib import Path

import django.db.models.deletion
import django.db.models.manager
from django.conf import settings
from django.db import migrations, models

from erp.core.tenancy import key_by_company, protect

NEVER_DELETED = ("SELECT", "INSERT", "UPDATE")


class Migration(migrations.Migration):
    dependencies = [
        ("accounting", "0019_valuation"),
        ("erp", "0034_questions_followed"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="AnnualNote",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.CharField(max_length=40)),
                ("text", models.TextField(blank=True, max_length=8000, verbose_name="text")),
                ("changed_at", models.DateTimeField()),
                (
                    "changed_by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
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
                    ),
                ),
            ],
            options={
                "verbose_name": "note to the accounts",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("company", "fiscal_year", "code"), name="annual_note_once"
                    )
                ],
            },
            managers=[
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="Appropriation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("decided_on", models.DateField(verbose_name="decided on")),
                (
                    "available",
                    models.DecimalField(
                        decimal_places=2, max_digits=15, verbose_name="at disposal"
                    ),
                ),
                (
                    "statutory",
                    models.DecimalField(
                        decimal_places=2, max_digits=15, verbose_name="to the statutory reserve"
                    ),
                ),
                (
                    "voluntary",
                    models.DecimalField(
                        decimal_places=2, max_digits=15, verbose_name="to voluntary reserves"
                    ),
                ),
                (
                    "dividend",
                    models.DecimalField(decimal_places=2, max_digits=15, verbose_name="dividend"),
                ),
                ("is_undone", models.BooleanField(default=False, verbose_name="undone")),
                ("created_at", models.DateTimeField()),
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
                        verbose_name="entry",
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
            ],
            options={
                "verbose_name": "appropriation of profit",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("is_undone", False)),
                        fields=("company", "fiscal_year"),
                        name="appropriation_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("dividend__gte", 0), ("statutory__gte", 0), ("voluntary__gte", 0)
                        ),
                        name="appropriation_is_not_negative",
                    ),
                ],
            },
            managers=[
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="CheckNote",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("check_code", models.CharField(max_length=40)),
                ("finding", models.CharField(max_length=32)),
                ("text", models.CharField(max_length=500, verbose_name="reason or note")),
                ("at", models.DateTimeField(verbose_name="written at")),
                ("is_withdrawn", models.BooleanField(default=False)),
                (
                    "by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
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
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="erp.storedfile",
                        verbose_name="file",
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
                    ),
                ),
            ],
            options={
                "verbose_name": "note on a closing check",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("is_withdrawn", False)),
                        fields=("company", "fiscal_year", "check_code"),
                        name="check_note_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("text", ""), _negated=True), name="check_note_says_why"
                    ),
                ],
            },
            managers=[
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="YearAccrual",
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
                            ("prepaid_expense", "Expense of next year, paid already"),
                            ("accrued_income", "Income of this year, not received yet"),
                            ("accrued_expense", "Expense of this year, not paid yet"),
                            ("deferred_income", "Income of next year, received already"),
                        ],
                        max_length=15,
                        verbose_name="kind",
                    ),
                ),
                (
                    "amount",
                    models.DecimalField(decimal_places=2, max_digits=15, verbose_name="amount"),
                ),
                ("text", models.CharField(max_length=200, verbose_name="text")),
                ("is_undone", models.BooleanField(default=False, verbose_name="undone")),
                ("created_at", models.DateTimeField()),
                (
                    "account",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounting.account",
                        verbose_name="income or expense account",
                    ),
                ),
                (
                    "balance_account",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounting.account",
                        verbose_name="accrual account",
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
                        verbose_name="entry",
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
                (
                    "reversal",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounting.journalentry",
                        verbose_name="reversal",
                    ),
                ),
            ],
            options={
                "verbose_name": "accrual",
                "indexes": [
                    models.Index(fields=["company", "fiscal_year"], name="year_accrual_of_year")
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("company", "entry"), name="year_accrual_entry_once"
                    ),
                    models.UniqueConstraint(
                        fields=("company", "reversal"), name="year_accrual_reversal_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("amount__gt", 0)), name="year_accrual_is_something"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("entry", models.F("reversal")), _negated=True),
                        name="year_accrual_has_two_entries",
                    ),
                ],
            },
            managers=[
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="YearClosing",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("nth", models.PositiveSmallIntegerField(default=1)),
                ("position", models.BigIntegerField()),
                (
                    "result",
                    models.DecimalField(
                        decimal_places=2, max_digits=15, verbose_name="result of the year"
                    ),
                ),
                (
                    "carried",
                    models.DecimalField(
                        decimal_places=2, max_digits=15, verbose_name="carried forward"
                    ),
                ),
                ("figures", models.JSONField(default=list)),
                ("digest", models.CharField(max_length=64)),
                ("findings", models.JSONField(default=list)),
                ("paper", models.JSONField(default=dict)),
                ("closed_at", models.DateTimeField(verbose_name="closed at")),
                ("reopened_at", models.DateTimeField(null=True, verbose_name="reopened at")),
                ("reason", models.CharField(blank=True, max_length=500, verbose_name="reason")),
                (
                    "closed_by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="closed by",
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
                        related_name="closings",
                        to="accounting.fiscalyear",
                        verbose_name="fiscal year",
                    ),
                ),
                (
                    "reopened_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="reopened by",
                    ),
                ),
            ],
            options={
                "verbose_name": "closing of a year",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("company", "fiscal_year", "nth"), name="year_closing_nth_once"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("reopened_at", None)),
                        fields=("company", "fiscal_year"),
                        name="year_closed_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("reason", ""), ("reopened_at", None), ("reopened_by", None)),
                            models.Q(
                                ("reopened_at__isnull", False),
                                ("reopened_by__isnull", False),
                                models.Q(("reason", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="year_reopened_with_reason",
                    ),
                ],
            },
            managers=[
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        protect(
            "accounting_yearclosing",
            grants=NEVER_DELETED,
            references=[
                ("fiscal_year_id", "accounting_fiscalyear", "year_closing_year_same_client"),
            ],
        ),
        protect(
            "accounting_checknote",
            grants=NEVER_DELETED,
            references=[
                ("fiscal_year_id", "accounting_fiscalyear", "check_note_year_same_client"),
                ("file_id", "erp_storedfile", "check_note_file_same_client"),
            ],
        ),
        protect(
            "accounting_yearaccrual",
            grants=NEVER_DELETED,
            references=[
                ("fiscal_year_id", "accounting_fiscalyear", "year_accrual_year_same_client"),
                ("account_id", "accounting_account", "year_accrual_account_same_client"),
                ("balance_account_id", "accounting_account", "year_accrual_balance_same_client"),
                ("cost_centre_id", "accounting_costcentre", "year_accrual_centre_same_client"),
                ("cost_object_id", "accounting_costobject", "year_accrual_object_same_client"),
                ("entry_id", "accounting_journalentry", "year_accrual_entry_same_client"),
                ("reversal_id", "accounting_journalentry", "year_accrual_reversal_same_client"),
            ],
        ),
        protect(
            "accounting_appropriation",
            grants=NEVER_DELETED,
            references=[
                ("fiscal_year_id", "accounting_fiscalyear", "appropriation_year_same_client"),
                ("entry_id", "accounting_journalentry", "appropriation_entry_same_client"),
            ],
        ),
        protect(
            "accounting_annualnote",
            references=[
                ("fiscal_year_id", "accounting_fiscalyear", "annual_note_year_same_client"),
            ],
        ),
        key_by_company(
            "accounting_annualnote",
            "accounting_appropriation",
            "accounting_checknote",
            "accounting_yearaccrual",
            "accounting_yearclosing",
        ),
        migrations.RunSQL(
            [Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")],
            migrations.RunSQL.noop,
        ),
    ]
