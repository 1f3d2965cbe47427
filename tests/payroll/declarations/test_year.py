"""A posted year: gathered in a fixed number of queries, certificates issued and replaced, everything agrees."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from accounting.ledger.lines import credit, debit
from accounting.ledger.posting import post
from erp.audit.models import AuditEvent
from payroll.declarations import families, issuing, lists, pensions, taxes
from payroll.declarations.accounts import account_table, wage_account
from payroll.declarations.gathering import year_of, years_of
from payroll.declarations.models import IssuedCertificate
from payroll.declarations.notes import Notes
from payroll.declarations.noting import notes_of, save_notes
from payroll.declarations.preparing import prepared
from payroll.declarations.reconciling import reconcile
from payroll.declarations.refusals import NotesChanged, NothingPosted, PercentOutOfRange
from payroll.runs import movements
from payroll.runs.models import Typed
from tests import make
from tests.payroll.runs import books

pytestmark = pytest.mark.django_db
FEBRUARY = dt.date(2026, 2, 1)


@pytest.fixture
def company():
    return books.company()


@pytest.fixture
def anna(company):
    return make.owner_of(company)


@pytest.fixture
def paid(company, anna):
    """Anna with a bonus, and a second person, in January and February."""
    who = books.p1(company)
    books.employee(company, "5000.00", number=2, iban=books.iban(2))
    movements.save_person(company=company, employee=who, month=books.NEW_YEAR, by=anna,
                          rows=[Typed(type=1210, amount=Decimal("1000.00"))])  # fmt: skip
    books.posted(company)
    books.posted(company, FEBRUARY)
    return who


def test_a_year_is_gathered_in_a_fixed_number_of_queries(company, paid):
    def count():
        with CaptureQueriesContext(
            connection,
        ) as told:
            people = year_of(company, 2026)
        return len(told), [one.file.name for one in people]

    few, names = count()
    assert names == ["Anna Muster", "Person2 Muster"]
    with CaptureQueriesContext(connection) as told:
        year_of(company, 2026, only=[paid.pk])
    assert len(told) == few <= 8
    assert years_of(company) == [2026]
    assert year_of(company, 2025) == []


def test_a_wage_account_adds_up_to_the_slips(company, paid):
    [anna, other] = year_of(company, 2026)
    parts = {part.title: part for part in wage_account([anna])}
    gross = parts["Wages"].rows[-1]
    assert [str(one) for one in gross.months[:3]] == ["7715.00", "6715.00", "0.00"]
    both = wage_account([anna, other])
    assert both[0].rows[-1].total == anna.gross + other.gross
    table = account_table(both, year=2026, title="Recap", subtitle="", name="recap")
    assert len(table.head) == 15 and table.kinds[0] == "section"


def test_lists_tell_what_was_insured(company, paid):
    people = year_of(company, 2026)
    report = lists.ahv(people)
    assert [row["ahv_wage"] for row in report.as_objects()] == ["14000.00", "10000.00"]
    assert report.rows[-1][6] == Decimal("24000.00")
    assert [row["allowances"] for row in families.fak(people).as_objects()] == ["430.00", "0.00"]
    uvg = [row for row in lists.uvg(people).as_objects() if row["insurance"] == "UVG, at work"]
    assert [row["contributory"] for row in uvg] == ["14000.00", "10000.00"]
    assert pensions.bvg(people).as_objects()[0]["employee"] == "483.70"
    assert taxes.settlement(people, {}).rows == []
    assert lists.ahv_open(people).rows == []
    whole = lists.institutions(people, {})
    assert sum(row[8] for nth, row in enumerate(whole.rows) if nth in whole.kinds) > 0


def test_certificates_are_issued_once_and_replaced_when_they_differ(company, paid, anna):
    first = issuing.issue(company=company, year=2026, by=anna)
    assert [(row.version, row.content.rectifies) for row in first] == [(1, None), (1, None)]
    assert first[0].paper.startswith(b"%PDF")
    assert issuing.issue(company=company, year=2026, by=anna) == []
    save_notes(paid, year=2026, notes=Notes(canteen=True), by=anna, version=0)
    states = [one.state for one in prepared(company, 2026)]
    assert states == ["changed", "issued"]
    [again] = issuing.issue(company=company, year=2026, by=anna, only=[paid.pk])
    assert (again.version, again.content.rectifies_doc) == (2, first[0].content.doc)
    assert [row.version for row in issuing.current(company, 2026)] == [2, 1]
    told = AuditEvent.of(company).filter(action__startswith="certificate").order_by("pk")
    assert [one.action for one in told] == [
        "certificate.issue", "certificate.issue", "certificate_notes.change", "certificate.replace"
    ]  # fmt: skip
    assert "Muster" not in str([one.details for one in told])


def test_what_is_issued_stays(company, paid, anna):
    [row, _other] = issuing.issue(company=company, year=2026, by=anna)
    for change in ({"version": 7}, {"digest": "0" * 64}, {"year": 2025}):
        with pytest.raises(DatabaseError, match="issued"), transaction.atomic():
            IssuedCertificate.of(company).filter(pk=row.pk).update(**change)
    with pytest.raises(DatabaseError, match="issued"), transaction.atomic():
        IssuedCertificate.of(company).filter(pk=row.pk).delete()
    with connection.cursor() as cursor:
        cursor.execute("SELECT content, paper FROM payroll_issuedcertificate")
        assert all("Muster" not in cell for one in cursor.fetchall() for cell in one)


def test_notes_are_checked_and_not_overwritten_unseen(company, paid, anna):
    with pytest.raises(PercentOutOfRange):
        _one(lambda: save_notes(paid, year=2026, notes=Notes(field_work=Decimal(101)), by=anna))
    save_notes(paid, year=2026, notes=Notes(remark=" Frei "), by=anna, version=0)
    assert notes_of(paid, 2026) == (Notes(remark="Frei"), 1)
    with pytest.raises(NotesChanged):
        save_notes(paid, year=2026, notes=Notes(), by=anna, version=0)


def _one(act):
    """The only refusal of several."""
    try:
        act()
    except Exception as refusal:
        raise getattr(refusal, "refusals", [refusal])[0] from refusal


def test_payroll_certificates_lists_and_ledger_agree(company, paid, anna):
    whole = reconcile(company, 2026, prepared(company, 2026))
    assert [one.name for one in whole.checks if not one.agrees] == []
    assert [row.number for row in whole.accounts if not row.agrees] == []
    assert whole.agrees and whole.missing == ""
    wages = {row.number: row for row in whole.accounts}
    assert (wages["5000"].slips, wages["5000"].others) == (Decimal("23000.00"), Decimal(0))
    assert whole.clearing == -sum(
        one.slip.payout for person in year_of(company, 2026) for one in person.slips
    )


def test_an_entry_by_hand_is_shown_beside_payroll(company, paid, anna):
    amount = Decimal("500.00")
    post(company=company, date=dt.date(2026, 2, 28), text="Aushilfe", by=anna,
         lines=[debit(make.account(company, "5000"), amount),
                credit(make.account(company, "1020"), amount)])  # fmt: skip
    whole = reconcile(company, 2026, prepared(company, 2026))
    assert {row.number: row.others for row in whole.accounts}["5000"] == Decimal("500.00")
    assert whole.agrees


def test_nothing_posted_is_nothing_to_issue(company, anna):
    with pytest.raises(NothingPosted):
        issuing.issue(company=company, year=2026, by=anna)
