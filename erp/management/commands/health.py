"""``manage.py health [--format json]``: how the installation runs, for monitoring."""

from __future__ import annotations

from typing import Any

from erp.operation.running import running
from erp.operation.telling import FindingsCommand


class Command(FindingsCommand):
    help = (
        "Tells how services, work, proofs and backups stand."
        " Exit code 0: in order, 1: to be watched, 2: faulty."
    )

    def findings(self, **options: Any) -> list[Any]:
        return running()
