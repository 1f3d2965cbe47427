"""Which bank accounts of contacts refer to a bank that has changed (Bankenstamm)."""

from __future__ import annotations

from collections.abc import Sequence

from contacts.models import ContactBankAccount
from erp.access.gate import NobodyToActFor, all_companies, operating
from erp.reference.touching import Change, Touched


def bank_accounts(source: str, changes: Sequence[Change]) -> list[Touched]:
    """Accounts of contacts of all companies whose IBAN names one of the changed banks."""
    numbers = {change.key["iid"] for change in changes}
    found = []
    for reference in all_companies():
        try:
            with operating(reference) as access:
                accounts = list(
                    ContactBankAccount.of(access.company).select_related("contact").order_by("pk")
                )
        except NobodyToActFor:
            continue
        found += [
            Touched(one.company_id, "contacts_contactbankaccount", one.pk,
                    f"{one.contact.number} {one.contact.name}: {one.iban}", one.iban[4:9])
            for one in accounts if one.iban[:2] in {"CH", "LI"} and one.iban[4:9] in numbers
        ]  # fmt: skip
    return found
