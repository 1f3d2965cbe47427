"""How wage papers reach people, and what was delivered, which never changes."""

import uuid

import django.db.models.deletion
import django.db.models.manager
from django.conf import settings
from django.db import migrations, models

import erp.core.sealed
from erp.core.tenancy import protect


class Migration(migrations.Migration):
    dependencies = [
        ("erp", "0016_own_fields"),
        ("payroll", "0014_tax_settlements"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Delivery",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("nth", models.PositiveSmallIntegerField(default=1)),
                (
                    "way",
                    models.CharField(
                        choices=[
                            ("paper", "on paper"),
                            ("mail", "by mail, encrypted"),
                            ("portal", "on the page “My wage”"),
                        ],
                        max_length=6,
                        verbose_name="way",
                    ),
                ),
                ("at", models.DateTimeField(verbose_name="delivered at")),
                (
                    "by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "certificate",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="payroll.issuedcertificate",
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
                    "employee",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="payroll.employee",
                    ),
                ),
                (
                    "mail",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="erp.outgoingmail",
                    ),
                ),
                (
                    "slip",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="payroll.payslip",
                    ),
                ),
            ],
            options={
                "verbose_name": "delivery",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("company", "slip", "nth"), name="delivery_slip_once"
                    ),
                    models.UniqueConstraint(
                        fields=("company", "certificate", "nth"), name="delivery_certificate_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("certificate__isnull", False), ("slip", None)),
                            models.Q(("certificate", None), ("slip__isnull", False)),
                            _connector="OR",
                        ),
                        name="delivery_of_one_paper",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("mail", None), ("way", "paper")),
                            models.Q(("mail__isnull", False), ("way__in", ["mail", "portal"])),
                            _connector="OR",
                        ),
                        name="delivery_mailed_or_printed",
                    ),
                ],
            },
            managers=[
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="DeliverySettings",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "way",
                    models.CharField(
                        choices=[
                            ("paper", "on paper"),
                            ("mail", "by mail, encrypted"),
                            ("portal", "on the page “My wage”"),
                        ],
                        default="paper",
                        max_length=6,
                        verbose_name="wage papers go out",
                    ),
                ),
                (
                    "reply_to",
                    models.CharField(blank=True, max_length=254, verbose_name="answers to"),
                ),
                (
                    "tells_employer",
                    models.BooleanField(
                        default=False,
                        verbose_name="payslips tell the employer's contributions",
                    ),
                ),
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
            ],
            options={
                "verbose_name": "settings of delivery",
                "constraints": [
                    models.UniqueConstraint(fields=("company",), name="delivery_settings_once")
                ],
            },
            managers=[
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="DeliveryTerms",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("seal_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "way",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("paper", "on paper"),
                            ("mail", "by mail, encrypted"),
                            ("portal", "on the page “My wage”"),
                        ],
                        max_length=6,
                        verbose_name="wage papers go out",
                    ),
                ),
                ("content", erp.core.sealed.SealedField()),
                ("password_set_at", models.DateTimeField(null=True, verbose_name="password set")),
                ("invitation", models.BigIntegerField(null=True)),
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
                    "employee",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="payroll.employee",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="signs in as",
                    ),
                ),
            ],
            options={
                "verbose_name": "delivery of a person",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("company", "employee"), name="delivery_terms_once"
                    ),
                    models.UniqueConstraint(fields=("company", "user"), name="delivery_user_once"),
                ],
            },
            managers=[
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        protect("payroll_deliverysettings"),
        protect(
            "payroll_deliveryterms",
            references=[
                ("employee_id", "payroll_employee", "deliveryterms_employee_of_same_client")
            ],
        ),
        protect(
            "payroll_delivery",
            grants=("SELECT", "INSERT"),
            references=[
                ("employee_id", "payroll_employee", "delivery_employee_of_same_client"),
                ("slip_id", "payroll_payslip", "delivery_slip_of_same_client"),
                (
                    "certificate_id",
                    "payroll_issuedcertificate",
                    "delivery_certificate_of_same_client",
                ),
                ("mail_id", "erp_outgoingmail", "delivery_mail_of_same_client"),
            ],
        ),
    ]
