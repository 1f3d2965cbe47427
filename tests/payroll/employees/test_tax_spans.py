"""From facts to what is taxed: when liability begins and ends, entries, degrees. No database."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given as examples
from hypothesis import settings
from hypothesis import strategies as st
from msgspec.structs import replace

from payroll.employees import converting
from payroll.employees.due import coming
from payroll.employees.facts import Personal, Wage, WithholdingTax, kind_of
from payroll.employees.people import DAY, Held, Period, PersonFile
from payroll.employees.plausible import remarks
from payroll.wages.calculating import calculate
from payroll.wages.carrying import Carry, Earlier
from payroll.wages.kinds import Pay, Sex
from payroll.wages.spans import month_end
from payroll.wages.values import Movement, TariffRow
from payroll.wages.withholding import holding_in, late_changes
from tests.examples import cases
from tests.payroll.wages.made import D, codes, given, month

TEN = {"ZH A0N": (TariffRow(income_from=D(0), percent=D(10)),)}
#: One percent for each thousand.
STEPS = {"ZH A0N": tuple(TariffRow(income_from=D(n * 1000), percent=D(n)) for n in range(20))}
SINCE_2020 = (Period(7, dt.date(2020, 1, 1)),)


def day(text):
    return dt.date.fromisoformat(text)


def wage(amount="6500.00", degree=100):
    return Wage(pay=Pay.MONTH, amount=D(amount), degree=D(degree), canton="ZH")


def tax(code="A0N", **more):
    return WithholdingTax(code=code, canton="ZH" if code else "", **more)


def file(*facts, periods=SINCE_2020):
    """A person's file; facts as (first day, value), each ended by the next one of its kind."""
    rows = sorted(((day(first), value) for first, value in facts), key=lambda one: one[0])
    held = []
    for nth, (first, value) in enumerate(rows):
        later = [one for one, other in rows[nth + 1 :] if kind_of(other) == kind_of(value)]
        last = later[0] - DAY if later else None
        held.append(Held(nth, kind_of(value), "", first, last, None, value))
    personal = Personal(birth_date=dt.date(1986, 3, 10), sex=Sex.MALE)
    return PersonFile(1, "1", 1, "X", "de", (), "", "", personal, tuple(periods), tuple(held))


def played(known, tariffs, *, until=12, movements=None):
    """A year's slips by month; ``known`` is what the file holds when a month is run, by its first month."""
    carry, slips = Carry(), {}
    for number in range(1, until + 1):
        now = [one for since, one in sorted(known.items()) if since <= number][-1]
        first = dt.date(2026, number, 1)
        one = given(
            f"2026-{number:02}", contracts=converting.contracts_of(now, first), tariffs=tariffs,
            withholdings=converting.withholdings_of(now, first), carry=carry,
            movements=tuple((movements or {}).get(number, ())),
        )  # fmt: skip
        slip = calculate(replace(one, tax_changes=late_changes(one)))
        slips[number], carry = slip, slip.carry
    return slips


def taxes(slip):
    return [(one.month.month, one.code, str(one.amount)) for one in slip.taxes]


def spans(of, text):
    found = converting.withholdings_of(of, month(text))
    return [(f"{one.first:%m-%d}", f"{one.last:%m-%d}", one.code, one.own_rate) for one in found]


OLD = ("2020-01-01", wage())


def test_months_that_become_liable_afterwards_are_taxed_afterwards():
    """In April somebody enters A0N from 1 February: April 650.00, and 650.00 each for February and March."""
    liable = file(OLD, ("2026-02-01", tax()))
    slips = played({1: file(OLD), 4: liable}, TEN, until=5)
    assert taxes(slips[3]) == []
    assert taxes(slips[4]) == [(2, "A0N", "650.00"), (3, "A0N", "650.00"), (4, "A0N", "650.00")]
    assert [one.is_correction for one in slips[4].taxes] == [True, True, False]
    assert taxes(slips[5]) == [(5, "A0N", "650.00")]
    assert not [code for slip in slips.values() for code in codes(slip) if code.startswith("tax.")]


