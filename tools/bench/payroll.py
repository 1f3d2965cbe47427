"""A month's wages of 1,000 people: calculated and kept beside the calculation alone; two workers; slips as PDF."""

from __future__ import annotations

import datetime as dt
import multiprocessing
import os
import time
import uuid
from collections.abc import Callable
from decimal import Decimal

import django
import weasyprint
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext

if __name__ == "__main__":
    django.setup()

from accounting.ledger.models import Account
from contacts.models import Contact
from erp.companies.models import Company, Module
from erp.core import clock
from erp.documents import pdf
from payroll.employees.facts import (
    CivilStatus,
    Insured,
    Payout,
    Pension,
    Personal,
    Residence,
    Share,
    Status,
    Wage,
    kind_of,
)
from payroll.employees.models import Employee, Employment, Fact
from payroll.runs import beginning, calculating, gathering, papers
from payroll.runs.calculating import AT_ONCE, Turn
from payroll.runs.models import PayrollRun, Payslip
from payroll.setup.checking import Rate
from payroll.setup.institutions import save_institution
from payroll.setup.models import PayrollSettings, Solution
from payroll.setup.settings import settings_of
from payroll.setup.solutions import save_solution
from payroll.wage_types.founding import found_types
from payroll.wages.calculating import calculate
from payroll.wages.values import Pay, Sex
from tools.bench.books import Book, acting, found
from tools.bench.measuring import interleaved, note

PEOPLE, HALF = 1_000, 250  # of a step, so that both workers have several
JANUARY = dt.date(2026, 1, 1)
RATES = {
    "ahv": ("1", [("admin", "0", "2.0")]), "fak": ("1", [("fak", "0", "1.2")]),
    "uvg": ("A1", [("bu", "0", "0.17"), ("nbu", "1.2", "0")]), "ktg": ("11", [("ktg", "0.6", "0.6")]),
    "bvg": ("1", []),
}  # fmt: skip


def bench_payroll(analyse: Callable[[], None]) -> None:
    """At most twice the pure calculation, as many queries for 1,000 as for 10, 1.7 times as fast by two."""
    book = found(7)
    with acting(book) as (company, _owner):
        _people(company)
    analyse()
    with acting(book) as (company, owner):
        run = beginning.begin(company=company, month=JANUARY, by=owner)
        givens = [one.given for one in gathering.gather(run)]
        assert len(givens) == PEOPLE

        def pure() -> None:
            for given in givens:
                calculate(given)

        def ours() -> None:
            calculating.calculate_all(run, by=owner)

        whole, alone = interleaved(3, ours, pure)
        note("a month of 1,000 people, kept", PEOPLE, whole, alone, "<= 2", 2)
        _queries(run, owner)
    _two_workers(book, run.pk)
    with acting(book) as (company, _owner):
        _papers(PayrollRun.of(company).select_related("company").get(pk=run.pk))


def _queries(run: PayrollRun, owner: object) -> None:
    ids = calculating.employed_ids(run)
    counts = []
    for few in (10, AT_ONCE):
        held = calculating.start_turn(run, by=owner)  # type: ignore[arg-type]
        with CaptureQueriesContext(connection) as seen:
            calculating.calculate_some(held, ids[:few], turn=Turn(held.pk, held.turn))
        counts.append(len(seen))
    print(f"  {counts[0]} queries for 10 people, {counts[1]} for {AT_ONCE}")
    assert counts[0] == counts[1], "queries do not grow with people"


def _worked(reference: str, run: int, number: int, ids: list[int]) -> None:
    """What one worker does with its part, in a process and connection of its own."""
    connections.close_all()
    turn = Turn(run, number)
    for first in range(0, len(ids), HALF):
        with acting(Book(0, reference, 0)) as (company, _owner):
            held = PayrollRun.of(company).select_related("company").get(pk=run)
            assert calculating.calculate_some(held, ids[first : first + HALF], turn=turn)


