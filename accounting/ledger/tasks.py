"""What the ledger does by itself."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from celery import shared_task
from django.conf import settings
from django.db import connection

from accounting.ledger.verifying import head_of
from erp.access.gate import operating
from erp.core import clock


@shared_task(name="ledger.keep_heads")
def keep_heads(**_later: Any) -> int:
    """Write every company's end of the chain to a file outside the database (LED-7).

    The file is only ever added to; copy it to a place this machine cannot rewrite.
    """
    path = Path(settings.RAPPEN_VAR) / "anchors" / "ledger-heads.jsonl"
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