def test_months_that_were_not_liable_are_paid_back_and_forth():
    slips = played({1: file(OLD, ("2020-01-01", tax())), 3: file(OLD),
                    4: file(OLD, ("2020-01-01", tax()))}, TEN, until=4)  # fmt: skip
    assert sum(one.amount for one in slips[3].taxes) == D("-1300.00")
    assert sum(one.amount for one in slips[4].taxes) == D("2600.00")
    assert sum(row.tax for row in slips[4].carry.taxed) == D("2600.00")


def test_another_degree_of_all_jobs_is_put_right_for_all_months():
    """50 % here, and all jobs known as 50 %, then as 100 %: 97.50 a month become 195.00 of 3250.00."""
    half = ("2020-01-01", wage("3250.00", 50))
    first, then = (
        file(half, ("2020-01-01", tax(only_job=False, total_rate=D(total)))) for total in (50, 100)
    )
    slips = played({1: first, 4: then}, STEPS, until=4)
    assert taxes(slips[3]) == [(3, "A0N", "97.50")]
    assert taxes(slips[4]) == [
        *((number, "A0N", amount) for number in (1, 2, 3) for amount in ("-97.50", "195.00")),
        (4, "A0N", "195.00"),
    ]  # fmt: skip
    assert {row.determinant for row in slips[4].carry.taxed} == {D("6500.00")}


def test_liability_that_begins_within_a_month_counts_from_the_next_one():
    """Separated on 15 February: nothing in February, whether the days before are told or not."""
    for told in ((("2020-01-01", tax("")), ("2026-02-15", tax())), (("2026-02-15", tax()),)):
        slips = played({1: file(OLD, *told)}, TEN, until=3)
        assert [taxes(slips[number]) for number in (1, 2, 3)] == [[], [], [(3, "A0N", "650.00")]]


def test_liability_that_ends_within_a_month_ends_with_it():
    slips = played({1: file(OLD, ("2020-01-01", tax()), ("2026-02-15", tax("")))}, TEN, until=3)
    assert [taxes(slips[number]) for number in (2, 3)] == [[(2, "A0N", "650.00")], []]


def test_liability_from_an_entry_within_the_month_counts_at_once():
    entered = (Period(7, dt.date(2026, 2, 16)),)
    for since in ("2020-01-01", "2026-02-01", "2026-02-16"):
        known = file(("2026-02-16", wage()), (since, tax()), periods=entered)
        slip = played({1: known}, TEN, until=2)[2]
        assert taxes(slip) == [(2, "A0N", "325.00")]
        assert slip.taxes[0].determinant == D("6500.00")


def test_who_enters_again_within_a_month_is_taxed_by_the_new_degree():
    """Full time until February, back on 15 April with 50 %: 6500.05 determine 104.00 of 1733.35."""
    back = (Period(7, dt.date(2020, 1, 1), dt.date(2026, 2, 28)), Period(8, dt.date(2026, 4, 15)))
    known = file(OLD, ("2026-04-15", wage("3250.00", 50)), ("2020-01-01", tax(only_job=False)),
                 periods=back)  # fmt: skip
    assert spans(known, "2026-04") == [
        ("01-01", "03-31", "A0N", 100),
        ("04-15", "04-30", "A0N", 50),
    ]
    slip = played({1: known}, STEPS, until=4)[4]
    [told] = slip.taxes
    assert (told.taxable, told.determinant, told.amount) == (
        D("1733.35"),
        D("6500.05"),
        D("104.00"),
    )


def test_who_was_not_liable_before_the_exit_is_from_the_entry_on():
    back = (Period(7, dt.date(2020, 1, 1), dt.date(2026, 2, 28)), Period(8, dt.date(2026, 4, 15)))
    known = file(OLD, ("2020-01-01", tax("")), ("2026-04-15", tax()), periods=back)
    assert taxes(played({1: known}, TEN, until=4)[4]) == [(4, "A0N", "346.65")]


