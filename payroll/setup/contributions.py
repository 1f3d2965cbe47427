"""Which contributions a person has in a year (Beiträge einer Person), from solutions and rates.

AHV and ALV are not among them: the law sets those, and the calculation makes them itself. All else
is here, for the whole year until a month's end: accident insurance by the digit of its code,
supplements, daily allowances, the pension fund, and by the canton of the work place the family
allowance fund and cantonal funds.

Sources: UVG Art. 91 (who pays), UVV Art. 13 and 22, FamZG Art. 12, BVG Art. 7, 8, 16 and 66.
"""

from __future__ import annotations

import datetime as dt
from bisect import insort
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from msgspec.structs import replace

from payroll.setup.book import Book, Offer
from payroll.setup.checking import Rate
from payroll.setup.models import Institution, SolutionRate
from payroll.setup.pensions import PensionSpan, pension_contributions
from payroll.setup.persons import Insured, clipped
from payroll.wages.kinds import Base, Insurance
from payroll.wages.values import Contract, Contribution, Figures, Finding, Person, Terms

Kind = Institution.Kind
Insures = SolutionRate.Insures

#: The base that a contribution is of.
BASES: Final = {
    Insures.BU: Base.UVG, Insures.NBU: Base.UVG, Insures.UVGZ: Base.UVGZ, Insures.KTG: Base.KTG,
    Insures.FAK: Base.FAK, Insures.ADMIN: Base.AHV, Insures.CANTONAL: Base.FAK, Insures.EXTRA: Base.AHV,
}  # fmt: skip
#: What everybody has, and does not need to be assigned.
OF_ALL: Final = frozenset({Insures.FAK, Insures.ADMIN, Insures.CANTONAL})
#: Codes of an accident insurance end in one of these digits. Source: ELM 5.0, UVG-LAA-CodeType.
NOT_INSURED, DEDUCTED, EMPLOYER_PAYS, OCCUPATIONAL = "0", "1", "2", "3"


#: The canton of a work place, its first and last day, and the last one that somebody works there.
Workplace = tuple[str, dt.date, dt.date, dt.date]


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonFacts:
    """What is known of a person: contracts of the year, solutions and what the pension fund reported."""

    person: Person
    contracts: tuple[Contract, ...]
    insured: tuple[Insured, ...] = ()
    pensions: tuple[PensionSpan, ...] = ()


@dataclass(frozen=True, slots=True)
class Found:
    """A person's contributions, and what is missing or strange about them."""

    contributions: tuple[Contribution, ...]
    findings: tuple[Finding, ...] = ()


def contributions(
    book: Book, facts: PersonFacts, *, until: dt.date, figures: Figures, terms: Terms,
    roles: Mapping[str, int], known: dict[Any, Found] | None = None,
) -> Found:  # fmt: skip
    """All contributions of a person from 1 January to ``until``, the end of a month of ``book.year``.

    ``roles`` are numbers of wage types by role. Keys are insurance, solution and range, so that
    another solution begins anew, and a new rate of the same one goes on. Findings that stop:
    ``contributions.unknown_solution``, ``contributions.no_rate`` (nothing holds on a day),
    ``contributions.no_fund`` (no FAK for a canton). ``contributions.none_fits`` warns of a solution
    whose rates are of another sex or other ages. ``known`` keeps what is the same for several people
    of one book, day and roles.
    """
    known = {} if known is None else known
    places = tuple(_workplaces(facts.contracts, dt.date(book.year, 1, 1), until))
    key = (facts.person.sex, facts.person.birth_date.year, facts.insured, places)
    if key not in known:
        known[key] = _of_all(book, facts, places, until, roles)
    shared, findings = known[key], list[Finding]()
    pensions = pension_contributions(
        book, facts.person, facts.contracts, facts.insured, facts.pensions,
        until=until, figures=figures, terms=terms, findings=findings,
    )  # fmt: skip
    found = list(shared.contributions)
    for one in _joined(list(pensions), roles):  # few, into many that are in order already
        insort(found, one, key=_place)
    return Found(tuple(found), tuple(_once([*shared.findings, *findings])))


def _of_all(
    book: Book, facts: PersonFacts, places: Sequence[Workplace], until: dt.date,
    roles: Mapping[str, int],
) -> Found:  # fmt: skip
    """All but pension funds: the same for whoever has the same solutions, work places, sex and age."""
    first = dt.date(book.year, 1, 1)
    found = list[Contribution]()
    findings = list[Finding]()
    for span in facts.insured:
        days = clipped(span.first, span.last, first, until)
        if days is None:
            continue
        for pk in span.solutions:
            offer = book.offer(pk)
            if offer is None:
                findings.append(_stop("unknown_solution", solution=str(pk)))
            elif offer.insurer.kind != Kind.BVG:
                found += _of_solution(book, offer, facts.person, days, findings)
    found += _by_canton(book, facts.person, places, findings)
    found += _administration(book, first, until)
    return Found(tuple(_joined(found, roles)), tuple(_once(findings)))


def _once(findings: Sequence[Finding]) -> list[Finding]:
    return [one for nth, one in enumerate(findings) if one not in findings[:nth]]


