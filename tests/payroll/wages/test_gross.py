"""Gross lines: what contracts, typed amounts, quantities and percentages come to."""

from __future__ import annotations

from decimal import Decimal

import pytest
from msgspec.structs import replace

from payroll.wages.kinds import Base, Insurance, Pay, Thirteenth
from tests.payroll.wages.made import (
    ROLES,
    TYPES,
    D,
    amounts,
    codes,
    contract,
    day,
    insured,
    months,
    slip,
    typed,
    year,
)  # fmt: skip


@pytest.mark.parametrize(
    ("month", "first", "exit", "days"),
    [
        ("2026-01", "2026-01-31", None, 1),
        ("2026-01", "2026-01-30", None, 1),
        ("2026-01", "2026-01-16", None, 15),
        ("2026-02", "2026-02-27", None, 4),
        ("2026-02", "2026-02-28", None, 3),
        ("2028-02", "2028-02-29", None, 2),
        ("2026-02", "2020-01-01", "2026-02-28", 30),
        ("2028-02", "2020-01-01", "2028-02-28", 28),
        ("2028-02", "2020-01-01", "2028-02-29", 30),
        ("2026-01", "2020-01-01", "2026-01-31", 30),
        ("2026-01", "2020-01-01", "2026-01-30", 30),
        ("2026-01", "2026-01-05", "2026-01-14", 10),
        ("2026-03", "2020-01-01", "2026-02-28", 0),
    ],
)
def test_days_of_a_month(month, first, exit, days):
    done = slip(month, contracts=(contract("3000.00", first=first, exit=exit),))

    assert done.days == days
    assert done.gross == D(days) * 100


def test_terms_that_change_within_a_month_come_to_thirty_days():
    old = contract("5000.05", last=day("2026-03-30"))
    new = contract("5000.05", first="2026-03-31", entry=day("2020-01-01"))

    done = slip("2026-03", contracts=(old, new))

    assert [line.quantity for line in done.lines[:2]] == [29, 1]
    assert done.gross == D("5000.05")
    assert done.days == 30


def test_two_employments_have_the_month_once():
    done = slip(
        contracts=(
            contract("3000.00", employment=1, exit="2026-01-20"),
            contract("1500.00", first="2026-01-11", employment=2),
        )
    )

    assert [line.amount for line in done.lines[:2]] == [D("2000.00"), D("1000.00")]
    assert done.days == 30


def test_an_exit_and_a_re_entry_in_one_year_add_their_days():
    slips = year(
        months(2026),
        contracts=(
            contract("13000.00", employment=1, exit="2026-03-15"),
            contract("13000.00", first="2026-10-16", employment=2),
        ),
    )

    assert [one.days for one in slips.values()] == [30, 30, 15, 0, 0, 0, 0, 0, 0, 15, 30, 30]
    alv = slips["2026-12"].carry.sums["alv"]
    assert (alv.days, alv.insured) == (150, D("61750.00"))  # 148200 × 150 / 360


def test_what_is_paid_before_an_entry_stops_the_run():
    done = slip(contracts=(contract(first="2026-02-01"),), movements=(typed(1010, 100),))

    assert codes(done) == ["person.not_employed"]
    assert done.findings[0].stops
    assert done.lines == ()


def test_what_is_paid_after_an_exit_is_insured_as_on_the_last_day():
    ktg = {"insurance": Insurance.KTG, "base": Base.KTG, "employee": "1"}
    slips = year(
        ["2026-03", "2026-05"],
        {"2026-05": [typed(1203, 9000)]},
        contracts=(contract("5000.00", exit="2026-03-31"),),
        contributions=(
            insured("ktg.old", **ktg, last="2026-04-30", wage_to=D(120000)),
            insured("ktg.new", **ktg, first="2026-05-01", wage_to=D(120000)),
        ),
    )

    late = slips["2026-05"]
    assert codes(late) == ["person.left"]
    assert late.carry.sums["ktg.old"].insured == D("10000.00")  # 120000 × 30 / 360
    assert "ktg.new" not in late.carry.sums


