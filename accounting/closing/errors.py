"""Why a year is not closed, reopened or used."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from erp.core.errors import DomainError


class AlreadyClosed(DomainError):
    code = "closing.already_closed"
    message = _(
        "The fiscal year %(year)s is closed already. Reopen it first, if something is to change."
    )
    field = "fiscal_year"
    conflict = True


class CheckOpen(DomainError):
    code = "closing.check_open"
    message = _(
        "“%(check)s”: %(reason)s Put it right, or accept it with a reason; then close the year."
    )
    field = "checks"
    conflict = True


class CheckBlocks(DomainError):
    code = "closing.check_blocks"
    message = _("“%(check)s”: %(reason)s The year cannot be closed before that is put right.")
    field = "checks"
    conflict = True


class NotClosed(DomainError):
    code = "closing.not_closed"
    message = _("The fiscal year %(year)s is not closed. Close it first.")
    field = "fiscal_year"
    conflict = True


class LaterYearClosed(DomainError):
    code = "closing.later_year_closed"
    message = _("The fiscal year %(later)s is closed, and opens with what %(year)s leaves. Reopen "
                "%(later)s first.")  # fmt: skip
    field = "fiscal_year"
    conflict = True


class ReasonMissing(DomainError):
    code = "closing.reason_missing"
    message = _("The reason is blank. Say in a sentence why.")
    field = "reason"


class NoSuchCheck(DomainError):
    code = "closing.no_such_check"
    message = _("There is no check “%(code)s”. Use one of the list of the year’s checks.")
    field = "check"
    missing = True


class NothingToAccept(DomainError):
    code = "closing.nothing_to_accept"
    message = _("“%(check)s” is %(state)s; it cannot be accepted. Only what is open can.")
    field = "check"
    conflict = True


class MayNotSee(DomainError):
    code = "closing.may_not_see"
    message = _(
        "“%(check)s” rests on what you may not see. Somebody with the right “%(right)s” accepts it."
    )
    field = "check"
