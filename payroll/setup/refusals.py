"""What is refused about institutions, their solutions and rates."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from erp.core.errors import DomainError


class NameMissing(DomainError):
    code = "payrollsetup.name_missing"
    message = _("The institution has no name. Write it as it stands on its letters.")
    field = "name"


class NameTaken(DomainError):
    code = "payrollsetup.name_taken"
    message = _(
        "There is “%(name)s” of this kind already. Choose another name, or change that one."
    )
    field = "name"


class KindFixed(DomainError):
    code = "payrollsetup.kind_fixed"
    message = _("“%(name)s” has solutions, so its kind stays. Add another institution.")
    field = "kind"


class UnknownCanton(DomainError):
    code = "payrollsetup.unknown_canton"
    message = _("“%(value)s” is no canton. Write its two letters, such as ZH.")
    field = "canton"


class CantonMissing(DomainError):
    code = "payrollsetup.canton_missing"
    message = _("“%(name)s” counts for a canton. Say for which one, such as ZH.")
    field = "canton"


class OnlyOne(DomainError):
    code = "payrollsetup.only_one"
    message = _("“%(name)s” is there already, and there is only one of this kind %(where)s at a time. End "
                "that one first.")  # fmt: skip
    field = "kind"


class BadMemberNumber(DomainError):
    code = "payrollsetup.bad_member_number"
    message = _("“%(value)s” is no number of a compensation fund. It has three digits, and of a branch "
                "three more, such as 031 or 106.002.")  # fmt: skip
    field = "sub_number"


class WrongLiability(DomainError):
    code = "payrollsetup.wrong_liability"
    message = _("Account %(value)s cannot hold what is owed to an institution. Choose an account of the "
                "balance sheet that no sub-ledger owns, such as 2271.")  # fmt: skip
    field = "liability"


class WrongExpense(DomainError):
    code = "payrollsetup.wrong_expense"
    message = _("Account %(value)s cannot hold contributions of the employer. Choose an expense account, "
                "such as 5700.")  # fmt: skip
    field = "expense"


class WrongCommission(DomainError):
    code = "payrollsetup.wrong_commission"
    message = _("Account %(value)s cannot hold the commission of a tax office. Choose one of income or "
                "expense, such as 5790.")  # fmt: skip
    field = "expense"


class InstitutionChanged(DomainError):
    code = "payrollsetup.institution_changed"
    message = _("“%(name)s” was changed by somebody else meanwhile. Look at it again, and repeat what is "
                "still missing.")  # fmt: skip
    conflict = True


class InstitutionUsed(DomainError):
    code = "payrollsetup.institution_used"
    message = _("“%(name)s” is used (%(where)s), so it stays. Say until when it is active instead.")
    field = "name"
    conflict = True


class BadCode(DomainError):
    code = "payrollsetup.bad_code"
    message = _("“%(value)s” is no code of a solution of this kind. It looks like %(pattern)s.")
    field = "code"


class CodeTaken(DomainError):
    code = "payrollsetup.code_taken"
    message = _("There is a solution %(value)s already. Choose another code, or change that one.")
    field = "code"


class NoSolutions(DomainError):
    code = "payrollsetup.no_solutions"
    message = _("A tax office has no solutions: withholding tax comes from the tariffs.")
    field = "code"


class RateNotHere(DomainError):
    code = "payrollsetup.rate_not_here"
    message = _("Rate %(nth)s: “%(value)s” is not charged by an institution of this kind. Choose one of: "
                "%(choices)s.")  # fmt: skip
    field = "rates"


class BadPercent(DomainError):
    code = "payrollsetup.bad_percent"
    message = _("Rate %(nth)s: %(value)s %% is not possible. It is from 0 to 100 with four decimals at "
                "most.")  # fmt: skip
    field = "rates"


class BadAges(DomainError):
    code = "payrollsetup.bad_ages"
    message = _("Rate %(nth)s: the ages %(value)s are not possible. They go from 0 to 120, the first not "
                "after the last.")  # fmt: skip
    field = "rates"


class BadRange(DomainError):
    code = "payrollsetup.bad_range"
    message = _("Rate %(nth)s: wages from %(value)s to %(until)s are no range. The first is not negative, "
                "the second is larger, or empty.")  # fmt: skip
    field = "rates"


class RatesOverlap(DomainError):
    code = "payrollsetup.rates_overlap"
    message = _("Rates %(nth)s and %(other)s both hold for the same people and wages from %(date)s on. "
                "Separate their ranges, ages or sexes, or remove one.")  # fmt: skip
    field = "rates"


class EmployersAlone(DomainError):
    code = "payrollsetup.employers_alone"
    message = _("Rate %(nth)s: the law has the employer alone pay this (%(source)s). Set the employee's "
                "percentage to 0.")  # fmt: skip
    field = "rates"


class NothingToCopy(DomainError):
    code = "payrollsetup.nothing_to_copy"
    message = _("All rates hold from %(date)s on already. Change them at their institutions.")
    field = "valid_from"
    conflict = True
