"""What fixed assets refuse."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from erp.core.errors import DomainError


class CategoryCodeMissing(DomainError):
    code = "assets.category_code_missing"
    message = _("A category has a code of at most 10 characters and a name. Enter both.")
    field = "code"


class CategoryCodeTaken(DomainError):
    code = "assets.category_code_taken"
    message = _("There is a category %(value)s already. Choose another code.")
    field = "code"


class WrongAccount(DomainError):
    code = "assets.wrong_account"
    message = _("Account %(account)s is not possible here: %(wanted)s. Choose another.")
    field = "account"


class CategoryInUse(DomainError):
    code = "assets.category_in_use"
    message = _("Category %(category)s has assets: its account %(account)s stays. Add another category and "
                "transfer the assets.")  # fmt: skip
    field = "account"
    conflict = True


class NoDefaults(DomainError):
    code = "assets.no_defaults"
    message = _(
        "The chart has no accounts for further categories of the KMU chart. Add a category yourself."
    )
    field = "category"
    conflict = True


class RuleTaken(DomainError):
    code = "assets.rule_taken"
    message = _(
        "The category has a rule from %(date)s already. Choose another day, or delete that one."
    )
    field = "valid_from"


class RuleIncomplete(DomainError):
    code = "assets.rule_incomplete"
    message = _("%(method)s needs a rate of more than 0 and at most 100 percent, or straight-line a useful life "
                "in months. Enter one.")  # fmt: skip
    field = "rate"


class UnknownCeiling(DomainError):
    code = "assets.unknown_ceiling"
    message = _("There is no tax class “%(value)s”. Choose one of the list, or none.")
    field = "ceiling"


class LastRule(DomainError):
    code = "assets.last_rule"
    message = _("It is the only rule of category %(category)s. Add another one first.")
    field = "rule"
    conflict = True


class NoRule(DomainError):
    code = "assets.no_rule"
    message = _("Category %(category)s has no rule of depreciation. Add one under Categories.")
    field = "category"
    conflict = True


class NumberTaken(DomainError):
    code = "assets.number_taken"
    message = _("The number %(value)s is taken by the asset %(name)s. Choose another.")
    field = "number"


class NameMissing(DomainError):
    code = "assets.name_missing"
    message = _("An asset has a number and a name. Enter both.")
    field = "name"


class ServiceBeforePurchase(DomainError):
    code = "assets.service_before_purchase"
    message = _(
        "In service from %(value)s is before the purchase on %(acquired)s. Correct one of the days."
    )
    field = "in_service_on"


class DayStays(DomainError):
    code = "assets.day_stays"
    message = _("Asset %(asset)s was depreciated until %(until)s: the day it is in service from stays. Reverse "
                "these runs first.")  # fmt: skip
    field = "in_service_on"
    conflict = True


class BadAmount(DomainError):
    code = "assets.bad_amount"
    message = _("%(value)s is no possible amount here. %(remedy)s")
    field = "amount"


class AssetInUse(DomainError):
    code = "assets.in_use"
    message = _(
        "Asset %(asset)s has movements that the register posted, so it stays. Dispose of it instead."
    )
    field = "asset"
    conflict = True


class TooManyVouchers(DomainError):
    code = "assets.too_many_vouchers"
    message = _("Asset %(asset)s has %(limit)s files, which is the most. Take one off first.")
    field = "file"
    conflict = True


class NotAnAssetLine(DomainError):
    code = "assets.not_an_asset_line"
    message = _("Line %(line)s of entry %(number)s is on account %(account)s, which no category of assets has. "
                "Choose a line on an asset account.")  # fmt: skip
    field = "position"


class LineTaken(DomainError):
    code = "assets.line_taken"
    message = _("Of line %(line)s of entry %(number)s %(rest)s is not in the register yet, not %(amount)s. Enter at "
                "most that.")  # fmt: skip
    field = "amount"
    conflict = True


class CategoryDiffers(DomainError):
    code = "assets.category_differs"
    message = _("The line is on account %(account)s, the category %(category)s has another. Choose a category of "
                "that account.")  # fmt: skip
    field = "category"


class BeforePurchase(DomainError):
    code = "assets.before_purchase"
    message = _(
        "%(date)s is before asset %(asset)s was bought on %(acquired)s. Choose a later day."
    )
    field = "date"


class BeforeService(DomainError):
    code = "assets.before_service"
    message = _("%(date)s is before asset %(asset)s was put in service on %(in_service)s. Choose a later day, or "
                "correct the day it is in service from.")  # fmt: skip
    field = "date"


class ServiceAfterDisposal(DomainError):
    code = "assets.service_after_disposal"
    message = _("Asset %(asset)s was disposed of on %(disposed)s: it was not put in service on %(value)s. Enter that "
                "day or an earlier one.")  # fmt: skip
    field = "in_service_on"


class PaidOrBilled(DomainError):
    code = "assets.paid_or_billed"
    message = _(
        "Either an account takes the money, or a customer gets an invoice. Enter one of them."
    )
    field = "account"


class NotPaidInto(DomainError):
    code = "assets.not_paid_into"
    message = _("Account %(account)s takes no proceeds. Choose bank, cash or another account of the balance sheet in "
                "%(currency)s; for debtors, name the customer.")  # fmt: skip
    field = "account"


class MovedLater(DomainError):
    code = "assets.moved_later"
    message = _("Asset %(asset)s has a %(kind)s of %(later)s, after %(date)s. Choose that day or a later one, or undo "
                "it first.")  # fmt: skip
    field = "date"
    conflict = True


class Disposed(DomainError):
    code = "assets.disposed"
    message = _("Asset %(asset)s was disposed of on %(date)s. Undo the disposal first.")
    field = "asset"
    conflict = True


class NothingLeft(DomainError):
    code = "assets.nothing_left"
    message = _("%(amount)s is more than asset %(asset)s has: %(left)s. Enter at most that.")
    field = "amount"


class SameCategory(DomainError):
    code = "assets.same_category"
    message = _("Asset %(asset)s is in category %(category)s already. Choose another.")
    field = "category"


class NotProceeds(DomainError):
    code = "assets.not_proceeds"
    message = _("Line %(line)s of entry %(number)s is no proceeds of a sale: it must be a posted credit on an income "
                "or the asset’s account that no other disposal has. Choose another.")  # fmt: skip
    field = "position"


class NothingToUndo(DomainError):
    code = "assets.nothing_to_undo"
    message = _(
        "There is nothing of asset %(asset)s to undo here. Runs are reversed as a whole, under Depreciation."
    )
    field = "asset"
    conflict = True


class NotTheLatest(DomainError):
    code = "assets.not_the_latest"
    message = _("The latest movement of asset %(asset)s is another one by now: %(kind)s of %(date)s. Look at the "
                "asset again, then undo.")  # fmt: skip
    field = "movement"
    conflict = True


class DisposedBefore(DomainError):
    code = "assets.disposed_before"
    message = _("Asset %(asset)s was disposed of on %(disposed)s: it was not acquired on %(value)s. Enter an earlier "
                "day.")  # fmt: skip
    field = "acquired_on"


class NotMonthEnd(DomainError):
    code = "assets.not_month_end"
    message = _("%(value)s is no last day of a month or fiscal year. Runs end with one; choose %(nearest)s, for "
                "instance.")  # fmt: skip
    field = "until"


class DepreciatedAlready(DomainError):
    code = "assets.depreciated_already"
    message = _("Until %(until)s was depreciated already by a run until %(done)s. Choose a later day, or reverse that "
                "run first.")  # fmt: skip
    field = "until"
    conflict = True


class YearBefore(DomainError):
    code = "assets.year_before"
    message = _("Asset %(asset)s still has %(amount)s to depreciate until %(until)s, the end of an earlier fiscal "
                "year. Post the depreciation until then first; if a run covers that day already, reverse it and "
                "post it anew.")  # fmt: skip
    field = "until"
    conflict = True


class NothingToDepreciate(DomainError):
    code = "assets.nothing_to_depreciate"
    message = _(
        "Until %(until)s there is nothing to depreciate. Add assets, or choose a later day."
    )
    field = "until"
    conflict = True


class ProposalChanged(DomainError):
    code = "assets.proposal_changed"
    message = _("The proposal was %(expected)s and is %(now)s by now. Look at it again, then post.")
    field = "total"
    conflict = True


class CostUnitNeeded(DomainError):
    code = "assets.cost_unit_needed"
    message = _("Asset %(asset)s has no %(what)s, which account %(account)s needs. Give it one.")
    field = "asset"


class NotTheLastRun(DomainError):
    code = "assets.not_the_last_run"
    message = _("There is a later run until %(until)s. Reverse that one first.")
    field = "run"
    conflict = True


class RunReversed(DomainError):
    code = "assets.run_reversed"
    message = _("The run until %(until)s is reversed already.")
    field = "run"
    conflict = True


class MovedSince(DomainError):
    code = "assets.moved_since"
    message = _("Asset %(asset)s has a %(kind)s of %(date)s since that run. Undo it first.")
    field = "run"
    conflict = True


class UndoneInRegister(DomainError):
    code = "assets.undone_in_register"
    message = _("Entry %(number)s was posted by the register of assets. Undo it there, and the register stays equal "
                "to the books.")  # fmt: skip
    field = "entry"
    conflict = True


class InRegister(DomainError):
    code = "assets.in_register"
    message = _(
        "Entry %(number)s is in the register of assets with asset %(asset)s. Take it out there first."
    )
    field = "entry"
    conflict = True
