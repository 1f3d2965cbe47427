"""``manage.py import_journal --company 1 FILE [--dry-run]``"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounting.ledger.importing import dry_run, import_journal
from erp.access.gate import operating
from erp.core.errors import DomainError, Refusals


class Command(BaseCommand):
    help = "Posts every entry of a CSV or XLSX file, or none."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--company", required=True, help="number or short name")
        parser.add_argument("--by", help="e-mail of the member who imports; the owner without it")
        parser.add_argument("--dry-run", action="store_true", help="check only, write nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            content = options["file"].read_bytes()
            with operating(options["company"], by=options["by"]) as access:
                if options["dry_run"]:
                    done = dry_run(company=access.company, content=content)
                    if done.refusals:
                        raise Refusals(done.refusals)
                else:
                    done = import_journal(company=access.company, content=content, by=access.user)
        except OSError as error:
            raise CommandError(str(error)) from None
        except Refusals as refusals:
            raise CommandError("\n".join(str(one) for one in refusals.refusals)) from None
        except DomainError as refusal:
            raise CommandError(str(refusal)) from None
        for warning in done.warnings:
            self.stderr.write(warning)
        verb = "would be posted" if options["dry_run"] else "posted"
        self.stdout.write(
            f"{len(done.entries)} entries from {done.rows} rows {verb}, total {done.total}"
        )
