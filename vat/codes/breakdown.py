"""Taking a typed amount apart (Steueraufteilung): consideration, tax, and where tax is booked."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db import models
from django.utils.translation import gettext_lazy as _

from erp.core.errors import DomainError
from erp.core.money import ZERO, to_centimes
from vat.codes.models import CodeKind, VatCode
from vat.codes.tax import tax_in_gross, tax_on_net

RateOn = Callable[[str, dt.date], Decimal]


class Basis(models.TextChoices):
    """What a typed amount is."""

    GROSS = "gross", _("including VAT")
    NET = "net", _("excluding VAT")


class CodeInactive(DomainError):
    code = "vat.code_inactive"
    message = _("VAT code %(code)s is switched off. Choose another code.")
    field = "vat_code"


class ImpossibleRate(DomainError):
    code = "vat.impossible_rate"
    message = _("%(rate)s %% is no possible VAT rate. Leave it empty to use the rate of the day.")
    field = "vat_rate"


@dataclass(frozen=True, slots=True)
class TaxLine:
    """A tax amount and the purpose of its account; ``same_side`` as the consideration, or not."""

    purpose: str
    amount: Decimal
    same_side: bool


@dataclass(frozen=True, slots=True)
class Breakdown:
    """A typed amount taken apart. ``net`` plus the tax on its side is the amount to be paid.

    ``net`` is what the typed account takes. ``base`` is the consideration the tax is reckoned on:
    ``net`` without the tax that is not deducted, which is part of the cost. ``overridden`` says that
    another rate than the law's on the supply date was used.
    """

    net: Decimal
    base: Decimal
    rate: Decimal
    tax_lines: tuple[TaxLine, ...]
    overridden: bool

    @property
    def payable(self) -> Decimal:
        same = sum((t.amount for t in self.tax_lines if t.same_side), ZERO)
        return self.net + same - sum((t.amount for t in self.tax_lines if not t.same_side), ZERO)


def break_down(
    code: VatCode,
    amount: Decimal,
    *,
    supply_date: dt.date,
    basis: str = Basis.GROSS,
    rate: Decimal | None = None,
    rate_on: RateOn,
    deducts: bool = True,
) -> Breakdown:
    """Split an amount by its VAT code.

    ``amount`` is not negative, in the company's currency. Acquisition tax is owed on top of the
    amount, which is its base whatever ``basis`` says; of import tax the whole amount is tax.
    ``deducts`` says whether the company may deduct input tax at all; with net and flat rates it
    may not. Of a code with a deductible share, only that share of the tax is deducted, and the rest is
    part of ``net``. ``rate`` in percent overrides the rate of the supply date. Tax is rounded to 0.01,
    and its deductible share once more. Raises ``CodeInactive``, ``ImpossibleRate`` or ``NoRate``.
    """
    if not code.active:
        raise CodeInactive(code=code.code)
    shipped = code.shipped
    if code.kind == CodeKind.IMPORT:
        deducted = deductible(code, amount)
        taxes = [TaxLine(shipped.input_purpose, deducted, True)]
        return Breakdown(amount - deducted, ZERO, Decimal("100.00"), _present(taxes), False)
    lawful = rate_on(code.rate_class, supply_date)
    used = lawful if rate is None else rate
    if not 0 <= used < 100:
        raise ImpossibleRate(rate=used)
    if code.kind == CodeKind.ACQUISITION:
        tax = tax_on_net(amount, rate=used)
        taxes = [TaxLine("acquisition_tax", tax, False)]
        if shipped.input_purpose and deducts:
            deducted = deductible(code, tax)
            taxes.insert(0, TaxLine(shipped.input_purpose, deducted, True))
            net = amount + tax - deducted
        else:  # without deduction the tax is part of the cost
            net = amount + tax
        return Breakdown(net, amount, used, _present(taxes), used != lawful)
    if not shipped.tax_box or not used:
        return Breakdown(amount, amount, used, (), used != lawful)
    if basis == Basis.GROSS:
        tax = tax_in_gross(amount, rate=used)
        base = amount - tax
    else:
        tax, base = tax_on_net(amount, rate=used), amount
    purpose, booked = shipped.input_purpose or "output_tax", deductible(code, tax)
    taxes = [TaxLine(purpose, booked, True)]
    return Breakdown(base + tax - booked, base, used, _present(taxes), used != lawful)


def deductible(code: VatCode, tax: Decimal) -> Decimal:
    """What of a tax becomes input tax by the code's share, rounded to 0.01, with the tax's sign.

    The whole tax for codes without a share (MWSTG Art. 28 to 30).
    """
    return to_centimes(tax * code.deductible_percent / 100)


def _present(taxes: Sequence[TaxLine]) -> tuple[TaxLine, ...]:
    return tuple(tax for tax in taxes if tax.amount)
