"""Contributions: cantons, who bears them, youth and age, findings."""

from __future__ import annotations

import datetime as dt

import pytest
from msgspec.structs import replace

from erp.core.money import ZERO
from payroll.wages.ages import pensioner_since
from payroll.wages.carrying import Carry, Sum
from payroll.wages.kinds import Base, Insurance, Sex
from payroll.wages.values import Terms
from tests.payroll.wages.made import (
    FIGURES,
    D,
    amounts,
    codes,
    contract,
    day,
    insured,
    months,
    person,
    slip,
    typed,
    year,
)  # fmt: skip
from tests.payroll.wages.test_constructed import DEMO

FAK_ZH = insured("fak.ZH", Insurance.FAK, Base.FAK, "0", "1.0", canton="ZH")
FAK_BE = insured("fak.BE", Insurance.FAK, Base.FAK, "0", "1.5", canton="BE")


@pytest.mark.parametrize(
    ("born", "sex", "since"),
    [
        ("1960-12-31", Sex.FEMALE, "2025-01-01"),
        ("1961-02-05", Sex.FEMALE, "2025-06-01"),
        ("1962-08-31", Sex.FEMALE, "2027-03-01"),
        ("1963-01-01", Sex.FEMALE, "2027-11-01"),
        ("1964-01-01", Sex.FEMALE, "2029-02-01"),
        ("1960-12-01", Sex.MALE, "2026-01-01"),
        ("1961-01-31", Sex.MALE, "2026-02-01"),
    ],
)
def test_the_reference_age_ends_with_its_month(born, sex, since):
    assert pensioner_since(person(born, sex), FIGURES) == dt.date.fromisoformat(since)


def test_a_year_of_birth_without_a_reference_age_stops_the_run():
    figures = replace(FIGURES, reference_ages=FIGURES.reference_ages[1:2])
    done = slip(figures=figures)
    assert [one.code for one in done.findings if one.stops] == ["figures.no_reference_age"]


def test_what_one_month_leaves_of_the_allowance_helps_another():
    slips = year(
        months(2026, 1, 3),
        {"2026-02": [typed(1001, -2000)], "2026-03": [typed(1203, 800)]},
        person=person("1950-01-01"),
        contracts=(contract("2000.00"),),
    )

    insured_to_date = [one.carry.sums["ahv.pension"].insured for one in slips.values()]
    assert insured_to_date == [D("600.00"), D("0.00"), D("600.00")]  # 4800 − 3 × 1400
    assert [amounts(one).get(5010, 0) for one in slips.values()] == [
        D("-31.80"), D("31.80"), D("-31.80"),
    ]  # fmt: skip


def test_the_allowance_counts_for_a_month_begun():
    done = slip(person=person("1950-01-01"), contracts=(contract("6000.00", first="2026-01-16"),))

    assert done.carry.sums["ahv.pension"].insured == D("1600.00")  # 3000 − 1400


def test_a_small_monthly_wage_is_liable_from_the_start_where_the_year_promises_more():
    going_on = slip(contracts=(contract("300.00"),))
    ending = slip(contracts=(contract("300.00", exit="2026-08-31"),))
    one_more = slip(contracts=(contract("300.00", exit="2026-09-30"),))

    assert going_on.carry.sums["ahv"].insured == D("300.00")
    assert ending.carry.sums["ahv"].insured == D("0.00")
    assert one_more.carry.sums["ahv"].insured == D("300.00")


def test_small_wages_that_exceed_the_limit_are_charged_as_a_whole():
    slips = year(
        ["2026-01", "2026-05", "2026-06"],
        {"2026-01": [typed(1010, 2500)], "2026-05": [typed(1010, 1)]},
        contracts=(contract("0"),),
        contributions=DEMO,
    )

    assert [amounts(one).get(5010, 0) for one in slips.values()] == [0, D("-132.55"), 0]
    assert slips["2026-05"].carry.sums["fak"].insured == D("2501.00")
    assert slips["2026-05"].carry.sums["alv"].insured == D("2501.00")


