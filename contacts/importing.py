"""Contacts from CSV, XLSX or vCard (Adressen importieren): a dry run that is the import.

A row whose number is there changes that contact, others are added. Columns that the file does not
have leave a contact as it is; an empty cell empties a field, but takes no address, phone or bank
account away.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Final

from django.db import connection, transaction

from contacts.checking import Checking, Entry, Preview
from contacts.numbers import next_number
from contacts.saving import changed_in_trail, tell_accounts, told_to_trail
from contacts.writing import write_changed, write_new
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
    only_good: bool = False,
) -> Preview:  # fmt: skip
    """Add and change the contacts of a file: all of them or none, or only the good rows if asked.

    It is checked and written as a whole, in a number of statements that does not grow with the rows
    but for batches of thousands. Raises ``Refusals`` with each bad row.
    """
    with connection.cursor() as cursor:  # one import of a company at a time
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 1))",
                       [f"contact-import:{company.pk}"])  # fmt: skip
    preview = Checking(company=company, content=content, columns=columns, hold=True).part()
    if preview.refusals and not only_good:
        raise Refusals(preview.refusals)
    _number(company, preview.new)
    write_new(company, [entry.draft for entry in preview.new])
    _change(company, preview.changed, by)
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
    ids = [entry.draft.contact.pk for entry in preview.new]
    return {"first_id": min(ids), "last_id": max(ids)} if ids else {}


def _number(company: Company, entries: Sequence[Entry]) -> None:
    """Give new contacts the numbers of the file, and the next ones beyond them where it has none."""
    if not entries:
        return
    last = max((one.number or 0 for one in entries), default=0)
    number = max(next_number(company), last + 1)
    for entry in entries:
        entry.draft.contact.number = entry.number or number
        number += entry.number is None


def _change(company: Company, entries: Sequence[Entry], by: User) -> None:
    """Write the contacts that the file says anything new of."""
    changes = [one.change for one in entries if one.change and one.change.says_anything]
    before = [told_to_trail(one.stored.contact, one.stored) for one in changes]
    write_changed(company, changes)
    tell_accounts(company, changes, by=by)
    after = [told_to_trail(one.contact, one.whole()) for one in changes]
    trail.record_many(company=company, by=by, action="contact.change", subjects=[
        (one.contact, told) for one, old, new in zip(changes, before, after, strict=True)
        if (told := changed_in_trail(old, new))
    ])  # fmt: skip
