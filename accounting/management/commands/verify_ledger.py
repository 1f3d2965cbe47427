"""``manage.py verify_ledger``: prove the books from their rows."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounting.ledger.verifying import HEADS, verify_ledger
from erp.access.gate import all_companies, operating
from erp.core import records
from erp.core.errors import DomainError


class Command(BaseCommand):
    help = "Proves chain, numbers, balances, totals and vouchers. Exit code 1 when something is not as it was posted."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--company", help="number or short name; all companies without it")
        parser.add_argument("--format", choices=["text", "json"], default="text")

    def handle(self, *args: Any, **options: Any) -> None:
        sound = True
        if HEADS.is_torn():
            self.stderr.write(
                f"{HEADS.path}: the last line was not written whole; it counts for nothing"
            )
        for reference in all_companies(options["company"]):
            try:
                with operating(reference) as access:
                    verdict = verify_ledger(access.company, anchors=HEADS.kept(access.company.pk))
            except DomainError as refusal:
                raise CommandError(str(refusal)) from None
            sound = sound and verdict.sound
            if options["format"] == "json":
                breaks = [{"kind": b.kind, "entry": b.entry, "details": b.details}
                          for b in verdict.breaks]  # fmt: skip
                self.stdout.write(json.dumps({
                    "company": verdict.company, "entries": verdict.entries, "lines": verdict.lines,
                    "position": verdict.position, "head": verdict.head, "sound": verdict.sound,
                    "breaks": breaks,
                }))  # fmt: skip
                continue
            self.stdout.write(f"company {verdict.company}: {verdict.entries} entries, "
                              f"{verdict.lines} lines, head {verdict.head[:16] or '–'}")  # fmt: skip
            for found in verdict.breaks:
                entry = f"entry {found.entry}: " if found.entry else ""
                self.stdout.write(f"  {found.kind}: {entry}{found.details}")
        if not options["company"]:
            records.keep("verify_ledger", sound=sound, told={})
        if not sound:
            raise SystemExit(1)
