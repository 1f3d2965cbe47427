"""A line as the trade speaks it: debit this account, credit that one. Values, no database."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounting.ledger.models import Account, CostCentre, CostObject, EntryLine, JournalEntry
from accounting.ledger.models.accounts import OPEN_ITEMS, Rule
from erp.companies.models import Company
from erp.core.errors import DomainError, Refusals
from erp.core.money import ZERO, FloatRefused
from vat.codes.models import VatCode

LARGEST = Decimal("9999999999999.99")


class UnbalancedEntry(DomainError):
    code = "ledger.unbalanced_entry"
    message = _("Debit is %(debit)s, credit %(credit)s. Adjust the lines until both are equal.")
    field = "lines"


class TooFewLines(DomainError):
    code = "ledger.too_few_lines"
    message = _("An entry needs at least a debit and a credit; this one has %(count)s line(s).")
    field = "lines"


class BadLineAmount(DomainError):
    code = "ledger.bad_line_amount"
    message = _(
        "Line %(line)s, account %(account)s: %(amount)s is no possible amount. Each line has one "
        "positive debit or credit."
    )
    field = "lines"


class AccountBlocked(DomainError):
    code = "ledger.account_blocked"
    message = _("Account %(account)s is blocked from %(blocked_from)s. Choose another account.")
    field = "account"


class ControlAccount(DomainError):
    code = "ledger.control_account"
    message = _("Account %(account)s belongs to %(owner)s. Book there, and it follows by itself.")
    field = "account"


class CostCentreMissing(DomainError):
    code = "ledger.cost_centre_missing"
    message = _("Account %(account)s needs a cost centre. Add one to line %(line)s.")
    field = "cost_centre"


class CostCentreNotAllowed(DomainError):
    code = "ledger.cost_centre_not_allowed"
    message = _("Account %(account)s takes no cost centre. Remove it from line %(line)s.")
    field = "cost_centre"


class CostObjectMissing(DomainError):
    code = "ledger.cost_object_missing"
    message = _("Account %(account)s needs a cost object. Add one to line %(line)s.")
    field = "cost_object"


class CostObjectNotAllowed(DomainError):
    code = "ledger.cost_object_not_allowed"
    message = _("Account %(account)s takes no cost object. Remove it from line %(line)s.")
    field = "cost_object"


class CostUnitClosed(DomainError):
    code = "ledger.cost_unit_closed"
    message = _("%(unit)s is active until %(until)s. Choose another for line %(line)s.")
    field = "cost_centre"


class WrongCurrency(DomainError):
    code = "ledger.wrong_currency"
    message = _(
        "Account %(account)s is kept in %(expected)s. Give line %(line)s an amount in "
        "%(expected)s, not in “%(currency)s”."
    )
    field = "currency"


@dataclass(frozen=True, slots=True)
class VatFacts:
    """What a line says about VAT, so that a return can be computed from the ledger alone.

    ``part`` is ``B`` on the line that carries the consideration and ``T`` on the tax line;
    ``rate`` is in percent; ``base`` is the consideration without tax, debit positive.
    """

    code: VatCode
    part: str
    rate: Decimal
    base: Decimal
    supply_date: dt.date


@dataclass(frozen=True, slots=True)
class Line:
    """A debit or a credit; amounts in the company's currency, never negative.

    ``amount_foreign`` is in ``currency``, debit positive.
    """

    account: Account
    debit: Decimal = ZERO
    credit: Decimal = ZERO
    text: str = ""
    currency: str = ""
    amount_foreign: Decimal | None = None
    cost_centre: CostCentre | None = None
    cost_object: CostObject | None = None
    vat: VatFacts | None = None

    def mirrored(self) -> Line:
        """The line that undoes this one."""
        vat = self.vat and replace(self.vat, base=-self.vat.base)
        foreign = None if self.amount_foreign is None else -self.amount_foreign
        return replace(self, debit=self.credit, credit=self.debit, amount_foreign=foreign, vat=vat)


def debit(account: Account, amount: Decimal, **more: Any) -> Line:
    return Line(account, debit=amount, **more)


def credit(account: Account, amount: Decimal, **more: Any) -> Line:
    return Line(account, credit=amount, **more)


def line_of(row: EntryLine) -> Line:
    """A stored line as a value. Reads its relations: select them along."""
    vat = None
    if row.vat_code is not None:
        assert row.vat_rate is not None and row.vat_base is not None and row.supply_date
        vat = VatFacts(row.vat_code, row.vat_part, row.vat_rate, row.vat_base, row.supply_date)
    return Line(
        account=row.account,
        debit=row.debit,
        credit=row.credit,
        text=row.text,
        currency=row.currency,
        amount_foreign=row.amount_foreign,
        cost_centre=row.cost_centre,
        cost_object=row.cost_object,
        vat=vat,
    )


def require_balance(lines: Sequence[Line]) -> None:
    """Raise ``TooFewLines`` or ``UnbalancedEntry`` unless debit equals credit."""
    if len(lines) < 2:
        raise TooFewLines(count=len(lines))
    debit_sum = sum((line.debit for line in lines), ZERO)
    credit_sum = sum((line.credit for line in lines), ZERO)
    if debit_sum != credit_sum:
        raise UnbalancedEntry(debit=debit_sum, credit=credit_sum)


def require_sound_lines(
    company: Company, lines: Sequence[Line], *, date: dt.date, owner: str = ""
) -> None:
    """Check each line against its account's settings on the day.

    ``owner`` is the sub-ledger that posts, or blank. Raises the one ``DomainError`` found, or
    ``Refusals`` with all of them.
    """
    _refuse(
        refusal
        for nth, line in enumerate(lines, 1)
        for refusal in _faults(company, nth, line, date, owner)
    )


def require_possible_amounts(company: Company, lines: Sequence[Line]) -> None:
    """What even a draft must keep: amounts that exist, and a currency only with an amount in it.

    Raises ``BadLineAmount``, ``WrongCurrency``, or ``Refusals`` with all of them.
    """
    _refuse(
        refusal
        for nth, line in enumerate(lines, 1)
        for refusal in _amount_faults(company, nth, line)
    )


def _refuse(refusals: Iterable[DomainError]) -> None:
    found = list(refusals)
    if len(found) == 1:
        raise found[0]
    if found:
        raise Refusals(found)


def _faults(company: Company, nth: int, line: Line, date: dt.date, owner: str) -> list[DomainError]:
    account = line.account
    if account.company_id != company.pk:
        raise ValueError(f"account {account.pk} belongs to another company")
    faults = _amount_faults(company, nth, line)
    paired = bool(line.currency) == (line.amount_foreign is not None)
    if paired and account.currency and line.currency != account.currency:
        faults.append(_wrong_currency(company, nth, line))
    if account.blocked_from is not None and date >= account.blocked_from:
        faults.append(AccountBlocked(account=account.number, blocked_from=account.blocked_from))
    if account.control and not _owns(owner, account.control) and company.uses(account.control):
        faults.append(ControlAccount(account=account.number, owner=account.get_control_display()))
    faults += _cost_faults(company, nth, line, date)
    return faults


def _owns(owner: str, control: str) -> bool:
    """Whether a sub-ledger posts to this control account; open items keep those of both sides."""
    return owner == control or (owner == JournalEntry.Source.ITEMS and control in OPEN_ITEMS)


def _amount_faults(company: Company, nth: int, line: Line) -> list[DomainError]:
    account, faults = line.account, list[DomainError]()
    for amount in (line.debit, line.credit):
        if not isinstance(amount, Decimal):
            raise FloatRefused(f"money is Decimal, not {type(amount).__name__}")
    bare = bool(line.debit) == bool(line.credit)
    only_foreign = not line.debit and not line.credit and line.amount_foreign is not None
    amount = line.debit or line.credit
    if (bare and not only_foreign) or not _is_money(line.debit) or not _is_money(line.credit):
        faults.append(BadLineAmount(line=nth, account=account.number, amount=amount))
    signed = (line.amount_foreign, *((line.vat.base, line.vat.rate) if line.vat else ()))
    faults += [
        BadLineAmount(line=nth, account=account.number, amount=amount)
        for amount in signed
        if amount is not None and not _is_money(amount.copy_abs())
    ]
    if bool(line.currency) != (line.amount_foreign is not None):
        faults.append(_wrong_currency(company, nth, line))
    return faults


def _wrong_currency(company: Company, nth: int, line: Line) -> DomainError:
    expected = line.account.currency or company.currency
    told = line.currency if line.amount_foreign is not None else ""
    return WrongCurrency(account=line.account.number, line=nth, expected=expected, currency=told)


def _cost_faults(company: Company, nth: int, line: Line, date: dt.date) -> list[DomainError]:
    account, faults = line.account, list[DomainError]()
    told: dict[str, Any] = {"account": account.number, "line": nth}
    asked = company.uses("costs")  # with the module off there is no field to fill in
    if asked and line.cost_centre is None and account.cost_centre_rule == Rule.MUST:
        faults.append(CostCentreMissing(**told))
    if line.cost_centre is not None and account.cost_centre_rule == Rule.NO:
        faults.append(CostCentreNotAllowed(**told))
    if asked and line.cost_object is None and account.cost_object_rule == Rule.MUST:
        faults.append(CostObjectMissing(**told))
    if line.cost_object is not None and account.cost_object_rule == Rule.NO:
        faults.append(CostObjectNotAllowed(**told))
    for unit in (line.cost_centre, line.cost_object):
        if unit is not None and unit.active_until is not None and date > unit.active_until:
            faults.append(CostUnitClosed(unit=str(unit), until=unit.active_until, line=nth))
    return faults


def _is_money(amount: Decimal) -> bool:
    return amount.is_finite() and 0 <= amount <= LARGEST and amount == round(amount, 2)
