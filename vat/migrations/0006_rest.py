"""Returns carry what is open when method and basis change together."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("vat", "0005_returns"),
    ]

    operations = [
        migrations.AddField(
            model_name="vatreturn",
            name="carried_place",
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="vatreturn",
            name="next_basis",
            field=models.CharField(
                blank=True,
                choices=[
                    ("agreed", "agreed consideration"),
                    ("received", "received consideration"),
                ],
                max_length=8,
            ),
        ),
    ]
