"""What settlements have to say when others undo: their own entries, and runs whose tax is settled."""

from __future__ import annotations

from accounting.ledger.models import JournalEntry
from payroll.settlements.models import SettledRun, TaxSettlement
from payroll.settlements.refusals import TaxSettled, UndoneAtSettlement
from payroll.settlements.settling import KEY
from payroll.setup.models import Institution


def before_reversal(entry: JournalEntry, owner: str) -> None:
    """Refuse to reverse a settlement's entry while it is not undone, and a run whose tax is settled.

    Asked before the others, for it says best where that is undone. Raises ``UndoneAtSettlement`` or
    ``TaxSettled``.
    """
    if entry.source != JournalEntry.Source.PAYROLL:
        return
    if entry.source_key.startswith(f"{KEY}:"):
        if TaxSettlement.of(entry.company_id).filter(entry=entry, cancelled_at=None).exists():
            raise UndoneAtSettlement(number=entry.number)
        return
    held = SettledRun.of(entry.company_id).filter(run__entry=entry)
    found = held.select_related("settlement").defer("settlement__content").first()
    if found is not None:
        raise TaxSettled(name=str(found.settlement))


def uses(row: Institution) -> bool:
    """Whether tax was settled with an institution; then it stays."""
    return TaxSettlement.of(row.company_id).filter(institution=row).exists()