def test_a_degree_that_changes_within_a_month_counts_by_its_days():
    """80 % for 15 days, then 100 %: 5850.00 at 90 % stand for 6500.00."""
    known = file(("2020-01-01", wage("5200.00", 80)), ("2026-03-16", wage()),
                 ("2020-01-01", tax(only_job=False)))  # fmt: skip
    [told] = played({1: known}, STEPS, until=3)[3].taxes
    assert (told.taxable, told.determinant) == (D("5850.00"), D("6500.00"))


def test_who_never_has_a_code_has_no_spans():
    assert converting.withholdings_of(file(OLD), month("2026-05")) == ()
    assert converting.withholdings_of(file(OLD, ("2020-01-01", tax(""))), month("2026-05")) == ()


def days(number, quantity):
    return Movement(type=number, quantity=D(quantity))


def test_days_of_work_abroad_are_usual_or_typed_for_a_month():
    """20 days a month, 5 abroad: 4875.00 of 6500.00 are taxed; in February nobody was abroad, in March 10 of 21."""
    known = file(OLD, ("2020-01-01", tax(work_days=D(20), work_days_abroad=D(5))))
    typed = {2: [days(7010, 0)], 3: [days(7000, 21), days(7010, 10)], 4: [days(7010, 30)]}
    slips = played({1: known}, TEN, movements=typed, until=5)
    assert [taxes(slips[number]) for number in (1, 2, 3, 4, 5)] == [
        [(1, "A0N", "487.50")], [(2, "A0N", "650.00")], [(3, "A0N", "340.50")], [], [(5, "A0N", "487.50")],
    ]  # fmt: skip
    assert slips[3].taxes[0].determinant == D("6500.00")
    assert [one.code for one in slips[4].findings if one.stops] == ["tax.work_days"]
    assert not any(line.type in (7000, 7010) for slip in slips.values() for line in slip.lines)


def test_days_that_were_typed_count_when_liability_is_told_late():
    liable = file(OLD, ("2020-01-01", tax()))
    typed = {1: [days(7000, 20), days(7010, 5)]}
    slips = played({1: file(OLD), 2: liable}, TEN, movements=typed, until=2)
    assert taxes(slips[2]) == [(1, "A0N", "487.50"), (2, "A0N", "650.00")]


def test_the_degree_of_other_jobs_and_an_unknown_one_determine_the_rate():
    """3250.00 at 50 %: 30 % elsewhere stand for 5200.00; an unknown degree for the median wage of 5875.00."""
    half = ("2020-01-01", wage("3250.00", 50))
    for more, determinant in (({"other_rate": D(30)}, "5200.00"), ({"own_rate": D(0)}, "5875.00")):
        known = file(half, ("2020-01-01", tax(only_job=False, **more)))
        assert played({1: known}, STEPS, until=1)[1].taxes[0].determinant == D(determinant)


def test_lessons_tell_no_degree():
    lessons = Wage(pay=Pay.LESSON, amount=D(80), canton="ZH")
    known = file(("2020-01-01", lessons), ("2020-01-01", tax(only_job=False)))
    assert spans(known, "2026-01") == [("01-01", "01-31", "A0N", 0)]
    assert "people.lessons_no_degree" in [one.code for one in remarks(known, dt.date(2026, 1, 31))]
    told = file(("2020-01-01", lessons), ("2020-01-01", tax(only_job=False, own_rate=D(40))))
    assert spans(told, "2026-01") == [("01-01", "01-31", "A0N", 40)]


def test_beginning_liability_comes_up_and_a_tariff_with_children_wants_some():
    known = file(
        OLD, ("2026-02-01", tax("H0N")), ("2026-05-01", tax("")), ("2026-06-01", tax("A0N"))
    )
    found = coming([known], first=dt.date(2026, 1, 1), last=dt.date(2026, 12, 31))
    assert [(f"{one.day:%m-%d}", one.values) for one in found if one.code == "tax_begins"] == [
        ("02-01", {"canton": "ZH"}), ("06-01", {"canton": "ZH"})]  # fmt: skip
    assert "people.no_children" in [one.code for one in remarks(known, dt.date(2026, 2, 28))]


