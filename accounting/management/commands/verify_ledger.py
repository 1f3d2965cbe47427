"""``manage.py verify_ledger``: prove the books from their rows."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from accounting.ledger.verifying import Anchor, verify_ledger
from erp.access.gate import operating
from erp.core.errors import DomainError


class Command(BaseCommand):
    help = "Proves chain, numbers, balances, totals and vouchers. Exit code 1 when something is not as it was posted."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--company", help="number or short name; all companies without it")
        parser.add_argument("--format", choices=["text", "json"], default="text")

    def handle(self, *args: Any, **options: Any) -> None:
        sound = True
        for reference in self._companies(options["company"]):
            try:
                with operating(reference) as access:
                    verdict = verify_ledger(access.company, anchors=kept_anchors(access.company.pk))
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
        if not sound:
            raise SystemExit(1)

    def _companies(self, reference: str | None) -> list[str]:
        if reference:
            return [reference]
        with connection.cursor() as cursor:
            cursor.execute("SELECT rappen_company_numbers()")
            return [str(row[0]) for row in cursor.fetchall()]


def anchors_file() -> Path:
    return Path(settings.RAPPEN_VAR) / "anchors" / "ledger-heads.jsonl"


def kept_anchors(company: int) -> list[Anchor]:
    """The heads of the chain that were kept outside the database."""
    path = anchors_file()
    if not path.exists():
        return []
    rows = (json.loads(line) for line in path.read_text(encoding="utf-8").splitlines())
    return [Anchor(row["position"], row["digest"]) for row in rows
            if row["company"] == company and row["position"]]  # fmt: skip
