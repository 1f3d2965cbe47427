"""Dunning: procedures, stops, runs and letters."""

from decimal import Decimal

import django.contrib.postgres.fields
import django.core.serializers.json
import django.db.models.deletion
import django.db.models.manager
from django.conf import settings
from django.db import migrations, models

from erp.core.tenancy import RUNTIME_ROLE, protect


class Migration(migrations.Migration):
    dependencies = [
        ("accounting", "0006_item_contacts"),
        ("contacts", "0002_client_borders"),
        ("erp", "0015_mails"),
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
                    ("wages_clearing", "Wages clearing"),
                ],
                max_length=24,
                verbose_name="purpose",
            ),
        ),
        migrations.CreateModel(
            name="DunningProcedure",
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
                    "is_default",
                    models.BooleanField(default=False, verbose_name="for all customers"),
                ),
                (
                    "minimum",
                    models.DecimalField(
                        decimal_places=2,
                        default=Decimal("0"),
                        max_digits=9,
                        verbose_name="least amount to dun",
                    ),
                ),
                (
                    "post_fees",
                    models.BooleanField(default=False, verbose_name="post fees as claims"),
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
                "verbose_name": "dunning procedure",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("company", "id"), name="dunning_procedure_of_company"
                    ),
                    models.UniqueConstraint(
                        fields=("company", "code"), name="dunning_procedure_once"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("is_default", True)),
                        fields=("company",),
                        name="dunning_default_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("minimum__gte", 0)), name="dunning_minimum_positive"
                    ),
                ],
            },
            managers=[
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="DunningLevel",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("step", models.PositiveSmallIntegerField(verbose_name="level")),
                (
                    "days_after_due",
                    models.PositiveSmallIntegerField(verbose_name="days after the due date"),
                ),
                (
                    "days_after_step",
                    models.PositiveSmallIntegerField(
                        default=0, verbose_name="days after the letter before"
                    ),
                ),
                (
                    "period",
                    models.PositiveSmallIntegerField(default=10, verbose_name="new period in days"),
                ),
                (
                    "channel",
                    models.CharField(
                        choices=[
                            ("auto", "e-mail where there is an address, else on paper"),
                            ("mail", "e-mail"),
                            ("print", "on paper"),
                        ],
                        default="auto",
                        max_length=5,
                        verbose_name="sent",
                    ),
                ),
                (
                    "interest",
                    models.CharField(
                        choices=[
                            ("off", "none"),
                            ("shown", "shown, not demanded"),
                            ("charged", "demanded"),
                        ],
                        default="off",
                        max_length=7,
                        verbose_name="interest on arrears",
                    ),
                ),
                (
                    "interest_percent",
                    models.DecimalField(
                        decimal_places=2,
                        default=Decimal("5.00"),
                        max_digits=4,
                        verbose_name="percent of a year",
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
                    "procedure",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="levels",
                        to="accounting.dunningprocedure",
                        verbose_name="dunning procedure",
                    ),
                ),
            ],
            options={
                "verbose_name": "dunning level",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("company", "id"), name="dunning_level_of_company"
                    ),
                    models.UniqueConstraint(
                        fields=("company", "procedure", "step"), name="dunning_level_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("step__range", (1, 9))), name="dunning_level_step"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("interest_percent__range", (0, 20))),
                        name="dunning_level_interest",
                    ),
                ],
            },
            managers=[
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="CustomerDunning",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "stop_kind",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("disputed", "disputed"),
                            ("agreed", "delay agreed"),
                            ("other", "other reason"),
                        ],
                        max_length=8,
                        verbose_name="stopped",
                    ),
                ),
                (
                    "stop_reason",
                    models.CharField(blank=True, max_length=200, verbose_name="reason"),
                ),
                ("stopped_until", models.DateField(null=True, verbose_name="stopped until")),
                ("changed_at", models.DateTimeField(verbose_name="changed at")),
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
                    "procedure",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounting.dunningprocedure",
                        verbose_name="dunning procedure",
                    ),
                ),
            ],
            options={
                "verbose_name": "customer's dunning",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("company", "id"), name="customer_dunning_of_company"
                    ),
                    models.UniqueConstraint(
                        fields=("company", "contact"), name="customer_dunning_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("stop_kind", ""), _negated=True),
                            models.Q(("stop_reason", ""), ("stopped_until", None)),
                            _connector="OR",
                        ),
                        name="customer_dunning_stop_has_a_kind",
                    ),
                ],
            },
            managers=[
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="DunningRun",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("date", models.DateField(verbose_name="date")),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("draft", "draft"),
                            ("executed", "executed"),
                            ("discarded", "discarded"),
                            ("cancelled", "cancelled"),
                        ],
                        default="draft",
                        max_length=9,
                        verbose_name="status",
                    ),
                ),
                (
                    "left_out_items",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), default=list, size=None
                    ),
                ),
                (
                    "left_out_customers",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), default=list, size=None
                    ),
                ),
                ("created_at", models.DateTimeField(verbose_name="created at")),
                ("executed_at", models.DateTimeField(null=True, verbose_name="executed at")),
                ("cancelled_at", models.DateTimeField(null=True, verbose_name="cancelled at")),
                ("reason", models.CharField(blank=True, max_length=200, verbose_name="reason")),
                (
                    "batch",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="erp.storedfile",
                        verbose_name="to print",
                    ),
                ),
                (
                    "cancelled_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="cancelled by",
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
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="created by",
                    ),
                ),
                (
                    "executed_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="executed by",
                    ),
                ),
            ],
            options={
                "verbose_name": "dunning run",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("company", "id"), name="dunning_run_of_company"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("status", "draft")),
                        fields=("company",),
                        name="dunning_run_drafted_once",
                    ),
                ],
                "indexes": [
                    models.Index(fields=["company", "-date", "-id"], name="dunning_run_newest"),
                ],
            },
            managers=[
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="DunningNotice",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveIntegerField(verbose_name="number")),
                ("party", models.CharField(max_length=140, verbose_name="customer")),
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
                ("date", models.DateField(verbose_name="date")),
                ("step", models.PositiveSmallIntegerField(verbose_name="level")),
                ("title", models.CharField(max_length=80, verbose_name="title")),
                ("currency", models.CharField(max_length=3, verbose_name="currency")),
                (
                    "rest",
                    models.DecimalField(
                        decimal_places=2, default=Decimal("0"), max_digits=15, verbose_name="open"
                    ),
                ),
                (
                    "netted",
                    models.DecimalField(
                        decimal_places=2,
                        default=Decimal("0"),
                        max_digits=15,
                        verbose_name="credits",
                    ),
                ),
                (
                    "fee",
                    models.DecimalField(
                        decimal_places=2, default=Decimal("0"), max_digits=15, verbose_name="fee"
                    ),
                ),
                (
                    "interest",
                    models.DecimalField(
                        decimal_places=2,
                        default=Decimal("0"),
                        max_digits=15,
                        verbose_name="interest on arrears",
                    ),
                ),
                (
                    "interest_mode",
                    models.CharField(
                        choices=[
                            ("off", "none"),
                            ("shown", "shown, not demanded"),
                            ("charged", "demanded"),
                        ],
                        default="off",
                        max_length=7,
                    ),
                ),
                (
                    "interest_percent",
                    models.DecimalField(decimal_places=2, default=Decimal("0"), max_digits=4),
                ),
                (
                    "total",
                    models.DecimalField(
                        decimal_places=2,
                        default=Decimal("0"),
                        max_digits=15,
                        verbose_name="to be paid",
                    ),
                ),
                ("pay_until", models.DateField(verbose_name="pay until")),
                (
                    "reference",
                    models.CharField(blank=True, max_length=35, verbose_name="reference"),
                ),
                (
                    "channel",
                    models.CharField(
                        choices=[
                            ("auto", "e-mail where there is an address, else on paper"),
                            ("mail", "e-mail"),
                            ("print", "on paper"),
                        ],
                        max_length=5,
                        verbose_name="sent",
                    ),
                ),
                (
                    "mail_address",
                    models.CharField(blank=True, max_length=254, verbose_name="e-mail"),
                ),
                ("paper", models.JSONField(encoder=django.core.serializers.json.DjangoJSONEncoder)),
                ("cancelled_at", models.DateTimeField(null=True, verbose_name="cancelled at")),
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
                    "fee_entry",
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
                    "file",
                    models.ForeignKey(
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
                    "run",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="notices",
                        to="accounting.dunningrun",
                    ),
                ),
            ],
            options={
                "verbose_name": "dunning letter",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("company", "id"), name="dunning_notice_of_company"
                    ),
                    models.UniqueConstraint(
                        fields=("company", "number"), name="dunning_notice_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("fee__gte", 0),
                            ("interest__gte", 0),
                            ("netted__gte", 0),
                            ("rest__gte", 0),
                            ("total__gt", 0),
                        ),
                        name="dunning_notice_demands_something",
                    ),
                ],
                "indexes": [
                    models.Index(fields=["company", "run", "number"], name="dunning_notice_of_run"),
                    models.Index(
                        fields=["company", "contact", "-date"], name="dunning_notice_of_customer"
                    ),
                    models.Index(
                        condition=models.Q(("reference", ""), _negated=True),
                        fields=["company", "reference"],
                        name="dunning_notice_by_reference",
                    ),
                ],
            },
            managers=[
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="DunningText",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
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
                ("title", models.CharField(max_length=80, verbose_name="title")),
                (
                    "intro",
                    models.TextField(blank=True, max_length=2000, verbose_name="before the list"),
                ),
                (
                    "closing",
                    models.TextField(blank=True, max_length=2000, verbose_name="after the list"),
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
                    "level",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="texts",
                        to="accounting.dunninglevel",
                    ),
                ),
            ],
            managers=[
                ("unscoped", django.db.models.manager.Manager()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("company", "level", "language"), name="dunning_text_once"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ItemStop",
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
                            ("disputed", "disputed"),
                            ("agreed", "delay agreed"),
                            ("other", "other reason"),
                        ],
                        max_length=8,
                        verbose_name="stopped",
                    ),
                ),
                ("text", models.CharField(blank=True, max_length=200, verbose_name="reason")),
                ("until", models.DateField(null=True, verbose_name="stopped until")),
                ("created_at", models.DateTimeField(verbose_name="stopped at")),
                ("lifted_at", models.DateTimeField(null=True, verbose_name="lifted at")),
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
                    "item",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounting.openitem",
                        verbose_name="open item",
                    ),
                ),
                (
                    "lifted_by",
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
                "verbose_name": "dunning stop",
                "constraints": [
                    models.UniqueConstraint(fields=("company", "id"), name="item_stop_of_company"),
                    models.UniqueConstraint(
                        condition=models.Q(("lifted_at", None)),
                        fields=("company", "item"),
                        name="item_stopped_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("lifted_at", None), ("lifted_by", None)),
                            models.Q(("lifted_at__isnull", False), ("lifted_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="item_stop_lifted_by_somebody",
                    ),
                ],
                "indexes": [
                    models.Index(fields=["company", "item"], name="item_stop_of_item"),
                ],
            },
            managers=[
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="DunningFee",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("currency", models.CharField(max_length=3, verbose_name="currency")),
                ("amount", models.DecimalField(decimal_places=2, max_digits=7, verbose_name="fee")),
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
                    "level",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="fees",
                        to="accounting.dunninglevel",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("company", "level", "currency"), name="dunning_fee_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("amount__gt", 0)), name="dunning_fee_positive"
                    ),
                ],
            },
            managers=[
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="DunningNoticeItem",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("position", models.PositiveIntegerField()),
                ("step", models.PositiveSmallIntegerField(null=True, verbose_name="level")),
                ("document", models.CharField(blank=True, max_length=40, verbose_name="document")),
                ("document_date", models.DateField(verbose_name="document date")),
                ("due_date", models.DateField(verbose_name="due")),
                (
                    "amount",
                    models.DecimalField(
                        decimal_places=2, default=Decimal("0"), max_digits=15, verbose_name="amount"
                    ),
                ),
                (
                    "rest",
                    models.DecimalField(
                        decimal_places=2, default=Decimal("0"), max_digits=15, verbose_name="open"
                    ),
                ),
                (
                    "netted",
                    models.DecimalField(
                        decimal_places=2,
                        default=Decimal("0"),
                        max_digits=15,
                        verbose_name="credits",
                    ),
                ),
                ("days", models.IntegerField(default=0, verbose_name="days overdue")),
                (
                    "interest",
                    models.DecimalField(
                        decimal_places=2,
                        default=Decimal("0"),
                        max_digits=15,
                        verbose_name="interest on arrears",
                    ),
                ),
                ("date", models.DateField(verbose_name="date")),
                ("pay_until", models.DateField(verbose_name="pay until")),
                ("is_cancelled", models.BooleanField(default=False)),
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
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounting.openitem",
                        verbose_name="open item",
                    ),
                ),
                (
                    "notice",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="items",
                        to="accounting.dunningnotice",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("is_cancelled", False)),
                        fields=["company", "item"],
                        name="dunning_item_of_item",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("company", "notice", "position"), name="dunning_item_in_order"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("is_cancelled", False), ("step__isnull", False)),
                        fields=("company", "item", "step"),
                        name="dunning_item_once_on_a_level",
                    ),
                ],
            },
            managers=[
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        protect("accounting_dunningprocedure"),
        protect(
            "accounting_dunninglevel",
            references=[
                ("procedure_id", "accounting_dunningprocedure", "dunning_level_same_client")
            ],
        ),
        *(
            protect(
                f"accounting_dunning{part}",
                references=[
                    ("level_id", "accounting_dunninglevel", f"dunning_{part}_level_same_client")
                ],
            )
            for part in ("fee", "text")
        ),
        protect(
            "accounting_customerdunning",
            references=[
                ("contact_id", "contacts_contact", "customer_dunning_contact_same_client"),
                (
                    "procedure_id",
                    "accounting_dunningprocedure",
                    "customer_dunning_procedure_same_client",
                ),
            ],
        ),
        protect(
            "accounting_itemstop",
            grants=("SELECT", "INSERT"),
            references=[("item_id", "accounting_openitem", "item_stop_item_same_client")],
        ),
        protect(
            "accounting_dunningrun",
            grants=("SELECT", "INSERT", "UPDATE"),
            references=[("batch_id", "erp_storedfile", "dunning_run_batch_same_client")],
        ),
        protect(
            "accounting_dunningnotice",
            grants=("SELECT", "INSERT"),
            references=[
                ("run_id", "accounting_dunningrun", "dunning_notice_run_same_client"),
                ("contact_id", "contacts_contact", "dunning_notice_contact_same_client"),
                ("file_id", "erp_storedfile", "dunning_notice_file_same_client"),
                ("fee_entry_id", "accounting_journalentry", "dunning_notice_entry_same_client"),
            ],
        ),
        protect(
            "accounting_dunningnoticeitem",
            grants=("SELECT", "INSERT"),
            references=[
                ("notice_id", "accounting_dunningnotice", "dunning_item_notice_same_client"),
                ("item_id", "accounting_openitem", "dunning_item_item_same_client"),
            ],
        ),
        # What a letter demanded never changes; what became of it does.
        migrations.RunSQL(
            [
                f"GRANT UPDATE (lifted_at, lifted_by_id) ON accounting_itemstop TO {RUNTIME_ROLE}",
                "GRANT UPDATE (contact_id, file_id, mail_address, channel, fee_entry_id,"
                f" cancelled_at) ON accounting_dunningnotice TO {RUNTIME_ROLE}",
                f"GRANT UPDATE (is_cancelled) ON accounting_dunningnoticeitem TO {RUNTIME_ROLE}",
            ],
            migrations.RunSQL.noop,
        ),
    ]
