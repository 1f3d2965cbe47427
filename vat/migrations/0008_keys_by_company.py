"""Keys of clients' rows begin with the client: an id may be taken again by another client."""

from django.db import migrations

from erp.core.tenancy import Unsaid, key_by_company

TABLES = [
    "vat_activityaccount", "vat_taxoffice", "vat_vatactivity", "vat_vatcode", "vat_vatinstalment",
    "vat_vatreturn", "vat_vatsettings",
]  # fmt: skip
#: Constraints that said the same as the key does now, by model.
SAID_TWICE = [
    ("vatcode", "vat_code_of_company"), ("vatreturn", "vat_return_of_company"),
]  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [("vat", "0007_followed")]

    operations = [
        key_by_company(*TABLES),
        Unsaid(SAID_TWICE),
    ]
