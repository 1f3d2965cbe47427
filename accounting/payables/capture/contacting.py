"""A contact made of what a bill says of its payee (Lieferant aus dem Beleg erfassen)."""

from __future__ import annotations

from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounting.payables.capture import proposing
from accounting.payables.capture.models import InboxDocument
from accounting.payables.capture.proposing import Values
from contacts import saving
from contacts.models import Contact, ContactGroup
from erp.access.models import User
from erp.companies.models import Company
from erp.core.errors import DomainError

SUPPLIERS: Final = "suppliers"  # the group, where the company keeps it


class NoPayee(DomainError):
    code = "capture.no_payee"
    message = _("No payee was read of “%(name)s”. Add the contact by hand.")
    conflict = True


class PayeeKnown(DomainError):
    code = "capture.payee_known"
    message = _("“%(name)s” is among your contacts already. Load the page again.")
    conflict = True


@transaction.atomic
def add_payee(document: InboxDocument, *, by: User, nth: int = 0) -> Contact:
    """Add the payee of a bill as a contact: name, address, IBAN and UID as they were read.

    ``nth`` chooses among several bills of one file, from 0. Raises ``NoPayee``, ``PayeeKnown`` where a
    contact is proposed as the supplier, and what ``saving.add_contact`` raises.
    """
    captured = proposing.propose(document.company, document, nth=nth)
    if captured.supplier is not None:
        raise PayeeKnown(name=captured.supplier.contact.name)
    if captured.values.payee is None or not captured.values.payee.name.strip():
        raise NoPayee(name=document.name)
    return saving.add_contact(
        company=document.company, by=by, **_told(document.company, captured.values)
    )


def _told(company: Company, values: Values) -> dict[str, Any]:
    payee = values.payee
    assert payee is not None  # looked at before
    groups = ContactGroup.of(company).filter(code=SUPPLIERS)
    address = {
        "kind": "main", "street": payee.street, "house_number": payee.house_number,
        "postcode": payee.postcode, "town": payee.town, "country": payee.country or "CH",
    }  # fmt: skip
    return {
        "kind": Contact.Kind.ORGANISATION, "name": payee.name, "uid": values.uid,
        "groups": [one.code for one in groups],
        "addresses": [address] if payee.town else [],
        "bank_accounts": [{"iban": values.iban}] if values.iban else [],
    }  # fmt: skip
