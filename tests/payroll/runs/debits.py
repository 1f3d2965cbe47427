"""Statements on which the bank debits wages."""

from __future__ import annotations

from decimal import Decimal

from accounting.banking import importing
from accounting.banking.matching.proposing import waiting
from accounting.ledger.models import EntryLine
from tests import make
from tests.accounting.banking.files import camt, entry, statement
from tests.payroll.runs import books


def arrived(company, order, *, named=True, amount=None, ref="B-1", told=None):
    """The debit of an order on a statement, named by its numbers or not; what waits to be booked."""
    told = told or f"<Btch><MsgId>{order.message}</MsgId><PmtInfId>{order.block}</PmtInfId></Btch>"
    made = entry(str(amount or order.total), "x", side="DBIT", ref=ref, day="2026-01-23")
    made = made.replace("<NtryDtls>x</NtryDtls>", f"<NtryDtls>{told}</NtryDtls>" if named else "")
    content = statement(made, ident=f"S-{ref}", opening="50000.00",
                        account=f"<Id><IBAN>{books.BANK}</IBAN></Id><Ccy>CHF</Ccy>")  # fmt: skip
    importing.take_in(company=company, content=camt(content), by=make.owner_of(company))
    return list(waiting(company))


def clearing(company):
    """What stands on the clearing account of wages; debit positive."""
    rows = EntryLine.of(company).filter(account__number="1091")
    return sum((one.debit - one.credit for one in rows), Decimal(0))
