"""What keeps the entries of a closing together: accruals and appropriations are undone where they were made."""

from __future__ import annotations

from typing import Final

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounting.closing.models import Appropriation, YearAccrual
from accounting.ledger.models import JournalEntry
from erp.core.errors import DomainError

OWNER: Final = "closing"  # who undoes these entries


class UndoneTogether(DomainError):
    code = "closing.undone_together"
    message = _("Entry %(number)s belongs to “%(what)s” of the year-end of %(year)s. Undo it there: what "
                "belongs to it goes with it.")  # fmt: skip
    field = "entry"
    conflict = True


class StaysUndone(DomainError):
    code = "closing.stays_undone"
    message = _("Entry %(number)s undid what the year-end had posted, and stays. Enter the accrual or the "
                "use of the profit there anew.")  # fmt: skip
    field = "entry"
    conflict = True


class AccruedInPart(DomainError):
    code = "closing.accrued_in_part"
    message = _("A part of entry %(number)s is accrued at the end of %(year)s by “%(text)s”. Undo that accrual first, "
                "under Year-end.")  # fmt: skip
    field = "entry"
    conflict = True


def require_both(entry: JournalEntry, owner: str) -> None:
    """Asked before an entry is reversed.

    Raises ``UndoneTogether``, ``StaysUndone`` for what undid one, or ``AccruedInPart``.
    """
    ours = (ACCRUAL, APPROPRIATION)
    if entry.reverses is not None and entry.reverses.source_key.startswith(ours):
        raise StaysUndone(number=entry.number)
    if owner == OWNER:
        return
    accrued = YearAccrual.of(entry.company_id).select_related("fiscal_year")
    part = accrued.filter(origin=entry, is_undone=False).order_by("pk").first()
    if part is not None:
        raise AccruedInPart(number=entry.number, year=part.fiscal_year, text=part.text)
    if not entry.source_key.startswith(ours):
        return
    here = Q(entry=entry) | Q(reversal=entry)
    accrual = YearAccrual.of(entry.company_id).select_related("fiscal_year").filter(here).first()
    if accrual is not None and not accrual.is_undone:
        raise UndoneTogether(number=entry.number, what=accrual.text, year=accrual.fiscal_year)
    rows = Appropriation.of(entry.company_id).select_related("fiscal_year")
    used = rows.filter(entry=entry, is_undone=False).first()
    if used is not None:
        raise UndoneTogether(number=entry.number, what=str(_("Appropriation of profit")),
                             year=used.fiscal_year)  # fmt: skip


ACCRUAL: Final = "year-accrual:"
APPROPRIATION: Final = "appropriation:"
