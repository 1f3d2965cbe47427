"""Where wages are booked, by meaning (Kontierung): wages, contributions, what is owed, clearing.

A wage type or institution names an account of its own, or the usual one of the chart counts
(``payroll.wage_types.data``). What leads to no account is refused, naming what is missing.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext_lazy as _

from accounting.ledger.models import Account
from erp.companies.models import Company
from erp.core.errors import DomainError
from payroll.setup.models import Institution
from payroll.setup.supplies import Supplies
from payroll.wage_types.accounts import is_booked, usual_account
from payroll.wage_types.models import WageType
from payroll.wage_types.shipped import usual_accounts
from payroll.wages.kinds import Insurance
from payroll.wages.values import Charge

#: Whom a contribution goes to that names no institution itself.
GOES_TO: Final = {
    Insurance.AHV: "ahv", Insurance.ALV: "ahv", Insurance.ADMIN: "ahv", Insurance.BU: "uvg",
    Insurance.NBU: "uvg", Insurance.UVGZ: "uvgz", Insurance.KTG: "ktg", Insurance.BVG: "bvg",
    Insurance.FAK: "fak", Insurance.CANTONAL: "other", Insurance.EXTRA: "other",
}  # fmt: skip


class ClearingMissing(DomainError):
    code = "payrollsetup.clearing_missing"
    message = _("No account has the purpose “Wages clearing”. Give it to one of the balance sheet, such as "
                "1091.")  # fmt: skip
    field = "account"
    conflict = True


class TypeAccountMissing(DomainError):
    code = "payrollsetup.type_account_missing"
    message = _("Wage type %(type)s leads to no account: %(number)s is not in the chart. Say in the wage "
                "type where it is booked.")  # fmt: skip
    field = "account"
    conflict = True


class LiabilityMissing(DomainError):
    code = "payrollsetup.liability_missing"
    message = _("What is owed to “%(name)s” has no account: %(number)s is not in the chart. Say in the "
                "institution on which account it stands.")  # fmt: skip
    field = "liability"
    conflict = True


class ExpenseMissing(DomainError):
    code = "payrollsetup.expense_missing"
    message = _("The employer's contributions to “%(name)s” have no account: %(number)s is not in the "
                "chart. Say in the institution where they are booked.")  # fmt: skip
    field = "expense"
    conflict = True


class AccountBlocked(DomainError):
    code = "payrollsetup.account_blocked"
    message = _("Account %(number)s is blocked from %(date)s on. Choose another for “%(name)s”.")
    field = "account"
    conflict = True


class UnknownWageType(DomainError):
    code = "payrollsetup.unknown_wage_type"
    message = _("There is no wage type %(number)s. Add the shipped ones, or one of your own.")
    field = "type"
    conflict = True


@dataclass(frozen=True, slots=True)
class AccountPlan:
    """The accounts of a company by meaning, for entries of ``date``. It asks for rates of VAT at most."""

    date: dt.date
    accounts: dict[str, Account]
    types: dict[int, WageType]
    institutions: dict[int, Institution]
    supplies: Supplies | None = None

    def clearing(self) -> Account:
        """The wage clearing account (Lohndurchlaufkonto). Raises ``ClearingMissing`` or ``AccountBlocked``."""
        for account in self.accounts.values():
            if account.purpose == Account.Purpose.WAGES_CLEARING:
                return self._open(account, account.name)
        raise ClearingMissing

    def of_type(
        self, number: int, *, institution: int | None = None, canton: str = ""
    ) -> Account | None:
        """Where amounts of a wage type stand: debit of what is paid, credit of what is taken.

        None where they get into no entry. What is owed to an institution, such as deductions and
        family allowances, stands on its liability account: on that of ``institution``, else on
        that of its kind, in ``canton`` where there are several. Raises ``UnknownWageType``,
        ``TypeAccountMissing``, ``LiabilityMissing`` or ``AccountBlocked``.
        """
        row = self.types.get(number)
        if row is None:
            raise UnknownWageType(number=number)
        if not is_booked(row):
            return None
        own = row.account_id  # type: ignore[attr-defined]
        if own is not None:
            return self._open(self._by_id(own), str(row))
        usual = usual_account(row)
        if usual.startswith("@"):
            return self.liability(usual[1:], institution=institution, canton=canton)
        if usual not in self.accounts:
            raise TypeAccountMissing(type=str(row), number=usual or "–")
        return self._open(self.accounts[usual], str(row))

    def liability(self, kind: str, *, institution: int | None = None, canton: str = "") -> Account:
        """Where it stands what is owed to an institution. Raises ``LiabilityMissing`` or ``AccountBlocked``."""
        row = self.institution(kind, institution=institution, canton=canton)
        if row is not None and row.liability_id is not None:  # type: ignore[attr-defined]
            return self._open(self._by_id(row.liability_id), row.name)  # type: ignore[attr-defined]
        number, name = usual_accounts()[row.kind if row else kind].liability, _name(row, kind)
        if number not in self.accounts:
            raise LiabilityMissing(name=name, number=number)
        return self._open(self.accounts[number], name)

    def expense(self, kind: str, *, institution: int | None = None, canton: str = "") -> Account:
        """Where the employer's part is booked. Raises ``ExpenseMissing`` or ``AccountBlocked``."""
        row = self.institution(kind, institution=institution, canton=canton)
        if row is not None and row.expense_id is not None:  # type: ignore[attr-defined]
            return self._open(self._by_id(row.expense_id), row.name)  # type: ignore[attr-defined]
        number, name = usual_accounts()[row.kind if row else kind].expense, _name(row, kind)
        if number not in self.accounts:
            raise ExpenseMissing(name=name, number=number)
        return self._open(self.accounts[number], name)

    def of_charge(self, charge: Charge) -> tuple[Account, Account]:
        """Expense and liability account of a contribution; raises as those."""
        where = {"institution": charge.institution, "canton": charge.canton}
        kind = GOES_TO[charge.insurance]
        return self.expense(kind, **where), self.liability(kind, **where)  # type: ignore[arg-type]

    def institution(
        self, kind: str, *, institution: int | None = None, canton: str = ""
    ) -> Institution | None:
        """The institution by its id, else the one of its kind, of the canton where one is told."""
        if institution is not None and institution in self.institutions:
            return self.institutions[institution]
        rows = [
            row
            for row in self.institutions.values()
            if row.kind == kind and _active(row, self.date)
        ]
        here = [row for row in rows if row.canton == canton]
        found = here or rows
        return found[0] if len(found) == 1 or here else None

    def _by_id(self, pk: int) -> Account:
        return next(account for account in self.accounts.values() if account.pk == pk)

    def _open(self, account: Account, name: str) -> Account:
        if account.blocked_from is not None and account.blocked_from <= self.date:
            raise AccountBlocked(number=account.number, date=account.blocked_from, name=name)
        return account


