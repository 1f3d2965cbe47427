"""Returns, frozen when they are filed, and whom VAT is paid to."""

from pathlib import Path

import django.db.models.deletion
import django.db.models.manager
from django.conf import settings
from django.db import migrations, models

from erp.core.tenancy import protect


class Migration(migrations.Migration):
    dependencies = [
        ("accounting", "0013_vat_returns"),
        ("contacts", "0002_client_borders"),
        ("erp", "0016_own_fields"),
        ("vat", "0004_codes_settings"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="TaxOffice",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "differences",
                    models.BooleanField(
                        default=False, verbose_name="corrections declare the differences"
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
                    "contact",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="contacts.contact",
                        verbose_name="contact",
                    ),
                ),
            ],
            options={
                "verbose_name": "tax office",
                "constraints": [
                    models.UniqueConstraint(fields=("company",), name="tax_office_once")
                ],
            },
            managers=[
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="VatReturn",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.PositiveSmallIntegerField(
                        choices=[
                            (1, "VAT return"),
                            (2, "correction return"),
                            (3, "annual reconciliation"),
                        ],
                        default=1,
                        verbose_name="kind",
                    ),
                ),
                ("start", models.DateField(verbose_name="from")),
                ("end", models.DateField(verbose_name="until")),
                ("nth", models.PositiveSmallIntegerField(default=1)),
                (
                    "state",
                    models.CharField(
                        choices=[("draft", "draft"), ("checked", "checked"), ("filed", "filed")],
                        default="draft",
                        max_length=7,
                        verbose_name="state",
                    ),
                ),
                (
                    "elsewhere",
                    models.BooleanField(default=False, verbose_name="filed with another program"),
                ),
                (
                    "method",
                    models.CharField(
                        choices=[
                            ("none", "not liable for VAT"),
                            ("effective", "effective"),
                            ("net", "net tax rate"),
                            ("flat", "flat rate"),
                        ],
                        max_length=9,
                        verbose_name="method",
                    ),
                ),
                (
                    "basis",
                    models.CharField(
                        choices=[
                            ("agreed", "agreed consideration"),
                            ("received", "received consideration"),
                        ],
                        max_length=8,
                        verbose_name="basis",
                    ),
                ),
                (
                    "interval",
                    models.CharField(
                        choices=[
                            ("month", "monthly"),
                            ("quarter", "quarterly"),
                            ("half", "half-yearly"),
                            ("year", "yearly"),
                        ],
                        max_length=7,
                        verbose_name="interval",
                    ),
                ),
                ("switched_on", models.DateField(null=True)),
                ("round_down", models.BooleanField(default=False)),
                ("uid", models.CharField(blank=True, max_length=12, verbose_name="UID")),
                (
                    "note_280",
                    models.CharField(blank=True, max_length=50, verbose_name="what box 280 is"),
                ),
                (
                    "differences",
                    models.BooleanField(default=False, verbose_name="declares the differences"),
                ),
                (
                    "reference",
                    models.CharField(blank=True, max_length=50, verbose_name="reference"),
                ),
                ("spans", models.JSONField(default=list)),
                ("until_place", models.BigIntegerField(null=True)),
                ("figures", models.JSONField(default=dict)),
                ("checked_digest", models.CharField(blank=True, max_length=64)),
                ("accepted", models.JSONField(default=list)),
                (
                    "payable",
                    models.DecimalField(
                        decimal_places=2, max_digits=15, null=True, verbose_name="payable"
                    ),
                ),
                ("due_date", models.DateField(verbose_name="due")),
                ("created_at", models.DateTimeField()),
                ("checked_at", models.DateTimeField(null=True, verbose_name="checked at")),
                ("filed_at", models.DateTimeField(null=True, verbose_name="filed at")),
                (
                    "checked_by",
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
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="erp.company",
                        verbose_name="client",
                    ),
                ),
                (
                    "created_by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "entry",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounting.journalentry",
                        verbose_name="settled by entry",
                    ),
                ),
                (
                    "filed_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "pdf",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="erp.storedfile",
                    ),
                ),
                (
                    "xml",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="erp.storedfile",
                    ),
                ),
            ],
            options={
                "verbose_name": "VAT return",
                "constraints": [
                    models.UniqueConstraint(fields=("company", "id"), name="vat_return_of_company"),
                    models.UniqueConstraint(
                        fields=("company", "kind", "start", "end", "nth"), name="vat_return_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("end__gte", models.F("start"))),
                        name="vat_return_ends_later",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("filed_at__isnull", False),
                                ("state", "filed"),
                                ("until_place__isnull", False),
                            ),
                            models.Q(
                                models.Q(("state", "filed"), _negated=True),
                                ("entry", None),
                                ("filed_at", None),
                                ("until_place", None),
                            ),
                            _connector="OR",
                        ),
                        name="vat_return_filed_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "filed"), _negated=True),
                            ("elsewhere", True),
                            models.Q(
                                ("payable__isnull", False),
                                ("pdf__isnull", False),
                                ("xml__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="vat_return_filed_with_figures",
                    ),
                ],
            },
            managers=[
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        protect(
            "vat_taxoffice",
            references=[("contact_id", "contacts_contact", "tax_office_contact_same_client")],
        ),
        protect(
            "vat_vatreturn",
            references=[
                ("entry_id", "accounting_journalentry", "vat_return_entry_same_client"),
                ("xml_id", "erp_storedfile", "vat_return_xml_same_client"),
                ("pdf_id", "erp_storedfile", "vat_return_pdf_same_client"),
            ],
        ),
        migrations.RunSQL(
            Path(__file__).with_suffix(".sql").read_text(encoding="utf-8"), migrations.RunSQL.noop
        ),
    ]
