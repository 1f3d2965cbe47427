"""Small cases from the rates of law, with the expected figures (Rechenbeispiele)."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from payroll.wages.kinds import Base, Insurance, Pay, Sex, Thirteenth
from payroll.wages.pension import coordinated_wage, minimum
from tests.payroll.wages.made import (
    FIGURES,
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
)  # fmt: skip


@pytest.fixture(scope="module")
def cases(shared: Path) -> dict[str, Any]:
    text = (shared / "payroll/examples.json").read_text()
    rows = json.loads(text, parse_float=Decimal)["constructed"]["cases"]
    return {row["id"]: row for row in rows}


DEMO = (
    insured("nbu", Insurance.NBU, Base.UVG, "1.20", "0", type=5040),
    insured("bu", Insurance.BU, Base.UVG, "0", "0.17"),
    insured("ktg", Insurance.KTG, Base.KTG, "0.60", "0.60", type=5045),
    insured("fak", Insurance.FAK, Base.FAK, "0", "1.20"),
    insured("admin", Insurance.ADMIN, Base.AHV, "0", "2.0", institution=7),
)


def test_p1_a_slip_with_everything(cases):
    case = cases["P1"]
    least = minimum(D(13) * case["gross"], person("1986-03-10"), 2026, FIGURES)
    fund = insured(
        "bvg", Insurance.BVG, Base.BVG, type=5050,
        employee_amount=least.month_each, employer_amount=least.month_each,
    )  # fmt: skip

    done = slip(
        "2026-01",
        contracts=(contract("6500.00", thirteenth=Thirteenth.DECEMBER),),
        movements=(typed(3099, case["family_allowances"]),),
        contributions=(*DEMO, fund),
    )

    assert least.coordinated == case["bvg_coordinated_annual"]
    assert done.gross == case["gross"]
    shown = amounts(done)
    names = {"AHV": 5010, "ALV": 5012, "NBU": 5040, "KTG": 5045, "BVG": 5050}
    assert {name: -shown[number] for name, number in names.items()} == case["employee"]
    assert (done.net, done.payout) == (case["net"], case["payout"])
    employer = {one.insurance.value: one.employer for one in done.charges if one.employer}
    assert employer == {
        "admin" if name == "admin" else name.lower(): amount
        for name, amount in case["employer"].items()
    }
    assert sum(employer.values()) == case["employer_total"]
    assert {one.institution for one in done.charges if one.insurance is Insurance.AHV} == {7}
    assert done.findings == ()


def test_p1_family_allowances_that_count_as_gross_stand_in_the_net_wage(cases):
    done = slip("2026-01", movements=(typed(3000, 215),), contributions=DEMO)

    assert done.gross == D("6715.00")
    assert done.net == done.payout == D("6715.00") - D("344.50") - D("71.50") - D(78) - D(39)


def test_p3_hours_with_supplements(cases):
    case = cases["P3"]
    terms = contract(
        "32.00", pay=Pay.HOUR, holiday_percent=D("8.33"), thirteenth=Thirteenth.MONTHLY
    )

    done = slip(contracts=(terms,), movements=(typed(1005, quantity=D(120)),))

    shown = amounts(done)
    assert shown[1005] == case["base"]
    assert shown[1160] == case["holiday"]
    assert shown[1201] == case["ml13"]
    assert done.gross == case["gross"]
    assert -shown[5010] == case["AHV"]
    assert -shown[5012] == case["ALV"]


def test_p5_a_pensioner_and_the_waiver(cases):
    case = cases["P5"]
    old = {"contracts": (contract("2000.00"),), "contributions": DEMO}

    done = slip(person=person("1956-01-01"), **old)
    waived = slip(person=person("1956-01-01", waives_allowance=True), **old)

    assert done.carry.sums["ahv.pension"].insured == case["AHV_base"]
    shown = amounts(done)
    assert -shown[5010] == case["AHV"]
    assert -shown[5040] == case["NBU"]
    assert 5012 not in shown and "alv" not in done.carry.sums
    assert amounts(waived)[5010] == D("-106.00")
    assert waived.carry.sums["ahv.pension"].insured == 2000


def test_p7_a_ceiling_that_is_filled_in_december(cases):
    case = cases["P7"]
    terms = contract("11800.00", thirteenth=Thirteenth.DECEMBER)

    slips = list(year(months(2026), contracts=(terms,)).values())

    bases = [c.insured for one in slips for c in one.charges if c.key == "alv"]
    assert bases == [case["ALV_base"]["Jan_to_Nov"]] * 11 + [case["ALV_base"]["Dec"]]
    assert -amounts(slips[-1])[5012] == case["ALV_Dec"]
    assert slips[-1].carry.sums["alv"].insured == case["year_base"]


@pytest.mark.parametrize(
    ("wage", "more", "insured_wage"),
    [
        ("2500.00", {}, "0"),
        ("2500.00", {"asks_small_wages": True}, "2500"),
        ("2501.00", {}, "2501"),
        ("1200.00", {"always_liable": True}, "1200"),
    ],
)
def test_p10_small_wages_are_all_or_nothing(wage, more, insured_wage):
    done = slip(
        person=person("1996-01-01", **more),
        contracts=(contract("0"),),
        movements=(typed(1010, wage),),
        contributions=DEMO,
    )

    assert done.carry.sums["ahv"].insured == D(insured_wage)
    assert done.carry.sums["alv"].insured == D(insured_wage)
    assert done.carry.sums["fak"].insured == D(insured_wage)
    assert done.carry.sums["nbu"].insured == D(wage)


def test_p11_contributions_begin_after_the_17th_birthday():
    slips = year(
        ["2025-12"], person=person("2008-05-10"), contracts=(contract("800.00"),),
        contributions=DEMO,
    )  # fmt: skip
    young = slips["2025-12"]
    grown = slip("2026-01", person=person("2008-05-10"), contracts=(contract("800.00"),))

    assert {one.insurance for one in young.charges if one.employee or one.employer} == {
        Insurance.NBU, Insurance.BU, Insurance.KTG,
    }  # fmt: skip
    assert young.charges[0].why[-1].code == "ahv.too_young"
    assert young.charges[0].why[-1].values == {"from": "2026-01-01"}
    assert amounts(grown) == {1000: D("800.00"), 5010: D("-42.40"), 5012: D("-8.80")}


def test_p13_the_private_share_of_a_company_car(cases):
    for case in cases["P13"]["cases"]:
        done = slip(movements=(typed(1910, rate=D(case["price_excl_vat"])),))

        shown = amounts(done)
        assert shown[1910] == case["monthly"] == -shown[5200]
        assert done.gross == D(6500) + case["monthly"]
        assert done.payout == D(6500) + shown[5010] + shown[5012]


def test_p15_the_least_a_pension_fund_insures(cases):
    for case in cases["P15"]["cases"]:
        least = minimum(D(case["annual"]), person(f"{2026 - case['age']}-06-01"), 2026, FIGURES)
        assert least.coordinated == case["coordinated"]
        assert least.credit == case.get("credit", 0)


def test_the_threshold_of_pension_funds_must_be_exceeded():
    assert coordinated_wage(D(22680), FIGURES) == 0
    assert coordinated_wage(D(22681), FIGURES) == 3780
    assert coordinated_wage(D(11341), FIGURES, scale=D(50)) == 1890  # half invalid


def test_p17_an_entry_on_27_february(cases):
    case = cases["P17"]
    done = slip("2026-02", contracts=(contract("12000.00", first="2026-02-27"),))

    assert done.days == case["payable_days"]
    assert amounts(done)[1000] == case["wage"]
    assert done.lines[0].why[0].values == {"wage": "12000.00", "days": "4"}
    assert codes(done) == ["pension.missing"]


def test_a_woman_of_1964_has_the_reference_age_of_men():
    done = slip("2026-01", person=person("1964-01-31", Sex.FEMALE))
    assert "ahv.pension" not in done.carry.sums
