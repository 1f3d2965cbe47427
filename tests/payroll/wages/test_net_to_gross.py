"""From the net wage to the gross wage, through the same calculation."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given as drawn
from hypothesis import settings
from hypothesis import strategies as st

from payroll.wages.kinds import Base, Insurance
from payroll.wages.net_to_gross import Target, gross_for
from tests.examples import cases
from tests.payroll.wages.made import D, contract, given, insured, typed
from tests.payroll.wages.test_constructed import DEMO

NO_WAGE = {"contracts": (contract("0"),), "contributions": DEMO}


def test_a_net_wage_is_found_to_the_centime():
    found = gross_for(given(**NO_WAGE), wanted=D("6000.00"), type=1000)

    # 5.3 + 1.1 + 1.2 + 0.6 = 8.2 %: 6000 / 0.918 = 6535.95
    assert found.why is None
    assert found.reached == found.slip.net == D("6000.00")
    assert abs(found.amount - D("6535.95")) <= D("0.15")


def test_a_bonus_is_found_for_a_payout_beside_a_wage():
    some = given(contributions=DEMO, movements=(typed(6000, 80), typed(6510, 300)))
    found = gross_for(some, wanted=D("7777.77"), type=1203, target=Target.PAYOUT)

    assert (found.reached, found.why) == (D("7777.77"), None)
    assert found.slip.payout == D("7777.77")


def test_less_than_there_is_without_it_is_told():
    found = gross_for(given(contributions=DEMO), wanted=D("100.00"), type=1203)

    assert found.why.code == "net.too_low"
    assert (found.amount, found.reached) == (D("0.00"), found.slip.net)


def test_a_wage_type_that_pays_nothing_is_told():
    assert gross_for(given(**NO_WAGE), wanted=D(100), type=1980).why.code == "net.too_high"


def test_what_a_garnishment_takes_is_never_reached():
    some = given(contributions=DEMO, movements=(typed(6520, keeps=D(3000)),))
    found = gross_for(some, wanted=D("4000.00"), type=1203, target=Target.PAYOUT)

    assert found.why.code == "net.too_high"
    assert found.why.values == {"wanted": "4000.00", "reached": "3000.00"}


def test_beyond_the_limit_of_small_wages_the_net_wage_is_found_again():
    """Up to 2500 nothing is due; just above, the net wage falls by 6.4 percent."""
    some = given(contracts=(contract("0"),))

    assert gross_for(some, wanted=D("2400.00"), type=1010).amount == D("2400.00")
    above = gross_for(some, wanted=D("2600.00"), type=1010)
    assert above.why is None
    assert abs(above.amount - D("2777.78")) <= D("0.10")


@settings(max_examples=cases(25, each_time=8), deadline=None)
@drawn(st.decimals(min_value=0, max_value=20000, places=2))
def test_there_and_back(gross: Decimal):
    rows = (*DEMO, insured("x", Insurance.EXTRA, Base.AHV, "0.0133", "0", wage_to=D(90000)))
    some = given(contracts=(contract("3000.00"),), contributions=rows)
    once = gross_for(some, wanted=D(3000) + gross, type=1203)

    assert once.why is None
    assert once.slip.net == D(3000) + gross