def _two_workers(book: Book, run: int) -> None:
    """The same people by one process, and by two that share them, calculated and kept, in turns."""
    with acting(book) as (company, owner):
        found = PayrollRun.of(company).select_related("company").get(pk=run)
        held = calculating.start_turn(found, by=owner)
        ids = calculating.employed_ids(held)
    connections.close_all()
    context = multiprocessing.get_context("fork")

    def by(count: int) -> float:
        parts = [ids[nth::count] for nth in range(count)]
        workers = [
            context.Process(target=_worked, args=(book.reference, run, held.turn, part))
            for part in parts
        ]
        started = time.perf_counter()
        for one in workers:
            one.start()
        for one in workers:
            one.join()
            assert one.exitcode == 0
        return time.perf_counter() - started

    pairs = [(by(1), by(2)) for _ in range(3)]
    one, two = min(one for one, _two in pairs), min(two for _one, two in pairs)
    cores = len(os.sched_getaffinity(0))
    note(f"two workers beside one ({cores} cores)", PEOPLE, two, one, ">= 170%",
         1.7 if cores > 1 else None, at_least=True)  # fmt: skip
    with acting(book) as (company, owner):
        calculating.end_turn(held, turn=held.turn, by=owner)


def _papers(run: PayrollRun) -> None:
    """Slips as PDF beside the bare printer on the same pages."""
    slips = list(Payslip.of(run.company).filter(run=run)[:60])
    settings, styles, count = (
        settings_of(run.company),
        pdf._styles("payslip"),
        {"ours": 0, "bare": 0},
    )
    pages = [papers.html_of(run, one.content, settings=settings, logo="") for one in slips]

    def next_of(name: str) -> int:
        count[name] += 1
        return count[name] % len(slips)

    def ours() -> bytes:
        slip = slips[next_of("ours")]
        slip.run = run
        return papers.pdf_of(slip, settings=settings, logo="")

    def bare() -> bytes:
        made = weasyprint.HTML(string=pages[next_of("bare")])
        return bytes(made.write_pdf(stylesheets=[styles]))

    made, plain = interleaved(60, ours, bare)
    print(f"  {1 / made:,.1f} slips a second")
    note("payslip as PDF, beside the bare printer", 1, made, plain, "<= 1.25", 1.25)


def _people(company: Company) -> None:
    """1,000 people with contract, insurances and accounts."""
    from erp.access.models import User

    owner = User.objects.get(email="bench@example.ch")
    company.modules = list(Module.values)
    company.save(update_fields=["modules"])
    found_types(company=company, by=owner)
    PayrollSettings.unscoped.create(company=company)
    for kind, (code, rates) in RATES.items():
        told = {"kind": kind, "name": kind.upper()} | ({"canton": "ZH"} if kind == "fak" else {})
        if kind == "fak":
            told["liability"] = Account.of(company).get(number="2271")
        row = save_institution(company=company, by=owner, **told)
        save_solution(institution=row, by=owner, code=code, rates=[
            Rate(insures=insures, valid_from=dt.date(2024, 1, 1), employee_percent=Decimal(employee),
                 employer_percent=Decimal(employer)) for insures, employee, employer in rates
        ])  # fmt: skip
    insured = Insured(solutions=tuple(
        Solution.of(company).filter(institution__kind__in=["uvg", "ktg", "bvg"]).values_list("pk", flat=True)
    ))  # fmt: skip
    now = clock.now()
    contacts = Contact.unscoped.bulk_create(
        Contact(company=company, number=n, kind="person", name=f"Muster {n:04}", sort_name=f"muster {n:04}",
                language="de", created_at=now, changed_at=now) for n in range(1, PEOPLE + 1)
    )  # fmt: skip
    people = Employee.unscoped.bulk_create(
        Employee(company=company, number=str(nth), contact=contact, created_at=now, seal_id=uuid.uuid4(),
                 personal=Personal(birth_date=dt.date(1970 + nth % 30, 3, 1), sex=Sex.FEMALE))
        for nth, contact in enumerate(contacts, 1)
    )  # fmt: skip
    Employment.unscoped.bulk_create(
        Employment(company=company, employee=one, entry=dt.date(2024, 1, 1)) for one in people
    )
    facts = []
    for nth, one in enumerate(people):
        pension = Pension(employee_amount=Decimal(200), employer_amount=Decimal(200))
        for value in (CivilStatus(status=Status.SINGLE), Residence(canton="ZH", commune=261), insured, pension,
                      Wage(pay=Pay.MONTH, amount=Decimal(4000 + nth), canton="ZH"),
                      Payout(shares=(Share(iban=f"CH{nth:019}"),))):  # fmt: skip
            facts.append(Fact(company=company, employee=one, kind=kind_of(value), valid_from=dt.date(2024, 1, 1),
                              content=value))  # fmt: skip
    Fact.unscoped.bulk_create(facts, batch_size=2_000)
