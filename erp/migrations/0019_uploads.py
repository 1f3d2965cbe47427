"""Files that come in pieces."""

import django.db.models.deletion
import django.db.models.manager
from django.conf import settings
from django.db import migrations, models
from django.db.models import F, Q

from erp.core.tenancy import protect


class Migration(migrations.Migration):
    dependencies = [("erp", "0018_changes")]

    operations = [
        migrations.CreateModel(
            name="Upload",
            fields=[
                ("id", models.BigAutoField(
                    auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                )),
                ("name", models.CharField(max_length=200, verbose_name="file name")),
                ("size", models.PositiveIntegerField(verbose_name="size")),
                ("received", models.PositiveIntegerField(default=0)),
                ("created_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("by", models.ForeignKey(
                    db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+",
                    to=settings.AUTH_USER_MODEL,
                )),
                ("company", models.ForeignKey(
                    db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+",
                    to="erp.company", verbose_name="client",
                )),
            ],
            managers=[("unscoped", django.db.models.manager.Manager())],
            options={
                "verbose_name": "upload",
                "constraints": [
                    models.UniqueConstraint(fields=("company", "id"), name="upload_of_company"),
                    models.CheckConstraint(
                        condition=Q(received__lte=F("size")), name="upload_no_more_than_told"
                    ),
                ],
                "indexes": [
                    models.Index(fields=["company", "by", "expires_at"], name="upload_of_person")
                ],
            },
        ),
        protect("erp_upload"),
    ]  # fmt: skip
