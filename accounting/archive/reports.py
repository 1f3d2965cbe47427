"""What an archive says in tables of its own: chart, balances, statements, and who is who."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Mapping
from decimal import Decimal
from typing import Any

from accounting.archive.names import Names
from accounting.archive.tables import rows_as_csv
from accounting.closing.report import annual_report
from accounting.ledger.balances import account_sums
from accounting.ledger.models import Account, FiscalYear, YearClosing
from accounting.procedure.composing import compose
from accounting.procedure.paper import printed
from accounting.statements import statements
from accounting.statements.reports import statement_table
from accounting.statements.trial_balance import TrialBalance, trial_balance
from erp.access.models import User
from erp.access.permissions import Permission
from erp.companies.models import Company
from erp.core import clock
from erp.web.export import Table, as_csv, as_pdf

Files = Mapping[str, bytes]


def chart(company: Company, names: Names) -> Files:
    """Accounts, cost units and VAT codes with the ids that entries name them by."""
    more = {pk: told for pk, *told in Account.of(company).values_list("pk", "currency", "control")}
    return {
        "accounts.csv": rows_as_csv(
            [(row.pk, row.number, row.name, row.type, row.group_number, row.or_position, row.purpose,
              *more[row.pk]) for row in names.accounts.values()],
            head=("id", "account", "name", "type", "group", "or_position", "purpose", "currency",
                  "control"),
        ),
        "cost_centres.csv": rows_as_csv(
            [(row.pk, row.number, row.name_in(company.language)) for row in names.centres.values()],
            head=("id", "cost_centre", "name"),
        ),
        "cost_objects.csv": rows_as_csv(
            [(row.pk, row.number, row.name_in(company.language)) for row in names.objects.values()],
            head=("id", "cost_object", "name"),
        ),
        "vat_codes.csv": rows_as_csv(
            [(row.pk, row.code, row.name_in(company.language)) for row in names.codes.values()],
            head=("id", "vat_code", "name"),
        ),
    }  # fmt: skip


def carried(company: Company, year: FiscalYear, names: Names) -> dict[int, Decimal]:
    """What each account brought from the years before, by id, as the trial balance opens with it."""
    ids = {row.number: pk for pk, row in names.accounts.items()}
    opened = account_sums(company, year=year, until=year.end)
    return {
        ids[row.number]: row.opening - opened[ids[row.number]].opened
        if ids[row.number] in opened else row.opening
        for row in trial_balance(company, year=year, until=year.end).rows if row.number
    }  # fmt: skip


def balances(company: Company, year: FiscalYear, names: Names) -> Files:
    """Opening balances and trial balance (Eröffnungssalden, Summen- und Saldenliste)."""
    found: TrialBalance = trial_balance(company, year=year, until=year.end)
    brought = {names.account(pk): amount for pk, amount in carried(company, year, names).items()}
    opening = [
        (row.number, row.name, brought.get(row.number, row.opening),
         row.opening - brought.get(row.number, row.opening), row.opening)
        for row in found.rows
    ]  # fmt: skip
    trial = [(row.number, row.name, row.opening, row.debit, row.credit, row.closing)
             for row in found.rows]  # fmt: skip
    return {
        "opening_balances.csv": rows_as_csv(
            opening, head=("account", "name", "carried", "opened", "opening")
        ),
        "trial_balance.csv": rows_as_csv(
            trial, head=("account", "name", "opening", "debit", "credit", "closing")
        ),
    }


def statement(company: Company, year: FiscalYear, name: str) -> Files:
    """Balance sheet or income statement, as CSV and as a PDF; ``name`` is the name of the file."""
    makers: Mapping[str, Callable[..., statements.Statement]] = {
        "balance_sheet": statements.balance_sheet,
        "income_statement": statements.income_statement,
    }
    columns = statements.columns(company, until=year.end)
    table: Table = statement_table(makers[name](company, columns, language=company.language), name)
    return {f"{name}.csv": as_csv(table, company), f"{name}.pdf": as_pdf(table, company)}


def closing(company: Company, year: FiscalYear) -> Files:
    """The annual accounts (Jahresrechnung) as a PDF, and what is kept of each closing of the year.

    Checks are told without their figures, some of which are of wages, and why one was accepted only where
    who reads the ledger may see it; else ``accepted`` is blank.
    """
    rows = (
        YearClosing.of(company).filter(fiscal_year=year).select_related("closed_by", "reopened_by")
    )
    told = [
        {"nth": one.nth, "position": one.position, "result": f"{one.result:.2f}",
         "carried": f"{one.carried:.2f}", "sha256": one.digest,
         "closed_at": one.closed_at.isoformat(), "closed_by": one.closed_by.seal_number(company),
         "reopened_at": one.reopened_at.isoformat() if one.reopened_at else None,
         "reopened_by": one.reopened_by.seal_number(company) if one.reopened_by else None,
         "reason": one.reason, "figures": one.figures,
         "checks": [{name: check[name] for name in ("code", "title", "state")}
                    | {"accepted": check["accepted"] and _word(check)}
                    for check in one.findings]}
        for one in rows.order_by("nth")
    ]  # fmt: skip
    content = json.dumps(told, ensure_ascii=False, indent=1).encode() + b"\n"
    return {"annual_accounts.pdf": annual_report(company, year), "closings.json": content}


def _word(check: dict[str, Any]) -> str:
    """Why somebody accepted what a check found, as a closing keeps it."""
    return str(check["accepted"]["text"]) if check["permission"] == Permission.LEDGER_READ else ""


def procedure(company: Company, year: FiscalYear, granted: Collection[str]) -> Files:
    """How the books are kept (Verfahrensdokumentation), in the company's language: as a PDF, and as data."""
    told = compose(company, year, language=company.language, granted=granted, at=clock.now())
    content = json.dumps(told.told(), ensure_ascii=False, indent=1).encode() + b"\n"
    return {"procedure.pdf": printed(told, in_turn=True), "procedure.json": content}


def people(company: Company, ids: Iterable[int]) -> Files:
    """Who stands behind the numbers of those who posted and acted, as seals name them."""
    rows = [(one.seal_number(company), one.name, one.email)
            for one in User.objects.filter(pk__in=set(ids)).order_by("pk")]  # fmt: skip
    return {"people.csv": rows_as_csv(rows, head=("id", "name", "email"))}
