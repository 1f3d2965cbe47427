"""What changed last: of contacts, papers … by triggers, for phones that keep copies."""

from pathlib import Path

import django.db.models.deletion
import django.db.models.manager
from django.db import migrations, models
from django.db.models import Q

from erp.changes.following import follow
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


class Migration(migrations.Migration):
    dependencies = [("erp", "0017_rights")]

    operations = [
        migrations.CreateModel(
            name="Change",
            fields=[
                ("id", _id()),
                ("resource", models.CharField(max_length=20)),
                ("record", models.BigIntegerField()),
                ("place", models.BigIntegerField()),
                ("gone", models.BooleanField()),
                ("at", models.DateTimeField()),
                ("company", _company()),
            ],
            managers=[("unscoped", django.db.models.manager.Manager())],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("company", "resource", "record"), name="change_once_per_record"
                    )
                ],
                "indexes": [
                    models.Index(
                        fields=["company", "resource", "place", "record"], name="change_in_order"
                    ),
                    models.Index(
                        condition=Q(gone=True), fields=["company", "at"], name="change_tombstone"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ChangeFloor",
            fields=[
                ("id", _id()),
                ("resource", models.CharField(blank=True, max_length=20)),
                ("place", models.BigIntegerField(default=0)),
                ("era", models.PositiveIntegerField(default=0)),
                ("company", _company()),
            ],
            managers=[("unscoped", django.db.models.manager.Manager())],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("company", "resource"), name="change_floor_once"
                    )
                ],
            },
        ),
        protect("erp_change", grants=["SELECT"]),
        protect("erp_changefloor", grants=["SELECT"]),
        migrations.RunSQL(
            [Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")],
            migrations.RunSQL.noop,
        ),
        follow("erp_ownfield", "own_field"),
        follow(
            "erp_outgoingmail", "sales_document",
            touches="SELECT t.company_id, t.about_id FROM {rows} t"
                    " WHERE t.about_model = 'accounting.salesdocument'",
        ),
    ]  # fmt: skip
