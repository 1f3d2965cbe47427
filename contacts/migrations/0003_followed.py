"""Changes of contacts are noted, those of their parts as theirs."""

from django.db import migrations

from erp.changes.following import follow


class Migration(migrations.Migration):
    dependencies = [("contacts", "0002_client_borders"), ("erp", "0018_changes")]

    operations = [
        follow("contacts_contact", "contact"),
        follow("contacts_contactaddress", "contact", of="contact_id"),
        follow("contacts_communication", "contact", of="contact_id"),
        follow("contacts_contactbankaccount", "contact", of="contact_id"),
        follow("contacts_contactmembership", "contact", of="contact_id"),
        follow("contacts_contactgroup", "contact_group"),
        follow("contacts_activity", "activity"),
    ]
