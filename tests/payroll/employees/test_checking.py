"""What is refused of people: field, value and remedy of each."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from erp.core.errors import Refusals
from payroll.employees import checking, personal
from payroll.employees.ahv import BadAhvNumber, masked, parse_ahv
from payroll.employees.facts import (
    Child,
    Insured,
    Leaving,
    Payout,
    Permit,
    Recurring,
    Religion,
    Residence,
    ResidenceKind,
    Share,
    WithholdingTax,
)
from payroll.employees.known import Known
from payroll.employees.tax_codes import parse_code
from tests.payroll.employees import books

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 11, 26)
IBAN, OTHER = books.IBAN, "CH5604835012345678009"


def jobs(**more):
    return WithholdingTax(code="A0N", canton="ZH", only_job=False, **more)


@pytest.fixture
def known():
    return Known(books.company(), on=TODAY)


def told(refusal):
    each = refusal.refusals if isinstance(refusal, Refusals) else [refusal]
    return [(one.place, one.code) for one in each]


@pytest.mark.parametrize("text", ["756.9217.0769.85", "7569217076985", "756 9217 0769 85"])
def test_ahv_numbers_are_read_tolerantly(text):
    assert parse_ahv(text) == books.AHV
    assert masked(books.AHV) == "756.••••.••••.85" and parse_ahv(" ") == ""


@pytest.mark.parametrize("text", ["756.9217.0769.84", "757.9217.0769.85", "756.9217.0769", "abc"])
def test_ahv_numbers_with_a_wrong_check_digit_are_refused(text):
    with pytest.raises(BadAhvNumber) as refusal:
        parse_ahv(text)
    assert text in str(refusal.value) and refusal.value.place == "ahv_number"


@pytest.mark.parametrize(
    ("code", "is_one"),
    [("A0N", True), ("b2y", True), ("V9Y", True), ("SFN", True), ("HEN", True), ("NON", True),
     ("F0N", False), ("I0N", False), ("A0", False), ("A0X", False), ("AAN", False), ("", False)],
)  # fmt: skip
def test_codes_of_withholding_tax(code, is_one):
    assert (parse_code(code) is not None) == is_one


@pytest.mark.parametrize(
    ("value", "faults"),
    [
        (books.wage("0"), [("amount", "people.out_of_range")]),
        (books.wage(canton="XX"), [("canton", "people.unknown_canton")]),
        (books.wage(canton=""), [("canton", "people.value_missing")]),
        (books.wage(degree=Decimal(151)), [("degree", "people.out_of_range")]),
        (books.wage(cost_split={"99": Decimal(60)}),
         [("cost_split", "people.unknown_cost_centre"), ("cost_split", "people.split_incomplete")]),
        (Residence(canton="BE", commune=261), [("canton", "people.other_canton")]),
        (Residence(canton="ZH", commune=9999), [("commune", "people.unknown_commune")]),
        (Residence(kind=ResidenceKind.DAILY), [("country", "people.abroad_in_switzerland")]),
        (Permit(category="X"), [("category", "people.unknown_permit")]),
        (Religion(church="x"), [("church", "people.unknown_church")]),
        (Insured(solutions=(4711,)), [("solutions", "people.unknown_solution")]),
        (WithholdingTax(code="F0N", canton="ZH"), [("code", "people.unknown_tax_code")]),
        (WithholdingTax(code="A0N"), [("canton", "people.value_missing")]),
        (WithholdingTax(code="A0N", canton="ZH", other_income=Decimal(1)),
         [("only_job", "people.only_job_of_several")]),
        (jobs(other_rate=Decimal(30), total_rate=Decimal(80)), [("other_rate", "people.other_jobs_twice")]),
        (jobs(own_rate=Decimal(-1)), [("own_rate", "people.out_of_range")]),
        (jobs(work_days_abroad=Decimal(4)), [("work_days", "people.value_missing")]),
        (jobs(work_days_abroad=Decimal(21), work_days=Decimal(20)), [("work_days_abroad", "people.days_abroad")]),
        (jobs(work_days=Decimal(32), last_wage=Decimal(-1)),
         [("work_days", "people.out_of_range"), ("last_wage", "people.out_of_range")]),
        (jobs(board_code="A0N"), [("board_code", "people.not_of_a_board")]),
        (WithholdingTax(code="HEN", canton="ZH", board_code="HEN"),
         [("board_code", "people.not_of_a_board")]),
        (Leaving(wages_of_year=Decimal(-1)), [("wages_of_year", "people.out_of_range")]),
        (Payout(), [("shares[0].iban", "people.value_missing")]),
        (books.payout("CH93"), [("shares[0].iban", "identifiers.not_an_iban")]),
        (books.payout("CH4431999123000889012"), [("shares[0].iban", "people.qr_iban")]),
        (books.payout(amount=Decimal(5)), [("shares[0].amount", "people.no_rest")]),
        (Payout(shares=(Share(iban=IBAN, percent=Decimal(100)), Share(iban=OTHER))),
         [("shares[0].percent", "people.shares_too_large")]),
        (Payout(shares=(Share(iban=IBAN, amount=Decimal(5)), Share(iban=IBAN))),
         [("shares[1].iban", "people.account_twice")]),
        (Child(first_name="", birth_date=dt.date(2030, 1, 1)),
         [("birth_date", "people.born_later"), ("first_name", "people.value_missing")]),
        (Recurring(type=1, months=(13,)),
         [("type", "people.unknown_type"), ("amount", "people.nothing_recurs"),
          ("months", "people.not_a_month")]),
    ],
    ids=str,
)  # fmt: skip
def test_what_is_refused(known, value, faults):
    with pytest.raises(Exception, match=r".") as refusal:
        checking.check_fact(value, known)
    assert told(refusal.value) == faults


def test_what_is_kept_is_in_one_form(known):
    tax = checking.check_fact(WithholdingTax(code="a0n", canton="", commune=6421), known)
    assert (tax.code, tax.canton) == ("A0N", "NE")
    assert checking.check_fact(WithholdingTax(code="A0N", canton="ti"), known).canton == "TI"
    unknown = checking.check_fact(jobs(own_rate=Decimal(0), work_days=Decimal(20)), known)
    assert (unknown.own_rate, unknown.work_days) == (0, 20)
    assert checking.check_fact(jobs(board_code=" hen"), known).board_code == "HEN"
    assert checking.check_fact(Permit(category="ci"), known).category == "Ci"
    shares = checking.check_fact(books.payout("ch93 0076 2011 6238 5295 7"), known).shares
    assert shares == (Share(iban=IBAN),)


@pytest.mark.parametrize(
    ("more", "fault"),
    [
        ({"birth_date": dt.date(2020, 1, 1)}, ("birth_date", "people.birth_not_possible")),
        ({"nationality": "XX"}, ("nationality", "people.unknown_country")),
        ({"ahv_number": "1"}, ("ahv_number", "people.bad_ahv_number")),
    ],
)
def test_personal_data_that_are_refused(known, more, fault):
    with pytest.raises(Exception, match=r".") as refusal:
        personal.check_personal(books.personal(**more), known)
    assert told(refusal.value) == [fault]
