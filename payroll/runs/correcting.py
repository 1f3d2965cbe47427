"""Correcting a posted run (Korrekturlauf): months anew with today's data, and the difference as a run.

A correction begins with a posted month and goes on to the last one that is posted in its year, so that
all that accumulates is right again; it is approved, posted and paid as any run.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _
from django.utils.translation import override
from msgspec.structs import replace

from accounting.ledger import posting
from erp.access.models import User
from erp.audit import trail
from erp.core import clock
from erp.core.money import ZERO
from payroll.runs import movements
from payroll.runs.beginning import editing, held_run, hold_company, pay_day, require_days
from payroll.runs.differences import MonthPair, correcting_slip
from payroll.runs.digest import untouched
from payroll.runs.findings import accounts_abroad
from payroll.runs.gathering import Gathered, Shelf, gather
from payroll.runs.keeping import Before, Reckoned, content_of, write
from payroll.runs.models import PayrollRun, Payslip, SlipContent, Typed
from payroll.runs.refusals import NothingToCorrect, NotPosted, RunExists
from payroll.setup.models import PayrollSettings
from payroll.wage_types.models import WageType
from payroll.wages.calculating import calculate
from payroll.wages.carrying import Carry
from payroll.wages.kinds import Kind
from payroll.wages.values import Finding, Slip, SlipLine

Status = PayrollRun.Status
History = Mapping[int, Mapping[dt.date, Sequence[Slip]]]


@dataclass(frozen=True, slots=True)
class Correction:
    """A person's correction: the slip of differences and the months it puts right."""

    employee: int
    name: str
    slip: Slip
    pairs: tuple[MonthPair, ...]
    last: Gathered


def differences(run: PayrollRun, *, only: Collection[int] | None = None) -> list[Correction]:
    """What a correction of a posted month would change, by person; nothing is written.

    ``only`` are ids of employees, all who were paid in the months without. Queries grow with the months,
    not with the people.
    """
    months = _months(run)
    history = _history(run, months, only)
    shelf = Shelf()
    people = set(history) if only is None else set(only)
    carries = {who: Before(carry=carry) for who, carry in _base(run, months[0]).items()}
    pairs: dict[int, list[MonthPair]] = defaultdict(list)
    last: dict[int, Gathered] = {}
    for month in months:
        at = PayrollRun(company=run.company, month=month, date=run.date, pay_date=run.pay_date)
        told = {who: carries.get(who, Before()) for who in people}
        anew = {one.employee: one for one in gather(at, only=people, carried=told, shelf=shelf)}
        for who in people:
            posted = history.get(who, {}).get(month, ())
            if not posted and (who not in anew or not anew[who].is_due):
                continue
            now = calculate(anew[who].given) if who in anew else None
            pairs[who].append(MonthPair(month, posted, now))
            if now is not None:
                carries[who], last[who] = Before(carry=now.carry), anew[who]
    found = []
    for who in sorted(people & set(last)):
        carry = carries[who].carry
        slip = correcting_slip(run.month, pairs[who], carry=carry)
        if slip is not None:
            found.append(Correction(who, last[who].name, slip, tuple(pairs[who]), last[who]))
    return found


def _months(run: PayrollRun) -> list[dt.date]:
    """From the month of a run, or the earliest corrected one of its year, to the last that is posted."""
    booked = PayrollRun.of(run.company_id).filter(
        status__in=PayrollRun.BOOKED, month__year=run.month.year
    )
    first = min([run.month, *booked.filter(kind=PayrollRun.Kind.CORRECTION)
                 .values_list("month", flat=True)])  # fmt: skip
    regular = booked.filter(kind=PayrollRun.Kind.REGULAR, month__gte=first)
    return list(regular.order_by("month").values_list("month", flat=True))


