"""Bulk jobs of a firm, time spent for clients, and templates for new ones."""

import django.core.serializers.json
import django.db.models.deletion
import django.db.models.manager
from django.conf import settings
from django.db import migrations, models

from erp.access.firms.fencing import fence


class Migration(migrations.Migration):
    dependencies = [
        ("erp", "0026_checklists"),
    ]

    operations = [
        migrations.CreateModel(
            name="FirmBatch",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kind", models.CharField(max_length=60, verbose_name="kind")),
                (
                    "arguments",
                    models.JSONField(
                        default=dict, encoder=django.core.serializers.json.DjangoJSONEncoder
                    ),
                ),
                ("key", models.CharField(max_length=100)),
                ("at", models.DateTimeField(verbose_name="started at")),
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
                    "firm",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="erp.firm",
                    ),
                ),
            ],
            options={
                "verbose_name": "bulk job",
                "constraints": [
                    models.UniqueConstraint(fields=("firm", "by", "key"), name="firm_batch_once"),
                ],
            },
            managers=[
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="FirmBatchPart",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("job", models.BigIntegerField(null=True)),
                ("refusal", models.CharField(blank=True, max_length=300)),
                (
                    "batch",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="parts",
                        to="erp.firmbatch",
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
                    "firm",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="erp.firm",
                    ),
                ),
            ],
            options={
                "verbose_name": "part of a bulk job",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("batch", "company"), name="firm_batch_part_once"
                    ),
                ],
            },
            managers=[
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="MandateTemplate",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=80, verbose_name="name")),
                (
                    "content",
                    models.JSONField(
                        default=dict, encoder=django.core.serializers.json.DjangoJSONEncoder
                    ),
                ),
                ("made_from", models.CharField(max_length=120, verbose_name="made from")),
                ("made_at", models.DateTimeField(verbose_name="made at")),
                (
                    "checklist",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="erp.checklisttemplate",
                        verbose_name="checklist",
                    ),
                ),
                (
                    "firm",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="erp.firm",
                    ),
                ),
                (
                    "made_by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="made by",
                    ),
                ),
            ],
            options={
                "verbose_name": "mandate template",
                "constraints": [
                    models.UniqueConstraint(fields=("firm", "name"), name="mandate_template_once"),
                ],
            },
            managers=[
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="MandateTime",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("client_name", models.CharField(max_length=120, verbose_name="client")),
                ("day", models.DateField(verbose_name="day")),
                ("minutes", models.PositiveSmallIntegerField(verbose_name="minutes")),
                ("text", models.CharField(max_length=200, verbose_name="text")),
                ("is_billed", models.BooleanField(default=False, verbose_name="billed")),
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
                    "firm",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="erp.firm",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="person",
                    ),
                ),
            ],
            options={
                "verbose_name": "time for a client",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("minutes__gt", 0), ("minutes__lte", 1440)),
                        name="mandate_time_in_a_day",
                    ),
                ],
                "indexes": [
                    models.Index(fields=["firm", "day"], name="mandate_time_by_day"),
                ],
            },
            managers=[
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        fence("erp_firmbatch", grants=["SELECT", "INSERT"]),
        fence("erp_firmbatchpart", of_client=True, grants=["SELECT", "INSERT"]),
        fence(
            "erp_mandatetime",
            of_client=True,
            outlives=True,
            grants=["SELECT", "INSERT", "UPDATE (is_billed)", "DELETE"],
        ),
        fence("erp_mandatetemplate"),
    ]
