"""What a year of payroll ends with: wage accounts, lists, reconciliation, beside opening its slips alone."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Final

from django.db import connection

from payroll.declarations import listing
from payroll.declarations.accounts import wage_account
from payroll.declarations.gathering import year_of
from payroll.declarations.preparing import prepared
from payroll.declarations.reconciling import reconcile
from payroll.runs import approving, beginning, booking, calculating
from payroll.runs.digest import digest_of_run
from payroll.runs.keeping import CONTENT
from tools.bench.books import acting, found
from tools.bench.measuring import least_cpu, note
from tools.bench.staff import staff

PEOPLE: Final = 200
YEAR: Final = 2026
MONTHS: Final = [dt.date(YEAR, nth, 1) for nth in range(1, 13)]
LISTS: Final = ("ahv", "uvg", "ktg", "bvg", "fak")


def bench_payroll_year(analyse: Callable[[], None], *, people: int = PEOPLE) -> None:
    """Twelve posted months: each work with its reading beside ``SELECT`` of the same slips, opened.

    What is sealed cannot be added up by the database: opening all slips is what any program must do.
    """
    book = found(8)
    with acting(book) as (company, owner):
        staff(company, MONTHS, people, owner=owner)
    analyse()
    for month in MONTHS:
        with acting(book) as (company, owner):
            run = beginning.begin(company=company, month=month, by=owner)
            run = calculating.calculate_all(run, by=owner)
            run = approving.approve(run, seen=digest_of_run(run), by=owner)
            booking.post(run, by=owner)
    analyse()
    with acting(book) as (company, _owner):

        def bare() -> None:
            with connection.cursor() as cursor:
                cursor.execute("SELECT seal_id::text, content FROM payroll_payslip WHERE company_id = %s",
                               [company.pk])  # fmt: skip
                for seal, text in cursor.fetchall():
                    CONTENT.opened_at(CONTENT.place_of(company.pk, seal), text)

        def lists() -> None:
            found_people = year_of(company, YEAR)
            for key in LISTS:
                listing.report_of(company, key, found_people)

        works: dict[str, Callable[[], object]] = {
            "five lists": lists,
            "wage accounts": lambda: [wage_account([one]) for one in year_of(company, YEAR)],
            "reconciliation": lambda: reconcile(company, YEAR, prepared(company, YEAR)),
        }
        slips = people * len(MONTHS)
        for name, work in works.items():
            ours, plain = least_cpu(3, work, bare)
            note(f"payroll year, {people} people: {name}", slips, ours, plain, "<= 5", 5)
