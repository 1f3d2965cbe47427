"""``manage.py check_installation [--format json]``: whether everything is set up as it should be."""

from __future__ import annotations

from typing import Any

from erp.operation.installing import installed
from erp.operation.telling import FindingsCommand


class Command(FindingsCommand):
    help = (
        "Checks settings, roles, schema, folders, PDF files, mail, TLS, and how everything runs."
        " Exit code 0: in order, 1: to be watched, 2: faulty."
    )

    def findings(self, **options: Any) -> list[Any]:
        return installed()
