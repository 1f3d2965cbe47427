"""How facts look to people (Felder der Angaben): labels, widgets, choices. One list for all faces."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from payroll.employees import facts
from payroll.employees.personal import PERMITS
from payroll.wages.kinds import Pay, Sex, Thirteenth

#: Words for the choices of facts.
CHOICES: Final[dict[type, dict[str, Any]]] = {
    Sex: {"F": _("female"), "M": _("male")},
    Pay: {"month": _("monthly wage"), "hour": _("hourly wage"), "lesson": _("wage by lessons")},
    Thirteenth: {
        "none": _("none"), "december": _("in December"), "halves": _("in June and December"),
        "quarters": _("each quarter"), "monthly": _("each month"),
    },
    facts.Status: {
        "unknown": _("unknown"), "single": _("single"), "married": _("married"),
        "widowed": _("widowed"), "divorced": _("divorced"), "separated": _("separated"),
        "registeredPartnership": _("registered partnership"),
        "partnershipDissolvedByLaw": _("partnership dissolved"),
    },
    facts.ResidenceKind: {
        "swiss": _("in Switzerland"), "daily": _("abroad, comes each day"),
        "weekly": _("abroad, stays the week"),
    },
    facts.AllowanceKind: {
        "none": _("none"), "child": _("child allowance"), "education": _("education allowance"),
    },
    facts.Education: {
        "": _("unknown"), "doctorate": _("doctorate"), "universityMaster": _("university, master"),
        "universityBachelor": _("university, bachelor"),
        "higherEducationMaster": _("university of applied sciences, master"),
        "higherEducationBachelor": _("university of applied sciences, bachelor"),
        "higherVocEducation": _("higher vocational education"),
        "teacherCertificate": _("teacher's certificate"),
        "universityEntranceCertificate": _("matura"), "vocEducationCompl": _("apprenticeship completed"),
        "enterpriseEducation": _("education within the firm"),
        "mandatorySchoolOnly": _("mandatory school"),
    },
    facts.Position: {
        "": _("unknown"), "highestCadre": _("upper management"), "middleCadre": _("middle management"),
        "lowerCadre": _("lower management"), "lowestCadre": _("lowest management"),
        "noCadre": _("without a leading position"),
    },
    facts.Engagement: {
        "indefinite": _("without a term"), "fixed": _("for a fixed term"),
        "apprentice": _("apprentice"), "intern": _("intern"),
    },
    facts.LeavingReason: {
        "resigned": _("gave notice"), "dismissed": _("was given notice"),
        "agreed": _("by agreement"), "limited": _("limited contract"), "retired": _("retirement"),
        "death": _("death"), "other": _("other reason"),
    },
    facts.LeaveKind: {
        "holidays": _("holidays"), "overtime": _("overtime"), "sickness": _("sickness"),
        "accident": _("accident"), "military": _("military or civilian service"),
        "parenthood": _("parenthood"), "unpaid": _("unpaid leave"), "other": _("other absence"),
    },
}  # fmt: skip
_PERMIT: Final = {"": "–", **{one: one for one in PERMITS}}
_CHURCH: Final = {
    "": _("none or unknown"), "roman": _("Roman Catholic"), "reformed": _("Reformed"),
    "christian_catholic": _("Christian Catholic"), "jewish": _("Jewish community"),
    "other": _("other"),
}  # fmt: skip


@dataclass(frozen=True)
class Field:
    """A field of a value. ``many`` are choices that a company has: solutions, funds, wage types."""

    name: str
    label: Any
    width: str = "w3 half"
    choices: Mapping[str, Any] | None = None
    hint: Any = ""
    many: str = ""
    most: int = 120
    decimals: int = 2


@dataclass(frozen=True)
class Kind:
    """A kind of facts with its fields, in the order they are typed."""

    name: str
    label: Any
    fields: tuple[Field, ...]

    @property
    def value(self) -> type[facts.FactValue]:
        return facts.KINDS[self.name]


_CANTON: Final = Field("canton", _("Canton"), "w2 half", most=2)
_COMMUNE: Final = Field("commune", _("Commune number"), "w2 half", most=5,
                        hint=_("of the BFS; the postcode finds it"))  # fmt: skip

KINDS: Final[dict[str, Kind]] = {
    one.name: one
    for one in (
        Kind("wage", pgettext_lazy("of a person", "Wage"), (
            Field("pay", _("Kind of wage"), choices=CHOICES[Pay]),
            Field("amount", _("Wage"), hint=_("a month's at the degree, or an hour's"), most=16, decimals=4),
            Field("degree", _("Degree, percent"), "w2 half", most=7),
            Field("weekly_hours", _("Hours a week"), "w2 half", most=6),
            Field("weekly_lessons", _("Lessons a week"), "w2 half", most=6),
            Field("thirteenth", _("13th month's wage"), choices=CHOICES[Thirteenth]),
            Field("holiday_weeks", _("Weeks of holidays"), "w2 half", most=5),
            Field("public_holiday_percent", _("Public holidays, percent"), "w3 half", most=6,
                  hint=_("of hourly wages"), decimals=4),
            Field("canton", _("Canton of the place of work"), most=2),
            Field("cost_split", _("Cost centres"), "w6", hint=_("such as 100=60, 200=40")),
            Field("trainee", _("Intern, trainee, trial (UVG least wage)"), "w4"),
        )),
        Kind("insured", _("Insurances"), (Field("solutions", _("Insurance solutions"), "w12", many="solutions"),)),
        Kind("pension", _("Pension fund (BVG)"), (
            Field("institution", _("Pension fund"), many="funds"),
            Field("employee_amount", _("Employee, a month"), most=16),
            Field("employer_amount", _("Employer, a month"), most=16),
            Field("annual_wage", _("Reported annual wage"), most=16),
        )),
        Kind("payout", _("Payout"), (Field("shares", _("Accounts"), "w12"),)),
        Kind("residence", _("Residence"), (
            Field("kind", _("Lives"), choices=CHOICES[facts.ResidenceKind]),
            _CANTON, _COMMUNE, Field("country", _("Country"), "w2 half", most=2),
        )),
        Kind("civil_status", _("Civil status"), (
            Field("status", _("Civil status"), choices=CHOICES[facts.Status]),
            Field("spouse_name", _("Spouse"), "w4", most=100),
            Field("spouse_birth_date", _("Spouse born on")),
            Field("spouse_ahv_number", _("AHV number of the spouse"), most=20),
            Field("spouse_works", _("Spouse works in (country)"), hint=_("CH, a country, or nothing"), most=2),
            Field("spouse_canton", _("Spouse works in (canton)"), most=2),
        )),
        Kind("permit", _("Permit"), (
            Field("category", _("Permit"), choices=_PERMIT), Field("expires", _("Valid until")),
        )),
        Kind("religion", _("Confession"), (Field("church", _("Confession"), "w4", choices=_CHURCH),)),
        Kind("withholding", _("Withholding tax"), (
            Field("code", _("Code"), "w2 half", hint=_("such as A0N; blank is not liable"), most=4),
            Field("canton", _("Canton of the tax"), "w2 half", most=2), _COMMUNE,
            Field("only_job", _("The only job")),
            Field("own_rate", _("Own degree, percent"), most=7,
                  hint=_("blank is that of the contract; 0 is unknown, the median wage counts")),
            Field("total_rate", _("Degree of all jobs, percent"), most=7),
            Field("other_rate", _("Degree of other jobs, percent"), hint=_("where wages here are by the hour"), most=7),
            Field("other_income", _("Monthly income elsewhere"), most=16),
            Field("work_days", _("Days of work a month"), "w2 half", most=5),
            Field("work_days_abroad", _("Days of work abroad a month"), "w2 half", most=5,
                  hint=_("they are not taxed; what is typed for a month goes before")),
            Field("board_code", _("Code of board fees"), "w2 half", most=3,
                  hint=_("beside a wage: HEN or HEY; fees are taxed flat")),
            Field("last_wage", _("Last monthly wage"), most=16,
                  hint=_("of who left before the first payslip here")),
            Field("reason", _("Reason of the change"), "w6", most=120),
        )),
        Kind("holidays", _("Holidays"), (Field("days", _("Days a year at 100 %"), "w3 half", most=6),)),
        Kind("statistics", _("Statistics of wages (LSE)"), (
            Field("education", _("Highest education"), "w6", choices=CHOICES[facts.Education]),
            Field("position", pgettext_lazy("employment", "Position"), "w4", choices=CHOICES[facts.Position]),
            Field("engagement", _("Engaged"), choices=CHOICES[facts.Engagement]),
        )),
        Kind("child", _("Child"), (
            Field("first_name", _("First name"), most=60), Field("last_name", _("Last name"), most=60),
            Field("birth_date", _("Born on")), Field("ahv_number", _("AHV number"), most=20),
            Field("allowance", _("Allowance"), choices=CHOICES[facts.AllowanceKind]),
            Field("amount", _("Amount a month"), hint=_("blank is what the canton pays"), most=10),
            Field("canton", _("Canton of the allowance"), hint=_("blank is the place of work"), most=2),
            Field("in_household", _("In the same household")),
        )),
        Kind("recurring", _("Recurring wage type"), (
            Field("type", _("Wage type"), "w4", many="types"),
            Field("amount", _("Amount"), most=16), Field("quantity", _("Quantity"), most=16, decimals=4),
            Field("rate", _("Rate"), most=16, decimals=4), Field("percent", _("Percent"), most=9, decimals=4),
            Field("keeps", _("Minimum for existence"), hint=_("stays with the employee, of a garnishment"), most=16),
            Field("text", _("Text"), "w6", most=80),
            Field("months", _("Months"), "w3", hint=_("such as 6, 12; blank is each month"), most=40),
        )),
        Kind("leaving", _("Exit"), (
            Field("reason", _("Reason"), choices=CHOICES[facts.LeavingReason]),
            Field("text", _("Note"), "w6", most=120),
            Field("wages_of_year", _("AHV wages of the year until the exit"), most=16,
                  hint=_("where this program did not pay that year")),
        )),
    )
}  # fmt: skip
#: What does not change with time, of an employee.
PERSONAL: Final = (
    Field("birth_date", _("Born on")),
    Field("sex", _("Sex"), choices=CHOICES[Sex]),
    Field("ahv_number", _("AHV number"), most=20),
    Field("nationality", _("Nationality"), hint=_("two letters, such as CH"), most=2),
    Field("place_of_origin", _("Place of origin"), "w4", most=60),
    Field("waives_allowance", _("Waives the allowance of pensioners"), "w4"),
    Field("asks_small_wages", _("Wants contributions on small wages"), "w4"),
    Field("spouse_works_here", _("Spouse or relative of the owner"), "w4"),
)
#: Fields of an account that wages go to.
SHARE: Final = (
    Field("iban", "IBAN", "w4", most=42),
    Field("name", _("Account holder"), "w2", most=70),
    Field("bic", _("BIC, if abroad"), "w2 half", most=11),
    Field("amount", _("Amount"), "w2 half", most=16),
    Field("percent", _("Percent"), "w2 half", most=9),
)
