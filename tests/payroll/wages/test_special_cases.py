"""Simplified procedure, trainees, and wages around the limits of small wages."""

from __future__ import annotations

from decimal import Decimal

from msgspec.structs import replace

from payroll.wages.kinds import Base, Insurance, Sex
from payroll.wages.values import Terms, Withholding
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


def test_who_leaves_it_within_the_year_gets_the_flat_tax_back():
    def month(text, before, **terms):
        return slip(text, contracts=(contract("1500.00"),), carry=before.carry, **(SIMPLE | terms))

    january = slip("2026-01", contracts=(contract("1500.00"),), **SIMPLE)
    february = month("2026-02", january, terms=Terms())
    march = month("2026-03", february, terms=Terms())
    assert [amounts(one).get(5060, 0) for one in (january, february, march)] == [D(-75), D(75), 0]
    assert (
        february.carry.sums["tax.simplified"].wages,
        march.carry.sums["tax.simplified"].employee,
    ) == (0, 0)


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


WOMAN_OF_1961 = {"person": person("1961-02-05", Sex.FEMALE), "contracts": (contract("0"),)}


def _around_the_reference_age(after: str, **more: bool) -> tuple[Decimal, Decimal]:
    """1500 in May 2025, the month of the reference age, and an amount in June: what is insured."""
    told = {**WOMAN_OF_1961, "person": person("1961-02-05", Sex.FEMALE, **more)}
    slips = year(months(2025, 5, 6), {"2025-05": [typed(1010, 1500)], "2025-06": [typed(1010, after)]},
                 **told)  # fmt: skip
    sums = slips["2025-06"].carry.sums
    assert slips["2025-05"].carry.sums["ahv"].insured == 0
    return sums["ahv"].insured, sums["ahv.pension"].insured


def test_small_wages_are_all_or_nothing_across_the_reference_age():
    assert _around_the_reference_age("1000", waives_allowance=True) == (0, 0)
    assert _around_the_reference_age("1500", waives_allowance=True) == (D(1500), D(1500))
    # with the allowance of 1400, 1000 of 2400 are left, which makes 2500; and of 2401, 1001
    assert _around_the_reference_age("2400") == (0, D(1000))
    assert _around_the_reference_age("2401") == (D(1500), D(1001))


def test_who_leaves_on_the_30th_and_comes_back_on_the_31st_has_a_month():
    one = contract("6500.00", exit="2026-03-30", employment=1)
    done = slip("2026-03", contracts=(one, contract("6500.00", first="2026-03-31", employment=2)))
    assert (done.gross, done.days) == (D("6500.00"), 30)
    alone = slip("2026-03", contracts=(contract("6500.00", first="2026-03-31"),))
    assert alone.days == 1
    two_jobs = slip("2026-03", contracts=(contract("3000.00", employment=1),
                                          contract("3000.00", first="2026-03-31", employment=2)))  # fmt: skip
    assert two_jobs.gross == D("3100.00")


def test_family_allowances_ask_for_a_least_wage():
    figures = replace(FIGURES, family_income_month=D(630))
    child = (typed(3000, 215),)
    few = slip(contracts=(contract("629.00"),), movements=child, figures=figures)
    assert codes(few) == ["family.small_income"] and few.findings[0].values["least"] == "630.00"
    assert codes(slip(contracts=(contract("630.00"),), movements=child, figures=figures)) == []
    half = contract("630.00", first="2026-01-16")
    assert codes(slip(contracts=(half,), movements=child, figures=figures)) == []