def test_who_left_before_this_year_is_taxed_with_the_last_wage():
    """6500.00 and a bonus of 3500.00 determine 10 %: by the contract, the fact, or what slips tell."""
    left = (Period(7, dt.date(2020, 1, 1), dt.date(2025, 12, 31)),)
    bonus = (Movement(type=1212, amount=D(3500)),)
    for fact, told, determinant in (
        (tax(), None, "10000.00"), (tax(last_wage=D(5000)), None, "8500.00"),
        (tax(last_wage=D(5000)), D("7000.00"), "10500.00"),
        (tax(only_job=False, other_rate=D(20)), None, "11300.00"),
    ):  # fmt: skip
        known = file(OLD, ("2020-01-01", fact), periods=left)
        february = dt.date(2026, 2, 1)
        [contract] = converting.contracts_of(known, february)
        assert (contract.first, contract.exit) == (dt.date(2025, 1, 1), dt.date(2025, 12, 31))
        slip = calculate(given(
            "2026-02", contracts=(contract,), movements=bonus, tariffs=STEPS,
            withholdings=converting.withholdings_of(known, february, last_wage=told),
            earlier=Earlier(year=2025, days=360, wages=D(78000)),
        ))  # fmt: skip
        assert slip.taxes[0].determinant == D(determinant)
        assert codes(slip) == ["person.left_earlier"]


DAYS = st.dates(dt.date(2025, 6, 1), dt.date(2026, 12, 31))


@settings(max_examples=cases(80, each_time=20), deadline=None)
@examples(
    facts=st.lists(st.tuples(DAYS, st.sampled_from(["A0N", "B0N", ""])), max_size=4,
                   unique_by=lambda one: one[0]),
    entry=DAYS, exit=st.one_of(st.none(), DAYS), number=st.integers(1, 12),
)  # fmt: skip
def test_spans_never_overlap_and_leave_out_no_day_of_an_employment(facts, entry, exit, number):
    if exit is not None and exit < entry:
        entry, exit = exit, entry
    known = file(
        *((f"{first}", tax(code)) for first, code in facts), periods=(Period(1, entry, exit),)
    )
    last = month_end(dt.date(2026, number, 1))
    found = converting.withholdings_of(known, dt.date(2026, number, 1))
    days = [
        one.first + dt.timedelta(nth)
        for one in found
        for nth in range((one.last - one.first).days + 1)
    ]
    assert len(days) == len(set(days)) and days == sorted(days)
    if found:
        first, end = max(entry, dt.date(2026, 1, 1)), min(exit or last, last)
        assert {first + dt.timedelta(nth) for nth in range((end - first).days + 1)} <= set(days)
    held = holding_in(found, dt.date(2026, number, 1))
    if held is not None and entry <= dt.date(2026, number, 1) <= (exit or last):
        told = known.at(WithholdingTax, dt.date(2026, number, 1))
        assert held.code == (told.code if told is not None and told.code else "NON")


@pytest.mark.parametrize("which", range(1, 6))
@pytest.mark.parametrize("canton", ["ZH", "TI"])
def test_liability_told_late_ends_where_told_early_would_have(canton, which):
    """The year's tax is the same whenever the facts become known; in the yearly model to 0.05."""
    tariffs = {f"{canton} A0N": STEPS["ZH A0N"]}
    told = WithholdingTax(code="A0N", canton=canton)
    right = file(OLD, ("2026-02-01", told))
    early = played({1: right}, tariffs, until=6)
    late = played({1: file(OLD), which: right}, tariffs, until=6)
    assert abs(_year(early) - _year(late)) <= (D(0) if canton == "ZH" else D("0.05"))


def _year(slips):
    return sum((one.amount for slip in slips.values() for one in slip.taxes), D(0))