def test_a_new_solution_begins_its_ceiling_anew():
    ktg = {"insurance": Insurance.KTG, "base": Base.KTG, "employee": "1", "wage_to": D(36000)}
    slips = year(
        months(2026, 1, 3),
        {"2026-01": [typed(1203, 9000)]},
        contracts=(contract("3000.00"),),
        contributions=(
            insured("ktg.1", last="2026-02-15", **ktg), insured("ktg.2", first="2026-02-16", **ktg)
        ),
    )  # fmt: skip

    assert slips["2026-02"].carry.sums["ktg.1"].days == 45
    assert slips["2026-02"].carry.sums["ktg.1"].insured == D("4500.00")
    assert slips["2026-02"].carry.sums["ktg.2"].wages == D("1500.00")
    assert slips["2026-03"].carry.sums["ktg.2"].insured == D("4500.00")


def test_a_rate_that_changes_within_the_year_keeps_what_was_charged():
    slips = year(
        months(2026, 1, 2),
        contracts=(contract("5000.00"),),
        contributions=(
            insured("ktg", Insurance.KTG, Base.KTG, "1", last="2026-01-31"),
            insured("ktg", Insurance.KTG, Base.KTG, "2", first="2026-02-01"),
        ),
    )

    assert [amounts(one)[5045] for one in slips.values()] == [D("-50.00"), D("-100.00")]


def test_a_13th_is_paid_when_the_contract_says():
    paid = {
        plan: [
            amounts(one).get(1200, D(0))
            for one in year(
                months(2026), contracts=(contract("6500.00", thirteenth=plan),)
            ).values()
        ]
        for plan in Thirteenth
    }

    zero = D(0)
    assert paid[Thirteenth.NONE] == [zero] * 12
    assert paid[Thirteenth.DECEMBER] == [zero] * 11 + [D("6500.00")]
    assert paid[Thirteenth.HALVES] == ([zero] * 5 + [D("3250.00")]) * 2
    assert paid[Thirteenth.QUARTERS] == ([zero] * 2 + [D("1625.00")]) * 4
    assert sum(paid[Thirteenth.MONTHLY]) == D("6500.00")
    assert set(paid[Thirteenth.MONTHLY]) == {D("541.65"), D("541.70")}


def test_a_13th_is_paid_in_proportion_at_the_exit():
    terms = contract("6000.00", exit="2026-04-15", thirteenth=Thirteenth.DECEMBER)

    slips = year(months(2026, 1, 5), contracts=(terms,))

    assert amounts(slips["2026-04"])[1200] == D("1750.00")  # 6000 × 105 / 360
    assert slips["2026-04"].carry.thirteenths == {}
    assert slips["2026-05"].lines == ()


def test_a_13th_that_was_typed_is_not_paid_twice():
    terms = contract("6000.00", thirteenth=Thirteenth.DECEMBER)
    slips = year(months(2026), {"2026-06": [typed(1200, 2000)]}, contracts=(terms,))

    assert slips["2026-06"].carry.thirteenth.quantize(D("0.01")) == D("1000.00")
    assert amounts(slips["2026-12"])[1200] == D("4000.00")


def test_a_13th_paid_in_advance_is_told_at_the_exit():
    terms = contract("6000.00", exit="2026-02-28", thirteenth=Thirteenth.DECEMBER)
    slips = year(months(2026, 1, 2), {"2026-01": [typed(1200, 2000)]}, contracts=(terms,))

    found = [one for one in slips["2026-02"].findings if one.code == "thirteenth.overpaid"]
    assert [one.values for one in found] == [{"amount": "1000.00"}]


def test_a_13th_of_hours_is_kept_until_december():
    terms = contract("30.00", pay=Pay.HOUR, thirteenth=Thirteenth.DECEMBER)
    hours = {text: [typed(1005, quantity=D(100))] for text in months(2026)}

    slips = year(months(2026), hours, contracts=(terms,))

    assert amounts(slips["2026-12"])[1201] == D("2998.80")  # 12 × 3000 × 8.33 %


