"""Personal data, family, residence and tax, checked (Personalien, Familie, Wohnsitz, Quellensteuer)."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Final

import msgspec
from django.utils.translation import gettext_lazy as _

from erp.core.display import figure
from erp.core.errors import DomainError, gathered, raise_all
from erp.core.texts import one_line
from payroll.employees import tax_codes
from payroll.employees.ahv import parse_ahv
from payroll.employees.common import canton_of, country_of, missing, place_of, within, years_between
from payroll.employees.facts import (
    Child,
    CivilStatus,
    Permit,
    Personal,
    Religion,
    Residence,
    ResidenceKind,
    WithholdingTax,
)
from payroll.employees.known import Known
from payroll.wages.values import HUNDRED

#: Permits (AIG, VZAE): short stay, cross-border, asylum and protection; notifications of 90 and 120 days.
PERMITS: Final = ("B", "C", "Ci", "F", "G", "L", "N", "S", "90", "120")
CHURCHES: Final = ("roman", "reformed", "christian_catholic", "jewish", "other")
YOUNGEST, OLDEST = 13, 100  # years (ArGV 5 Art. 8: light work from 13 on)


class BirthNotPossible(DomainError):
    code = "people.birth_not_possible"
    message = _("Somebody born on %(value)s is not between %(youngest)s and %(oldest)s years old. Correct "
                "the date of birth.")  # fmt: skip
    field = "birth_date"


class BornLater(DomainError):
    code = "people.born_later"
    message = _("%(value)s lies in the future. Correct the date of birth.")
    field = "birth_date"


class UnknownPermit(DomainError):
    code = "people.unknown_permit"
    message = _("“%(value)s” is no permit. Choose one of: %(known)s.")
    field = "category"


class UnknownChurch(DomainError):
    code = "people.unknown_church"
    message = _("“%(value)s” is not known here. Choose one of: %(known)s.")
    field = "church"


class UnknownTaxCode(DomainError):
    code = "people.unknown_tax_code"
    message = _("“%(value)s” is no code of withholding tax. Write letter, number of children and church "
                "tax, such as B2N, or one of: %(known)s.")  # fmt: skip
    field = "code"


class AbroadInSwitzerland(DomainError):
    code = "people.abroad_in_switzerland"
    message = _("Whoever comes from abroad each day or week does not live in Switzerland. Choose the "
                "country, or “in Switzerland”.")  # fmt: skip
    field = "country"


class OnlyJobOfSeveral(DomainError):
    code = "people.only_job_of_several"
    message = _(
        "“The only job” and figures of other jobs contradict each other. Take one of them away."
    )
    field = "only_job"


class OtherJobsTwice(DomainError):
    code = "people.other_jobs_twice"
    message = _(
        "The degree of all jobs, that of other jobs and the income elsewhere say the same. Keep one of them."
    )
    field = "other_rate"


class NotOfABoard(DomainError):
    code = "people.not_of_a_board"
    message = _("“%(value)s” cannot be beside this code. Fees of a board are HEN or HEY, beside a code such as "
                "A0N; whoever has nothing else has it as the code itself.")  # fmt: skip
    field = "board_code"


class DaysAbroad(DomainError):
    code = "people.days_abroad"
    message = _(
        "%(abroad)s days abroad are more than the %(days)s days of work. Correct one of them."
    )
    field = "work_days_abroad"


class RateAboveTotal(DomainError):
    code = "people.rate_above_total"
    message = _(
        "The own degree of %(own)s %% is above that of all jobs, %(total)s %%. Correct one of them."
    )
    field = "own_rate"


def check_personal(value: Personal, known: Known) -> Personal:
    """Personal data as they are kept. Raises ``BadAhvNumber``, ``BirthNotPossible`` and their kin."""
    faults: list[DomainError] = []
    number = gathered(faults, lambda: parse_ahv(value.ahv_number)) or ""
    if not YOUNGEST <= years_between(value.birth_date, known.on) <= OLDEST:
        faults.append(BirthNotPossible(value=value.birth_date, youngest=YOUNGEST, oldest=OLDEST))
    nationality = country_of(value.nationality, known, faults, "nationality")
    if not nationality:
        faults.append(missing(_("nationality"), "nationality"))
    raise_all(faults)
    origin = one_line(value.place_of_origin, field="place_of_origin", most=60)
    return msgspec.structs.replace(
        value, ahv_number=number, nationality=nationality, place_of_origin=origin
    )


def check_civil_status(value: CivilStatus, known: Known) -> CivilStatus:
    faults: list[DomainError] = []
    spouse = value.spouse_ahv_number
    number = gathered(faults, lambda: parse_ahv(spouse, field="spouse_ahv_number")) or ""
    _born(value.spouse_birth_date, known, faults, "spouse_birth_date")
    works = country_of(value.spouse_works, known, faults, "spouse_works")
    canton = canton_of(value.spouse_canton, known, faults, "spouse_canton")
    raise_all(faults)
    name = one_line(value.spouse_name, field="spouse_name", most=100)
    return msgspec.structs.replace(
        value, spouse_name=name, spouse_ahv_number=number, spouse_works=works,
        spouse_canton=canton if works == "CH" else "",
    )  # fmt: skip


def check_child(value: Child, known: Known) -> Child:
    faults: list[DomainError] = []
    number = gathered(faults, lambda: parse_ahv(value.ahv_number)) or ""
    _born(value.birth_date, known, faults, "birth_date")
    within(value.amount, Decimal(0), Decimal(2_000), faults, "amount")
    canton = canton_of(value.canton, known, faults)
    first = one_line(value.first_name, field="first_name", most=60)
    if not first:
        faults.append(missing(_("first name"), "first_name"))
    raise_all(faults)
    last = one_line(value.last_name, field="last_name", most=60)
    return msgspec.structs.replace(
        value, ahv_number=number, canton=canton, first_name=first, last_name=last
    )


def _born(day: dt.date | None, known: Known, faults: list[DomainError], field: str) -> None:
    if day is not None and day > known.on:
        faults.append(BornLater(field=field, value=day))


def check_residence(value: Residence, known: Known) -> Residence:
    """Where somebody lives: a canton in Switzerland, a country abroad."""
    faults: list[DomainError] = []
    country = country_of(value.country, known, faults)
    canton, commune = place_of(value.canton, value.commune, known, faults)
    if value.kind == ResidenceKind.SWISS:
        country = "CH"
        if not canton:
            faults.append(missing(_("canton"), "canton"))
    elif country in {"", "CH"}:
        faults.append(AbroadInSwitzerland())
    raise_all(faults)
    return msgspec.structs.replace(value, country=country, canton=canton, commune=commune)


def check_permit(value: Permit, known: Known) -> Permit:
    category = next((one for one in PERMITS if one.upper() == value.category.strip().upper()), None)
    if value.category.strip() and category is None:
        raise UnknownPermit(value=value.category[:10], known=", ".join(PERMITS))
    return msgspec.structs.replace(value, category=category or "")


def check_religion(value: Religion, known: Known) -> Religion:
    if value.church and value.church not in CHURCHES:
        raise UnknownChurch(value=value.church[:30], known=", ".join(CHURCHES))
    return value


def check_withholding(value: WithholdingTax, known: Known) -> WithholdingTax:
    """A code that exists, with its place. Blank is not liable."""
    faults: list[DomainError] = []
    reason = one_line(value.reason, field="reason", most=120)
    if not value.code.strip():
        return WithholdingTax(reason=reason)
    code = tax_codes.parse_code(value.code)
    if code is None:
        faults.append(
            UnknownTaxCode(value=value.code[:10], known=", ".join(sorted(tax_codes.PREDEFINED)))
        )
    canton, commune = place_of(value.canton, value.commune, known, faults)
    if not canton:
        faults.append(missing(_("canton of the tax"), "canton"))
    board = value.board_code.strip().upper()
    if board and (board not in tax_codes.BOARD or (code is not None and not code.letter)):
        faults.append(NotOfABoard(value=value.board_code[:10]))
    _other_jobs(value, faults)
    _days(value, faults)
    within(value.last_wage, Decimal(0), Decimal(1_000_000), faults, "last_wage")
    raise_all(faults)
    assert code is not None
    return msgspec.structs.replace(
        value, code=code.text, canton=canton, commune=commune, reason=reason, board_code=board
    )


def _other_jobs(value: WithholdingTax, faults: list[DomainError]) -> None:
    within(value.own_rate, Decimal(0), Decimal(200), faults, "own_rate")
    within(value.total_rate, Decimal("0.01"), Decimal(200), faults, "total_rate")
    within(value.other_rate, Decimal("0.01"), Decimal(200), faults, "other_rate")
    within(value.other_income, Decimal(0), Decimal(1_000_000), faults, "other_income")
    told = [
        one for one in (value.total_rate, value.other_rate, value.other_income) if one is not None
    ]
    if value.only_job and told:
        faults.append(OnlyJobOfSeveral())
    elif len(told) > 1:
        faults.append(OtherJobsTwice())
    own, total = value.own_rate, value.total_rate
    if own is not None and total is not None and own > max(total, HUNDRED):
        faults.append(RateAboveTotal(own=own, total=total))


def _days(value: WithholdingTax, faults: list[DomainError]) -> None:
    """Days abroad are of days of work. Raises nothing; faults are added."""
    for name in ("work_days", "work_days_abroad"):
        within(getattr(value, name), Decimal(0), Decimal(31), faults, name)
    days, abroad = value.work_days, value.work_days_abroad
    if abroad and days is None:
        faults.append(missing(_("days of work a month"), "work_days"))
    elif abroad and days is not None and abroad > days:
        faults.append(DaysAbroad(abroad=figure(abroad), days=figure(days)))
