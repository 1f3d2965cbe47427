"""Findings for terminals and monitoring: a line each, or JSON; the exit code is that of Nagios and its like."""

from __future__ import annotations

import json
from typing import Any, Final

from django.core.management.base import BaseCommand
from django.utils import translation

from erp.operation.findings import Finding, State, worst

#: 0 in order, 1 to be watched, 2 faulty, as monitoring plugins end.
EXITS: Final = {State.OK: 0, State.WARNING: 1, State.FAULT: 2}


def as_json(one: Finding) -> dict[str, Any]:
    """A finding as programs read it, in the language that is active."""
    return {"code": one.code, "title": str(one.title), "state": one.state.value, "text": str(one.text),
            "remedy": str(one.remedy), "figures": dict(one.figures)}  # fmt: skip


class FindingsCommand(BaseCommand):
    """Tells findings in English, and ends with the code of the worst."""

    requires_system_checks: list[str] = []

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--format", choices=["text", "json"], default="text")

    def findings(self, **options: Any) -> list[Finding]:
        raise NotImplementedError

    def handle(self, *args: Any, **options: Any) -> None:
        with translation.override("en"):
            found = self.findings(**options)
            state = worst(found)
            if options["format"] == "json":
                self.stdout.write(
                    json.dumps({"state": state.value, "findings": [as_json(one) for one in found]})
                )
            else:
                for one in found:
                    self.stdout.write(f"{one.state.value:8}{one.title}: {one.text}")
                    if one.remedy:
                        self.stdout.write(f"{'':8}→ {one.remedy}")
        if EXITS[state]:
            raise SystemExit(EXITS[state])
