"""Costs of later times (aktive Abgrenzung): noted with their invoice, released when their time comes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounting.ledger import posting
from accounting.ledger.models import Account, JournalEntry
from accounting.open_items.opening import signed
from accounting.payables.models import AccrualPart, SupplierInvoice, SupplierInvoiceLine
from accounting.payables.spreading import Share
from erp.access.models import User
from erp.audit import trail
from erp.companies.models import Company
from erp.core.errors import DomainError

OWNER = "accruals"  # who undoes its entries
MOST_AT_ONCE = 500


class ReleasedAlready(DomainError):
    code = "payables.released_already"
    message = gettext_lazy("The part of %(date)s is released already, or its invoice is reversed.")
    conflict = True


class UndoneWithInvoice(DomainError):
    code = "payables.undone_with_invoice"
    message = gettext_lazy("Entry %(number)s releases a cost of %(document)s. Take it back on the page of that "
                           "invoice.")  # fmt: skip
    field = "entry"
    conflict = True


def note(later: Iterable[tuple[SupplierInvoiceLine, Share]], *, account: Account) -> None:
    """Write down what of lines belongs to later times, and stands on ``account`` until then."""
    AccrualPart.unscoped.bulk_create(
        AccrualPart(company_id=line.company_id, line=line, date=share.date, account=account,
                    amount=line.invoice.sign * share.amount)
        for line, share in later
    )  # fmt: skip


def due(company: Company, until: dt.date) -> QuerySet[AccrualPart]:
    """What is to be released until a day, the earliest first."""
    return parts_of(company).filter(entry=None, date__lte=until)


def parts_of(company: Company) -> QuerySet[AccrualPart]:
    """All parts with what they belong to, by date."""
    related = ("entry", "account", "line__account", "line__cost_centre", "line__cost_object",
               "line__invoice__contact", "line__invoice__company")  # fmt: skip
    return AccrualPart.of(company).select_related(*related).order_by("date", "pk")


@transaction.atomic
def release(part: AccrualPart, *, by: User, date: dt.date | None = None) -> JournalEntry:
    """Book a part as the cost it is (auflösen), on its day or another.

    Twice asked, the second is refused. Raises ``ReleasedAlready`` and what ``posting.post``
    raises.
    """
    rows = AccrualPart.of(part.company_id)
    if not rows.select_for_update().filter(pk=part.pk, entry=None).exists():
        raise ReleasedAlready(date=part.date)
    now = parts_of(part.company).get(pk=part.pk)
    line, invoice = now.line, now.line.invoice
    assert line.account is not None  # it was booked when the invoice was posted
    entry = posting.post(
        company=invoice.company, date=date or now.date, by=by, voucher=invoice.number,
        text=_("Released: %s") % f"{invoice.contact.name}, {line.text or invoice.subject or invoice}"[:180],
        lines=[signed(line.account, now.amount, text=line.text, cost_centre=line.cost_centre,
                      cost_object=line.cost_object), signed(now.account, -now.amount)],
        source=JournalEntry.Source.RECURRING, source_key=f"accrual:{now.pk}",
    )  # fmt: skip
    now.entry = entry
    now.save(update_fields=["entry"])
    trail.record(company=invoice.company, by=by, action="supplier_invoice.release",
                 subject=invoice, details={"date": now.date, "amount": now.amount,
                                           "entry": entry.number})  # fmt: skip
    return entry


def release_due(
    company: Company, *, until: dt.date, by: User
) -> tuple[list[JournalEntry], list[DomainError]]:
    """Release all that is due; what cannot be released is told, and the others go on."""
    entries, refusals = [], []
    for part in due(company, until)[:MOST_AT_ONCE]:
        try:
            entries.append(release(part, by=by))
        except DomainError as refusal:
            refusals.append(refusal)
    return entries, refusals


def take_back(invoice: SupplierInvoice, *, date: dt.date, by: User) -> None:
    """Reverse what was released of an invoice that is reversed, and forget the rest."""
    parts = AccrualPart.of(invoice.company).filter(line__invoice=invoice)
    for part in parts.select_for_update(of=("self",)).filter(entry__isnull=False).order_by("pk"):
        assert part.entry is not None  # asked for above
        posting.reverse(part.entry, date=max(date, part.entry.date), by=by, owner=OWNER)
    parts.filter(entry=None).delete()


def require_no_accrual(entry: JournalEntry, owner: str) -> None:
    """What releases a cost is not reversed behind the invoice's back. Raises ``UndoneWithInvoice``."""
    if owner == OWNER or not entry.source_key.startswith("accrual:"):
        return
    part = (
        AccrualPart.of(entry.company_id).select_related("line__invoice").filter(entry=entry).first()
    )
    if part is not None:
        raise UndoneWithInvoice(number=entry.number, document=str(part.line.invoice))
