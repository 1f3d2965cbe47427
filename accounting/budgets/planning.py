"""Making budgets (Budgetieren): from nothing, from what was, or from another budget."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from django.db import transaction
from django.db.models import QuerySet, TextChoices
from django.utils.translation import gettext_lazy as _

from accounting.budgets import queries
from accounting.budgets.models import Budget, BudgetAmount
from accounting.budgets.queries import Place, months_of
from accounting.ledger.models import Account, CostCentre, FiscalYear
from erp.access.models import User
from erp.audit import trail
from erp.companies.models import Company
from erp.core import clock
from erp.core.errors import DomainError
from erp.core.money import CENTIME, ZERO, rounded_to, split_by, to_centimes

LARGEST: Final = Decimal("9999999999999.99")
MOST_PERCENT: Final = 1000
MOST_TOLD: Final = 200  # accounts that an event of the trail names


class BudgetNameTaken(DomainError):
    code = "budgets.name_taken"
    message = _("Fiscal year %(year)s has a budget named “%(name)s” already. Choose another name.")
    field = "name"


class BudgetNameMissing(DomainError):
    code = "budgets.name_missing"
    message = _("The budget has no name. Give it one, such as “First draft”.")
    field = "name"


class NoEarlierYear(DomainError):
    code = "budgets.no_earlier_year"
    message = _("There is no fiscal year before %(year)s to start from. Start empty, or from "
                "another budget.")  # fmt: skip
    field = "source"


class NotPlannable(DomainError):
    code = "budgets.not_plannable"
    message = _("Account %(account)s is for closing only and takes no budget. Choose another.")
    field = "account"


class CostCentreRefused(DomainError):
    code = "budgets.cost_centre_refused"
    message = _("Account %(account)s takes no cost centre. Plan it without one.")
    field = "cost_centre"


class MonthOutsideYear(DomainError):
    code = "budgets.month_outside_year"
    message = _("%(month)s lies outside the budget's fiscal year %(year)s. Plan its own months.")
    field = "month"


class AmountTooLarge(DomainError):
    code = "budgets.amount_too_large"
    message = _("Account %(account)s: the planned amount has more than 13 digits. Check it.")
    field = "amount"


class BadWarnPercent(DomainError):
    code = "budgets.bad_warn_percent"
    message = _(
        "A warning beyond %(value)s percent is not possible. From 0 to %(most)s percent is."
    )
    field = "warn_percent"


class Source(TextChoices):
    """What a new budget starts from."""

    NOTHING = "nothing", _("nothing")
    LAST_YEAR = "last_year", _("the year before, as booked")
    BUDGET = "budget", _("another budget")


class Spread(TextChoices):
    """How a year's amount falls on its months."""

    EVENLY = "evenly", _("evenly")
    LAST_YEAR = "last_year", _("as booked in the year before")


@dataclass(frozen=True, slots=True)
class Plan:
    """Amounts to plan for an account, by month; a month that is not named is planned with nothing.

    Amounts are positive on the account's own side.
    """

    account: Account
    cost_centre: CostCentre | None
    months: Mapping[dt.date, Decimal]

    @property
    def place(self) -> Place:
        return self.account.pk, self.cost_centre.pk if self.cost_centre else None


@transaction.atomic
def open_budget(
    *, company: Company, year: FiscalYear, name: str, by: User,
    source: str = Source.NOTHING, other: Budget | None = None,
    percent: Decimal = ZERO, step: Decimal = CENTIME,
) -> Budget:  # fmt: skip
    """Begin a budget (Budget eröffnen); the first of a year is the one that reports show.

    It starts empty, from what the year before brought on income and expense, or from ``other``;
    each account's year is changed by ``percent`` and rounded to ``step`` (0.01, 1, 100 …), then
    spread over the months as in the source. Raises ``BudgetNameTaken``, ``BudgetNameMissing`` or
    ``NoEarlierYear``.
    """
    first = not Budget.of(company).filter(fiscal_year=year).exists()
    budget = Budget(company=company, fiscal_year=year, is_chosen=first, changed_at=clock.now())
    _name(budget, name)
    budget.save(force_insert=True)
    start = _start(company, budget, source, other)
    _write(budget, {place: _scaled(months, percent, step) for place, months in start.items()})
    trail.record(company=company, by=by, action="budget.open", subject=budget,
                 details={"year": year.name, "name": budget.name, "source": source,
                          "percent": percent})  # fmt: skip
    return budget


