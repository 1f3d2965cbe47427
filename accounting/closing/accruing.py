"""Accruals with their reversal (Transitorische Abgrenzungen): posted on the last day of a year and back on
the first of the next, by one act, and undone by one.

Source: OR 958b (expenses and income belong to the year that caused them), OR 959a (their places).
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from accounting.closing.guarding import ACCRUAL, OWNER
from accounting.closing.models import YearAccrual
from accounting.ledger import posting
from accounting.ledger.lines import credit, debit
from accounting.ledger.models import Account, CostCentre, CostObject, FiscalYear, JournalEntry
from accounting.ledger.models.accounts import RESULT_TYPES, Purpose
from erp.access.models import User
from erp.audit import trail
from erp.companies.models import Company
from erp.core import clock
from erp.core.errors import DomainError
from erp.documents.models import StoredFile

Kind = YearAccrual.Kind
#: Where accruals stand on the balance sheet (OR 959a): of assets, of liabilities.
ASSETS, LIABILITIES = "959a-1-1e", "959a-2-1d"
POSITION: Final = {
    Kind.PREPAID_EXPENSE: ASSETS, Kind.ACCRUED_INCOME: ASSETS,
    Kind.ACCRUED_EXPENSE: LIABILITIES, Kind.DEFERRED_INCOME: LIABILITIES,
}  # fmt: skip


class NoResultAccount(DomainError):
    code = "closing.no_result_account"
    message = gettext_lazy("“%(account)s” is no account of income or expense. Choose the one whose amount belongs "
                           "to another year.")  # fmt: skip
    field = "account"


class WrongAccrualPlace(DomainError):
    code = "closing.wrong_accrual_account"
    message = gettext_lazy("“%(account)s” does not stand among the accruals of the balance sheet on this side. Choose "
                           "one of: %(choices)s.")  # fmt: skip
    field = "balance_account"


class NoAccrualAccount(DomainError):
    code = "closing.no_accrual_account"
    message = gettext_lazy(
        "The chart has no account for “%(kind)s”. Add one at the position “%(position)s”."
    )
    field = "balance_account"
    conflict = True


class AmountNotPositive(DomainError):
    code = "closing.amount_not_positive"
    message = gettext_lazy("An accrual has an amount above zero; %(amount)s is not. Choose the other kind for the "
                           "other direction.")  # fmt: skip
    field = "amount"


class UndoneAlready(DomainError):
    code = "closing.undone_already"
    message = gettext_lazy("“%(text)s” is undone already.")
    conflict = True


def choices(company: Company, kind: str) -> list[Account]:
    """The accounts that may hold an accrual of a kind, by number."""
    rows = Account.of(company).filter(or_position=POSITION[Kind(kind)], control="")
    return list(rows.order_by("number"))


def usual_account(company: Company, kind: str) -> Account | None:
    """The account an accrual of a kind was last posted to; else that with the purpose; else the first that has no
    other: accrued before deferred, as in the chart of the KMU."""
    last = YearAccrual.of(company).filter(kind=kind).select_related("balance_account").last()
    if last is not None:
        return last.balance_account
    found = choices(company, kind)
    if kind == Kind.PREPAID_EXPENSE:
        of_purpose = [one for one in found if one.purpose == Purpose.PREPAID_EXPENSES]
        return next(iter(of_purpose or found), None)
    rest = [one for one in found if not one.purpose] or found
    if kind == Kind.DEFERRED_INCOME and len(rest) > 1:
        return rest[1]
    return next(iter(rest), None)


@transaction.atomic
def accrue(
    *, company: Company, year: FiscalYear, kind: str, account: Account, amount: Decimal, text: str,
    by: User, balance_account: Account | None = None, cost_centre: CostCentre | None = None,
    cost_object: CostObject | None = None, vouchers: Sequence[StoredFile] = (),
    origin: JournalEntry | None = None,
) -> YearAccrual:  # fmt: skip
    """Post an accrual at the end of a year, and its reversal on the day after.

    ``amount`` is without VAT, above zero, in the company's currency. ``account`` is of income or
    expense; ``origin`` the entry that a part of is accrued. Raises ``NoResultAccount``,
    ``WrongAccrualPlace``, ``NoAccrualAccount``, ``AmountNotPositive``, and what ``posting.post`` raises,
    as where the next year is not open.
    """
    if amount <= 0:
        raise AmountNotPositive(amount=amount)
    if account.type not in RESULT_TYPES:
        raise NoResultAccount(account=account)
    holding = _holding(company, kind, balance_account)
    units = {"cost_centre": cost_centre, "cost_object": cost_object}
    key, text = uuid.uuid4().hex, text.strip()
    side = debit if POSITION[Kind(kind)] == ASSETS else credit
    other = credit if side is debit else debit
    with override(company.language):
        said = _("Accrual: %s") % text, _("Reversal of accrual: %s") % text
    there = [side(holding, amount), other(account, amount, **units)]
    back = [other(holding, amount), side(account, amount, **units)]
    entries = [
        posting.post(
            company=company, date=day, text=words[:200], lines=lines, by=by, vouchers=vouchers,
            source=JournalEntry.Source.RECURRING, source_key=f"{ACCRUAL}{key}:{nth}",
        )
        for nth, (day, words, lines) in enumerate(
            ((year.end, said[0], there), (_after(year), said[1], back)), 1
        )
    ]  # fmt: skip
    made: YearAccrual = YearAccrual.unscoped.create(
        company=company, fiscal_year=year, kind=kind, account=account, balance_account=holding,
        amount=amount, text=text[:200], entry=entries[0], reversal=entries[1], origin=origin,
        created_at=clock.now(), created_by=by, **units,
    )  # fmt: skip
    trail.record(company=company, by=by, action="year.accrue", subject=made,
                 details={"kind": kind, "amount": amount, "text": text,
                          "entries": [one.number for one in entries]})  # fmt: skip
    return made


@transaction.atomic
def undo_accrual(accrual: YearAccrual, *, by: User) -> YearAccrual:
    """Take an accrual back: both its entries are reversed, each on its own day.

    Raises ``UndoneAlready`` and what ``posting.reverse`` raises, as where a period is locked.
    """
    held = accruals_of(accrual.company).select_for_update(of=("self",)).get(pk=accrual.pk)
    if held.is_undone:
        raise UndoneAlready(text=held.text)
    for entry in (held.entry, held.reversal):
        posting.reverse(entry, date=entry.date, by=by, owner=OWNER)
    held.is_undone = True
    held.save(update_fields=["is_undone"])
    trail.record(company=held.company, by=by, action="year.undo_accrual", subject=held,
                 details={"text": held.text, "amount": held.amount})  # fmt: skip
    return held


def accruals_of(company: Company) -> QuerySet[YearAccrual]:
    """All accruals with what belongs to them, in the order they were made."""
    related = ("company", "fiscal_year", "account", "balance_account", "entry__company",
               "reversal__company", "origin", "created_by", "cost_centre", "cost_object")  # fmt: skip
    return YearAccrual.of(company).select_related(*related).order_by("pk")


def _holding(company: Company, kind: str, told: Account | None) -> Account:
    allowed = choices(company, kind)
    holding = told or usual_account(company, kind)
    if holding is None:
        raise NoAccrualAccount(kind=Kind(kind).label, position=POSITION[Kind(kind)])
    if holding.pk not in {one.pk for one in allowed}:
        raise WrongAccrualPlace(account=holding, choices=", ".join(one.number for one in allowed))
    return holding


def _after(year: FiscalYear) -> dt.date:
    return year.end + dt.timedelta(days=1)
