"""Contributions of insurers and funds (Beiträge): UVG, UVGZ, KTG, BVG, FAK and what is like them.

Which of them somebody has, and from when until when, is given; here it is what they come to.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

import msgspec

from erp.core.money import ZERO, allotted, to_centimes
from payroll.wages import reasons
from payroll.wages.accumulating import Accounts, ceiling_to_date, insured_to_date
from payroll.wages.ages import Liability, twentieth_birthday
from payroll.wages.drafting import Draft
from payroll.wages.kinds import Base, Insurance
from payroll.wages.reasons import because
from payroll.wages.spans import YEAR_DAYS
from payroll.wages.values import HUNDRED, Contribution, Reason, SlipLine

#: What is owed on wages that AHV is owed on: after the allowance, without small wages and youth.
ON_AHV_INCOME = frozenset({Insurance.FAK, Insurance.CANTONAL, Insurance.EXTRA})
ACCIDENT = frozenset({Insurance.BU, Insurance.NBU})
BY_CANTON = frozenset({Insurance.FAK, Insurance.CANTONAL})


class Held(msgspec.Struct, frozen=True, gc=False):
    """A contribution that holds in the month: of its employed days, from ``start`` to ``end``."""

    contribution: Contribution
    start: int
    end: int

    @property
    def days(self) -> int:
        return self.end - self.start


def amounts_by_base(lines: Iterable[SlipLine]) -> dict[Base, Decimal]:
    """What the lines of a month count for each base."""
    totals: dict[Base, Decimal] = {}
    for line in lines:
        amount = line.amount
        for base in line.bases:
            totals[base] = totals.get(base, ZERO) + amount
    return totals


def charge_contributions(
    draft: Draft, accounts: Accounts, wages: Mapping[Base, Decimal], status: Liability
) -> tuple[Held, ...]:
    """Charge the contributions that hold in the month, in the order given, and give those."""
    held = _held(draft)
    of_ahv = [charge for charge in accounts.charges if charge.insurance is Insurance.AHV]
    income = sum((charge.insured for charge in of_ahv), ZERO)
    paid = sum((charge.employee + charge.employer for charge in of_ahv), ZERO)
    free = wages.get(Base.AHV, ZERO) - income  # of AHV
    if status.is_pensioner or not status.is_liable:  # what follows ALV ends with it
        held = tuple(one for one in held if one.contribution.base is not Base.ALV)
    cantons = _by_canton(draft, held)
    for one in held:
        given = one.contribution
        if given.insurance is Insurance.ADMIN:
            _charge_administration(draft, accounts, one, income, paid)
            continue
        month = wages.get(given.base, ZERO)
        month, why = _liable(month, given, free)
        shares = cantons.get((given.insurance, given.base))
        if shares is not None:
            month = _allotted(shares, given.canton, month)
        if given.insurance in ACCIDENT and given.base is Base.UVG:
            month, why = _at_least(draft, month, why)
        month, why = _of_days(draft, one, month, why)
        if given.employee_amount is not None or given.employer_amount is not None:
            accounts.charge_amounts(
                given, days=one.days, wages=month, employer_pays=given.employer_pays
            )
            continue
        _charge_range(draft, accounts, one, month, why)
    return held


def _charge_range(
    draft: Draft, accounts: Accounts, one: Held, month: Decimal, why: tuple[Reason, ...]
) -> None:
    given = one.contribution
    before = accounts.of(given.key)
    wage_to = given.wage_to
    if wage_to is None and given.insurance in ACCIDENT:
        wage_to = draft.given.figures.uvg_ceiling
    left = accounts.at_exit(given.key, wage_from=given.wage_from, wage_to=wage_to)
    days = left.days + before.days + one.days
    ceiling = ceiling_to_date(before, days=one.days, wages=month, wage_to=wage_to)
    whole = ceiling + ceiling_to_date(left, days=0, wages=ZERO, wage_to=wage_to)
    room = min(left.wages + before.wages + month, whole / YEAR_DAYS)
    to_date = insured_to_date(room, days=days, wage_from=given.wage_from, wage_to=None)
    to_date -= left.insured
    if wage_to is not None or given.wage_from:
        limits = {"from": given.wage_from, "to": wage_to or "", "days": days}
        why = (because(reasons.CONTRIBUTION_RANGE, **limits), *why)
    accounts.charge(
        given, days=one.days, wages=month, to_date=to_date, why=why,
        employer_pays=given.employer_pays, ceiling=ceiling,
    )  # fmt: skip


def _charge_administration(
    draft: Draft, accounts: Accounts, one: Held, income: Decimal, paid: Decimal
) -> None:
    """Administration costs (Verwaltungskosten): percent of what AHV/IV/EO gets from both sides.

    ``wages`` are the AHV income, ``insured`` the contributions.
    """
    given = one.contribution
    income, why = _of_days(draft, one, income, ())
    paid, _ = _of_days(draft, one, paid, ())
    why = (because(reasons.CONTRIBUTION_OF_CONTRIBUTIONS, amount=paid), *why)
    accounts.charge(
        given, days=one.days, wages=income, to_date=accounts.of(given.key).insured + paid, why=why
    )


def _liable(
    month: Decimal, given: Contribution, free: Decimal
) -> tuple[Decimal, tuple[Reason, ...]]:
    """What of a base is owed where AHV decides."""
    if not free or given.insurance not in ON_AHV_INCOME or given.base not in (Base.AHV, Base.FAK):
        return month, ()
    return month - free, (because(reasons.CONTRIBUTION_AHV_INCOME, less=free),)


def _at_least(
    draft: Draft, month: Decimal, why: tuple[Reason, ...]
) -> tuple[Decimal, tuple[Reason, ...]]:
    """The wage of trainees that premiums are owed on at least, by their days (UVV Art. 115)."""
    days = sum(part.days for part in draft.times.parts if part.contract.trainee)
    if not days:
        return month, why
    figures, born = draft.given.figures, draft.given.person.birth_date
    is_young = draft.times.last < twentieth_birthday(born)
    percent = figures.trainee_percent_young if is_young else figures.trainee_percent
    least = to_centimes(figures.uvg_ceiling * percent / HUNDRED * days / YEAR_DAYS)
    if month >= least:
        return month, why
    return least, (*why, because(reasons.CONTRIBUTION_TRAINEE, least=least, percent=percent))


def _of_days(
    draft: Draft, one: Held, month: Decimal, why: tuple[Reason, ...]
) -> tuple[Decimal, tuple[Reason, ...]]:
    """The part of the month's wages that a contribution covers; parts add up to the whole."""
    days = draft.times.days
    if not days or one.days == days:
        return month, why
    part = to_centimes(month * one.end / days) - to_centimes(month * one.start / days)
    return part, (*why, because(reasons.CONTRIBUTION_DAYS, days=one.days, of=days))


