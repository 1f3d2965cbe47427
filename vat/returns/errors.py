"""Refusals of filing and settling returns."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from erp.core.errors import DomainError


class FiledAlready(DomainError):
    code = "vat.filed_already"
    message = _("The return of %(period)s is filed and frozen. Make a correction return of it.")
    field = "return"
    conflict = True


class NotFiled(DomainError):
    code = "vat.not_filed"
    message = _("The return of %(period)s is not filed yet. File it, then it can be corrected.")
    field = "return"
    conflict = True


class NotChecked(DomainError):
    code = "vat.not_checked"
    message = _("The return of %(period)s is not checked. Check it before you file it.")
    field = "return"
    conflict = True


class ChangedSinceCheck(DomainError):
    code = "vat.changed_since_check"
    message = _(
        "The figures of %(period)s changed after the check, to %(payable)s. Check the return again."
    )
    field = "return"
    conflict = True


class WarningsOpen(DomainError):
    code = "vat.warnings_open"
    message = _("The check found: %(found)s. Mend it, or accept it as it is.")
    field = "accepted"


class NotOver(DomainError):
    code = "vat.period_not_over"
    message = _("The period runs until %(end)s. A return is filed after its period has ended.")
    field = "return"


class PeriodsOpen(DomainError):
    code = "vat.periods_open"
    message = _("These periods of the year are not filed yet: %(periods)s. File them first.")
    field = "year"
    conflict = True


class SwitchedSince(DomainError):
    code = "vat.switched_since"
    message = _("The return of %(period)s is filed, with another basis since. Post what is missing or wrong: "
                "the next return or the annual reconciliation takes it up.")  # fmt: skip
    field = "return"
    conflict = True


class SettledAlready(DomainError):
    code = "vat.settled_already"
    message = _("This return is posted already, by entry %(number)s.")
    field = "return"
    conflict = True


class UndoneAtReturn(DomainError):
    code = "vat.undone_at_return"
    message = _("Entry %(number)s posted a VAT return. Undo it on the page of the return.")
    field = "entry"
    conflict = True


class NotSettled(DomainError):
    code = "vat.not_settled"
    message = _("This return is not posted. There is nothing to undo.")
    field = "return"
    conflict = True


class NothingToPost(DomainError):
    code = "vat.nothing_to_post"
    message = _("The return of %(period)s has no tax to post. It is done as it is.")
    field = "return"
    conflict = True
