"""Reading documents of the inbox (Belege lesen): one at a time, in a child process with limits."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from django.db import transaction

from accounting.payables.capture import keeping
from accounting.payables.capture.keeping import Found
from accounting.payables.capture.models import UNREAD, InboxDocument, State
from accounting.payables.capture.scanning import Scan
from erp.companies.models import Company
from erp.core import clock, sandbox
from erp.core.errors import DomainError
from erp.documents import storing
from erp.reference import queries as reference


@transaction.atomic
def begin(company: Company, documents: Sequence[int]) -> int:
    """Say of new documents (ids) that they are being read; how many they are."""
    rows = InboxDocument.of(company).filter(pk__in=documents, state=State.NEW)
    return rows.update(state=State.READING)


@transaction.atomic
def read(company: Company, document: int, *, countries: Collection[str]) -> InboxDocument | None:
    """Read a document (id) and keep what was found; None where nothing is to be read any more.

    A file that cannot be read is kept all the same, with the refusal. What somebody captured or set
    aside meanwhile keeps its state.
    """
    row = (
        InboxDocument.of(company)
        .select_related("file")
        .filter(pk=document, state__in=UNREAD)
        .first()
    )
    if row is None:
        return None
    values = _looked_at(row, countries)
    rows = InboxDocument.of(company).filter(pk=document)
    rows.update(**{name: value for name, value in values.items() if name != "state"})
    rows.filter(state__in=UNREAD).update(state=values["state"])
    return rows.first()


def found_in(document: InboxDocument, *, countries: Collection[str] | None = None) -> Found:
    """What was found in a document, by the rules of today; empty before it was read."""
    known = countries_in_use() if countries is None else countries
    return keeping.restored(document.found, countries=known)


def countries_in_use() -> frozenset[str]:
    """The ISO 3166-1 codes of countries, to read codes by. One query."""
    return frozenset(one.alpha2 for one in reference.countries())


def _looked_at(row: InboxDocument, countries: Collection[str]) -> dict[str, Any]:
    at = {"read_at": clock.now()}
    try:
        scan: Scan = sandbox.call(
            "accounting.payables.capture.scanning:scan", storing.content_of(row.file)
        )
    except FileNotFoundError:
        return at | {"state": State.FAILED, "refusal": keeping.refusal_kept(keeping.Lost())}
    except DomainError as refusal:
        return at | {"state": State.FAILED, "refusal": keeping.refusal_kept(refusal)}
    told = keeping.kept(scan)
    found = keeping.restored(told, countries=countries)
    return (
        at
        | {"state": State.READ, "refusal": {}, "found": told, "pages": scan.pages}
        | _in_columns(found)
    )


def _in_columns(found: Found) -> dict[str, Any]:
    """What lists show: of the first bill, or else of the invoice as data."""
    if found.bills:
        _page, one = found.bills[0]
        bill = one.bill
        return {
            "payee": _kept(bill.creditor.name, 140), "iban": _kept(bill.iban, 34),
            "reference": _kept(bill.reference, 35), "number": _kept(one.information.invoice_number, 70),
            "currency": _kept(bill.currency, 3), "amount": bill.amount,
        }  # fmt: skip
    data = found.einvoice
    if data is not None:
        return {
            "payee": _kept(data.supplier, 140), "iban": _kept(data.iban, 34), "reference": "",
            "number": _kept(data.number, 70), "currency": data.currency, "amount": data.total,
        }  # fmt: skip
    return {"payee": "", "iban": "", "reference": "", "number": "", "currency": "", "amount": None}


def _kept(text: str, most: int) -> str:
    return text.replace("\x00", "")[:most]
