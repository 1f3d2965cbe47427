"""Contributions to AHV/IV/EO and ALV, as the law sets them for everybody.

Three keys accumulate: ``ahv``, ``ahv.pension`` from the month after the reference age, and ``alv``.
The days of ``ahv.pension`` are thirty for each month begun, as the allowance counts them.
Sources: AHVG Art. 3 to 5 and 21, AHVV Art. 6quater (allowance of pensioners) and 34d (small wages),
AVIG Art. 3 (ceiling). What is paid in a later year than that of the exit is of the year of work: its limits and
ceilings go on (AHVG Art. 30ter Abs. 3).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal

from erp.core.money import ZERO
from payroll.wages import reasons
from payroll.wages.accumulating import NOTHING, Accounts, insured_to_date
from payroll.wages.ages import Liability, liability
from payroll.wages.carrying import Sum
from payroll.wages.drafting import Draft
from payroll.wages.kinds import Base, Insurance, Pay
from payroll.wages.reasons import because
from payroll.wages.spans import MONTH_DAYS, ends, month_end, position_of_end
from payroll.wages.values import Contribution, Reason

AHV = "ahv"
PENSION = "ahv.pension"
ALV = "alv"


def ahv_wages(sums: Mapping[str, Sum]) -> Decimal:
    """The wages of a year that AHV counted, those of pensioners within; in CHF."""
    return sum((sums[key].wages for key in (AHV, PENSION) if key in sums), ZERO)


def charge_ahv(draft: Draft, accounts: Accounts, wages: Mapping[Base, Decimal]) -> Liability:
    """Charge AHV/IV/EO and ALV of the month; who is too young has wages, and none insured.

    Somebody whose year of birth has no reference age stops the run.
    """
    person, figures = draft.given.person, draft.given.figures
    status = liability(person, draft.times.status_day, figures)
    if status.pensioner_from is None:
        draft.findings.append(
            reasons.stop(reasons.FIGURES_NO_REFERENCE_AGE, year=person.birth_date.year)
        )
    ahv, alv = wages.get(Base.AHV, ZERO), wages.get(Base.ALV, ZERO)
    if not status.is_liable:
        why = (because(reasons.AHV_TOO_YOUNG, **{"from": status.liable_from.isoformat()}),)
        given = _ahv(draft, AHV)
        accounts.charge(given, days=draft.times.days, wages=ahv, to_date=ZERO, why=why)
        return status
    small = _small_wage(draft, accounts, ahv, status)
    if not status.is_pensioner:
        _charge_worker(draft, accounts, ahv, alv, days=draft.times.days, why=small)
        return status
    earlier = _earned_before(draft, status.pensioner_from)
    if earlier:
        _charge_late(draft, accounts, earlier, small, status)
    _charge_pensioner(draft, accounts, ahv - earlier.get(Base.AHV, ZERO), small)
    if not small and _exceeds_with_earlier(draft, accounts):
        _charge_late(draft, accounts, {}, (), status)
    return status


def _exceeds_with_earlier(draft: Draft, accounts: Accounts) -> bool:
    """Whether small wages of before the reference age are owed on now: with those after it, less the
    allowance, they are more than the limit (all or nothing in a year).
    """
    before, pension = accounts.of(AHV), accounts.of(PENSION)
    if before.wages <= before.insured:
        return False
    after = pension.wages if draft.given.person.waives_allowance else pension.insured
    return before.wages + after > draft.given.figures.small_wage


def _charge_worker(
    draft: Draft,
    accounts: Accounts,
    ahv: Decimal,
    alv: Decimal,
    *,
    days: int,
    why: tuple[Reason, ...],
) -> None:
    """Who has not reached the reference age; nothing is due on small wages, all above them."""
    exempt = any(reason.code == reasons.AHV_SMALL_WAGE for reason in why)
    earlier = accounts.at_exit(AHV)
    to_date = max(ZERO, earlier.wages + accounts.of(AHV).wages + ahv) - earlier.insured
    to_date = ZERO if exempt else to_date
    accounts.charge(_ahv(draft, AHV), days=days, wages=ahv, to_date=to_date, why=why)
    _charge_alv(draft, accounts, alv, days=days, exempt=exempt, why=why)


def _charge_late(
    draft: Draft,
    accounts: Accounts,
    wages: Mapping[Base, Decimal],
    small: tuple[Reason, ...],
    status: Liability,
) -> None:
    """What is paid late for months before the reference age owes what those months owed.

    When it was earned decides whether it is liable, when it is paid decides the year.
    """
    since = status.pensioner_from
    why = (because(reasons.AHV_EARNED_BEFORE, since=since and since.isoformat()), *small)
    ahv, alv = wages.get(Base.AHV, ZERO), wages.get(Base.ALV, ZERO)
    _charge_worker(draft, accounts, ahv, alv, days=0, why=why)


def _earned_before(draft: Draft, since: dt.date | None) -> dict[Base, Decimal]:
    """What lines count that belong to months before a day, as far as somebody said so."""
    totals: dict[Base, Decimal] = {}
    for line in draft.lines:
        if since is not None and line.for_month is not None and line.for_month < since:
            for base in line.bases:
                totals[base] = totals.get(base, ZERO) + line.amount
    return totals


def _charge_pensioner(
    draft: Draft, accounts: Accounts, wages: Decimal, small: tuple[Reason, ...]
) -> None:
    """The allowance counts for each month begun, and what one month leaves unused helps another."""
    earlier = draft.given.earlier.sums.get(PENSION, NOTHING) if draft.given.earlier else NOTHING
    before = accounts.of(PENSION)
    days = MONTH_DAYS if draft.times.days else 0
    to_date = max(ZERO, earlier.wages + before.wages + wages)
    if draft.given.person.waives_allowance:
        why: tuple[Reason, ...] = (because(reasons.AHV_ALLOWANCE_WAIVED), *small)
        to_date = ZERO if small else to_date
    else:
        months = (earlier.days + before.days + days) // MONTH_DAYS
        allowance = draft.given.figures.allowance_month
        to_date = max(ZERO, to_date - allowance * months)
        why = (because(reasons.AHV_ALLOWANCE, month=allowance, months=months),)
    to_date -= earlier.insured
    accounts.charge(_ahv(draft, PENSION), days=days, wages=wages, to_date=to_date, why=why)


def _charge_alv(
    draft: Draft,
    accounts: Accounts,
    wages: Decimal,
    *,
    days: int,
    exempt: bool,
    why: tuple[Reason, ...],
) -> None:
    figures, before = draft.given.figures, accounts.of(ALV)
    earlier = accounts.at_exit(ALV, wage_to=figures.alv_ceiling)
    all_days = earlier.days + before.days + days
    to_date = ZERO
    if not exempt:
        to_date = insured_to_date(
            earlier.wages + before.wages + wages, days=all_days, wage_from=ZERO,
            wage_to=figures.alv_ceiling,
        ) - earlier.insured  # fmt: skip
    limits = {"from": ZERO, "to": figures.alv_ceiling, "days": all_days}
    accounts.charge(
        Contribution(
            key=ALV,
            insurance=Insurance.ALV,
            base=Base.ALV,
            first=draft.times.first,
            last=draft.times.last,
            type=draft.given.roles.get(ALV),
            institution=draft.given.institutions.get(ALV, fund_of(draft)),
            wage_to=figures.alv_ceiling,
            employee_percent=figures.alv_employee,
            employer_percent=figures.alv_employer,
        ),
        days=days,
        wages=wages,
        to_date=to_date,
        why=(because(reasons.CONTRIBUTION_RANGE, **limits), *why),
    )


def _ahv(draft: Draft, key: str) -> Contribution:
    figures = draft.given.figures
    return Contribution(
        key=key,
        insurance=Insurance.AHV,
        base=Base.AHV,
        first=draft.times.first,
        last=draft.times.last,
        type=draft.given.roles.get(AHV),
        institution=fund_of(draft),
        employee_percent=figures.ahv_employee,
        employer_percent=figures.ahv_employer,
    )


def fund_of(draft: Draft) -> int | None:
    """The compensation fund: as given, or the one that gets administration costs."""
    found = draft.given.institutions.get(AHV)
    if found is not None:
        return found
    admin = (c for c in draft.given.contributions if c.insurance is Insurance.ADMIN)
    return next((c.institution for c in admin), None)


def _small_wage(
    draft: Draft, accounts: Accounts, wages: Decimal, status: Liability
) -> tuple[Reason, ...]:
    """Why nothing is due on small wages (geringfügiger Lohn), or nothing where it is.

    All or nothing: neither the wages to date, nor those that contracts promise for the year, may
    exceed the limit. The allowance of pensioners excludes it.
    """
    person, limit = draft.given.person, draft.given.figures.small_wage
    to_date = accounts.of(AHV).wages + accounts.of(PENSION).wages + wages
    if draft.given.earlier is not None:  # the limit is that of the year of work
        to_date += draft.given.earlier.wages
    if to_date > limit or person.always_liable or person.asks_small_wages:
        return ()
    if status.is_pensioner and not person.waives_allowance:
        return ()
    if max(to_date, promised(draft)) > limit:
        return ()
    return (because(reasons.AHV_SMALL_WAGE, limit=limit, wages=to_date),)


def promised(draft: Draft) -> Decimal:
    """The monthly wages that contracts promise for the year, as far as they are known."""
    year = draft.given.month.year
    total = ZERO
    for contract in draft.times.known:
        if contract.pay is not Pay.MONTH:
            continue
        first = max(contract.first, contract.entry, dt.date(year, 1, 1))
        last = min(ends(contract), dt.date(year, 12, 31))
        if contract.last >= draft.times.last:  # it goes on
            last = min(contract.exit or dt.date.max, dt.date(year, 12, 31))
        if first <= last:
            days = (last.month - first.month) * MONTH_DAYS
            days += position_of_end(last, last.replace(day=1), month_end(last))
            days -= min(first.day, MONTH_DAYS) - 1
            total += contract.wage * days / MONTH_DAYS
    return total
