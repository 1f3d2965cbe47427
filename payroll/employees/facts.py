"""What is known of people, typed (Angaben zur Person): each kind with its fields.

These values lie sealed in the database. Texts are as somebody typed them, checked by
``payroll.employees.checking`` before they are kept. A new field has a default, so that what was
sealed before still opens.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from enum import StrEnum
from typing import Final, get_args

import msgspec

from payroll.wages.kinds import Pay, Sex, Thirteenth
from payroll.wages.values import HUNDRED


class Value(msgspec.Struct, frozen=True, kw_only=True):
    """A sealed value without a history."""


class Personal(Value, frozen=True, kw_only=True):
    """What does not change with time (Personalien). ``ahv_number`` is 756.xxxx.xxxx.xx, or blank."""

    birth_date: dt.date
    sex: Sex
    ahv_number: str = ""
    nationality: str = "CH"  # ISO 3166
    place_of_origin: str = ""
    waives_allowance: bool = False
    asks_small_wages: bool = False
    spouse_works_here: bool = False


class ImportReport(Value, frozen=True, kw_only=True):
    """What became of a file of people; ``faults`` name bad rows with what they say."""

    rows: int
    new: int
    bad: int
    faults: tuple[str, ...] = ()


class LeaveKind(StrEnum):
    HOLIDAYS = "holidays"  # in days
    OVERTIME = "overtime"  # in hours
    SICKNESS = "sickness"  # in days
    ACCIDENT = "accident"
    MILITARY = "military"
    PARENTHOOD = "parenthood"
    UNPAID = "unpaid"
    OTHER = "other"


class LeaveBooking(Value, frozen=True, kw_only=True):
    """Days or hours; positive is earned, negative is taken."""

    kind: LeaveKind
    amount: Decimal
    text: str = ""


class FactValue(msgspec.Struct, frozen=True, kw_only=True, tag_field="fact"):
    """A sealed value with a history; its tag is the ``kind`` of its ``Fact``."""


# --- facts, one at a time ---------------------------------------------------------------------------
class Status(StrEnum):
    UNKNOWN = "unknown"
    SINGLE = "single"
    MARRIED = "married"
    WIDOWED = "widowed"
    DIVORCED = "divorced"
    SEPARATED = "separated"
    PARTNERSHIP = "registeredPartnership"
    PARTNERSHIP_DISSOLVED = "partnershipDissolvedByLaw"


class CivilStatus(FactValue, frozen=True, kw_only=True, tag="civil_status"):
    """Civil status and spouse (Zivilstand). ``spouse_works`` is where: CH, a country, or blank."""

    status: Status
    spouse_name: str = ""
    spouse_birth_date: dt.date | None = None
    spouse_ahv_number: str = ""
    spouse_works: str = ""
    spouse_canton: str = ""


class ResidenceKind(StrEnum):
    SWISS = "swiss"
    DAILY = "daily"  # lives abroad, comes each day
    WEEKLY = "weekly"  # lives abroad, stays the week


class Residence(FactValue, frozen=True, kw_only=True, tag="residence"):
    """Where somebody lives for tax (steuerlicher Wohnsitz); ``commune`` is the number of the BFS."""

    kind: ResidenceKind = ResidenceKind.SWISS
    canton: str = ""
    commune: int | None = None
    country: str = "CH"


class Permit(FactValue, frozen=True, kw_only=True, tag="permit"):
    """Permit of foreigners (Aufenthaltsbewilligung): B, C, Ci, F, G, L, N, S; blank for the Swiss."""

    category: str
    expires: dt.date | None = None


class Religion(FactValue, frozen=True, kw_only=True, tag="religion"):
    """Church for the church tax (Konfession)."""

    church: str = ""  # roman, reformed, christian_catholic, jewish, other; blank is none


class Wage(FactValue, frozen=True, kw_only=True, tag="wage"):
    """Terms of the contract (Vertragslohn). ``amount`` is a month's at ``degree``, or an hour's."""

    pay: Pay
    amount: Decimal
    degree: Decimal = HUNDRED
    weekly_hours: Decimal | None = None
    weekly_lessons: Decimal | None = None
    thirteenth: Thirteenth = Thirteenth.NONE
    holiday_weeks: Decimal = Decimal(5)
    public_holiday_percent: Decimal = Decimal(0)
    canton: str = ""  # of the place of work
    cost_split: dict[str, Decimal] = {}
    trainee: bool = False  # insured against accidents for a least wage (UVV Art. 115)


class Insured(FactValue, frozen=True, kw_only=True, tag="insured"):
    """The insurance solutions somebody has, by their ids (Versicherungslösungen)."""

    solutions: tuple[int, ...] = ()


class Pension(FactValue, frozen=True, kw_only=True, tag="pension"):
    """What the pension fund reported (BVG): amounts a month; None is reckoned from rates or by law."""

    employee_amount: Decimal | None = None
    employer_amount: Decimal | None = None
    annual_wage: Decimal | None = None
    institution: int | None = None


class WithholdingTax(FactValue, frozen=True, kw_only=True, tag="withholding"):
    """Withholding tax (Quellensteuer). Blank ``code`` is not liable. See ``wages.values.Withholding``.

    ``work_days`` and ``work_days_abroad`` are those of a usual month; what is typed for a month goes
    before them. ``last_wage`` is told of who left before the first slip here.
    """

    code: str = ""
    canton: str = ""
    commune: int | None = None
    only_job: bool = True
    own_rate: Decimal | None = None  # None is the degree of the contract, 0 is unknown
    total_rate: Decimal | None = None
    other_income: Decimal | None = None
    reason: str = ""  # of the change, as it is reported
    other_rate: Decimal | None = None
    work_days: Decimal | None = None
    work_days_abroad: Decimal | None = None
    last_wage: Decimal | None = None
    board_code: str = ""  # of fees of a board beside a wage: HEN or HEY


class Share(Value, frozen=True, kw_only=True):
    """A part of the payout: percent or amount; neither is the rest. ``iban`` is in its short form.

    ``bic`` names the bank of an account abroad; Swiss ones have none.
    """

    iban: str
    name: str = ""
    bic: str = ""
    amount: Decimal | None = None
    percent: Decimal | None = None


class Payout(FactValue, frozen=True, kw_only=True, tag="payout"):
    """To which accounts wages go (Auszahlung), in order; the last one takes the rest."""

    shares: tuple[Share, ...] = ()


class Holidays(FactValue, frozen=True, kw_only=True, tag="holidays"):
    """Days of holidays a year at full time (Ferienanspruch)."""

    days: Decimal


class Education(StrEnum):
    """The highest education that was completed, as the statistics of wages ask for it (ELM 5.0)."""

    UNKNOWN = ""
    DOCTORATE = "doctorate"
    MASTER = "universityMaster"
    BACHELOR = "universityBachelor"
    APPLIED_MASTER = "higherEducationMaster"
    APPLIED_BACHELOR = "higherEducationBachelor"
    HIGHER_VOCATIONAL = "higherVocEducation"
    TEACHER = "teacherCertificate"
    MATURA = "universityEntranceCertificate"
    VOCATIONAL = "vocEducationCompl"
    IN_HOUSE = "enterpriseEducation"
    MANDATORY = "mandatorySchoolOnly"


class Position(StrEnum):
    """The place in the firm, as the statistics of wages ask for it (ELM 5.0)."""

    UNKNOWN = ""
    HIGHEST = "highestCadre"
    MIDDLE = "middleCadre"
    LOWER = "lowerCadre"
    LOWEST = "lowestCadre"
    NONE = "noCadre"


class Engagement(StrEnum):
    """How long somebody is engaged for."""

    INDEFINITE = "indefinite"
    FIXED = "fixed"
    APPRENTICE = "apprentice"
    INTERN = "intern"


class Statistics(FactValue, frozen=True, kw_only=True, tag="statistics"):
    """What the survey of wages asks of a person (Lohnstrukturerhebung, LSE)."""

    education: Education = Education.UNKNOWN
    position: Position = Position.UNKNOWN
    engagement: Engagement = Engagement.INDEFINITE


class LeavingReason(StrEnum):
    RESIGNED = "resigned"
    DISMISSED = "dismissed"
    AGREED = "agreed"
    LIMITED = "limited"  # the term of the contract ended
    RETIRED = "retired"
    DEATH = "death"
    OTHER = "other"


class Leaving(FactValue, frozen=True, kw_only=True, tag="leaving"):
    """Why somebody leaves (Austrittsgrund); it holds from the day of exit on.

    ``wages_of_year`` are the AHV wages from January until the exit, in CHF, where slips do not tell
    them: what is paid in a later year is insured up to that year's limits.
    """

    reason: LeavingReason = LeavingReason.OTHER
    text: str = ""
    wages_of_year: Decimal | None = None


# --- facts, several beside each other ---------------------------------------------------------------
class AllowanceKind(StrEnum):
    NONE = "none"
    CHILD = "child"
    EDUCATION = "education"


class Child(FactValue, frozen=True, kw_only=True, tag="child"):
    """A child (Kind). Its allowance is paid while the fact holds; None is what the canton pays."""

    first_name: str
    birth_date: dt.date
    last_name: str = ""
    ahv_number: str = ""
    allowance: AllowanceKind = AllowanceKind.NONE
    amount: Decimal | None = None
    canton: str = ""
    in_household: bool = True


class Recurring(FactValue, frozen=True, kw_only=True, tag="recurring"):
    """A wage type each month while the fact holds (wiederkehrende Lohnart).

    ``keeps`` makes an advance a garnishment: what of the net wage stays with the employee.
    """

    type: int
    quantity: Decimal | None = None
    rate: Decimal | None = None
    amount: Decimal | None = None
    percent: Decimal | None = None
    text: str = ""
    months: tuple[int, ...] = ()  # none is each month
    keeps: Decimal | None = None


AnyFact = (
    CivilStatus | Residence | Permit | Religion | Wage | Insured | Pension | WithholdingTax | Payout
    | Holidays | Leaving | Child | Recurring | Statistics
)  # fmt: skip

#: Kinds of facts, by their tags.
KINDS: Final[dict[str, type[FactValue]]] = {
    str(one.__struct_config__.tag): one for one in get_args(AnyFact)
}
#: Kinds of which several hold at once, told apart by their keys.
SEVERAL: Final = frozenset({"child", "recurring"})


def kind_of(value: FactValue) -> str:
    """The tag of a value: the ``kind`` of its ``Fact``."""
    return str(value.__struct_config__.tag)
