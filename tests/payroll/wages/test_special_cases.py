"""Simplified procedure, trainees, and wages around the limits of small wages."""

from __future__ import annotations

from dataclasses import replace

from payroll.wages.values import Base, Insurance, Terms, Withholding
from tests.payroll.wages.made import (
    FIGURES,
    D,
    amounts,
    codes,
    contract,
    day,
    given,
    insured,
    months,
    person,
    slip,
    typed,
    year,
)

SIMPLE = {"terms": Terms(simplified=True), "figures": replace(FIGURES, simplified_tax=D(5)),
          "institutions": {"ahv": 3, "alv": 3}}  # fmt: skip
TRAINED = replace(FIGURES, trainee_percent=D(20), trainee_percent_young=D(10))
ACCIDENTS = (insured("bu", Insurance.BU, Base.UVG, "0", "0.5"),
             insured("nbu", Insurance.NBU, Base.UVG, "1", "0", employer_pays=True))  # fmt: skip


def test_the_flat_tax_of_the_simplified_procedure_goes_to_the_compensation_fund():
    done = slip(contracts=(contract("1800.00"),), **SIMPLE)
    (tax,) = [one for one in done.charges if one.key == "tax.simplified"]
    assert (tax.employee, tax.employer, tax.institution, tax.type) == (D("90.00"), 0, 3, 5060)
    assert amounts(done)[5060] == D("-90.00")
    assert done.taxes == () and codes(done) == []


def test_it_takes_the_place_of_other_withholding_tax():
    taxed = Withholding(first=day("2026-01-01"), last=day("2026-01-31"), canton="ZH", code="A0N")
    done = slip(contracts=(contract("1800.00"),), withholdings=(taxed,), **SIMPLE)
    assert [line.type for line in done.lines if line.type in (5060, 5061)] == [5060]
    assert not [one for one in done.findings if one.stops]


def test_small_wages_are_taxed_as_soon_as_they_owe_contributions():
    slips = year(["2026-01", "2026-06"], {"2026-01": [typed(1010, 2000)], "2026-06": [typed(1010, 600)]},
                 contracts=(contract("0"),), **SIMPLE)  # fmt: skip
    assert [amounts(one).get(5060, 0) for one in slips.values()] == [0, D("-130.00")]


def test_a_wage_above_the_threshold_stops_the_simplified_procedure():
    done = slip(contracts=(contract("0"),), movements=(typed(1010, 22681),), **SIMPLE)
    assert [one.code for one in done.findings if one.stops] == ["simplified.wage_too_high"]


def test_trainees_are_insured_against_accidents_for_a_least_wage():
    terms = {"contributions": ACCIDENTS, "figures": TRAINED}
    none = contract("0.00", trainee=True)
    young = slip(contracts=(none,), person=person("2006-02-10"), **terms)
    assert young.carry.sums["bu"].insured == D("1235.00")  # 148200 × 10 % / 12
    grown = slip("2026-02", contracts=(none,), person=person("2006-02-10"), **terms)
    assert grown.carry.sums["bu"].insured == D("2470.00")
    assert grown.payout == 0 and grown.carry.sums["nbu"].employer == D("24.70")
    part = slip(contracts=(contract("500.00", first="2026-01-16", trainee=True),), **terms)
    assert part.carry.sums["bu"].insured == D("1235.00")  # 15 days
    paid = slip(contracts=(contract("3000.00", trainee=True),), **terms)
    assert paid.carry.sums["bu"].insured == D("3000.00")
    assert paid.carry.sums["ahv"].insured == D("3000.00")


def test_each_month_of_a_trainee_has_the_least_wage():
    slips = year(months(2026), contracts=(contract("100.00", trainee=True),),
                 contributions=ACCIDENTS, figures=TRAINED)  # fmt: skip
    assert slips["2026-12"].carry.sums["bu"].insured == D("29640.00")
    assert given().contracts[0].trainee is False
