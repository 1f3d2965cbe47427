"""What the page of a contact shows of documents: the latest, and a button for the next."""

from __future__ import annotations

from typing import Final

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounting.receivables import listing, queries
from accounting.receivables.listing import Listed
from contacts import panels
from contacts.models import Contact
from erp.access.gate import Access
from erp.access.permissions import Permission
from erp.companies.models import Company
from erp.core import clock

LATEST: Final = 5


def latest_documents(company: Company, contact: Contact) -> list[Listed]:
    """The latest documents of a contact with their states: three queries, however many there are."""
    rows = queries.documents(company, contact=contact.pk).defer("paper")[:LATEST]
    return listing.with_standings(company, rows, clock.today())


def register() -> None:
    """Let the page of a contact show its documents, and offer a new invoice."""
    panels.register("documents", label=_("Offers and invoices"), show=_shown,
                    permission=Permission.RECEIVABLES_READ)  # fmt: skip
    panels.register_link("new-invoice", label=_("New invoice"), address=_new,
                         permission=Permission.RECEIVABLES_DRAFT)  # fmt: skip


def _shown(access: Access, contact: Contact) -> str | None:
    rows = latest_documents(access.company, contact)
    told = {"rows": rows, "company": access.company, "contact": contact}
    return render_to_string("accounting/receivables/_panel.html", told) if rows else None


def _new(access: Access, contact: Contact) -> str | None:
    if contact.archived_at is not None:
        return None
    return f"{reverse('sales-document-new', args=[access.company.pk])}?contact={contact.pk}"
