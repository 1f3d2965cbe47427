"""What declarations refuse (Ablehnungen): each with its value and a remedy."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from erp.core.errors import DomainError


class NothingPosted(DomainError):
    code = "declarations.nothing_posted"
    message = _("Nothing is posted in %(year)s. Post a payroll run of that year first.")
    field = "year"
    conflict = True


class NumberMissing(DomainError):
    code = "declarations.number_missing"
    message = _("%(name)s has no AHV number. Enter it under “Employees”, then go on.")
    field = "ahv_number"
    conflict = True


class AddressMissing(DomainError):
    code = "declarations.address_missing"
    message = _(
        "%(name)s has no complete address (postcode and town). Enter it in the contact, then go on."
    )
    field = "address"
    conflict = True


class GrantIncomplete(DomainError):
    code = "declarations.grant_incomplete"
    message = _(
        "“%(value)s” is half told. Give both the canton and the day of the ruling, or neither."
    )


class UnknownCanton(DomainError):
    code = "declarations.unknown_canton"
    message = _("“%(value)s” is no canton. Write it with two letters, such as ZH.")
    field = "canton"


class PercentOutOfRange(DomainError):
    code = "declarations.percent_out_of_range"
    message = _("%(value)s is no possible part. Give a percentage from 0 to 100.")


class NegativeAmount(DomainError):
    code = "declarations.negative_amount"
    message = _("%(value)s is negative. Give an amount from 0 on.")


class NotesChanged(DomainError):
    code = "declarations.notes_changed"
    message = _(
        "Somebody changed this meanwhile. Look at it again, and repeat what is still missing."
    )
    conflict = True


class InstitutionIncomplete(DomainError):
    code = "declarations.institution_incomplete"
    message = _("“%(name)s” lacks for the declaration: %(what)s. Complete the institution.")
    field = "institution"
    conflict = True


class CodeNotDeclarable(DomainError):
    code = "declarations.code_not_declarable"
    message = _("Code “%(value)s” of “%(name)s” cannot be declared. %(form)s")
    field = "code"
    conflict = True


class PersonIncomplete(DomainError):
    code = "declarations.person_incomplete"
    message = _("%(name)s lacks for the declaration: %(what)s. Complete the person's data.")
    field = "employee"
    conflict = True


class CompanyIncomplete(DomainError):
    code = "declarations.company_incomplete"
    message = _("The company lacks for the declaration: %(what)s. Complete it in its settings.")
    field = "company"
    conflict = True


class PaperChanged(DomainError):
    code = "declarations.paper_changed"
    message = _(
        "Certificate %(doc)s of %(year)s is not what was issued. Issue it again as a replacement, and ask "
        "who has access to the database."
    )
    conflict = True
