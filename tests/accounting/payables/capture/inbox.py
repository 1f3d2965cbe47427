"""A company with an inbox, for tests."""

from __future__ import annotations

from accounting.payables.capture.models import Channel, InboxDocument
from accounting.payables.capture.receiving import Incoming, receive
from erp.access.models import User
from erp.companies.models import Company
from erp.core.tenancy import open_companies
from erp.jobs import running
from tests import make
from tests.accounting.payables.capture import papers

MODULES = ("ledger", "banking", "vat", "receivables", "payables")


def company(**more: object) -> Company:
    return make.company(modules=MODULES, **more)


def received(
    company: Company, by: User, *contents: bytes, channel: str = Channel.UPLOAD, read: bool = True
) -> list[InboxDocument]:
    """Documents of these bytes, read unless said otherwise."""
    incoming = [
        Incoming(f"Beleg {nth}.pdf", one) for nth, one in enumerate(contents or (papers.pdf(),), 1)
    ]
    found, job = receive(company=company, incoming=incoming, channel=channel, by=by)
    if read and job is not None:
        running.run(job.pk, company.pk)
        open_companies([company.pk])
    rows = [one.document for one in found if one.document is not None]
    for one in rows:
        one.refresh_from_db(from_queryset=InboxDocument.of(company))
    return rows
