"""Keys of clients' rows begin with the client: an id may be taken again by another client."""

from pathlib import Path

from django.db import migrations, models

from erp.core.tenancy import Unsaid, key_by_company

TABLES = [
    "erp_accesslogentry", "erp_auditevent", "erp_audithead", "erp_mailfile", "erp_mailtemplate",
    "erp_membership", "erp_outgoingmail", "erp_ownfield", "erp_role", "erp_storedfile",
]  # fmt: skip
#: Constraints that said the same as the key does now, by model.
SAID_TWICE = [
    ("outgoingmail", "mail_of_company"), ("role", "role_of_company"),
    ("storedfile", "stored_file_of_company"),
]  # fmt: skip
SQL = Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")


class Migration(migrations.Migration):
    dependencies = [("erp", "0027_bulk")]

    operations = [
        key_by_company(*TABLES),
        Unsaid(SAID_TWICE),
        migrations.AddField(
            "company", "sealed_as", models.BigIntegerField(editable=False, null=True)
        ),
        migrations.AddField("user", "sealed_as", models.BigIntegerField(editable=False, null=True)),
        migrations.RunSQL([SQL], migrations.RunSQL.noop),
    ]
