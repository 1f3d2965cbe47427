"""Which own bank accounts refer to a bank that has changed (Bankenstamm)."""

from __future__ import annotations

from collections.abc import Sequence

from accounting.banking.models import BankAccount
from erp.access.gate import NobodyToActFor, all_companies, operating
from erp.reference.touching import Change, Touched


def bank_accounts(source: str, changes: Sequence[Change]) -> list[Touched]:
    """Bank accounts of all companies whose IBAN, or QR-IBAN, names one of the changed banks."""
    numbers = {change.key["iid"] for change in changes}
    found = []
    for reference in all_companies():
        try:
            with operating(reference) as access:
                accounts = list(BankAccount.of(access.company).order_by("pk"))
        except NobodyToActFor:
            continue
        for account in accounts:
            for iban in (account.iban, account.qr_iban):
                if iban[:2] in {"CH", "LI"} and iban[4:9] in numbers:
                    found.append(
                        Touched(account.company_id, "accounting_bankaccount", account.pk,
                                str(account), iban[4:9])
                    )  # fmt: skip
    return found
