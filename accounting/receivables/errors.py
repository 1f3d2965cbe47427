"""What the acts on documents refuse."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from erp.core.errors import DomainError


class UnknownCustomer(DomainError):
    code = "receivables.unknown_customer"
    message = _("There is no contact %(value)s. Choose one of the list, or add it first.")
    field = "contact"
    missing = True


class CustomerArchived(DomainError):
    code = "receivables.customer_archived"
    message = _("%(name)s is archived. Restore the contact first, or choose another.")
    field = "contact"


class UnknownProduct(DomainError):
    code = "receivables.unknown_product"
    message = _("There is no product %(value)s. Choose one of the list, or leave the field empty.")
    field = "product"


class PriceUnknown(DomainError):
    code = "receivables.price_unknown"
    message = _("The price of product %(product)s is not known in %(currency)s, as there is no exchange "
                "rate of the day. Enter the price, or a rate.")  # fmt: skip
    field = "price"


class UnknownBankAccount(DomainError):
    code = "receivables.unknown_bank_account"
    message = _("There is no bank account %(value)s of this company. Choose one of the list.")
    field = "bank_account"
    missing = True


class UnknownOrigin(DomainError):
    code = "receivables.unknown_origin"
    message = _("There is no document or line %(value)s that this could be made from.")
    field = "follows"
    missing = True


class DepositIsNoInvoice(DomainError):
    code = "receivables.deposit_is_no_invoice"
    message = _("A deposit is billed by an invoice. Choose that kind, or take the mark away.")
    field = "is_deposit"


class TooLarge(DomainError):
    code = "receivables.too_large"
    message = _(
        "%(value)s is too large: up to %(most)s is possible here. Check quantity and price."
    )
    field = "lines"


class CreditTooLarge(DomainError):
    code = "receivables.credit_too_large"
    message = _("%(document)s comes to %(payable)s, of which %(credited)s are credited already. Credit no "
                "more than the rest, or write a credit note that is not made from it.")  # fmt: skip
    field = "lines"
    conflict = True


class CreditedFirst(DomainError):
    code = "receivables.credited_first"
    message = _("%(document)s is of %(date)s. Choose that day for its credit note, or a later one.")
    field = "date"


class DeductedTooMuch(DomainError):
    code = "receivables.deducted_too_much"
    message = _("%(value)s are deducted for the deposit %(document)s, of which %(left)s are left. Correct "
                "the line, or take it out.")  # fmt: skip
    field = "lines"
    conflict = True


class NotForSales(DomainError):
    code = "receivables.not_for_sales"
    message = _("VAT code %(value)s is not for sales. Choose a code of turnover.")
    field = "vat_code"


class AccountMissing(DomainError):
    code = "receivables.account_missing"
    message = _("Line %(line)s has no account. Choose the income account it goes to.")
    field = "account"


class NothingToBill(DomainError):
    code = "receivables.nothing_to_bill"
    message = _("The document has no item. Add one with a text and a price.")
    field = "lines"


class TextMissing(DomainError):
    code = "receivables.text_missing"
    message = _("Line %(line)s has no text. Say what is billed.")
    field = "text"


class TotalNegative(DomainError):
    code = "receivables.total_negative"
    message = _("The total is %(value)s. A document that pays back is a credit note.")
    field = "lines"


class BadInstalments(DomainError):
    code = "receivables.bad_instalments"
    message = _("The instalments come to %(value)s %%. Together they are 100 %%, each later than the "
                "one before, and at most 12.")  # fmt: skip
    field = "instalments"


class DiscountDaysMissing(DomainError):
    code = "receivables.discount_days_missing"
    message = _("A discount for early payment has a percentage below 100 and the days within which "
                "it may be taken, not later than the due date. Enter both, or none.")  # fmt: skip
    field = "terms_discount_days"


class NotADraft(DomainError):
    code = "receivables.not_a_draft"
    message = _(
        "%(document)s is issued and stays as it is. Cancel it by a credit note, or copy it."
    )
    field = "document"
    conflict = True


class NotIssued(DomainError):
    code = "receivables.not_issued"
    message = _("This is still a draft. Issue it first.")
    field = "document"
    conflict = True


class ChangedMeanwhile(DomainError):
    code = "receivables.changed_meanwhile"
    message = _("Somebody has changed this document in the meantime. Look at it again, and repeat "
                "what is still missing.")  # fmt: skip
    field = "version"
    conflict = True


class SlipImpossible(DomainError):
    code = "receivables.slip_impossible"
    message = _("The QR-bill cannot be made: %(reason)s")
    field = "bank_account"


class NoBankAccount(DomainError):
    code = "receivables.no_bank_account"
    message = _("No bank account is kept in %(currency)s, so there is no QR-bill. Add one under "
                "Banking, or change the currency.")  # fmt: skip
    field = "bank_account"


class WrongKind(DomainError):
    code = "receivables.wrong_kind"
    message = _("%(document)s cannot become this. Offers become orders and invoices, orders become "
                "invoices, and invoices credit notes.")  # fmt: skip
    field = "document"


class MixedDocuments(DomainError):
    code = "receivables.mixed_documents"
    message = _("Documents billed together have one customer, currency and kind of prices. Bill "
                "%(document)s by itself.")  # fmt: skip
    field = "documents"


class CancelledAlready(DomainError):
    code = "receivables.cancelled_already"
    message = _("%(document)s is credited already, by %(by)s.")
    field = "document"
    conflict = True


class ReducedAlready(DomainError):
    code = "receivables.reduced_already"
    message = _("A discount or write-off has taken back a part of %(document)s and of its VAT. Undo "
                "that under Open items first, then cancel.")  # fmt: skip
    field = "document"
    conflict = True


class NotDecided(DomainError):
    code = "receivables.not_decided"
    message = _("Only offers and orders that went out are accepted, declined or closed.")
    field = "decision"
    conflict = True


class DepositUsed(DomainError):
    code = "receivables.deposit_used"
    message = _("The deposit %(document)s is deducted already, on %(by)s.")
    field = "deposit"
    conflict = True


class BadDeposit(DomainError):
    code = "receivables.bad_deposit"
    message = _("“%(value)s” is no part in percent. Enter more than 0 and 100 at most.")
    field = "percent"


class BadQuantity(DomainError):
    code = "receivables.bad_quantity"
    message = _("%(value)s is not possible on this line, of which %(most)s is left. Check the sign "
                "and the quantity.")  # fmt: skip
    field = "quantity"


class NothingLeft(DomainError):
    code = "receivables.nothing_left"
    message = _("Nothing of %(document)s is left for this. Enter a quantity on one of its lines.")
    field = "lines"
    conflict = True
