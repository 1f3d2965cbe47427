"""What the ledger does by itself."""

from __future__ import annotations

from typing import Any

from celery import shared_task

from accounting.ledger import exporting
from accounting.ledger.verifying import HEADS


@shared_task(name="ledger.keep_heads")
def keep_heads(**_later: Any) -> int:
    """Write every company's end of the chain to a file outside the database (LED-7).

    The file is only ever added to; copy it to a place this machine cannot rewrite.
    """
    return HEADS.keep()


@shared_task(name="ledger.forget_scratch")
def forget_scratch(**_later: Any) -> int:
    """Clear away the half written journals of exports that were killed; how many files."""
    return exporting.forget_scratch()
