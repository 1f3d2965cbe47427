"""Keys of clients' rows begin with the client: an id may be taken again by another client."""

from django.db import migrations

from erp.core.tenancy import Unsaid, key_by_company

TABLES = [
    "contacts_activity", "contacts_communication", "contacts_contact", "contacts_contactaddress",
    "contacts_contactbankaccount", "contacts_contactfile", "contacts_contactgroup",
    "contacts_contactkey", "contacts_contactmembership", "contacts_contactperson",
]  # fmt: skip
#: Constraints that said the same as the key does now, by model.
SAID_TWICE = [
    ("contact", "contact_of_company"), ("contactbankaccount", "contact_iban_of_company"),
    ("contactgroup", "contact_group_of_company"),
]  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [("contacts", "0003_followed")]

    operations = [
        key_by_company(*TABLES),
        Unsaid(SAID_TWICE),
    ]
