"""Coming, going, coming back: what is kept, what is refused, and what is only said."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from contacts import lifecycle, merging, saving
from contacts.models import Contact
from erp.audit.models import AuditEvent
from payroll.employees import above, employments, hiring, keeping, people
from payroll.employees.facts import (
    AllowanceKind,
    Child,
    Insured,
    Leaving,
    LeavingReason,
    Pension,
    Residence,
    Wage,
    WithholdingTax,
)
from payroll.employees.following import BothEmployees
from payroll.employees.models import Employee, Employment, Fact
from payroll.setup.institutions import delete_institution, save_institution
from payroll.setup.solutions import delete_solution, save_solution
from tests import make
from tests.payroll.employees import books

pytestmark = pytest.mark.django_db
JANUARY, JULY = books.JANUARY, dt.date(2026, 7, 1)


@pytest.fixture
def company():
    return books.company()


@pytest.fixture
def by(company):
    return make.owner_of(company)


@pytest.fixture
def anna(company):
    return books.hire(company)


@pytest.fixture
def paid(monkeypatch):
    """As if wages had been posted until a day."""
    days = {}
    monkeypatch.setattr(
        above, "paid_until", [lambda _company, ids: {i: days[i] for i in ids if i in days}]
    )
    return days


def file(employee, on=JANUARY):
    return people.file_of(employee, on=on)


def codes(findings):
    return [one.code for one in findings]


def test_somebody_new_becomes_a_contact_and_an_employee_at_once(company, by):
    hired = hiring.hire(company=company, by=by, personal=books.personal(), person=books.person(),
                        entry=JANUARY, function="Köchin", facts=books.facts())  # fmt: skip
    found = file(hired.employee)
    assert (found.number, found.name, found.language) == ("1", "Anna Muster", "de")
    assert found.address == ("Anna Muster", "Gasse 1", "8001 Zürich")
    assert found.employments[0].function == "Köchin"
    assert found.at(Wage, JANUARY).amount == Decimal("6000.00")
    assert hired.remarks == []
    assert Contact.of(company).get().name == "Anna Muster"


def test_a_contact_that_is_there_is_hired_once(company, by):
    contact = saving.add_contact(company=company, by=by, kind="person", **books.person())
    first = books.hire(company, contact=contact, person=None)
    assert first.contact == contact
    with pytest.raises(hiring.AlreadyEmployee) as refusal:
        books.hire(company, contact=contact, person=None, personal=books.personal(ahv_number=""))
    assert "Anna Muster" in str(refusal.value) and refusal.value.place == "contact"
    firm = saving.add_contact(company=company, by=by, kind="organisation", name="Muster AG")
    with pytest.raises(hiring.NotAPerson):
        books.hire(company, contact=firm, person=None, personal=books.personal(ahv_number=""))


def test_numbers_are_given_once_and_so_are_ahv_numbers(company, anna):
    with pytest.raises(hiring.AhvNumberTaken) as refusal:
        books.hire(company)
    assert "Anna Muster" in str(refusal.value)
    beat = books.hire(company, personal=books.personal(ahv_number=books.OTHER_AHV))
    assert beat.number == "2"
    with pytest.raises(hiring.NumberTaken):
        books.hire(company, personal=books.personal(ahv_number=""), number="2")
    with pytest.raises(hiring.AhvNumberTaken):
        hiring.change_employee(beat, by=make.owner_of(company), personal=books.personal())


def test_nothing_is_left_of_somebody_who_could_not_be_hired(company):
    wrong = [Residence(canton="BE", commune=books.ZURICH), books.wage()]
    with pytest.raises(Exception, match="Zürich"):
        books.hire(company, facts=wrong)
    assert not Contact.of(company).exists() and not Employee.of(company).exists()


def test_the_trail_says_what_was_changed_and_never_what_it_says(company, anna, by):
    keeping.set_fact(anna, value=books.wage("7777.00"), valid_from=JULY, by=by)
    hiring.change_employee(anna, by=by, personal=books.personal(ahv_number=books.OTHER_AHV))
    events = AuditEvent.of(company).filter(subject="employee")
    assert set(events.values_list("action", flat=True)) == {
        "employee.hire", "employee_fact.set", "employee.change",
    }  # fmt: skip
    written = str(list(events.values_list("details", flat=True)))
    for secret in ("7777", "756", books.IBAN, "6000"):
        assert secret not in written
    assert "ahv_number" in written and "wage" in written


def test_the_next_one_ends_the_one_before(anna, by):
    keeping.set_fact(anna, value=books.wage("6500.00"), valid_from=JULY, by=by)
    first, second = file(anna).during(Wage, JANUARY, dt.date(2026, 12, 31))
    assert (first.first, first.last) == (JANUARY, dt.date(2026, 6, 30))
    assert (second.first, second.last) == (JULY, None)
    kept = keeping.set_fact(
        anna, value=books.wage("6200.00"), valid_from=dt.date(2026, 4, 1), by=by
    )
    assert codes(kept.remarks) == ["people.next_begins"]
    assert file(anna).at(Wage, dt.date(2026, 5, 1)).amount == Decimal("6200.00")
    with pytest.raises(keeping.FactThere):
        keeping.set_fact(anna, value=books.wage(), valid_from=JULY, by=by)


def test_the_past_is_corrected_and_that_it_was_paid_is_said(anna, by, paid):
    paid[anna.pk] = dt.date(2026, 3, 31)
    fact = Fact.of(anna.company).get(kind="wage")
    kept = keeping.correct_fact(fact, value=books.wage("6100.00"), by=by, version=1)
    assert codes(kept.remarks) == ["people.paid_already"]
    with pytest.raises(keeping.FactChanged):
        keeping.correct_fact(fact, value=books.wage("6200.00"), by=by, version=1)
    with pytest.raises(keeping.FactWasUsed):
        keeping.remove_fact(fact, by=by)
    assert file(anna).at(Wage, JANUARY).amount == Decimal("6100.00")


def test_a_fact_ends_and_a_wrong_one_goes(anna, by):
    child = Child(first_name="Lea", birth_date=dt.date(2020, 5, 1), allowance=AllowanceKind.CHILD)
    one = keeping.set_fact(anna, value=child, valid_from=JANUARY, by=by).fact
    two = keeping.set_fact(anna, value=child, valid_from=JANUARY, by=by).fact
    assert (one.key, two.key) == ("1", "2")
    keeping.end_fact(one, last=dt.date(2026, 6, 30), by=by)
    assert len(file(anna).several(Child, JULY, JULY)) == 1
    keeping.remove_fact(two, by=by)
    assert file(anna).several(Child, JULY, JULY) == []
    with pytest.raises(Exception, match="bevor es am"):
        keeping.end_fact(one, last=dt.date(2025, 6, 30), by=by)


def test_no_wage_before_the_entry(anna, by):
    with pytest.raises(Exception, match="nicht angestellt") as refusal:
        keeping.set_fact(anna, value=books.wage(), valid_from=dt.date(2025, 12, 31), by=by)
    assert refusal.value.place == "valid_from"
    keeping.set_fact(anna, value=Residence(canton="ZH"), valid_from=dt.date(2025, 1, 1), by=by)


def test_who_leaves_and_comes_back_has_two_employments(company, anna, by):
    employments.leave(anna, exit=dt.date(2026, 3, 31), reason=LeavingReason.RESIGNED, by=by)
    found = file(anna)
    assert found.employments[0].exit == dt.date(2026, 3, 31)
    assert found.at(Leaving, dt.date(2026, 3, 31)).reason == LeavingReason.RESIGNED
    with pytest.raises(employments.EmploymentsOverlap):
        employments.re_enter(anna, entry=dt.date(2026, 3, 31), by=by)
    with pytest.raises(Exception, match="nicht angestellt"):
        keeping.set_fact(anna, value=books.wage(), valid_from=dt.date(2026, 5, 1), by=by)
    assert codes(employments.re_enter(anna, entry=JULY, by=by)) == ["people.terms_of_before"]
    assert Employment.of(company).count() == 2
    with pytest.raises(employments.ExitBeforeEntry):
        employments.change_employment(
            Employment.of(company).last(), exit=dt.date(2026, 6, 1), by=by
        )


def test_an_exit_lies_not_before_what_was_paid(anna, by, paid):
    paid[anna.pk] = dt.date(2026, 3, 31)
    with pytest.raises(employments.WagesPosted) as refusal:
        employments.leave(anna, exit=dt.date(2026, 2, 28), by=by)
    assert "31.03.2026" in str(refusal.value) and refusal.value.place == "exit"
    assert codes(employments.leave(anna, exit=dt.date(2026, 3, 15), by=by)) == [
        "people.paid_already"
    ]
    period = Employment.of(anna.company).get()
    employments.change_employment(period, exit=None, by=by)
    assert Employment.of(anna.company).get().exit is None
    with pytest.raises(employments.WagesPosted):
        employments.change_employment(period, entry=dt.date(2026, 4, 1), by=by)


def test_what_begins_after_the_exit_is_told(anna, by):
    keeping.set_fact(anna, value=books.wage("6500.00"), valid_from=JULY, by=by)
    found = employments.leave(anna, exit=dt.date(2026, 5, 31), by=by)
    assert codes(found) == ["people.facts_after_exit"] and found[0].values == {"kinds": "wage"}


def test_somebody_never_paid_is_deleted_and_the_contact_stays(company, anna, by):
    employments.delete_employee(anna, by=by)
    assert not Employee.of(company).exists() and not Fact.of(company).exists()
    assert Contact.of(company).count() == 1


def test_somebody_with_a_movement_stays(company, anna, by):
    from payroll.runs.models import MonthlyMovement, Typed

    MonthlyMovement.unscoped.create(company=company, employee=anna, month=JANUARY,
                                    content=Typed(type=1000))  # fmt: skip
    with pytest.raises(employments.EmployeeInUse):
        employments.delete_employee(anna, by=by)
    assert Fact.of(company).exists()


def test_a_contact_that_is_an_employee_is_merged_and_never_deleted(company, anna, by):
    with pytest.raises(lifecycle.ContactInUse):
        lifecycle.delete(anna.contact, by=by)
    other = saving.add_contact(company=company, by=by, kind="person", last_name="Muster")
    merging.merge(other, anna.contact, by=by)
    assert Employee.of(company).get().contact == other
    beat = books.hire(company, personal=books.personal(ahv_number=""))
    with pytest.raises(BothEmployees):
        merging.merge(other, beat.contact, by=by)


def test_likely_mistakes_are_said(anna, by):
    tax = WithholdingTax(code="B2Y", canton="BE")
    kept = keeping.set_fact(anna, value=tax, valid_from=dt.date(2026, 2, 15), by=by)
    assert set(codes(kept.remarks)) == {
        "people.needs_no_tax", "people.tax_canton_differs", "people.mid_month",
        "people.children_differ", "people.letter_differs",
    }  # fmt: skip


def test_a_solution_that_somebody_has_and_a_fund_with_pensions_stay(company, by):
    fund = save_institution(company=company, by=by, kind="bvg", name="Stiftung")
    plan = save_solution(institution=fund, code="1", by=by)
    books.hire(
        company, facts=books.facts(Insured(solutions=(plan.pk,)), Pension(institution=fund.pk))
    )
    with pytest.raises(Exception, match="Mitarbeitende"):
        delete_solution(plan, by=by)
    keeping.remove_fact(Fact.of(company).get(kind="insured"), by=by)
    delete_solution(plan, by=by)
    with pytest.raises(Exception, match="Mitarbeitende"):
        delete_institution(fund, by=by)


def test_the_address_abroad_names_the_country_in_the_persons_language(company, by):
    address = {
        "kind": "main",
        "street": "Via Uno",
        "postcode": "21016",
        "town": "Luino",
        "country": "IT",
    }
    who = books.hire(company, person=books.person(language="it", addresses=[address]))
    assert people.file_of(who, on=dt.date(2026, 3, 31)).address[-1] == "ITALIA"