def _held(draft: Draft) -> tuple[Held, ...]:
    """What holds in the month; after an exit, what held on the last day of employment.

    Of amounts under one key the latest holds, since insurers report one for the month.
    """
    found: list[Held] = []
    for given in draft.given.contributions:
        if draft.times.days:
            start, end = draft.times.covered(given.first, given.last)
            if start < end:
                found.append(Held(given, start, end))
        elif _held_at_exit(draft, given):
            found.append(Held(given, 0, 0))
    fixed = [one for one in found if _is_amount(one.contribution)]
    if not draft.times.days:
        return tuple(one for one in found if one not in fixed)
    if len({one.contribution.key for one in fixed}) == len(fixed):
        return tuple(found)
    latest = {one.contribution.key: one for one in sorted(fixed, key=lambda one: one.start)}
    return tuple(one for one in found if one not in fixed or latest[one.contribution.key] is one)


def _is_amount(given: Contribution) -> bool:
    return given.employee_amount is not None or given.employer_amount is not None


def _held_at_exit(draft: Draft, given: Contribution) -> bool:
    day = draft.times.reference
    if day is None:
        return False
    if day.year < draft.times.first.year:
        return given.first <= draft.times.last and given.last >= draft.times.first
    return given.first <= day <= given.last


# --- several cantons at once ------------------------------------------------------------------------
Shares = Mapping[str, Decimal]


def _by_canton(draft: Draft, held: Sequence[Held]) -> dict[tuple[Insurance, Base], Shares]:
    """Wages by canton of work, where one month has contributions of several cantons at once."""
    found: dict[tuple[Insurance, Base], Shares] = {}
    kinds = {(x.contribution.insurance, x.contribution.base) for x in held}
    for insurance, base in kinds:
        if insurance not in BY_CANTON:
            continue
        rows = [
            x for x in held
            if x.contribution.insurance is insurance and x.contribution.base is base
        ]  # fmt: skip
        cantons = list(dict.fromkeys(x.contribution.canton for x in rows))
        if len(cantons) > 1 and _overlap(rows):
            found[insurance, base] = _shares(draft, base, cantons)
    return found


def _overlap(rows: Sequence[Held]) -> bool:
    return any(
        one.contribution.canton != other.contribution.canton
        and ((one.start < other.end and other.start < one.end) or not one.days)
        for nth, one in enumerate(rows)
        for other in rows[:nth]
    )


def _shares(draft: Draft, base: Base, cantons: Sequence[str]) -> Shares:
    """What each canton's work places count; what belongs to none of them goes to the first."""
    shares = dict.fromkeys(cantons, ZERO)
    for line in draft.lines:
        if base in line.bases:
            contract = draft.contract_of(line.employment)
            canton = contract.canton if contract else ""
            shares[canton if canton in shares else cantons[0]] += line.amount
    return shares


def _allotted(shares: Shares, canton: str, month: Decimal) -> Decimal:
    """A canton's part of the month's amount, in proportion to its wages."""
    total = sum(shares.values(), ZERO)
    if not total:
        return ZERO
    parts = allotted(month, list(shares.values()), month / total)
    return parts[list(shares).index(canton)]