def test_two_cantons_at_once_share_the_wages_that_are_liable():
    done = slip(
        person=person("1950-01-01"),
        contracts=(
            contract("4000.00", employment=1, canton="ZH"),
            contract("1000.00", employment=2, canton="BE"),
        ),
        movements=(typed(1203, 1000, employment=2),),
        contributions=(FAK_ZH, FAK_BE),
    )

    fak = {one.canton: one.insured for one in done.charges if one.insurance is Insurance.FAK}
    assert fak == {"ZH": D("3066.67"), "BE": D("1533.33")}  # (6000 − 1400) by 4000 and 2000


def test_a_change_of_canton_within_a_month_shares_its_days():
    done = slip(
        contracts=(
            contract("6000.00", last=day("2026-01-10"), canton="ZH"),
            contract("6000.00", first="2026-01-11", entry=day("2020-01-01"), canton="BE"),
        ),
        contributions=(
            replace(FAK_ZH, last=day("2026-01-10")), replace(FAK_BE, first=day("2026-01-11"))
        ),
    )  # fmt: skip

    fak = {one.canton: one.insured for one in done.charges if one.insurance is Insurance.FAK}
    assert fak == {"ZH": D("2000.00"), "BE": D("4000.00")}


def test_a_contribution_that_ends_on_the_30th_covers_the_31st():
    done = slip(
        contributions=(
            replace(FAK_ZH, last=day("2026-01-30")), replace(FAK_BE, first=day("2026-01-31"))
        ),
    )  # fmt: skip

    fak = {one.canton: one.insured for one in done.charges if one.insurance is Insurance.FAK}
    assert fak == {"ZH": D("6500.00")}


def test_the_employer_bears_what_was_agreed():
    done = slip(
        contributions=(
            insured("ktg", Insurance.KTG, Base.KTG, "0.6", "0.6", employer_pays=True),
            insured("bvg", Insurance.BVG, Base.BVG, employee_amount=D("100.33"),
                    employer_amount=D("120.00"), employer_pays=True),
        ),
    )  # fmt: skip

    charged = {one.key: (one.employee, one.employer) for one in done.charges}
    assert charged["ktg"] == (0, D("78.00"))
    assert charged["bvg"] == (0, D("220.33"))
    assert [line.type for line in done.lines] == [1000, 5010, 5012]
    assert "contribution.employer_pays" in [r.code for c in done.charges for r in c.why]


def test_amounts_of_insurers_are_taken_as_they_are_and_the_latest_of_a_month_holds():
    done = slip(
        contributions=(
            insured("bvg", Insurance.BVG, Base.BVG, employee_amount=D("866.67"),
                    last="2026-01-15"),
            insured("bvg", Insurance.BVG, Base.BVG, employee_amount=D("900.01"),
                    first="2026-01-16"),
        ),
    )  # fmt: skip

    assert amounts(done)[5050] == D("-900.01")


@pytest.mark.parametrize(
    ("before", "after", "insured_to_date"),
    [
        # 150000 of 300000 for a half, then 100000 of 200000
        (D(300000), D(200000), ["150000.00", "166666.67", "250000.00"]),
        (D(200000), D(300000), ["100000.00", "125000.00", "250000.00"]),
        (None, D(120000), ["150000.00", "160000.00", "210000.00"]),  # no limit until June
        (D(120000), None, ["60000.00", "85000.00", "210000.00"]),
    ],
)
def test_a_ceiling_may_change_in_the_year(before, after, insured_to_date):
    first = insured("ktg", Insurance.KTG, Base.KTG, "1", wage_to=before, last="2026-06-30")
    then = replace(first, first=day("2026-07-01"), last=day("2026-12-31"), wage_to=after)
    slips = year(
        months(2026), contracts=(contract("25000.00"),), contributions=(first, then)
    )  # fmt: skip
    asked = [slips[month].carry.sums["ktg"].insured for month in ("2026-06", "2026-07", "2026-12")]
    assert asked == [D(one) for one in insured_to_date]


