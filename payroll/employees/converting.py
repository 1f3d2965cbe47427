"""A person's file as the calculation takes it (Lohndaten): pure, nothing is asked or written here."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from msgspec.structs import replace

from erp.core.money import to_five_centimes
from payroll.employees.facts import AllowanceKind, Child, Recurring, Wage, WithholdingTax
from payroll.employees.people import DAY, Held, Period, PersonFile
from payroll.rates.cantonal import tax_model
from payroll.rates.family import Allowance
from payroll.wages.kinds import Pay
from payroll.wages.spans import MONTH_DAYS, month_end, position_of_end, position_of_start
from payroll.wages.values import HUNDRED, Contract, Finding, Movement, Person, Withholding
from payroll.wages.withholding.account import NOT_LIABLE
from payroll.wages.withholding.jobs import of_all_jobs

WEEKS: Final = Decimal(52)
CENTIME: Final = Decimal("0.01")
#: The role of the wage type that pays an allowance.
ROLES: Final = {AllowanceKind.CHILD: "child", AllowanceKind.EDUCATION: "education"}
#: Days with the fact that holds on them, if there is one.
Told = tuple[dt.date, dt.date, Held | None]
#: The allowance of a month in a canton: given canton, child, a day, and which child of the family it is.
AmountOf = Callable[[str, Child, dt.date, int], Allowance | None]


def person_of(file: PersonFile, *, always_liable: bool = False) -> Person:
    """Whose wages they are; ``always_liable`` is a setting of the company."""
    told = file.personal
    return Person(
        birth_date=told.birth_date, sex=told.sex, waives_allowance=told.waives_allowance,
        asks_small_wages=told.asks_small_wages, always_liable=always_liable,
    )  # fmt: skip


def holiday_percent(weeks: Decimal) -> Decimal:
    """Holiday pay in percent of hourly wages, two decimals: 4 weeks 8.33, 5 10.64, 6 13.04.

    Weeks of the weeks that are worked: weeks / (52 − weeks). Source: BGE 129 III 493, practice of SECO.
    """
    return (weeks / (WEEKS - weeks) * HUNDRED).quantize(CENTIME, ROUND_HALF_UP)


def contracts_of(file: PersonFile, month: dt.date) -> tuple[Contract, ...]:
    """Terms from January until the end of ``month``, each over the days that it and an employment hold.

    Days of an employment without terms are in none of them: see ``missing``. Of somebody who left in an
    earlier year they are the last ones: what is still paid belongs to them.
    """
    first, last = month.replace(month=1, day=1), month_end(month)
    if not file.employed(first, last):
        return _last_contract(file, first)
    spans = [
        _contract(period, held, max(first, period.entry, held.first),
                  _least(last, period.exit, held.last))
        for period in file.employed(first, last) for held in file.during(Wage, first, last)
        if held.meets(period.entry, period.exit or last)
    ]  # fmt: skip
    return tuple(sorted((one for one in spans if one.first <= one.last), key=lambda one: one.first))


def last_employment(file: PersonFile, first: dt.date) -> Period | None:
    """The last employment that ended before a day."""
    ended = [one for one in file.employments if one.exit is not None and one.exit < first]
    return ended[-1] if ended else None


def _last_contract(file: PersonFile, first: dt.date) -> tuple[Contract, ...]:
    period = last_employment(file, first)
    if period is None or period.exit is None:
        return ()
    held = file.during(Wage, period.exit, period.exit)
    begin = max(period.entry, dt.date(period.exit.year, 1, 1))
    return tuple(_contract(period, one, max(begin, one.first), period.exit) for one in held[-1:])


def _contract(period: Period, held: Held, first: dt.date, last: dt.date) -> Contract:
    told: Wage = held.value
    by_month = told.pay == Pay.MONTH
    return Contract(
        first=first, last=last, entry=period.entry, exit=period.exit, employment=period.id,
        pay=told.pay, wage=told.amount, degree=told.degree,
        weekly_hours=told.weekly_lessons if told.pay == Pay.LESSON else told.weekly_hours,
        holiday_percent=Decimal(0) if by_month else holiday_percent(told.holiday_weeks),
        public_holiday_percent=Decimal(0) if by_month else told.public_holiday_percent,
        thirteenth=told.thirteenth, canton=told.canton,
        cost_split=tuple(sorted(told.cost_split.items())), trainee=told.trainee,
    )  # fmt: skip


def withholdings_of(
    file: PersonFile, month: dt.date, *, last_wage: Decimal | None = None
) -> tuple[Withholding, ...]:
    """Withholding tax from January until the end of ``month``; nothing for who never has a code.

    The canton's model is that of the month. A span ends where code or degree change. Days of an
    employment without a code are spans without a canton: nobody is liable on them, so that what
    begins within a month counts from the next one. In a month of entry what held before the entry
    counts for nothing. ``since`` is when the liability in this canton began: the first day of the
    facts that follow one another without a gap. ``last_wage`` is the last monthly wage of all jobs of
    somebody who left in an earlier year, as slips tell it; without them it is the fact's, else that
    of the last contract.
    """
    first, last = month.replace(month=1, day=1), month_end(month)
    told = file.during(WithholdingTax, first, last)
    if not any(held.value.code for held in told):
        return ()
    spans: list[Told] = [(max(first, one.first), _least(last, one.last), one) for one in told]
    spans = _from_entries(
        file, sorted([*spans, *_undeclared(file, spans, first, last)], key=_begin)
    )
    since = _since(file)
    found = tuple(
        _withholding(None if held is None else held.value, begin, finish, degree,
                     since[held.id] if held is not None and held.value.code else None, last)
        for start, end, held in spans for begin, finish, degree in _by_degree(file, start, end)
    )  # fmt: skip
    if file.employed(first, last):
        return found
    return tuple(_with_last_wage(one, last_wage, _last_contract(file, first)) for one in found)


def _with_last_wage(
    one: Withholding, told: Decimal | None, contracts: Sequence[Contract]
) -> Withholding:
    wage = one.last_wage if told is None else told
    if wage is None and contracts and contracts[-1].pay == Pay.MONTH:
        wage = of_all_jobs(one, contracts[-1].wage)
    return replace(one, last_wage=wage)


def _withholding(
    told: WithholdingTax | None, first: dt.date, last: dt.date, degree: Decimal,
    since: dt.date | None, day: dt.date,
) -> Withholding:  # fmt: skip
    if told is None or not told.code:
        return Withholding(first=first, last=last, canton="", code=NOT_LIABLE, own_rate=degree)
    return Withholding(
        first=first, last=last, canton=told.canton, code=told.code, commune=told.commune,
        model=tax_model(told.canton, day),
        own_rate=degree if told.own_rate is None else told.own_rate, total_rate=told.total_rate,
        only_job=told.only_job, other_income=told.other_income, since=since,
        other_rate=told.other_rate, work_days=told.work_days,
        work_days_abroad=told.work_days_abroad or Decimal(0), last_wage=told.last_wage,
        board_code=told.board_code,
    )  # fmt: skip


def _undeclared(
    file: PersonFile, told: Sequence[Told], first: dt.date, last: dt.date
) -> Iterator[Told]:
    """The days of employments that no fact holds on; ``told`` are in their order."""
    for period in file.employed(first, last):
        day, end = max(first, period.entry), _least(last, period.exit)
        for begin, finish, _held in told:
            if finish < day or begin > end:
                continue
            if begin > day:
                yield day, begin - DAY, None
            day = finish + DAY
        if day <= end:
            yield day, end, None


def _from_entries(file: PersonFile, spans: list[Told]) -> list[Told]:
    """Spans without the days of a month before somebody entered in it, unless employed on one of them."""
    for period in file.employments:
        begin, end = period.entry.replace(day=1), period.entry - DAY
        if begin > end or file.employed(begin, end):
            continue
        parts = [
            part for start, last, held in spans
            for part in ((start, min(last, begin - DAY), held), (max(start, end + DAY), last, held))
        ]  # fmt: skip
        spans = [part for part in parts if part[0] <= part[1]]
    return spans


def _begin(span: Told) -> dt.date:
    return span[0]


def _since(file: PersonFile) -> dict[int, dt.date]:
    """Since when each fact's canton taxes without a gap, by the fact's id."""
    since: dict[int, dt.date] = {}
    before: Held | None = None
    for held in file.during(WithholdingTax, dt.date.min, dt.date.max):
        follows = (
            before is not None and before.value.code and before.value.canton == held.value.canton
            and before.last is not None and before.last + DAY == held.first
        )  # fmt: skip
        since[held.id] = since[before.id] if follows and before is not None else held.first
        before = held
    return since


def _by_degree(
    file: PersonFile, first: dt.date, last: dt.date
) -> list[tuple[dt.date, dt.date, Decimal]]:
    """A span, cut where the degree of work changes; 100 % where no terms are known.

    Lessons tell no degree: it is 0, unknown, where nobody enters one.
    """
    parts: list[tuple[dt.date, dt.date, Decimal]] = []
    held = file.during(Wage, first, last)
    starts = sorted({first, *(one.first for one in held if one.first > first)})
    for start, after in zip(starts, [*starts[1:], last + DAY], strict=True):
        wage = file.at(Wage, start)
        degree = wage.degree if wage is not None else HUNDRED
        if wage is not None and wage.pay == Pay.LESSON:
            degree = Decimal(0)
        if parts and parts[-1][2] == degree:
            parts[-1] = (parts[-1][0], after - DAY, degree)
        else:
            parts.append((start, after - DAY, degree))
    return parts


def recurring_of(file: PersonFile, month: dt.date) -> tuple[Movement, ...]:
    """What recurs in a month in which somebody is employed (wiederkehrende Lohnarten)."""
    last = month_end(month)
    employed = file.employed(month, last)
    if not employed:
        return ()
    return tuple(
        Movement(
            type=told.type, quantity=told.quantity, rate=told.rate, amount=told.amount,
            percent=told.percent, text=told.text, employment=employed[-1].id, keeps=told.keeps,
        )
        for told in file.several(Recurring, month, last)
        if not told.months or month.month in told.months
    )  # fmt: skip


def allowances_of(
    file: PersonFile, month: dt.date, *, roles: Mapping[str, int], amount_of: AmountOf
) -> tuple[tuple[Movement, ...], tuple[Finding, ...]]:
    """Family allowances of a month as movements, and what keeps one from being paid.

    An allowance is paid while its fact holds on a day of the month; for an employment of a part of
    the month in proportion to its days, 30 a month, rounded to 0.05 (FamZG Art. 13, FamZWL). Its
    canton is the child's, else that of the place of work. Children are counted from the oldest. What
    is not sure of the canton's amount, and a typed one below it, are told.
    """
    last = month_end(month)
    employed = file.employed(month, last)
    children = sorted(file.several(Child, month, last), key=lambda one: one.birth_date)
    paid, findings = [], []
    wage = next((held.value for held in reversed(file.during(Wage, month, last))), None)
    for nth, child in enumerate(children, 1):
        if child.allowance == AllowanceKind.NONE or not employed:
            continue
        canton = child.canton or (wage.canton if wage is not None else "")
        of_canton = amount_of(canton, child, last, nth)
        amount = child.amount
        if amount is None and of_canton is not None:
            amount = of_canton.amount
        number = roles.get(ROLES[child.allowance])
        if amount is None or number is None:
            findings.append(Finding(
                code="people.no_allowance", stops=True,
                values={"child": child.first_name, "canton": canton or "–"},
            ))  # fmt: skip
            continue
        findings += _about(child, canton, amount, of_canton)
        days = days_of(employed, month)
        if days < MONTH_DAYS:
            amount = to_five_centimes(amount * days / MONTH_DAYS)
        paid.append(Movement(type=number, amount=amount, text=child.first_name,
                             employment=employed[-1].id))  # fmt: skip
    return tuple(paid), tuple(findings)


def _about(
    child: Child, canton: str, amount: Decimal, of_canton: Allowance | None
) -> list[Finding]:
    """What to look at: a canton's amount that is not sure, or a typed one below it."""
    if of_canton is None:
        return []
    if child.amount is None:
        return [of_canton.finding] if of_canton.finding is not None else []
    if amount >= of_canton.amount:
        return []
    values = {"child": child.first_name, "canton": canton, "amount": f"{amount:.2f}",
              "least": f"{of_canton.amount:.2f}"}  # fmt: skip
    return [Finding(code="people.allowance_below", values=values)]


def days_of(periods: Sequence[Period], month: dt.date) -> int:
    """The days of a month that employments hold, 30 a month, as wages count them."""
    last = month_end(month)
    days = sum(
        max(0, position_of_end(one.exit or last, month, last)
            - position_of_start(one.entry, month, last))
        for one in periods
    )  # fmt: skip
    return min(days, MONTH_DAYS)


def _least(*days: dt.date | None) -> dt.date:
    return min(day for day in days if day is not None)
