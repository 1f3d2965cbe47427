"""Projects, rates of an hour, and hours."""

from pathlib import Path

import django.db.models.deletion
import django.db.models.manager
from django.conf import settings
from django.db import migrations, models

from erp.changes.following import follow
from erp.core.tenancy import protect


class Migration(migrations.Migration):
    dependencies = [
        ("accounting", "0014_followed"),
        ("contacts", "0002_client_borders"),
        ("erp", "0017_rights"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Project",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.CharField(max_length=10, verbose_name="number")),
                ("name", models.CharField(max_length=120, verbose_name="name")),
                ("currency", models.CharField(max_length=3, verbose_name="currency")),
                (
                    "budget_minutes",
                    models.PositiveIntegerField(
                        blank=True, null=True, verbose_name="budget in hours"
                    ),
                ),
                ("is_closed", models.BooleanField(default=False, verbose_name="closed")),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
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
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="contacts.contact",
                        verbose_name="customer",
                    ),
                ),
                (
                    "cost_object",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounting.costobject",
                        verbose_name="cost object",
                    ),
                ),
                (
                    "product",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounting.product",
                        verbose_name="is billed as",
                    ),
                ),
            ],
            options={
                "verbose_name": "project",
                "constraints": [
                    models.UniqueConstraint(fields=("company", "id"), name="project_of_company"),
                    models.UniqueConstraint(
                        fields=("company", "number"), name="project_number_once"
                    ),
                ],
                "indexes": [
                    models.Index(
                        condition=models.Q(("contact__isnull", False)),
                        fields=["company", "contact"],
                        name="project_of_contact",
                    ),
                ],
            },
            managers=[
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="HourRate",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("valid_from", models.DateField(verbose_name="valid from")),
                (
                    "rate",
                    models.DecimalField(
                        decimal_places=2, max_digits=9, verbose_name="rate per hour"
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
                    "user",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="person",
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounting.project",
                        verbose_name="project",
                    ),
                ),
            ],
            options={
                "verbose_name": "hourly rate",
                "constraints": [
                    models.UniqueConstraint(fields=("company", "id"), name="hour_rate_of_company"),
                    models.UniqueConstraint(
                        fields=("company", "project", "user", "valid_from"),
                        name="hour_rate_once",
                        nulls_distinct=False,
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("rate__gt", 0)), name="hour_rate_is_something"
                    ),
                ],
            },
            managers=[
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="HourEntry",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("day", models.DateField(verbose_name="day")),
                ("minutes", models.PositiveSmallIntegerField(verbose_name="minutes")),
                ("text", models.CharField(blank=True, max_length=200, verbose_name="text")),
                ("is_billable", models.BooleanField(default=True, verbose_name="billable")),
                (
                    "rate",
                    models.DecimalField(
                        blank=True,
                        decimal_places=2,
                        max_digits=9,
                        null=True,
                        verbose_name="rate per hour",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "open"), ("approved", "approved"), ("billed", "billed")],
                        default="open",
                        max_length=8,
                        verbose_name="state",
                    ),
                ),
                (
                    "approved_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="approved at"),
                ),
                (
                    "billed_rate",
                    models.DecimalField(blank=True, decimal_places=2, max_digits=9, null=True),
                ),
                (
                    "billed_amount",
                    models.DecimalField(blank=True, decimal_places=2, max_digits=15, null=True),
                ),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                (
                    "approved_by",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="approved by",
                    ),
                ),
                (
                    "changed_by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="last changed by",
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
                    "document",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounting.salesdocument",
                        verbose_name="invoice",
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
                (
                    "project",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounting.project",
                        verbose_name="project",
                    ),
                ),
            ],
            options={
                "verbose_name": "hours",
                "constraints": [
                    models.UniqueConstraint(fields=("company", "id"), name="hour_entry_of_company"),
                    models.CheckConstraint(
                        condition=models.Q(("minutes__gte", 1), ("minutes__lte", 1440)),
                        name="hour_entry_of_a_day",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("rate", None), ("rate__gt", 0), _connector="OR"),
                        name="hour_entry_rate_is_something",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("approved_at", None), ("approved_by", None), ("state", "open")
                            ),
                            models.Q(
                                models.Q(("state", "open"), _negated=True),
                                ("approved_at__isnull", False),
                                ("approved_by__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="hour_entry_approved_by_somebody",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("billed_amount__isnull", False),
                                ("billed_rate__isnull", False),
                                ("document__isnull", False),
                                ("state", "billed"),
                            ),
                            models.Q(
                                models.Q(("state", "billed"), _negated=True),
                                ("billed_amount", None),
                                ("billed_rate", None),
                                ("document", None),
                            ),
                            _connector="OR",
                        ),
                        name="hour_entry_billed_by_a_document",
                    ),
                ],
                "indexes": [
                    models.Index(fields=["company", "user", "day"], name="hour_entry_of_person"),
                    models.Index(
                        fields=["company", "project", "state"], name="hour_entry_of_project"
                    ),
                    models.Index(fields=["company", "-day", "-id"], name="hour_entry_by_day"),
                    models.Index(
                        condition=models.Q(("document__isnull", False)),
                        fields=["company", "document"],
                        name="hour_entry_of_document",
                    ),
                ],
            },
            managers=[
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        protect(
            "accounting_project",
            references=[
                ("contact_id", "contacts_contact", "project_contact_same_client"),
                ("product_id", "accounting_product", "project_product_same_client"),
                ("cost_object_id", "accounting_costobject", "project_cost_object_same_client"),
            ],
        ),
        protect(
            "accounting_hourrate",
            references=[("project_id", "accounting_project", "hour_rate_project_same_client")],
        ),
        protect(
            "accounting_hourentry",
            references=[
                ("project_id", "accounting_project", "hour_entry_project_same_client"),
                ("document_id", "accounting_salesdocument", "hour_entry_document_same_client"),
            ],
        ),
        follow("accounting_project", "project"),
        follow("accounting_hourentry", "hours"),
        migrations.RunSQL(
            [Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")],
            migrations.RunSQL.noop,
        ),
    ]
