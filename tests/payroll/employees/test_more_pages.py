"""Leave, documents, what comes up, files in and out."""

from __future__ import annotations

import datetime as dt
import io
from decimal import Decimal

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from erp.audit.models import AccessLogEntry, AuditEvent
from payroll.employees import due, employments, importing, keeping, leave, people
from payroll.employees.facts import AllowanceKind, Child, Holidays, LeaveKind, Permit, Wage
from payroll.employees.models import Employee, EmployeeFile, Fact, LeaveEntry
from payroll.rates.figures import reference_ages
from payroll.wages.kinds import Pay, Sex
from tests import make
from tests.payroll.employees import books
from tests.payroll.employees.test_pages import Browser

pytestmark = pytest.mark.django_db
JANUARY = books.JANUARY
HEAD = ("Vorname;Nachname;PLZ;Ort;Geburtsdatum;Geschlecht;AHV-Nummer;Eintritt;wage.amount;wage.pay;"
        "wage.canton;payout.iban")  # fmt: skip
ROWS = [
    f"Anna;Muster;8001;Zürich;1.3.1986;weiblich;{books.AHV};1.1.2026;6000;month;ZH;{books.IBAN}",
    f"Beat;Keller;3011;Bern;2.4.1990;m;{books.OTHER_AHV};1.2.2026;32.50;hour;BE;",
]  # fmt: skip


@pytest.fixture
def company():
    return books.company()


@pytest.fixture
def by(company):
    return make.owner_of(company)


@pytest.fixture
def page(company, by):
    return Browser(company, by)


def file_of(rows):
    return "\r\n".join([HEAD, *rows]).encode()


def test_a_file_is_looked_at_and_then_imported(company, by):
    content = file_of(ROWS)
    found = importing.dry_run(company=company, content=content)
    assert [(one.row, one.name, one.number) for one in found.entries] == [
        (2, "Anna Muster", "1"), (3, "Beat Keller", "2"),
    ]  # fmt: skip
    assert not Employee.of(company).exists()
    importing.import_employees(company=company, content=content, by=by)
    anna, beat = Employee.of(company).order_by("number")
    assert anna.personal.ahv_number == books.AHV
    wage = people.file_of(beat, on=dt.date(2026, 2, 1)).at(Wage, dt.date(2026, 2, 1))
    assert (wage.pay, wage.amount) == (Pay.HOUR, Decimal("32.5000"))


def many(count):
    """A file of so many people, one of them without AHV number, in several towns and communes."""
    towns = ("8001;Zürich", "3011;Bern", "4001;Basel")
    return file_of(f"Person{nth};Muster;{towns[nth % 3]};1.3.1986;f;;1.1.2026;6000;month;ZH;"
                   for nth in range(count))  # fmt: skip


def test_sixty_rows_of_a_file_take_as_many_queries_as_ten(company, by):
    importing.dry_run(company=company, content=many(1))  # what a process learns once
    looked, written = [], []
    for count in (10, 60):
        with CaptureQueriesContext(connection) as seen:
            assert len(importing.dry_run(company=company, content=many(count)).entries) == count
        looked.append(len(seen))
        with CaptureQueriesContext(connection) as seen:
            importing.import_employees(company=company, content=many(count), by=by)
        written.append(len(seen))
    assert looked[0] == looked[1] <= 12, looked
    assert written[0] == written[1] <= 35, written
    people_told = Employee.of(company).order_by("created_at", "pk").select_related("contact")
    assert [one.number for one in people_told] == [str(nth) for nth in range(1, 71)]
    numbers = [one.contact.number for one in people_told]
    assert numbers == list(range(numbers[0], numbers[0] + 70))
    for action in ("contact.add", "employee.hire"):
        told = AuditEvent.of(company).filter(action=action)
        assert len({one.subject_id for one in told}) == 70
        assert all("6000" not in str(one.details) for one in told)
    kinds = Fact.of(company).filter(employee=people_told[69]).values_list("kind", flat=True)
    assert {"wage", "residence"} <= set(kinds)


def test_bad_rows_are_named_with_column_value_and_remedy(company, by):
    bad = ROWS[1].replace(books.OTHER_AHV, books.AHV).replace("BE;", "XX;")
    found = importing.dry_run(company=company, content=file_of([ROWS[0], bad]))
    assert found.bad_rows == 1 and len(found.entries) == 1
    told = "\n".join(map(str, found.refusals))
    assert "ahv-nummer" in told and "wage.canton" in told and "XX" in told
    with pytest.raises(Exception, match="2"):
        importing.import_employees(company=company, content=file_of([ROWS[0], bad]), by=by)
    done = importing.import_employees(company=company, content=file_of([ROWS[0], bad]), by=by,
                                      only_good=True)  # fmt: skip
    assert len(done.entries) == 1
    again = importing.dry_run(company=company, content=file_of(ROWS[:1]))
    assert "Anna Muster" in str(again.refusals[0])


def test_the_import_page_keeps_no_file(company, page):
    assert page.see("import/").status_code == 200
    upload = SimpleUploadedFile("leute.csv", file_of(ROWS))
    shown = page.send("import/", {"file": upload})
    kept = shown.content.decode().split('name="kept" value="')[1].split('"')[0]
    assert page.send("import/", {"kept": kept, "confirm": "1"})["Location"] == page.start
    assert Employee.of(company).count() == 2
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM erp_storedfile WHERE company_id = %s", [company.pk])
        assert cursor.fetchone() == (0,)


def test_the_template_has_the_titles(page):
    book = openpyxl.load_workbook(io.BytesIO(page.see("import/template/").content))
    titles = [cell.value for cell in book.active[4]]
    assert {"entry", "wage.amount", "withholding.code", "payout.iban"} <= set(titles)


