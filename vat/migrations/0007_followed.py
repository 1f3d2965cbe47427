"""Changes of VAT codes are noted."""

from django.db import migrations

from erp.changes.following import follow


class Migration(migrations.Migration):
    dependencies = [("vat", "0006_rest"), ("erp", "0018_changes")]

    operations = [follow("vat_vatcode", "vat_code")]
