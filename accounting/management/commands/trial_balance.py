"""``manage.py trial_balance --company 1 --until 2026-12-31 --format json``"""

from __future__ import annotations

import csv
import datetime as dt
import json
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounting.ledger.errors import NoOpenYear
from accounting.ledger.queries import year_of
from accounting.statements.trial_balance import trial_balance
from erp.access.gate import operating
from erp.core.errors import DomainError


class Command(BaseCommand):
    help = "Prints opening, turnover and closing balance of every account."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--company", required=True, help="number or short name")
        parser.add_argument("--until", required=True, type=dt.date.fromisoformat)
        parser.add_argument("--format", choices=["json", "csv"], default="json")

    def handle(self, *args: Any, **options: Any) -> None:
        day = options["until"]
        try:
            with operating(options["company"]) as access:
                year = year_of(access.company, day)
                if year is None or not year.contains(day):
                    raise NoOpenYear(date=day)
                found = trial_balance(access.company, year=year, until=day)
        except DomainError as refusal:
            raise CommandError(str(refusal)) from None
        rows = [
            {"account": row.number, "name": row.name, "opening": f"{row.opening:.2f}",
             "debit": f"{row.debit:.2f}", "credit": f"{row.credit:.2f}",
             "closing": f"{row.closing:.2f}"}
            for row in found.rows
        ]  # fmt: skip
        if options["format"] == "json":
            self.stdout.write(json.dumps(
                {"company": access.company.pk, "until": day.isoformat(), "rows": rows},
                ensure_ascii=False,
            ))  # fmt: skip
            return
        writer = csv.DictWriter(self.stdout if self.stdout else sys.stdout,
                                ["account", "name", "opening", "debit", "credit", "closing"])  # fmt: skip
        writer.writeheader()
        writer.writerows(rows)
