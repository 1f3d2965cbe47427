"""Posting what the year leaves owing to employees (Abgrenzung verbuchen): at its end, and back on New Year.

Wages go to the account of the monthly wage, contributions to that of the compensation fund, both against
what is not paid yet (2300). Both entries are undone together, here and not in the journal; then the year
can be posted anew.
Source: OR 958b (expenses belong to the year that caused them).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from accounting.ledger import posting
from accounting.ledger.models import Account, JournalEntry
from accounting.ledger.models.accounts import BALANCE_SHEET_TYPES
from accounting.open_items.opening import signed
from erp.access.models import User
from erp.audit import trail
from erp.companies.models import Company
from erp.core.errors import DomainError
from erp.core.money import ZERO
from payroll.declarations.accruing import accruals_of
from payroll.declarations.gathering import year_of
from payroll.declarations.refusals import NothingPosted
from payroll.runs.beginning import hold_company, named
from payroll.runs.models import PayrollRun
from payroll.setup.accounts import AccountPlan, plan_of

KEY: Final = "payroll-accrual"
USUAL: Final = "2300"


class NothingToAccrue(DomainError):
    code = "declarations.nothing_to_accrue"
    message = gettext_lazy("Nothing is owed to employees at the end of %(year)s.")
    field = "year"
    conflict = True


class AccruedAlready(DomainError):
    code = "declarations.accrued_already"
    message = gettext_lazy(
        "The accruals of %(year)s are posted with entry %(number)s. Undo that first."
    )
    field = "year"
    conflict = True


class YearNotFinished(DomainError):
    code = "declarations.year_not_finished"
    message = gettext_lazy("The wages of %(year)s are not all posted: %(missing)s. Post or cancel what is open, "
                           "and post the run of December; then post the accruals.")  # fmt: skip
    field = "year"
    conflict = True


class NotAccrued(DomainError):
    code = "declarations.not_accrued"
    message = gettext_lazy("No accruals of %(year)s are posted.")
    field = "year"
    conflict = True


class WrongAccrualAccount(DomainError):
    code = "declarations.wrong_accrual_account"
    message = gettext_lazy("“%(value)s” cannot hold accruals. Choose an account of the balance sheet that is no "
                           "control account, such as 2300.")  # fmt: skip
    field = "account"


class UndoneWithTheYear(DomainError):
    code = "declarations.undone_with_the_year"
    message = gettext_lazy(
        "Entry %(number)s is an accrual of wages. Undo it in the list of accruals of the payroll year: "
        "its counterpart goes with it."
    )
    field = "entry"
    conflict = True


@dataclass(frozen=True, slots=True)
class Accrued:
    """The accruals of a year as they stand in the ledger: at its end, and taken back on New Year."""

    closing: JournalEntry
    opening: JournalEntry


def accrued(company: Company, year: int) -> Accrued | None:
    """What is posted of a year and not undone; one query."""
    rows = JournalEntry.of(company).filter(
        source=JournalEntry.Source.PAYROLL, source_key__startswith=f"{KEY}:{year}:", reversals=None,
        number__isnull=False,
    )  # fmt: skip
    found = {row.date.year: row for row in rows.order_by("pk")}
    if year in found and year + 1 in found:
        return Accrued(found[year], found[year + 1])
    return None


def accounts_for(company: Company) -> list[Account]:
    """The accounts that accruals may stand on: of the balance sheet, controlled by nobody; one query."""
    rows = Account.of(company).filter(type__in=BALANCE_SHEET_TYPES, control="", purpose="")
    return list(rows.order_by("number"))


def unfinished_year(company: Company, year: int) -> YearNotFinished | None:
    """Why a year's accruals are not known yet: a run is open, or December's is not posted; one query."""
    rows = PayrollRun.of(company).filter(month__year=year).order_by("month", "pk")
    runs = list(rows.exclude(status=PayrollRun.Status.CANCELLED))
    missing = [str(run) for run in runs if run.is_open]
    december = dt.date(year, 12, 1)
    if not any(run.month == december and not run.is_correction for run in runs):
        missing.append(named(december))
    return YearNotFinished(year=year, missing=", ".join(missing)) if missing else None


@transaction.atomic
def post_accruals(
    *, company: Company, year: int, by: User, account: Account | None = None
) -> Accrued:
    """Post the accruals of a year on its last day, and take them back on the first day of the next.

    ``account`` is where what is owed stands, 2300 without. Raises ``NothingPosted``, ``YearNotFinished``,
    ``NothingToAccrue``, ``AccruedAlready``, ``WrongAccrualAccount``, what ``setup.accounts`` says is missing, and what
    ``posting.post`` raises, as where the next year is not open.
    """
    hold_company(company)
    before = accrued(company, year)
    if before is not None:
        raise AccruedAlready(year=year, number=before.closing.number)
    people = year_of(company, year)
    if not people:
        raise NothingPosted(year=year)
    unfinished = unfinished_year(company, year)
    if unfinished is not None:
        raise unfinished
    found = accruals_of(company, people)
    wages = sum((one.wages for one in found), ZERO)
    contributions = sum((one.contributions for one in found), ZERO)
    if not wages + contributions:
        raise NothingToAccrue(year=year)
    owed = account or Account.of(company).filter(number=USUAL).first()
    if owed is None or owed.type not in BALANCE_SHEET_TYPES or owed.control or owed.purpose:
        raise WrongAccrualAccount(value=owed.number if owed else USUAL)
    last = dt.date(year, 12, 31)
    plan = plan_of(company, last)
    amounts = [(_wages_account(plan), wages), (plan.expense("ahv"), contributions),
               (owed, -wages - contributions)]  # fmt: skip
    done = Accrued(
        _post(company, amounts, date=last, year=year, by=by),
        _post(company, [(one, -amount) for one, amount in amounts], date=last + dt.timedelta(days=1),
              year=year, by=by),
    )  # fmt: skip
    trail.record(company=company, by=by, action="payroll_accrual.post", subject=done.closing,
                 details={"year": year, "number": done.closing.number, "back": done.opening.number})  # fmt: skip
    return done


@transaction.atomic
def undo_accruals(*, company: Company, year: int, by: User) -> None:
    """Reverse both entries of a year on their days. Raises ``NotAccrued`` and what ``posting.reverse`` raises."""
    hold_company(company)
    found = accrued(company, year)
    if found is None:
        raise NotAccrued(year=year)
    for entry in (found.closing, found.opening):
        posting.reverse(entry, date=entry.date, by=by, owner=KEY)
    trail.record(company=company, by=by, action="payroll_accrual.undo", subject=found.closing,
                 details={"year": year, "number": found.closing.number})  # fmt: skip


def require_both(entry: JournalEntry, owner: str) -> None:
    """Refuse to undo one half of an accrual in the journal. Raises ``UndoneWithTheYear``."""
    if entry.source_key.startswith(f"{KEY}:") and owner != KEY:
        raise UndoneWithTheYear(number=entry.number)


def _post(
    company: Company, amounts: Sequence[tuple[Account, Decimal]], *, date: dt.date, year: int, by: User
) -> JournalEntry:  # fmt: skip
    with override(company.language):
        text = _("Accrual of holidays, overtime and 13th %(year)s") % {"year": year}
    key = f"{KEY}:{year}:"
    made = JournalEntry.of(company).filter(source_key__startswith=key).count()
    return posting.post(
        company=company, date=date, text=text, by=by, source=JournalEntry.Source.PAYROLL,
        source_key=f"{key}{made + 1}",
        lines=[signed(account, amount) for account, amount in amounts if amount],
    )  # fmt: skip


def _wages_account(plan: AccountPlan) -> Account:
    """Where monthly wages are booked."""
    numbers = [number for number, row in plan.types.items() if row.role == "monthly_wage"]
    account = plan.of_type(numbers[0] if numbers else 0)
    assert account is not None  # a monthly wage is paid
    return account
