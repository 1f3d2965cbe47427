"""Cases beside the examples: several jobs, borders, corrections, what stops, and what always holds."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from payroll.wages.kinds import Pay, TaxModel
from payroll.wages.values import TaxChange
from payroll.wages.withholding import late_changes
from tests.examples import cases
from tests.payroll.wages.withholding.playing import HOURLY, Year, flat, line, tariff

YEARLY = TaxModel.YEARLY
JUNE, MAY = dt.date(2025, 6, 1), dt.date(2025, 5, 1)
STEPS = tariff((0, 0), (1000, 2), (3000, 5), (6000, 10), (12000, 20))


def year(*codes, canton="ZH", rows=STEPS, **more):
    return Year({f"{canton} {code}": rows for code in codes}, **more)


# --- several jobs -----------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("job", "determinant"),
    [
        ({"only_job": True, "own_rate": 50}, 4000),
        ({"only_job": False, "own_rate": 50, "total_rate": 80}, 6400),
        ({"only_job": False, "own_rate": 50}, 8000),  # unknown: 100 %
        ({"only_job": False, "own_rate": 50, "other_income": 1500}, 5500),
        ({"only_job": False, "own_rate": 50, "other_rate": 70}, 9600),
        ({"only_job": False, "own_rate": 0}, 5775),  # no degree: median wage
        ({"only_job": False, "own_rate": 110}, 4000),
    ],
)
@pytest.mark.parametrize("model", TaxModel)
def test_what_is_earned_elsewhere_raises_the_rate_alone(job, determinant, model):
    one = year("A0N")
    more = {key: Decimal(value) if key != "only_job" else value for key, value in job.items()}
    one.hold("A0N", model=model, **more)
    one.month(1, line(4000))
    assert (one.last[0].determinant, one.last[0].taxable) == (determinant, 4000)


def test_other_income_is_for_a_full_month_where_one_began_in_it():
    one = year("A0N")
    one.hold("A0N", only_job=False, other_income=Decimal(1500))
    one.month(4, line(2000), days=15)
    assert one.last[0].determinant == 5500


def test_aperiodic_pay_is_never_extrapolated():
    one = year("A0N")
    one.hold("A0N", only_job=False, own_rate=Decimal(50))
    one.month(4, line(1000), line(700, periodic=False), days=15)
    assert one.last[0].determinant == 1000 * 2 * 2 + 700


def test_a_back_payment_for_an_earlier_month_is_not_periodic():
    one = year("A0N")
    one.hold("A0N", only_job=False, own_rate=Decimal(50))
    one.month(1, line(2000))
    one.month(2, line(2000), line(300, for_month=dt.date(2025, 1, 1)))
    assert one.last[0].determinant == 4300


def test_hours_of_the_month_before_are_paid_as_usual():
    one = year("A0N", pay=Pay.HOUR)
    one.hold("A0N", only_job=False, own_rate=Decimal(50))
    hours = line(2730, type=HOURLY, quantity=91, for_month=dt.date(2025, 1, 1))
    one.month(2, hours)
    assert one.last[0].determinant == 5460  # 91 hours of 182


def test_what_is_told_as_taxed_is_what_was_paid():
    one = year("A0N")
    one.hold("A0N")
    one.month(2, line("5000.03"))
    assert one.last[0].taxable == Decimal("5000.03")


# --- categories and minimum -------------------------------------------------------------------------
@pytest.mark.parametrize("code", ["NON", "NOY", "SFN"])
def test_exempt_categories_are_declared_and_not_taxed(code):
    one = Year({})
    one.hold(code, "VD", model=YEARLY)
    assert one.month(1, line(5000)) == 0
    assert [(tax.taxable, tax.amount) for tax in one.taxes] == [(5000, 0)]
    assert not one.findings


def test_fees_of_boards_are_taxed_flat_whatever_else_is_earned():
    one = Year({"ZH HEN": tariff((1, 25))})
    one.hold("HEN", only_job=False, own_rate=Decimal(10))
    assert one.month(3, line(3000, periodic=False), days=0) == Decimal("750.00")


@pytest.mark.parametrize("model", TaxModel)
def test_fees_of_a_board_beside_a_wage_are_taxed_by_themselves(model):
    """Two categories of one person: a late change of the wage's code leaves the fees as they were."""
    one = Year({"ZH A0N": STEPS, "ZH B0N": tariff((0, 1)), "ZH HEN": tariff((1, 25))})
    one.hold("A0N", model=model, board_code="HEN")
    assert one.month(3, line(5000), line(3000, box="6")) == 250 + 750
    assert one.month(4, line(5000)) == 250
    assert one.month(5, line(5000), line(1000, box="6")) == 250 + 250
    one.hold("B0N", since=3, model=model, board_code="HEN")
    one.held = one.held[-1:]
    changes = late_changes(one.given(6))
    assert [change.month.month for change in changes] == [3, 4, 5]
    assert one.month(6, line(5000), tax_changes=changes) == 50 - 3 * 200
    assert {(row.code, row.tax) for row in one.carry.taxed if row.month == MAY} == {
        ("HEN", 250),
        ("B0N", 50),
    }
    assert one.codes == []


