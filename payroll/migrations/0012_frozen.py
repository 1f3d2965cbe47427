"""Approved runs are frozen, payment orders stay, titles of personal documents are sealed."""

from pathlib import Path

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import erp.core.sealed


class Migration(migrations.Migration):
    dependencies = [
        ("payroll", "0010_roles"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="payslip",
            name="paper_digest",
            field=models.CharField(blank=True, db_default="", editable=False, max_length=64),
        ),
        migrations.AddField(
            model_name="wageorder",
            name="recalled_at",
            field=models.DateTimeField(null=True, verbose_name="given up at"),
        ),
        migrations.AddField(
            model_name="wageorder",
            name="recalled_by",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AlterField(
            model_name="employeefile",
            name="title",
            field=erp.core.sealed.SealedField(verbose_name="title"),
        ),
        migrations.RunSQL(
            Path(__file__).with_suffix(".sql").read_text(encoding="utf-8"), migrations.RunSQL.noop
        ),
    ]