def test_hours_without_a_quantity_are_asked_for():
    assert codes(slip(contracts=(contract("30.00", pay=Pay.HOUR),))) == ["movement.no_quantity"]


def test_lessons_have_supplements_of_their_own():
    terms = contract(
        "90.00", pay=Pay.LESSON, holiday_percent=D("10.64"), public_holiday_percent=D("3.5"),
        thirteenth=Thirteenth.MONTHLY,
    )  # fmt: skip
    done = slip(contracts=(terms,), movements=(typed(1006, quantity=D(20)),))

    shown = amounts(done)
    assert (shown[1006], shown[1162], shown[1163]) == (D("1800.00"), D("191.50"), D("63.00"))
    assert shown[1202] == D("171.15")  # 2054.50 × 8.33 % = 171.139…


def test_a_supplement_that_was_typed_replaces_the_reckoned_one():
    terms = contract("30.00", pay=Pay.HOUR, holiday_percent=D("8.33"))
    done = slip(contracts=(terms,), movements=(typed(1005, quantity=D(10)), typed(1160, "30.00")))

    assert amounts(done)[1160] == D("30.00")


def test_overtime_is_a_percentage_of_the_hour_of_a_monthly_wage():
    terms = contract("3640.00", degree=D(50))  # 7280 at 100 %, by 182 hours: 40 an hour
    done = slip(contracts=(terms,), movements=(typed(1061, quantity=D(3)),))

    line = next(one for one in done.lines if one.type == 1061)
    assert (line.rate, line.amount) == (D("50.00"), D("150.00"))
    assert [one.code for one in line.why] == ["line.quantity", "wage.rate_reckoned"]


def test_percentages_of_percentages_are_reckoned_in_their_order():
    done = slip(
        contracts=(contract("5000.00"),), movements=(typed(1219), typed(1218, text="branch"))
    )

    shown = amounts(done)
    assert (shown[1218], shown[1219]) == (D("500.00"), D("250.00"))
    assert next(one for one in done.lines if one.type == 1218).text == "branch"


def test_percentages_of_each_other_stop_the_run():
    types = {**TYPES, "1218": replace(TYPES["1218"], of=(1219,))}
    done = slip(types=types, movements=(typed(1218), typed(1219)))

    assert [one.code for one in done.findings if one.stops] == ["movement.circle"]


@pytest.mark.parametrize(
    ("movement", "code"),
    [
        (typed(7777, 5), "movement.unknown_type"),
        (typed(1010), "movement.no_amount"),
        (typed(1010, 5, employment=9), "movement.unknown_employment"),
        (typed(1005, quantity=D(5)), "movement.no_rate"),
        (typed(1010, quantity=D(10) ** 9, rate=D(10) ** 9), "movement.overflow"),
        (typed(1010, D(10) ** 20), "movement.overflow"),
    ],
)
def test_what_cannot_be_reckoned_stops_the_run(movement, code):
    done = slip(movements=(movement,))

    assert [one.code for one in done.findings if one.stops] == [code]
    assert done.gross == D("6500.00")


def test_a_role_without_a_wage_type_stops_the_run_once():
    roles = {name: number for name, number in ROLES.items() if name != "monthly_wage"}
    done = slip(roles=roles, contracts=(contract(employment=1), contract(employment=2)))

    found = [one for one in done.findings if one.stops]
    assert [(one.code, one.values) for one in found] == [("role.missing", {"role": "monthly_wage"})]


def test_benefits_are_taken_out_of_the_net_wage_again():
    done = slip(
        movements=(typed(1900, quantity=D(20), rate=D(10)), typed(1972, 300), typed(1980, 999))
    )

    shown = amounts(done)
    assert (shown[1900], shown[5200], shown[1972], shown[5212]) == (
        D("200.00"), D("-200.00"), D("300.00"), D("-300.00"),
    )  # fmt: skip
    assert done.gross == D("7000.00")
    assert done.payout == D("6500.00") + shown[5010] + shown[5012]
    assert -shown[5010] == D("371.00")


