"""What is refused about suppliers' invoices, and how it is mended."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from erp.core.errors import DomainError


class UnknownSupplier(DomainError):
    code = "payables.unknown_supplier"
    message = _("There is no contact %(value)s. Choose the supplier from the list.")
    field = "contact"
    missing = True


class SupplierArchived(DomainError):
    code = "payables.supplier_archived"
    message = _("%(name)s is archived. Restore the contact first, or choose another.")
    field = "contact"


class NumberMissing(DomainError):
    code = "payables.number_missing"
    message = _(
        "The invoice has no number. Write the one that stands on it; without one, write its date."
    )
    field = "number"


class NothingToPost(DomainError):
    code = "payables.nothing_to_post"
    message = _("The invoice has no lines. Write at least one account with its amount.")
    field = "lines"


class AccountMissing(DomainError):
    code = "payables.account_missing"
    message = _("Line %(line)s has no account. Choose where its cost is booked.")
    field = "account"


class ControlledAccount(DomainError):
    code = "payables.controlled_account"
    message = _(
        "Account %(account)s is kept by open items and takes no cost. Choose another account."
    )
    field = "account"


class NotForPurchases(DomainError):
    code = "payables.not_for_purchases"
    message = _("VAT code %(value)s is not for purchases, or is switched off. Choose a code of input tax, "
                "import or acquisition tax.")  # fmt: skip
    field = "vat_code"


class TotalNotPositive(DomainError):
    code = "payables.total_not_positive"
    message = _("The invoice comes to %(value)s. An invoice is above zero; what a supplier owes us is a credit note, "
                "with its amounts positive.")  # fmt: skip
    field = "payable"


class TotalDiffers(DomainError):
    code = "payables.total_differs"
    message = _("The lines come to %(lines)s, the invoice to %(value)s: %(difference)s are missing. Correct an "
                "amount, or add a line.")  # fmt: skip
    field = "payable"


class VatDiffers(DomainError):
    code = "payables.vat_differs"
    message = _("VAT of %(value)s does not fit: %(rate)s %% are %(expected)s. Check amount and VAT code, or leave "
                "the field empty.")  # fmt: skip
    field = "vat_amount"


class TooLarge(DomainError):
    code = "payables.too_large"
    message = _("%(value)s is too large; at most %(most)s is possible. Check the amount.")
    field = "amount"


class NoRate(DomainError):
    code = "payables.no_rate"
    message = _(
        "%(value)s is no exchange rate. Write what one unit of the currency costs, such as 0.94."
    )
    field = "exchange_rate"


class BadInstalments(DomainError):
    code = "payables.bad_instalments"
    message = _("The instalments come to %(value)s %%, or their days do not rise. Together they are 100 %%, each due "
                "later than the one before.")  # fmt: skip
    field = "instalments"


class BadDiscount(DomainError):
    code = "payables.bad_discount"
    message = _("A discount needs a percentage between 0 and 100 and a number of days below the days to pay, and "
                "goes with no instalments. Complete both, or empty both.")  # fmt: skip
    field = "terms_discount"


class DueBeforeDate(DomainError):
    code = "payables.due_before_date"
    message = _("It would be due on %(due)s, before its date of %(date)s. Correct one of them.")
    field = "due_date"


class DepositIsNoInvoice(DomainError):
    code = "payables.deposit_is_no_invoice"
    message = _("Only an invoice can ask for a deposit. Take the mark away, or make it an invoice.")
    field = "is_deposit"


class UnknownOrigin(DomainError):
    code = "payables.unknown_origin"
    message = _(
        "%(value)s is no posted invoice of this supplier in this currency. Choose one of the list."
    )
    field = "follows"
    missing = True


class DeductedTooMuch(DomainError):
    code = "payables.deducted_too_much"
    message = _(
        "%(value)s are taken off for %(document)s, of which %(left)s are left. Take off less."
    )
    field = "lines"
    conflict = True


class SpreadWithoutPeriod(DomainError):
    code = "payables.spread_without_period"
    message = _(
        "Line %(line)s is spread, but says not from when until when it is for. Fill in both days."
    )
    field = "supply_until"


class SpreadOfDeposit(DomainError):
    code = "payables.spread_of_deposit"
    message = _("Line %(line)s of a deposit is not spread. The last invoice spreads the cost.")
    field = "spread"


class PeriodBackwards(DomainError):
    code = "payables.period_backwards"
    message = _(
        "The period ends on %(until)s, before it begins on %(start)s. Correct one of the days."
    )
    field = "supply_until"


class PeriodTooLong(DomainError):
    code = "payables.period_too_long"
    message = _(
        "A cost is spread over %(most)s years at most. Check the days, or spread it by hand."
    )
    field = "supply_until"


class ChangedMeanwhile(DomainError):
    code = "payables.changed_meanwhile"
    message = _(
        "Somebody changed the invoice meanwhile. Look at it as it is now, and repeat what is missing."
    )
    conflict = True


class NotADraft(DomainError):
    code = "payables.not_a_draft"
    message = _(
        "%(document)s is handed in and no draft any more. Take it back first, or reverse it if it is posted."
    )
    conflict = True


class NotSubmitted(DomainError):
    code = "payables.not_submitted"
    message = _("%(document)s does not wait for approval (any more).")
    conflict = True


class NotPosted(DomainError):
    code = "payables.not_posted"
    message = _("%(document)s is not posted, so there is nothing to reverse or credit.")
    conflict = True


class DuplicateSuspected(DomainError):
    code = "payables.duplicate_suspected"
    message = _(
        "This may be %(document)s once more: %(why)s. Compare them; if it is another one, confirm that."
    )
    field = "number"
    conflict = True


class NotYours(DomainError):
    code = "payables.not_yours"
    message = _("Your approval of %(document)s is not wanted (any more).")
    conflict = True


class OwnInvoice(DomainError):
    code = "payables.own_invoice"
    message = _(
        "You handed %(document)s in yourself. Somebody else has to approve it: the deputy, for example."
    )
    conflict = True


class ReasonMissing(DomainError):
    code = "payables.reason_missing"
    message = _("Say why, so that others know what to mend.")
    field = "reason"


class DepositUsed(DomainError):
    code = "payables.deposit_used"
    message = _("%(document)s is taken off by %(by)s. Reverse that one first.")
    conflict = True


class Credited(DomainError):
    code = "payables.credited"
    message = _("%(document)s has the credit note %(by)s. Reverse that one first.")
    conflict = True


class NotAnApprover(DomainError):
    code = "payables.not_an_approver"
    message = _(
        "%(name)s may not approve invoices here. Give the role first, or choose somebody else."
    )
    field = "approver"


class UnknownMember(DomainError):
    code = "payables.unknown_member"
    message = _("%(value)s is no member of this company. Choose one of the list.")
    field = "approver"
    missing = True


class BadRhythm(DomainError):
    code = "payables.bad_rhythm"
    message = _("Every %(value)s is no rhythm. From 1 to %(most)s weeks or months are possible.")
    field = "every"


class EndsFirst(DomainError):
    code = "payables.recurring_ends_first"
    message = _("The last day, %(until)s, lies before the next invoice of %(next)s. Correct one.")
    field = "until"


class NotDue(DomainError):
    code = "payables.recurring_not_due"
    message = _(
        "“%(name)s” is not due on %(date)s: it is drafted already, paused, or an earlier one comes first."
    )
    field = "next_on"
    conflict = True