def _base(run: PayrollRun, first: dt.date) -> dict[int, Carry]:
    """What the slips before a month handed on, by person; corrections all lie behind it. Raises ``Tampered``."""
    rows = Payslip.of(run.company_id).filter(
        run__status__in=PayrollRun.BOOKED, run__month__year=first.year, run__month__lt=first
    )
    rows = rows.order_by("employee", "-run__number").distinct("employee")
    rows = rows.select_related("run").defer("paper")
    return {row.employee_id: untouched(row).slip.carry for row in rows}


def _history(run: PayrollRun, months: Sequence[dt.date], only: Collection[int] | None) -> History:
    """Posted slips by person and month; a correction is shared out over the months it put right."""
    rows = Payslip.of(run.company_id).filter(
        run__status__in=PayrollRun.BOOKED, run__month__gte=months[0], run__month__lte=months[-1]
    ).select_related("run").defer("paper")  # fmt: skip
    if only is not None:
        rows = rows.filter(employee__in=only)
    found: dict[int, dict[dt.date, list[Slip]]] = defaultdict(lambda: defaultdict(list))
    for row in rows.order_by("run__number"):
        content = untouched(row)
        parts = {row.run.month: content.slip}
        if row.run.is_correction:
            parts = {month: _part(content, month) for month in content.months}
        for month, slip in parts.items():
            found[row.employee_id][month].append(slip)
    return found


def _part(content: SlipContent, month: dt.date) -> Slip:
    """What of a correcting slip is for a month; sums and charges stand at the first one. An advance that
    it left is how it was settled, and no part of it."""
    slip = content.slip
    lines = tuple(one for one in slip.lines if one.for_month == month)
    if month != content.months[0]:
        taxes = tuple(one for one in slip.taxes if one.month == month)
        return replace(
            slip, lines=lines, charges=(), taxes=taxes, gross=ZERO, net=ZERO, payout=ZERO
        )
    taxes = tuple(one for one in slip.taxes if one.month not in content.months[1:])
    advanced = sum((one.amount for one in slip.lines if one.for_month is None), ZERO)
    return replace(slip, lines=lines, taxes=taxes, payout=slip.payout - advanced)


@transaction.atomic
def begin_correction(
    run: PayrollRun, *, by: User, date: dt.date | None = None, pay_date: dt.date | None = None,
    only: Collection[int] | None = None,
) -> PayrollRun:  # fmt: skip
    """Make the run that corrects a posted month, calculated and ready to be approved.

    What somebody was paid too much becomes an advance, which is taken back with the next month's
    wages. ``date`` is its booking date, today without. Raises ``NotPosted``, ``RunExists`` (one
    correction at a time), ``NothingToCorrect``, ``NoOpenYear`` or ``PeriodLocked``.
    """
    hold_company(run.company)
    held = held_run(run)
    if not held.is_booked or held.is_correction:
        raise NotPosted(month=str(held), status=held.get_status_display())
    rows = PayrollRun.of(held.company_id).filter(kind=PayrollRun.Kind.CORRECTION)
    if rows.filter(status__in=PayrollRun.OPEN).exists():
        raise RunExists(month=str(held))
    date = date or clock.today()
    settings = PayrollSettings.of(held.company_id).first() or PayrollSettings()
    pay_date = pay_date or max(pay_day(date.replace(day=1), settings.pay_day), date)
    require_days(held.month, date, pay_date)
    posting.open_year(held.company, date)
    found = differences(held, only=only)
    if not found:
        raise NothingToCorrect(month=str(held))
    made: PayrollRun = PayrollRun.unscoped.create(
        company=held.company, kind=PayrollRun.Kind.CORRECTION, corrects=held, month=held.month,
        date=date, pay_date=pay_date, created_at=clock.now(), created_by=by, calculated_by=by,
        turn=1, calculated_at=clock.now(),
    )  # fmt: skip
    write(made, [_kept(made, one) for one in found])
    trail.record(company=held.company, by=by, action="payroll_run.correct", subject=made,
                 details={"corrects": held.number, "count": len(found)})  # fmt: skip
    return made


