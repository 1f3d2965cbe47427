"""How contacts look to programs, and what they send."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from contacts.models import (
    Communication,
    Contact,
    ContactAddress,
    ContactBankAccount,
)
from erp.api.inputs import DayField, Input
from erp.companies.models import Language

LARGEST_ID = 2**63 - 1


class ContactAddressOutput(serializers.ModelSerializer[ContactAddress]):
    class Meta:
        model = ContactAddress
        fields = ("id", "kind", "addition", "street", "house_number", "po_box", "postcode", "town",
                  "country", "canton", "bfs_nr", "valid_from", "valid_to")  # fmt: skip


class CommunicationOutput(serializers.ModelSerializer[Communication]):
    """A phone number in E.164, a mail address, or a link."""

    class Meta:
        model = Communication
        fields = ("id", "kind", "value", "extension", "label")


class ContactBankAccountOutput(serializers.ModelSerializer[ContactBankAccount]):
    class Meta:
        model = ContactBankAccount
        fields = ("id", "iban", "holder", "bic", "bank", "label", "valid_to")


class ContactOutput(serializers.ModelSerializer[Contact]):
    """A contact with its parts; ``groups`` are codes, ``merged_into`` is what it has become."""

    addresses = ContactAddressOutput(many=True)
    communications = CommunicationOutput(many=True)
    bank_accounts = ContactBankAccountOutput(many=True)
    groups = serializers.SerializerMethodField()
    own_values = serializers.DictField(help_text="Values of own fields, by their codes")
    merged_into = serializers.IntegerField(source="merged_into_id", allow_null=True)

    class Meta:
        model = Contact
        fields = ("id", "number", "kind", "name", "name_addition", "salutation", "title",
                  "first_name", "last_name", "language", "uid", "notes", "groups", "own_values",
                  "addresses", "communications", "bank_accounts", "archived_at", "merged_into",
                  "version", "changed_at")  # fmt: skip

    def get_groups(self, contact: Contact) -> list[str]:
        return [row.group.code for row in contact.memberships.all()]


class RowInput(Input):
    """``id`` is that of a row there is; without one a row is added."""

    id = serializers.IntegerField(
        required=False, allow_null=True, min_value=1, max_value=LARGEST_ID
    )


class ContactAddressInput(RowInput):
    """Canton and commune number are filled in from the postcode where they are certain."""

    kind = serializers.ChoiceField(choices=ContactAddress.Kind.choices, default="main")
    addition = serializers.CharField(max_length=70, required=False, allow_blank=True)
    street = serializers.CharField(max_length=70, required=False, allow_blank=True)
    house_number = serializers.CharField(max_length=16, required=False, allow_blank=True)
    po_box = serializers.CharField(max_length=20, required=False, allow_blank=True)
    postcode = serializers.CharField(max_length=16, required=False, allow_blank=True)
    town = serializers.CharField(max_length=35)
    country = serializers.CharField(max_length=2, required=False)
    canton = serializers.CharField(max_length=2, required=False, allow_blank=True)
    bfs_nr = serializers.IntegerField(required=False, allow_null=True, min_value=1, max_value=99999)
    valid_from = DayField(required=False, allow_null=True)
    valid_to = DayField(required=False, allow_null=True)


class CommunicationInput(RowInput):
    """Phone numbers are read as they are dialled in the country of the first address."""

    kind = serializers.ChoiceField(choices=Communication.Kind.choices)
    value = serializers.CharField(max_length=254)
    extension = serializers.CharField(max_length=10, required=False, allow_blank=True)
    label: Any = serializers.CharField(max_length=40, required=False, allow_blank=True)


class ContactBankAccountInput(RowInput):
    """Bank and BIC are filled in from the bank master."""

    iban = serializers.CharField(max_length=42)
    holder = serializers.CharField(max_length=70, required=False, allow_blank=True)
    bic = serializers.CharField(max_length=11, required=False, allow_blank=True)
    label: Any = serializers.CharField(max_length=40, required=False, allow_blank=True)
    valid_to = DayField(required=False, allow_null=True)


class ContactInput(Input):
    """A contact to add, or what is to change. A set that is sent replaces the one there is."""

    number = serializers.IntegerField(required=False, min_value=1, max_value=2**31 - 1)
    kind = serializers.ChoiceField(choices=Contact.Kind.choices)
    name = serializers.CharField(max_length=100, required=False, allow_blank=True)
    name_addition = serializers.CharField(max_length=70, required=False, allow_blank=True)
    salutation = serializers.ChoiceField(
        choices=Contact.Salutation.choices, required=False, allow_blank=True
    )
    title = serializers.CharField(max_length=30, required=False, allow_blank=True)
    first_name = serializers.CharField(max_length=60, required=False, allow_blank=True)
    last_name = serializers.CharField(max_length=70, required=False, allow_blank=True)
    language = serializers.ChoiceField(choices=Language.choices, required=False)
    uid = serializers.CharField(max_length=30, required=False, allow_blank=True)
    notes = serializers.CharField(max_length=4000, required=False, allow_blank=True)
    groups = serializers.ListField(
        child=serializers.CharField(max_length=20), required=False, max_length=50
    )
    own_values = serializers.DictField(required=False)
    addresses = ContactAddressInput(many=True, required=False)
    communications = CommunicationInput(many=True, required=False)
    bank_accounts = ContactBankAccountInput(many=True, required=False)


class ContactBrief(serializers.ModelSerializer[Contact]):
    class Meta:
        model = Contact
        fields = ("id", "number", "kind", "name")
