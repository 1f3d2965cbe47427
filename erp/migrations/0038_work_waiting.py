"""What whoever runs the installation asks: how much work waits, and whether migrations do."""

from pathlib import Path

from django.db import migrations

from erp.core.tenancy import share


class Migration(migrations.Migration):
    dependencies = [("erp", "0037_layouts")]

    operations = [
        share("django_migrations"),
        migrations.RunSQL(
            [Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")],
            migrations.RunSQL.noop,
        ),
    ]