def _of_solution(
    book: Book, offer: Offer, person: Person, days: tuple[dt.date, dt.date], findings: list[Finding]
) -> Iterator[Contribution]:
    for first, last in book.spans(*days):
        held = offer.rates_for(person, first)
        rates = [rate for rate in held if rate.insures not in OF_ALL]
        if not held and not _is_uninsured(offer):
            where = {"code": offer.code, "day": f"{first:%d.%m.%Y}"}
            findings.append(
                _warn("none_fits", **where) if offer.on(first) else _stop("no_rate", **where)
            )
        for rate in rates:
            one = _contribution(offer, rate, first, last)
            if offer.insurer.kind != Kind.UVG:
                yield one
            elif shared := _by_digit(one, offer.code[-1:]):
                yield shared


def _is_uninsured(offer: Offer) -> bool:
    return offer.insurer.kind == Kind.UVG and offer.code[-1:] == NOT_INSURED


def _by_digit(one: Contribution, digit: str) -> Contribution | None:
    """Who pays by the digit of the code: 0 nobody is insured, 1 NBU is deducted, 2 the employer pays
    it, 3 there is none (below eight hours a week, UVV Art. 13).
    """
    if digit == NOT_INSURED or (digit == OCCUPATIONAL and one.insurance is Insurance.NBU):
        return None
    if digit == EMPLOYER_PAYS:
        return replace(one, employer_pays=True)
    return one


def _by_canton(
    book: Book, person: Person, places: Sequence[Workplace], findings: list[Finding]
) -> Iterator[Contribution]:
    """Family allowance fund and cantonal funds, by the canton of the work place."""
    for canton, begin, end, left in places:
        funds = [one for one in book.offers_of(Kind.FAK) if one.insurer.canton == canton]
        for start, last in book.spans(begin, end):
            active = [one for one in funds if _is_active(one, start)]
            has = any(rate.insures == Insures.FAK for one in active for rate in one.on(start))
            if not has and start <= left:
                findings.append(_stop("no_fund", canton=canton or "–", day=f"{start:%d.%m.%Y}"))
            others = [*book.offers_of(Kind.AHV), *book.offers_of(Kind.OTHER)]
            everywhere = [one for one in others if one.insurer.canton in {"", canton}]
            for offer in [*active, *(one for one in everywhere if _is_active(one, start))]:
                for rate in offer.rates_for(person, start):
                    if rate.insures in {Insures.FAK, Insures.CANTONAL}:
                        one = _contribution(offer, rate, start, last)
                        own = one.key if one.canton else f"{one.key}.{canton}"
                        yield replace(one, canton=canton, key=own)


def _administration(book: Book, first: dt.date, until: dt.date) -> Iterator[Contribution]:
    for start, last in book.spans(first, until):
        fund = book.fund(start)
        for offer in book.offers_of(Kind.AHV):
            if offer.insurer == fund:
                for rate in offer.on(start):
                    if rate.insures == Insures.ADMIN:
                        yield _contribution(offer, rate, start, last)


def _workplaces(
    contracts: Sequence[Contract], first: dt.date, until: dt.date
) -> Iterator[Workplace]:
    """The canton of the work place over the year, and the last day that somebody works there.

    After an exit it is that of the last contract, for what is paid later.
    """
    for employment in dict.fromkeys(one.employment for one in contracts):
        rows = sorted(
            (one for one in contracts if one.employment == employment), key=lambda one: one.first
        )
        for nth, one in enumerate(rows):
            end = rows[nth + 1].first - dt.timedelta(1) if nth + 1 < len(rows) else until
            days = clipped(one.first, end, first, until)
            if days is not None:
                yield one.canton, *days, one.exit or dt.date.max


def _contribution(offer: Offer, rate: Rate, first: dt.date, last: dt.date) -> Contribution:
    insurance = Insurance(rate.insures)
    key = f"{insurance.value}.{offer.id}.{rate.wage_from.normalize():f}"
    return Contribution(
        key=f"{key}.{rate.base}" if rate.base else key, insurance=insurance,
        base=Base(rate.base) if rate.base else BASES[Insures(rate.insures)], first=first, last=last,
        institution=offer.insurer.id, code=offer.code, wage_from=rate.wage_from, wage_to=rate.wage_to,
        employee_percent=rate.employee_percent, employer_percent=rate.employer_percent,
        canton=offer.insurer.canton,
    )  # fmt: skip


def _is_active(offer: Offer, day: dt.date) -> bool:
    return offer.insurer.active_until is None or offer.insurer.active_until >= day


def _joined(found: Sequence[Contribution], roles: Mapping[str, int]) -> list[Contribution]:
    """The same contribution over days that follow each other is one; in a fixed order, with wage types."""
    rows = list[Contribution]()
    for one in sorted(found, key=_place):
        before = rows[-1] if rows else None
        if (
            before is not None
            and before.key == one.key
            and one.first <= before.last + dt.timedelta(1)
            and replace(before, first=one.first, last=one.last) == one
        ):
            rows[-1] = replace(before, last=max(before.last, one.last))
        else:
            rows.append(one)
    numbers = [roles.get(one.insurance.value) for one in rows]
    return [replace(one, type=number) if number != one.type else one
            for one, number in zip(rows, numbers, strict=True)]  # fmt: skip


def _place(one: Contribution) -> tuple[str, str, str, dt.date]:
    return one.insurance.value, one.key, one.canton, one.first


def _stop(what: str, **values: str) -> Finding:
    return Finding(code=f"contributions.{what}", values=values, stops=True)


def _warn(what: str, **values: str) -> Finding:
    return Finding(code=f"contributions.{what}", values=values)
