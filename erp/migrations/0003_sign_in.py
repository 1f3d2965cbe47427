"""Signing in: second factors, known devices, missed sign-ins, and what happened.

The cache's stand-in is a table of its own; its rows may be lost at any time.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from erp.core.tenancy import share

_CACHE = """
CREATE UNLOGGED TABLE rappen_cache (
    cache_key varchar(255) PRIMARY KEY,
    value text NOT NULL,
    expires timestamptz NOT NULL
);
CREATE INDEX rappen_cache_expires ON rappen_cache (expires);
"""


class Migration(migrations.Migration):
    dependencies = [("erp", "0002_client_borders")]

    operations = [
        migrations.CreateModel(
            name="MissedSignIns",
            fields=[
                (
                    "digest",
                    models.CharField(
                        max_length=64, primary_key=True, serialize=False, verbose_name="SHA-256"
                    ),
                ),
                ("count", models.PositiveIntegerField(verbose_name="count")),
                ("last_at", models.DateTimeField(verbose_name="last at")),
            ],
        ),
        migrations.AddField(
            model_name="user",
            name="password_breached_at",
            field=models.DateTimeField(null=True, verbose_name="password found in a leak"),
        ),
        migrations.AddField(
            model_name="user",
            name="password_checked_at",
            field=models.DateTimeField(null=True, verbose_name="password looked up in leaks"),
        ),
        migrations.CreateModel(
            name="KnownDevice",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("digest", models.CharField(max_length=64, verbose_name="SHA-256")),
                (
                    "agent",
                    models.CharField(blank=True, max_length=200, verbose_name="browser or program"),
                ),
                ("address", models.CharField(blank=True, max_length=45, verbose_name="address")),
                ("first_seen_at", models.DateTimeField(verbose_name="first seen")),
                ("last_seen_at", models.DateTimeField(verbose_name="last seen")),
                (
                    "user",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="devices",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("user", "digest"), name="device_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="SecurityEvent",
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
                            ("signed_in", "Signed in"),
                            ("refused", "Sign-in refused"),
                            ("factor_refused", "Second factor refused"),
                            ("signed_out", "Signed out"),
                            ("new_device", "Signed in on a new device"),
                            ("confirmed", "Confirmed with the second factor"),
                            ("limited", "Sign-in limited after many failures"),
                            ("password_changed", "Password changed"),
                            ("password_asked", "New password asked for"),
                            ("password_breached", "Password found in a leak"),
                            ("factor_added", "Second factor added"),
                            ("factor_removed", "Second factor removed"),
                            ("codes_made", "Recovery codes made"),
                            ("code_used", "Recovery code used"),
                            ("sessions_ended", "Sessions ended"),
                            ("invited", "Invited somebody"),
                            ("joined", "Accepted an invitation"),
                        ],
                        max_length=20,
                        verbose_name="kind",
                    ),
                ),
                ("at", models.DateTimeField(verbose_name="at")),
                ("address", models.CharField(blank=True, max_length=45, verbose_name="address")),
                (
                    "agent",
                    models.CharField(blank=True, max_length=200, verbose_name="browser or program"),
                ),
                ("details", models.JSONField(default=dict, verbose_name="details")),
                (
                    "user",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["user", "-at"], name="security_event_of_user")],
            },
        ),
        share("erp_securityevent", grants=["SELECT", "INSERT"]),
        share("erp_knowndevice", grants=["SELECT", "INSERT", "UPDATE", "DELETE"]),
        share("erp_missedsignins", grants=["SELECT", "INSERT", "UPDATE", "DELETE"]),
        migrations.RunSQL(_CACHE, "DROP TABLE rappen_cache"),
        migrations.RunSQL(
            ["GRANT SELECT, INSERT, UPDATE, DELETE ON rappen_cache TO rappen_app"],
            migrations.RunSQL.noop,
        ),
    ]
