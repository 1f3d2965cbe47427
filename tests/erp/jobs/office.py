"""``python -m tests.erp.jobs.office``: the program's own doors for test_kills, from a process that stays.

Reads a question as JSON on each line, and writes the answer. What the database interrupts is told
as such, to be asked again; a job is started with a key, so that it may be.
"""

from __future__ import annotations

import json
import sys
from typing import Any

import django

django.setup()

from django.db import InterfaceError, OperationalError, connection, transaction  # noqa: E402
from django.db.models import Sum  # noqa: E402

from accounting.ledger.models import JournalEntry  # noqa: E402
from accounting.ledger.verifying import verify_ledger  # noqa: E402
from erp.core.tenancy import open_companies  # noqa: E402
from erp.jobs.models import OPEN, Job, JobLine  # noqa: E402
from erp.jobs.starting import start  # noqa: E402
from tests import make  # noqa: E402


def found() -> int:
    return make.company().pk


def begin(company: int, key: str, entries: int, ms: int) -> int:
    by = make.owner_of(company)
    return start("test.post", company=by_number(company), by=by,
                 arguments={"entries": entries, "ms": ms}, key=key).pk  # fmt: skip


def by_number(company: int) -> Any:
    from erp.companies.models import Company

    return Company.objects.get(pk=company)


def still_open(company: int) -> list[list[Any]]:
    jobs = Job.of(company).filter(state__in=OPEN).order_by("pk")
    return [list(row) for row in jobs.values_list("pk", "state", "done", "total", "attempts")]


def steps(company: int) -> int:
    total: int | None = Job.of(company).aggregate(all=Sum("step"))["all"]
    return total or 0


def proof(company: int) -> dict[str, Any]:
    entries = JournalEntry.of(company).order_by("number").values_list("number", "voucher")
    return {
        "jobs": [list(row) for row in Job.of(company).order_by("pk")
                 .values_list("pk", "state", "step", "lines", "error")],
        "entries": [list(row) for row in entries],
        "log": JobLine.of(company).count(),
        "sound": verify_ledger(by_number(company)).sound,
    }  # fmt: skip


DOORS = {"found": found, "begin": begin, "open": still_open, "steps": steps, "proof": proof}


def answer(asked: dict[str, Any]) -> Any:
    with transaction.atomic():
        if "company" in asked["of"]:
            open_companies([asked["of"]["company"]])
        return DOORS[asked["do"]](**asked["of"])


def main() -> None:
    for line in sys.stdin:
        try:
            told = {"answer": answer(json.loads(line))}
        except (OperationalError, InterfaceError) as error:
            connection.close()
            told = {"interrupted": type(error).__name__}
        print(json.dumps(told), flush=True)


if __name__ == "__main__":
    main()
