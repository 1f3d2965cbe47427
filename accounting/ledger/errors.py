"""What posting refuses (Buchung verweigert)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from erp.core.errors import DomainError


class NoOpenYear(DomainError):
    code = "ledger.no_open_year"
    message = _("%(date)s lies in no fiscal year. Open the year, or check the date.")
    field = "date"


class PeriodLocked(DomainError):
    code = "ledger.period_locked"
    message = _("The period of %(date)s is locked. Use a later date, or have the period opened.")
    field = "date"
    conflict = True


class AlreadyReversed(DomainError):
    code = "ledger.already_reversed"
    message = _("Entry %(number)s is already reversed. An entry can be reversed once.")
    field = "entry"
    conflict = True


class NotADraft(DomainError):
    code = "ledger.not_a_draft"
    message = _("Entry %(number)s is posted and frozen. Reverse it and enter it anew.")
    field = "entry"
    conflict = True


class DraftGone(DomainError):
    code = "ledger.draft_gone"
    message = _("Somebody has deleted this draft in the meantime. Enter it anew.")
    field = "entry"
    conflict = True


class NotPosted(DomainError):
    code = "ledger.not_posted"
    message = _("This entry is still a draft. Change or delete the draft instead of reversing it.")
    field = "entry"
    conflict = True


class UndoneElsewhere(DomainError):
    code = "ledger.undone_elsewhere"
    message = _("Entry %(number)s comes from a bank transaction. Undo it under Bank transactions, "
                "and the transaction is open again.")  # fmt: skip
    field = "entry"
    conflict = True


class TextMissing(DomainError):
    code = "ledger.text_missing"
    message = _("The entry has no text. Say what was booked, in a few words.")
    field = "text"
