"""What settling withholding tax refuses (Ablehnungen): each with its value and a remedy."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from erp.core.errors import DomainError


class NothingToSettle(DomainError):
    code = "settlements.nothing_to_settle"
    message = _("Nothing was withheld for %(canton)s until %(month)s that is not settled yet. Post the "
                "payroll run first, or choose another month.")  # fmt: skip
    field = "until"
    conflict = True


class SettledAlready(DomainError):
    code = "settlements.settled_already"
    message = _("Withholding tax of %(canton)s until %(month)s is settled already, as %(name)s. Undo that "
                "settlement first, if it is wrong.")  # fmt: skip
    field = "until"
    conflict = True


class RunOpen(DomainError):
    code = "settlements.run_open"
    message = _(
        "The payroll run of %(month)s is not posted. Post it, or settle the months before it."
    )
    field = "until"
    conflict = True


class OfficeMissing(DomainError):
    code = "settlements.office_missing"
    message = _("%(canton)s has no withholding-tax office with a contact. Enter it under “Institutions”, "
                "with the contact that is paid.")  # fmt: skip
    field = "canton"
    conflict = True


class AccountMissing(DomainError):
    code = "settlements.account_missing"
    message = _("“%(name)s” has no bank account. Enter the account of the payment slip, or give the contact "
                "one.")  # fmt: skip
    field = "account"


class CreditorsOff(DomainError):
    code = "settlements.creditors_off"
    message = _("The debt to the tax office needs the module “Creditors”, which is off. Switch it on in the "
                "company's settings.")  # fmt: skip
    field = "canton"
    conflict = True


class ChangedSince(DomainError):
    code = "settlements.changed_since"
    message = _("The tax of %(canton)s until %(month)s is %(now)s by now, not %(seen)s. Look at it again, then "
                "settle.")  # fmt: skip
    field = "seen"
    conflict = True


class DueTooEarly(DomainError):
    code = "settlements.due_too_early"
    message = _("%(value)s lies before the end of the period, %(end)s. Give a later day.")
    field = "due_date"


class SettlementUndone(DomainError):
    code = "settlements.undone"
    message = _("%(name)s is undone already. Settle these months anew instead.")
    field = "settlement"
    conflict = True


class UndoneAtSettlement(DomainError):
    code = "settlements.undone_there"
    message = _("Entry %(number)s is a settlement of withholding tax. Undo it there: the debt to the tax "
                "office goes with it.")  # fmt: skip
    field = "entry"
    conflict = True


class TaxSettled(DomainError):
    code = "settlements.tax_settled"
    message = _("The withholding tax of this run is settled with %(name)s. Undo that settlement first, or "
                "correct the run by another one.")  # fmt: skip
    field = "run"
    conflict = True