def test_what_was_paid_after_an_exit_is_left_alone_by_a_late_change():
    """Left in June at 5000 a month, 36000 in August at 8000: another code since May moves May and June alone."""
    one = Year({"TI A0N": STEPS, "TI B0N": tariff((0, 1))})
    one.hold("A0N", "TI", model=YEARLY)
    for month in range(1, 7):
        assert one.month(month, line(5000)) == 250
    assert one.month(8, line(36000, periodic=False), days=0) == 3600
    assert one.last[0].determinant == 8000
    change = tuple(TaxChange(month=dt.date(2025, month, 1), code="B0N") for month in (5, 6))
    assert one.month(9, days=0, tax_changes=change) == -2 * 200
    assert {row.tax for row in one.carry.taxed if row.alone} == {3600}


@pytest.mark.parametrize(("paid", "tax"), [(0, 0), (5, 13), (259, 13), (600, 60)])
def test_the_minimum_counts_but_never_for_nothing(paid, tax):
    one = year("A0N", rows=tariff((0, 0), (1, 5), (600, 10), minimum=13))
    one.hold("A0N")
    assert one.month(1, line(paid)) == tax


def test_a_tax_is_rounded_to_five_centimes_half_away_from_zero():
    one = Year(flat(ZH_A0N="0.25"))
    one.hold("A0N")
    assert one.month(1, line("1010")) == Decimal("2.55")  # 2.525


def test_a_negative_wage_takes_nothing_in_the_monthly_model_and_is_told():
    one = Year(flat(ZH_A0N="10"))
    one.hold("A0N")
    assert one.month(2, line("-1010")) == 0
    assert one.codes == ["tax.negative_wage"]


# --- border cases -----------------------------------------------------------------------------------
def test_days_worked_abroad_are_not_taxed_but_count_for_the_rate():
    one = year("A0N")
    one.hold("A0N", work_days=Decimal(20), work_days_abroad=Decimal(5))
    assert one.month(1, line(8000)) == Decimal("600.00")
    assert (one.last[0].taxable, one.last[0].determinant) == (6000, 8000)


@pytest.mark.parametrize("days", [None, Decimal(3)])
def test_days_abroad_without_days_of_work_stop(days):
    one = year("A0N")
    one.hold("A0N", work_days=days, work_days_abroad=Decimal(5))
    assert one.month(1, line(8000)) == 0
    assert [(f.code, f.stops) for f in one.findings] == [("tax.work_days", True)]


# --- what stops -------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("code", "tariffs", "found"),
    [
        ("A0N", {}, "tax.no_tariff"),
        ("A0N", {"BE A0N": STEPS}, "tax.no_tariff"),
        ("A0Y", {"ZH A0Y": ()}, "tax.unknown_code"),
        ("XX", {"ZH XX": STEPS}, "tax.unknown_code"),
    ],
)
def test_without_its_tariff_nothing_is_guessed(code, tariffs, found):
    one = Year(tariffs)
    one.hold(code)
    assert one.month(1, line(5000)) == 0
    (finding,) = one.findings
    assert (finding.code, finding.stops) == (found, True)
    assert finding.values == {"canton": "ZH", "code": code, "year": "2025"}
    assert one.carry.taxed == ()


