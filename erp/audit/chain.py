"""The trail's hash chain (Prüfkette): the canonical form of an event, and its link to the one before.

``erp_audit_link`` in ``erp/migrations/0004_audit_chain.sql`` computes the same at the commit.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from typing import Any, Final

FORMAT: Final = "rappen-audit-1"
NO_LINK: Final = b""


def canonical(
    *,
    company: int,
    id: int,
    at: dt.datetime,
    by: int,
    action: str,
    subject: str,
    subject_id: int | None,
    address: str,
    agent: str,
    via: str,
    request_id: str,
    details: str,
) -> str:
    """All that an event says, as one JSON array.

    Between the elements stand a comma and a blank. The time is in UTC with microseconds;
    ``details`` are JSON as PostgreSQL writes ``jsonb``: keys by length and then by bytes, a blank
    after each colon and comma. The form is fixed by ``FORMAT``; another form gets another name.
    """
    form = [
        FORMAT, company, id, at.astimezone(dt.UTC).isoformat(timespec="microseconds"), by, action,
        subject, subject_id, address, agent, via, request_id,
    ]  # fmt: skip
    return json.dumps(form, ensure_ascii=False)[:-1] + f", {details}]"


def content_digest(**event: Any) -> bytes:
    """SHA-256 over the canonical form in UTF-8, of which ``canonical`` takes the same values."""
    return hashlib.sha256(canonical(**event).encode()).digest()


def link(previous: bytes, *, position: int, content: bytes) -> bytes:
    """SHA-256 over the link before, the place in the chain and the content."""
    return hashlib.sha256(previous + position.to_bytes(8, "big") + content).digest()
