"""Contacts from CSV, XLSX or vCard (Adressen importieren): a dry run that is the import.

A row whose number is there changes that contact, others are added. Columns that the file does not
have leave a contact as it is; an empty cell empties a field, but takes no address, phone or bank
account away.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any, Final

from django.db import connection, transaction

from contacts import saving
from contacts.checking import Checking, Entry, Preview
from erp.access.models import User
from erp.audit import trail
from erp.audit.models import AuditEvent
from erp.companies.models import Company
from erp.core.errors import Refusals

MOST_FIRST: Final = 50  # rows of a large file that are looked at beforehand


def dry_run(
    *, company: Company, content: bytes, columns: Mapping[str, str] | None = None
) -> Preview:
    """Read and check a file as the import would, writing nothing. Raises as ``Checking`` does."""
    return Checking(company=company, content=content, columns=columns).part()


def first_rows(
    *, company: Company, content: bytes, columns: Mapping[str, str] | None = None
) -> Preview:
    """What a large file begins with, checked; reads no further."""
    return Checking(company=company, content=content, columns=columns, most_rows=MOST_FIRST).part()


@transaction.atomic
def import_contacts(
    *, company: Company, content: bytes, by: User, columns: Mapping[str, str] | None = None,
    only_good: bool = False, checked: Preview | None = None,
) -> Preview:  # fmt: skip
    """Add and change the contacts of a file: all of them or none, or only the good rows if asked.

    ``checked`` is what a dry run of the same transaction's state found. Raises ``Refusals`` with
    each bad row.
    """
    with connection.cursor() as cursor:  # one import of a company at a time
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 1))",
                       [f"contact-import:{company.pk}"])  # fmt: skip
    preview = checked or dry_run(company=company, content=content, columns=columns)
    if preview.refusals and not only_good:
        raise Refusals(preview.refusals)
    if preview.new:
        number = max(saving.next_number(company),
                     1 + max((one.number or 0 for one in preview.new), default=0))  # fmt: skip
        for entry in preview.new:
            assert entry.draft is not None
            entry.draft.contact.number = entry.number or number
            number += entry.number is None
        saving.write_new(company, [entry.draft for entry in preview.new if entry.draft])
    for entry in preview.changed:
        _change(entry, by)
    trail.record(company=company, by=by, action="contacts.import", details={
        "count": len(preview.new), "changed": len(preview.changed), "file": digest_of(content),
        **_span(preview),
    })  # fmt: skip
    return preview


def was_imported(company: Company, content: bytes) -> int:
    """How often a file of the same content was imported."""
    return AuditEvent.of(company).filter(
        action="contacts.import", details__file=digest_of(content)
    ).count()  # fmt: skip


def digest_of(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _span(preview: Preview) -> dict[str, int]:
    ids = [entry.draft.contact.pk for entry in preview.new if entry.draft]
    return {"first_id": min(ids), "last_id": max(ids)} if ids else {}


def _change(entry: Entry, by: User) -> None:
    """Change a contact: what the file has takes the place of the main address and first numbers."""
    assert entry.contact is not None
    told, there = dict(entry.told), saving.whole(entry.contact)
    if "addresses" in told:
        new = told["addresses"][0]
        rows = [_as_row("addresses", one) for one in there.addresses or ()]
        main = next((row for row in rows if row["kind"] == "main" and not row["valid_to"]), None)
        told["addresses"] = [(main or {}) | new, *(row for row in rows if row is not main)]
        told["addresses"][0] |= {"canton": "", "bfs_nr": None}
    if "communications" in told:
        rows = [_as_row("communications", one) for one in there.communications or ()]
        for new in told["communications"]:
            first = next((row for row in rows if row["kind"] == new["kind"]), None)
            if first is None:
                rows.append(dict(new))
            else:
                first |= {"value": new["value"], "extension": ""}
        told["communications"] = rows
    if "bank_accounts" in told:
        rows = [_as_row("bank_accounts", one) for one in there.bank_accounts or ()]
        iban = told["bank_accounts"][0]["iban"].replace(" ", "").upper()
        if all(row["iban"] != iban for row in rows):
            rows.append({"iban": iban})
        told["bank_accounts"] = rows
    saving.change_contact(entry.contact, by=by, **told)


def _as_row(name: str, one: Any) -> dict[str, Any]:
    _model, fields = saving.SETS[name]
    return {"id": one.pk, **{field: getattr(one, field) for field in fields}}