def test_what_was_balanced_by_hand_is_not_balanced_again():
    done = slip(
        movements=(typed(1962, 5000), typed(5210, 5000), typed(1972, 300), typed(5212, 300))
    )

    shown = amounts(done)
    assert 5200 not in shown
    assert (shown[5210], shown[5212]) == (D("-5000.00"), D("-300.00"))


CAR_ROLES = {**ROLES, "balance_car": 5210}


def test_what_is_paid_for_a_company_car_lowers_what_is_reckoned_of_it():
    """450 a month, of which the employee pays 100: 350 are wage, and box 2.2."""
    done = slip(roles=CAR_ROLES, movements=(typed(1910, 450), typed(5150, 100), typed(1900, 200)))

    shown = amounts(done)
    assert done.gross == D("7050.00")  # 6500 + 450 − 100 + 200
    assert done.carry.sums["ahv"].insured == done.carry.sums["alv"].insured == D("7050.00")
    assert (shown[5210], shown[5200]) == (D("-450.00"), D("-200.00"))
    assert done.payout == D("6400.00") + shown[5010] + shown[5012]


def test_the_type_of_the_car_may_balance_something_else_by_hand():
    done = slip(roles=CAR_ROLES, movements=(typed(1910, 450), typed(1962, 1000), typed(5210, 1000)))
    shown = amounts(done)
    assert shown[5210] + shown[5200] == D("-1450.00")
    assert done.payout == D("6500.00") + shown[5010] + shown[5012]


def test_daily_allowances_are_free_of_contributions_and_take_the_place_of_wages():
    done = slip(contracts=(contract("5000.00"),), movements=(typed(2030, 1600), typed(2050, -1600)))

    assert done.gross == D("5000.00")
    assert done.carry.sums["ahv"].insured == D("3400.00")


def test_short_time_work_owes_contributions_on_the_whole_wage():
    monthly = slip(
        contracts=(contract("5000.00"),), movements=(typed(2060, -1000), typed(2070, 800))
    )
    hourly = slip(
        contracts=(contract("40.00", pay=Pay.HOUR),),
        movements=(typed(1005, quantity=D(100)), typed(2065, 1000), typed(2070, 800)),
    )

    assert (monthly.gross, monthly.carry.sums["ahv"].insured) == (D("4800.00"), D("5000.00"))
    assert (hourly.gross, hourly.carry.sums["ahv"].insured) == (D("4800.00"), D("5000.00"))
    assert hourly.payout == D("4800.00") - D("265.00") - D("55.00")


def test_expenses_and_advances_stand_below_the_net_wage():
    done = slip(movements=(typed(6000, "123.45"), typed(6510, 500), typed(5150, 50)))

    assert done.gross == D("6450.00")
    assert done.net == D("6450.00") - D("341.85") - D("70.95")
    assert done.payout == done.net + D("123.45") - 500
    assert [line.type for line in done.lines] == [1000, 5150, 5010, 5012, 6000, 6510]


def test_a_garnishment_takes_what_exceeds_the_minimum():
    def garnished(keeps: str, most: object = None, *more) -> Decimal:
        movements = (typed(6520, most, keeps=D(keeps)), typed(3099, 200), typed(6000, 90), *more)
        return amounts(slip(movements=movements)).get(6520, D(0))

    # Net 6084.00, with the family allowance 6284.00; expenses are no part of it.
    assert garnished("3000") == D("-3284.00")
    assert garnished("3000", 1000) == D("-1000.00")
    assert garnished("7000") == 0
    assert garnished("3000", None, typed(6510, 500)) == D("-3284.00")


def test_a_negative_payout_stops_the_run():
    done = slip(movements=(typed(6510, 9000),))

    assert [(one.code, one.stops) for one in done.findings if one.stops] == [
        ("payout.negative", True)
    ]
