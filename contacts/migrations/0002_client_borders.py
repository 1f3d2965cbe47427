"""Fence the contacts' tables."""

from django.db import migrations

from erp.core.tenancy import protect


def of_contact(name):
    return ("contact_id", "contacts_contact", f"{name}_contact_of_same_client")


class Migration(migrations.Migration):
    dependencies = [("contacts", "0001_initial"), ("erp", "0014_recovery")]

    operations = [
        protect(
            "contacts_contact",
            references=[("merged_into_id", "contacts_contact", "contact_merged_into_same_client")],
        ),
        protect("contacts_contactgroup"),
        protect(
            "contacts_contactmembership",
            references=[
                of_contact("membership"),
                ("group_id", "contacts_contactgroup", "membership_group_of_same_client"),
            ],
        ),
        protect("contacts_contactkey", references=[of_contact("contact_key")]),
        protect("contacts_contactaddress", references=[of_contact("contact_address")]),
        protect("contacts_communication", references=[of_contact("communication")]),
        protect(
            "contacts_contactperson",
            references=[
                ("organisation_id", "contacts_contact", "contact_person_organisation_same_client"),
                ("person_id", "contacts_contact", "contact_person_person_of_same_client"),
            ],
        ),
        protect("contacts_contactbankaccount", references=[of_contact("contact_iban")]),
        protect("contacts_activity", references=[of_contact("activity")]),
        protect(
            "contacts_contactfile",
            references=[
                of_contact("contact_file"),
                ("file_id", "erp_storedfile", "contact_file_file_of_same_client"),
            ],
        ),
    ]
