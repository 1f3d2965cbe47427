"""Figures of law: those of a day with their source, and none that nobody knows."""

from __future__ import annotations

import csv
import datetime as dt
import json
from decimal import Decimal
from itertools import pairwise

import pytest

from payroll.rates import cantonal, family, figures
from payroll.rates.cantonal import CANTONS, CantonalKind, contributions_on, tax_model
from payroll.rates.catalogue import FIGURES
from payroll.rates.family import Raised, Status, allowance, allowances_on
from payroll.rates.figures import Figure, FiguresMissing, figure, figures_known, figures_on, shipped
from payroll.wages.kinds import Sex, TaxModel

IN_2024, IN_2025, IN_2026, IN_2027 = (dt.date(year, 6, 30) for year in range(2024, 2028))


def value(key, day):
    return figure(key, day).value


@pytest.mark.parametrize("year", ["2024", "2025", "2026"])
def test_the_figures_of_a_year_are_those_that_were_published(shared, year):
    told = json.loads((shared / "payroll/rates/rates.json").read_text(encoding="utf-8"))
    given, day = told["years"][year], dt.date(int(year), 12, 31)
    pairs = {
        "ahv_employee": given["ahv_iv_eo"]["employee"],
        "ahv_employer": given["ahv_iv_eo"]["employer"],
        "alv_employee": given["alv"]["employee"], "alv_employer": given["alv"]["employer"],
        "alv_ceiling": given["alv"]["ceiling_year"],
        "allowance_month": given["pensioner_allowance"]["month"],
        "small_wage": given["small_wage_threshold_year"],
        "bvg_threshold": given["bvg"]["entry_threshold"],
        "bvg_coordination": given["bvg"]["coordination_deduction"],
        "bvg_upper": given["bvg"]["upper_limit"], "bvg_minimum": given["bvg"]["min_coordinated"],
        "bvg_most": given["bvg"]["max_coordinated"], "bvg_interest": given["bvg"]["min_interest"],
        "uvg_ceiling": given["uvg"]["max_insured_year"],
        "uvg_ceiling_day": given["uvg"]["max_insured_day"],
        "ahv_pension_least": given["ahv_pension_month"]["min"],
        "ahv_pension_most": given["ahv_pension_month"]["max"],
        "family_child": given["family_allowance_min"]["child"],
        "family_education": given["family_allowance_min"]["education"],
        "family_income_year": given["family_allowance_min"]["min_income_year"],
        "family_income_month": given["family_allowance_min"]["min_income_month"],
        "family_child_income": given["family_allowance_min"]["child_own_income_limit_month"],
        "eo_day_most": given["eo_max_day"], "median_wage": given["qst_median_month"],
    }  # fmt: skip
    assert {key: value(key, day) for key in pairs} == {
        key: Decimal(str(one)) for key, one in pairs.items()
    }


def test_what_is_the_same_in_all_years(shared):
    told = json.loads((shared / "payroll/rates/rates.json").read_text(encoding="utf-8"))
    car, food = told["company_car"], told["natural_wage_ahv"]
    assert value("car_percent", IN_2026) == Decimal(str(car["pct_of_price_excl_vat_per_month"]))
    assert value("car_minimum", IN_2026) == car["min_month"]
    assert [value(key, IN_2026) for key in ("food_breakfast", "food_lunch", "food_dinner",
                                            "lodging_day", "food_day")] == [
        Decimal(str(food[key])) for key in ("breakfast", "lunch", "dinner", "lodging", "day")
    ]  # fmt: skip
    assert [(c.age_from, c.age_to, c.percent) for c in figures.age_credits()] == [
        (row["age_from"], row["age_to"], row["pct"]) for row in told["bvg_age_credits_pct"]
    ]


def test_each_figure_has_a_name_a_source_and_no_gap():
    assert {one.key for one in shipped()} == set(FIGURES)
    for key, known in FIGURES.items():
        spans = [one for one in shipped() if one.key == key]
        assert all(one.source for one in spans)
        for before, after in pairwise(spans):
            assert before.valid_to + dt.timedelta(days=1) == after.valid_from
        assert (spans[-1].valid_to is not None) == known.is_yearly, key


@pytest.mark.parametrize("path", sorted(figures.DATA.glob("*.csv")), ids=lambda path: path.name)
def test_each_row_of_the_data_is_whole_and_says_where_it_comes_from(path):
    for row in figures.rows_of(path.name):
        assert None not in row, row  # a comma that is not quoted
        assert row["source"], row


def test_a_months_figures():
    found = figures_on(IN_2026)
    assert (found.ahv_employee, found.bvg_threshold, found.small_wage, found.median_wage) == (
        Decimal("5.3"), 22680, 2500, 5875)  # fmt: skip
    assert figures_on(IN_2024).small_wage == 2300
    women = {one.born_until: (one.years, one.months) for one in found.reference_ages
             if one.sex == Sex.FEMALE}  # fmt: skip
    assert women == {1960: (64, 0), 1961: (64, 3), 1962: (64, 6), 1963: (64, 9), 9999: (65, 0)}


def test_a_year_that_is_not_published_is_refused_with_all_that_is_missing():
    with pytest.raises(FiguresMissing) as refusal:
        figures_on(IN_2027)
    said = str(refusal.value)
    assert "30.06.2027" in said
    missing = [key for key, one in FIGURES.items() if one.is_yearly and one.is_needed]
    assert missing == [
        "small_wage",
        "bvg_threshold",
        "bvg_coordination",
        "bvg_upper",
        "bvg_minimum",
    ]
    assert said.count(";") == len(missing) - 1
    assert "median_wage" in figures.missing_on(IN_2027)
    assert "ahv_employee" not in figures.missing_on(IN_2027)
    assert figures.missing_on(IN_2026) == []


