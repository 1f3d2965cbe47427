"""Outgoing mail: what leaves the house, what became of it, and the texts it is written with."""

from pathlib import Path

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.manager
from django.conf import settings
from django.db import migrations, models

from erp.core.tenancy import protect

_CHANGING = (
    "state, tries, next_try_at, enqueued_at, lease, lease_until, began_at, data_at, sent_at, fault,"
    " last_error"
)


class Migration(migrations.Migration):
    dependencies = [
        ("erp", "0014_recovery"),
    ]

    operations = [
        migrations.CreateModel(
            name="OutgoingMail",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("about_model", models.CharField(blank=True, max_length=60)),
                ("about_id", models.BigIntegerField(null=True)),
                ("about_name", models.CharField(blank=True, max_length=200, verbose_name="about")),
                ("kind", models.CharField(max_length=40, verbose_name="kind")),
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
                    "to",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=254), size=None, verbose_name="to"
                    ),
                ),
                (
                    "cc",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=254),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="copy",
                    ),
                ),
                (
                    "bcc",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=254),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="blind copy",
                    ),
                ),
                (
                    "reply_to",
                    models.CharField(blank=True, max_length=254, verbose_name="answers to"),
                ),
                ("subject", models.CharField(max_length=200, verbose_name="subject")),
                ("body", models.TextField(verbose_name="text")),
                ("message_id", models.CharField(max_length=100, verbose_name="Message-ID")),
                ("queued_at", models.DateTimeField(verbose_name="written at")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("queued", "waits to be sent"),
                            ("sending", "is being sent"),
                            ("sent", "sent"),
                            ("failed", "not sent"),
                            ("refused", "refused"),
                            ("unclear", "unclear"),
                            ("cancelled", "cancelled"),
                        ],
                        default="queued",
                        max_length=9,
                        verbose_name="state",
                    ),
                ),
                ("tries", models.PositiveSmallIntegerField(default=0, verbose_name="tries")),
                ("next_try_at", models.DateTimeField(verbose_name="next try")),
                ("enqueued_at", models.DateTimeField(null=True)),
                ("lease", models.CharField(blank=True, max_length=32)),
                ("lease_until", models.DateTimeField(null=True)),
                ("began_at", models.DateTimeField(null=True)),
                ("data_at", models.DateTimeField(null=True)),
                ("sent_at", models.DateTimeField(null=True, verbose_name="sent at")),
                (
                    "fault",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("away", "The mail server cannot be reached."),
                            ("later", "The mail server asks to try again later."),
                            ("locked_out", "The mail server does not let this installation in."),
                            ("refused", "The mail server refuses the mail."),
                            (
                                "recipient",
                                "The mail server refuses a recipient; nobody got the mail.",
                            ),
                            (
                                "cut_off",
                                "The connection ended while the mail was handed over. It may have arrived.",
                            ),
                            (
                                "stopped",
                                "Sending was interrupted while the mail was handed over. It may have arrived.",
                            ),
                            (
                                "too_many",
                                "The company has sent as many mails as it may in an hour.",
                            ),
                            (
                                "file_lost",
                                "An attached file is not in the archive as it was any more.",
                            ),
                            (
                                "broken",
                                "The program stumbled over this mail. Tell support its number.",
                            ),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "last_error",
                    models.CharField(
                        blank=True, max_length=300, verbose_name="answer of the server"
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="by",
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
                "verbose_name": "mail",
                "verbose_name_plural": "mails",
                "constraints": [
                    models.UniqueConstraint(fields=("company", "id"), name="mail_of_company"),
                    models.UniqueConstraint(fields=("company", "message_id"), name="mail_once"),
                    models.CheckConstraint(
                        condition=models.Q(("to", []), _negated=True), name="mail_to_somebody"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("sent_at__isnull", False), ("state", "sent")),
                            models.Q(models.Q(("state", "sent"), _negated=True), ("sent_at", None)),
                            _connector="OR",
                        ),
                        name="mail_sent_when_sent",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("about_id", None), ("about_model", "")),
                            models.Q(
                                models.Q(("about_model", ""), _negated=True),
                                ("about_id__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="mail_about_something",
                    ),
                ],
                "indexes": [
                    models.Index(fields=["company", "-id"], name="mail_of_company_newest"),
                    models.Index(
                        fields=["company", "about_model", "about_id", "-id"], name="mail_about"
                    ),
                    models.Index(fields=["company", "began_at"], name="mail_tried"),
                    models.Index(
                        condition=models.Q(("state__in", ("queued", "sending"))),
                        fields=["next_try_at"],
                        name="mail_due",
                    ),
                ],
            },
            managers=[
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="MailFile",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=150, verbose_name="file name")),
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
                    ),
                ),
                (
                    "mail",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="files",
                        to="erp.outgoingmail",
                    ),
                ),
            ],
            managers=[
                ("unscoped", django.db.models.manager.Manager()),
            ],
            options={
                "indexes": [
                    models.Index(fields=["company", "mail", "id"], name="mail_file_in_order"),
                ],
            },
        ),
        migrations.CreateModel(
            name="MailTemplate",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kind", models.CharField(max_length=40, verbose_name="kind")),
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
                ("subject", models.CharField(max_length=200, verbose_name="subject")),
                ("body", models.TextField(verbose_name="text")),
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
                "verbose_name": "mail text",
                "verbose_name_plural": "mail texts",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("company", "kind", "language"), name="mail_template_once"
                    )
                ],
            },
            managers=[
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        protect(
            "erp_outgoingmail",
            grants=["SELECT", "INSERT", f"UPDATE ({_CHANGING})"],
        ),
        protect(
            "erp_mailfile",
            grants=["SELECT", "INSERT"],
            references=[
                ("mail_id", "erp_outgoingmail", "mail_file_mail_of_same_client"),
                ("file_id", "erp_storedfile", "mail_file_of_same_client"),
            ],
        ),
        protect("erp_mailtemplate"),
        migrations.RunSQL(
            [Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")],
            migrations.RunSQL.noop,
        ),
    ]
