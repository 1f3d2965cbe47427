"""What is refused about wage types."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from erp.core.errors import DomainError


class BadNumber(DomainError):
    code = "wagetypes.bad_number"
    message = _("%(value)s is no number of a wage type. Choose one from 1 to 9999.")
    field = "number"


class NumberTaken(DomainError):
    code = "wagetypes.number_taken"
    message = _(
        "There is a wage type %(number)s already. Choose another number, or change that one."
    )
    field = "number"


class NumberFixed(DomainError):
    code = "wagetypes.number_fixed"
    message = _("Wage type %(number)s keeps its number, as wage slips name it. Copy it, and switch this "
                "one off.")  # fmt: skip
    field = "number"


class NameMissing(DomainError):
    code = "wagetypes.name_missing"
    message = _("Wage type %(number)s has no name. Give it one in at least one language.")
    field = "name_de"


class KindFixed(DomainError):
    code = "wagetypes.kind_fixed"
    message = _("Wage type %(number)s came along with the program: what kind it is and what the program "
                "uses it for stay. Copy it instead.")  # fmt: skip
    field = "kind"


class UnknownChoice(DomainError):
    code = "wagetypes.unknown_choice"
    message = _("“%(value)s” is not among the choices. Take one of: %(choices)s.")


class PercentMissing(DomainError):
    code = "wagetypes.percent_missing"
    message = _("Wage type %(number)s is a percentage, but of how much is not said. Give a percentage from "
                "-1000 to 1000, other than 0, with four decimals at most.")  # fmt: skip
    field = "percent"


class OfNothing(DomainError):
    code = "wagetypes.of_nothing"
    message = _("Wage type %(number)s is a percentage of nothing. Name the wage types that it is of, such "
                "as 1000.")  # fmt: skip
    field = "of_types"


class UnknownTypes(DomainError):
    code = "wagetypes.unknown_types"
    message = _("There is no wage type %(value)s. Name those that there are, separated by commas.")
    field = "of_types"


class GoesRound(DomainError):
    code = "wagetypes.goes_round"
    message = _("Wage type %(number)s would be a percentage of itself, by way of %(way)s. Take one of them "
                "out.")  # fmt: skip
    field = "of_types"


class AccountMissing(DomainError):
    code = "wagetypes.account_missing"
    message = _("Wage type %(number)s has no account. Say where it is booked, such as 5000.")
    field = "account"


class WrongAccount(DomainError):
    code = "wagetypes.wrong_account"
    message = _("Wages are not booked to account %(value)s: it is a control or closing account, the wage "
                "clearing account, or blocked. Choose another.")  # fmt: skip
    field = "account"


class RoleTaken(DomainError):
    code = "wagetypes.role_taken"
    message = _("Wage type %(number)s is used for “%(role)s” already. There is one for each.")
    field = "role"


class RoleNeedsKind(DomainError):
    code = "wagetypes.role_needs_kind"
    message = _("“%(role)s” takes a wage type of the kind “%(kind)s”. Change the kind, or leave the use "
                "empty.")  # fmt: skip
    field = "role"


class StillNeeded(DomainError):
    code = "wagetypes.still_needed"
    message = _("Wage type %(number)s is used by the program itself (%(role)s), so it stays on.")
    field = "is_active"
    conflict = True


class StillUsed(DomainError):
    code = "wagetypes.still_used"
    message = _("Wage type %(number)s is used in: %(where)s. Take it out there first.")
    field = "is_active"
    conflict = True


class NotDeletable(DomainError):
    code = "wagetypes.not_deletable"
    message = _(
        "Wage type %(number)s came along with the program, so it stays. Switch it off instead."
    )
    field = "number"
    conflict = True


class NotShipped(DomainError):
    code = "wagetypes.not_shipped"
    message = _("Wage type %(number)s is the company's own; there is nothing to take it back to.")
    field = "number"
    conflict = True


class TypeChanged(DomainError):
    code = "wagetypes.changed"
    message = _("Wage type %(number)s was changed by somebody else meanwhile. Look at it again, and repeat "
                "what is still missing.")  # fmt: skip
    conflict = True