def own(key, amount, year=2027):
    end = dt.date(year, 12, 31) if FIGURES[key].is_yearly else None
    return Figure(key, dt.date(year, 1, 1), end, Decimal(amount), "letter", 1)


def test_own_figures_fill_what_is_missing_and_never_what_is_known():
    mine = [own(key, 1000) for key, one in FIGURES.items() if one.is_yearly]
    assert figures_on(IN_2027, own=mine).small_wage == 1000
    with pytest.raises(FiguresMissing):
        figures_on(dt.date(2028, 1, 31), own=mine)
    assert figures_known(IN_2026, own=[own("small_wage", 1, 2026)])["small_wage"].value == 2500


def test_before_the_first_figures_nothing_is_guessed():
    with pytest.raises(FiguresMissing):
        figures_on(dt.date(2023, 12, 31))


# --- family allowances ------------------------------------------------------------------------------
def test_family_allowances_are_those_of_the_data(shared):
    path = shared / "payroll/rates/family_allowances.csv"
    with path.open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["canton"] != "CH"]
    for row in rows:
        if row["year"] in {"2024", "2025", "2026"} and row["status"] == "ok":
            found = allowances_on(row["canton"], dt.date(int(row["year"]), 3, 1))
            assert (found.child, found.education) == (int(row["child"]), int(row["education"]))
            assert found.status == Status.KNOWN
            assert found.birth == (Decimal(row["birth"]) if row["birth"] else None)


@pytest.mark.parametrize(
    ("canton", "day", "told", "amount"),
    [
        ("BE", IN_2026, {}, 250),
        ("BE", IN_2026, {"education": True}, 310),
        ("VD", IN_2026, {"nth": 2}, 322),
        ("VD", IN_2026, {"nth": 3}, 365),
        ("VD", IN_2026, {"nth": 3, "education": True}, 468),
        ("LU", dt.date(2026, 6, 1), {"born": dt.date(2014, 6, 30)}, 215),
        ("LU", dt.date(2026, 7, 1), {"born": dt.date(2014, 6, 30)}, 260),
        ("ZG", dt.date(2026, 7, 1), {"born": dt.date(2008, 6, 2), "education": True}, 350),
        ("ZG", dt.date(2026, 6, 1), {"born": dt.date(2008, 6, 2), "education": True}, 300),
    ],
)
def test_what_a_child_is_paid(canton, day, told, amount):
    more = {"education": False, "born": dt.date(2016, 1, 1)} | told
    assert allowance(canton, day, **more).amount == amount


def test_an_amount_of_an_earlier_year_is_at_least_the_federal_one_and_wants_a_look():
    found = allowance("SH", IN_2026, education=False, born=dt.date(2020, 1, 1))
    assert (found.amount, found.status) == (215, Status.OLD)
    assert found.finding.code == "family.check_amount"
    assert found.finding.values["canton"] == "SH"
    assert not found.finding.stops
    sure = allowance("AG", IN_2026, education=False, born=dt.date(2020, 1, 1))
    assert (sure.amount, sure.finding) == (225, None)


def test_family_allowances_of_a_year_without_a_federal_minimum_are_refused():
    with pytest.raises(FiguresMissing):
        allowances_on("ZH", IN_2027)
    mine = [own("family_child", 220), own("family_education", 273)]
    found = allowances_on("ZH", IN_2027, own=mine)
    assert (found.child, found.education, found.status) == (220, 273, Status.OLD)


def test_each_canton_has_something_to_say():
    for canton in CANTONS:
        assert allowances_on(canton, IN_2026).child >= 215
    assert {one.raised for rows in family._cantonal().values() for one in rows} == set(Raised)


# --- cantons ----------------------------------------------------------------------------------------
def test_five_cantons_reckon_tax_by_the_year():
    assert [c for c in CANTONS if tax_model(c, IN_2025) == TaxModel.YEARLY] == [
        "FR", "GE", "TI", "VD", "VS"]  # fmt: skip


def test_contributions_of_a_canton_say_how_sure_they_are():
    found = {one.kind: one for one in contributions_on(IN_2026, canton="VS")}
    assert found[CantonalKind.FAK].employee_percent == Decimal("0.13")
    assert found[CantonalKind.ADULT_EDUCATION].employee_percent == Decimal("0.001")
    assert found[CantonalKind.FAK].status == Status.KNOWN
    (old,) = [one for one in contributions_on(IN_2027, canton="VS") if one.kind == CantonalKind.FAK]
    assert old.status == Status.OLD
    (before,) = [
        one for one in contributions_on(IN_2025, canton="VS") if one.kind == CantonalKind.FAK
    ]
    assert before.employee_percent == Decimal("0.17")
    (geneva,) = [
        one for one in contributions_on(IN_2026, canton="GE") if one.kind == CantonalKind.MATERNITY
    ]
    assert (geneva.employer_percent, geneva.status) == (None, Status.OPEN)
    assert {one.canton for one in contributions_on(IN_2026)} <= set(CANTONS)
    assert set(cantonal.KINDS) == set(CantonalKind)
    assert set(cantonal.STATUSES) == set(Status)
