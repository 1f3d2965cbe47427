"""Webhooks: who is told that something changed."""

import uuid
from pathlib import Path

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.manager
from django.conf import settings
from django.db import migrations, models
from django.db.models import Q

import erp.core.sealed
from erp.core.tenancy import protect


def _id():
    return models.BigAutoField(
        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
    )


def _key(to, name=None, **more):
    return models.ForeignKey(
        db_index=False, **({"on_delete": django.db.models.deletion.PROTECT, "related_name": "+"} | more),
        to=to, verbose_name=name,
    )  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [("erp", "0019_uploads")]

    operations = [
        migrations.CreateModel(
            name="Webhook",
            fields=[
                ("id", _id()),
                ("seal_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("name", models.CharField(max_length=60, verbose_name="name")),
                ("url", models.CharField(max_length=500, verbose_name="address")),
                ("resources", django.contrib.postgres.fields.ArrayField(
                    base_field=models.CharField(max_length=20), size=None, verbose_name="told of"
                )),
                ("secrets", erp.core.sealed.SealedField()),
                ("is_on", models.BooleanField(default=True, verbose_name="on")),
                ("off_reason", models.CharField(blank=True, max_length=60)),
                ("confirmed_at", models.DateTimeField(null=True)),
                ("epoch", models.CharField(blank=True, max_length=12)),
                ("place", models.BigIntegerField(default=0)),
                ("due_at", models.DateTimeField()),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                ("lease", models.CharField(blank=True, max_length=32)),
                ("lease_until", models.DateTimeField(null=True)),
                ("made_at", models.DateTimeField(verbose_name="made at")),
                ("made_by", _key(settings.AUTH_USER_MODEL, "made by")),
                ("company", _key("erp.company", "client")),
            ],
            managers=[("unscoped", django.db.models.manager.Manager())],
            options={
                "verbose_name": "webhook",
                "constraints": [
                    models.UniqueConstraint(fields=("company", "id"), name="webhook_of_company"),
                    models.CheckConstraint(
                        condition=Q(url__startswith="https://"), name="webhook_encrypted"
                    ),
                ],
                "indexes": [
                    models.Index(condition=Q(is_on=True), fields=["due_at"], name="webhook_due")
                ],
            },
        ),
        migrations.CreateModel(
            name="Delivery",
            fields=[
                ("id", _id()),
                ("number", models.CharField(max_length=40)),
                ("kind", models.CharField(max_length=20)),
                ("body", models.TextField()),
                ("epoch", models.CharField(blank=True, max_length=12)),
                ("place", models.BigIntegerField(default=0)),
                ("state", models.CharField(
                    choices=[("waiting", "waiting"), ("done", "delivered"), ("failed", "failed")],
                    default="waiting", max_length=7, verbose_name="state",
                )),
                ("tries", models.PositiveSmallIntegerField(default=0, verbose_name="tries")),
                ("status", models.PositiveSmallIntegerField(null=True, verbose_name="answer")),
                ("fault", models.CharField(blank=True, max_length=100, verbose_name="fault")),
                ("made_at", models.DateTimeField(verbose_name="made at")),
                ("tried_at", models.DateTimeField(null=True, verbose_name="tried at")),
                ("company", _key("erp.company", "client")),
                ("webhook", _key(
                    "erp.webhook", on_delete=django.db.models.deletion.CASCADE,
                    related_name="deliveries", db_constraint=False,
                )),
            ],
            managers=[("unscoped", django.db.models.manager.Manager())],
            options={
                "verbose_name": "delivery",
                "constraints": [
                    models.UniqueConstraint(fields=("company", "id"), name="delivery_of_company"),
                    models.UniqueConstraint(
                        condition=Q(state="waiting"), fields=("company", "webhook"),
                        name="delivery_one_at_a_time",
                    ),
                ],
                "indexes": [
                    models.Index(fields=["company", "webhook", "-id"], name="delivery_newest")
                ],
            },
        ),
        protect("erp_webhook"),
        protect(
            "erp_delivery",
            references=[("webhook_id", "erp_webhook", "delivery_webhook_of_same_client")],
        ),
        migrations.RunSQL(
            [Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")],
            migrations.RunSQL.noop,
        ),
    ]  # fmt: skip