def test_a_payment_before_any_wage_wants_the_last_one():
    one = year("A0N")
    one.hold("A0N")
    one.month(1, line(1000, periodic=False), days=0)
    assert one.codes == ["tax.no_last_wage"]
    one.hold("A0N", last_wage=Decimal(6000))
    one.month(1, line(1000, periodic=False), days=0)
    assert one.last[0].determinant == 7000


def test_who_is_not_liable_pays_nothing():
    one = year("A0N")
    assert one.month(1, line(9000)) == 0
    assert (one.taxes, one.carry.taxed, one.findings) == ([], (), ())


def test_liability_ends_with_the_month_and_begins_with_the_first_day_after():
    one = year("A0N", "B0N")
    one.hold("A0N")
    held = one.held[0]
    one.held = (held.__class__(first=held.first, last=dt.date(2025, 6, 14), canton="ZH",
                               code="A0N"),
                held.__class__(first=dt.date(2025, 6, 15), last=dt.date(2025, 12, 31),
                               canton="ZH", code="B0N"))  # fmt: skip
    one.month(6, line(6000))
    assert one.last[0].code == "A0N"
    one.month(7, line(6000))
    assert one.last[0].code == "B0N"


# --- corrections ------------------------------------------------------------------------------------
@pytest.mark.parametrize("model", TaxModel)
def test_a_second_payment_in_a_month_is_taxed_with_the_first(model):
    once, twice = year("A0N"), year("A0N")
    for one in (once, twice):
        one.hold("A0N", model=model)
        one.month(1, line(5000))
    whole = once.month(2, line(5000), line(4000, periodic=False))
    parts = twice.month(2, line(5000)) + twice.month(2, line(4000, periodic=False))
    assert whole == parts
    assert once.carry == twice.carry


@pytest.mark.parametrize("model", TaxModel)
def test_a_month_taken_back_leaves_nothing(model):
    one = year("A0N")
    one.hold("A0N", model=model)
    assert one.month(1, line(7000)) + one.month(1, line(-7000)) == 0
    assert sum(row.tax for row in one.carry.taxed) == 0


def test_a_code_that_was_wrong_within_the_month_is_put_right_in_it():
    one = Year(flat(ZH_A0N=10, ZH_B0N=4))
    one.hold("A0N")
    one.month(5, line(5000))
    one.hold("B0N", since=5)
    one.held = one.held[-1:]
    assert one.month(5, line(500)) == Decimal("-500") + Decimal("220")
    assert [(row.code, row.tax) for row in one.carry.taxed] == [("B0N", 220)]


@pytest.mark.parametrize("model", TaxModel)
def test_months_that_were_not_liable_are_paid_back(model):
    one = Year(flat(ZH_A0N=10))
    one.hold("A0N", model=model)
    one.month(4, line(5000))
    one.month(5, line(5000))
    back = one.month(6, line(5000), tax_changes=(TaxChange(month=MAY, code="NON"),))
    assert back == 0
    assert [(tax.month.month, tax.code, tax.amount) for tax in one.last] == [
        (5, "A0N", -500), (5, "NON", 0), (6, "A0N", 500)]  # fmt: skip
    assert sum(row.tax for row in one.carry.taxed) == 1000


@pytest.mark.parametrize("model", TaxModel)
def test_months_that_were_not_liable_by_mistake_are_taxable_once(model):
    one = Year(flat(ZH_A0N=10))
    one.hold("A0N", model=model)
    one.month(1, line(6500))
    one.month(2, line(6500))
    right, one.held = one.held, ()
    one.month(3, line(6500), tax_changes=late_changes(one.given(3)))
    one.held = right
    one.month(4, line(6500), tax_changes=late_changes(one.given(4)))
    assert sum(tax.amount for tax in one.taxes) == 2600
    for month in (1, 2, 3, 4):
        assert sum(tax.taxable for tax in one.taxes if tax.month.month == month) == 6500


