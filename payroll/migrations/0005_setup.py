from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("payroll", "0003_runs")]

    operations = [
        migrations.AddField(
            model_name="solutionrate",
            name="base",
            field=models.CharField(
                blank=True,
                choices=[
                    ("", "as usual"), ("ahv", "AHV"), ("alv", "ALV"), ("uvg", "UVG"),
                    ("gross", "gross wage"),
                ],
                default="",
                max_length=5,
                verbose_name="of the wages for",
            ),
            preserve_default=False,
        ),
    ]  # fmt: skip
