"""What waits in the period (Unerledigtes): drafts, bank transactions, documents of the inbox."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Count, Sum
from django.utils.translation import gettext as _

from accounting.banking.models import BankTransaction
from accounting.ledger.models import JournalEntry
from accounting.payables.capture.models import WAITING, InboxDocument
from accounting.payables.models import SupplierInvoice
from accounting.receivables.models import SalesDocument
from erp.core.display import chf
from vat.returns.checking.looking import Look
from vat.returns.findings import Finding

_BILLED = (SalesDocument.Kind.INVOICE, SalesDocument.Kind.CREDIT_NOTE)
_NOT_POSTED = (SupplierInvoice.Status.DRAFT, SupplierInvoice.Status.SUBMITTED,
               SupplierInvoice.Status.APPROVED)  # fmt: skip


def unfinished(look: Look) -> Iterator[Finding]:
    """What lies in the period and is not in the books yet; five queries."""
    days = (look.one.start, look.one.end)
    drafts = JournalEntry.of(look.company).filter(number=None, date__range=days).count()
    if drafts:
        yield Finding(
            "vat.drafts", _("%(count)s drafts of the journal lie in the period.") % {"count": drafts},
            link=look.to("drafts", from_=days[0], until=days[1]), link_text=_("Drafts"),
        )  # fmt: skip
    sales = SalesDocument.of(look.company).filter(
        status=SalesDocument.Status.DRAFT, kind__in=_BILLED, date__range=days
    ).count()  # fmt: skip
    if sales:
        yield Finding(
            "vat.sales_drafts",
            _("%(count)s invoices and credit notes to customers are not issued.") % {"count": sales},
            link=look.to("sales-documents", status="draft", from_=days[0], until=days[1]),
            link_text=_("Offers and invoices"),
        )  # fmt: skip
    bills = SupplierInvoice.of(look.company).filter(
        status__in=_NOT_POSTED, booked_on__range=days
    ).count()  # fmt: skip
    if bills:
        yield Finding(
            "vat.bills_not_posted",
            _("%(count)s suppliers' invoices are not posted.") % {"count": bills},
            link=look.to("supplier-invoices", from_=days[0], until=days[1]),
            link_text=_("Suppliers' invoices"),
        )  # fmt: skip
    yield from _bank(look)
    inbox = InboxDocument.of(look.company).filter(
        state__in=WAITING, received_at__date__lte=days[1]
    ).count()  # fmt: skip
    if inbox:
        yield Finding(
            "vat.inbox_waits", _("%(count)s documents wait in the inbox.") % {"count": inbox},
            link=look.to("inbox"), link_text=_("Inbox"),
        )  # fmt: skip


def _bank(look: Look) -> Iterator[Finding]:
    waiting = BankTransaction.of(look.company).filter(
        entry=None, booking_date__range=(look.one.start, look.one.end)
    )  # fmt: skip
    found = waiting.aggregate(count=Count("pk"), amount=Sum("amount"))
    if found["count"]:
        yield Finding(
            "vat.bank_not_booked",
            _("%(count)s bank transactions of the period are not booked.") % {"count": found["count"]},
            link=look.to("bank-transactions"), link_text=_("Bank transactions"),
            amount=chf(found["amount"]),
        )  # fmt: skip
