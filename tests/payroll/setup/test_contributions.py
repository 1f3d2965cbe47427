"""Which contributions somebody has: digits, sexes, ages, cantons, changes; rates of reference persons."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
from decimal import Decimal

import msgspec
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from payroll.rates.figures import age_credits
from payroll.setup.book import Book, Insurer, Offer
from payroll.setup.contributions import PersonFacts, contributions
from payroll.setup.pensions import PensionSpan, expected_wage
from payroll.setup.persons import Insured
from payroll.wages.kinds import Insurance, Pay, Sex, Thirteenth
from payroll.wages.values import AgeStep, Contract, Figures, Person, Terms
from tests.payroll.setup.insurers import DAY, demo_employer, rate

D = Decimal
DECEMBER = dt.date(2025, 12, 31)
FIGURES = Figures(
    ahv_employee=D("5.3"), ahv_employer=D("5.3"), alv_employee=D("1.1"), alv_employer=D("1.1"),
    alv_ceiling=D(148200), allowance_month=D(1400), small_wage=D(2500), uvg_ceiling=D(148200),
    reference_ages=(AgeStep(Sex.MALE, 9999, 65, 0),), bvg_threshold=D(22680),
    bvg_coordination=D(26460), bvg_upper=D(90720), bvg_minimum=D(3780), bvg_credits=age_credits(),
)  # fmt: skip
ROLES = {
    "nbu": 5040,
    "uvgz": 5042,
    "ktg": 5045,
    "bvg": 5050,
    "fak": 5016,
    "extra": 5048,
    "ahv": 5010,
}
WOMAN = Person(birth_date=dt.date(1979, 6, 30), sex=Sex.FEMALE)
MAN = Person(birth_date=dt.date(1969, 10, 19), sex=Sex.MALE)


def contract(**more):
    return Contract(
        **{"first": DAY, "last": DECEMBER, "entry": DAY, "wage": D(6500), "canton": "ZH"} | more
    )


def book(*offers, year=2025):
    """Offers as kind, canton, code and rates; ids from 1 on."""
    insurers = dict[tuple[str, str], Insurer]()
    found = {}
    for nth, (kind, canton, code, rates) in enumerate(offers, 1):
        one = insurers.setdefault(
            (kind, canton), Insurer(100 + len(insurers), kind, canton, name=kind)
        )
        found[nth] = Offer(nth, one, code, tuple(rates))
    return Book(year, found, tuple(insurers.values()))


FAK = ("fak", "ZH", "1", [rate("fak", employer="1.2")])


def of(the_book, *solutions, person=WOMAN, contracts=(contract(),), until=DECEMBER, spans=None,
       pensions=()):  # fmt: skip
    insured = spans or (Insured(DAY, None, tuple(solutions)),)
    facts = PersonFacts(person=person, contracts=contracts, insured=insured, pensions=pensions)
    return contributions(the_book, facts, until=until, figures=FIGURES, terms=Terms(), roles=ROLES)


def only(found, insurance):
    return [one for one in found.contributions if one.insurance is Insurance(insurance)]


# Rates of the reference tenant


def test_rates_of_the_reference_persons(shared):
    """UVG A, UVGZ 11 and 12, KTG 11 and 12 by sex, ALVZ as an extra contribution: rates as published."""
    told = json.loads((shared / "payroll" / "examples.json").read_text(encoding="utf-8"))
    rates = told["social_insurance_reference"]["rates"]
    ktg = [
        rate("ktg", "0.966", sex="M", wage_to=D(120000)),
        rate("ktg", "1.309", sex="F", wage_to=D(120000)),
    ]
    ktg2 = [rate("ktg", one, sex=sex, wage_from=D(88200), wage_to=D(500000))
            for sex, one in (("M", "0.105"), ("F", "0.123"))]  # fmt: skip
    tenant = book(
        FAK,
        ("uvg", "", "A1", [rate("bu", employer="0.5"), rate("nbu", "1.606")]), ("uvg", "", "A3", []),
        ("uvgz", "", "11", [rate("uvgz", "0.774", wage_to=D(148200))]),
        ("uvgz", "", "12", [rate("uvgz", "0.508", wage_from=D(148200), wage_to=D(300000))]),
        ("ktg", "", "11", ktg), ("ktg", "", "12", ktg2),
        ("other", "", "1", [rate("extra", "0.5", base="alv", wage_from=D(148200), wage_to=D(370500))]),
    )  # fmt: skip
    assert rates["NBU_A"] == "1.606 %" and rates["KTG11"].startswith("men 0.966 %, women 1.309 %")
    found = of(tenant, 2, 4, 7, 8)  # TF01: UVG A1, UVGZ 11, KTG 12, and the solidarity percent
    assert found.findings == ()
    assert {one.insurance.value: (one.employee_percent, one.wage_from, one.wage_to, one.type)
            for one in found.contributions if one.employee_percent} == {
        "nbu": (D("1.606"), 0, None, 5040), "uvgz": (D("0.774"), 0, 148200, 5042),
        "ktg": (D("0.123"), 88200, 500000, 5045), "extra": (D("0.5"), 148200, 370500, 5048),
    }  # fmt: skip
    (extra,) = only(found, "extra")
    assert (extra.base.value, extra.key) == ("alv", "extra.8.148200.alv")
    (men,) = only(of(tenant, 6, person=MAN), "ktg")
    assert men.employee_percent == D("0.966")


def test_a_changed_solution_begins_anew(shared):
    """TF03: UVG A1 and KTG 12 until the end of May, then A3 and KTG 11."""
    tenant = book(
        FAK, ("uvg", "", "A1", [rate("bu", employer="0.5"), rate("nbu", "1.606")]), ("uvg", "", "A3", []),
        ("ktg", "", "11", [rate("ktg", "1.309", wage_to=D(120000))]),
        ("ktg", "", "12", [rate("ktg", "0.123", wage_from=D(88200), wage_to=D(500000))]),
    )  # fmt: skip
    may, june = dt.date(2025, 5, 31), dt.date(2025, 6, 1)
    found = of(tenant, spans=(Insured(DAY, may, (2, 5)), Insured(june, None, (3, 4))))
    assert [(one.key, one.first, one.last) for one in only(found, "nbu")] == [("nbu.2.0", DAY, may)]
    assert [(one.key, one.first, one.last) for one in only(found, "bu")] == [
        ("bu.2.0", DAY, may), ("bu.3.0", june, DECEMBER),
    ]  # fmt: skip
    assert {one.key for one in only(found, "ktg")} == {"ktg.5.88200", "ktg.4.0"}


# Rules


@pytest.mark.parametrize(
    ("digit", "bu", "employee", "employer"),
    [
        ("0", False, None, None),
        ("1", True, "1.2", "0.1"),
        ("2", True, "1.2", "0.1"),
        ("3", True, None, None),
    ],
)
def test_the_digit_says_who_pays(digit, bu, employee, employer):
    rates = [rate("bu", employer="0.17"), rate("nbu", "1.2", "0.1")]
    found = of(book(FAK, ("uvg", "", f"A{digit}", rates)), 2)
    assert bool(only(found, "bu")) == bu and found.findings == ()
    nbu = [(one.employee_percent, one.employer_percent) for one in only(found, "nbu")]
    assert nbu == ([] if employee is None else [(D(employee), D(employer))])
    assert all(one.employer_pays == (digit == "2") for one in only(found, "nbu"))


def test_a_group_of_an_accident_insurance_shares_its_rates():
    rates = [rate("bu", employer="0.17"), rate("nbu", "1.2")]
    the_book = book(FAK, ("uvg", "", "A1", rates), ("uvg", "", "A2", []), ("uvg", "", "B1", []))
    (nbu,) = only(of(the_book, 3), "nbu")
    assert (nbu.code, nbu.employee_percent, nbu.employer_pays) == ("A2", D("1.2"), True)
    assert [one.code for one in of(the_book, 4).findings] == ["contributions.no_rate"]


def test_family_allowances_go_by_the_canton_of_work():
    valais = ("fak", "VS", "1", [rate("fak", "0.17", "2.5"), rate("cantonal", employer="0.1")])
    the_book = book(FAK, valais)
    july = dt.date(2025, 7, 1)
    contracts = (contract(last=dt.date(2025, 6, 30)), contract(first=july, canton="VS"))
    found = of(the_book, contracts=contracts)
    assert [(one.canton, one.first, one.last, one.employee_percent, one.type) for one in only(found, "fak")] == [
        ("ZH", DAY, dt.date(2025, 6, 30), 0, 5016), ("VS", july, DECEMBER, D("0.17"), 5016),
    ]  # fmt: skip
    assert [(one.canton, one.first) for one in only(found, "cantonal")] == [("VS", july)]
    lost = of(the_book, contracts=(contract(canton="GE"),))
    assert [(one.code, one.values["canton"], one.stops) for one in lost.findings] == [
        ("contributions.no_fund", "GE", True)
    ]
    left = contract(last=dt.date(2025, 3, 31), exit=dt.date(2025, 3, 31))
    assert (
        only(of(the_book, contracts=(left,)), "fak")[0].last == DECEMBER
    )  # for what is paid later


def test_a_new_rate_goes_on_under_the_same_key():
    july = dt.date(2025, 7, 1)
    rates = [
        rate("ktg", "0.6", "0.6"),
        dataclasses.replace(rate("ktg", "0.7", "0.7"), valid_from=july),
    ]
    found = of(book(FAK, ("ktg", "", "11", rates)), 2)
    assert [(one.key, one.first, one.last, one.employee_percent) for one in only(found, "ktg")] == [
        ("ktg.2.0", DAY, dt.date(2025, 6, 30), D("0.6")), ("ktg.2.0", july, DECEMBER, D("0.7")),
    ]  # fmt: skip
    assert of(book(FAK), 9).findings[0].code == "contributions.unknown_solution"


def test_a_new_rate_for_men_leaves_that_of_women():
    july = dt.date(2025, 7, 1)
    rates = [rate("ktg", "1.3", sex="F"), rate("ktg", "1.0", sex="M"),
             dataclasses.replace(rate("ktg", "1.1", sex="M"), valid_from=july)]  # fmt: skip
    the_book = book(FAK, ("ktg", "", "11", rates))
    told = [(one.first, one.last, one.employee_percent) for one in only(of(the_book, 2), "ktg")]
    assert told == [(DAY, DECEMBER, D("1.3"))]
    men = only(of(the_book, 2, person=MAN), "ktg")
    assert [(one.first, one.employee_percent) for one in men] == [(DAY, D("1.0")), (july, D("1.1"))]


def test_a_code_whose_rates_are_not_for_somebody_is_told():
    found = of(book(FAK, ("ktg", "", "11", [rate("ktg", "1", sex="M")])), 2)
    assert [(one.code, one.stops) for one in found.findings] == [("contributions.none_fits", False)]
    assert not only(found, "ktg")


def test_the_compensation_fund_is_that_of_the_day():
    """A fund that ends on 30 June charges until then, the next one after it."""
    june, july = dt.date(2025, 6, 30), dt.date(2025, 7, 1)
    old, new = Insurer(1, "ahv", "", june), Insurer(2, "ahv", "")
    offers = {1: Offer(1, old, "1", (rate("admin", employer="2"),)),
              2: Offer(2, new, "1", (rate("admin", employer="1.5"),))}  # fmt: skip
    the_book = Book(2025, offers, (new, old))
    assert the_book.institutions(june) == {"ahv": 1, "alv": 1}
    assert the_book.institutions(july) == {"ahv": 2, "alv": 2}
    found = only(of(the_book), "admin")
    assert [(one.institution, one.first, one.last) for one in found] == [
        (1, DAY, june), (2, july, DECEMBER),
    ]  # fmt: skip


def test_nobody_asks_for_the_fund_of_a_canton_that_somebody_left():
    """Out of Zurich in March, in Bern since April: the fund of Zurich may close in June."""
    march, april = dt.date(2025, 3, 31), dt.date(2025, 4, 1)
    zurich = Insurer(1, "fak", "ZH", dt.date(2025, 6, 30))
    bern = Insurer(2, "fak", "BE")
    the_book = Book(2025, {1: Offer(1, zurich, "1", (rate("fak", employer="1"),)),
                           2: Offer(2, bern, "1", (rate("fak", employer="2"),))}, (zurich, bern))  # fmt: skip
    contracts = (contract(last=march, exit=march, employment=1),
                 contract(first=april, entry=april, canton="BE", employment=2))  # fmt: skip
    assert of(the_book, contracts=contracts).findings == ()
    stays = (contract(employment=1), contract(first=april, canton="BE", employment=2))
    assert [one.values["canton"] for one in of(the_book, contracts=stays).findings] == ["ZH"]


def test_ages_are_those_of_calendar_years():
    rates = [rate("ktg", "1", age_to=45), rate("ktg", "2", age_from=46)]
    the_book = book(FAK, ("ktg", "", "11", rates))
    for born, percent in ((dt.date(1980, 12, 31), 1), (dt.date(1979, 12, 31), 2)):
        (one,) = only(of(the_book, 2, person=Person(birth_date=born, sex=Sex.MALE)), "ktg")
        assert one.employee_percent == percent


# Pension funds


def test_the_pension_fund_by_percentages_is_that_of_the_worked_example():
    """P1: 13 × 6500 = 84500, coordinated 58040, 10 percent, half each, a twelfth: 241.85."""
    bands = [rate("bvg", one, one, age_from=low, age_to=high)
             for one, low, high in (("3.5", 25, 34), ("5", 35, 44), ("7.5", 45, 54), ("9", 55, 65))]  # fmt: skip
    person = Person(birth_date=dt.date(1985, 3, 3), sex=Sex.MALE)
    found = of(book(FAK, ("bvg", "", "1", bands)), 2, person=person,
               contracts=(contract(thirteenth=Thirteenth.DECEMBER),))  # fmt: skip
    (one,) = only(found, "bvg")
    assert (one.employee_amount, one.employer_amount, one.type) == (D("241.85"), D("241.85"), 5050)
    law = of(book(FAK, ("bvg", "", "1", [])), 2, person=person,
             contracts=(contract(thirteenth=Thirteenth.DECEMBER),))  # fmt: skip
    assert only(law, "bvg")[0].employee_amount == D("241.85")
    assert [(one.code, one.stops) for one in law.findings] == [
        ("contributions.pension_minimum", False)
    ]
    little = of(
        book(FAK, ("bvg", "", "1", [])), 2, person=person, contracts=(contract(wage=D(1500)),)
    )
    assert not only(little, "bvg") and not little.findings


def test_a_reckoned_pension_ends_with_the_month_of_the_reference_age():
    """Born on 10 March 1960, 65 in March 2025: April has none; who was born in 1950 has none at all."""
    plan = book(FAK, ("bvg", "", "1", [rate("bvg", "5", "5")]))
    (one,) = only(of(plan, 2, person=Person(birth_date=dt.date(1960, 3, 10), sex=Sex.MALE)), "bvg")
    assert (one.first, one.last) == (DAY, dt.date(2025, 3, 31))
    assert not only(
        of(plan, 2, person=Person(birth_date=dt.date(1950, 3, 10), sex=Sex.MALE)), "bvg"
    )


def test_another_sickness_insurance_leaves_the_wage_of_january_insured():
    """BVV 2 Art. 3: 78000 on 1 January; the raise of April counts from next year on."""
    plan = book(FAK, ("bvg", "", "1", [rate("bvg", "5", "5")]),
                ("ktg", "", "11", [rate("ktg", "1")]), ("ktg", "", "12", [rate("ktg", "1")]))  # fmt: skip
    april, july = dt.date(2025, 4, 1), dt.date(2025, 7, 1)
    terms = (contract(last=dt.date(2025, 3, 31)), contract(first=april, wage=D(7500)))
    spans = (Insured(DAY, dt.date(2025, 6, 30), (2, 3)), Insured(july, None, (2, 4)))
    found = only(of(plan, contracts=terms, spans=spans), "bvg")
    assert {one.employee_amount for one in found} == {D("214.75")}  # (78000 - 26460) × 5 % / 12


def test_reported_amounts_are_taken_as_they_are():
    june = dt.date(2025, 6, 30)
    spans = (PensionSpan(first=DAY, last=june, employee_amount=D("866.67"), employer_amount=D(900)),
             PensionSpan(first=dt.date(2025, 7, 1), annual_wage=D(60000)))  # fmt: skip
    found = of(
        book(FAK, ("bvg", "", "1", [rate("bvg", "5", "6", wage_from=D(26460))])), 2, pensions=spans
    )
    assert [
        (one.first, one.last, one.employee_amount, one.employer_amount)
        for one in only(found, "bvg")
    ] == [
        (DAY, june, D("866.67"), D(900)),
        (
            dt.date(2025, 7, 1),
            DECEMBER,
            D("139.75"),
            D("167.70"),
        ),  # (60000 - 26460) × 5 or 6 % / 12
    ]
    alone = of(book(FAK, ("bvg", "", "1", [])), pensions=spans[:1])
    assert only(alone, "bvg")[0].institution == 101  # the only fund there is


@pytest.mark.parametrize(("annual", "insured"), [("22680", False), ("22681", True)])
def test_the_threshold_must_be_exceeded(annual, insured):
    spans = (PensionSpan(first=DAY, annual_wage=D(annual)),)
    found = of(book(FAK, ("bvg", "", "1", [rate("bvg", "5", "5")])), 2, pensions=spans)
    assert bool(only(found, "bvg")) == insured
    if insured:
        assert only(found, "bvg")[0].employee_amount == D("15.75")  # 3780 × 5 % / 12


def test_the_expected_wage_of_a_year():
    hourly = contract(pay=Pay.HOUR, wage=D(30), weekly_hours=D(20))
    assert expected_wage((hourly,), DAY) == D("31200.00")
    assert expected_wage(
        (msgspec.structs.replace(hourly, thirteenth=Thirteenth.MONTHLY),), DAY
    ) == D("33800.00")
    assert expected_wage((contract(first=dt.date(2025, 4, 1)),), DAY) == D("78000.00")
    assert expected_wage((), DAY) == 0


# From the database


@pytest.mark.django_db
def test_a_book_is_three_queries_whatever_is_in_it(company):
    made = demo_employer(company)
    with CaptureQueriesContext(connection) as asked:
        the_book = Book.of(company, 2026)
    assert len(asked) == 3
    usual = [rows[0].pk for kind, (_one, rows) in made.items() if kind in {"uvg", "ktg", "bvg"}]
    with CaptureQueriesContext(connection) as asked:
        found = of(the_book, spans=(Insured(DAY, None, tuple(usual)),), until=dt.date(2026, 1, 31),
                   contracts=(contract(last=dt.date(2026, 12, 31), thirteenth=Thirteenth.DECEMBER),),
                   person=Person(birth_date=dt.date(1986, 3, 3), sex=Sex.MALE))  # fmt: skip
    assert len(asked) == 0 and found.findings == ()
    assert {one.insurance.value: (one.employee_percent, one.employer_percent)
            for one in found.contributions if one.employee_amount is None} == {
        "admin": (0, 2), "fak": (0, D("1.2")), "bu": (0, D("0.17")), "nbu": (D("1.2"), 0),
        "ktg": (D("0.6"), D("0.6")),
    }  # fmt: skip
    assert only(found, "bvg")[0].employee_amount == D("241.85")
    assert all(one.first == dt.date(2026, 1, 1) and one.last == dt.date(2026, 1, 31)
               for one in found.contributions)  # fmt: skip
    assert the_book.institutions(DECEMBER) == {"ahv": made["ahv"][0].pk, "alv": made["ahv"][0].pk}
    assert Book.of(company, 2024).offers[usual[0]].rates == ()
