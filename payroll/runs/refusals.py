"""What runs refuse (Ablehnungen): each with its value and a remedy."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from erp.core.errors import DomainError


class NotSetUp(DomainError):
    code = "payroll.not_set_up"
    message = _(
        "Payroll has no settings yet. Save them under “Payroll settings”, then begin a run."
    )
    conflict = True


class RunExists(DomainError):
    code = "payroll.run_exists"
    message = _(
        "There is a run of %(month)s already. Change that one, or correct it once it is posted."
    )
    field = "month"
    conflict = True


class MonthGone(DomainError):
    code = "payroll.month_gone"
    message = _(
        "%(month)s lies before the last posted month, %(last)s. Put a posted month right by a correction."
    )
    field = "month"
    conflict = True


class EarlierOpen(DomainError):
    code = "payroll.earlier_open"
    message = _("The run of %(month)s is not posted yet. Post or cancel it first.")
    field = "month"
    conflict = True


class BadDay(DomainError):
    code = "payroll.bad_day"
    message = _("%(value)s does not fit the month %(month)s. Take a day from its first on.")
    field = "date"


class NotOpen(DomainError):
    code = "payroll.not_open"
    message = _(
        "The run of %(month)s is %(status)s, and cannot be changed. Put it right by a correction."
    )
    conflict = True


class NotCalculated(DomainError):
    code = "payroll.not_calculated"
    message = _("The run of %(month)s is not calculated. Calculate it first.")
    conflict = True


class BeingCalculated(DomainError):
    code = "payroll.being_calculated"
    message = _("The run of %(month)s is being calculated. Wait until that is done.")
    conflict = True


class Stale(DomainError):
    code = "payroll.stale"
    message = _(
        "What the run of %(month)s is reckoned from has changed since: %(people)s. Calculate it again."
    )
    conflict = True


class Stopped(DomainError):
    code = "payroll.stopped"
    message = _("%(person)s: %(reason)s")


class NobodyToPay(DomainError):
    code = "payroll.nobody"
    message = _("Nobody is employed in %(month)s. Check the employments, or take another month.")
    field = "month"


class ContentChanged(DomainError):
    code = "payroll.content_changed"
    message = _("The run was changed after you looked at it. Look at it again, then approve it.")
    conflict = True


class Tampered(DomainError):
    code = "payroll.tampered"
    message = _(
        "Slips of the run of %(month)s are not what was approved. Take the approval back and calculate "
        "it again; if it is posted, ask who has access to the database."
    )
    conflict = True


class NotApproved(DomainError):
    code = "payroll.not_approved"
    message = _("The run of %(month)s is %(status)s. Have it approved first.")
    conflict = True


class NotPosted(DomainError):
    code = "payroll.not_posted"
    message = _("The run of %(month)s is %(status)s. Only what is posted can be corrected or paid.")
    conflict = True


class NotTheLast(DomainError):
    code = "payroll.not_the_last"
    message = _(
        "Run %(number)s was posted after this one. Put this month right by a correction instead."
    )
    conflict = True


class PaidAlready(DomainError):
    code = "payroll.paid_already"
    message = _("The run of %(month)s is at the bank, or paid. Put it right by a correction.")
    conflict = True


class CorrectionOpen(DomainError):
    code = "payroll.correction_open"
    message = _(
        "A correction up to %(month)s is not posted yet. Cancel it first, then undo the run."
    )
    conflict = True


class ReasonMissing(DomainError):
    code = "payroll.reason_missing"
    message = _("Say why. Who looks at the run later will ask.")
    field = "reason"


class ReversedElsewhere(DomainError):
    code = "payroll.reversed_elsewhere"
    message = _("Entry %(number)s comes from a payroll run. Undo it under Payroll runs.")
    field = "entry"
    conflict = True


class DoesNotAddUp(DomainError):
    code = "payroll.does_not_add_up"
    message = _(
        "The slips pay %(payout)s, their lines come to %(lines)s. Calculate the run again; if that "
        "does not help, check the wage types without payment."
    )
    conflict = True


class NothingToPay(DomainError):
    code = "payroll.nothing_to_pay"
    message = _("The run of %(month)s pays nobody anything.")
    conflict = True


class NothingToCorrect(DomainError):
    code = "payroll.nothing_to_correct"
    message = _(
        "With today's data %(month)s comes out as it was posted. There is nothing to correct."
    )
    conflict = True


class BankNotUsable(DomainError):
    code = "payroll.bank_not_usable"
    message = _(
        "Wages are paid in CHF from a Swiss account; %(value)s is none. Choose another one."
    )
    field = "bank_account"


class OrderMissing(DomainError):
    code = "payroll.order_missing"
    message = _("The run of %(month)s has no payment file yet. Make it first.")
    conflict = True


class NoSuchType(DomainError):
    code = "payroll.no_such_type"
    message = _("There is no wage type %(value)s, or it is switched off. Choose another one.")
    field = "type"


class NotTypedIn(DomainError):
    code = "payroll.not_typed"
    message = _("Wage type %(value)s comes from contract and insurances. Change it there.")
    field = "type"


class NothingTyped(DomainError):
    code = "payroll.nothing_typed"
    message = _("Wage type %(value)s has neither amount nor quantity. Type one of them.")
    field = "amount"


class NoSuchPerson(DomainError):
    code = "payroll.no_such_person"
    message = _("There is no employee %(value)s. Check the personnel number.")
    field = "employee"
    missing = True


class BeforeEntry(DomainError):
    code = "payroll.before_entry"
    message = _(
        "%(name)s enters on %(entry)s; in %(value)s there is no wage yet. Choose a later month, or correct "
        "the entry."
    )
    field = "month"


class NoSuchCostCentre(DomainError):
    code = "payroll.no_such_cost_centre"
    message = _("There is no cost centre %(value)s. Choose another one, or add it first.")
    field = "cost_centre"
