"""What is made of a supplier's invoice: the same as typed, a copy, a credit note, deductions of deposits."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from accounting.payables.models import SupplierInvoice, SupplierInvoiceLine
from accounting.payables.obstacles import deducted
from accounting.payables.reckoning import amounts_of, lines_of
from accounting.payables.typed import Payment, TypedInvoice, TypedLine
from erp.core.money import ZERO, allotted, to_centimes
from vat.codes.breakdown import Basis

_Kind, _Status = SupplierInvoice.Kind, SupplierInvoice.Status


def typed_of(invoice: SupplierInvoice, lines: Sequence[SupplierInvoiceLine]) -> TypedInvoice:
    """A stored invoice as it would be typed."""
    return TypedInvoice(
        contact=invoice.contact_id, date=invoice.date, kind=invoice.kind, number=invoice.number,
        lines=tuple(_typed_line(line) for line in lines), booked_on=invoice.booked_on,
        due_date=invoice.due_date, subject=invoice.subject, currency=invoice.currency,
        exchange_rate=invoice.exchange_rate, basis=invoice.basis, payable=invoice.payable,
        supply_from=invoice.supply_from, supply_until=invoice.supply_until,
        net_days=invoice.net_days, terms_discount=invoice.terms_discount,
        terms_discount_days=invoice.terms_discount_days,
        instalments=tuple((Decimal(str(percent)), int(days)) for percent, days in invoice.instalments),
        payment=payment_of(invoice), is_deposit=invoice.is_deposit,
        duplicate_confirmed=invoice.duplicate_confirmed, follows=invoice.follows_id,
        file=invoice.file_id,
    )  # fmt: skip


def payment_of(invoice: SupplierInvoice) -> Payment:
    """How an invoice says it is paid."""
    return Payment(**invoice.payment)


def copy(invoice: SupplierInvoice, *, date: dt.date) -> TypedInvoice:
    """The same once more, of another day: without number, original and reference, which are of the one."""
    typed = typed_of(invoice, lines_of(invoice))
    return replace(
        typed, date=date, number="", booked_on=None, due_date=None, exchange_rate=None, file=None,
        supply_from=None, supply_until=None, duplicate_confirmed=False, follows=None,
        payment=replace(typed.payment, reference=""),
        lines=tuple(replace(line, supply_from=None, supply_until=None, deposit=None)
                    for line in typed.lines),
    )  # fmt: skip


def credit(invoice: SupplierInvoice, *, date: dt.date) -> TypedInvoice:
    """A credit note over all of an invoice, of the same supply, so that the rate is the same."""
    typed = typed_of(invoice, lines_of(invoice))
    return replace(
        typed, kind=_Kind.CREDIT_NOTE, date=date, number="", booked_on=None, due_date=date,
        follows=invoice.pk, file=None, is_deposit=False, duplicate_confirmed=False,
        supply_from=typed.supply_from or typed.date, payment=Payment(), instalments=(),
        terms_discount=None, terms_discount_days=None,
        lines=tuple(replace(line, spread="", deposit=None) for line in typed.lines),
    )  # fmt: skip


def open_deposits(
    company: Any, contact: int, currency: str
) -> list[tuple[SupplierInvoice, Decimal]]:
    """The deposits of a supplier of which something is left to take off, gross, with what is left."""
    rows = SupplierInvoice.of(company).filter(
        contact=contact, currency=currency, is_deposit=True, status=_Status.POSTED
    ).order_by("date", "pk")  # fmt: skip
    found = [(row, row.payable - deducted(row)) for row in rows[:20]]
    return [(row, left) for row, left in found if left > 0]


def deductions(deposit: SupplierInvoice, left: Decimal, *, basis: str) -> list[TypedLine]:
    """Lines that take off what is left of a deposit, by its accounts and codes, so that its tax comes back.

    ``left`` is with its tax; the lines are with or without, as ``basis`` says.
    """
    lines = lines_of(deposit)
    amounts = amounts_of(deposit, lines)
    part = left / deposit.payable
    wholes = amounts.nets
    if basis == Basis.GROSS:
        wholes = tuple(net + tax for net, tax in zip(amounts.nets, amounts.taxes, strict=True))
    parts = allotted(to_centimes(sum(wholes, ZERO) * part), wholes, part)
    text = _("Less deposit %s") % deposit.number
    return [
        TypedLine(
            amount=-amount, text=text, account=line.account.number if line.account else None,
            vat_code=line.vat_code.code if line.vat_code else "",
            supply_from=line.supply_from or deposit.date, supply_until=line.supply_until,
            deposit=deposit.pk,
        )
        for line, amount in zip(lines, parts, strict=True)
    ]  # fmt: skip


def _typed_line(line: SupplierInvoiceLine) -> TypedLine:
    return TypedLine(
        amount=line.amount, text=line.text, account=line.account.number if line.account else None,
        vat_code=line.vat_code.code if line.vat_code else "", vat_amount=line.vat_amount,
        supply_from=line.supply_from, supply_until=line.supply_until,
        cost_centre=line.cost_centre.number if line.cost_centre else "",
        cost_object=line.cost_object.number if line.cost_object else "", spread=line.spread,
        deposit=line.deposit_id,
    )  # fmt: skip
