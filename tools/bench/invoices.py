"""Invoices by the hundred: their PDF files made by one worker and by two, beside the bare printer."""

from __future__ import annotations

import datetime as dt
import os
import random
import subprocess
import sys
import time
from decimal import Decimal

import django

if __name__ == "__main__":
    django.setup()

import weasyprint
from django.db import connections, transaction

from accounting.receivables import archiving, drafting, issuing, paper, tasks
from accounting.receivables.models import SalesDocument
from accounting.receivables.paper.printing import SHEETS
from accounting.receivables.typed import TypedDocument, TypedItem
from contacts import saving
from erp.access.gate import operating
from erp.companies.models import Module
from erp.documents import pdf
from tools.bench.books import found
from tools.bench.measuring import note

COUNT = 150
DAY = dt.date(2026, 3, 2)


def bench_invoices() -> None:
    """Storing, posting and locking cost little beside the printer; two workers share the work."""
    company, user, ids = _issued(2 * COUNT)
    with operating(str(company)) as access:
        rows = SalesDocument.of(access.company).filter(pk__in=ids[:COUNT]).select_related("company")
        pages = [paper.html(archiving.kept_paper(row)) for row in rows]
    styles = pdf._styles(*SHEETS)
    weasyprint.HTML(string=pages[0]).write_pdf(stylesheets=[styles])
    started = time.perf_counter()
    for page in pages:
        weasyprint.HTML(string=page).write_pdf(stylesheets=[styles], pdf_variant="pdf/a-3b")
    bare = time.perf_counter() - started
    one = _worked(company, user, [ids[:COUNT]])
    note("invoices archived, beside the bare printer", COUNT, one, bare, "<= 1.25", 1.25)
    two = _worked(company, user, [ids[COUNT:]] * 2)
    note("the same with two workers, beside one", COUNT, two, one, ">= 170 %", 1.7, at_least=True)


def _issued(count: int) -> tuple[int, int, list[int]]:
    """So many invoices of a company, without their PDF files."""
    book = found(0)
    chance, ids = random.Random(7), []  # noqa: S311
    with operating(book.reference) as access:
        company, by = access.company, access.user
        company.modules = [*company.modules, Module.RECEIVABLES]
        company.town, company.postcode, company.street = "Chur", "7000", "Obere Gasse"
        company.save()
        who = saving.add_contact(
            company=company, by=by, kind="organisation", name="Hotel Seeblick AG",
            addresses=[{"kind": "main", "street": "Seestrasse", "postcode": "6454", "town": "Flüelen"}],
        )  # fmt: skip
        for _nth in range(count):
            lines = tuple(
                TypedItem(text="Lärche gehobelt, 27 mm", quantity=Decimal(chance.randrange(1, 90)),
                          unit="m²", price=Decimal("42.50"), account="3200", vat_code="UN")
                for _line in range(chance.randrange(1, 9))
            )  # fmt: skip
            typed = TypedDocument(kind="invoice", contact=who.pk, date=DAY, lines=lines)
            ids.append(issuing.issue(drafting.save(company=company, typed=typed, by=by), by=by).pk)
    return company.pk, by.pk, ids


def _worked(company: int, user: int, shares: list[list[int]]) -> float:
    """Seconds until workers, one for each list of ids, have nothing left to make."""
    told = [",".join(map(str, ids)) for ids in shares]
    workers = [
        subprocess.Popen(
            [sys.executable, "-m", "tools.bench.invoices", str(company), str(user), ids],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=os.environ,
        ) for ids in told
    ]  # fmt: skip
    for worker in workers:
        assert worker.stdout is not None
        worker.stdout.readline()  # it is warm
    started = time.perf_counter()
    for worker in workers:
        assert worker.stdin is not None
        worker.stdin.write("\n")
        worker.stdin.flush()  # all begin before any is waited for
    for worker in workers:
        worker.wait()
    return time.perf_counter() - started


def main(arguments: list[str]) -> None:
    company, user = int(arguments[0]), int(arguments[1])
    ids = [int(one) for one in arguments[2].split(",")]
    with operating(str(company)) as access:
        rows = SalesDocument.of(access.company).filter(pk__in=ids).select_related("company")
        paper.pdf(archiving.kept_paper(rows[0]))  # styles and fonts are read
        transaction.set_rollback(True)
    connections.close_all()
    print("ready", flush=True)
    sys.stdin.readline()
    tasks.archive_some(company_id=company, user_id=user, documents=ids)


if __name__ == "__main__":
    main(sys.argv[1:])
