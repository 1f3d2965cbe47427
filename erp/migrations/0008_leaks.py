"""Leaks: watched mail domains, and the addresses in them that were found in stolen data."""

import django.db.models.deletion
import django.db.models.manager
from django.conf import settings
from django.db import migrations, models

from erp.access.sign_in.models import SecurityEvent
from erp.core.tenancy import protect


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
    dependencies = [("erp", "0007_mandates")]

    operations = [
        migrations.AlterField(
            "securityevent", "kind",
            models.CharField(choices=SecurityEvent.Kind.choices, max_length=20, verbose_name="kind"),
        ),
        migrations.CreateModel(
            name="MailDomain",
            fields=[
                ("id", _id()),
                ("domain", models.CharField(max_length=253, verbose_name="domain")),
                ("state", models.CharField(
                    choices=[("unverified", "not checked yet"), ("verified", "watched"),
                             ("refused", "refused")],
                    default="unverified", max_length=10, verbose_name="state",
                )),
                ("problem", models.CharField(
                    blank=True,
                    choices=[
                        ("no_member",
                         "Nobody who may change security signs in with an address in it"),
                        ("not_subscribed",
                         "The source does not know it as one of its customer's"),
                        ("no_answer", "The source did not answer; it will be asked again"),
                    ],
                    max_length=20, verbose_name="problem",
                )),
                ("added_at", models.DateTimeField(verbose_name="added at")),
                ("checked_at", models.DateTimeField(null=True, verbose_name="checked at")),
                ("added_by", _person("added by")),
                ("company", _company()),
            ],
            managers=[("unscoped", django.db.models.manager.Manager())],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("company", "domain"), name="mail_domain_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="LeakFinding",
            fields=[
                ("id", _id()),
                ("domain", models.CharField(max_length=253, verbose_name="domain")),
                ("alias", models.CharField(max_length=64, verbose_name="before the @")),
                ("breach", models.CharField(max_length=100, verbose_name="breach")),
                ("breach_date", models.DateField(null=True, verbose_name="day of the breach")),
                ("found_at", models.DateTimeField(verbose_name="found at")),
                ("state", models.CharField(
                    choices=[("new", "new"), ("told", "told"), ("settled", "settled")],
                    default="new", max_length=10, verbose_name="state",
                )),
                ("company", _company()),
                ("user", _person("person", null=True)),
            ],
            managers=[("unscoped", django.db.models.manager.Manager())],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("company", "domain", "alias", "breach"), name="leak_finding_once"
                    )
                ],
            },
        ),
        protect(
            "erp_maildomain",
            grants=["SELECT", "INSERT", "UPDATE (state, problem, checked_at)", "DELETE"],
        ),
        protect(
            "erp_leakfinding", grants=["SELECT", "INSERT", "UPDATE (breach_date, state)"]
        ),
    ]  # fmt: skip
