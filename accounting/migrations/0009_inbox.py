"""The inbox: bills as they come in."""

import django.db.models.deletion
import django.db.models.manager
from django.conf import settings
from django.db import migrations, models

from erp.core.tenancy import RUNTIME_ROLE, protect


class Migration(migrations.Migration):
    dependencies = [
        ("accounting", "0008_payments"),
        ("erp", "0016_own_fields"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="InboxDocument",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=200, verbose_name="file name")),
                (
                    "channel",
                    models.CharField(
                        choices=[
                            ("upload", "uploaded"),
                            ("photo", "photographed"),
                            ("folder", "from the folder"),
                            ("api", "by the API"),
                        ],
                        max_length=6,
                        verbose_name="came",
                    ),
                ),
                ("received_at", models.DateTimeField(verbose_name="received at")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("new", "new"),
                            ("reading", "is being read"),
                            ("read", "read"),
                            ("failed", "not readable"),
                            ("captured", "captured"),
                            ("aside", "set aside"),
                        ],
                        default="new",
                        max_length=8,
                        verbose_name="state",
                    ),
                ),
                ("pages", models.PositiveSmallIntegerField(null=True, verbose_name="pages")),
                ("found", models.JSONField(default=dict)),
                ("refusal", models.JSONField(default=dict)),
                ("read_at", models.DateTimeField(null=True, verbose_name="read at")),
                ("payee", models.CharField(blank=True, max_length=140, verbose_name="payee")),
                ("iban", models.CharField(blank=True, max_length=34, verbose_name="IBAN")),
                (
                    "reference",
                    models.CharField(blank=True, max_length=35, verbose_name="reference"),
                ),
                (
                    "number",
                    models.CharField(blank=True, max_length=70, verbose_name="invoice number"),
                ),
                ("currency", models.CharField(blank=True, max_length=3, verbose_name="currency")),
                (
                    "amount",
                    models.DecimalField(
                        decimal_places=2, max_digits=15, null=True, verbose_name="amount"
                    ),
                ),
                ("bill", models.BigIntegerField(null=True)),
                ("reason", models.CharField(blank=True, max_length=200, verbose_name="reason")),
                ("decided_at", models.DateTimeField(null=True)),
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
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
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
                    ),
                ),
                (
                    "received_by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "document in the inbox",
                "verbose_name_plural": "inbox",
                "indexes": [
                    models.Index(fields=["company", "state", "-id"], name="inbox_by_state"),
                    models.Index(fields=["company", "-id"], name="inbox_newest"),
                    models.Index(fields=["company", "iban", "reference"], name="inbox_of_payee"),
                    models.Index(
                        condition=models.Q(("bill", None), _negated=True),
                        fields=["company", "bill"],
                        name="inbox_of_bill",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("company", "id"), name="inbox_of_company"),
                    models.UniqueConstraint(fields=("company", "file"), name="inbox_file_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("bill__isnull", False), ("state", "captured")),
                            models.Q(
                                models.Q(("state", "captured"), _negated=True), ("bill", None)
                            ),
                            _connector="OR",
                        ),
                        name="inbox_captured_as_a_bill",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "aside"), models.Q(("reason", ""), _negated=True)),
                            models.Q(models.Q(("state", "aside"), _negated=True), ("reason", "")),
                            _connector="OR",
                        ),
                        name="inbox_aside_for_a_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("decided_at__isnull", False),
                                ("decided_by__isnull", False),
                                ("state__in", ("captured", "aside")),
                            ),
                            models.Q(
                                ("decided_at", None),
                                ("decided_by", None),
                                ("state__in", ("new", "reading", "read", "failed")),
                            ),
                            _connector="OR",
                        ),
                        name="inbox_decided_by_somebody",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "failed"), _negated=True),
                            models.Q(("refusal", {}), _negated=True),
                            _connector="OR",
                        ),
                        name="inbox_failed_says_why",
                    ),
                ],
            },
            managers=[
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.AddIndex(
            model_name="entryvoucher",
            index=models.Index(fields=["company", "file"], name="voucher_of_file"),
        ),
        protect(
            "accounting_inboxdocument",
            grants=("SELECT", "INSERT"),
            references=[("file_id", "erp_storedfile", "inbox_file_of_same_client")],
        ),
        # What came, when, how and by whom never changes; what was read and decided does.
        migrations.RunSQL(
            "GRANT UPDATE (state, pages, found, refusal, read_at, payee, iban, reference, number,"
            " currency, amount, bill, reason, decided_at, decided_by_id)"
            f" ON accounting_inboxdocument TO {RUNTIME_ROLE}",
            migrations.RunSQL.noop,
        ),
    ]
