"""What projects and hours refuse."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from erp.core.errors import DomainError


class NumberMissing(DomainError):
    code = "hours.number_missing"
    message = _("A project has a number of at most 10 characters. Enter one.")
    field = "number"


class NameMissing(DomainError):
    code = "hours.name_missing"
    message = _("A project has a name. Enter one.")
    field = "name"


class NumberTaken(DomainError):
    code = "hours.number_taken"
    message = _("The number %(value)s is taken by the project %(name)s. Choose another.")
    field = "number"


class ProjectInUse(DomainError):
    code = "hours.project_in_use"
    message = _("Hours were entered for the project %(name)s. Close it instead.")
    field = "project"
    conflict = True


class CurrencyStays(DomainError):
    code = "hours.currency_stays"
    message = _("The project %(name)s has hours or rates in %(currency)s already. Make another project for "
                "another currency.")  # fmt: skip
    field = "currency"
    conflict = True


class UnknownProject(DomainError):
    code = "hours.unknown_project"
    message = _("There is no project “%(value)s”. Choose one of the list.")
    field = "project"


class ProjectClosed(DomainError):
    code = "hours.project_closed"
    message = _("The project %(name)s is closed. Open it again under Projects, or choose another.")
    field = "project"


class BadMinutes(DomainError):
    code = "hours.bad_minutes"
    message = _("“%(value)s” is no time of a day. Enter hours such as 2:30 or 2.5, at most 24.")
    field = "minutes"


class DayTooFull(DomainError):
    code = "hours.day_too_full"
    message = _("On %(day)s there would be %(hours)s hours in all, and a day has 24. Correct the hours of "
                "that day.")  # fmt: skip
    field = "minutes"


class BadRate(DomainError):
    code = "hours.bad_rate"
    message = _("%(value)s is no rate of an hour. Enter more than 0 and at most %(most)s.")
    field = "rate"


class NotOpen(DomainError):
    code = "hours.not_open"
    message = _("The hours of %(entry)s are approved or billed and stay as they are. Have the approval "
                "taken back first.")  # fmt: skip
    field = "entry"
    conflict = True


class ChangedMeanwhile(DomainError):
    code = "hours.changed_meanwhile"
    message = _("Somebody has changed these hours in the meantime. Look at them again, and repeat what "
                "is still missing.")  # fmt: skip
    field = "version"
    conflict = True


class OwnHours(DomainError):
    code = "hours.own_hours"
    message = _("The hours of %(entry)s are your own, or you changed them last. Let another person approve "
                "them.")  # fmt: skip
    field = "entries"
    conflict = True


class NotApproved(DomainError):
    code = "hours.not_approved"
    message = _("The hours of %(entry)s are not approved, or are billed. Only the approval of hours not "
                "billed is taken back.")  # fmt: skip
    field = "entries"
    conflict = True


class RateMissing(DomainError):
    code = "hours.rate_missing"
    message = _("There is no rate for %(person)s on %(day)s in the project %(project)s. Enter one under "
                "Hourly rates.")  # fmt: skip
    field = "project"


class NobodyToBill(DomainError):
    code = "hours.nobody_to_bill"
    message = _("The project %(name)s has no customer. Enter one before you bill its hours.")
    field = "project"


class NothingToBill(DomainError):
    code = "hours.nothing_to_bill"
    message = _("No approved, billable hours of the project %(name)s until %(until)s wait for an invoice. "
                "Approve them first, or choose a later day.")  # fmt: skip
    field = "until"
    conflict = True


class TooManyToBill(DomainError):
    code = "hours.too_many_to_bill"
    message = _("The invoice would have %(count)s lines; %(most)s are the most. Group the hours, or choose "
                "an earlier day.")  # fmt: skip
    field = "grouping"


class RateTaken(DomainError):
    code = "hours.rate_taken"
    message = _("For the same project and person there is a rate from %(day)s on already. Delete that one, "
                "or choose another day.")  # fmt: skip
    field = "valid_from"
