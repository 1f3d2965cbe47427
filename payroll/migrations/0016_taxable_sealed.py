"""What was taxable stands in the sealed content of a settlement alone: of one person it is a wage."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("payroll", "0015_delivery")]

    operations = [migrations.RemoveField(model_name="taxsettlement", name="taxable")]
