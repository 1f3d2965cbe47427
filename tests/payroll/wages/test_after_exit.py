"""Paid in a later year than that of the exit: limits and ceilings of the year of work go on."""

from __future__ import annotations

import pytest
from hypothesis import given as examples
from hypothesis import settings
from hypothesis import strategies as st

from payroll.wages.carrying import Earlier, Sum
from payroll.wages.kinds import Base, Insurance, Sex
from tests.examples import cases
from tests.payroll.wages.made import (
    D,
    amounts,
    codes,
    contract,
    insured,
    months,
    person,
    slip,
    typed,
    year,
)

GONE = contract(exit="2025-12-31")
BU = insured("bu.1.0", Insurance.BU, Base.UVG, "0", "0.17")
NBU = insured("nbu.1.0", Insurance.NBU, Base.UVG, "1.2", "0", type=5040)
OVER = insured("uvgz.1.148200", Insurance.UVGZ, Base.UVGZ, "1", "1", type=5042, wage_from=D(148200),
               wage_to=D(300000))  # fmt: skip
HELD = (BU, NBU, OVER)


def earlier(wage, *, contributions=HELD, of=None):
    """The year 2025 at a monthly wage, as its last slip hands it on."""
    slips = year(months(2025), contracts=(contract(wage, exit="2025-12-31"),),
                 contributions=contributions, **({"person": of} if of else {}))  # fmt: skip
    sums = slips["2025-12"].carry.sums
    wages = sum(sums[key].wages for key in ("ahv", "ahv.pension") if key in sums)
    return Earlier(year=2025, days=360, wages=wages, sums=sums)


def paid(amount, left, **more):
    more = {"contracts": (GONE,), "contributions": HELD} | more
    return slip("2026-02", movements=(typed(1212, amount),), earlier=left, **more)


def charged(one):
    return {charge.key: str(charge.insured) for charge in one.charges}


def test_a_bonus_after_the_turn_of_the_year_owes_all_that_its_year_owed():
    """6500 a month in 2025, 5000 in February 2026: below all ceilings, so that ALV and UVG are owed on it."""
    one = paid(5000, earlier("6500.00"))
    assert charged(one) == {"ahv": "5000.00", "alv": "5000.00", "bu.1.0": "5000.00", "nbu.1.0": "5000.00",
                            "uvgz.1.148200": "0.00"}  # fmt: skip
    assert amounts(one)[5010] == D("-265.00") and amounts(one)[5012] == D("-55.00")
    assert amounts(one)[5040] == D("-60.00")
    assert codes(one) == ["person.left_earlier"]


def test_what_the_year_of_work_left_of_its_ceilings_is_insured():
    """12000 a month are 144000: of 5000 more, 4200 fit below 148200, and 800 are above it."""
    one = paid(5000, earlier("12000.00"))
    assert charged(one) == {"ahv": "5000.00", "alv": "4200.00", "bu.1.0": "4200.00", "nbu.1.0": "4200.00",
                            "uvgz.1.148200": "800.00"}  # fmt: skip
    again = slip("2026-05", movements=(typed(1212, 1000),), contracts=(GONE,), contributions=HELD,
                 earlier=earlier("12000.00"), carry=one.carry)  # fmt: skip
    assert charged(again)["alv"] == "0.00" and charged(again)["uvgz.1.148200"] == "1000.00"
    assert again.carry.sums["alv"].wages == D("6000.00")


def test_an_unknown_year_stops_and_its_wages_are_enough():
    assert codes(paid(5000, None)) == ["person.exit_year_unknown"]
    told = Earlier(year=2025, days=360, wages=D("144000.00"))
    assert charged(paid(5000, told)) == charged(paid(5000, earlier("12000.00")))
    half = Earlier(year=2025, days=180, wages=D("72000.00"))
    assert charged(paid(5000, half))["alv"] == "2100.00"


def test_nothing_but_expenses_asks_for_no_year():
    one = slip("2026-02", movements=(typed(6000, 80),), contracts=(GONE,))
    assert codes(one) == ["person.left_earlier"] and one.payout == D("80.00")


@pytest.mark.parametrize(
    ("wage", "bonus", "ahv"), [("150.00", 600, None), ("200.00", 600, "3000.00")]
)
def test_the_limit_of_small_wages_is_that_of_the_year_of_work(wage, bonus, ahv):
    """1800 and 600 stay free; 2400 and 600 exceed 2500, so that all of it is owed."""
    assert charged(paid(bonus, earlier(wage))).get("ahv", "0.00") == (ahv or "0.00")


def test_what_pensioners_left_of_their_allowance_is_free():
    """Since 2025 all year a pensioner: 12 × 1400 less 15600 leave 1200 of a bonus of 5000."""
    old = person("1955-01-01", Sex.MALE)
    one = paid(5000, earlier("1300.00", of=old), person=old)
    assert charged(one)["ahv.pension"] == "3800.00"


@settings(max_examples=cases(60, each_time=15), deadline=None)
@examples(wage=st.integers(1, 40_000), bonus=st.integers(1, 200_000))
def test_what_is_paid_late_is_insured_as_if_it_had_been_paid_in_its_year(wage, bonus):
    late = paid(bonus, earlier(f"{wage}.00"))
    early = year(months(2025), {"2025-12": [typed(1212, bonus)]}, contributions=HELD,
                 contracts=(contract(f"{wage}.00", exit="2025-12-31"),))  # fmt: skip
    before = earlier(f"{wage}.00").sums
    for key, whole in early["2025-12"].carry.sums.items():
        now = late.carry.sums.get(key, Sum()).insured
        assert before[key].insured + now == whole.insured, key
