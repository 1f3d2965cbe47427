"""The wage certificate: boxes of the reference persons to the cent, periods, whole francs, remarks, its paper."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from erp.companies.models import Company
from payroll.declarations import papers
from payroll.declarations.certificate import Certificate, boxes_of, differences
from payroll.declarations.models import DeclarationSettings
from payroll.declarations.notes import NOTHING, Grant, Notes
from payroll.declarations.preparing import certificates_of
from payroll.declarations.remarks import remarks_of
from payroll.employees.facts import Wage
from payroll.employees.people import Period
from payroll.wages.kinds import Pay, Sex, Thirteenth
from tests.payroll.declarations.made import amounts, file, person_year
from tests.payroll.wages.made import D, contract, months, person, typed, year
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
COMPANY = Company(name="Muster AG", street="Bahnhofstrasse", house_number="1", postcode="6003",
                  town="Luzern", language="de")  # fmt: skip


def made(slips, of=None, notes=NOTHING, **settings):
    return certificates_of(
        person_year(slips, of),
        notes=notes,
        settings=DeclarationSettings(**settings),
        company=COMPANY,
    )


def told(expected):
    names = {"box1": "1", "box3": "3", "box4": "4", "box7": "7", "box8": "8", "box9": "9",
             "box10_1": "10.1", "box11": "11"}  # fmt: skip
    return {names[name]: Decimal(amount) for name, amount in expected.items()}


def matches(one: Certificate, expected) -> None:
    wanted = told(expected)
    assert {box: one.box(box) for box in wanted} == wanted
    assert set(one.boxes) <= {*wanted, "13.1.1"}


def test_boxes_of_an_hourly_wage_with_payments_after_the_exit(cases):
    """TF01: the share of the pension fund that the employer takes over is in box 7 and in 10.1."""
    case = cases["TF01"]
    slips = year(
        months(2025), movements(case, BALANCED | {"1160", "1161", "1201"}),
        person=person("1979-06-30", Sex.FEMALE),
        contracts=(contract("40.00", first="2025-01-01", exit="2025-03-31", pay=Pay.HOUR,
                            thirteenth=Thirteenth.MONTHLY, holiday_percent=D("8.33"),
                            public_holiday_percent=D(4)),),
        contributions=(*accident("A1"), solidarity(), uvgz("11", 0, 148200, "0.774"),
                       ktg("12", 88200, 500000, "0.123"), FAK, fund("53.00")),
    )  # fmt: skip
    [one] = made(slips, file(born="1979-06-30", entry="2025-01-01", exit="2025-03-31"))
    matches(one, case["expected"]["cert"])
    assert (one.first, one.last) == (dt.date(2025, 1, 1), dt.date(2025, 3, 31))


def test_boxes_of_a_woman_who_reaches_the_reference_age(cases):
    """TF03: a gift for years of service in box 3, capital of pension character in box 4."""
    case = cases["TF03"]
    until, since = {"last": "2025-05-31"}, {"first": "2025-06-01"}
    slips = year(
        months(2025), movements(case, BALANCED), person=person("1961-02-05", Sex.FEMALE),
        contracts=(contract("0"),),
        contributions=(*accident("A1", **until), *accident("A3", **since), solidarity(),
                       uvgz("12", 148200, 300000, "0.508", **until),
                       ktg("12", 88200, 500000, "0.123", **until),
                       ktg("11", 0, 120000, "1.309", **since), FAK, fund("385.00", **until)),
    )  # fmt: skip
    [one] = made(slips, file(born="1961-02-05"))
    matches(one, case["expected"]["cert"])


def test_boxes_of_a_high_wage(cases):
    """TF04: KTG and UVGZ stand in no box; box 9 is AHV, ALV and NBU."""
    case = cases["TF04"]
    slips = year(
        months(2025), movements(case, BALANCED | {"1000", "1200"}), person=person("1969-10-19"),
        contracts=(contract("30000.00", thirteenth=Thirteenth.DECEMBER),),
        contributions=(*accident("A1"), solidarity(), uvgz("12", 148200, 300000, "0.508"),
                       ktg("12", 88200, 500000, "0.105"), FAK, fund("2800.00")),
    )  # fmt: skip
    [one] = made(slips)
    matches(one, case["expected"]["cert"])
    assert (one.francs("9"), one.francs("11")) == (27382, 420000 - 27382 - 33600)


def test_what_is_printed_adds_up_in_whole_francs():
    boxes = {"1": D("1000.50"), "2.2": D("0.50"), "9": D("10.49"), "10.1": D("20.51")}
    one = Certificate(year=2026, first=dt.date(2026, 1, 1), last=dt.date(2026, 12, 31), boxes=boxes)
    assert [one.francs(box) for box in ("1", "2.2", "8", "9", "10.1", "11")] == [
        1001, 1, 1002, 10, 21, 971
    ]  # fmt: skip
    assert (one.box("8"), one.box("11")) == (D("1001.00"), D("970.00"))
    assert one.has_free_transport


def test_a_year_with_two_employments_has_two_certificates():
    """Lines belong to the employment they are of; what is paid after an exit to the one before."""
    two = (Period(7, dt.date(2026, 1, 1), dt.date(2026, 3, 31)), Period(8, dt.date(2026, 7, 1)))
    slips = year(
        months(2026), {"2026-05": [typed(1203, "500.00")]},
        contracts=(contract(first="2026-01-01", exit="2026-03-31", employment=7),
                   contract(first="2026-07-01", employment=8)),
    )  # fmt: skip
    first, second = made(slips, file(periods=two))
    assert (first.last, second.first) == (dt.date(2026, 3, 31), dt.date(2026, 7, 1))
    assert (first.box("1"), first.box("3")) == (D("19500.00"), D("500.00"))
    assert (second.box("1"), second.box("3")) == (D("39000.00"), D(0))
    assert remarks_of(second) == ["One of 2 wage certificates of the year."]
    assert (first.doc, second.doc) == ("2026-1-1", "2026-1-2")


def test_employments_that_share_a_month_are_on_one_certificate():
    two = (Period(7, dt.date(2026, 1, 1), dt.date(2026, 3, 10)), Period(8, dt.date(2026, 3, 20)))
    [one] = made(year(months(2026)), file(periods=two))
    assert (one.first, one.last) == (dt.date(2026, 1, 1), dt.date(2026, 12, 31))


def test_a_car_fringe_benefits_and_expenses_have_their_boxes():
    slips = year(months(2026, 1, 1), {"2026-01": [
        typed(1910, "450.00"), typed(5150, "100.00"), typed(1900, "300.00"), typed(6000, "80.00"),
        typed(1980, "1200.00"),
    ]})  # fmt: skip
    [one] = made(slips, expense_rule="guide")
    told = {box: str(one.box(box)) for box in ("2.1", "2.2", "13.1.1", "13.3")}
    assert told == {"2.1": "300.00", "2.2": "350.00", "13.1.1": "80.00", "13.3": "1200.00"}
    rows = {row.number: row for row in papers.rows_of(one)}
    assert rows["13.1.1"].tick is True


def test_withholding_tax_stands_positive_in_box_12():
    slips = year(months(2026, 1, 1), {"2026-01": [typed(5060, "123.45")]})
    boxes, _kinds = boxes_of(line for _posted, line in person_year(slips).lines())
    assert boxes["12"] == D("123.45")


def test_remarks_say_what_was_typed_and_part_time():
    notes = Notes(
        allowance_by_fund=True, relocation_costs=D("1500.00"), remark="Frei",
        expatriate=Grant(canton="ZH", date=dt.date(2026, 2, 3)), field_work=D(40),
    )  # fmt: skip
    half = file(Wage(pay=Pay.MONTH, amount=D(3000), degree=D("50.00")))
    [one] = made(year(months(2026, 1, 1)), half, notes, expense_rule="approved",
                 expense_canton="LU", expense_date=dt.date(2025, 1, 2))  # fmt: skip
    assert remarks_of(one) == [
        "Expense regulation approved by the canton of LU on 02.01.2025.",
        "Part-time: 50 %.",
        "Family allowances are paid by the compensation fund.",
        "Relocation costs of CHF 1’500.00 paid by the employer.",
        "Field work: 40 % (effective).",
        "Expatriate ruling: approved by the canton of ZH on 03.02.2026.",
        "Frei",
    ]


def test_differences_name_boxes_and_parts():
    [one] = made(year(months(2026, 1, 1)))
    [other] = made(year(months(2026, 1, 2)), notes=Notes(canteen=True))
    assert differences(one, one) == []
    assert differences(other, one) == ["1", "9", "notes"]
    assert amounts(one.boxes)["1"] == "6500.00"


@pytest.mark.parametrize("language", ["de", "fr", "it"])
def test_the_paper_is_one_page_and_the_same_bytes(language):
    import pypdfium2 as pdfium

    [one] = made(year(months(2026)), file(language=language))
    assert one.language == language
    made_twice = {papers.pdf_of(one), papers.pdf_of(one)}
    assert len(made_twice) == 1
    document = pdfium.PdfDocument(made_twice.pop())
    assert len(document) == 1
    text = document[0].get_textpage().get_text_range()
    for word in ("756.9217.0769.85", "78’000", "Muster AG", "13.2.3", "15"):
        assert word in text
