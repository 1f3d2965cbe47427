"""A slip as a whole: order, tax, what it hands on."""

from __future__ import annotations

import datetime as dt

import pytest
from msgspec.structs import replace

from payroll.wages.calculating import calculate
from payroll.wages.carrying import Carry
from payroll.wages.kinds import TaxModel
from payroll.wages.values import TariffRow, TaxChange, Withholding
from tests.payroll.wages.made import (
    D,
    amounts,
    codes,
    contract,
    day,
    given,
    months,
    slip,
    typed,
    year,
)
from tests.payroll.wages.test_constructed import DEMO

FLAT = (TariffRow(income_from=D(0), percent=D(0)), TariffRow(income_from=D(1000), percent=D(10)))
TAXED = {
    "withholdings": (
        Withholding(first=day("2020-01-01"), last=day("2099-12-31"), canton="ZH", code="A0N"),
    ),
    "tariffs": {"ZH A0N": FLAT},
    "contributions": DEMO,
}


def test_withholding_tax_is_of_the_gross_wage_with_allowances():
    done = slip(movements=(typed(3099, 200), typed(1900, 100)), **TAXED)

    line = next(one for one in done.lines if one.type == 5060)
    assert (line.base, line.percent, line.amount) == (D("6800.00"), D(10), D("-680.00"))
    assert line.text == "ZH A0N"
    assert done.net == D("6500.00") + sum(amounts(done)[n] for n in (5010, 5012, 5040, 5045, 5060))
    assert done.payout == done.net + 200


def test_a_missing_tariff_stops_the_run():
    done = slip(**(TAXED | {"tariffs": {}}))

    assert [one.code for one in done.findings if one.stops] == ["tax.no_tariff"]


def test_a_correction_of_tax_has_a_line_and_a_month_of_its_own():
    first = slip("2026-01", **TAXED)
    tariffs = {**TAXED["tariffs"], "ZH B1N": (TariffRow(income_from=D(0), percent=D(5)),)}
    changed = slip(
        "2026-02",
        carry=first.carry,
        tax_changes=(TaxChange(month=dt.date(2026, 1, 1), code="B1N"),),
        **(TAXED | {"tariffs": tariffs}),
    )

    assert amounts(changed)[5060] == D("-650.00")
    rows = [(one.text, one.amount) for one in changed.lines if one.type == 5061]
    assert sorted(rows) == [("ZH A0N", D("650.00")), ("ZH B1N", D("-325.00"))]
    assert {one.for_month for one in changed.lines if one.type == 5061} == {dt.date(2026, 1, 1)}


def test_the_yearly_model_evens_out_within_the_year():
    steps = tuple(TariffRow(income_from=D(n * 100), percent=D(n) / 10) for n in range(200))
    some = Withholding(
        first=day("2020-01-01"), last=day("2099-12-31"), canton="VD", code="A0N",
        model=TaxModel.YEARLY,
    )  # fmt: skip
    slips = year(
        months(2026), {"2026-05": [typed(1203, 12000)]},
        withholdings=(some,), tariffs={"VD A0N": steps},
    )  # fmt: skip

    withheld = -sum(amounts(one).get(5060, D(0)) for one in slips.values())
    # (12 × 6500 + 12000) / 12 = 7500: 7.5 % of 90000
    assert withheld == D("6750.00")


def test_what_a_slip_hands_on():
    done = slip(movements=(typed(6000, 80), typed(1980, 500)), contributions=DEMO)

    assert done.carry.types == {
        "1000": D("6500.00"), "1980": D("500.00"), "5010": D("-344.50"), "5012": D("-71.50"),
        "5040": D("-78.00"), "5045": D("-39.00"), "6000": D("80.00"),
    }  # fmt: skip
    assert set(done.carry.sums) == {"ahv", "alv", "nbu", "bu", "ktg", "fak", "admin"}


def test_running_a_month_twice_gives_the_same_and_changes_nothing():
    some = given("2026-02", carry=slip("2026-01", contributions=DEMO).carry, contributions=DEMO)
    kept = dict(some.carry.sums)

    assert calculate(some) == calculate(some)
    assert some.carry.sums == kept


def test_a_month_without_anything_is_an_empty_slip():
    done = slip("2026-05", contracts=(contract(exit="2026-01-31"),))

    assert (done.lines, done.charges, done.payout, codes(done)) == ((), (), 0, [])
    assert done.carry == Carry(sums=done.carry.sums)


def test_a_month_is_given_by_its_first_day():
    with pytest.raises(ValueError, match="first day"):
        calculate(replace(given(), month=dt.date(2026, 1, 2)))
