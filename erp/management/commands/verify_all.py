"""``manage.py verify_all``: every proof there is, as after a restore."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

from django.core.management.base import BaseCommand

from erp.core import records
from erp.operation.proving import proofs


class Command(BaseCommand):
    help = (
        "Proves ledgers, audit trails, trial balances, files, keys and the separation of clients."
        " Exit code 1 when something is not as it was."
    )

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--format", choices=["text", "json"], default="text")
        parser.add_argument(
            "--files-until", type=dt.datetime.fromisoformat,
            help="files stored later need not be there: of a backup that copies them after the rows",
        )  # fmt: skip

    def handle(self, *args: Any, **options: Any) -> None:
        broken: set[str] = set()
        for proof in proofs(files_until=options["files_until"]):
            if not proof.sound:
                broken.add(proof.name)
            if options["format"] == "json":
                self.stdout.write(json.dumps({
                    "proof": proof.name, "company": proof.company, "count": proof.count,
                    "sound": proof.sound, "breaks": proof.breaks[:100],
                }))  # fmt: skip
                continue
            of = f"company {proof.company}" if proof.company else "all companies"
            self.stdout.write(f"{of}: {proof.name}, {proof.count} looked at: "
                              f"{'as it was' if proof.sound else f'{len(proof.breaks)} BREAKS'}")  # fmt: skip
            for one in proof.breaks[:100]:
                self.stdout.write(f"  {one}")
        for name, kept in (("ledger", "verify_ledger"), ("audit", "verify_audit")):
            records.keep(kept, sound=name not in broken, told={})
        records.keep("verify_all", sound=not broken, told={"broken": sorted(broken)})
        if broken:
            raise SystemExit(1)
