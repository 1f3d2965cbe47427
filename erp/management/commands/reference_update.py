"""``manage.py reference_update SOURCE [--file F]``: bring reference data up to date."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from erp.core.errors import DomainError
from erp.reference import bundles, updating
from erp.reference.sources import SOURCES
from erp.reference.updating import Outcome


class Command(BaseCommand):
    help = (
        "Asks a source, or reads a file, and puts it in force if it is plausible. Exit code 1 when "
        "it is refused; what was in force stays."
    )

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("source", nargs="?", metavar="SOURCE", help=", ".join(SOURCES))
        parser.add_argument("--file", type=Path, help="a file of the publisher, packed or not")
        parser.add_argument(
            "--accept", action="store_true",
            help="take an older edition, or fewer rows than plausible, all the same",
        )  # fmt: skip
        parser.add_argument(
            "--bundled", action="store_true", help="load what came with the program, if it is newer"
        )
        parser.add_argument("--format", choices=["text", "json"], default="text")

    def handle(self, *args: Any, **options: Any) -> None:
        name, file = options["source"], options["file"]
        if (name is None) != options["bundled"]:
            raise CommandError("name a source, or --bundled")
        try:
            if options["bundled"]:
                outcomes = bundles.load()
            else:
                outcomes = updating.update(
                    name, content=file.read_bytes() if file else None,
                    filename=file.name if file else "", accept=options["accept"],
                )  # fmt: skip
        except (DomainError, OSError) as refusal:
            raise CommandError(str(refusal)) from None
        quiet = options["bundled"] and options["verbosity"] == 0
        for outcome in outcomes:
            if options["format"] == "json":
                self.stdout.write(json.dumps(_told(outcome), ensure_ascii=False))
            elif not quiet:
                self._tell(outcome)
        if any(outcome.refusal is not None for outcome in outcomes):
            for outcome in outcomes:
                if outcome.refusal is not None:
                    self.stderr.write(f"{outcome.source}: {outcome.refusal}")
            raise SystemExit(1)

    def _tell(self, outcome: Outcome) -> None:
        version, report = outcome.version, outcome.report
        edition = (version.scope or version.edition_date or "") if version else ""
        line = f"{outcome.source} {edition}: {outcome.state}".replace(" :", ":")
        if outcome.state in {"active", "staged"} and report:
            line += (f", {report['rows']} rows, {report['added']} new, {report['changed']} changed,"
                     f" {report['closed']} closed")  # fmt: skip
        self.stdout.write(line)
        for kind in ("changed", "closed", "reopened"):
            for row in report.get("examples", {}).get(kind, []):
                self.stdout.write(f"  {kind} {' '.join(map(str, row['key'].values()))}")
        for one in report.get("touched", []):
            self.stdout.write(f"  company {one['company']}: {one['text']}")


def _told(outcome: Outcome) -> dict[str, Any]:
    version = outcome.version
    return {
        "source": outcome.source, "state": outcome.state,
        "edition": version.edition_date.isoformat() if version and version.edition_date else None,
        "scope": version.scope if version else "", "report": outcome.report,
    }  # fmt: skip
