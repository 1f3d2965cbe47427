"""``manage.py reference_status``: how old reference data are, and how asking their sources goes."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand

from erp.core import clock
from erp.reference.statuses import SourceStatus, statuses


class Command(BaseCommand):
    help = "Shows each source's edition, age, rows, last attempts and next run."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--format", choices=["text", "json"], default="text")
        parser.add_argument("--stale", action="store_true", help="exit code 1 if one is too old")

    def handle(self, *args: Any, **options: Any) -> None:
        found = statuses()
        if options["format"] == "json":
            self.stdout.write(json.dumps([_told(one) for one in found], ensure_ascii=False))
        else:
            for one in found:
                self._tell(one)
        if options["stale"] and any(one.is_stale and one.is_on for one in found):
            raise SystemExit(1)

    def _tell(self, one: SourceStatus) -> None:
        age = one.age(clock.today())
        edition = f"{one.edition_date}, {age} days" if one.edition_date else "nothing"
        mark = " TOO OLD" if one.is_stale else ""
        self.stdout.write(f"{one.name:<14}{one.rows:>8} rows  edition {edition}{mark}")
        if one.next_run is not None:
            self.stdout.write(f"{'':14}asked next at {one.next_run:%Y-%m-%d %H:%M}")
        elif one.is_fetched:
            self.stdout.write(f"{'':14}not asked by itself here")
        for staged in one.staged:
            self.stdout.write(f"{'':14}edition {staged.edition_date} waits for {staged.valid_from}")
        if one.error:
            self.stdout.write(f"{'':14}{one.error}")


def _told(one: SourceStatus) -> dict[str, Any]:
    return {
        "source": one.name, "title": str(one.title), "edition": _text(one.edition_date),
        "age_days": one.age(clock.today()), "rows": one.rows, "stale": one.is_stale,
        "on": one.is_on, "next_run": _text(one.next_run), "checked_at": _text(one.checked_at),
        "succeeded_at": _text(one.succeeded_at), "error": one.error,
        "staged": [_text(staged.valid_from) for staged in one.staged],
        "latest": [
            {"state": version.state, "origin": version.origin, "scope": version.scope,
             "edition": _text(version.edition_date), "rows": version.rows,
             "fetched_at": _text(version.fetched_at), "address": version.address,
             "report": version.report}
            for version in one.latest
        ],
    }  # fmt: skip


def _text(value: Any) -> str | None:
    return value.isoformat() if value is not None else None