def test_an_export_holds_ahv_numbers_where_asked_and_is_noted(company, page):
    books.hire(company)
    plain = page.see("export/", format="csv").content.decode()
    assert "Muster" in plain and "6’000" in plain and books.AHV not in plain
    assert books.AHV in page.see("export/", format="csv", ahv="1").content.decode()
    looks = AccessLogEntry.of(company).filter(kind="export")
    assert list(looks.values_list("subject", "count")) == [("employee", 1)] * 2


def test_the_export_wants_the_second_factor(company):
    user = make.user(company=company, granted=["payroll.export", "payroll.read"])
    client = Client()
    client.force_login(user)
    session = client.session
    session["account_authentication_methods"] = []
    session.save()
    answer = client.get(f"/c/{company.pk}/payroll/employees/export/?format=csv")
    assert answer.status_code == 302 and "reauthenticate" in answer["Location"]


def test_documents_are_sealed_and_come_back_as_they_were(company, page):
    employee = books.hire(company)
    paper = b"%PDF-1.7 Arbeitsvertrag"
    page.send(
        f"{employee.pk}/files/",
        {"file": SimpleUploadedFile("vertrag.pdf", paper), "title": "Vertrag"},
    )
    row = EmployeeFile.of(company).get()
    answer = page.see(f"files/{row.pk}/")
    assert answer.content == paper and "Vertrag.pdf" in answer["Content-Disposition"]
    with connection.cursor() as cursor:
        cursor.execute("SELECT content FROM payroll_employeefile")
        assert "PDF" not in cursor.fetchone()[0][:40]
    page.send(f"{employee.pk}/files/", {"file": SimpleUploadedFile("x.exe", b"MZ")})
    assert EmployeeFile.of(company).count() == 1
    assert "Vertrag" in page.see(f"{employee.pk}/").content.decode()
    page.send(f"{employee.pk}/files/", {"delete": str(row.pk)})
    assert not EmployeeFile.of(company).exists()


def test_holidays_are_earned_by_days_and_degree_and_carried_over(company, by):
    employee = books.hire(company, entry=dt.date(2025, 7, 1))
    keeping.set_fact(
        employee, value=books.wage(degree=Decimal(60)), valid_from=dt.date(2026, 7, 1), by=by
    )
    leave.book(
        employee, kind=LeaveKind.HOLIDAYS, date=dt.date(2025, 9, 1), amount=Decimal(-10), by=by
    )
    leave.book(
        employee, kind=LeaveKind.OVERTIME, date=dt.date(2026, 3, 1), amount=Decimal("4.5"), by=by
    )
    entry = leave.book(
        employee, kind=LeaveKind.SICKNESS, date=dt.date(2026, 3, 2), amount=Decimal(-2), by=by
    )
    file = people.file_of(employee, on=JANUARY)
    rows = [(one.date, one.content) for one in leave.entries_of(employee)]
    holidays, overtime = leave.balances(file, rows, 2026)
    assert (holidays.carried, holidays.entitled, holidays.left) == (
        Decimal("2.5"), Decimal("20.0"), Decimal("22.5"),
    )  # fmt: skip
    assert overtime.left == Decimal("4.5")
    assert leave.counted(rows, 2026) == [(LeaveKind.SICKNESS, Decimal(2))]
    keeping.set_fact(employee, value=Holidays(days=Decimal(30)), valid_from=JANUARY, by=by)
    file = people.file_of(employee, on=JANUARY)
    assert leave.entitlement(file, 2026) == Decimal("24.0")
    leave.remove(entry, by=by)
    with pytest.raises(leave.NothingBooked):
        leave.book(employee, kind=LeaveKind.HOLIDAYS, date=JANUARY, amount=Decimal(0), by=by)


def test_leave_by_page(company, page):
    employee = books.hire(company)
    place = f"{employee.pk}/leave/"
    assert (
        page.send(place, {"kind": "holidays", "date": "1.8.2026", "amount": "-5"}).status_code
        == 302
    )
    assert (
        page.send(place, {"kind": "holidays", "date": "gestern", "amount": "-5"}).status_code == 422
    )
    shown = page.see(place, year="2026").content.decode()
    assert "<b>20</b>" in shown
    reader = Browser(company, make.user(company=company, granted=["payroll.read"]))
    assert reader.see(place).status_code == 200
    assert (
        reader.send(place, {"kind": "holidays", "date": "1.8.2026", "amount": "-5"}).status_code
        == 403
    )
    row = LeaveEntry.of(company).get()
    page.send(place, {"remove": str(row.pk)})
    assert not LeaveEntry.of(company).exists()


def test_what_comes_up(company, by, page):
    employee = books.hire(company, personal=books.personal(birth_date=dt.date(1962, 2, 10)))
    lea = Child(first_name="Lea", birth_date=dt.date(2010, 3, 5), allowance=AllowanceKind.CHILD)
    keeping.set_fact(employee, value=lea, valid_from=JANUARY, by=by)
    permit = Permit(category="B", expires=dt.date(2026, 5, 31))
    keeping.set_fact(employee, value=permit, valid_from=JANUARY, by=by)
    employments.leave(employee, exit=dt.date(2026, 12, 31), by=by)
    file = people.file_of(employee, on=JANUARY)
    found = due.coming([file], first=JANUARY, last=dt.date(2026, 12, 31), ages=reference_ages())
    assert [(one.day.isoformat(), one.code) for one in found] == [
        ("2026-01-01", "entry"), ("2026-03-31", "allowance_ends"), ("2026-05-31", "permit_ends"),
        ("2026-08-10", "reference_age"), ("2026-12-31", "exit"),
    ]  # fmt: skip
    assert file.personal.sex == Sex.FEMALE
    assert page.see("due/").status_code == 200
