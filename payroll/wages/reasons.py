"""Why amounts are what they are, and what should be looked at: the codes (Begründungen).

Values are texts: amounts in CHF with a point, percents, days of 30, dates as ISO 8601. Pages put
them into words; a code never changes its meaning, since slips keep it.

Lines:

=========================  ==========================================================
wage.month                 ``wage`` ``degree``: a whole month's wage
wage.days                  ``wage`` ``days``: so many thirtieths of it
wage.rate                  ``wage``: the rate is the contract's for an hour or lesson
wage.rate_reckoned         ``wage`` ``degree`` ``hours`` ``percent``: an hour of a monthly wage
line.typed                 the amount was typed
line.quantity              ``quantity`` ``rate``
line.percent               ``percent`` ``base``: of other lines
car.share                  ``price`` ``percent`` ``minimum``: private share of a car
supplement.holiday         ``percent`` ``base``
supplement.public_holiday  ``percent`` ``base``
supplement.thirteenth      ``percent`` ``base``
thirteenth.paid            ``earned`` ``typed``: what was earned and not paid yet
balance.kind               ``amount``: benefits in kind were not paid in money
balance.paid               ``amount``: it was paid to others
garnishment.over           ``keeps`` ``net`` ``amount``: what exceeds the minimum
=========================  ==========================================================

Contributions (and their lines):

===========================  ========================================================
contribution.percent         ``base`` ``insured`` ``to_date``: the base's name, wages of
                             the month and the year that are insured
contribution.range           ``from`` ``to`` ``days``: of a year, for so many days
contribution.amount          the insurer reported the amount
contribution.reckoned        ``expected``: reckoned of the wage of a year that is expected
contribution.employer_pays   ``amount``: the employee's part that the employer bears
contribution.days            ``days`` ``of``: holds for a part of the month
contribution.ahv_income      ``less``: wages free of AHV are left out
contribution.trainee         ``least`` ``percent``: what of a trainee is insured at least
contribution.of_contributions  ``amount``: in percent of what AHV/IV/EO gets
ahv.too_young                ``from``: liable from this day
ahv.allowance                ``month`` ``months``: the allowance of pensioners
ahv.allowance_waived         the employee waives it
ahv.earned_before            ``since``: earned before the reference age, and paid late
ahv.small_wage               ``limit`` ``wages``: no contributions on small wages
tax.simplified               ``percent``: flat tax of the simplified procedure
===========================  ========================================================

From net to gross:

==============  ======================================================
net.not_exact   ``wanted`` ``reached``: roundings let no amount fit
net.too_low     ``wanted`` ``reached``: more is reached without it
net.too_high    ``wanted`` ``reached``: no amount gets there
==============  ======================================================

Findings (``stops`` is marked by !):

=============================  ======================================================
!person.not_employed           ``month``: no employment has begun
person.left                    ``until``: paid after the exit
person.left_earlier            ``until``: paid in a later year, ceilings are those of that year
!person.exit_year_unknown      ``until``: paid in a later year, and what that one paid is unknown
!movement.unknown_type         ``type``
!movement.unknown_employment   ``type`` ``employment``: not begun in the month
!movement.no_amount            ``type``: neither amount, nor quantity and rate, nor percent
!movement.no_rate              ``type``: a quantity without a rate
!movement.circle               ``type``: percentages of each other
!movement.overflow             ``type``: the amount is too large
movement.no_quantity           ``role``: paid by hours or lessons, and none are typed
!role.missing                  ``role``: no wage type for what the program reckons
!contribution.no_type          ``key`` ``code``: nothing to deduct it under
!figures.no_reference_age      ``year``: of birth
thirteenth.overpaid            ``amount``: more was paid than earned until the exit
nbu.few_hours                  ``hours``: less than eight a week, yet a deduction for NBU
pension.missing                ``wage`` ``threshold``: insurable, and no contribution to a fund
!simplified.wage_too_high      ``wage`` ``threshold``: BGSA Art. 2
!payout.negative               ``amount``
=============================  ======================================================
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from payroll.wages.values import Finding, Reason

WAGE_MONTH: Final = "wage.month"
WAGE_DAYS: Final = "wage.days"
WAGE_RATE: Final = "wage.rate"
WAGE_RATE_RECKONED: Final = "wage.rate_reckoned"
LINE_TYPED: Final = "line.typed"
LINE_QUANTITY: Final = "line.quantity"
LINE_PERCENT: Final = "line.percent"
CAR_SHARE: Final = "car.share"
SUPPLEMENT_HOLIDAY: Final = "supplement.holiday"
SUPPLEMENT_PUBLIC_HOLIDAY: Final = "supplement.public_holiday"
SUPPLEMENT_THIRTEENTH: Final = "supplement.thirteenth"
THIRTEENTH_PAID: Final = "thirteenth.paid"
BALANCE_KIND: Final = "balance.kind"
BALANCE_PAID: Final = "balance.paid"
GARNISHMENT_OVER: Final = "garnishment.over"

CONTRIBUTION_PERCENT: Final = "contribution.percent"
CONTRIBUTION_RANGE: Final = "contribution.range"
CONTRIBUTION_AMOUNT: Final = "contribution.amount"
CONTRIBUTION_RECKONED: Final = "contribution.reckoned"
CONTRIBUTION_EMPLOYER_PAYS: Final = "contribution.employer_pays"
CONTRIBUTION_DAYS: Final = "contribution.days"
CONTRIBUTION_AHV_INCOME: Final = "contribution.ahv_income"
CONTRIBUTION_TRAINEE: Final = "contribution.trainee"
CONTRIBUTION_OF_CONTRIBUTIONS: Final = "contribution.of_contributions"
AHV_TOO_YOUNG: Final = "ahv.too_young"
AHV_ALLOWANCE: Final = "ahv.allowance"
AHV_ALLOWANCE_WAIVED: Final = "ahv.allowance_waived"
AHV_EARNED_BEFORE: Final = "ahv.earned_before"
AHV_SMALL_WAGE: Final = "ahv.small_wage"

NET_NOT_EXACT: Final = "net.not_exact"
NET_TOO_LOW: Final = "net.too_low"
NET_TOO_HIGH: Final = "net.too_high"

PERSON_NOT_EMPLOYED: Final = "person.not_employed"
PERSON_LEFT: Final = "person.left"
PERSON_LEFT_EARLIER: Final = "person.left_earlier"
PERSON_EXIT_YEAR_UNKNOWN: Final = "person.exit_year_unknown"
MOVEMENT_UNKNOWN_TYPE: Final = "movement.unknown_type"
MOVEMENT_UNKNOWN_EMPLOYMENT: Final = "movement.unknown_employment"
MOVEMENT_NO_AMOUNT: Final = "movement.no_amount"
MOVEMENT_NO_RATE: Final = "movement.no_rate"
MOVEMENT_CIRCLE: Final = "movement.circle"
MOVEMENT_OVERFLOW: Final = "movement.overflow"
MOVEMENT_NO_QUANTITY: Final = "movement.no_quantity"
ROLE_MISSING: Final = "role.missing"
CONTRIBUTION_NO_TYPE: Final = "contribution.no_type"
FIGURES_NO_REFERENCE_AGE: Final = "figures.no_reference_age"
THIRTEENTH_OVERPAID: Final = "thirteenth.overpaid"
NBU_FEW_HOURS: Final = "nbu.few_hours"
PENSION_MISSING: Final = "pension.missing"
SIMPLIFIED_WAGE_TOO_HIGH: Final = "simplified.wage_too_high"
TAX_SIMPLIFIED: Final = "tax.simplified"
PAYOUT_NEGATIVE: Final = "payout.negative"

_NONE: Final[Mapping[str, str]] = {}


def because(code: str, /, **values: object) -> Reason:
    """A reason with its values as texts."""
    return Reason(code, {key: str(value) for key, value in values.items()} if values else _NONE)


def stop(code: str, /, **values: object) -> Finding:
    """What stops the run."""
    return Finding(code=code, values={key: str(value) for key, value in values.items()}, stops=True)


def warn(code: str, /, **values: object) -> Finding:
    """What somebody should look at."""
    return Finding(code=code, values={key: str(value) for key, value in values.items()})
