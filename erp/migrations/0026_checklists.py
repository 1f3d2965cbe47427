"""Checklists of a firm, and what is due of them per client and month."""

import django.db.models.deletion
import django.db.models.manager
from django.conf import settings
from django.db import migrations, models

from erp.access.firms.fencing import fence


class Migration(migrations.Migration):
    dependencies = [
        ("erp", "0025_forget_keys"),
    ]

    operations = [
        migrations.CreateModel(
            name="ChecklistTemplate",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=80, verbose_name="name")),
                ("is_off", models.BooleanField(default=False, verbose_name="no longer used")),
                ("version", models.PositiveIntegerField(default=1)),
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
                "verbose_name": "checklist",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("firm", "name"), name="checklist_template_once"
                    ),
                ],
            },
            managers=[
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="ChecklistStep",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("position", models.PositiveSmallIntegerField()),
                ("text", models.CharField(max_length=160, verbose_name="step")),
                (
                    "rhythm",
                    models.CharField(
                        choices=[
                            ("month", "every month"),
                            ("quarter", "every quarter"),
                            ("year", "every year"),
                        ],
                        default="month",
                        max_length=7,
                        verbose_name="rhythm",
                    ),
                ),
                (
                    "due_day",
                    models.PositiveSmallIntegerField(default=20, verbose_name="days after the end"),
                ),
                (
                    "check_code",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("bank", "all bank lines are booked"),
                            ("bank_agrees", "bank and ledger agree"),
                            ("inbox", "the inbox is empty"),
                            ("vouchers", "no vouchers are missing"),
                            ("drafts", "no drafts of entries are left"),
                            ("control", "control accounts agree with open items"),
                            ("payroll", "the payroll run of the month is posted"),
                            ("vat", "VAT returns of ended periods are filed"),
                            ("lock", "the month is locked"),
                        ],
                        max_length=12,
                        verbose_name="asked by the program",
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
                    "template",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="steps",
                        to="erp.checklisttemplate",
                    ),
                ),
            ],
            options={
                "verbose_name": "step",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("template", "position"), name="checklist_step_once"
                    ),
                ],
            },
            managers=[
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.AddField(
            model_name="mandatesetting",
            name="checklist",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="erp.checklisttemplate",
                verbose_name="checklist",
            ),
        ),
        migrations.CreateModel(
            name="ChecklistItem",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("month", models.DateField(verbose_name="month")),
                ("step_id", models.BigIntegerField(null=True)),
                ("position", models.PositiveSmallIntegerField(default=0)),
                ("text", models.CharField(max_length=160, verbose_name="step")),
                (
                    "check_code",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("bank", "all bank lines are booked"),
                            ("bank_agrees", "bank and ledger agree"),
                            ("inbox", "the inbox is empty"),
                            ("vouchers", "no vouchers are missing"),
                            ("drafts", "no drafts of entries are left"),
                            ("control", "control accounts agree with open items"),
                            ("payroll", "the payroll run of the month is posted"),
                            ("vat", "VAT returns of ended periods are filed"),
                            ("lock", "the month is locked"),
                        ],
                        max_length=12,
                        verbose_name="asked by the program",
                    ),
                ),
                ("due_on", models.DateField(verbose_name="due")),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "open"), ("done", "done"), ("not_needed", "not needed")],
                        default="open",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("signed_at", models.DateTimeField(null=True, verbose_name="signed off at")),
                ("note", models.CharField(blank=True, max_length=200, verbose_name="note")),
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
                    "responsible",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="responsible",
                    ),
                ),
                (
                    "signed_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="signed off by",
                    ),
                ),
            ],
            options={
                "verbose_name": "checklist item",
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "open")),
                        fields=["company", "firm", "due_on"],
                        name="checklist_item_open",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("firm", "company", "month", "step_id"), name="checklist_item_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("signed_at", None), ("signed_by", None), ("state", "open")),
                            models.Q(
                                models.Q(("state", "open"), _negated=True),
                                ("signed_at__isnull", False),
                                ("signed_by__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="checklist_item_signed_when_over",
                    ),
                ],
            },
            managers=[
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        fence("erp_checklisttemplate"),
        fence("erp_checkliststep"),
        fence("erp_checklistitem", of_client=True),
    ]
