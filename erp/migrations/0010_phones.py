"""Phones that stay signed in; a device has a token of its own for each person."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from erp.core.tenancy import share

#: Tokens that two people had in common: either may know the other's.
_SHARED = """
DELETE FROM erp_knowndevice one USING erp_knowndevice other
    WHERE one.digest = other.digest AND one.id <> other.id
"""


class Migration(migrations.Migration):
    dependencies = [
        ("erp", "0009_staff_of_the_firm"),
    ]

    operations = [
        migrations.CreateModel(
            name="PhoneGrant",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("family", models.CharField(max_length=64, unique=True, verbose_name="family")),
                ("digest", models.CharField(max_length=64, verbose_name="SHA-256")),
                (
                    "digest_before",
                    models.CharField(
                        blank=True, max_length=64, verbose_name="SHA-256 of the token before"
                    ),
                ),
                (
                    "answer_came",
                    models.BooleanField(default=False, verbose_name="latest session was used"),
                ),
                ("stamp", models.CharField(max_length=64, verbose_name="password and factors")),
                ("session_key", models.CharField(max_length=40, verbose_name="latest session")),
                ("begun_at", models.DateTimeField(verbose_name="since")),
                ("used_at", models.DateTimeField(verbose_name="last refreshed")),
                ("expires_at", models.DateTimeField(verbose_name="until")),
                ("ended_at", models.DateTimeField(null=True, verbose_name="ended")),
                (
                    "ended_by",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("signed_out", "signed out"),
                            ("replaced", "signed in again"),
                            ("twice", "token used twice"),
                            ("changed", "password or second factor changed"),
                            ("breached", "password found in a leak"),
                            ("inactive", "may no longer sign in"),
                            ("device", "device forgotten"),
                            ("expired", "expired"),
                        ],
                        max_length=20,
                        verbose_name="ended by",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["session_key"], name="phone_of_session"),
                ],
            },
        ),
        migrations.RemoveConstraint(
            model_name="knowndevice",
            name="device_once",
        ),
        migrations.RunSQL([_SHARED], migrations.RunSQL.noop),
        migrations.AddIndex(
            model_name="knowndevice",
            index=models.Index(fields=["user"], name="device_of_user"),
        ),
        migrations.AddConstraint(
            model_name="knowndevice",
            constraint=models.UniqueConstraint(fields=("digest",), name="device_once"),
        ),
        migrations.AddField(
            model_name="phonegrant",
            name="device",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.SET_NULL, to="erp.knowndevice"
            ),
        ),
        migrations.AddField(
            model_name="phonegrant",
            name="user",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="phones",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddIndex(
            model_name="phonegrant",
            index=models.Index(fields=["user", "ended_at"], name="phone_of_user"),
        ),
        share("erp_phonegrant", grants=["SELECT", "INSERT", "UPDATE", "DELETE"]),
    ]
