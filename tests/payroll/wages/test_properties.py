"""What holds for whatever a year brings (Eigenschaften der Lohnberechnung)."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import msgspec
from hypothesis import given as drawn
from hypothesis import settings
from hypothesis import strategies as st
from msgspec.structs import replace

from payroll.wages.accumulating import insured_to_date
from payroll.wages.calculating import calculate
from payroll.wages.carrying import Carry
from payroll.wages.drafting import is_after_net
from payroll.wages.kinds import Base, Insurance, Kind, Pay, Sex, TaxModel, Thirteenth
from payroll.wages.values import (
    MonthInput,
    Movement,
    Slip,
    TariffRow,
    Terms,
    Withholding,
)
from tests.examples import cases
from tests.payroll.wages.made import (
    ROLES,
    TYPES,
    D,
    contract,
    given,
    insured,
    months,
    person,
    typed,
)

MONTHS = months(2026)
CENTS = st.decimals(min_value=0, max_value=40000, places=2)
EARNINGS = (1001, 1010, 1203, 1212, 2000, 2030)


@st.composite
def years(draw: Any) -> tuple[MonthInput, dict[str, tuple[Movement, ...]]]:
    """Somebody of any age, with one or two employments of the year, and amounts in any month."""
    days = st.dates(dt.date(2026, 1, 1), dt.date(2026, 12, 31))
    first, left, back = sorted(draw(st.lists(days, min_size=3, max_size=3, unique=True)))
    plan = draw(st.sampled_from(Thirteenth))
    terms = [
        contract(str(draw(CENTS)), first=first.isoformat(), employment=1, thirteenth=plan,
                 exit=draw(st.sampled_from([None, left.isoformat()])), canton="ZH"),
    ]  # fmt: skip
    if draw(st.booleans()):
        terms.append(
            contract(str(draw(CENTS)), first=back.isoformat(), employment=2, canton="BE",
                     thirteenth=plan)
        )  # fmt: skip
    amounts = st.tuples(
        st.sampled_from(EARNINGS), st.decimals(min_value=-3000, max_value=60000, places=2)
    )
    movements = draw(
        st.dictionaries(st.sampled_from(MONTHS), st.lists(amounts, max_size=3), max_size=6)
    )
    low = draw(st.sampled_from([D(0), D(88200), D(148200)]))
    some = given(
        person=person(
            draw(st.dates(dt.date(1955, 1, 1), dt.date(2010, 1, 1))).isoformat(),
            draw(st.sampled_from(Sex)),
            waives_allowance=draw(st.booleans()),
        ),
        contracts=tuple(terms),
        contributions=(
            insured("nbu", Insurance.NBU, Base.UVG, "1.606", "0"),
            insured("bu", Insurance.BU, Base.UVG, "0", "0.153"),
            insured("ktg", Insurance.KTG, Base.KTG, "0.966", "0.005", wage_from=low,
                    wage_to=D(300000)),
            insured("fak.ZH", Insurance.FAK, Base.FAK, "0", "1.025", canton="ZH"),
            insured("fak.BE", Insurance.FAK, Base.FAK, "0", "1.5", canton="BE"),
            insured("admin", Insurance.ADMIN, Base.AHV, "0", "2.75"),
        ),
        terms=Terms(rounding=draw(st.sampled_from([D("0.05"), D("0.01")]))),
    )  # fmt: skip
    return some, {
        text: tuple(typed(number, amount) for number, amount in rows)
        for text, rows in movements.items()
    }


def reckoned(
    some: MonthInput, movements: dict[str, tuple[Movement, ...]]
) -> list[tuple[MonthInput, Slip]]:
    done: list[tuple[MonthInput, Slip]] = []
    carry = Carry()
    for text in MONTHS:
        one = replace(
            some, month=dt.date.fromisoformat(f"{text}-01"),
            movements=movements.get(text, ()), carry=carry,
        )  # fmt: skip
        done.append((one, calculate(one)))
        carry = done[-1][1].carry
    return done


def total(values: Any) -> Decimal:
    return sum(values, D("0.00"))


@settings(max_examples=cases(60, each_time=20), deadline=None)
@drawn(years())
def test_a_year_adds_up(drawn_year):
    some, movements = drawn_year
    slips = reckoned(some, movements)
    step = some.terms.rounding

    limits = {"alv": (D(0), D(148200)), "nbu": (D(0), D(148200)), "bu": (D(0), D(148200))}
    limits["ktg"] = (some.contributions[2].wage_from, D(300000))
    percents = {c.key: (c.employee_percent, c.employer_percent) for c in some.contributions}
    percents |= {"ahv": (D("5.3"),) * 2, "ahv.pension": (D("5.3"),) * 2, "alv": (D("1.1"),) * 2}
    for _, slip in slips:
        for key, sums in slip.carry.sums.items():
            charged = [
                c for one, s in slips if one.month <= slip.month for c in s.charges if c.key == key
            ]
            assert sums.wages == total(c.wages for c in charged)
            assert sums.insured == total(c.insured for c in charged)
            assert sums.employee == total(c.employee for c in charged)
            assert sums.employer == total(c.employer for c in charged)
            for part, percent in zip((sums.employee, sums.employer), percents[key], strict=True):
                assert abs(part - sums.insured * percent / 100) <= step / 2
                assert part % step == 0
            if key in limits:
                low, high = limits[key]
                assert 0 <= sums.insured <= max(0, high - low) * sums.days / 360 + D("0.01")
                if key != "alv":
                    assert sums.insured == insured_to_date(
                        sums.wages, days=sums.days, wage_from=low, wage_to=high
                    )


@settings(max_examples=cases(60, each_time=20), deadline=None)
@drawn(years())
def test_a_slip_adds_up_and_is_always_the_same(drawn_year):
    for one, slip in reckoned(*drawn_year):
        paid = [line for line in slip.lines if line.paid]
        assert slip.payout == total(line.amount for line in paid)
        assert slip.net == total(line.amount for line in paid if not is_after_net(line))
        deducted = [line.amount for line in slip.lines if line.kind is Kind.DEDUCTION]
        assert total(deducted) == -total(charge.employee for charge in slip.charges)
        assert slip.net == slip.gross + total(deducted)
        kept = msgspec.json.encode(one)
        assert calculate(one) == slip
        assert msgspec.json.encode(one) == kept  # nothing given was changed
        assert msgspec.json.decode(msgspec.json.encode(slip), type=Slip) == slip
        assert calculate(msgspec.json.decode(kept, type=MonthInput)) == slip


@settings(max_examples=cases(60, each_time=20), deadline=None)
@drawn(years())
def test_family_funds_get_what_ahv_is_owed_on(drawn_year):
    last = reckoned(*drawn_year)[-1][1].carry.sums
    income = total(last[key].insured for key in ("ahv", "ahv.pension") if key in last)
    funds = [c for c in drawn_year[0].contributions if c.insurance is Insurance.FAK]
    counted = total(last[fund.key].wages for fund in funds if fund.key in last)

    assert counted == income


@settings(max_examples=cases(60, each_time=20), deadline=None)
@drawn(CENTS, st.integers(1, 12), st.integers(1, 12), st.sampled_from(Thirteenth))
def test_a_13th_is_a_twelfth_of_the_wages(wage, entry, exit, plan):
    if exit < entry:
        entry, exit = exit, entry
    last = dt.date(2027 if exit == 12 else 2026, exit % 12 + 1, 1) - dt.timedelta(days=1)
    terms = contract(str(wage), first=f"2026-{entry:02}-01", exit=last.isoformat(), thirteenth=plan)
    slips = [slip for _, slip in reckoned(given(contracts=(terms,)), {})]

    paid = total(x.amount for one in slips for x in one.lines if x.type == 1200)
    wages = total(x.amount for one in slips for x in one.lines if x.type == 1000)
    if plan is Thirteenth.NONE:
        assert paid == 0
    else:
        assert abs(paid - wages / 12) <= D("0.025")
    assert not slips[-1].carry.thirteenths


@settings(max_examples=cases(60, each_time=20), deadline=None)
@drawn(st.integers(1, 28), CENTS, CENTS)
def test_terms_that_change_on_any_day_make_one_month(day, before, after):
    old = contract(str(before), last=dt.date(2026, 1, day))
    new = contract(
        str(after), first=f"2026-01-{day + 1:02}", entry=dt.date(2020, 1, 1), pay=Pay.MONTH
    )
    slip = calculate(given(contracts=(old, new)))

    assert slip.days == 30
    exact = before * day / 30 + after * (30 - day) / 30
    assert abs(slip.gross - exact) <= D("0.025")


ANY_AMOUNT = st.none() | st.decimals(
    min_value=-(10**13), max_value=10**13, places=2, allow_nan=False
)
ANY_DAY = st.dates(dt.date(2024, 1, 1), dt.date(2027, 12, 31))


@st.composite
def anything(draw: Any) -> MonthInput:
    """What no checks have seen: every wage type with every value, contracts in any disorder."""
    movements = st.builds(
        Movement,
        type=st.sampled_from([*(int(number) for number in TYPES), 7777]),
        quantity=ANY_AMOUNT, rate=ANY_AMOUNT, amount=ANY_AMOUNT, percent=ANY_AMOUNT,
        employment=st.integers(0, 3), for_month=st.none() | ANY_DAY, keeps=ANY_AMOUNT,
    )  # fmt: skip
    contracts = st.builds(
        contract, st.sampled_from(["0", "0.01", "1000", "99999.95"]),
        first=ANY_DAY.map(str), exit=st.none() | ANY_DAY.map(str), pay=st.sampled_from(Pay),
        thirteenth=st.sampled_from(Thirteenth), employment=st.integers(0, 2), last=ANY_DAY,
        degree=st.sampled_from([D(0), D(50), D(100)]), canton=st.sampled_from(["", "ZH", "BE"]),
        holiday_percent=st.sampled_from([D(0), D("8.33")]),
    )  # fmt: skip
    contributions = st.builds(
        insured, st.sampled_from(["a", "b"]), st.sampled_from(Insurance), st.sampled_from(Base),
        st.sampled_from(["0", "0.005", "5"]), st.sampled_from(["0", "1.025"]),
        first=ANY_DAY.map(str), last=ANY_DAY.map(str), canton=st.sampled_from(["", "ZH", "BE"]),
        wage_from=st.sampled_from([D(0), D(26460)]), wage_to=st.sampled_from([None, D(88200)]),
        employee_amount=st.sampled_from([None, D("866.67")]), employer_pays=st.booleans(),
        type=st.sampled_from([None, 5045, 7777]),
    )  # fmt: skip
    return given(
        f"2026-{draw(st.integers(1, 12)):02}",
        person=person(draw(st.dates(dt.date(1940, 1, 1), dt.date(2012, 1, 1))).isoformat()),
        contracts=tuple(draw(st.lists(contracts, max_size=4))),
        movements=tuple(draw(st.lists(movements, max_size=6))),
        contributions=tuple(draw(st.lists(contributions, max_size=5))),
        roles=draw(st.sampled_from([ROLES, {}])),
    )


@settings(max_examples=cases(300, each_time=80), deadline=None)
@drawn(anything())
def test_data_of_people_never_break_the_calculation(some):
    once = calculate(some)
    again = calculate(replace(some, month=some.month, carry=once.carry))

    for slip in (once, again):
        paid = [line for line in slip.lines if line.paid]
        assert slip.payout == total(line.amount for line in paid)
        assert all(line.amount.as_tuple().exponent == -2 for line in slip.lines)
        assert 0 <= slip.days <= 30
        assert (slip.payout < 0) == ("payout.negative" in [one.code for one in slip.findings])
        assert all(
            sums.insured >= 0 for key, sums in slip.carry.sums.items() if key in ("ahv", "alv")
        )


ADULT = person("1986-03-10", asks_small_wages=True)
BONUS = st.decimals(min_value=0, max_value=250000, places=2)
INSURED = (
    insured("nbu", Insurance.NBU, Base.UVG, "1.606", "0"),
    insured(
        "ktg", Insurance.KTG, Base.KTG, "0.966", "0.005", wage_from=D(88200), wage_to=D(300000)
    ),
)


@settings(max_examples=cases(40, each_time=12), deadline=None)
@drawn(CENTS, st.dictionaries(st.sampled_from(MONTHS), BONUS, max_size=4), st.integers(1, 12))
def test_at_the_end_of_a_year_the_least_of_wages_and_ceiling_is_insured(wage, bonuses, entry):
    some = given(person=ADULT, contributions=INSURED,
                 contracts=(contract(str(wage), first=f"2026-{entry:02}-01"),))  # fmt: skip
    later = {text: one for text, one in bonuses.items() if int(text[5:]) >= entry}
    slips = reckoned(some, {text: (typed(1203, one),) for text, one in later.items()})
    sums = slips[-1][1].carry.sums
    wages = (13 - entry) * wage + total(later.values())
    ceiling = D(148200) * (13 - entry) / 12
    assert sums["alv"].insured == sums["nbu"].insured == min(wages, ceiling)
    assert sums["ahv"].insured == wages
    low, high = D(88200) * (13 - entry) / 12, D(300000) * (13 - entry) / 12
    assert sums["ktg"].insured == max(D(0), min(wages, high) - low)


@settings(max_examples=cases(40, each_time=12), deadline=None)
@drawn(BONUS, st.integers(1, 11), st.data())
def test_what_is_taken_back_later_in_the_year_leaves_no_trace(bonus, month, data):
    back = data.draw(st.integers(month + 1, 12))
    some = given(person=ADULT, contributions=INSURED, contracts=(contract("8000.00"),))
    there = {f"2026-{month:02}": (typed(1203, bonus),), f"2026-{back:02}": (typed(1203, -bonus),)}
    plain, undone = reckoned(some, {})[-1][1].carry, reckoned(some, there)[-1][1].carry
    for key, sums in plain.sums.items():
        told = undone.sums[key]
        assert (told.wages, told.insured) == (sums.wages, sums.insured), key
        assert (told.employee, told.employer) == (sums.employee, sums.employer), key


@settings(max_examples=cases(40, each_time=12), deadline=None)
@drawn(st.sampled_from(TaxModel), st.lists(st.booleans(), min_size=1, max_size=12),
       st.decimals(min_value=0, max_value=50, places=2))  # fmt: skip
def test_nothing_is_taxed_of_nothing(model, months_paid, least):
    """Months without a wage take no tax, whatever the minimum of the tariff is."""
    rows = (TariffRow(income_from=D(0), percent=D(0), minimum=least),
            TariffRow(income_from=D(1000), percent=D(10), minimum=least))  # fmt: skip
    taxed = Withholding(first=dt.date(2026, 1, 1), last=dt.date(2026, 12, 31), canton="GE",
                        code="A0N", model=model)  # fmt: skip
    some = given(contracts=(contract("0.00"),), withholdings=(taxed,), tariffs={"GE A0N": rows})
    paid = {text: (typed(1010, 0),) for text, has in zip(MONTHS, months_paid, strict=False) if has}
    for _one, slip in reckoned(some, paid):
        assert not total(tax.amount for tax in slip.taxes)
