"""Which gross wage brings a person to a net wage (Netto-Brutto-Rechnung), by their own data of a month.

Nothing is kept: what was found may be taken over as the wage of the contract, or as a movement.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

import msgspec
from django.db import transaction
from django.utils.translation import gettext_lazy as _
from msgspec.structs import replace

from erp.access.models import User
from erp.companies.models import Company
from erp.core.errors import DomainError
from erp.core.money import to_centimes
from payroll.employees.facts import Wage
from payroll.employees.keeping import Kept, set_fact
from payroll.employees.models import Employee
from payroll.employees.people import DAY, file_of
from payroll.runs import movements
from payroll.runs.gathering import gather
from payroll.runs.lookups import Shelf
from payroll.runs.models import MonthlyMovement, PayrollRun, Typed
from payroll.runs.movements import Checker
from payroll.runs.refusals import NoSuchPerson
from payroll.wages.kinds import Pay
from payroll.wages.net_to_gross import Target, gross_for, search
from payroll.wages.spans import month_end
from payroll.wages.values import Contract, MonthInput, Reason, Slip


class MonthPosted(DomainError):
    code = "payroll.net_month_posted"
    message = _("%(value)s is posted already. Choose a month after %(last)s.")
    field = "month"


class NoMonthlyWage(DomainError):
    code = "payroll.no_monthly_wage"
    message = _("%(name)s has no monthly wage that holds for the whole of %(month)s. Choose a whole month with "
                "one contract, or a wage type.")  # fmt: skip
    field = "type"


class NothingWanted(DomainError):
    code = "payroll.nothing_wanted"
    message = _("%(value)s is no wage to look for. Give an amount above zero.")
    field = "wanted"


class NothingFound(DomainError):
    code = "payroll.nothing_found"
    message = _("No amount was found that could be taken over. Change what is wanted.")
    field = "wanted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Grossed:
    """What was found for a person's month, in CHF; ``type`` is a wage type, or None for the contract's wage.

    ``reached`` is the net wage or payout of ``slip``; ``why`` says where that is not what was ``wanted``.
    """

    employee: Employee
    month: dt.date
    wanted: Decimal
    target: Target
    type: int | None
    amount: Decimal
    reached: Decimal
    slip: Slip
    why: Reason | None


def gross_of(
    *, company: Company, employee: Employee, month: dt.date, wanted: Decimal,
    target: Target = Target.NET, type: int | None = None,
) -> Grossed:  # fmt: skip
    """The amount that brings a person to a net wage or payout in a month, by its first day.

    Without ``type`` that is the monthly wage of the contract, at its degree; with one an amount beside
    the contract, such as a bonus. Raises ``NothingWanted``, ``MonthPosted``, ``NoSuchPerson``,
    ``NoMonthlyWage``, what ``Checker.require_sound`` raises of a type, or ``FiguresMissing``.
    """
    if wanted <= 0:
        raise NothingWanted(value=wanted)
    month = month.replace(day=1)
    _require_open(company, month)
    shelf = Shelf()
    given = _given(company, employee, month, shelf)
    if type is not None:
        Checker(company).require_sound(Typed(type=type, amount=wanted))
        found = gross_for(given, wanted=wanted, type=type, target=target)
        return Grossed(
            employee=employee, month=month, wanted=to_centimes(wanted), target=target, type=type,
            amount=found.amount, reached=found.reached, slip=found.slip, why=found.why,
        )  # fmt: skip
    contract = _contract(employee, given, month)
    file = file_of(employee, on=month)

    def with_wage(wage: Decimal) -> MonthInput:
        """The month with a wage as it would be kept, insured as of that wage."""
        contracts = _with_wage(given.contracts, contract, wage, since=month)
        insured = shelf.contributions_of(file, given.person, contracts)
        return replace(given, contracts=contracts, contributions=insured.contributions)

    found = search(with_wage, wanted=wanted, target=target)
    return Grossed(
        employee=employee, month=month, wanted=to_centimes(wanted), target=target, type=None,
        amount=found.amount, reached=found.reached, slip=found.slip, why=found.why,
    )  # fmt: skip


@transaction.atomic
def take_over_wage(found: Grossed, *, by: User) -> Kept:
    """Let the amount be the wage of the contract from the first day of the month on.

    Raises ``NothingFound``, ``NoMonthlyWage`` and what ``keeping.set_fact`` raises.
    """
    wage = file_of(found.employee, on=found.month).at(Wage, found.month)
    if found.type is not None or wage is None or wage.pay != Pay.MONTH:
        raise NoMonthlyWage(name=str(found.employee), month=f"{found.month:%m.%Y}")
    if found.amount <= 0:
        raise NothingFound
    value = msgspec.structs.replace(wage, amount=found.amount)
    return set_fact(found.employee, value=value, valid_from=found.month, by=by)


@transaction.atomic
def take_over_movement(found: Grossed, *, company: Company, by: User) -> Sequence[MonthlyMovement]:
    """Add the amount to what is typed for the person and month.

    Raises ``NothingFound`` and what ``movements.save_person`` raises.
    """
    if found.type is None or found.amount <= 0:
        raise NothingFound
    kept = movements.of_month(company, found.month, only=[found.employee.pk])
    rows = [*kept.get(found.employee.pk, []), Typed(type=found.type, amount=found.amount)]
    return movements.save_person(company=company, employee=found.employee, month=found.month,
                                 rows=rows, by=by)  # fmt: skip


def _require_open(company: Company, month: dt.date) -> None:
    posted = PayrollRun.of(company).filter(
        kind=PayrollRun.Kind.REGULAR, status__in=PayrollRun.BOOKED, month__gte=month
    )
    last = posted.order_by("-month").first()
    if last is not None:
        raise MonthPosted(value=f"{month:%m.%Y}", last=str(last))


def _given(company: Company, employee: Employee, month: dt.date, shelf: Shelf) -> MonthInput:
    """The input of a person's month, as a run that is not begun would have it."""
    run = PayrollRun(company=company, month=month, date=month_end(month), pay_date=month_end(month))
    found = gather(run, only=[employee.pk], shelf=shelf)
    if not found:
        raise NoSuchPerson(value=employee.number)
    return found[0].given


def _contract(employee: Employee, given: MonthInput, month: dt.date) -> Contract:
    """The one contract by the month that holds for all of a month."""
    rows = [one for one in given.contracts
            if one.pay is Pay.MONTH and one.first <= month_end(month) and one.last >= month]  # fmt: skip
    if len(rows) != 1 or rows[0].first > month or rows[0].last < month_end(month):
        raise NoMonthlyWage(name=str(employee), month=f"{month:%m.%Y}")
    return rows[0]


def _with_wage(
    contracts: Sequence[Contract], which: Contract, wage: Decimal, *, since: dt.date
) -> tuple[Contract, ...]:
    """Contracts with another wage in one of them, from the first day of a month on."""
    before = replace(which, last=since - DAY)
    anew = replace(which, first=max(which.first, since), wage=wage)
    parts = (before, anew) if which.first < since else (anew,)
    return tuple(part for one in contracts for part in (parts if one is which else (one,)))
