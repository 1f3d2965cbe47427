"""Slips that come or go together are held against their run once."""

from pathlib import Path

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("payroll", "0012_frozen")]

    operations = [
        migrations.RunSQL(
            Path(__file__).with_suffix(".sql").read_text(encoding="utf-8"), migrations.RunSQL.noop
        ),
    ]
