"""VAT returns of the demo companies: those of the first year and a half filed, posted and paid."""

from __future__ import annotations

import datetime as dt
from typing import Final

from accounting.ledger.models import Account
from accounting.open_items.models import OpenItem
from accounting.open_items.plans import Money, Part
from accounting.open_items.settling import settle
from contacts import saving
from erp.access.models import User
from erp.companies.models import Company
from erp.core.tenancy import set_local
from erp.documents.pdf import PdfUnavailable
from vat.returns import checks, filing, office, settling
from vat.returns.models import VatReturn
from vat.returns.queries import computed, reporting

FILED_UNTIL: Final = dt.date(2026, 6, 30)  # the third quarter of 2026 is left to try things out
OFFICE: Final = "Eidgenössische Steuerverwaltung, Hauptabteilung MWST"


def file_returns(company: Company, owner: User) -> None:
    """File, post and pay each return on the day it is due.

    The books are of the same transaction, so PostgreSQL has no statistics of them yet, and would
    go through them row by row for each row.
    """
    set_local("enable_nestloop", "off")
    _file_returns(company, owner)
    set_local("enable_nestloop", "on")


def _file_returns(company: Company, owner: User) -> None:
    contact = saving.add_contact(
        company=company, by=owner, kind="organisation", name=OFFICE,
        addresses=[{"kind": "main", "street": "Schwarztorstrasse", "house_number": "50",
                    "postcode": "3003", "town": "Bern"}],
    )  # fmt: skip
    office.set_office(company=company, contact=contact, differences=False, by=owner)
    for period in reporting(company, FILED_UNTIL):
        if period.end > FILED_UNTIL:
            break
        opened = filing.begin(company=company, start=period.start, by=owner)
        accepted = [one.code for one in checks.run(opened, computed(opened)) if not one.is_error]
        checked = filing.check(opened, by=owner, accepted=accepted)
        try:
            filed = filing.file(checked, by=owner, today=checked.due_date)
        except PdfUnavailable:
            return  # what draws the form is not installed here: the periods stay open
        _pay(filed, owner)


def _pay(filed: VatReturn, owner: User) -> None:
    company, day = filed.company, filed.due_date - dt.timedelta(days=5)
    entry = settling.settle(filed, date=day, by=owner)
    for item in OpenItem.of(company).filter(entry=entry):
        bank = Account.of(company).get(number="1020")
        settle(company=company, date=day, by=owner, parts=[Part(item, paid=item.amount)],
               money=Money(bank, item.amount, item.amount), text=entry.text)  # fmt: skip
