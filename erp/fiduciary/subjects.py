"""What a question may be about (Gegenstände): records of other rooms, told in words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from accounting.banking.models import BankTransaction
from accounting.ledger.models import JournalEntry
from accounting.ledger.queries import within_reach
from accounting.payables.capture.models import InboxDocument
from accounting.payables.models import SupplierInvoice
from erp.access.gate import Access
from erp.access.permissions import Permission
from erp.companies.models import Company


@dataclass(frozen=True)
class Told:
    """A record in words: what it is called, and as far as it has them party, amount and day."""

    title: str
    party: str = ""
    amount: Decimal | None = None
    day: dt.date | None = None


@dataclass(frozen=True)
class Subject:
    """A kind of record: the right to see it, its page, how it is told, and which one may see."""

    permission: Permission
    address: Callable[[Company, int], str]
    tell: Callable[[Any], Told]
    rows: Callable[[Access], QuerySet[Any]]


def _entry(one: JournalEntry) -> Told:
    name = _("Entry %(number)s") % {"number": one.number} if one.number else _("Draft")
    return Told(f"{name}: {one.text}"[:160], day=one.date)


def _bank(one: BankTransaction) -> Told:
    said = one.party or one.text
    return Told(f"{_('Bank transaction')}: {said}"[:160], said[:140], one.amount, one.booking_date)


def _bill(one: SupplierInvoice) -> Told:
    party = one.contact.name if one.contact else ""
    title = " ".join(part for part in (_("Bill"), one.number, party) if part)
    return Told(title[:160], party[:140], one.payable, one.date)


def _document(one: InboxDocument) -> Told:
    return Told(f"{_('Document')}: {one.name}"[:160], one.payee, one.amount, one.received_at.date())


SUBJECTS: Final[Mapping[str, Subject]] = {
    "entry": Subject(
        Permission.LEDGER_READ,
        lambda company, pk: reverse("entry", args=[company.pk, pk]), _entry,
        within_reach,
    ),
    "bank": Subject(
        Permission.BANKING_READ,
        lambda company, pk: reverse("reconcile-home", args=[company.pk]), _bank,
        lambda access: BankTransaction.of(access.company),
    ),
    "bill": Subject(
        Permission.PAYABLES_READ,
        lambda company, pk: reverse("supplier-invoice", args=[company.pk, pk]), _bill,
        lambda access: SupplierInvoice.of(access.company),
    ),
    "document": Subject(
        Permission.PAYABLES_READ,
        lambda company, pk: reverse("inbox-document", args=[company.pk, pk]), _document,
        lambda access: InboxDocument.of(access.company),
    ),
}  # fmt: skip


def told_of(access: Access, subject: str, pk: int) -> Told | None:
    """A record in words, for whoever may see it; else None, as if there were none."""
    kind = SUBJECTS.get(subject)
    if kind is None or not access.may(kind.permission):
        return None
    found = kind.rows(access).filter(pk=pk).first()
    return kind.tell(found) if found is not None else None


def address_of(access: Access, subject: str, pk: int | None) -> str:
    """Where a record is looked at; blank for whoever may not, or where it is about none."""
    kind = SUBJECTS.get(subject)
    if kind is None or pk is None or not access.may(kind.permission):
        return ""
    return kind.address(access.company, pk)