def plan_of(company: Company, date: dt.date) -> AccountPlan:
    """The accounts of a company by meaning, for entries of a day: three queries."""
    accounts = {row.number: row for row in Account.of(company).select_related("vat_code")}
    return AccountPlan(
        date, accounts,
        {row.number: row for row in WageType.of(company)},
        {row.pk: row for row in Institution.of(company).order_by("pk")},
        Supplies(company, date, accounts),
    )  # fmt: skip


def missing(plan: AccountPlan) -> list[DomainError]:
    """All that an entry of wages would be refused for: of types in use and of all institutions."""
    found = dict[str, DomainError]()

    def ask(question: object) -> None:
        try:
            question()  # type: ignore[operator]
        except DomainError as refusal:
            found[str(refusal)] = refusal

    ask(plan.clearing)
    for number, row in plan.types.items():
        if row.is_active:
            ask(lambda number=number: plan.of_type(number))
    for pk, institution in plan.institutions.items():
        if _active(institution, plan.date):
            ask(lambda pk=pk, kind=institution.kind: plan.liability(kind, institution=pk))
            if (
                institution.kind != Institution.Kind.TAX
            ):  # its commission is asked for when it is settled
                ask(lambda pk=pk, kind=institution.kind: plan.expense(kind, institution=pk))
    return list(found.values())


def _active(row: Institution, date: dt.date) -> bool:
    return row.active_until is None or row.active_until >= date


def _name(row: Institution | None, kind: str) -> str:
    return row.name if row else str(Institution.Kind(kind).label)
