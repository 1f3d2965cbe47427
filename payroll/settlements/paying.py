"""How the debt to a tax office is paid: by its payment slip (QR-Rechnung des Steueramts)."""

from __future__ import annotations

from dataclasses import replace

from accounting.open_items.models import OpenItem
from accounting.payments import gathering, instructions
from accounting.payments.values import Details
from contacts.models import Contact
from erp.access.models import User
from payroll.settlements.refusals import AccountMissing


def instruct(item: OpenItem, contact: Contact, *, reference: str, account: str, by: User) -> None:
    """Have an item paid with the reference of a slip, to its account, or without to that of the contact.

    Raises ``AccountMissing`` and what ``instructions.instruct`` raises, as where a QR-IBAN lacks its
    reference, or a QR reference its QR-IBAN.
    """
    known = gathering.fallback(item.company, [contact.pk]).get(contact.pk)
    if known is None:
        if not account:
            raise AccountMissing(name=contact.name)
        known = Details(contact.name, account)
    details = replace(known, account=account or known.account)
    told = {
        name: getattr(details, name)
        for name in (
            "payee",
            "account",
            "street",
            "house_number",
            "postcode",
            "town",
            "country",
            "bic",
        )
    }
    instructions.instruct(item.company, item=item, by=by, reference=reference, **told)
