"""``manage.py verify_audit``: prove the audit trail from its rows."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from erp.access.gate import all_companies, operating
from erp.audit.verifying import HEADS, Verdict, verify_audit
from erp.core import records
from erp.core.errors import DomainError


class Command(BaseCommand):
    help = "Proves the audit trail. Exit code 1 when something is not as it was recorded."

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
                    kept = HEADS.kept(access.company.pk)
                    verdict = verify_audit(access.company, anchors=kept)
            except DomainError as refusal:
                raise CommandError(str(refusal)) from None
            sound = sound and verdict.sound
            self._tell(verdict, options["format"])
        if not options["company"]:
            records.keep("verify_audit", sound=sound, told={})
        if not sound:
            raise SystemExit(1)

    def _tell(self, verdict: Verdict, form: str) -> None:
        if form == "json":
            breaks = [{"kind": b.kind, "event": b.event, "details": b.details}
                      for b in verdict.breaks]  # fmt: skip
            self.stdout.write(json.dumps({
                "company": verdict.company, "events": verdict.events, "position": verdict.position,
                "head": verdict.head, "sound": verdict.sound, "breaks": breaks,
            }))  # fmt: skip
            return
        self.stdout.write(f"company {verdict.company}: {verdict.events} events, "
                          f"head {verdict.head[:16] or '–'}")  # fmt: skip
        for found in verdict.breaks:
            event = f"event {found.event}: " if found.event else ""
            self.stdout.write(f"  {found.kind}: {event}{found.details}")