@transaction.atomic
def recalculate(run: PayrollRun, *, by: User) -> PayrollRun:
    """Reckon an open correction anew, of the people it has or who differ now; an approval is void.

    Raises ``NotOpen`` or ``NothingToCorrect``.
    """
    held = editing(run, by=by)
    assert held.corrects is not None  # only corrections come here
    found = differences(held.corrects)
    if not found:
        raise NothingToCorrect(month=str(held))
    Payslip.of(held.company_id).filter(run=held).delete()
    write(held, [_kept(held, one) for one in found])
    held.calculated_at, held.calculated_by, held.is_stale = clock.now(), by, False
    held.save(update_fields=["calculated_at", "calculated_by", "is_stale"])
    trail.record(company=held.company, by=by, action="payroll_run.calculate", subject=held,
                 details={"count": len(found)})  # fmt: skip
    return held


def _kept(made: PayrollRun, one: Correction) -> Reckoned:
    slip = one.slip
    if slip.payout < 0:
        slip = _as_advance(made, slip, one.last.language)
    if slip.taxes and made.date.year > made.month.year:
        gone = Finding(code="tax.year_gone", values={"year": str(made.month.year)})
        slip = replace(slip, findings=(*slip.findings, gone))
    if slip.payout > 0:
        told = accounts_abroad(one.last.shares, one.last.home)
        slip = replace(slip, findings=(*slip.findings, *told))
    content = content_of(
        one.last.given, slip, language=one.last.language, person=one.last.person,
        payout=one.last.payout_of(slip.payout), months=tuple(pair.month for pair in one.pairs),
    )  # fmt: skip
    return Reckoned(one.employee, content)


def advance_type(made: PayrollRun) -> WageType | None:
    """The wage type of advances: the first in use of its kind."""
    rows = WageType.of(made.company_id).filter(kind=WageType.Kind.ADVANCE, is_active=True)
    return rows.order_by("number").first()


def _as_advance(made: PayrollRun, slip: Slip, language: str) -> Slip:
    """What was paid too much stays with the employee as an advance, so that nothing is paid now."""
    found = advance_type(made)
    if found is None:
        return slip
    with override(language):
        text = _("Correction %(month)s") % {"month": str(made)}
    line = SlipLine(type=found.number, kind=Kind.ADVANCE, name=found.name_in(language),
                    amount=-slip.payout, text=text)  # fmt: skip
    return replace(slip, lines=(*slip.lines, line), payout=slip.payout + line.amount)


@transaction.atomic
def take_back_advances(made: PayrollRun, *, by: User) -> int:
    """Type what a posted correction left as advances for the next month that is not posted; how many.

    Called once, when the correction is posted.
    """
    owed = _advances(made)
    if not owed:
        return 0
    after = (_last_month(made) + dt.timedelta(days=32)).replace(day=1)
    rows = {who: [one] for who, one in owed.items()}
    return movements.add_all(company=made.company, month=after, rows=rows, by=by)


@transaction.atomic
def drop_advances(made: PayrollRun, *, by: User) -> int:
    """Take back what ``take_back_advances`` typed, as the correction is undone; how many were there still."""
    rows = _advances(made)
    return movements.drop_all(company=made.company, after=_last_month(made), rows=rows, by=by)


def _last_month(made: PayrollRun) -> dt.date:
    """The last month that is posted, or that of the correction."""
    booked = PayrollRun.of(made.company_id).filter(
        kind=PayrollRun.Kind.REGULAR, status__in=PayrollRun.BOOKED
    )
    found: dt.date | None = booked.aggregate(last=Max("month"))["last"]
    return found or made.month


def _advances(made: PayrollRun) -> dict[int, Typed]:
    """What a correction leaves to be taken back, as it is typed, by person."""
    found = advance_type(made)
    if found is None:
        return {}
    return {
        slip.employee_id: Typed(type=line.type, amount=line.amount, text=line.text)
        for slip in Payslip.of(made.company_id).filter(run=made).defer("paper")
        for line in slip.content.slip.lines
        if line.type == found.number and line.amount > 0 and line.for_month is None
    }
