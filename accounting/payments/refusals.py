"""What acts on payment runs refuse."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from erp.core.errors import DomainError


class NotABankDay(DomainError):
    code = "payments.not_a_bank_day"
    message = _("On %(date)s banks are closed. Choose %(next)s.")
    field = "date"


class DayGone(DomainError):
    code = "payments.day_gone"
    message = _("%(date)s has gone by. Choose today or a day to come.")
    field = "date"


class NothingToPay(DomainError):
    code = "payments.nothing_to_pay"
    message = _("Nothing can be paid on %(date)s. The proposal says why of each item.")
    field = "items"
    conflict = True


class NotASwissBank(DomainError):
    code = "payments.not_a_swiss_bank"
    message = _("%(account)s is no account in Switzerland or Liechtenstein. Pay from one that is.")
    field = "bank_account"


class NotOpenToChange(DomainError):
    code = "payments.not_open_to_change"
    message = _("Payment run %(number)s is %(status)s, and is not changed any more.")
    conflict = True


class NotReady(DomainError):
    code = "payments.not_ready"
    message = _("Payment run %(number)s is %(status)s. Only a draft can be approved.")
    conflict = True


class ContentChanged(DomainError):
    code = "payments.content_changed"
    message = _(
        "The run was changed since you looked at it. Look at it again, and approve it then."
    )
    conflict = True


class FaultInRun(DomainError):
    code = "payments.fault_in_run"
    message = _("The payment to %(payee)s over %(amount)s cannot go out: %(reason)s")
    field = "payments"
    conflict = True


class NotApproved(DomainError):
    code = "payments.not_approved"
    message = _("Payment run %(number)s is %(status)s. A file is made of an approved run alone.")
    conflict = True


class NoSuchPart(DomainError):
    code = "payments.no_such_part"
    message = _("This is not in the run any more. Load the page again.")
    conflict = True


class BadAmount(DomainError):
    code = "payments.bad_amount"
    message = _("%(value)s cannot be paid of %(document)s: from 0.01 to %(open)s is possible.")
    field = "amount"


class CreditTooLarge(DomainError):
    code = "payments.credit_too_large"
    message = _("The credits in this payment come to more than the rest. Take a credit out first.")
    field = "amount"


class NotRejected(DomainError):
    code = "payments.not_rejected"
    message = _("Only a payment of an exported run that is not booked can be given back.")
    conflict = True
