"""What a supplier's invoice says to the ledger (Verbuchung): values in, entry lines out.

The control account takes what we owe; accounts of cost, or those of prepayments and of prepaid
expenses, take the consideration line by line; tax lines stand per code, rate and day. The lines come
to zero, to the centime, in both currencies.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from accounting.ledger.entering import PurposeMissing
from accounting.ledger.lines import Line, VatFacts
from accounting.ledger.models import Account
from accounting.open_items.opening import signed
from accounting.payables.amounts import HUNDRED, Amounts, Group
from accounting.payables.models import SupplierInvoice, SupplierInvoiceLine
from accounting.payables.spreading import Share, spread
from erp.core.money import ZERO, allotted, to_centimes
from vat.codes.breakdown import deductible
from vat.codes.models import CodeKind, VatCode
from vat.codes.tax import tax_on_net

_Purpose = Account.Purpose


@dataclass(frozen=True, slots=True)
class Books:
    """What of the company's books a charge needs.

    ``rate`` is the company's currency for one unit of the invoice's; ``deducts`` says whether input
    tax is split off and deducted; ``year_end`` is the last day of the fiscal year of the entry.
    """

    control: Account
    by_purpose: dict[str, Account]
    rate: Decimal
    deducts: bool
    year_end: dt.date

    def account(self, purpose: str) -> Account:
        """The account of a purpose. Raises ``PurposeMissing``."""
        found = self.by_purpose.get(purpose)
        if found is None:
            raise PurposeMissing(purpose=_Purpose(purpose).label)
        return found


@dataclass(frozen=True, slots=True)
class Charge:
    """Entry lines of an invoice, the first that of the control account; ``base`` is what is owed in the
    company's currency, positive. ``later`` are the shares of each line that belong to later times."""

    lines: list[Line]
    base: Decimal
    later: list[tuple[SupplierInvoiceLine, Share]]


def supplied(invoice: SupplierInvoice, line: SupplierInvoiceLine) -> tuple[dt.date, dt.date]:
    """When a line was supplied, first and last day: its own, else the invoice's, else its date."""
    for one in (line, invoice):
        if one.supply_from is not None or one.supply_until is not None:
            start = one.supply_from or one.supply_until
            return start, one.supply_until or start  # type: ignore[return-value]
    return invoice.date, invoice.date


def charge(
    invoice: SupplierInvoice, lines: Sequence[SupplierInvoiceLine], amounts: Amounts, books: Books
) -> Charge:
    """The entry of an invoice, whose lines have accounts. A credit note's lines are the other way round."""
    sign, own = invoice.sign, invoice.currency == invoice.company.currency
    base = invoice.payable if own else to_centimes(invoice.payable * books.rate)
    told = {} if own else {"currency": invoice.currency, "amount_foreign": -sign * invoice.payable}
    found = [signed(books.control, -sign * base, **told)]
    later: list[tuple[SupplierInvoiceLine, Share]] = []
    rounding = invoice.payable - amounts.payable
    wholes = [net + tax for net, tax in zip(amounts.nets, amounts.taxes, strict=True)]
    in_books = wholes if own else allotted(base, wholes, books.rate)
    for group in amounts.groups:
        rows = [(lines[place], in_books[place], amounts.nets[place]) for place in group.lines]
        found += _Group(invoice, group, rows, books, later).entered()
    if rounding and own:
        purpose = _Purpose.ROUNDING_EXPENSE if sign * rounding > 0 else _Purpose.ROUNDING_INCOME
        found.append(signed(books.account(purpose), sign * rounding))
    return Charge(found, base, later)


