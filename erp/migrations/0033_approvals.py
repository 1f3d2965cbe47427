"""Mails about what waits for approval."""

import django.db.models.deletion
import django.db.models.manager
from django.conf import settings
from django.db import migrations, models

from erp.core.tenancy import key_by_company, protect


class Migration(migrations.Migration):
    dependencies = [("erp", "0032_within_firms")]

    operations = [
        migrations.AddField(
            "user", "approval_mails",
            models.BooleanField(default=True, verbose_name="mails about what waits for approval"),
        ),
        migrations.CreateModel(
            name="ApprovalDigest",
            fields=[
                ("id", models.BigAutoField(
                    auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                )),
                ("sent_on", models.DateField()),
                ("marks", models.JSONField(default=dict)),
                ("counts", models.JSONField(default=dict)),
                ("company", models.ForeignKey(
                    db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+",
                    to="erp.company", verbose_name="client",
                )),
                ("user", models.ForeignKey(
                    db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+",
                    to=settings.AUTH_USER_MODEL,
                )),
            ],
            managers=[("unscoped", django.db.models.manager.Manager())],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("company", "user"), name="approval_digest_once"
                    ),
                ],
            },
        ),
        protect("erp_approvaldigest", grants=("SELECT", "INSERT", "UPDATE")),
        key_by_company("erp_approvaldigest"),
    ]  # fmt: skip