def test_sums_that_know_no_ceiling_have_had_that_of_now():
    opening = {"ktg": Sum(180, D(60000), D(50000), D("500.00"), ZERO)}
    rows = (insured("ktg", Insurance.KTG, Base.KTG, "1", wage_to=D(120000)),)
    done = slip("2026-07", contracts=(contract("20000.00"),), contributions=rows,
                carry=Carry(sums=opening))  # fmt: skip
    assert done.carry.sums["ktg"].insured == D("70000.00")


def test_a_percentage_of_the_coordinated_wage():
    slips = year(
        months(2026),
        contracts=(contract("5000.00"),),
        contributions=(
            insured("bvg", Insurance.BVG, Base.BVG, "5", "5", wage_from=D(26460), wage_to=D(90720)),
        ),
    )

    assert slips["2026-12"].carry.sums["bvg"].employee == D("1677.00")  # 33540 × 5 %


def test_a_deduction_without_a_wage_type_stops_the_run():
    rows = (insured("geneva", Insurance.CANTONAL, Base.AHV, "0.043", "0.043", canton="GE"),)
    done = slip(contributions=rows)

    assert [(one.code, one.stops) for one in done.findings if one.stops] == [
        ("contribution.no_type", True)
    ]


def test_nbu_below_eight_hours_a_week_is_told():
    few = slip(contracts=(contract("800.00", weekly_hours=D(6)),), contributions=DEMO)
    enough = slip(contracts=(contract("800.00", weekly_hours=D(8)),), contributions=DEMO)

    assert (codes(few), codes(enough)) == (["nbu.few_hours"], [])


def test_who_could_be_insured_by_a_pension_fund_and_is_not_is_told():
    assert codes(slip(contracts=(contract("1890.00"),))) == []  # 22680 a year
    assert codes(slip(contracts=(contract("1890.10"),))) == ["pension.missing"]
    short = contract("5000.00", first="2026-01-01", exit="2026-03-31")
    assert codes(slip(contracts=(short,))) == []


def test_a_wage_too_high_for_the_simplified_procedure_is_told():
    done = slip(
        contracts=(contract("0"),), movements=(typed(1010, 22681),), terms=Terms(simplified=True)
    )
    assert codes(done) == ["simplified.wage_too_high"]


def test_figures_of_law_and_funds_tell_their_institution():
    done = slip(institutions={"ahv": 3}, contributions=DEMO)
    found = {one.key: one.institution for one in done.charges}
    assert (found["ahv"], found["alv"], found["admin"]) == (3, 3, 7)


def test_sums_brought_in_from_elsewhere_are_carried_on():
    """A company that begins in July enters what was charged; its sums have no exact parts."""
    opening = {"ahv": Sum(180, D(30000), D(30000), D("1590.00"), D("1590.00"))}
    done = slip("2026-07", contracts=(contract("5000.00"),), carry=Carry(sums=opening))

    assert amounts(done)[5010] == D("-265.00")
    assert done.carry.sums["ahv"].employee == D("1855.00")


def test_what_was_earned_before_the_reference_age_and_paid_later_is_liable_as_it_was_then():
    slips = year(
        months(2025, 1, 7),
        {"2025-07": [typed(1203, 3000, for_month=day("2025-04-01")), typed(1203, 500)]},
        person=person("1961-02-05", Sex.FEMALE),
        contracts=(contract("5000.00"),),
        contributions=DEMO,
    )

    sums = slips["2025-07"].carry.sums
    assert (sums["ahv"].insured, sums["alv"].insured) == (D("28000.00"), D("28000.00"))
    assert sums["ahv.pension"].insured == D("10500.00") - 2 * 1400
    assert (sums["ahv"].days, sums["alv"].days) == (150, 150)
    assert sums["fak"].insured == D("28000.00") + D("7700.00")
    late = next(one for one in slips["2025-07"].charges if one.key == "ahv")
    assert (late.insured, late.employee) == (D("3000.00"), D("159.00"))
    assert late.why[1].values == {"since": "2025-06-01"}
