"""A company in which everything of payroll happened once: people, papers, leave, a run to its payment, certificates."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import msgspec

from accounting.banking.matching.accepting import accept_certain
from erp.core.tenancy import open_companies
from erp.jobs import running
from payroll.declarations import issuing, noting
from payroll.declarations.notes import Notes
from payroll.delivery import passwords, terms
from payroll.delivery.models import DeliveryTerms
from payroll.employees import documents, importing, leave, uploads
from payroll.employees.facts import (
    AllowanceKind,
    Child,
    CivilStatus,
    LeaveKind,
    Religion,
    Status,
)
from payroll.employees.keeping import set_fact
from payroll.employees.models import Employee, EmployeeFile, EmployeeUpload, Fact, LeaveEntry
from payroll.employees.uploads import Wish
from payroll.runs import delivering, movements, papers, paying
from payroll.runs.models import MonthlyMovement, Payslip, Typed, WageOrder
from payroll.settlements import settling
from payroll.settlements.models import TaxSettlement
from tests import make
from tests.payroll.runs import books
from tests.payroll.runs.debits import arrived
from tests.payroll.settlements import made as taxes

DAY = dt.date(2026, 1, 23)
PDF = b"%PDF-1.4\n%Burnoutzeugnis\n"
PASSWORD = "vier-lange-worte-hierher"
#: What nobody may read in a dump: as it is written, and as the program keeps it.
SECRETS = (
    "7123.45", "7’123.45", "1234.55", "4013.37", "201.13", "4214.50", "Zwillingskind",
    "Ehefrau Kunigunde", "Knieoperation", "Burnout", "Abfindung geheim", "Dienstaltersrubin",
    "christian_catholic", "2019-07-21", "1986-03-01", PASSWORD,
)  # fmt: skip


def hired(company):
    """Two people, so that no sum in the ledger is somebody's wage."""
    child = Child(first_name="Zwillingskind", birth_date=dt.date(2019, 7, 21),
                  allowance=AllowanceKind.CHILD, amount=Decimal("231.70"))  # fmt: skip
    spouse = CivilStatus(status=Status.MARRIED, spouse_name="Ehefrau Kunigunde",
                         spouse_ahv_number=books.ahv(77), spouse_works="CH")  # fmt: skip
    first = books.employee(company, "7123.45", child, number=7)
    taxes.tariff()
    taxes.office(company)
    taxes.taxed(company, "4013.37", number=8, iban=books.iban(8))
    by = make.owner_of(company)
    for value in (spouse, Religion(church="christian_catholic")):
        set_fact(first, value=value, valid_from=dt.date(2026, 1, 2), by=by)
    return first


def whole(company):
    """All of it; the ids of what addresses name."""
    by, who = make.owner_of(company), hired(company)
    file = documents.attach(who, name="Burnoutzeugnis Januar.pdf", content=PDF, by=by)
    absence = leave.book(who, kind=LeaveKind.SICKNESS, date=DAY, amount=Decimal(-4), by=by,
                         text="Knieoperation")  # fmt: skip
    typed = [Typed(type=1210, amount=Decimal("1234.55"), text="Dienstaltersrubin")]
    movements.save_person(company=company, employee=who, month=books.JANUARY, rows=typed, by=by)
    other = Employee.of(company).exclude(pk=who.pk).get()
    movements.save_person(company=company, employee=other, month=books.JANUARY, by=by,
                          rows=[Typed(type=1210, amount=Decimal("201.13"))])  # fmt: skip
    run = books.posted(company)
    slips = list(Payslip.of(company).filter(run=run).order_by("employee"))
    papers.make_papers(run, slips)
    (order,) = paying.pay(run, bank=books.bank_of(company), date=DAY, by=by)
    accept_certain(company, arrived(company, order), by=by)
    settlement = settling.settle(company=company, canton="ZH", until=books.JANUARY, by=by,
                                 date=dt.date(2026, 2, 28))  # fmt: skip
    _delivered(company, who, run, by)
    noting.save_notes(who, year=2026, notes=Notes(remark="Abfindung geheim"), by=by)
    upload = _uploaded(company, by)
    certificate = issuing.issue(company=company, year=2026, by=by, only=[who.pk])[0]
    return {
        "run": run.pk, "employee": who.pk, "slip": slips[0].pk, "order": order.pk, "file": file.pk,
        "certificate": certificate.pk, "year": 2026, "fact": _fact(who, "wage"),
        "payout": _fact(who, "payout"), "leave": absence.pk, "kind": "wage",
        "employment": who.employments.get().pk, "settlement": settlement.pk,
        "job": upload.job_id,
    }  # fmt: skip


def _uploaded(company, by):
    """A file of people that waits for its job, with a report as if it had been checked."""
    rows = f"Beat;Keller;3.4.1987;m;{books.ahv(78)};1.1.2026;8321.65;month;ZH\r\n" * 51
    content = (
        f"Vorname;Name;birth_date;sex;AHV-Nummer;entry;wage.amount;wage.pay;wage.canton\r\n{rows}"
    )
    job = uploads.begin(company=company, content=content.encode(), wish=Wish.CHECK, by=by)
    found = uploads.of_job(company, job.pk)
    uploads.tell(found, importing.dry_run(company=company, content=content.encode(), first=2))
    return found


def _delivered(company, who, run, by):
    """One slip by mail, locked by a password, one on paper."""
    terms.set_terms(who, by=by, way="mail", mail="anna.privat@example.ch")
    passwords.set_password(who, by=by, chosen=PASSWORD)
    terms.change_settings(company=company, by=by, reply_to="lohn@example.ch")
    job = delivering.begin(run, by=by, link="https://rappen.example.ch/")
    running.run(job.pk, company.pk)
    open_companies([company.pk])


def _fact(who, kind):
    return Fact.of(who.company).filter(employee=who, kind=kind).values_list("pk", flat=True)[0]


def opened(company):
    """All that is sealed, opened: to see that what is looked for is there."""
    rows = [
        *((row.content,) for row in Fact.of(company)), *((row.content,) for row in LeaveEntry.of(company)),
        *((row.content,) for row in MonthlyMovement.of(company)),
        *((row.content,) for row in Payslip.of(company)),
        *((row.title, row.content.decode()) for row in EmployeeFile.of(company)),
        *((row.content.decode(), row.report) for row in EmployeeUpload.of(company)),
        *((row.file.decode(),) for row in WageOrder.of(company)),
        *((row.content,) for row in DeliveryTerms.of(company)),
        *((row.content,) for row in TaxSettlement.of(company)),
    ]  # fmt: skip
    return msgspec.json.encode(rows).decode()
