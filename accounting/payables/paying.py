"""How an invoice says it is to be paid (Zahlungsangaben): checked when it is typed, told to payments when posted."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

from accounting.open_items.models import OpenItem
from accounting.payables.models import SupplierInvoice
from accounting.payables.typed import Payment
from accounting.payments import instructions
from accounting.qr.references import is_qrr, is_scor
from contacts import letters
from contacts.models import Contact, ContactAddress
from erp.access.models import User
from erp.core.errors import called
from erp.core.texts import one_line

#: What a payee's address holds, and how long each may be.
ADDRESS: Final = {
    "name": 70,
    "street": 70,
    "house_no": 16,
    "postcode": 16,
    "town": 35,
    "country": 2,
}
#: What masks call what payments call otherwise.
_PLACES: Final = {"account": "iban", "payee": "contact", "house_number": "payee.house_no"}


def checked(payment: Payment, *, name: str) -> Payment:
    """Payment details in canonical form; ``name`` is the supplier's, where no other payee is told.

    An IBAN and a reference have to belong together. Raises what ``instructions.checked`` raises.
    """
    payee = {
        part: one_line(str(payment.payee.get(part) or ""), field=f"payee.{part}", most=most)
        for part, most in ADDRESS.items()
    }
    reference = re.sub(r"\s", "", payment.reference).upper()
    if reference and not (is_qrr(reference) or is_scor(reference)):
        raise instructions.BadReference(value=payment.reference[:40])
    found = replace(
        payment, iban=payment.iban.strip(), reference=reference,
        message=one_line(payment.message, field="message", most=140),
        payee={part: value for part, value in payee.items() if value},
        blocked=one_line(payment.blocked, field="blocked", most=200),
    )  # fmt: skip
    if not found.iban:
        return found
    with called(**_PLACES):
        kept = instructions.checked(_told(found, name))
    return replace(
        found, iban=kept["account"], reference=kept["reference"], message=kept["message"]
    )


def instruct(invoice: SupplierInvoice, items: Sequence[OpenItem], *, by: User) -> None:
    """Tell payments how the items of a posted invoice are paid, as far as it says so."""
    payment = Payment(**invoice.payment)
    if payment.iban:
        told = _told(payment, invoice.contact.name)
        if not told["town"]:
            told |= _address(invoice.contact, invoice)
        for item in items:
            instructions.instruct(
                invoice.company, item=item, by=by, blocked=payment.blocked, as_billed=True, **told
            )
    elif payment.blocked:
        for item in items:
            instructions.block(item, reason=payment.blocked, by=by)


def _told(payment: Payment, name: str) -> dict[str, Any]:
    payee = payment.payee
    complete = bool(payee.get("town"))  # an address without a town is none
    return {
        "payee": payee.get("name") or name, "account": payment.iban, "reference": payment.reference,
        "message": payment.message,
        **{mine: payee.get(theirs, "") if complete else ""
           for mine, theirs in (("street", "street"), ("house_number", "house_no"),
                                ("postcode", "postcode"), ("town", "town"))},
        "country": (payee.get("country") or payment.iban[:2]) if complete else "",
    }  # fmt: skip


def _address(contact: Contact, invoice: SupplierInvoice) -> dict[str, str]:
    """The supplier's address of the day of the invoice, where it has a town."""
    rows = ContactAddress.of(contact.company_id).filter(contact=contact).order_by("pk")
    found = letters.address_on(rows, invoice.date, "main")
    if found is None or not found.town:
        return {}
    return {"street": found.street or found.po_box, "house_number": found.house_number,
            "postcode": found.postcode, "town": found.town, "country": found.country}  # fmt: skip
