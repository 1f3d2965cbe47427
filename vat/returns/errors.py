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
    message = _("The check found: %(found)s Mend it, or accept it as it is.")
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


class FiledElsewhere(DomainError):
    code = "vat.filed_elsewhere"
    message = _("The return of %(period)s was filed with another program: what it declared is not known here, "
                "so a correction could not tell the whole period. Leave it to the next return, which takes "
                "up what was posted since; or set that corrections declare the differences.")  # fmt: skip
    field = "return"
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


class NoInstalment(DomainError):
    code = "vat.no_instalment"
    message = _("%(period)s has no instalment %(nth)s. Choose one of the list of VAT returns.")
    field = "nth"


class InstalmentNeedsOffice(DomainError):
    code = "vat.instalment_needs_office"
    message = _("Nobody is named whom VAT is paid to, or creditors are switched off. Name the tax office as "
                "a contact first, then the instalment can be owed to it.")  # fmt: skip
    field = "contact"


class InstalmentAmount(DomainError):
    code = "vat.instalment_amount"
    message = _(
        "An instalment of %(value)s cannot be owed. Enter the amount of the invoice, above zero."
    )
    field = "amount"


class InstalmentEntered(DomainError):
    code = "vat.instalment_entered"
    message = _("This instalment is entered already, by entry %(number)s. Take that back first.")
    field = "nth"
    conflict = True


class YearSettled(DomainError):
    code = "vat.year_settled"
    message = _(
        "The return of %(period)s is posted, and its instalments are set off. Undo its posting first."
    )
    field = "nth"
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
