"""What a contact's page shows of debtors: what it owes, its latest documents, what was agreed."""

from __future__ import annotations

from typing import Final

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounting.open_items.models import Side
from accounting.open_items.queries import open_on, total
from accounting.receivables import queries
from accounting.terms.queries import customer_terms
from contacts import panels
from contacts.models import Contact
from erp.access.gate import Access
from erp.access.permissions import Permission
from erp.core import clock
from erp.mails.queries import states_of

LATEST: Final = 5


def register() -> None:
    """Offer the panels to contacts; each is shown to whoever may see what it tells."""
    panels.register("debtor-account", label=_("Owes us"), permission=Permission.OPEN_ITEMS_READ,
                    module="receivables", show=owed)  # fmt: skip
    panels.register("sales-documents", label=_("Latest offers and invoices"),
                    permission=Permission.RECEIVABLES_READ, show=latest)  # fmt: skip
    panels.register("customer", label=_("Agreed with this customer"),
                    permission=Permission.RECEIVABLES_READ, show=agreed)  # fmt: skip
    panels.register_link("new-invoice", label=_("New invoice"), address=_new,
                         permission=Permission.RECEIVABLES_DRAFT)  # fmt: skip


def owed(access: Access, contact: Contact) -> str | None:
    """What is open and what of it is overdue, in the company's currency; one query."""
    rows = open_on(access.company, clock.today(), Side.RECEIVABLES, contact=contact.pk)
    if not rows:
        return None
    late = [row for row in rows if row.is_overdue]
    told = {"total": total(rows), "overdue": total(late), "count": len(rows),
            "days": max((row.days for row in late), default=0)}  # fmt: skip
    return _drawn("owed", access, contact, **told)


def latest(access: Access, contact: Contact) -> str | None:
    """The latest documents with their states and mails; four queries."""
    company = access.company
    rows = list(queries.documents(company, contact=contact.pk).defer("paper")[:LATEST])
    if not rows:
        return None
    standings = queries.standings(company, rows, on=clock.today())
    mails = states_of(company, type(rows[0]), [row.pk for row in rows])
    shown = [(row, standings[row.pk], mails.get(row.pk)) for row in rows]
    return _drawn("documents", access, contact, rows=shown)


def agreed(access: Access, contact: Contact) -> str | None:
    """The customer's terms in short, where there are any; one query."""
    terms = customer_terms(access.company, contact.pk)
    return None if terms is None else _drawn("terms", access, contact, terms=terms)


def _new(access: Access, contact: Contact) -> str | None:
    if contact.archived_at is not None:
        return None
    return f"{reverse('sales-document-new', args=[access.company.pk])}?contact={contact.pk}"


def _drawn(name: str, access: Access, contact: Contact, **told: object) -> str:
    context = {"company": access.company, "access": access, "contact": contact, **told}
    return render_to_string(f"accounting/receivables/_panel_{name}.html", context)
