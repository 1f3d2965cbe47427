"""``python -m tests.erp.operation.books``: books in a cluster of their own, by real commits.

Reads ``found N`` and ``post N``, line by line, posts so many entries and tells the moment after.
"""

from __future__ import annotations

import sys

import django

django.setup()

from django.db import connection, transaction  # noqa: E402

from erp.access.gate import operating  # noqa: E402
from erp.documents import storing  # noqa: E402
from tests import make  # noqa: E402


def main(act: str, count: int) -> None:
    if act == "found":
        with transaction.atomic():
            company = make.found(short_name="saved")
            storing.keep(company=company, name="a.pdf", content=b"%PDF-1.4 saved",
                         content_type="application/pdf", by=make.owner_of(company))  # fmt: skip
    for _ in range(count):
        with operating("saved") as access:
            make.rent(access.company)
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        print(cursor.fetchone()[0].isoformat(), flush=True)


if __name__ == "__main__":
    for line in sys.stdin:
        act, count = line.split()
        main(act, int(count))