@dataclass(frozen=True)
class _Group:
    """Lines of one code, rate and day, with what they come to in the books with their tax."""

    invoice: SupplierInvoice
    group: Group
    rows: list[tuple[SupplierInvoiceLine, Decimal, Decimal]]
    books: Books
    later: list[tuple[SupplierInvoiceLine, Share]]

    def entered(self) -> list[Line]:
        """Consideration line by line, then the tax."""
        whole = sum((amount for _line, amount, _net in self.rows), ZERO)
        code = self.rows[0][0].vat_code
        if code is not None and code.kind == CodeKind.ACQUISITION:
            return self._acquired(code, whole)
        own = self.invoice.currency == self.invoice.company.currency
        tax = self.group.vat if own else to_centimes(self.group.vat * self.books.rate)
        if not self.books.deducts:
            tax = ZERO  # net and flat rates: the cost is what was paid
        deducted = deductible(code, tax) if code is not None else tax
        bases, costs = self._shared(whole - tax), self._shared(whole - deducted)
        found = self._costs(costs, bases)
        if deducted and code is not None:
            account = self.books.account(code.shipped.input_purpose)
            found.append(self._taxed(code, account, deducted, whole - tax))
        return found

    def _shared(self, whole: Decimal) -> list[Decimal]:
        """An amount among the lines, by what they come to."""
        weights = [net or amount for _line, amount, net in self.rows]
        return allotted(whole, weights, _part(whole, self.rows))

    def _acquired(self, code: VatCode, whole: Decimal) -> list[Line]:
        """Acquisition tax (Bezugsteuer) is owed on top, and deducted again or part of the cost."""
        tax, purpose = tax_on_net(whole, rate=self.group.rate), code.shipped.input_purpose
        bases = [amount for _line, amount, _net in self.rows]
        deducted = deductible(code, tax) if self.books.deducts and purpose else ZERO
        kept = tax - deducted  # part of the cost
        extras = allotted(kept, bases, kept / whole if whole else ZERO)
        found = self._costs([one + more for one, more in zip(bases, extras, strict=True)], bases)
        if deducted:
            found.append(self._taxed(code, self.books.account(purpose), deducted, whole))
        if tax:
            found.append(
                self._taxed(code, self.books.account(_Purpose.ACQUISITION_TAX), -tax, -whole)
            )
        return found

    def _costs(self, costs: Sequence[Decimal], bases: Sequence[Decimal]) -> list[Line]:
        found = []
        for (line, _amount, _net), cost, base in zip(self.rows, costs, bases, strict=True):
            if not cost and not base:
                continue  # import tax, all of which is deducted
            now, shares = self._spread(line, cost)
            self.later.extend((line, share) for share in shares)
            rest = cost - now
            based = allotted(base, [now, rest], base / cost) if cost else [base, ZERO]
            assert line.account is not None  # checked before an invoice is posted
            found += self._cost(line, line.account, now, based[0], costs=True)
            if rest:
                prepaid = self.books.account(_Purpose.PREPAID_EXPENSES)
                found += self._cost(line, prepaid, rest, based[1], costs=False)
        return found

    def _cost(
        self, line: SupplierInvoiceLine, account: Account, amount: Decimal, base: Decimal, *,
        costs: bool,
    ) -> list[Line]:  # fmt: skip
        if not amount:
            return []
        sign, code = self.invoice.sign, line.vat_code
        facts = VatFacts(code, "B", self._rate(code), sign * base, self.group.day) if code else None
        units = {"cost_centre": line.cost_centre, "cost_object": line.cost_object} if costs else {}
        return [signed(account, sign * amount, text=line.text, vat=facts, **units)]

    def _taxed(self, code: VatCode, account: Account, tax: Decimal, base: Decimal) -> Line:
        sign = self.invoice.sign
        facts = VatFacts(code, "T", self._rate(code), sign * base, self.group.day)
        return signed(account, sign * tax, vat=facts)

    def _rate(self, code: VatCode) -> Decimal:
        return HUNDRED if code.kind == CodeKind.IMPORT else self.group.rate

    def _spread(self, line: SupplierInvoiceLine, cost: Decimal) -> tuple[Decimal, list[Share]]:
        if not line.spread:
            return cost, []
        start, until = supplied(self.invoice, line)
        return spread(cost, how=line.spread, start=start, until=until,
                      booked_on=self.invoice.booked_on, year_end=self.books.year_end)  # fmt: skip


def _part(whole: Decimal, rows: Sequence[tuple[SupplierInvoiceLine, Decimal, Decimal]]) -> Decimal:
    weights = sum((net or amount for _line, amount, net in rows), ZERO)
    return whole / weights if weights else Decimal(0)