@pytest.mark.parametrize(("old", "new"), [(TaxModel.MONTHLY, YEARLY), (YEARLY, TaxModel.MONTHLY),
                                          (YEARLY, YEARLY), (TaxModel.MONTHLY, TaxModel.MONTHLY)])  # fmt: skip
def test_a_move_that_was_told_late_pays_one_canton_back_and_the_other_its_due(old, new):
    one = Year(flat(ZH_A0N=10, TI_A0N=8))
    one.hold("A0N", "ZH", model=old)
    for month in (3, 4, 5):
        one.month(month, line(5000))
    one.hold("A0N", "TI", since=5, model=new, commune=5192)
    changes = late_changes(one.given(6))
    assert changes == (TaxChange(month=MAY, code="A0N", canton="TI", model=new, commune=5192),)
    one.month(6, line(5000), tax_changes=changes)
    assert {(tax.month.month, tax.canton): tax.amount for tax in one.last} == {
        (5, "ZH"): -500, (5, "TI"): 400, (6, "TI"): 400}  # fmt: skip
    assert late_changes(one.given(7)) == ()


def test_a_change_is_put_right_even_after_somebody_left():
    one = Year(flat(ZH_A0N=10, ZH_B0N=4))
    one.hold("A0N", model=YEARLY)
    one.month(5, line(5000))
    one.hold("B0N", since=5, model=YEARLY)
    one.held = one.held[-1:]
    back = one.month(6, days=0, tax_changes=(TaxChange(month=MAY, code="B0N"),))
    assert back == -300
    assert [(row.code, row.tax) for row in one.carry.taxed] == [("B0N", 200)]


def test_another_degree_of_all_jobs_can_be_told_late():
    one = year("A0N")
    one.hold("A0N", only_job=False, own_rate=Decimal(50))
    one.month(5, line(4000))
    change = TaxChange(month=MAY, code="A0N", scale=Decimal(1))
    assert one.month(6, line(4000), tax_changes=(change,)) == 400 + (200 - 400)


@pytest.mark.parametrize(
    ("change", "found"),
    [(TaxChange(month=dt.date(2024, 12, 1), code="B0N"), "tax.other_year"),
     (TaxChange(month=JUNE, code="B0N"), "tax.month_not_taxed")],
)  # fmt: skip
def test_a_correction_stays_within_what_was_taxed_this_year(change, found):
    one = Year(flat(ZH_A0N=10))
    one.hold("A0N")
    assert one.month(8, line(5000), tax_changes=(change,)) == 0
    assert one.codes == [found]


def test_somebody_is_told_of_months_that_were_taxed_otherwise():
    one = Year(flat(ZH_A0N=10, ZH_B0N=4))
    one.hold("A0N")
    one.month(5, line(5000))
    one.hold("B0N", since=5)
    one.held = one.held[-1:]
    one.month(6, line(5000))
    assert [(f.code, f.stops, dict(f.values)) for f in one.findings] == [
        ("tax.code_differs", False, {"month": "2025-05", "code": "B0N"})]  # fmt: skip


def test_a_payment_when_nobody_is_liable_any_more_is_told():
    one = Year(flat(ZH_A0N=10))
    one.hold("A0N", until=6)
    one.month(6, line(5000))
    assert one.month(8, line(1000, periodic=False), days=0) == 0
    assert one.codes == ["tax.paid_after_liability"]


def test_the_slip_says_why():
    one = year("A0N")
    one.hold("A0N", only_job=False, own_rate=Decimal(50))
    one.month(1, line(4000))
    assert [reason.code for reason in one.last[0].why] == [
        "tax.other_unknown", "tax.monthly", "tax.by_tariff"]  # fmt: skip


# --- what always holds ------------------------------------------------------------------------------
amounts = st.integers(0, 400_000).map(lambda n: Decimal(n) * Decimal("0.05"))
months = st.lists(st.tuples(amounts, amounts, st.integers(1, 30)), min_size=1, max_size=12)


