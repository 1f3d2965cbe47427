"""What a month's wages are reckoned from, and what comes out (Lohndaten eines Monats).

All amounts are Decimals in CHF, rates are in percent, a year's limits are for 360 days. Spans name
their first and last day, both within. These values are what a slip keeps, so that it can be
reckoned again years later: names stay, new ones have defaults, and a default never changes:
what is at its default is left out where it is kept.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Final

import msgspec

from erp.core.money import ZERO
from payroll.wages.carrying import Carry, Earlier
from payroll.wages.kinds import Base, Insurance, Kind, Method, Pay, Sex, TaxModel, Thirteenth

HUNDRED: Final = Decimal(100)


# --- what goes in -----------------------------------------------------------------------------------
class WageType(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """A wage type as it counts (Lohnart). ``of`` are the numbers whose amounts ``percent`` is of."""

    number: int
    kind: Kind
    name: str = ""
    bases: frozenset[Base] = frozenset()
    method: Method = Method.AMOUNT
    percent: Decimal | None = None
    of: tuple[int, ...] = ()
    periodic: bool = True  # for the withholding tax
    box: str = ""  # of the wage certificate


class Person(msgspec.Struct, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """Whose wages they are, as far as it matters."""

    birth_date: dt.date
    sex: Sex
    waives_allowance: bool = False  # of pensioners (AHVV Art. 6quater)
    asks_small_wages: bool = False  # wants contributions on small wages (AHVV Art. 34d)
    always_liable: bool = False  # of a sector without small wages


class Contract(msgspec.Struct, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """Terms of an employment over a span of the year (Anstellungsbedingungen).

    ``wage`` is for a month at ``degree``, or for an hour or lesson. ``entry`` and ``exit`` are those
    of the employment. Supplements in percent hold for hours and lessons. A ``trainee`` (intern,
    volunteer, in a trial or a training workshop) has a least wage insured against accidents.
    """

    first: dt.date
    last: dt.date
    entry: dt.date
    exit: dt.date | None = None
    employment: int = 0
    pay: Pay = Pay.MONTH
    wage: Decimal = ZERO
    degree: Decimal = HUNDRED
    weekly_hours: Decimal | None = None
    holiday_percent: Decimal = ZERO
    public_holiday_percent: Decimal = ZERO
    thirteenth: Thirteenth = Thirteenth.NONE
    canton: str = ""  # of the place of work
    cost_split: tuple[tuple[str, Decimal], ...] = ()  # cost centre and percent
    trainee: bool = False


class Movement(msgspec.Struct, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """What somebody typed for the month, or what recurs (Lohnbewegung).

    ``for_month`` is the first day of the month it belongs to, where that is another one. Amounts of
    deductions, balancings and advances are typed positive, those of corrections with their sign.
    ``keeps`` makes an advance a garnishment: what exceeds so much of the net wage, at most ``amount``.
    For the company car a ``rate`` without quantity is the purchase price without VAT.
    """

    type: int
    quantity: Decimal | None = None
    rate: Decimal | None = None
    amount: Decimal | None = None
    percent: Decimal | None = None
    text: str = ""
    cost_centre: str = ""
    employment: int = 0
    for_month: dt.date | None = None
    keeps: Decimal | None = None


class Contribution(msgspec.Struct, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """One contribution as it holds for a person over a span of the year (Beitrag).

    ``key`` is what it accumulates under; another solution has another key, so that its ceiling
    begins anew. Wages of a year between ``wage_from`` and ``wage_to`` are insured, in proportion
    to the days. With ``employee_amount`` and ``employer_amount`` it is so much a month instead
    (pension funds); ``expected`` is the wage of a year that these were reckoned of, None where the
    fund told them. ``employer_pays`` charges the employee's part to the employer.
    """

    key: str
    insurance: Insurance
    base: Base
    first: dt.date
    last: dt.date
    type: int | None = None  # the wage type of the deduction
    institution: int | None = None
    code: str = ""  # of the insurance solution
    wage_from: Decimal = ZERO
    wage_to: Decimal | None = None
    employee_percent: Decimal = Decimal(0)
    employer_percent: Decimal = Decimal(0)
    employee_amount: Decimal | None = None
    employer_amount: Decimal | None = None
    expected: Decimal | None = None
    canton: str = ""
    employer_pays: bool = False


class Withholding(msgspec.Struct, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """How somebody's wages are taxed at source over a span (Quellensteuer).

    Without a ``canton`` somebody is not liable, and nothing is declared; the ``code`` is NON then.
    ``own_rate`` and ``total_rate`` are degrees of work in percent: of this job, and of all jobs;
    ``total_rate`` is None where others are unknown, and the determinant then is that of 100 %.
    ``other_income`` is a known monthly income elsewhere and replaces the degrees. ``only_job``
    extrapolates nothing. Who is paid by the hour has a degree that follows from the hours of the
    month; ``other_rate`` is then that of all other jobs. An ``own_rate`` of 0 is unknown: the
    median wage counts. ``work_days_abroad`` are those of the month, of ``work_days``.
    ``last_wage`` is the last monthly wage of who left before this year's first slip. Fees of a board
    that somebody has beside a wage are taxed by ``board_code``, flat.
    """

    first: dt.date
    last: dt.date
    canton: str
    code: str
    commune: int | None = None
    model: TaxModel = TaxModel.MONTHLY
    own_rate: Decimal = HUNDRED
    total_rate: Decimal | None = None
    only_job: bool = True
    other_income: Decimal | None = None
    since: dt.date | None = None  # liable in this canton since
    other_rate: Decimal | None = None
    work_days: Decimal | None = None
    work_days_abroad: Decimal = Decimal(0)
    last_wage: Decimal | None = None
    board_code: str = ""


class TaxChange(msgspec.Struct, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """Another code than was used for a month of this year (Korrektur der Quellensteuer).

    Blank and None leave the rest as it was: another canton brings its ``model`` and ``commune``;
    ``scale``, ``other`` and ``share`` are those of ``TaxedMonth``. A month that was not liable has
    code NON.
    """

    month: dt.date
    code: str
    canton: str = ""
    model: TaxModel | None = None
    commune: int | None = None
    scale: Decimal | None = None
    other: Decimal | None = None
    share: Decimal | None = None


class TariffRow(msgspec.Struct, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """A row of a tariff: it holds from this income on. Percent of the taxable income, at least so much."""

    income_from: Decimal
    percent: Decimal
    minimum: Decimal = ZERO


class AgeStep(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """A reference age by year of birth and sex: years and months (AHVG Art. 21, transition to 65)."""

    sex: Sex
    born_until: int  # the last year of birth it holds for
    years: int
    months: int


class AgeCredit(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """Retirement credits from an age on, in percent (Altersgutschriften, BVG Art. 16)."""

    age_from: int  # year less year of birth
    age_to: int
    percent: Decimal


class Figures(msgspec.Struct, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """Figures of law on a day of the month that is reckoned (gesetzliche Werte); see ``payroll.rates``."""

    ahv_employee: Decimal
    ahv_employer: Decimal
    alv_employee: Decimal
    alv_employer: Decimal
    alv_ceiling: Decimal  # a year
    allowance_month: Decimal  # of pensioners
    small_wage: Decimal  # a year
    uvg_ceiling: Decimal
    reference_ages: tuple[AgeStep, ...]
    liable_from_age: int = 17  # from 1 January after this birthday
    bvg_threshold: Decimal = ZERO
    bvg_coordination: Decimal = ZERO
    bvg_upper: Decimal = ZERO
    bvg_minimum: Decimal = ZERO
    median_wage: Decimal = ZERO
    bvg_credits: tuple[AgeCredit, ...] = ()
    car_percent: Decimal = ZERO  # a month, of the price without VAT
    car_minimum: Decimal = ZERO  # a month
    thirteenth_percent: Decimal = (
        ZERO  # that wages by hours and lessons earn of a 13th month's wage
    )
    simplified_tax: Decimal = ZERO  # percent, by the simplified procedure
    family_income_month: Decimal = ZERO  # that family allowances ask for
    trainee_percent: Decimal = ZERO  # of the UVG ceiling, that is insured at least from 20 years on
    trainee_percent_young: Decimal = ZERO  # before


class Terms(msgspec.Struct, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """How the company reckons (Abrechnungsregeln). ``rounding`` is 0.05 or 0.01.

    ``monthly_hours`` at 100 % turn a monthly wage into an hourly rate. ``simplified`` is the BGSA's.
    """

    rounding: Decimal = Decimal("0.05")
    monthly_hours: Decimal = Decimal(182)
    simplified: bool = False


class MonthInput(msgspec.Struct, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """All that a person's slip of a month is reckoned from.

    ``contracts``, ``contributions`` and ``withholdings`` are those of the whole year until the end
    of the month. ``tariffs`` are by canton and code, such as ``ZH A0N``, ordered by income.
    ``institutions`` tells who gets what the law sets: the ids for ``ahv`` and ``alv``.
    Of somebody who left in an earlier year ``contracts`` are the last ones, and ``earlier`` is that
    year; None where it is not known.
    """

    month: dt.date  # its first day
    person: Person
    contracts: tuple[Contract, ...]
    types: Mapping[str, WageType]  # by number, as text
    roles: Mapping[str, int] = msgspec.field(
        default_factory=dict
    )  # what the program needs types for: numbers
    movements: tuple[Movement, ...] = ()
    contributions: tuple[Contribution, ...] = ()
    withholdings: tuple[Withholding, ...] = ()
    tax_changes: tuple[TaxChange, ...] = ()
    tariffs: Mapping[str, tuple[TariffRow, ...]] = msgspec.field(default_factory=dict)
    figures: Figures
    institutions: Mapping[str, int] = msgspec.field(default_factory=dict)
    terms: Terms = msgspec.field(default_factory=Terms)
    carry: Carry = msgspec.field(default_factory=Carry)
    earlier: Earlier | None = None


# --- what comes out ---------------------------------------------------------------------------------
class Reason(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """Why an amount is what it is: a code and its values; pages put it into words."""

    code: str
    values: Mapping[str, str] = msgspec.field(default_factory=dict)


class SlipLine(msgspec.Struct, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """A line of a slip (Zeile der Lohnabrechnung).

    ``amount`` is signed as the employee sees it: what is paid is positive, deductions negative.
    ``paid`` says whether it counts for the payout: base lines and infos do not.
    """

    type: int
    kind: Kind
    name: str
    amount: Decimal
    quantity: Decimal | None = None
    rate: Decimal | None = None
    base: Decimal | None = None
    percent: Decimal | None = None
    text: str = ""
    employment: int = 0
    cost_centre: str = ""
    for_month: dt.date | None = None
    box: str = ""
    bases: frozenset[Base] = frozenset()
    periodic: bool = True
    paid: bool = True
    why: tuple[Reason, ...] = ()


class Charge(msgspec.Struct, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """A contribution of the month (Beitrag): what lists, entry and declarations are made from.

    ``wages`` counted and ``insured`` are those of this month; both parts are positive where they
    are due, and negative where they are paid back.
    """

    key: str
    insurance: Insurance
    code: str
    institution: int | None
    type: int | None
    days: int
    wages: Decimal
    insured: Decimal
    employee_percent: Decimal
    employer_percent: Decimal
    employee: Decimal
    employer: Decimal
    canton: str = ""
    why: tuple[Reason, ...] = ()


class Tax(msgspec.Struct, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """Withholding tax of the month, one for each month and code that it is for (Quellensteuer)."""

    month: dt.date  # that it is for
    canton: str
    commune: int | None
    code: str
    taxable: Decimal
    determinant: Decimal
    percent: Decimal
    amount: Decimal
    is_correction: bool = False
    why: tuple[Reason, ...] = ()


class Finding(msgspec.Struct, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """What somebody should look at before the run is approved; ``stops`` it, or only warns."""

    code: str
    values: Mapping[str, str] = msgspec.field(default_factory=dict)
    stops: bool = False


class Slip(msgspec.Struct, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """A person's wages of a month (Lohnabrechnung). ``payout`` = net wage + expenses − advances."""

    month: dt.date
    lines: tuple[SlipLine, ...]
    charges: tuple[Charge, ...]
    taxes: tuple[Tax, ...]
    gross: Decimal
    net: Decimal
    payout: Decimal
    days: int
    carry: Carry
    findings: tuple[Finding, ...] = ()
