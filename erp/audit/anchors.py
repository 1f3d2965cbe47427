"""Heads of the audit chain, kept in a file outside the database."""

from __future__ import annotations

import json
from pathlib import Path

from django.conf import settings
from django.db import connection

from erp.access.gate import operating
from erp.audit.verifying import Anchor, head_of
from erp.core import clock


def anchors_file() -> Path:
    return Path(settings.RAPPEN_VAR) / "anchors" / "audit-heads.jsonl"


def keep() -> int:
    """Append every company's end of the chain to the file; the number of companies."""
    path = anchors_file()
    path.parent.mkdir(mode=0o700, exist_ok=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT rappen_company_numbers()")
        numbers = [row[0] for row in cursor.fetchall()]
    with path.open("a", encoding="utf-8") as file:
        for number in numbers:
            with operating(str(number)) as access:
                head = head_of(access.company)
            row = {"company": number, "position": head.position, "digest": head.digest,
                   "at": clock.now().isoformat()}  # fmt: skip
            file.write(json.dumps(row) + "\n")
    return len(numbers)


def kept(company: int) -> list[Anchor]:
    """The heads of a company's chain that were kept."""
    path = anchors_file()
    if not path.exists():
        return []
    with path.open(encoding="utf-8") as file:
        rows = [row for line in file if (row := json.loads(line))["company"] == company]
    return [Anchor(row["position"], row["digest"]) for row in rows if row["position"]]
