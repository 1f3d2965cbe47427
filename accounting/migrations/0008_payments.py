"""Payment instructions, accounts of payees, payment runs and what banks said of them."""

from decimal import Decimal
from pathlib import Path

import django.db.models.deletion
import django.db.models.manager
from django.conf import settings
from django.db import migrations, models

from erp.core.tenancy import protect

GUARDS = Path(__file__).with_suffix(".sql")


class Migration(migrations.Migration):
    dependencies = [
        ("accounting", "0007_dunning"),
        ("contacts", "0002_client_borders"),
        ("erp", "0016_own_fields"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="PaymentRun",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveIntegerField(verbose_name="number")),
                ("currency", models.CharField(max_length=3, verbose_name="currency")),
                ("date", models.DateField(verbose_name="execution date")),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("draft", "draft"),
                            ("approved", "approved"),
                            ("exported", "exported"),
                            ("booked", "booked"),
                            ("cancelled", "cancelled"),
                        ],
                        default="draft",
                        max_length=9,
                        verbose_name="status",
                    ),
                ),
                ("batch", models.BooleanField(default=True, verbose_name="one debit for all")),
                ("is_salary", models.BooleanField(default=False, verbose_name="wages")),
                (
                    "advice",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "as agreed with the bank"),
                            ("NOA", "none"),
                            ("SIA", "for each payment"),
                            ("CND", "in one, without details"),
                            ("CWD", "in one, with details"),
                        ],
                        max_length=3,
                        verbose_name="debit advice",
                    ),
                ),
                ("created_at", models.DateTimeField(verbose_name="created at")),
                ("approved_at", models.DateTimeField(null=True, verbose_name="approved at")),
                ("digest", models.CharField(blank=True, max_length=64, verbose_name="digest")),
                ("waiver", models.CharField(blank=True, max_length=200, verbose_name="waiver")),
                ("exported_at", models.DateTimeField(null=True, verbose_name="exported at")),
                (
                    "message_id",
                    models.CharField(blank=True, max_length=35, verbose_name="message number"),
                ),
                ("cancelled_at", models.DateTimeField(null=True, verbose_name="cancelled at")),
                ("reason", models.CharField(blank=True, max_length=200, verbose_name="reason")),
                (
                    "bank_status",
                    models.CharField(blank=True, max_length=4, verbose_name="status at the bank"),
                ),
                (
                    "changed_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="changed by",
                    ),
                ),
                (
                    "approved_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="approved by",
                    ),
                ),
                (
                    "bank_account",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounting.bankaccount",
                        verbose_name="bank account",
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
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="created by",
                    ),
                ),
                (
                    "exported_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="exported by",
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
                        verbose_name="payment file",
                    ),
                ),
            ],
            options={
                "verbose_name": "payment run",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("company", "id"), name="payment_run_of_company"
                    ),
                    models.UniqueConstraint(fields=("company", "number"), name="payment_run_once"),
                    models.UniqueConstraint(
                        condition=models.Q(("message_id", ""), _negated=True),
                        fields=("company", "message_id"),
                        name="payment_message_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("status__in", ("draft", "cancelled")),
                            models.Q(
                                ("approved_at__isnull", False),
                                ("approved_by__isnull", False),
                                models.Q(("digest", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="payment_run_approved_by_somebody",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("status__in", ("exported", "booked")), _negated=True),
                            models.Q(
                                ("exported_at__isnull", False),
                                ("file__isnull", False),
                                models.Q(("message_id", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="payment_run_exported_with_its_file",
                    ),
                ],
                "indexes": [
                    models.Index(fields=["company", "-number"], name="payment_run_newest"),
                ],
            },
            managers=[
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="PaymentReport",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("message_id", models.CharField(max_length=35, verbose_name="message number")),
                ("created", models.CharField(blank=True, max_length=40, verbose_name="created")),
                ("status", models.CharField(blank=True, max_length=4, verbose_name="status")),
                ("reasons", models.JSONField(default=list)),
                ("read_at", models.DateTimeField(verbose_name="read at")),
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
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="erp.storedfile",
                        verbose_name="file",
                    ),
                ),
                (
                    "read_by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="read by",
                    ),
                ),
                (
                    "run",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reports",
                        to="accounting.paymentrun",
                    ),
                ),
            ],
            options={
                "verbose_name": "status report",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("company", "run", "file"), name="payment_report_once"
                    ),
                ],
            },
            managers=[
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="PaymentSettings",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("four_eyes", models.BooleanField(default=True, verbose_name="four eyes")),
                ("off_asked_at", models.DateTimeField(null=True)),
                ("off_at", models.DateTimeField(null=True)),
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
                    "off_asked_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="asked by",
                    ),
                ),
                (
                    "off_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="confirmed by",
                    ),
                ),
            ],
            options={
                "verbose_name": "settings of payments",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("company", "id"), name="payment_settings_of_company"
                    ),
                    models.UniqueConstraint(fields=("company",), name="payment_settings_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("four_eyes", True),
                            models.Q(
                                ("off_asked_by__isnull", False),
                                ("off_by__isnull", False),
                                models.Q(("off_asked_by", models.F("off_by")), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="payment_four_eyes_off_by_two",
                    ),
                ],
            },
            managers=[
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="RunPayment",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("payee", models.CharField(max_length=140, verbose_name="payee")),
                ("street", models.CharField(blank=True, max_length=70, verbose_name="street")),
                (
                    "house_number",
                    models.CharField(blank=True, max_length=16, verbose_name="house number"),
                ),
                ("postcode", models.CharField(blank=True, max_length=16, verbose_name="postcode")),
                ("town", models.CharField(blank=True, max_length=35, verbose_name="town")),
                ("country", models.CharField(blank=True, max_length=2, verbose_name="country")),
                ("account", models.CharField(max_length=34, verbose_name="account")),
                ("is_iban", models.BooleanField(default=True)),
                ("bic", models.CharField(blank=True, max_length=11, verbose_name="BIC")),
                ("bank", models.CharField(blank=True, max_length=140, verbose_name="bank")),
                (
                    "reference_kind",
                    models.CharField(
                        blank=True,
                        choices=[("QRR", "QR reference"), ("SCOR", "creditor reference (SCOR)")],
                        max_length=4,
                        verbose_name="kind of reference",
                    ),
                ),
                (
                    "reference",
                    models.CharField(blank=True, max_length=27, verbose_name="reference"),
                ),
                ("message", models.CharField(blank=True, max_length=140, verbose_name="message")),
                (
                    "charges",
                    models.CharField(
                        blank=True,
                        choices=[("SHAR", "shared"), ("DEBT", "borne by us")],
                        max_length=4,
                        verbose_name="charges abroad",
                    ),
                ),
                ("position", models.PositiveIntegerField(verbose_name="position")),
                ("party", models.CharField(max_length=140, verbose_name="party")),
                ("date", models.DateField(verbose_name="execution date")),
                (
                    "amount",
                    models.DecimalField(
                        decimal_places=2, default=Decimal("0"), max_digits=15, verbose_name="amount"
                    ),
                ),
                (
                    "end_to_end_id",
                    models.CharField(max_length=35, verbose_name="number of the payment"),
                ),
                (
                    "block_id",
                    models.CharField(blank=True, max_length=35, verbose_name="number of the block"),
                ),
                ("details_at", models.DateTimeField(null=True)),
                (
                    "bank_status",
                    models.CharField(blank=True, max_length=4, verbose_name="status at the bank"),
                ),
                ("bank_reasons", models.JSONField(default=list)),
                ("booked_on", models.DateField(null=True, verbose_name="booked on")),
                (
                    "booked_entry",
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
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="contacts.contact",
                        verbose_name="contact",
                    ),
                ),
                (
                    "details_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="bank details by",
                    ),
                ),
                (
                    "run",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="payments",
                        to="accounting.paymentrun",
                    ),
                ),
            ],
            options={
                "verbose_name": "payment",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("company", "id"), name="run_payment_of_company"
                    ),
                    models.UniqueConstraint(
                        fields=("company", "run", "position"), name="run_payment_in_order"
                    ),
                    models.UniqueConstraint(
                        fields=("company", "end_to_end_id"), name="run_payment_end_to_end"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("amount__gt", 0)), name="run_payment_pays_something"
                    ),
                ],
                "indexes": [
                    models.Index(
                        condition=models.Q(("booked_entry__isnull", False)),
                        fields=["company", "booked_entry"],
                        name="run_payment_of_entry",
                    ),
                ],
            },
            managers=[
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="RunItem",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("paid", models.DecimalField(decimal_places=2, max_digits=15, verbose_name="paid")),
                (
                    "discount",
                    models.DecimalField(
                        decimal_places=2,
                        default=Decimal("0"),
                        max_digits=15,
                        verbose_name="discount",
                    ),
                ),
                ("is_live", models.BooleanField(default=True)),
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
                    "run",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="items",
                        to="accounting.paymentrun",
                    ),
                ),
                (
                    "payment",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="items",
                        to="accounting.runpayment",
                    ),
                ),
            ],
            managers=[
                ("unscoped", django.db.models.manager.Manager()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("is_live", True)),
                        fields=("company", "item"),
                        name="run_item_in_one_live_run",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("paid", 0), _negated=True),
                        name="run_item_pays_something",
                    ),
                ],
                "indexes": [
                    models.Index(fields=["company", "run"], name="run_item_of_run"),
                    models.Index(fields=["company", "payment"], name="run_item_of_payment"),
                ],
            },
        ),
        migrations.CreateModel(
            name="PayeeAccount",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("party", models.CharField(blank=True, max_length=140, verbose_name="payee")),
                ("account", models.CharField(max_length=34, verbose_name="account")),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("first", "first account"),
                            ("waiting", "waits for approval"),
                            ("approved", "approved"),
                            ("refused", "refused"),
                        ],
                        max_length=8,
                        verbose_name="status",
                    ),
                ),
                (
                    "before",
                    models.CharField(blank=True, max_length=34, verbose_name="account before"),
                ),
                ("changed_at", models.DateTimeField(verbose_name="changed at")),
                ("decided_at", models.DateTimeField(null=True, verbose_name="decided at")),
                ("waiver", models.CharField(blank=True, max_length=200, verbose_name="waiver")),
                (
                    "changed_by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="changed by",
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
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="contacts.contact",
                        verbose_name="contact",
                    ),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="decided by",
                    ),
                ),
            ],
            options={
                "verbose_name": "account of a payee",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("company", "id"), name="payee_account_of_company"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("contact__isnull", False)),
                        fields=("company", "contact", "account"),
                        name="payee_account_of_contact",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("contact", None)),
                        fields=("company", "party", "account"),
                        name="payee_account_of_party",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("contact", None), models.Q(("party", ""), _negated=True)),
                            models.Q(("contact__isnull", False), ("party", "")),
                            _connector="OR",
                        ),
                        name="payee_account_of_somebody",
                    ),
                ],
            },
            managers=[
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="PaymentInstruction",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("payee", models.CharField(max_length=140, verbose_name="payee")),
                ("street", models.CharField(blank=True, max_length=70, verbose_name="street")),
                (
                    "house_number",
                    models.CharField(blank=True, max_length=16, verbose_name="house number"),
                ),
                ("postcode", models.CharField(blank=True, max_length=16, verbose_name="postcode")),
                ("town", models.CharField(blank=True, max_length=35, verbose_name="town")),
                ("country", models.CharField(blank=True, max_length=2, verbose_name="country")),
                ("account", models.CharField(max_length=34, verbose_name="account")),
                ("is_iban", models.BooleanField(default=True)),
                ("bic", models.CharField(blank=True, max_length=11, verbose_name="BIC")),
                ("bank", models.CharField(blank=True, max_length=140, verbose_name="bank")),
                (
                    "reference_kind",
                    models.CharField(
                        blank=True,
                        choices=[("QRR", "QR reference"), ("SCOR", "creditor reference (SCOR)")],
                        max_length=4,
                        verbose_name="kind of reference",
                    ),
                ),
                (
                    "reference",
                    models.CharField(blank=True, max_length=27, verbose_name="reference"),
                ),
                ("message", models.CharField(blank=True, max_length=140, verbose_name="message")),
                (
                    "charges",
                    models.CharField(
                        blank=True,
                        choices=[("SHAR", "shared"), ("DEBT", "borne by us")],
                        max_length=4,
                        verbose_name="charges abroad",
                    ),
                ),
                (
                    "blocked",
                    models.CharField(blank=True, max_length=200, verbose_name="blocked because"),
                ),
                ("changed_at", models.DateTimeField(verbose_name="changed at")),
                (
                    "changed_by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="changed by",
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
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounting.openitem",
                        verbose_name="open item",
                    ),
                ),
            ],
            options={
                "verbose_name": "payment instruction",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("company", "id"), name="instruction_of_company"
                    ),
                    models.UniqueConstraint(fields=("company", "item"), name="instruction_of_item"),
                ],
            },
            managers=[
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        protect(
            "accounting_paymentinstruction",
            references=[("item_id", "accounting_openitem", "instruction_item_same_client")],
        ),
        protect(
            "accounting_payeeaccount",
            grants=("SELECT", "INSERT", "UPDATE"),
            references=[("contact_id", "contacts_contact", "payee_account_contact_same_client")],
        ),
        protect("accounting_paymentsettings", grants=("SELECT", "INSERT", "UPDATE")),
        protect(
            "accounting_paymentrun",
            grants=("SELECT", "INSERT", "UPDATE"),
            references=[
                ("bank_account_id", "accounting_bankaccount", "payment_run_bank_same_client"),
                ("file_id", "erp_storedfile", "payment_run_file_same_client"),
            ],
        ),
        protect(
            "accounting_runpayment",
            references=[
                ("run_id", "accounting_paymentrun", "run_payment_run_same_client"),
                ("contact_id", "contacts_contact", "run_payment_contact_same_client"),
                ("booked_entry_id", "accounting_journalentry", "run_payment_entry_same_client"),
            ],
        ),
        protect(
            "accounting_runitem",
            references=[
                ("run_id", "accounting_paymentrun", "run_item_run_same_client"),
                ("payment_id", "accounting_runpayment", "run_item_payment_same_client"),
                ("item_id", "accounting_openitem", "run_item_item_same_client"),
            ],
        ),
        protect(
            "accounting_paymentreport",
            grants=("SELECT", "INSERT"),
            references=[
                ("run_id", "accounting_paymentrun", "payment_report_run_same_client"),
                ("file_id", "erp_storedfile", "payment_report_file_same_client"),
            ],
        ),
        migrations.RunSQL(GUARDS.read_text(encoding="utf-8"), migrations.RunSQL.noop),
    ]
