"""Chain the audit trail, say where acts come from, and keep an access log apart."""

from pathlib import Path

import django.db.models.deletion
import django.db.models.manager
from django.conf import settings
from django.db import migrations, models

from erp.core.tenancy import protect

_WAYS = [
    ("page", "page"),
    ("api", "interface"),
    ("token", "program with a key of its own"),
    ("command", "command on the server"),
    ("job", "background work"),
]


def _company():
    return models.ForeignKey(
        db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+",
        to="erp.company", verbose_name="client",
    )  # fmt: skip


def _id():
    return models.BigAutoField(
        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
    )


class Migration(migrations.Migration):
    dependencies = [("erp", "0003_sign_in")]

    operations = [
        migrations.AddField("auditevent", "address",
                            models.CharField(default="", max_length=45, verbose_name="address")),
        migrations.AddField("auditevent", "agent",
                            models.CharField(default="", max_length=200, verbose_name="program")),
        migrations.AddField("auditevent", "via",
                            models.CharField(choices=_WAYS, default="command", max_length=10,
                                             verbose_name="way in")),
        migrations.AddField("auditevent", "request_id",
                            models.CharField(default="", max_length=32, verbose_name="request")),
        migrations.AddField("auditevent", "position",
                            models.BigIntegerField(null=True, verbose_name="place in the chain")),
        migrations.AddField("auditevent", "content_digest", models.BinaryField(null=True)),
        migrations.AddField("auditevent", "digest", models.BinaryField(null=True)),
        migrations.AddConstraint(
            "auditevent",
            models.UniqueConstraint(fields=["company", "position"], name="audit_place_once"),
        ),
        migrations.CreateModel(
            name="AuditHead",
            fields=[
                ("id", _id()),
                ("position", models.BigIntegerField(default=0)),
                ("digest", models.BinaryField(default=b"")),
                ("company", _company()),
            ],
            managers=[("unscoped", django.db.models.manager.Manager())],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=["company"], name="audit_head_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="AccessLogEntry",
            fields=[
                ("id", _id()),
                ("at", models.DateTimeField(verbose_name="at")),
                ("kind", models.CharField(
                    choices=[("read", "looked at"), ("list", "list looked at"),
                             ("search", "searched"), ("export", "exported"),
                             ("disclosure", "handed on")],
                    max_length=10, verbose_name="kind",
                )),
                ("subject", models.CharField(max_length=40, verbose_name="data")),
                ("subject_id", models.BigIntegerField(null=True)),
                ("count", models.PositiveIntegerField(null=True, verbose_name="number of records")),
                ("recipient", models.CharField(blank=True, max_length=120, verbose_name="recipient")),
                ("address", models.CharField(blank=True, max_length=45, verbose_name="address")),
                ("via", models.CharField(choices=_WAYS, max_length=10, verbose_name="way in")),
                ("by", models.ForeignKey(
                    db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+",
                    to=settings.AUTH_USER_MODEL, verbose_name="by",
                )),
                ("company", _company()),
            ],
            managers=[("unscoped", django.db.models.manager.Manager())],
            options={
                "indexes": [
                    models.Index(fields=["company", "-at"], name="access_log_by_time"),
                    models.Index(fields=["company", "subject", "subject_id"],
                                 name="access_log_by_subject"),
                ],
            },
        ),
        migrations.RunSQL(
            ["REVOKE INSERT ON erp_auditevent FROM rappen_app"], migrations.RunSQL.noop
        ),
        protect("erp_audithead", grants=["SELECT"]),
        protect("erp_accesslogentry", grants=["SELECT", "INSERT"]),
        migrations.RunSQL(
            [Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")],
            migrations.RunSQL.noop,
        ),
    ]  # fmt: skip
