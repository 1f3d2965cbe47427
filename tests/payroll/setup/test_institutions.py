"""Institutions, solutions and rates: kept, refused, copied to a new year; settings; accounts."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from contacts import lifecycle, merging, saving
from erp.audit.models import AuditEvent
from erp.core.errors import Refusals
from payroll.setup import accounts, checking, institutions, readiness, refusals, solutions
from payroll.setup.holding import in_force
from payroll.setup.models import Institution, SolutionRate
from payroll.setup.settings import (
    SettingsChanged,
    change_settings,
    settings_of,
    terms_of,
)
from payroll.wage_types.models import WageType
from payroll.wages.kinds import Insurance
from payroll.wages.values import Charge
from tests import make
from tests.payroll.setup.insurers import DAY, demo_employer, insurer, rate

pytestmark = pytest.mark.django_db
D = Decimal
JAN_26 = dt.date(2026, 1, 1)


def codes(found):
    return {(one.place, one.code.partition(".")[2]) for one in found.value.refusals}


def refused(company, anna, **told):
    with pytest.raises(Refusals) as found, transaction.atomic():
        institutions.save_institution(company=company, by=anna, **told)
    return codes(found)


# Settings


def test_settings_are_the_usual_ones_until_somebody_changes_them(company, anna):
    usual = settings_of(company)
    assert (usual.pk, terms_of(usual).rounding, terms_of(usual).monthly_hours) == (
        None,
        D("0.05"),
        182,
    )
    saved = change_settings(company=company, by=anna, version=0, weekly_hours=D(40), rounding="0.01",
                            slip_text="Danke.")  # fmt: skip
    assert terms_of(saved).monthly_hours.quantize(D("0.01")) == D("173.33")
    assert AuditEvent.of(company).get(action="payroll_settings.change").details["rounding"] == ["0.05",
                                                                                               "0.01"]  # fmt: skip
    with pytest.raises(SettingsChanged):
        change_settings(company=company, by=anna, version=0, pay_day=24)
    with pytest.raises(Refusals) as found, transaction.atomic():
        change_settings(company=company, by=anna, weekly_hours=D(80), pay_day=0, rounding="1",
                        jump_percent=D(-1), simplified=True, commission="XXX")  # fmt: skip
    assert codes(found) == {
        ("weekly_hours", "out_of_range"), ("pay_day", "out_of_range"), ("rounding", "not_offered"),
        ("jump_percent", "out_of_range"), ("simplified", "simplified_not_allowed"),
        ("commission", "not_offered"),
    }  # fmt: skip


# Institutions


def test_an_institution_is_added_changed_and_deleted(company, anna):
    told = {"kind": "ahv", "name": "SVA Zürich", "canton": "zh", "member_number": "12-345", "sub_number": "001",
            "liability": make.account(company, "2270"), "expense": make.account(company, "5700")}  # fmt: skip
    one = institutions.save_institution(company=company, by=anna, **told)
    assert (one.canton, one.version) == ("ZH", 1)
    institutions.save_institution(company=company, by=anna, row=one, version=1, member_number="9")
    changed = AuditEvent.of(company).get(action="institution.change").details
    assert changed == {"member_number": ["12-345", "9"]}
    with pytest.raises(refusals.InstitutionChanged):
        institutions.save_institution(company=company, by=anna, row=one, version=1, name="x")
    solutions.save_solution(institution=one, by=anna, rates=[rate("admin", employer="3")])
    with pytest.raises(refusals.InstitutionUsed):
        institutions.delete_institution(one, by=anna)
    assert refused(company, anna, row=one, kind="fak") == {("kind", "kind_fixed")}
    solutions.delete_solution(one.solutions.get(), by=anna)
    institutions.delete_institution(one, by=anna)
    assert not Institution.of(company).exists() and not SolutionRate.of(company).exists()


def test_what_cannot_be_is_refused_with_its_place(company, anna):
    assert refused(company, anna, kind="bank", name="", canton="XX",
                   liability=make.account(company, "2000"), expense=make.account(company, "1020")) == {
        ("kind", "not_offered"), ("name", "name_missing"), ("canton", "unknown_canton"),
        ("liability", "wrong_liability"), ("expense", "wrong_expense"),
    }  # fmt: skip
    assert refused(company, anna, kind="tax", name="Steueramt") == {("canton", "canton_missing")}
    assert refused(company, anna, kind="ahv", name="A", sub_number="12") == {
        ("sub_number", "bad_member_number")
    }
    insurer(company, "fak", canton="ZH")
    insurer(company, "fak", canton="BE", name="Andere")
    assert refused(company, anna, kind="fak", name="Kasse fak", canton="ZH") == {
        ("name", "name_taken"), ("kind", "only_one"),
    }  # fmt: skip
    gone = Institution.of(company).get(canton="ZH")
    institutions.save_institution(
        company=company, by=anna, row=gone, active_until=dt.date(2025, 12, 31)
    )
    institutions.save_institution(company=company, by=anna, kind="fak", name="Neue", canton="ZH")


def test_contacts_of_institutions_follow_and_stay(company, anna):
    keep, gone = (
        saving.add_contact(company=company, by=anna, kind="organisation", name=name)
        for name in ("SVA Zürich", "SVA Zuerich")
    )
    one = institutions.save_institution(
        company=company, by=anna, kind="ahv", name="SVA", contact=gone
    )
    merging.merge(keep, gone, by=anna)
    one.refresh_from_db()
    assert one.contact_id == keep.pk
    with pytest.raises(lifecycle.ContactInUse), transaction.atomic():
        lifecycle.delete(saving.held(keep), by=anna)


# Solutions and rates


@pytest.mark.parametrize(
    ("kind", "code", "fine"),
    [("uvg", "a1", True), ("uvg", "A4", False), ("uvg", "", False), ("ktg", "11", True),
     ("ktg", "1", False), ("uvgz", "1B", True), ("fak", "", True), ("bvg", "KADER", True)],
)  # fmt: skip
def test_codes_look_as_those_of_the_policy(company, anna, kind, code, fine):
    one, _none = insurer(company, kind, canton="ZH")
    if fine:
        saved = solutions.save_solution(institution=one, by=anna, code=code)
        assert saved.code == (code.upper() or "1")
        with pytest.raises(Refusals) as found, transaction.atomic():
            solutions.save_solution(institution=one, by=anna, code=code)
        assert codes(found) == {("code", "code_taken")}
        return
    with pytest.raises(Refusals) as found, transaction.atomic():
        solutions.save_solution(institution=one, by=anna, code=code)
    assert codes(found) == {("code", "bad_code")}


def test_a_tax_office_has_no_solutions(company, anna):
    office, _none = insurer(company, "tax", canton="BE")
    with pytest.raises(Refusals) as found, transaction.atomic():
        solutions.save_solution(institution=office, by=anna, code="1")
    assert codes(found) == {("code", "no_solutions")}


@pytest.mark.parametrize(
    ("rows", "code"),
    [([rate("ktg", "101")], "bad_percent"), ([rate("ktg", "0.00001")], "bad_percent"),
     ([rate("nbu", "1")], "rate_not_here"), ([rate("ktg", age_from=60, age_to=20)], "bad_ages"),
     ([rate("ktg", wage_from=D(100), wage_to=D(100))], "bad_range"),
     ([rate("ktg"), rate("ktg", sex="F")], "rates_overlap"),
     ([rate("ktg", wage_to=D(100)), rate("ktg", wage_from=D(99))], "rates_overlap"),
     ([rate("ktg", age_to=30), rate("ktg", age_from=30)], "rates_overlap")],
)  # fmt: skip
def test_rates_that_cannot_be_are_refused(company, anna, rows, code):
    one, _none = insurer(company, "ktg")
    with pytest.raises(Refusals) as found, transaction.atomic():
        solutions.save_solution(institution=one, by=anna, code="11", rates=rows)
    assert codes(found) == {("rates", code)}
    assert not SolutionRate.of(company).exists()


def test_what_lies_side_by_side_does_not_overlap(company, anna):
    rows = [rate("ktg", sex="F", wage_to=D(100)), rate("ktg", sex="M", wage_to=D(100)),
            rate("ktg", wage_from=D(100), age_to=29), rate("ktg", wage_from=D(100), age_from=30),
            replace(rate("ktg"), valid_from=JAN_26)]  # fmt: skip
    assert checking.faults("ktg", rows) == []
    _one, (made,) = insurer(company, "ktg", ("11", rows))
    assert set(solutions.rates_of(made)) == set(rows)
    assert len(in_force(rows, dt.date(2025, 7, 1))) == 4
    assert in_force(rows, JAN_26) == rows[-1:] and in_force(rows, dt.date(2024, 1, 1)) == []


def test_a_new_rate_for_men_leaves_that_of_women_and_is_copied_for_men_alone(company, anna):
    july, year = dt.date(2025, 7, 1), dt.date(2026, 1, 1)
    rows = [rate("ktg", "1.0", age_to=64), replace(rate("ktg", "2.0", sex="M"), valid_from=july)]
    _one, (made,) = insurer(company, "ktg", ("11", rows))
    assert set(in_force(rows, july)) == set(rows)

    assert solutions.copy_rates(company=company, by=anna, valid_from=year) == 2

    held = {(one.sex, one.age_from, one.age_to, one.employee_percent)
            for one in in_force(solutions.rates_of(made), year)}  # fmt: skip
    assert held == {("F", None, 64, D("1.0")), ("M", None, None, D("2.0"))}
    assert checking.faults("ktg", solutions.rates_of(made)) == []


def test_other_bands_replace_those_before():
    """One rate for all instead of bands, and bands instead of one: nobody has two."""
    july = dt.date(2025, 7, 1)
    bands = [rate("bvg", "4", age_from=25, age_to=44), rate("bvg", "7", age_from=45)]
    all_ages = [replace(one, valid_from=july) for one in (rate("bvg", "5", age_from=25),)]
    assert in_force(bands + all_ages, july) == all_ages
    begun = [replace(one, valid_from=july) for one in bands]
    assert in_force([rate("bvg", "5", age_from=25), *begun], july) == begun


def test_the_employer_alone_pays_what_the_law_says(company, anna):
    one, _none = insurer(company, "uvg")
    with pytest.raises(Refusals) as found, transaction.atomic():
        solutions.save_solution(
            institution=one, by=anna, code="A1", rates=[rate("bu", "0.1", "0.1")]
        )
    assert codes(found) == {("rates", "employers_alone")}
    assert len(checking.warnings("bvg", [rate("bvg", "6", "5")])) == 1
    assert len(checking.warnings("ahv", [rate("admin", employer="6")])) == 1
    assert len(checking.warnings("fak", [rate("fak", "0.13", "2")])) == 1
    assert checking.warnings("bvg", [rate("bvg", "5", "5")]) == []


def test_rates_go_on_into_a_new_year_once(company, anna):
    made = demo_employer(company)
    ktg = made["ktg"][1][0]
    rows = [*solutions.rates_of(ktg), replace(rate("ktg", "0.7", "0.7"), valid_from=JAN_26)]
    solutions.save_solution(institution=made["ktg"][0], by=anna, row=ktg, rates=rows)
    with CaptureQueriesContext(connection) as asked:
        assert solutions.copy_rates(company=company, by=anna, valid_from=JAN_26) == 5
    assert len(asked) <= 8
    assert {one.valid_from for one in solutions.rates_of(made["uvg"][1][0])} == {DAY, JAN_26}
    with pytest.raises(refusals.NothingToCopy):
        solutions.copy_rates(company=company, by=anna, valid_from=JAN_26)


# Accounts


def charge(insurance, institution=None, canton=""):
    zero = D("0.00")
    return Charge(key="x", insurance=Insurance(insurance), code="", institution=institution, type=None,
                  days=30, wages=zero, insured=zero, employee_percent=zero, employer_percent=zero,
                  employee=zero, employer=zero, canton=canton)  # fmt: skip


@pytest.mark.parametrize(
    ("insurance", "expense", "liability"),
    [("ahv", "5700", "2271"), ("alv", "5700", "2271"), ("admin", "5700", "2271"), ("fak", "5710", "2271"),
     ("bvg", "5720", "2272"), ("bu", "5730", "2273"), ("ktg", "5740", "2274")],
)  # fmt: skip
def test_contributions_are_booked_as_in_the_worked_example(company, insurance, expense, liability):
    demo_employer(company)
    plan = accounts.plan_of(company, JAN_26)
    assert [one.number for one in plan.of_charge(charge(insurance))] == [expense, liability]


def test_accounts_of_wage_types(company, anna):
    made = demo_employer(company)
    with CaptureQueriesContext(connection) as asked:
        plan = accounts.plan_of(company, JAN_26)
        numbers = {one: plan.of_type(one) for one in (1000, 5010, 5050, 3000, 6000, 6040, 1980)}
        assert plan.clearing().number == "1091"
    assert len(asked) == 3
    assert {one: account and account.number for one, account in numbers.items()} == {
        1000: "5000", 5010: "2271", 5050: "2272", 3000: "2271", 6000: "5820", 6040: "5830", 1980: None,
    }  # fmt: skip
    own = make.account(company, "2270")
    institutions.save_institution(company=company, by=anna, row=made["fak"][0], liability=own)
    other, _none = insurer(company, "fak", canton="BE", name="Andere")
    plan = accounts.plan_of(company, JAN_26)
    assert plan.of_type(3000, canton="ZH") == own
    assert plan.of_type(3000, canton="BE").number == "2271"
    assert plan.of_type(3000, institution=other.pk).number == "2271"
    assert plan.liability("tax", canton="ZH").number == "2279"
    assert accounts.missing(plan) == []


def test_what_leads_to_no_account_is_named(company, anna):
    demo_employer(company)
    plan = accounts.plan_of(company, JAN_26)
    for number in ("5830", "2273", "5730"):
        del plan.accounts[number]
    plan.accounts["1091"].purpose = ""
    with pytest.raises(accounts.ClearingMissing):
        plan.clearing()
    told = {type(one).__name__ for one in accounts.missing(plan)}
    assert told == {"ClearingMissing", "TypeAccountMissing", "LiabilityMissing", "ExpenseMissing"}
    plan.accounts["5000"].blocked_from = DAY
    with pytest.raises(accounts.AccountBlocked):
        plan.of_type(1000)
    with pytest.raises(accounts.UnknownWageType):
        plan.of_type(4711)


# The guided start


def test_what_is_missing_before_the_first_run(company, anna):
    def state(code):
        return next(one.state for one in readiness.steps(company, JAN_26) if one.code == code)

    WageType.of(company).filter(number=1000).delete()
    assert {code: state(code) for code in ("wage_types", "ahv", "fak", "uvg", "bvg", "settings")} == {
        "wage_types": "bad", "ahv": "bad", "fak": "bad", "uvg": "bad", "bvg": "warn", "settings": "warn",
    }  # fmt: skip
    from payroll.wage_types.founding import found_types

    found_types(company=company, by=anna)
    demo_employer(company)
    change_settings(company=company, by=anna, pay_day=24)
    with CaptureQueriesContext(connection) as few:
        found = readiness.steps(company, JAN_26)
    assert readiness.is_ready(found)
    assert {one.code for one in found if one.state != "good"} == {
        "company",
        "tax",
        "rates",
        "people",
    }
    solutions.copy_rates(company=company, by=anna, valid_from=JAN_26)
    assert state("rates") == "good"
    for nth, canton in enumerate(("BE", "LU", "UR")):
        insurer(company, "fak", ("1", [rate("fak", employer="1")]), canton=canton, name=f"K{nth}")
    with CaptureQueriesContext(connection) as many:
        readiness.steps(company, JAN_26)
    assert len(few) == len(many) <= 16
