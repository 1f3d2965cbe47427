from django.db import migrations, models

from erp.core.tenancy import grant_statements


class Migration(migrations.Migration):
    dependencies = [("erp", "0024_search")]

    operations = [
        migrations.AddField(
            model_name="idempotencyrecord",
            name="etag",
            field=models.CharField(blank=True, default="", max_length=80),
        ),
        migrations.AddField(
            model_name="idempotencyrecord",
            name="lasting",
            field=models.BooleanField(default=True),
        ),
        migrations.RunSQL(
            grant_statements("erp_idempotencyrecord", ["DELETE"]),  # type: ignore[arg-type]
            migrations.RunSQL.noop,
        ),
    ]
