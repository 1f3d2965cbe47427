"""What the program uses wage types for: balancing of a company car, days of work, and those abroad."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("payroll", "0009_declarations")]

    operations = [
        migrations.AlterField(
            model_name="wagetype",
            name="role",
            field=models.CharField(
                blank=True,
                choices=[
                    ("", "none"),
                    ("monthly_wage", "monthly wage"),
                    ("hourly_wage", "hourly wage"),
                    ("lesson_wage", "wage by lessons"),
                    ("holiday_hourly", "holiday pay of hourly wages"),
                    ("holiday_lesson", "holiday pay of wages by lessons"),
                    ("public_hourly", "public holidays of hourly wages"),
                    ("public_lesson", "public holidays of wages by lessons"),
                    ("thirteenth", "13th month's wage"),
                    ("thirteenth_hourly", "13th month's wage of hourly wages"),
                    ("thirteenth_lesson", "13th month's wage of wages by lessons"),
                    ("child", "child allowance"),
                    ("education", "education allowance"),
                    ("birth", "birth allowance"),
                    ("company_car", "private share of a company car"),
                    ("balance_kind", "balancing of benefits in kind"),
                    ("balance_car", "balancing of the private share of a company car"),
                    ("balance_paid", "balancing of what was paid to others"),
                    ("ahv", "AHV"),
                    ("alv", "ALV"),
                    ("nbu", "non-occupational accidents"),
                    ("uvgz", "supplementary accident insurance"),
                    ("ktg", "daily sickness allowance"),
                    ("bvg", "pension fund"),
                    ("fak", "family allowance fund"),
                    ("cantonal", "cantonal contribution"),
                    ("extra", "other contribution"),
                    ("tax", "withholding tax"),
                    ("tax_correction", "correction of withholding tax"),
                    ("work_days", "days of work in the month"),
                    ("work_days_abroad", "days of work abroad in the month"),
                ],
                max_length=20,
                verbose_name="used by the program for",
            ),
        ),
    ]
