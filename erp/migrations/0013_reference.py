"""Reference data: editions of what others publish, and the rows in force. The same for everyone."""

import django.contrib.postgres.indexes
import django.db.models.deletion
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models

import erp.core.clock
from erp.core.tenancy import share

_KEPT = ["SELECT", "INSERT", "UPDATE"]  # nothing is ever deleted


class Migration(migrations.Migration):
    dependencies = [
        ("erp", "0012_jobs"),
    ]

    operations = [
        migrations.CreateModel(
            name="SourceState",
            fields=[
                ("source", models.CharField(max_length=20, primary_key=True, serialize=False)),
                ("checked_at", models.DateTimeField(null=True, verbose_name="last checked")),
                ("succeeded_at", models.DateTimeField(null=True, verbose_name="last success")),
                ("error", models.TextField(blank=True, verbose_name="last error")),
                ("error_at", models.DateTimeField(null=True)),
                ("warned_at", models.DateTimeField(null=True, verbose_name="operators told")),
            ],
        ),
        migrations.CreateModel(
            name="ReferenceVersion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("source", models.CharField(max_length=20, verbose_name="source")),
                ("scope", models.CharField(blank=True, max_length=20, verbose_name="part")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("staged", "waits for its day"),
                            ("active", "in force"),
                            ("superseded", "superseded"),
                            ("refused", "refused"),
                        ],
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                (
                    "origin",
                    models.CharField(
                        choices=[
                            ("fetched", "fetched"),
                            ("upload", "uploaded"),
                            ("bundled", "bundled with the program"),
                        ],
                        max_length=8,
                        verbose_name="origin",
                    ),
                ),
                (
                    "address",
                    models.CharField(blank=True, max_length=300, verbose_name="address or file"),
                ),
                ("etag", models.CharField(blank=True, max_length=200)),
                ("last_modified", models.CharField(blank=True, max_length=60)),
                ("edition_date", models.DateField(null=True, verbose_name="edition")),
                ("valid_from", models.DateField(null=True, verbose_name="valid from")),
                (
                    "fetched_at",
                    models.DateTimeField(default=erp.core.clock.now, verbose_name="fetched at"),
                ),
                ("activated_at", models.DateTimeField(null=True, verbose_name="in force since")),
                ("rows", models.PositiveIntegerField(default=0, verbose_name="rows")),
                ("digest", models.CharField(blank=True, max_length=64)),
                ("report", models.JSONField(default=dict, verbose_name="report")),
                ("content", models.BinaryField(null=True)),
                (
                    "by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="uploaded by",
                    ),
                ),
            ],
            options={
                "verbose_name": "edition",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "active")),
                        fields=("source", "scope"),
                        name="reference_active_once",
                    ),
                ],
                "indexes": [
                    models.Index(fields=["source", "-edition_date"], name="reference_by_edition"),
                ],
            },
        ),
        migrations.CreateModel(
            name="ReferenceChange",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("changed", "changed"),
                            ("closed", "closed"),
                            ("reopened", "back again"),
                        ],
                        max_length=8,
                    ),
                ),
                ("key", models.JSONField()),
                ("before", models.JSONField(null=True)),
                ("after", models.JSONField(null=True)),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="changes",
                        to="erp.referenceversion",
                        db_constraint=False,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Locality",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("valid_from", models.DateField(null=True, verbose_name="valid from")),
                ("valid_to", models.DateField(null=True, verbose_name="valid until")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("place", "locality"),
                            ("box", "post-office boxes"),
                            ("company", "a company's own postcode"),
                        ],
                        max_length=7,
                    ),
                ),
                ("postcode", models.CharField(max_length=4, verbose_name="postcode")),
                ("addition", models.CharField(max_length=2, verbose_name="addition")),
                ("zip_id", models.PositiveIntegerField(null=True)),
                ("name", models.CharField(max_length=60, verbose_name="locality")),
                ("bfs_nr", models.PositiveIntegerField(verbose_name="commune number")),
                ("commune", models.CharField(blank=True, max_length=60, verbose_name="commune")),
                ("canton", models.CharField(blank=True, max_length=2, verbose_name="canton")),
                ("country", models.CharField(max_length=2, verbose_name="country")),
                (
                    "share",
                    models.DecimalField(
                        decimal_places=3,
                        max_digits=6,
                        null=True,
                        verbose_name="share of the addresses in percent",
                    ),
                ),
                ("language", models.CharField(blank=True, max_length=8, verbose_name="language")),
                (
                    "version",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="erp.referenceversion",
                        db_constraint=False,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("kind", "postcode", "addition", "bfs_nr"), name="locality_once"
                    ),
                ],
                "indexes": [
                    models.Index(fields=["postcode"], name="locality_by_postcode"),
                    models.Index(
                        django.contrib.postgres.indexes.OpClass(
                            django.db.models.functions.text.Lower("name"), "text_pattern_ops"
                        ),
                        name="locality_by_name",
                    ),
                    models.Index(fields=["bfs_nr"], name="locality_by_commune"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Holiday",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "name_de",
                    models.CharField(blank=True, max_length=160, verbose_name="name (German)"),
                ),
                (
                    "name_fr",
                    models.CharField(blank=True, max_length=160, verbose_name="name (French)"),
                ),
                (
                    "name_it",
                    models.CharField(blank=True, max_length=160, verbose_name="name (Italian)"),
                ),
                (
                    "name_en",
                    models.CharField(blank=True, max_length=160, verbose_name="name (English)"),
                ),
                ("valid_from", models.DateField(null=True, verbose_name="valid from")),
                ("valid_to", models.DateField(null=True, verbose_name="valid until")),
                ("canton", models.CharField(max_length=2)),
                ("place", models.CharField(blank=True, max_length=40)),
                ("day", models.DateField()),
                (
                    "category",
                    models.CharField(
                        choices=[
                            ("public", "public holiday"),
                            ("half_day", "half a day"),
                            ("optional", "usual, not official"),
                        ],
                        max_length=8,
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="erp.referenceversion",
                        db_constraint=False,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("canton", "place", "day", "name_de", "category"),
                        name="holiday_once",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ExchangeRate",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("valid_from", models.DateField(null=True, verbose_name="valid from")),
                ("valid_to", models.DateField(null=True, verbose_name="valid until")),
                (
                    "source",
                    models.CharField(
                        choices=[
                            ("bazg-daily", "BAZG, daily selling rate"),
                            ("bazg-monthly", "BAZG, monthly mean"),
                            ("ecb", "ECB, mid rate (for information)"),
                        ],
                        max_length=12,
                    ),
                ),
                ("currency", models.CharField(max_length=3)),
                ("published", models.DateField()),
                ("unit", models.PositiveIntegerField()),
                ("quoted", models.DecimalField(decimal_places=8, max_digits=20)),
                ("rate", models.DecimalField(decimal_places=10, max_digits=20)),
                (
                    "version",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="erp.referenceversion",
                        db_constraint=False,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("source", "currency", "published"), name="exchange_rate_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("rate__gt", 0), ("unit__gt", 0)),
                        name="exchange_rate_positive",
                    ),
                ],
                "indexes": [
                    models.Index(
                        models.F("source"),
                        models.F("currency"),
                        models.OrderBy(models.F("valid_from"), descending=True),
                        name="exchange_rate_on_day",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Currency",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "name_de",
                    models.CharField(blank=True, max_length=160, verbose_name="name (German)"),
                ),
                (
                    "name_fr",
                    models.CharField(blank=True, max_length=160, verbose_name="name (French)"),
                ),
                (
                    "name_it",
                    models.CharField(blank=True, max_length=160, verbose_name="name (Italian)"),
                ),
                (
                    "name_en",
                    models.CharField(blank=True, max_length=160, verbose_name="name (English)"),
                ),
                ("valid_from", models.DateField(null=True, verbose_name="valid from")),
                ("valid_to", models.DateField(null=True, verbose_name="valid until")),
                ("code", models.CharField(max_length=3, unique=True)),
                ("numeric", models.CharField(blank=True, max_length=3)),
                ("minor_units", models.PositiveSmallIntegerField(null=True)),
                (
                    "version",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="erp.referenceversion",
                        db_constraint=False,
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Country",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "name_de",
                    models.CharField(blank=True, max_length=160, verbose_name="name (German)"),
                ),
                (
                    "name_fr",
                    models.CharField(blank=True, max_length=160, verbose_name="name (French)"),
                ),
                (
                    "name_it",
                    models.CharField(blank=True, max_length=160, verbose_name="name (Italian)"),
                ),
                (
                    "name_en",
                    models.CharField(blank=True, max_length=160, verbose_name="name (English)"),
                ),
                ("valid_from", models.DateField(null=True, verbose_name="valid from")),
                ("valid_to", models.DateField(null=True, verbose_name="valid until")),
                ("alpha2", models.CharField(max_length=2, unique=True)),
                ("alpha3", models.CharField(max_length=3)),
                ("numeric", models.CharField(blank=True, max_length=3)),
                (
                    "version",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="erp.referenceversion",
                        db_constraint=False,
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Commune",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("valid_from", models.DateField(null=True, verbose_name="valid from")),
                ("valid_to", models.DateField(null=True, verbose_name="valid until")),
                ("bfs_nr", models.PositiveIntegerField(unique=True, verbose_name="number")),
                ("name", models.CharField(max_length=60, verbose_name="name")),
                ("canton", models.CharField(max_length=2, verbose_name="canton")),
                ("district", models.CharField(blank=True, max_length=80, verbose_name="district")),
                (
                    "version",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="erp.referenceversion",
                        db_constraint=False,
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Canton",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "name_de",
                    models.CharField(blank=True, max_length=160, verbose_name="name (German)"),
                ),
                (
                    "name_fr",
                    models.CharField(blank=True, max_length=160, verbose_name="name (French)"),
                ),
                (
                    "name_it",
                    models.CharField(blank=True, max_length=160, verbose_name="name (Italian)"),
                ),
                (
                    "name_en",
                    models.CharField(blank=True, max_length=160, verbose_name="name (English)"),
                ),
                ("valid_from", models.DateField(null=True, verbose_name="valid from")),
                ("valid_to", models.DateField(null=True, verbose_name="valid until")),
                ("code", models.CharField(max_length=2, unique=True)),
                ("bfs_nr", models.PositiveSmallIntegerField()),
                ("capital", models.CharField(max_length=40)),
                ("languages", models.CharField(max_length=20)),
                (
                    "version",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="erp.referenceversion",
                        db_constraint=False,
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Bank",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("valid_from", models.DateField(null=True, verbose_name="valid from")),
                ("valid_to", models.DateField(null=True, verbose_name="valid until")),
                ("iid", models.CharField(max_length=5, unique=True, verbose_name="IID")),
                ("successor", models.CharField(blank=True, max_length=5, verbose_name="successor")),
                ("qr_of", models.CharField(blank=True, max_length=5, verbose_name="QR-IID of")),
                ("sic_iid", models.CharField(blank=True, max_length=6, verbose_name="SIC IID")),
                (
                    "head_office",
                    models.CharField(blank=True, max_length=5, verbose_name="head office"),
                ),
                (
                    "kind",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "unknown"),
                            ("1", "head office"),
                            ("2", "main branch"),
                            ("4", "QR-IID"),
                        ],
                        max_length=1,
                        verbose_name="kind",
                    ),
                ),
                ("name", models.CharField(blank=True, max_length=100, verbose_name="name")),
                ("street", models.CharField(blank=True, max_length=70, verbose_name="street")),
                (
                    "building",
                    models.CharField(blank=True, max_length=16, verbose_name="house number"),
                ),
                ("postcode", models.CharField(blank=True, max_length=16, verbose_name="postcode")),
                ("town", models.CharField(blank=True, max_length=35, verbose_name="town")),
                ("country", models.CharField(blank=True, max_length=2, verbose_name="country")),
                ("bic", models.CharField(blank=True, max_length=11, verbose_name="BIC")),
                ("sic", models.BooleanField(null=True, verbose_name="SIC")),
                ("rtgs_chf", models.BooleanField(null=True, verbose_name="customer payments CHF")),
                (
                    "instant_chf",
                    models.BooleanField(null=True, verbose_name="instant payments CHF"),
                ),
                ("eurosic", models.BooleanField(null=True, verbose_name="euroSIC")),
                ("lsv_chf", models.BooleanField(null=True, verbose_name="LSV+ CHF")),
                ("lsv_eur", models.BooleanField(null=True, verbose_name="LSV+ EUR")),
                (
                    "version",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="erp.referenceversion",
                        db_constraint=False,
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="WithholdingTariff",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("valid_from", models.DateField(null=True, verbose_name="valid from")),
                ("valid_to", models.DateField(null=True, verbose_name="valid until")),
                ("canton", models.CharField(max_length=2)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("06", "progressive tariff"),
                            ("11", "predefined category"),
                            ("12", "collection commission"),
                            ("13", "median wage"),
                        ],
                        max_length=2,
                    ),
                ),
                ("code", models.CharField(max_length=10)),
                ("income_from", models.DecimalField(decimal_places=2, max_digits=9)),
                ("income_step", models.DecimalField(decimal_places=2, max_digits=9)),
                ("children", models.PositiveSmallIntegerField()),
                ("minimum_tax", models.DecimalField(decimal_places=2, max_digits=9)),
                ("percent", models.DecimalField(decimal_places=2, max_digits=5)),
                (
                    "version",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="erp.referenceversion",
                        db_constraint=False,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("canton", "kind", "code", "valid_from", "income_from"),
                        name="withholding_tariff_once",
                    ),
                ],
            },
        ),
        share("erp_bank", grants=_KEPT),
        share("erp_canton", grants=_KEPT),
        share("erp_commune", grants=_KEPT),
        share("erp_country", grants=_KEPT),
        share("erp_currency", grants=_KEPT),
        share("erp_exchangerate", grants=_KEPT),
        share("erp_holiday", grants=_KEPT),
        share("erp_locality", grants=_KEPT),
        share("erp_referenceversion", grants=_KEPT),
        share("erp_sourcestate", grants=_KEPT),
        share("erp_withholdingtariff", grants=_KEPT),
        share("erp_referencechange", grants=["SELECT", "INSERT"]),
    ]
