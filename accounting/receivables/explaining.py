"""The totals of a document as pages show them, each with how it came (Herleitung)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from accounting.receivables.amounts import Amounts, Total, told
from erp.core.display import chf, figure
from vat.codes.breakdown import Basis


@dataclass(frozen=True, slots=True)
class Row:
    """A total with its label; ``strong`` is what is to be paid."""

    label: str
    amount: Decimal
    strong: bool = False


@dataclass(frozen=True, slots=True)
class Explained:
    """The totals in their order, the VAT by code and rate, and the sentences that explain them."""

    rows: list[Row]
    vat: list[tuple[str, str, Decimal, Decimal, Decimal]]  # code, rate, net, tax, gross
    why: list[str]


def explained(amounts: Amounts) -> Explained:
    """Totals, VAT and reasons of a document, in the language of the reader."""
    rows = []
    if amounts.discount:
        rows += [
            Row(_("Sum of the lines"), amounts.sum),
            Row(_("Price reduction"), -amounts.discount),
        ]
    taxed = [group for group in amounts.groups if group.vat]
    if amounts.basis == Basis.NET:
        rows.append(Row(_("Net total"), amounts.net))
    for group in taxed:
        label = _("VAT %(rate)s %% of %(of)s") if amounts.basis == Basis.NET else _(
            "incl. VAT %(rate)s %% on %(of)s")  # fmt: skip
        rows.append(Row(label % {"rate": figure(group.rate), "of": chf(group.net)}, group.vat))
    if amounts.rounding:
        rows.append(Row(_("Rounding"), amounts.rounding))
    rows.append(Row(_("Total %s") % amounts.currency, amounts.payable, strong=True))
    vat = [
        (group.vat_code, figure(group.rate), group.net, group.vat, group.gross)
        for group in amounts.groups
    ]
    why = [
        told(step) for step in amounts.steps
        if step.amount or step.total in {Total.SUM, Total.PAYABLE}
    ]  # fmt: skip
    return Explained(rows, vat, why)
