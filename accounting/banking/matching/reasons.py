"""Why a payment and an item belong together, or do not (Begründungen): values with a sentence."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from erp.core.display import told


class Why(StrEnum):
    """A reason; its weight says how much it counts, below zero against."""

    REFERENCE = "reference"
    REFERENCE_IN_TEXT = "reference_in_text"
    DUNNING_LETTER = "dunning_letter"
    DOCUMENT = "document"
    AMOUNT = "amount"
    AMOUNT_LESS_DISCOUNT = "amount_less_discount"
    AMOUNT_OF_SEVERAL = "amount_of_several"
    AMOUNT_OF_LETTER = "amount_of_letter"
    FEES = "fees"
    AMOUNT_ORDERED = "amount_ordered"
    CHARGES = "charges"
    IBAN = "iban"
    IBAN_OF_CONTACT = "iban_of_contact"
    NAME = "name"
    NAME_ALIKE = "name_alike"
    RETURNED = "returned"
    END_TO_END = "end_to_end"
    LETTER_ORDERED = "letter_ordered"
    LETTER_WHOLE = "letter_whole"
    RULE = "rule"
    RULE_TEXT = "rule_text"
    RULE_PARTY = "rule_party"
    RULE_IBAN = "rule_iban"
    RULE_AMOUNT = "rule_amount"
    RULE_DIRECTION = "rule_direction"
    RULE_ACCOUNT = "rule_account"
    BOOKED_SO = "booked_so"
    ORDERED = "ordered"
    AMOUNT_OF_ORDER = "amount_of_order"

    PARTIAL = "partial"
    TOO_MUCH = "too_much"
    DISCOUNT_LATE = "discount_late"
    SEVERAL_FIT = "several_fit"
    SAME_REFERENCE = "same_reference"
    REFERENCE_NOT_VALID = "reference_not_valid"
    OTHER_REFERENCE = "other_reference"
    LESS_SINCE_LETTER = "less_since_letter"
    OTHER_PARTY = "other_party"
    OTHER_CURRENCY = "other_currency"
    NOT_OWED_YET = "not_owed_yet"
    SETTLED = "settled"
    LETTER_SETTLED = "letter_settled"
    UNDONE_BEFORE = "undone_before"
    NOT_TOLD_APART = "not_told_apart"
    BOOKED_OTHERWISE = "booked_otherwise"
    RULE_RIVAL = "rule_rival"
    RULE_ASKS = "rule_asks"
    ITEMS_FIRST = "items_first"
    GOES_BACK = "goes_back"
    SWITCHED_OFF = "switched_off"
    ORDER_DIFFERS = "order_differs"

    @property
    def weight(self) -> int:
        return WEIGHTS[self]


#: From what on somebody is asked; a single hint such as an amount or a name is reached by luck.
LIKELY_FROM: Final = 40

WEIGHTS: Final[Mapping[Why, int]] = {
    Why.REFERENCE: 100,
    Why.REFERENCE_IN_TEXT: 90,
    Why.DUNNING_LETTER: 100,
    Why.DOCUMENT: 60,
    Why.AMOUNT: 40,
    Why.AMOUNT_LESS_DISCOUNT: 40,
    Why.AMOUNT_OF_SEVERAL: 35,
    Why.AMOUNT_OF_LETTER: 40,
    Why.FEES: 0,
    Why.AMOUNT_ORDERED: 40,
    Why.CHARGES: 0,
    Why.IBAN: 35,
    Why.IBAN_OF_CONTACT: 35,
    Why.NAME: 25,
    Why.NAME_ALIKE: 15,
    Why.RETURNED: 60,
    Why.END_TO_END: 60,
    Why.LETTER_SETTLED: -40,
    Why.LETTER_ORDERED: 40,
    Why.LETTER_WHOLE: 10,
    Why.RULE: 100,
    Why.RULE_TEXT: 0,
    Why.RULE_PARTY: 0,
    Why.RULE_IBAN: 0,
    Why.RULE_AMOUNT: 0,
    Why.RULE_DIRECTION: 0,
    Why.RULE_ACCOUNT: 0,
    Why.BOOKED_SO: 40,
    Why.ORDERED: 60,
    Why.AMOUNT_OF_ORDER: 40,
    Why.PARTIAL: -10,
    Why.TOO_MUCH: -15,
    Why.DISCOUNT_LATE: -5,
    Why.SEVERAL_FIT: -20,
    Why.SAME_REFERENCE: -20,
    Why.REFERENCE_NOT_VALID: -5,
    Why.OTHER_REFERENCE: -40,
    Why.LESS_SINCE_LETTER: -10,
    Why.OTHER_PARTY: -20,
    Why.OTHER_CURRENCY: -20,
    Why.NOT_OWED_YET: -60,
    Why.SETTLED: -40,
    Why.UNDONE_BEFORE: 0,
    Why.NOT_TOLD_APART: -10,
    Why.BOOKED_OTHERWISE: -10,
    Why.RULE_RIVAL: -20,
    Why.RULE_ASKS: -1,
    Why.ITEMS_FIRST: -20,
    Why.GOES_BACK: -40,
    Why.SWITCHED_OFF: -1,
    Why.ORDER_DIFFERS: -10,
}

SENTENCES: Final[Mapping[Why, Any]] = {
    Why.REFERENCE: _("The reference is that of %(document)s."),
    Why.REFERENCE_IN_TEXT: _("The text holds the reference of %(document)s."),
    Why.DUNNING_LETTER: _("The reference is that of dunning letter %(number)s."),
    Why.DOCUMENT: _("The text names %(document)s."),
    Why.AMOUNT: _("The amount is what is open."),
    Why.AMOUNT_LESS_DISCOUNT: _("The amount is what is open less %(discount)s discount."),
    Why.AMOUNT_OF_SEVERAL: _("The amount is what %(count)s items have open together."),
    Why.AMOUNT_OF_LETTER: _("The amount is what the letter demands."),
    Why.FEES: _("%(fees)s of it are fee and interest of the letter."),
    Why.AMOUNT_ORDERED: _("%(amount)s %(currency)s were ordered, which is what is open."),
    Why.CHARGES: _("Banks took %(charge)s off on the way."),
    Why.IBAN: _("%(party)s paid from this account before."),
    Why.IBAN_OF_CONTACT: _("The account is kept with the contact %(party)s."),
    Why.NAME: _("The name is the same."),
    Why.NAME_ALIKE: _("The name is alike: %(party)s."),
    Why.LETTER_SETTLED: _("All that dunning letter %(number)s demands is paid already."),
    Why.LETTER_ORDERED: _(
        "%(amount)s %(currency)s were ordered, which is what the letter demands."
    ),
    Why.LETTER_WHOLE: _("All that the letter demands would be settled."),
    Why.RULE: _("Your rule “%(name)s” fits."),
    Why.RULE_TEXT: _("The text contains “%(text)s”."),
    Why.RULE_PARTY: _("The name contains “%(text)s”."),
    Why.RULE_IBAN: _("The account is %(iban)s."),
    Why.RULE_AMOUNT: _("The amount lies within %(least)s and %(most)s."),
    Why.RULE_DIRECTION: _("The direction is the rule's."),
    Why.RULE_ACCOUNT: _("The bank account is the rule's."),
    Why.BOOKED_SO: _("Booked so %(count)s of %(total)s times, last on %(date)s."),
    Why.RETURNED: _("It takes back the payment of %(date)s."),
    Why.END_TO_END: _("The payment's own number (end to end) is the same."),
    Why.ORDERED: _("Payment run %(number)s ordered it, %(count)s of its payments."),
    Why.AMOUNT_OF_ORDER: _("The amount is what was ordered."),
    Why.ORDER_DIFFERS: _("%(ordered)s were ordered."),
    Why.PARTIAL: _("%(rest)s would stay open."),
    Why.TOO_MUCH: _("%(over)s more than is open."),
    Why.DISCOUNT_LATE: _("The discount of %(discount)s could be taken until %(until)s."),
    Why.SEVERAL_FIT: _("%(count)s other items fit as well."),
    Why.SAME_REFERENCE: _("%(count)s other items have the same reference."),
    Why.REFERENCE_NOT_VALID: _("The reference has no valid check digits."),
    Why.OTHER_REFERENCE: _("The payment has another reference."),
    Why.LESS_SINCE_LETTER: _("Less is open now than when the letter was written."),
    Why.OTHER_PARTY: _("The name is another: %(party)s."),
    Why.OTHER_CURRENCY: _("The item is in %(currency)s."),
    Why.NOT_OWED_YET: _("It was not owed before %(date)s."),
    Why.SETTLED: _("It is settled already."),
    Why.UNDONE_BEFORE: _("It was booked before, and undone."),
    Why.NOT_TOLD_APART: _("It stands for %(count)s payments that cannot be told apart."),
    Why.BOOKED_OTHERWISE: _("Booked otherwise %(count)s of %(total)s times."),
    Why.RULE_RIVAL: _("Your rule “%(name)s” fits as well, and books otherwise."),
    Why.RULE_ASKS: _("The rule only proposes."),
    Why.ITEMS_FIRST: _("Open items may be what it pays."),
    Why.GOES_BACK: _("It is a payment that goes back."),
    Why.SWITCHED_OFF: _("This account books nothing by itself."),
}


@dataclass(frozen=True, slots=True)
class Reason:
    """A reason with its figures. Stored it is its code and values, told it is a sentence."""

    why: Why
    values: Mapping[str, Any] = field(default_factory=dict)

    @property
    def speaks_for(self) -> bool:
        return self.why.weight >= 0 and self.why is not Why.UNDONE_BEFORE

    @property
    def sentence(self) -> str:
        return str(SENTENCES[self.why]) % {name: told(value) for name, value in self.values.items()}

    def stored(self) -> list[Any]:
        """As JSON keeps it; amounts and days as they are shown."""
        shown = {
            name: value if isinstance(value, int) else str(told(value))
            for name, value in self.values.items()
        }
        return [self.why.value, shown]


def reason(why: Why, **values: Any) -> Reason:
    return Reason(why, values)


def weighed(reasons: Iterable[Reason]) -> int:
    return sum(WEIGHTS[one.why] for one in reasons)


def restored(rows: Iterable[list[Any]]) -> list[Reason]:
    """Reasons as they were stored; codes that are gone are left out."""
    known = {why.value for why in Why}
    return [Reason(Why(code), values) for code, values in rows if code in known]


def kept(matched: Mapping[str, Any]) -> list[Reason]:
    """The reasons a booked transaction keeps (``BankTransaction.matched``)."""
    rows = [one for payment in matched.get("payments", ()) for one in payment["reasons"]]
    return restored([*rows, *matched.get("reasons", ())])
