"""Fence VAT's tables, and load the law's rates."""

import csv
import datetime as dt
from decimal import Decimal
from pathlib import Path

from django.db import migrations

from erp.core.tenancy import protect, share

RATES = Path(__file__).resolve().parent.parent / "codes" / "data" / "rates.csv"


def load_rates(apps, schema_editor):
    rate = apps.get_model("vat", "VatRate")
    with RATES.open(encoding="utf-8", newline="") as file:
        rate.objects.using(schema_editor.connection.alias).bulk_create(
            rate(
                rate_class=row["rate_class"],
                valid_from=dt.date.fromisoformat(row["valid_from"]),
                valid_to=dt.date.fromisoformat(row["valid_to"]) if row["valid_to"] else None,
                percent=Decimal(row["percent"]),
                source=row["source"],
            )
            for row in csv.DictReader(file)
        )


class Migration(migrations.Migration):
    dependencies = [("vat", "0001_initial"), ("erp", "0002_client_borders")]

    operations = [
        protect("vat_vatcode"),
        protect("vat_vatsettings"),
        protect("vat_vatactivity"),
        share("vat_vatrate"),
        migrations.RunPython(load_rates, migrations.RunPython.noop),
    ]
