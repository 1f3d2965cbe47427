"""App tokens, and consents by which operators may look into a company."""

import datetime as dt
from pathlib import Path

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.manager
from django.conf import settings
from django.db import migrations, models
from django.db.models import F, Q

from erp.access.permissions import Permission
from erp.access.sign_in.models import SecurityEvent
from erp.core.tenancy import VISIBLE, protect

_ME = "nullif(current_setting('rappen.user', true), '')::bigint"
_NOW = "nullif(current_setting('rappen.moment', true), '')::timestamptz"
_I_OPERATE = f"EXISTS (SELECT FROM erp_user u WHERE u.id = {_ME} AND u.is_operator AND u.is_active)"
_MY_COMPANIES = f"id IN (SELECT m.company_id FROM erp_membership m WHERE m.user_id = {_ME})"
_RUNS = f"ended_at IS NULL AND until > {_NOW}"
_CONSENTING = f"id IN (SELECT c.company_id FROM erp_supportconsent c WHERE {_RUNS})"


def _id():
    return models.BigAutoField(
        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
    )


def _company():
    return models.ForeignKey(
        db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+",
        to="erp.company", verbose_name="client",
    )  # fmt: skip


def _person(name, **more):
    return models.ForeignKey(
        db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+",
        to=settings.AUTH_USER_MODEL, verbose_name=name, **more,
    )  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [("erp", "0005_invitations")]

    operations = [
        migrations.AlterField(
            "securityevent", "kind",
            models.CharField(choices=SecurityEvent.Kind.choices, max_length=20, verbose_name="kind"),
        ),
        migrations.CreateModel(
            name="AppToken",
            fields=[
                ("id", _id()),
                ("name", models.CharField(max_length=60, verbose_name="name")),
                ("digest", models.CharField(max_length=64, verbose_name="SHA-256")),
                ("prefix", models.CharField(max_length=13, verbose_name="beginning")),
                ("scopes", django.contrib.postgres.fields.ArrayField(
                    base_field=models.CharField(choices=Permission.choices, max_length=40),
                    size=None, verbose_name="rights",
                )),
                ("created_at", models.DateTimeField(verbose_name="created at")),
                ("expires_at", models.DateTimeField(verbose_name="expires at")),
                ("last_used_at", models.DateTimeField(null=True, verbose_name="last used at")),
                ("last_address",
                 models.CharField(blank=True, max_length=45, verbose_name="last address")),
                ("revoked_at", models.DateTimeField(null=True, verbose_name="revoked at")),
                ("company", _company()),
                ("user", _person("owner")),
                ("revoked_by", _person("revoked by", null=True)),
            ],
            managers=[("unscoped", django.db.models.manager.Manager())],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=Q(expires_at__gte=F("created_at") + dt.timedelta(days=1),
                                    expires_at__lte=F("created_at") + dt.timedelta(days=366)),
                        name="token_lasts",
                    )
                ],
                "indexes": [
                    models.Index(fields=["digest"], name="token_by_digest"),
                    models.Index(fields=["user"], name="token_of_user"),
                    models.Index(fields=["company", "-created_at"], name="token_of_company"),
                ],
            },
        ),
        migrations.CreateModel(
            name="SupportConsent",
            fields=[
                ("id", _id()),
                ("given_at", models.DateTimeField(verbose_name="given at")),
                ("reason", models.CharField(max_length=200, verbose_name="reason")),
                ("until", models.DateTimeField(verbose_name="until")),
                ("read_only", models.BooleanField(default=True, verbose_name="read only")),
                ("ended_at", models.DateTimeField(null=True, verbose_name="ended at")),
                ("company", _company()),
                ("given_by", _person("given by")),
                ("ended_by", _person("ended by", null=True)),
            ],
            managers=[("unscoped", django.db.models.manager.Manager())],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=Q(until__gte=F("given_at") + dt.timedelta(hours=1),
                                    until__lte=F("given_at") + dt.timedelta(hours=168)),
                        name="consent_lasts",
                    ),
                    models.CheckConstraint(condition=Q(read_only=True), name="consent_to_read"),
                ],
                "indexes": [
                    models.Index(fields=["company", "-given_at"], name="consent_of_company"),
                ],
            },
        ),
        protect(
            "erp_apptoken",
            grants=["SELECT", "INSERT",
                    "UPDATE (last_used_at, last_address, revoked_at, revoked_by_id)"],
            also_visible=f"user_id = {_ME}",
        ),
        protect(
            "erp_supportconsent",
            grants=["SELECT", "INSERT", "UPDATE (ended_at, ended_by_id)"],
            also_visible=f"{_RUNS} AND {_I_OPERATE}",
        ),
        migrations.RunSQL(
            f"ALTER POLICY erp_company_of_the_client ON erp_company"
            f" USING ((id = {VISIBLE}) OR ({_MY_COMPANIES}) OR ({_CONSENTING}))",
            migrations.RunSQL.noop,
        ),
        migrations.RunSQL(
            [Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")],
            migrations.RunSQL.noop,
        ),
    ]  # fmt: skip