def played(months, model, codes=("A0N",)):
    one = year("A0N", "B0N")
    for nth, (periodic, aperiodic, days) in enumerate(months):
        one.hold(codes[nth % len(codes)], since=nth + 1, model=model)
        one.month(nth + 1, line(periodic), line(aperiodic, periodic=False), days=days)
    return one


@settings(max_examples=cases(60, each_time=20), deadline=None)
@given(months=months)
def test_the_months_of_a_year_come_to_what_is_due_at_the_last_rate(months):
    one = played(months, YEARLY)
    days = sum(row[2] for row in months)
    wages, extra = sum(row[0] for row in months), sum(row[1] for row in months)
    determinant = (wages * 360 / days + extra) / 12
    determinant = (determinant / Decimal("0.05")).quantize(1, "ROUND_HALF_UP") * Decimal("0.05")
    percent = [row.percent for row in STEPS if row.income_from <= determinant][-1]
    due = (wages + extra) * percent / 100
    assert abs(sum(tax.amount for tax in one.taxes) - due) <= Decimal("0.025")


@settings(max_examples=cases(60, each_time=20), deadline=None)
@given(months=months, model=st.sampled_from(TaxModel))
def test_taxes_are_in_five_centimes_and_the_year_keeps_what_was_taken(months, model):
    one = played(months, model, ("A0N", "B0N"))
    assert all(tax.amount % Decimal("0.05") == 0 for tax in one.taxes)
    assert sum(tax.amount for tax in one.taxes) == sum(row.tax for row in one.carry.taxed)
    assert [row.month.month for row in one.carry.taxed] == list(range(1, len(months) + 1))


@settings(max_examples=cases(60, each_time=20), deadline=None)
@given(months=months, model=st.sampled_from(TaxModel), which=st.integers(0, 10))
def test_a_late_change_ends_where_an_early_one_would_have(months, model, which):
    """Taxed wrongly and put right is the same as taxed rightly; in the yearly model to 0.05."""
    which = which % len(months)
    told = ["B0N" if nth == which else "A0N" for nth in range(len(months))]
    right, late = year("A0N", rows=STEPS), year("A0N", rows=STEPS)
    for one in (right, late):
        one.tariffs["ZH B0N"] = tariff((0, 0), (2000, 3), (8000, 7))
    for nth, (periodic, aperiodic, days) in enumerate([*months, (Decimal(3000), Decimal(0), 30)]):
        if nth == 12:
            return
        paid = (line(periodic), line(aperiodic, periodic=False))
        code = told[nth] if nth < len(told) else "A0N"
        right.hold(code, since=nth + 1, model=model)
        late.hold("A0N", since=nth + 1, model=model)
        right.month(nth + 1, *paid, days=days)
        change = TaxChange(month=dt.date(2025, which + 1, 1), code="B0N")
        late.month(nth + 1, *paid, days=days, tax_changes=(change,) * (nth == len(months)))
    difference = sum(t.amount for t in right.taxes) - sum(t.amount for t in late.taxes)
    assert abs(difference) <= (Decimal(0) if model == TaxModel.MONTHLY else Decimal("0.05"))


@settings(max_examples=cases(30, each_time=10), deadline=None)
@given(days=st.lists(st.integers(1, 30), min_size=1, max_size=12), model=st.sampled_from(TaxModel))
def test_no_pay_is_no_tax(days, model):
    one = played([(Decimal(0), Decimal(0), day) for day in days], model)
    assert one.taxes == []


@pytest.mark.parametrize(("elsewhere", "determinant"), [("60", "4326.00"), (None, "5460.00")])
def test_a_second_job_by_the_hour_counts_by_its_hours(elsewhere, determinant):
    """P20: 35 h of 182 are 19.2308 %; with 60 % elsewhere 1050 stand for 79.2308 %, else for 100 %."""
    one = Year(flat(ZH_A0N=10), pay=Pay.HOUR)
    other = None if elsewhere is None else Decimal(elsewhere)
    one.hold("A0N", only_job=False, other_rate=other)
    assert one.month(1, line(1050, type=HOURLY, quantity=35)) == Decimal("105.00")
    assert one.last[0].determinant == Decimal(determinant)
