"""Kinds of expenses (Spesenarten) and their flat rates: added, changed, switched off, deleted."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from django.db import transaction
from django.db.models import ProtectedError

from erp.access.models import User
from erp.audit import trail
from erp.core.texts import one_line
from payroll.expenses.models import ExpenseKind, ExpenseRate
from payroll.expenses.refusals import (
    BadAmount,
    KindCodeMissing,
    KindCodeTaken,
    KindInUse,
    KindNameMissing,
    NoExpenseType,
    NoInputTax,
    NoTaxOnFlatRates,
    RateNotNeeded,
    RateTaken,
)
from payroll.wage_types.models import WageType
from vat.codes.models import CodeKind

NAMES = ("name_de", "name_fr", "name_it", "name_en")
LARGEST = Decimal("9999999.99")
_TOLD = ("code", *NAMES, "account", "vat_code", "wage_type", "unit", "needs_receipt", "is_off")


@transaction.atomic
def save_kind(kind: ExpenseKind, *, by: User) -> ExpenseKind:
    """Add or change a kind of expense; claims that are there keep their amounts.

    Raises ``KindCodeMissing``, ``KindNameMissing``, ``KindCodeTaken``, ``NoExpenseType``,
    ``NoInputTax``, ``NoTaxOnFlatRates`` or what ``one_line`` raises.
    """
    company = kind.company
    kind.code = one_line(kind.code, field="code", most=10, plain=True)
    kind.unit = one_line(kind.unit, field="unit", most=10)
    for name in NAMES:
        setattr(kind, name, one_line(getattr(kind, name), field=name, most=160))
    if not kind.code:
        raise KindCodeMissing
    if not any(getattr(kind, name) for name in NAMES):
        raise KindNameMissing
    if ExpenseKind.of(company).filter(code=kind.code).exclude(pk=kind.pk).exists():
        raise KindCodeTaken(value=kind.code)
    if kind.wage_type is not None and kind.wage_type.kind != WageType.Kind.EXPENSE:
        raise NoExpenseType(value=str(kind.wage_type))
    if kind.vat_code is not None and kind.vat_code.kind != CodeKind.INPUT:
        raise NoInputTax(value=kind.vat_code.code)
    if kind.vat_code is not None and kind.unit:
        raise NoTaxOnFlatRates(value=kind.vat_code.code)
    before = held(kind) if kind.pk else None
    kind.version = before.version + 1 if before else 1
    kind.save()
    told = trail.values(kind, *_TOLD)
    details = trail.changes(trail.values(before, *_TOLD), told) if before else trail.filled(told)
    if details:
        trail.record(company=company, by=by, action="expense_kind.save", subject=kind,
                     details=details)  # fmt: skip
    return kind


@transaction.atomic
def delete_kind(kind: ExpenseKind, *, by: User) -> None:
    """Delete a kind that stands on no claim. Raises ``KindInUse``."""
    now = held(kind)
    trail.record(company=now.company, by=by, action="expense_kind.delete", subject=now,
                 details=trail.filled(trail.values(now, *_TOLD)))  # fmt: skip
    ExpenseRate.of(now.company_id).filter(kind=now).delete()
    try:
        now.delete()
    except ProtectedError:
        raise KindInUse(name=now.name) from None


@transaction.atomic
def add_rate(
    kind: ExpenseKind, *, valid_from: dt.date, rate: Decimal, by: User
) -> ExpenseRate:  # fmt: skip
    """Let a unit come to so much from a day on, in the company's currency.

    Raises ``RateNotNeeded``, ``BadAmount`` or ``RateTaken``.
    """
    if not kind.unit:
        raise RateNotNeeded(name=kind.name)
    if not 0 < rate <= LARGEST:
        raise BadAmount(field="rate", value=rate)
    if ExpenseRate.of(kind.company_id).filter(kind=kind, valid_from=valid_from).exists():
        raise RateTaken(day=valid_from)
    made: ExpenseRate = ExpenseRate.unscoped.create(
        company=kind.company, kind=kind, valid_from=valid_from, rate=rate
    )
    trail.record(company=kind.company, by=by, action="expense_rate.add", subject=made,
                 details={"kind": str(kind), "valid_from": valid_from, "rate": rate})  # fmt: skip
    return made


@transaction.atomic
def delete_rate(rate: ExpenseRate, *, by: User) -> None:
    """Take a rate away; claims that are there keep their amounts."""
    trail.record(company=rate.company, by=by, action="expense_rate.delete", subject=rate,
                 details={"kind": str(rate.kind), "valid_from": rate.valid_from,
                          "rate": rate.rate})  # fmt: skip
    rate.delete()


def held(kind: ExpenseKind) -> ExpenseKind:
    """The kind as it is now, held until the transaction ends."""
    rows = ExpenseKind.of(kind.company_id).select_for_update(no_key=True, of=("self",))
    found: ExpenseKind = rows.select_related("company", "account", "vat_code", "wage_type").get(
        pk=kind.pk
    )
    return found