@transaction.atomic
def change_budget(
    budget: Budget, *, by: User, name: str | None = None, is_chosen: bool | None = None,
    warn_percent: Decimal | None = None,
) -> Budget:  # fmt: skip
    """Rename a budget, or choose it for the reports: the one chosen before steps back.

    ``warn_percent`` is by how much the books may be worse than it without a warning. Raises
    ``BudgetNameTaken``, ``BudgetNameMissing`` or ``BadWarnPercent``.
    """
    budget = _held(budget)
    before = _told(budget)
    if name is not None:
        _name(budget, name)
    if is_chosen is not None:
        if is_chosen:
            _of_year(budget).exclude(pk=budget.pk).update(is_chosen=False)
        budget.is_chosen = is_chosen
    if warn_percent is not None:
        if not 0 <= warn_percent <= MOST_PERCENT:
            raise BadWarnPercent(value=warn_percent, most=MOST_PERCENT)
        budget.warn_percent = to_centimes(warn_percent)
    budget.changed_at = clock.now()
    budget.save()
    if changed := trail.changes(before, _told(budget)):
        trail.record(company=budget.company, by=by, action="budget.change", subject=budget,
                     details=changed)  # fmt: skip
    return budget


@transaction.atomic
def delete_budget(budget: Budget, *, by: User) -> None:
    """Delete a budget with its amounts."""
    budget = _held(budget)
    trail.record(company=budget.company, by=by, action="budget.delete", subject=budget,
                 details={"name": budget.name, "year": budget.fiscal_year.name,
                          "is_chosen": budget.is_chosen,
                          "accounts": len({a for a, _centre in queries.amounts(budget)})})  # fmt: skip
    budget.delete()


@transaction.atomic
def plan(budget: Budget, plans: Sequence[Plan], *, by: User) -> Budget:
    """Set what accounts are to bring; what stood there for the account and centre is replaced.

    Raises ``NotPlannable``, ``CostCentreRefused``, ``MonthOutsideYear`` or ``AmountTooLarge``.
    """
    budget = _held(budget)
    year = budget.fiscal_year
    for one in plans:
        require_plannable(year, one)
    standing = queries.amounts(budget)
    _write(budget, {one.place: dict(one.months) for one in plans})
    budget.changed_at = clock.now()
    budget.save(update_fields=["changed_at"])
    trail.record(company=budget.company, by=by, action="budget.plan", subject=budget,
                 details=_replanned(standing, plans))  # fmt: skip
    return budget


def _replanned(
    standing: Mapping[Place, Mapping[dt.date, Decimal]], plans: Sequence[Plan]
) -> dict[str, Any]:
    """The years that were planned before and are now, for the trail; of many the first ones."""
    told: dict[str, Any] = {}
    for one in plans[:MOST_TOLD]:
        centre = f" {one.cost_centre.number}" if one.cost_centre else ""
        before = sum(standing.get(one.place, {}).values(), ZERO)
        after = sum(one.months.values(), ZERO)
        told[one.account.number + centre] = [f"{before:.2f}", f"{after:.2f}"]
    return told | ({"count": len(plans)} if len(plans) > MOST_TOLD else {})


def require_plannable(year: FiscalYear, one: Plan) -> None:
    """Refuse what a budget cannot hold. Raises what ``plan`` raises."""
    account = one.account
    if account.type == Account.Type.CLOSING:
        raise NotPlannable(account=account.number)
    if one.cost_centre is not None and account.cost_centre_rule == Account.Rule.NO:
        raise CostCentreRefused(account=account.number)
    known = set(months_of(year))
    for month, amount in one.months.items():
        if month not in known:
            raise MonthOutsideYear(month=f"{month:%Y-%m}", year=year.name)
        if abs(amount) > LARGEST:
            raise AmountTooLarge(account=account.number)


