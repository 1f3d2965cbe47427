"""Jobs: long work in the background, of companies and of the installation."""

from pathlib import Path

import django.contrib.postgres.fields
import django.core.serializers.json
import django.db.models.deletion
import django.db.models.manager
from django.conf import settings
from django.db import migrations, models
from django.db.models import Q

from erp.access.permissions import Permission
from erp.core.tenancy import VISIBLE, protect

_ME = "nullif(current_setting('rappen.user', true), '')::bigint"
_I_OPERATE = f"EXISTS (SELECT FROM erp_user u WHERE u.id = {_ME} AND u.is_operator AND u.is_active)"
#: Rows of no company: for operators, and for the installation's own work.
_OF_INSTALLATION = (
    f"company_id IS NULL AND (current_setting('rappen.installation', true) = 'on' OR {_I_OPERATE})"
)
_CHANGING = (
    "enqueued_at, state, step, cursor, done, total, furthest, message, lines, began_at,"
    " finished_at, heartbeat_at, lease, lease_until, attempts, cancel_asked_at,"
    " cancel_asked_by_id, result, file_id, error_code, error"
)
_JSON = django.core.serializers.json.DjangoJSONEncoder


def _id():
    return models.BigAutoField(
        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
    )


def _key(to, name=None, **more):
    return models.ForeignKey(
        db_index=False, on_delete=django.db.models.deletion.PROTECT,
        **({"related_name": "+"} | more), to=to, verbose_name=name,
    )  # fmt: skip


def _also_of_installation(table, and_so=""):
    both = f"(company_id = {VISIBLE}) OR ({_OF_INSTALLATION}{and_so})"
    return migrations.RunSQL(
        f"ALTER POLICY {table}_of_the_client ON {table} USING ({both}) WITH CHECK ({both})",
        migrations.RunSQL.noop,
    )


class Migration(migrations.Migration):
    dependencies = [("erp", "0011_firms")]

    operations = [
        migrations.AlterField(
            "role", "permissions",
            django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(choices=Permission.choices, max_length=40),
                default=list, size=None,
            ),
        ),
        migrations.AddConstraint(
            "apptoken",
            models.UniqueConstraint(fields=("company", "id"), name="token_within_company"),
        ),
        migrations.AlterField(
            "storedfile", "content_type",
            models.CharField(max_length=100, verbose_name="type"),
        ),
        migrations.CreateModel(
            name="Job",
            fields=[
                ("id", _id()),
                ("kind", models.CharField(max_length=60, verbose_name="kind")),
                ("arguments", models.JSONField(default=dict, encoder=_JSON)),
                ("key", models.CharField(blank=True, max_length=100)),
                ("created_at", models.DateTimeField(verbose_name="started at")),
                ("enqueued_at", models.DateTimeField(null=True)),
                ("state", models.CharField(
                    choices=[("waiting", "waiting"), ("running", "running"), ("done", "done"),
                             ("failed", "failed"), ("cancelled", "cancelled")],
                    default="waiting", max_length=9, verbose_name="state",
                )),
                ("step", models.PositiveIntegerField(default=0)),
                ("cursor", models.JSONField(default=dict, encoder=_JSON)),
                ("done", models.PositiveIntegerField(default=0)),
                ("total", models.PositiveIntegerField(null=True)),
                ("furthest", models.PositiveIntegerField(default=0)),
                ("message", models.CharField(blank=True, max_length=200)),
                ("lines", models.PositiveSmallIntegerField(default=0)),
                ("began_at", models.DateTimeField(null=True, verbose_name="begun at")),
                ("finished_at", models.DateTimeField(null=True, verbose_name="finished at")),
                ("heartbeat_at", models.DateTimeField(null=True)),
                ("lease", models.CharField(blank=True, max_length=32)),
                ("lease_until", models.DateTimeField(null=True)),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("cancel_asked_at", models.DateTimeField(null=True)),
                ("result", models.JSONField(encoder=_JSON, null=True)),
                ("error_code", models.CharField(blank=True, max_length=60)),
                ("error", models.TextField(blank=True)),
                ("by", _key(settings.AUTH_USER_MODEL, "by", null=True)),
                ("cancel_asked_by", _key(settings.AUTH_USER_MODEL, "cancelled by", null=True)),
                ("company", _key("erp.company", "client", null=True)),
                ("file", _key("erp.storedfile", null=True, db_constraint=False)),
                ("token", _key("erp.apptoken", null=True, db_constraint=False)),
            ],
            managers=[("unscoped", django.db.models.manager.Manager())],
            options={
                "verbose_name": "job",
                "verbose_name_plural": "jobs",
                "constraints": [
                    models.UniqueConstraint(fields=("company", "id"), name="job_of_company"),
                    models.UniqueConstraint(
                        condition=~Q(key=""), fields=("company", "kind", "key"), name="job_once",
                        nulls_distinct=False,
                    ),
                    models.CheckConstraint(
                        condition=Q(company=None) | Q(by__isnull=False), name="job_has_a_doer"
                    ),
                    models.CheckConstraint(
                        condition=Q(company__isnull=False) | Q(file=None, token=None),
                        name="job_of_installation",
                    ),
                    models.CheckConstraint(
                        condition=Q(state__in=("waiting", "running"), finished_at=None)
                        | (~Q(state__in=("waiting", "running")) & Q(finished_at__isnull=False)),
                        name="job_finished_when_over",
                    ),
                ],
                "indexes": [
                    models.Index(fields=["company", "-id"], name="job_of_company_newest"),
                    models.Index(fields=["company", "by", "-id"], name="job_of_person_newest"),
                    models.Index(
                        condition=Q(state__in=("waiting", "running")), fields=["enqueued_at"],
                        name="job_open",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="JobLine",
            fields=[
                ("id", _id()),
                ("at", models.DateTimeField(verbose_name="at")),
                ("text", models.CharField(max_length=500, verbose_name="text")),
                ("company", _key("erp.company", "client", null=True)),
                ("job", _key("erp.job", related_name="log", db_constraint=False)),
            ],
            managers=[("unscoped", django.db.models.manager.Manager())],
            options={
                "indexes": [
                    models.Index(fields=["company", "job", "id"], name="job_line_in_order")
                ],
            },
        ),
        protect(
            "erp_job",
            grants=["SELECT", "INSERT", f"UPDATE ({_CHANGING})"],
            references=[
                ("file_id", "erp_storedfile", "job_file_of_same_client"),
                ("token_id", "erp_apptoken", "job_token_of_same_client"),
            ],
        ),
        _also_of_installation("erp_job"),
        protect(
            "erp_jobline",
            grants=["SELECT", "INSERT"],
            references=[("job_id", "erp_job", "job_line_of_same_client")],
        ),
        # A key with a company that is null proves nothing, so the row itself must be seen.
        _also_of_installation(
            "erp_jobline",
            " AND EXISTS (SELECT FROM erp_job j WHERE j.id = job_id AND j.company_id IS NULL)",
        ),
        migrations.RunSQL(
            [Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")],
            migrations.RunSQL.noop,
        ),
    ]  # fmt: skip
