"""What the pension fund gets (Pensionskasse): reported amounts, own percentages, or the law's least.

Reported amounts a month are taken as they are. Else the expected wage of a year, fixed on 1 January
or at the entry (BVV 2 Art. 3), is insured: by the ranges of the solution's rates, or where those name
none, as the law coordinates it. A twelfth a month, rounded. Rates by age hold for calendar years.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from erp.core.money import ZERO, rounded_to, to_centimes
from payroll.setup.book import Book, Offer
from payroll.setup.checking import Rate
from payroll.setup.models import Institution
from payroll.setup.persons import Insured, clipped
from payroll.wages.ages import pensioner_since
from payroll.wages.kinds import Base, Insurance, Pay, Thirteenth
from payroll.wages.pension import coordinated_wage, minimum
from payroll.wages.values import HUNDRED, Contract, Contribution, Figures, Finding, Person, Terms

MONTHS: Final = Decimal(12)
WEEKS: Final = Decimal(52)
DAY: Final = dt.timedelta(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class PensionSpan:
    """What the pension fund reported for a span: amounts a month; None is reckoned."""

    first: dt.date
    last: dt.date | None = None
    employee_amount: Decimal | None = None
    employer_amount: Decimal | None = None
    annual_wage: Decimal | None = None
    institution: int | None = None


def pension_contributions(
    book: Book, person: Person, contracts: Sequence[Contract], insured: Sequence[Insured],
    pensions: Sequence[PensionSpan], *, until: dt.date, figures: Figures, terms: Terms,
    findings: list[Finding],
) -> Iterator[Contribution]:  # fmt: skip
    """The contributions of a person to pension funds in a year.

    A reported amount needs no solution. A solution without rates is reckoned as the law's least,
    which is told as the finding ``contributions.pension_minimum``.
    """
    begin = dt.date(book.year, 1, 1)
    for span in pensions:
        days = clipped(span.first, span.last, begin, until)
        if days and _is_reported(span):
            offer = _offer(book, insured, days[0])
            institution = span.institution or (offer.insurer.id if offer else _only_fund(book))
            yield _amounts(
                institution, offer.code if offer else "", days,
                span.employee_amount or ZERO, span.employer_amount or ZERO,
            )  # fmt: skip
    begins = {one.first for one in pensions} | {one.last + DAY for one in pensions if one.last}
    begins = {day for day in begins if begin < day <= until}
    retired = pensioner_since(person, figures)
    last_day = until if retired is None else min(until, retired - DAY)
    chain: tuple[str, dt.date, dt.date] | None = (
        None  # the plan, since when, and until when without a gap
    )
    for has in sorted(insured, key=lambda one: one.first):
        held = clipped(has.first, has.last, begin, last_day)
        chain = _chained(chain, book, insured, held) if held else None
        for start, last in book.spans(*held, also=begins) if held else ():
            offer = _offer(book, insured, start)
            told = next(
                (one for one in pensions if clipped(one.first, one.last, start, start)), None
            )
            if held is None or offer is None or (told is not None and _is_reported(told)):
                continue
            annual = told.annual_wage if told else None
            if annual is None:
                since = chain[1] if chain else held[0]
                annual = expected_wage(contracts, _fixed_on(contracts, since, start))
            employee, employer = _reckoned(offer, person, annual, start, figures, terms, findings)
            if employee or employer:
                yield _amounts(
                    offer.insurer.id, offer.code, (start, last), employee, employer, annual
                )  # fmt: skip


def _chained(
    chain: tuple[str, dt.date, dt.date] | None, book: Book, insured: Sequence[Insured],
    held: tuple[dt.date, dt.date],
) -> tuple[str, dt.date, dt.date]:  # fmt: skip
    """The plan of a span, and since when somebody has it without a gap: other insurances may change."""
    offer = _offer(book, insured, held[0])
    plan = f"{offer.insurer.id}:{offer.code}" if offer else ""
    if chain is not None and chain[0] == plan and chain[2] + DAY == held[0]:
        return plan, chain[1], held[1]
    return plan, held[0], held[1]


def _fixed_on(contracts: Sequence[Contract], begin: dt.date, day: dt.date) -> dt.date:
    """The day that the expected wage is taken of: 1 January, or the entry since (BVV 2 Art. 3)."""
    return max((one.entry for one in contracts if begin <= one.entry <= day), default=begin)


def expected_wage(contracts: Sequence[Contract], day: dt.date) -> Decimal:
    """The wage of a year that somebody may expect on a day: contracts of that day, 13th included.

    On a day without a contract the next one counts. Hours and lessons are those of the week, times 52.
    """
    on = [one for one in contracts if one.first <= day <= one.last]
    later = sorted((one for one in contracts if one.first > day), key=lambda one: one.first)
    return to_centimes(sum((_annual(one) for one in on or later[:1]), ZERO))


def _annual(one: Contract) -> Decimal:
    if one.pay is Pay.MONTH:
        return one.wage * (MONTHS if one.thirteenth is Thirteenth.NONE else MONTHS + 1)
    year = one.wage * (one.weekly_hours or ZERO) * WEEKS
    return year if one.thirteenth is Thirteenth.NONE else year * (1 + 1 / MONTHS)


def _reckoned(
    offer: Offer, person: Person, annual: Decimal, day: dt.date, figures: Figures, terms: Terms,
    findings: list[Finding],
) -> tuple[Decimal, Decimal]:  # fmt: skip
    """Employee's and employer's part a month."""
    if not offer.on(day):
        half = minimum(annual, person, day.year, figures, rounding=terms.rounding).month_each
        if half:
            values = {"code": offer.code, "day": f"{day:%d.%m.%Y}"}
            findings.append(Finding(code="contributions.pension_minimum", values=values))
        return half, half
    employee = employer = Decimal(0)
    for rate in offer.rates_for(person, day):
        wage = _insured(rate, annual, figures)
        employee += wage * rate.employee_percent / HUNDRED / MONTHS
        employer += wage * rate.employer_percent / HUNDRED / MONTHS
    return rounded_to(employee, terms.rounding), rounded_to(employer, terms.rounding)


def _insured(rate: Rate, annual: Decimal, figures: Figures) -> Decimal:
    """The insured wage: within the rate's range, or coordinated by law where it has none."""
    if not rate.wage_from and rate.wage_to is None:
        return coordinated_wage(annual, figures)
    return max(
        ZERO, (annual if rate.wage_to is None else min(annual, rate.wage_to)) - rate.wage_from
    )


def _amounts(
    institution: int | None, code: str, days: tuple[dt.date, dt.date], employee: Decimal,
    employer: Decimal, expected: Decimal | None = None,
) -> Contribution:  # fmt: skip
    return Contribution(
        key=f"bvg.{institution or 0}", insurance=Insurance.BVG, base=Base.BVG, first=days[0],
        last=days[1], institution=institution, code=code, employee_amount=employee,
        employer_amount=employer, expected=expected,
    )  # fmt: skip


def _is_reported(span: PensionSpan) -> bool:
    return span.employee_amount is not None or span.employer_amount is not None


def _offer(book: Book, insured: Sequence[Insured], day: dt.date) -> Offer | None:
    for has in insured:
        if clipped(has.first, has.last, day, day):
            offer = book.pension_offer(has.solutions)
            if offer is not None:
                return offer
    return None


def _only_fund(book: Book) -> int | None:
    funds = [one.id for one in book.insurers if one.kind == Institution.Kind.BVG]
    return funds[0] if len(funds) == 1 else None
