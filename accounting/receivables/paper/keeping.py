"""What is kept of a paper (Festschreibung): its values as JSON, from which it is made again.

The logo is kept as the digest of its picture, which is stored like every original; the list of
countries is not kept at all.
"""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from decimal import Decimal
from typing import Any

from accounting.qr.bill import Bill, Party
from accounting.receivables.paper.values import (
    Body,
    Column,
    DocumentBody,
    Letter,
    Paper,
    PaperLine,
    Sender,
    TableBody,
)
from erp.layouts.values import look_from


def to_json(paper: Paper) -> dict[str, Any]:
    """The values of a paper, for ``json.dumps``: amounts and dates as text."""
    told: dict[str, Any] = _plain(asdict(paper))
    told["letter"]["sender"]["logo"] = logo_digest(paper.letter.sender.logo)
    told["body"]["kind"] = type(paper.body).__name__
    del told["countries"]
    return told


def from_json(told: dict[str, Any], *, logo: str = "", countries: Iterable[str] = ()) -> Paper:
    """The paper of values that were kept; ``logo`` is its picture as a ``data:`` address.

    Raises ``ValueError`` where that is another picture than the paper had; without one, the paper
    has none.
    """
    letter = dict(told["letter"])
    if logo and logo_digest(logo) != letter["sender"]["logo"]:
        raise ValueError("this is not the logo that the paper had")
    letter["sender"] = Sender(**{**letter["sender"], "logo": logo})
    letter["date"] = dt.date.fromisoformat(letter["date"])
    letter["recipient"] = tuple(letter["recipient"])
    letter["facts"] = _pairs(letter["facts"])
    letter["look"] = look_from(letter["look"])
    bills = tuple(map(_bill, told["bills"]))
    return Paper(Letter(**letter), _body(told["body"]), bills, frozenset(countries))


def logo_digest(logo: str) -> str:
    """The digest of the picture in a ``data:`` address, as ``erp.documents`` names its files."""
    _head, _comma, content = logo.partition(",")
    return hashlib.sha256(base64.b64decode(content)).hexdigest() if logo else ""


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _plain(one) for name, one in value.items()}
    if isinstance(value, (tuple, list)):
        return [_plain(one) for one in value]
    if isinstance(value, dt.date):
        return value.isoformat()
    return str(value) if isinstance(value, (Decimal, str)) else value


def _body(told: dict[str, Any]) -> Body:
    totals = tuple((label, Decimal(amount), style) for label, amount, style in told["totals"])
    if told["kind"] == DocumentBody.__name__:
        return DocumentBody(
            told["currency"], told["basis"], tuple(map(_line, told["lines"])), totals,
            tuple((Decimal(rate), Decimal(net), Decimal(tax)) for rate, net, tax in told["vat"]),
            tuple(told["terms"]),
        )  # fmt: skip
    columns = _pairs(told["columns"])
    rows = tuple(
        tuple(_cell(value, kind) for value, (_heading, kind) in zip(row, columns, strict=True))
        for row in told["rows"]
    )
    return TableBody(columns, rows, totals, told["currency"])


def _line(told: dict[str, Any]) -> PaperLine:
    return PaperLine(**{**told, **_amounts(told, "quantity", "price", "rate", "amount")})


def _bill(told: dict[str, Any]) -> Bill:
    debtor = Party(**told["debtor"]) if told["debtor"] else None
    return Bill(**{
        **told, **_amounts(told, "amount"), "creditor": Party(**told["creditor"]), "debtor": debtor,
        "procedures": tuple(told["procedures"]),
    })  # fmt: skip


def _amounts(told: dict[str, Any], *names: str) -> dict[str, Decimal | None]:
    return {name: None if told[name] is None else Decimal(told[name]) for name in names}


def _cell(value: Any, kind: str) -> object:
    if value is None or kind == Column.TEXT:
        return value
    return dt.date.fromisoformat(value) if kind == Column.DATE else Decimal(value)


def _pairs(told: Sequence[Sequence[str]]) -> tuple[tuple[str, str], ...]:
    return tuple((first, second) for first, second in told)
