"""Lost factors, and another address to sign in with."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from erp.core.tenancy import share


class Migration(migrations.Migration):
    dependencies = [
        ("erp", "0013_reference"),
    ]

    operations = [
        migrations.CreateModel(
            name="FactorRecovery",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("asked_at", models.DateTimeField(verbose_name="asked at")),
                ("address", models.CharField(blank=True, max_length=45, verbose_name="address")),
                (
                    "agent",
                    models.CharField(blank=True, max_length=200, verbose_name="browser or program"),
                ),
                ("denying_digest", models.CharField(max_length=64, verbose_name="SHA-256")),
                ("ready_at", models.DateTimeField(null=True, verbose_name="ready at")),
                (
                    "link_digest",
                    models.CharField(blank=True, max_length=64, verbose_name="SHA-256"),
                ),
                ("link_until", models.DateTimeField(null=True, verbose_name="valid until")),
                ("ended_at", models.DateTimeField(null=True, verbose_name="ended at")),
                (
                    "end",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("done", "factors removed"),
                            ("refused", "refused"),
                            ("denied", "it was not them"),
                            ("needless", "signed in with a factor"),
                            ("lapsed", "lapsed"),
                        ],
                        max_length=10,
                        verbose_name="end",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at", None)),
                        fields=("user",),
                        name="recovery_once",
                    ),
                ],
                "indexes": [
                    models.Index(fields=["denying_digest"], name="recovery_by_denial"),
                ],
            },
        ),
        migrations.CreateModel(
            name="RecoveryApproval",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField(null=True, verbose_name="at")),
                (
                    "by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "company",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="erp.company",
                    ),
                ),
                (
                    "firm",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="erp.firm",
                    ),
                ),
                (
                    "recovery",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="approvals",
                        to="erp.factorrecovery",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("recovery", "company", "firm"),
                        name="approval_once",
                        nulls_distinct=False,
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("company", None), ("firm", None), _connector="XOR"),
                        name="approval_of_one_place",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("at", None), ("by", None)),
                            models.Q(("at__isnull", False), ("by__isnull", False)),
                            _connector="OR",
                        ),
                        name="approval_by_somebody",
                    ),
                ],
                "indexes": [
                    models.Index(fields=["company"], name="approval_of_company"),
                    models.Index(fields=["firm"], name="approval_of_firm"),
                ],
            },
        ),
        migrations.CreateModel(
            name="AddressChange",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("before", models.EmailField(max_length=254, verbose_name="address until then")),
                ("email", models.EmailField(max_length=254, verbose_name="new address")),
                ("digest", models.CharField(max_length=64, verbose_name="SHA-256")),
                ("undo_digest", models.CharField(max_length=64, verbose_name="SHA-256")),
                ("asked_at", models.DateTimeField(verbose_name="asked at")),
                ("done_at", models.DateTimeField(null=True, verbose_name="done at")),
                ("ended_at", models.DateTimeField(null=True, verbose_name="ended at")),
                (
                    "user",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["digest"], name="address_change_by_link"),
                    models.Index(fields=["undo_digest"], name="address_change_by_undo"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("done_at", None), ("ended_at", None)),
                        fields=("user",),
                        name="address_change_once",
                    )
                ],
            },
        ),
        share("erp_factorrecovery", grants=["SELECT", "INSERT", "UPDATE"]),
        share("erp_recoveryapproval", grants=["SELECT", "INSERT", "UPDATE", "DELETE"]),
        share("erp_addresschange", grants=["SELECT", "INSERT", "UPDATE"]),
    ]
