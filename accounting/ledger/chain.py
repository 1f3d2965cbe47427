"""The hash chain (Prüfkette): the canonical form of an entry, and its link to the one before."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any, Final

FORMAT: Final = "rappen-entry-1"
NO_LINK: Final = b""


def canonical(
    *,
    company: int,
    fiscal_year: int,
    date: dt.date,
    kind: str,
    text: str,
    voucher: str,
    source: str,
    source_key: str,
    reverses: int | None,
    posted_by: int,
    posted_at: dt.datetime,
    lines: Sequence[Sequence[Any]],
    vouchers: Iterable[str],
) -> list[Any]:
    """What an entry says, as plain values: header, lines, voucher digests, user and time in UTC.

    ``lines`` are (position, account, debit, credit, text, currency, amount in currency, cost
    centre, cost object, VAT code, VAT part, VAT rate, VAT base, supply date) in order of
    position. The form is fixed by ``FORMAT``; another form gets another name.
    """
    return [
        FORMAT, company, fiscal_year, date.isoformat(), kind, text, voucher, source, source_key,
        reverses, posted_by, posted_at.astimezone(dt.UTC).isoformat(timespec="microseconds"),
        [[_plain(value) for value in line] for line in lines],
        sorted(set(vouchers)),
    ]  # fmt: skip


def written(form: list[Any]) -> str:
    """The canonical form as it is digested: JSON without blanks."""
    return json.dumps(form, ensure_ascii=False, separators=(",", ":"))


def content_digest(**entry: Any) -> bytes:
    """SHA-256 over an entry, of which ``canonical`` takes the same values."""
    return hashlib.sha256(written(canonical(**entry)).encode()).digest()


def link(previous: bytes, *, position: int, number: int, content: bytes) -> bytes:
    """SHA-256 over the link before, the place in the chain, the number and the content.

    The same is computed in the database by ``accounting_seal``.
    """
    return hashlib.sha256(
        previous + position.to_bytes(8, "big") + number.to_bytes(4, "big") + content
    ).digest()


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return f"{value:z.2f}"  # no negative zero: the database has none
    if isinstance(value, dt.date):
        return value.isoformat()
    return value