def spread(
    year: FiscalYear, amount: Decimal, like: Mapping[dt.date, Decimal] | None = None
) -> dict[dt.date, Decimal]:
    """A year's amount on its months, to the centime: evenly, or in proportion to ``like``.

    Where ``like`` has nothing, or months of both signs, the amount falls evenly.
    """
    return _in_proportion(
        amount, {month: (like or {}).get(month, ZERO) for month in months_of(year)}
    )


def spread_by(
    budget: Budget, how: str, amounts: Mapping[Account, Decimal], centre: CostCentre | None
) -> list[Plan]:
    """Plans for amounts of the whole year, spread as ``how`` says (a ``Spread``)."""
    year = budget.fiscal_year
    past: Mapping[Place, Mapping[dt.date, Decimal]] = {}
    if how == Spread.LAST_YEAR:
        past = queries.booked_before(budget.company, year)
    place = centre.pk if centre else None
    return [
        Plan(account, centre, spread(year, amount, past.get((account.pk, place))))
        for account, amount in amounts.items()
    ]


def _start(
    company: Company, budget: Budget, source: str, other: Budget | None
) -> Mapping[Place, Mapping[dt.date, Decimal]]:
    year = budget.fiscal_year
    if source == Source.LAST_YEAR:
        if queries.year_before(company, year) is None:
            raise NoEarlierYear(year=year.name)
        return queries.booked_before(company, year)
    if source == Source.BUDGET and other is not None:
        return queries.moved(queries.amounts(other), other.fiscal_year, year)
    return {}


def _scaled(
    months: Mapping[dt.date, Decimal], percent: Decimal, step: Decimal
) -> dict[dt.date, Decimal]:
    """A year of months changed by ``percent``, its sum rounded to ``step``."""
    total = sum(months.values(), ZERO)
    wanted = rounded_to(total * (100 + percent) / 100, step)
    return dict(months) if wanted == total else _in_proportion(wanted, months)


def _in_proportion(amount: Decimal, like: Mapping[dt.date, Decimal]) -> dict[dt.date, Decimal]:
    """``amount`` on the months of ``like``; evenly, where that has nothing or both signs."""
    weights = [abs(value) for value in like.values()]
    if not any(weights) or len({value > 0 for value in like.values() if value}) > 1:
        weights = [Decimal(1)] * len(like)
    return dict(zip(like, split_by(amount, weights), strict=True))


def _write(budget: Budget, places: Mapping[Place, Mapping[dt.date, Decimal]]) -> None:
    """Replace what stands at some places."""
    rows = BudgetAmount.of(budget.company_id).filter(budget=budget)
    kept = [
        row.pk
        for row in rows.filter(account__in={account for account, _centre in places})
        if (row.account_id, row.cost_centre_id) in places
    ]
    rows.filter(pk__in=kept).delete()
    BudgetAmount.unscoped.bulk_create(
        (
            BudgetAmount(company_id=budget.company_id, budget=budget, account_id=account,
                         cost_centre_id=centre, month=month, amount=amount)
            for (account, centre), months in places.items()
            for month, amount in months.items()
            if amount
        ),
        batch_size=2000,
    )  # fmt: skip


def _told(budget: Budget) -> dict[str, Any]:
    return {"name": budget.name, "is_chosen": budget.is_chosen,
            "warn_percent": f"{budget.warn_percent:.2f}"}  # fmt: skip


def _name(budget: Budget, name: str) -> None:
    budget.name = name.strip()
    if not budget.name:
        raise BudgetNameMissing
    if _of_year(budget).filter(name=budget.name).exclude(pk=budget.pk).exists():
        raise BudgetNameTaken(year=budget.fiscal_year.name, name=budget.name)


def _of_year(budget: Budget) -> QuerySet[Budget]:
    return Budget.of(budget.company_id).filter(fiscal_year=budget.fiscal_year_id)


def _held(budget: Budget) -> Budget:
    """The budget as it is now, kept from others until the transaction ends."""
    found: Budget = (
        Budget.of(budget.company_id)
        .select_for_update(of=("self",), no_key=True)
        .select_related("company", "fiscal_year")
        .get(pk=budget.pk)
    )
    return found
