"""How entries look, as tests compare them."""

from __future__ import annotations

from accounting.ledger.models import JournalEntry


def lines(entry):
    """(account, debit, credit, VAT code, part, base) in order."""
    return [
        (row.account.number, str(row.debit), str(row.credit), row.vat_code and row.vat_code.code,
         row.vat_part, row.vat_base and str(row.vat_base))
        for row in entry.lines.order_by("position").select_related("account", "vat_code")
    ]  # fmt: skip


def sides(entry):
    return [line[:3] for line in lines(entry)]


def posted(company):
    return JournalEntry.of(company).exclude(number=None).count()
