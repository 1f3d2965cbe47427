"""What expenses refuse."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from erp.core.errors import DomainError


class KindCodeMissing(DomainError):
    code = "expenses.kind_code_missing"
    message = _("A kind of expense has a code of at most 10 characters. Enter one.")
    field = "code"


class KindNameMissing(DomainError):
    code = "expenses.kind_name_missing"
    message = _("A kind of expense has a name in at least one language. Enter one.")
    field = "name_de"


class KindCodeTaken(DomainError):
    code = "expenses.kind_code_taken"
    message = _("There is a kind of expense %(value)s already. Choose another code.")
    field = "code"


class KindInUse(DomainError):
    code = "expenses.kind_in_use"
    message = _("“%(name)s” stands on expense claims. Switch it off instead.")
    field = "kind"
    conflict = True


class NoExpenseType(DomainError):
    code = "expenses.no_expense_type"
    message = _("The wage type %(value)s pays no expenses. Choose one of the kind “expenses”.")
    field = "wage_type"


class NoInputTax(DomainError):
    code = "expenses.no_input_tax"
    message = _("The VAT code %(value)s deducts no input tax. Choose another, or none.")
    field = "vat_code"


class NoTaxOnFlatRates(DomainError):
    code = "expenses.no_tax_on_flat_rates"
    message = _("A flat rate contains no input tax that is deducted, as there is no invoice for it. Leave the "
                "VAT code %(value)s away, or the unit.")  # fmt: skip
    field = "vat_code"


class RateTaken(DomainError):
    code = "expenses.rate_taken"
    message = _("There is a rate from %(day)s on already. Delete that one, or choose another day.")
    field = "valid_from"


class RateNotNeeded(DomainError):
    code = "expenses.rate_not_needed"
    message = _("“%(name)s” is no flat rate. Give it a unit first, such as km.")
    field = "rate"


class BadAmount(DomainError):
    code = "expenses.bad_amount"
    message = _("“%(value)s” is no amount that was spent. Enter more than 0.")
    field = "paid"


class BadQuantity(DomainError):
    code = "expenses.bad_quantity"
    message = _("“%(value)s” is no quantity. Enter more than 0, in %(unit)s.")
    field = "quantity"


class RateMissing(DomainError):
    code = "expenses.rate_missing"
    message = _(
        "There is no rate of “%(name)s” on %(day)s. Have one entered under Kinds of expenses."
    )
    field = "kind"


class UnknownKind(DomainError):
    code = "expenses.unknown_kind"
    message = _("There is no kind of expense “%(value)s”. Choose one of the list.")
    field = "kind"


class UnknownLine(DomainError):
    code = "expenses.unknown_line"
    message = _("There is no such record.")
    field = "line"
    missing = True


class UnknownUnit(DomainError):
    code = "expenses.unknown_unit"
    message = _("There is no “%(value)s”. Choose one of the list.")
    field = "cost_centre"


class NoExchangeRate(DomainError):
    code = "expenses.no_exchange_rate"
    message = _("There is no exchange rate of %(currency)s on %(day)s. Enter the one of your card’s "
                "statement.")  # fmt: skip
    field = "exchange_rate"


class TitleMissing(DomainError):
    code = "expenses.title_missing"
    message = _("Say what the expenses were for, such as “Customer in Bern”.")
    field = "title"


class TooManyLines(DomainError):
    code = "expenses.too_many_lines"
    message = _(
        "%(count)s lines are too many for one claim; %(most)s are the most. Make another one."
    )
    field = "lines"


class ChangedMeanwhile(DomainError):
    code = "expenses.changed_meanwhile"
    message = _("Somebody has changed this claim in the meantime. Look at it again, and repeat what is "
                "still missing.")  # fmt: skip
    field = "version"
    conflict = True


class NotChangeable(DomainError):
    code = "expenses.not_changeable"
    message = _(
        "The claim %(claim)s is handed in and stays as it is. Withdraw it, or have it sent back."
    )
    field = "claim"
    conflict = True


class NotYours(DomainError):
    code = "expenses.not_yours"
    message = _("The claim %(claim)s is somebody else’s. Only they change it and hand it in.")
    field = "claim"
    conflict = True


class NothingClaimed(DomainError):
    code = "expenses.nothing_claimed"
    message = _("The claim %(claim)s has no lines. Enter what was spent, then hand it in.")
    field = "lines"


class ReceiptMissing(DomainError):
    code = "expenses.receipt_missing"
    message = _("“%(text)s” of %(day)s needs a receipt. Photograph it, or choose a file.")
    field = "file"


class NotSubmitted(DomainError):
    code = "expenses.not_submitted"
    message = _("The claim %(claim)s does not wait for a decision. It is: %(state)s.")
    field = "claim"
    conflict = True


class OwnClaim(DomainError):
    code = "expenses.own_claim"
    message = _("The claim %(claim)s is your own. Let another person decide.")
    field = "claim"
    conflict = True


class ReasonMissing(DomainError):
    code = "expenses.reason_missing"
    message = _("Say why the claim is sent back, so that it can be mended.")
    field = "reason"


class NotApproved(DomainError):
    code = "expenses.not_approved"
    message = _("The claim %(claim)s is not approved, or booked already. It is: %(state)s.")
    field = "claim"
    conflict = True


class NotBooked(DomainError):
    code = "expenses.not_booked"
    message = _("The claim %(claim)s is not booked.")
    field = "claim"
    conflict = True


class CreditorsOff(DomainError):
    code = "expenses.creditors_off"
    message = _(
        "The company keeps no creditors. Switch the module on, or pay the claim with the wage."
    )
    field = "way"


class PayeeMissing(DomainError):
    code = "expenses.payee_missing"
    message = _("Say which contact %(person)s is, to whom the claim is paid.")
    field = "contact"


class NobodyPaid(DomainError):
    code = "expenses.nobody_paid"
    message = _("No employee signs in as %(person)s. Link the two under Delivery of wage papers, or pay the "
                "claim through creditors.")  # fmt: skip
    field = "way"


class VatNeedsBill(DomainError):
    code = "expenses.vat_needs_bill"
    message = _("“%(text)s” of %(day)s contains VAT that is deducted, which a payroll run cannot. Pay the "
                "claim through creditors.")  # fmt: skip
    field = "way"


class NoWageType(DomainError):
    code = "expenses.no_wage_type"
    message = _("“%(name)s” has no wage type. Enter one under Kinds of expenses, or pay the claim through "
                "creditors.")  # fmt: skip
    field = "way"


class MonthPosted(DomainError):
    code = "expenses.month_posted"
    message = _("The payroll run %(month)s is posted. Choose a later month, or undo the run first.")
    field = "month"
    conflict = True


class BillStands(DomainError):
    code = "expenses.bill_stands"
    message = _("The claim is booked by the bill %(bill)s. Reverse that under Suppliers’ invoices; "
                "the claim is free then.")  # fmt: skip
    field = "claim"
    conflict = True


class NotAsClaimed(DomainError):
    code = "expenses.not_as_claimed"
    message = _("The bill pays the expense claim %(claim)s: %(currency)s %(total)s to %(payee)s. Let it say the "
                "same again, then hand it in.")  # fmt: skip
    field = "payable"
    conflict = True


class MovementOfClaim(DomainError):
    code = "expenses.movement_of_claim"
    message = _("A movement of %(month)s pays the expense claim %(claim)s, and stays as it is. Take the "
                "booking back under Expenses.")  # fmt: skip
    field = "month"
    conflict = True
