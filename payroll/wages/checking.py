"""What somebody should look at before a slip is paid (Plausibilität), from the slip alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from erp.core.money import ZERO, to_centimes
from payroll.wages import reasons
from payroll.wages.accumulating import Accounts
from payroll.wages.ages import Liability
from payroll.wages.ahv import AHV, PENSION
from payroll.wages.contributions import Held
from payroll.wages.drafting import Draft
from payroll.wages.gross import MONTHS, WAGE_ROLES
from payroll.wages.kinds import Base, Insurance, Kind, Pay, Thirteenth
from payroll.wages.spans import MONTH_DAYS
from payroll.wages.values import Charge

NBU_HOURS = 8  # a week (UVV Art. 13)
CEILINGS = frozenset({Base.AHV, Base.ALV, Base.UVG, Base.UVGZ, Base.KTG})
SHORT_CONTRACT_DAYS = 92  # up to three months (BVV 2 Art. 1j)


def check_employment(draft: Draft) -> None:
    """Wages before an entry stop the run; after an exit somebody should know."""
    times = draft.times
    if times.reference is None:
        if draft.given.movements:
            draft.findings.append(
                reasons.stop(reasons.PERSON_NOT_EMPLOYED, month=f"{times.first:%Y-%m}")
            )
    elif not times.days and draft.lines:
        until = times.reference.isoformat()
        earlier = times.reference.year < times.first.year
        if earlier and draft.given.earlier is None and _has_ceilings(draft):
            draft.findings.append(reasons.stop(reasons.PERSON_EXIT_YEAR_UNKNOWN, until=until))
            return
        code = reasons.PERSON_LEFT_EARLIER if earlier else reasons.PERSON_LEFT
        draft.findings.append(reasons.warn(code, until=until))


def _has_ceilings(draft: Draft) -> bool:
    """Whether something is paid that is insured up to a limit of the year."""
    return any(line.amount and CEILINGS & line.bases for line in draft.lines)


def check_quantities(draft: Draft) -> None:
    """Who is paid by hours or lessons should have some."""
    for pay in {part.contract.pay for part in draft.times.parts} - {Pay.MONTH}:
        role = WAGE_ROLES[pay]
        number = draft.given.roles.get(role)
        if not any(line.type == number for line in draft.lines):
            draft.findings.append(reasons.warn(reasons.MOVEMENT_NO_QUANTITY, role=role))


def check_insurance(
    draft: Draft, held: Sequence[Held], accounts: Accounts, status: Liability
) -> None:
    """NBU below eight hours a week, and who could be insured by a pension fund and is not."""
    insured = {one.contribution.insurance for one in held}
    if Insurance.NBU in insured and any(_deducts_nbu(charge) for charge in accounts.charges):
        hours = [part.contract.weekly_hours for part in draft.times.parts]
        known = [one for one in hours if one is not None]
        if known and len(known) == len(hours) and sum(known) < NBU_HOURS:
            draft.findings.append(reasons.warn(reasons.NBU_FEW_HOURS, hours=sum(known)))
    threshold = draft.given.figures.bvg_threshold
    if threshold and status.is_liable and not status.is_pensioner and Insurance.BVG not in insured:
        _check_pension(draft)
    if draft.given.terms.simplified and threshold:
        wages = accounts.of(AHV).wages + accounts.of(PENSION).wages
        if wages > threshold:
            draft.findings.append(
                reasons.stop(reasons.SIMPLIFIED_WAGE_TOO_HIGH, wage=wages, threshold=threshold)
            )


def check_family(draft: Draft, wages: Mapping[Base, Decimal]) -> None:
    """Family allowances ask for a least AHV wage of a month (FamZG Art. 13); in absence they go on for a
    while (FamZV Art. 10), so somebody should look.
    """
    least = draft.given.figures.family_income_month * draft.times.days / MONTH_DAYS
    paid = sum((x.amount for x in draft.lines if x.kind is Kind.FAMILY and x.paid), ZERO)
    wage = wages.get(Base.AHV, ZERO)
    if paid > ZERO and wage < least:
        draft.findings.append(
            reasons.warn(reasons.FAMILY_SMALL_INCOME, wage=wage, least=to_centimes(least))
        )


def _deducts_nbu(charge: Charge) -> bool:
    return charge.insurance is Insurance.NBU and charge.employee > 0


def _check_pension(draft: Draft) -> None:
    threshold = draft.given.figures.bvg_threshold
    for part in draft.times.parts:
        contract = part.contract
        if contract.pay is not Pay.MONTH:
            continue
        if contract.exit and (contract.exit - contract.entry).days <= SHORT_CONTRACT_DAYS:
            continue
        months = MONTHS if contract.thirteenth is Thirteenth.NONE else MONTHS + 1
        if contract.wage * months > threshold:
            draft.findings.append(
                reasons.warn(
                    reasons.PENSION_MISSING, wage=contract.wage * months, threshold=threshold
                )
            )
            return
