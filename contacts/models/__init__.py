"""Table of contents: the tables of contacts."""

from contacts.models.activities import Activity, ContactFile
from contacts.models.contacts import Contact, ContactGroup, ContactKey, ContactMembership
from contacts.models.parts import (
    Communication,
    ContactAddress,
    ContactBankAccount,
    ContactPerson,
)

__all__ = [
    "Activity",
    "Communication",
    "Contact",
    "ContactAddress",
    "ContactBankAccount",
    "ContactFile",
    "ContactGroup",
    "ContactKey",
    "ContactMembership",
    "ContactPerson",
]
