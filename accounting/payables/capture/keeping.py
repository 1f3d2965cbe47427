"""What was found in a file, as JSON and back (Leseergebnis): raw, in a form with a version."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from accounting.payables.capture import files, payloads
from accounting.payables.capture.einvoices import EInvoice, Tax, UnreadableInvoice
from accounting.payables.capture.payloads import ReadBill
from accounting.payables.capture.remarks import Remark, Weight
from accounting.payables.capture.scanning import Scan
from accounting.qr.payload import NotAQrBill, decoded
from erp.core.errors import DomainError
from erp.core.sandbox import TooCostly
from erp.documents import drawing

VERSION: Final = 1
_REFUSALS: Final[dict[str, type[DomainError]]] = {
    one.code: one
    for one in (drawing.NotADocument, files.DocumentTooLarge, drawing.TooManyPages, drawing.TooManyPixels,
                drawing.Encrypted, drawing.Damaged, files.EmptyDocument, TooCostly)
}  # fmt: skip


class PagesLeftOut(DomainError):
    code = "capture.pages_left_out"
    message = _("For want of time, pages %(value)s were not searched for codes. Look through them yourself, or "
                "split the file.")  # fmt: skip
    field = "file"


class Lost(DomainError):
    code = "capture.lost"
    message = _(
        "The original is not in the archive any more. Restore it from a backup, and read it again."
    )
    field = "file"


_REFUSALS[Lost.code] = Lost


@dataclass(frozen=True, slots=True)
class Found:
    """What a file holds, understood: its bills with their pages, an invoice as data, other codes.

    ``remarks`` are about the file; each bill has its own.
    """

    pages: int = 0
    bills: tuple[tuple[int, ReadBill], ...] = ()
    other_codes: tuple[str, ...] = ()
    einvoice: EInvoice | None = None
    remarks: tuple[Remark, ...] = ()


def kept(scan: Scan) -> dict[str, Any]:
    """A scan as JSON."""
    codes = []
    for one in scan.codes:
        text, is_utf8 = decoded(one.content)
        codes.append({"page": one.page, "text": text.replace("\x00", "\ufffd"), "utf8": is_utf8})
    return {
        "version": VERSION, "pages": scan.pages, "codes": codes, "unread": list(scan.unread),
        "attached": scan.attached.replace("\x00", ""),
        "einvoice": _plain(asdict(scan.einvoice)) if scan.einvoice else None,
    }  # fmt: skip


def restored(told: Mapping[str, Any], *, countries: Collection[str]) -> Found:
    """What such JSON means, by the rules of today; nothing at all before a file was read.

    A code that is on several pages is told once.
    """
    if told.get("version") != VERSION:
        return Found()
    bills, others, seen = [], [], set()
    for code in told["codes"]:
        text = code["text"]
        if text in seen:
            continue
        seen.add(text)
        content = text if code["utf8"] else text.encode("latin-1", "replace")
        try:
            bills.append((code["page"], payloads.read(content, countries=countries)))
        except NotAQrBill:
            others.append(text)
    return Found(
        told["pages"], tuple(bills), tuple(others), _einvoice(told["einvoice"]), _remarks(told)
    )


def refusal_kept(refusal: DomainError) -> dict[str, Any]:
    """Why a file could not be read, as JSON."""
    return {
        "code": refusal.code,
        "values": {name: str(value) for name, value in refusal.values.items()},
    }


def refusal_restored(told: Mapping[str, Any]) -> DomainError | None:
    """The same refusal, to be told in the language of whoever looks; None where there is none."""
    kind = _REFUSALS.get(told.get("code", ""))
    return kind(**told["values"]) if kind else None


def _remarks(told: Mapping[str, Any]) -> tuple[Remark, ...]:
    found = []
    if told["unread"]:
        pages = ", ".join(str(one) for one in told["unread"])
        found.append(Remark(Weight.WARNING, PagesLeftOut(value=pages[:60])))
    if told["attached"] and told["einvoice"] is None:
        found.append(Remark(Weight.WARNING, UnreadableInvoice(name=told["attached"][:60])))
    return tuple(found)


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _plain(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return str(value) if isinstance(value, Decimal | dt.date) else value


def _einvoice(told: Mapping[str, Any] | None) -> EInvoice | None:
    if told is None:
        return None
    taxes = tuple(
        Tax(
            Decimal(one["rate"]),
            Decimal(one["base"]),
            None if one["tax"] is None else Decimal(one["tax"]),
        )
        for one in told["taxes"]
    )
    days = {
        name: dt.date.fromisoformat(told[name]) if told[name] else None
        for name in ("date", "due_date")
    }
    total = None if told["total"] is None else Decimal(told["total"])
    return EInvoice(
        **{**told, **days, "total": total, "taxes": taxes, "unread": tuple(told["unread"])}
    )
