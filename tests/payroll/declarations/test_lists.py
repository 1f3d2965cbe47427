"""Lists of the reference persons: AHV, ALV, UVG, KTG and FAK wages as published; taxes by canton and month."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from django.utils.translation import override

from payroll.declarations import families, lists, pensions, taxes
from payroll.declarations.accounts import wage_account
from payroll.declarations.accruing import accrual_of
from payroll.declarations.gathering import PersonYear, Posted
from payroll.employees.facts import LeaveBooking, LeaveKind, Wage
from payroll.employees.people import Period
from payroll.wages.carrying import Carry
from payroll.wages.kinds import Kind, Pay, Sex, Thirteenth
from payroll.wages.values import Slip, SlipLine, Tax
from tests.payroll.declarations.made import file, person_year
from tests.payroll.wages.made import D, contract, months, person, typed, year
from tests.payroll.wages.test_after_exit import earlier, paid
from tests.payroll.wages.test_reference import (
    BALANCED,
    FAK,
    accident,
    cases,
    fund,
    ktg,
    movements,
    solidarity,
    uvgz,
)

__all__ = ["cases"]  # the fixture of the reference persons


def column(report, name, key=None):
    return [row[name] for row in report.as_objects() if key is None or row["insurance"] == key]


def pensioner(cases):
    """TF03: reference age in May 2025."""
    until, since = {"last": "2025-05-31"}, {"first": "2025-06-01"}
    slips = year(
        months(2025), movements(cases["TF03"], BALANCED), person=person("1961-02-05", Sex.FEMALE),
        contracts=(contract("0"),),
        contributions=(*accident("A1", **until), *accident("A3", **since), solidarity(),
                       uvgz("12", 148200, 300000, "0.508", **until),
                       ktg("12", 88200, 500000, "0.123", **until),
                       ktg("11", 0, 120000, "1.309", **since), FAK, fund("385.00", **until)),
    )  # fmt: skip
    return person_year(slips, file(born="1961-02-05"))


def test_lists_of_a_woman_who_reaches_the_reference_age(cases):
    people = [pensioner(cases)]
    assert column(lists.ahv(people), "ahv_wage") == ["64700.00", "3900.00"]
    assert column(lists.ahv(people), "alv_wage") == ["61750.00", "0.00"]
    spans = [(row[4], row[5]) for row in lists.ahv(people).rows[:2]]
    assert spans == [(dt.date(2025, 1, 1), dt.date(2025, 5, 31)),
                     (dt.date(2025, 6, 1), dt.date(2025, 12, 31))]  # fmt: skip
    assert column(lists.ahv_open(people), "not_liable") == ["9800.00"]
    assert column(families.fak(people), "fak_wage") == ["68600.00"]
    uvg = lists.uvg(people)
    assert column(uvg, "contributory", "UVG, at work") == ["61750.00", "13700.00"]
    assert column(uvg, "gross", "UVG, at work") == ["70700.00", "13700.00"]
    assert column(lists.ktg(people), "contributory") == ["13700.00", "27950.00"]
    assert column(lists.uvgz(people), "contributory") == ["2950.00"]
    assert column(lists.alv(people), "above") == ["2950.00"]


def test_lists_of_an_hourly_wage_with_payments_after_the_exit(cases):
    """TF01: what is paid in May and October counts to the period until March."""
    slips = year(
        months(2025), movements(cases["TF01"], BALANCED | {"1160", "1161", "1201"}),
        person=person("1979-06-30", Sex.FEMALE),
        contracts=(contract("40.00", first="2025-01-01", exit="2025-03-31", pay=Pay.HOUR,
                            thirteenth=Thirteenth.MONTHLY, holiday_percent=D("8.33"),
                            public_holiday_percent=D(4)),),
        contributions=(*accident("A1"), solidarity(), uvgz("11", 0, 148200, "0.774"),
                       ktg("12", 88200, 500000, "0.123"), FAK, fund("53.00")),
    )  # fmt: skip
    people = [person_year(slips, file(born="1979-06-30", entry="2025-01-01", exit="2025-03-31"))]
    ahv = lists.ahv(people)
    assert (column(ahv, "ahv_wage"), column(ahv, "alv_wage")) == (["55359.30"], ["37050.00"])
    assert (ahv.rows[0][4], ahv.rows[0][5]) == (dt.date(2025, 1, 1), dt.date(2025, 3, 31))
    assert column(lists.uvg(people), "gross", "UVG, at work") == ["59359.30"]
    assert column(lists.uvg(people), "wages", "UVG, at work") == ["52859.30"]
    assert column(lists.ktg(people), "contributory") == ["33309.30"]


BACK = (Period(1, dt.date(2020, 1, 1), dt.date(2026, 3, 15)), Period(2, dt.date(2026, 9, 10)))


def back_again():
    """Exit on 15 March, back on 10 September: the pensions office counts both times by themselves."""
    terms = (contract("6500.00", exit="2026-03-15", employment=1, canton="ZH"),
             contract("6500.00", first="2026-09-10", employment=2, canton="ZH"))  # fmt: skip
    slips = year(months(2026), contracts=terms, contributions=(*accident("A1"), FAK))
    return person_year(slips, file(periods=BACK))


def test_who_left_and_came_back_has_a_row_for_each_time():
    one = back_again()
    ahv = lists.ahv([one])
    spans = [
        (dt.date(2026, 1, 1), dt.date(2026, 3, 15)),
        (dt.date(2026, 9, 10), dt.date(2026, 12, 31)),
    ]
    told = [("16250.00", "16250.00"), ("24050.00", "24050.00")]  # 2.5 months, 3 and 21 days
    assert [(row[4], row[5]) for row in ahv.rows[:2]] == spans
    assert list(zip(column(ahv, "ahv_wage"), column(ahv, "alv_wage"), strict=True)) == told
    fak = families.fak([one])
    assert [(row[5], row[6]) for row in fak.rows[:2]] == spans
    assert column(fak, "fak_wage") == ["16250.00", "24050.00"]
    assert column(lists.uvg([one]), "contributory", "UVG, at work") == ["16250.00", "24050.00"]
    assert column(lists.uvg([one]), "gross", "UVG, at work") == ["16250.00", "24050.00"]


def test_another_compensation_fund_has_its_own_row():
    slips = year(months(2026, 1, 6), institutions={"ahv": 1, "alv": 1})
    carry = slips["2026-06"].carry
    slips |= year(months(2026, 7), institutions={"ahv": 2, "alv": 2}, carry=carry)
    ahv = lists.ahv([person_year(slips)])
    assert column(ahv, "ahv_wage") == column(ahv, "alv_wage") == ["39000.00", "39000.00"]


def test_what_is_paid_in_a_later_year_is_a_supplement_to_that_of_the_exit():
    people = [person_year({"2026-02": paid(5000, earlier("12000.00"))}, file(exit="2025-12-31"))]
    ahv = lists.ahv(people)
    assert (column(ahv, "ahv_wage"), column(ahv, "alv_wage")) == (["5000.00"], ["4200.00"])
    with override("en"):
        assert column(lists.ahv(people), "remark") == ["supplement to 2025"]
    assert person_year({"2025-02": paid(5000, None)}, file()).exit_year is None


def test_who_is_too_young_is_listed_as_not_liable():
    slips = year(months(2026, 1, 2), person=person("2010-05-01"), contracts=(contract("800.00"),))
    people = [person_year(slips, file(born="2010-05-01"))]
    assert lists.ahv(people).rows == []
    assert column(lists.ahv_open(people), "not_liable") == ["1600.00"]


def test_annual_wages_and_changes_for_the_pension_fund():
    facts = (Wage(pay=Pay.MONTH, amount=D(5000), thirteenth=Thirteenth.DECEMBER),)
    one = person_year(
        year(months(2026), contributions=(fund("200.00"),)),
        file(*facts, periods=(Period(1, dt.date(2026, 4, 1), dt.date(2026, 9, 30)),)),
    )
    [row] = pensions.bvg([one]).as_objects()
    assert row["annual_wage"] == "65000.00"
    assert row["changes"] == "01.04. entry; 30.09. exit"
    hourly = file(Wage(pay=Pay.HOUR, amount=D(30)))
    slips = year(months(2026, 1, 1), contributions=(fund("20.00"),))
    assert pensions.annual_wage(person_year(slips, hourly), dt.date(2026, 1, 1)) is None


def taxed(
    nth,
    month,
    *,
    amount,
    taxable="5000.00",
    canton="ZH",
    of=None,
    is_correction=False,
    booked_on=None,
):
    tax = Tax(month=of or month, canton=canton, commune=261, code="A0N", taxable=D(taxable),
              determinant=D(taxable), percent=D(5), amount=D(amount), is_correction=is_correction)  # fmt: skip
    zero = Decimal("0.00")
    line = SlipLine(
        type=5060, kind=Kind.DEDUCTION, name="Quellensteuer", amount=-D(amount), box="12"
    )
    slip = Slip(month=month, lines=(line,), charges=(), taxes=(tax,), gross=zero, net=-D(amount),
                payout=-D(amount), days=30, carry=Carry())  # fmt: skip
    return Posted(nth, month, booked_on is not None, slip, booked_on=booked_on)


def test_withholding_tax_is_settled_by_canton_and_month_with_its_commission():
    january, february = dt.date(2026, 1, 1), dt.date(2026, 2, 1)
    person_ = PersonYear(2026, file(), (
        taxed(1, january, amount="250.00"),
        taxed(2, february, amount="-12.30", of=january, is_correction=True),
        taxed(3, february, amount="99.00", canton="AG"),
    ))  # fmt: skip
    rows = taxes.taxes_of([person_])
    told = [(due.canton, due.month.month, str(due.tax), str(due.commission), str(due.net))
            for due in taxes.dues(rows, {"ZH": D(2)})]  # fmt: skip
    assert told == [
        ("AG", 2, "99.00", "0.00", "99.00"), ("ZH", 1, "250.00", "5.00", "245.00"),
        ("ZH", 2, "-12.30", "0.00", "-12.30"),
    ]  # fmt: skip
    report = taxes.settlement([person_], {"ZH": D(2)})
    assert [row["remark"] for row in report.as_objects()] == ["", "", "correction 01.2026"]
    parts = {part.title: part for part in wage_account([person_])}
    names = [row.name for row in parts["Withholding tax"].rows]
    assert names == ["AG A0N taxable", "AG A0N tax", "ZH A0N taxable", "ZH A0N tax"]


def test_the_tax_of_a_correction_is_settled_in_the_month_of_its_booking_date():
    """January was filed in February; what June puts right in it stands in June, that of the old year behind it."""
    january, december = dt.date(2026, 1, 1), dt.date(2026, 12, 1)
    corrected = {"is_correction": True, "booked_on": dt.date(2026, 6, 25)}
    person_ = PersonYear(2026, file(), (
        taxed(1, january, amount="250.00"),
        taxed(6, dt.date(2026, 6, 1), amount="260.00"),
        taxed(7, january, amount="40.00", taxable="800.00", **corrected),
        taxed(8, january, amount="-5.00", taxable="0.00", of=dt.date(2026, 2, 1), **corrected),
        taxed(13, december, amount="10.00", is_correction=True, booked_on=dt.date(2027, 1, 29)),
    ))  # fmt: skip
    found = taxes.dues(taxes.taxes_of([person_]), {"ZH": D(2)})
    told = [
        (f"{due.month:%Y-%m}", str(due.tax), str(due.commission), due.is_supplement)
        for due in found
    ]
    assert told == [("2026-01", "250.00", "5.00", False), ("2026-06", "295.00", "5.90", False),
                    ("2027-01", "10.00", "0.20", True)]  # fmt: skip
    rows = taxes.settlement([person_], {"ZH": D(2)}).as_objects()
    assert [row["remark"] for row in rows if row["month"] == "06.2026"] == [
        "", "correction 01.2026", "correction 02.2026"]  # fmt: skip
    assert sum(due.tax for due in found) == sum(tax.amount for _posted, tax in person_.taxes())


def test_a_correction_stands_in_the_month_it_put_right():
    slips = year(months(2026, 1, 3), {"2026-02": [typed(1001, "100.00")]})
    one = person_year(slips)
    late = one.slips[-1].slip
    lines = (SlipLine(type=1001, kind=Kind.CORRECTION, name="1001", amount=D("50.00"),
                      for_month=dt.date(2026, 1, 1), bases=late.lines[0].bases, box="1"),)  # fmt: skip
    posted = Posted(9, dt.date(2026, 1, 1), True, Slip(
        month=dt.date(2026, 1, 1), lines=lines, charges=(), taxes=(), gross=D("50.00"),
        net=D("50.00"), payout=D("50.00"), days=0, carry=late.carry,
    ))  # fmt: skip
    whole = PersonYear(2026, one.file, (*one.slips, posted))
    wages = wage_account([whole])[0]
    assert [str(amount) for amount in wages.rows[-1].months[:3]] == [
        "6550.00",
        "6600.00",
        "6500.00",
    ]


def test_what_the_year_leaves_owing_is_proposed():
    """Five days and ten hours left at 6525.00 a month: 300 a day, 35.85 an hour, and a 13th not paid yet."""
    facts = (Wage(pay=Pay.MONTH, amount=D("6525.00"), holiday_weeks=D(0)),)
    slips = year(
        months(2026, 1, 6), contracts=(contract("6525.00", thirteenth=Thirteenth.DECEMBER),)
    )
    one = person_year(slips, file(*facts, entry="2026-01-01"))
    bookings = [(dt.date(2026, 5, 1), LeaveBooking(kind=LeaveKind.HOLIDAYS, amount=D(5))),
                (dt.date(2026, 6, 1), LeaveBooking(kind=LeaveKind.OVERTIME, amount=D(10)))]  # fmt: skip
    found = accrual_of(one, bookings, monthly_hours=D(182))
    assert (found.day, found.holidays, found.hour, found.overtime) == (
        D("300.00"), D("1500.00"), D("35.85"), D("358.50")
    )  # fmt: skip
    assert found.thirteenth == D("3262.50")
    assert found.percent == D("6.40")  # AHV 5.3 and ALV 1.1
    assert found.contributions == D("327.74")
    gone = accrual_of(person_year(slips, file(*facts, entry="2026-01-01", exit="2026-06-30")), bookings,
                      monthly_hours=D(182))  # fmt: skip
    assert gone.total == D("0.00")
