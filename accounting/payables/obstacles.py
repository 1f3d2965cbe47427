"""What keeps a supplier's invoice from being handed in and posted."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from accounting.payables.duplicates import twins
from accounting.payables.errors import (
    AccountMissing,
    DeductedTooMuch,
    DuplicateSuspected,
    NothingToPost,
    NumberMissing,
    TotalNotPositive,
)
from accounting.payables.models import SupplierInvoice, SupplierInvoiceLine
from erp.core.errors import DomainError, Refusals
from erp.core.money import ZERO
from vat.codes.models import ALL, CodeKind, VatSettings
from vat.codes.queries import settings_on

_Status = SupplierInvoice.Status
ROUNDED_UP = Decimal("0.05")  # what a part may come to more than it is


def obstacles(invoice: SupplierInvoice, lines: Sequence[SupplierInvoiceLine]) -> list[DomainError]:
    """All that keeps a draft from being handed in, as far as it can be seen beforehand."""
    found: list[DomainError] = []
    if not invoice.number:
        found.append(NumberMissing())
    if not lines:
        found.append(NothingToPost())
    without = [line for line in lines if line.account is None]
    found += [
        AccountMissing(field=f"lines[{line.position - 1}].account", line=line.position)
        for line in without if not is_all_deducted(invoice, line)
    ]  # fmt: skip
    if lines and invoice.payable <= 0:
        found.append(TotalNotPositive(value=invoice.payable))
    found += _deposits(invoice, lines)
    if not invoice.duplicate_confirmed:
        for twin in twins(invoice)[:1]:
            found.append(DuplicateSuspected(document=twin.called, why=twin.why))
    return found


def require_none(found: Sequence[DomainError]) -> None:
    """Raise the one obstacle found, or ``Refusals`` with all."""
    if len(found) == 1:
        raise found[0]
    if found:
        raise Refusals(list(found))


def is_all_deducted(invoice: SupplierInvoice, line: SupplierInvoiceLine) -> bool:
    """Whether a line is import tax that is deducted to the last centime: it needs no account of cost."""
    code = line.vat_code
    if code is None or code.kind != CodeKind.IMPORT or code.deductible_percent != ALL:
        return False
    settings = settings_on(invoice.company, invoice.booked_on)
    return settings is not None and settings.method == VatSettings.Method.EFFECTIVE


def deducted(invoice: SupplierInvoice) -> Decimal:
    """What posted invoices took off for a deposit, as its lines are written."""
    rows = SupplierInvoiceLine.of(invoice.company_id).filter(
        deposit=invoice, invoice__status=_Status.POSTED
    )
    return -sum((amount for amount in rows.values_list("amount", flat=True)), ZERO)


def _deposits(invoice: SupplierInvoice, lines: Sequence[SupplierInvoiceLine]) -> list[DomainError]:
    """A deposit is taken off once."""
    wanted: dict[int, Decimal] = {}
    named: dict[int, SupplierInvoice] = {}
    for line in lines:
        if line.deposit is not None:
            named[line.deposit.pk] = line.deposit
            wanted[line.deposit.pk] = wanted.get(line.deposit.pk, ZERO) - line.amount
    found: list[DomainError] = []
    for pk, taken in wanted.items():
        deposit = named[pk]
        whole = deposit.payable if invoice.basis == "gross" else deposit.net
        left = whole - deducted(deposit)
        if taken > left + ROUNDED_UP:
            found.append(DeductedTooMuch(value=taken, document=str(deposit), left=left))
    return found
