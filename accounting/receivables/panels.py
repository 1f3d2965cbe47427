"""What other pages show of documents."""

from __future__ import annotations

from typing import Final

from accounting.receivables import listing, queries
from accounting.receivables.listing import Listed
from contacts.models import Contact
from erp.companies.models import Company
from erp.core import clock

LATEST: Final = 5


def latest_documents(company: Company, contact: Contact) -> list[Listed]:
    """The latest documents of a contact with their states: three queries, however many there are."""
    rows = queries.documents(company, contact=contact.pk).defer("paper")[:LATEST]
    return listing.with_standings(company, rows, clock.today())
