"""What a payment proposal is made of (Zahlungsvorschlag): values, no database."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from accounting.payments.pain.order import SWISS
from accounting.payments.pain.text import fitted
from accounting.payments.payees import Whose
from erp.core.display import told
from erp.core.money import ZERO

MESSAGE: Final = 140  # characters that banks take along


class Why(StrEnum):
    """Why an item is not paid, or what to look at before it is."""

    BLOCKED = "blocked"
    NO_ACCOUNT = "no_account"
    ACCOUNT_WAITS = "account_waits"
    ACCOUNT_REFUSED = "account_refused"
    UNKNOWN_BANK = "unknown_bank"
    BANK_CLOSED = "bank_closed"
    QRR_NEEDED = "qrr_needed"
    BANK_NEEDED = "bank_needed"
    ADDRESS_NEEDED = "address_needed"
    UNWRITABLE = "unwritable"
    IN_RUN = "in_run"
    CREDIT_LEFT = "credit_left"
    LEFT_OUT = "left_out"
    ITEM_CHANGED = "item_changed"
    DETAILS_CHANGED = "details_changed"
    NO_BANK_DAY = "no_bank_day"
    DAY_PAST = "day_past"

    NEW_ACCOUNT = "new_account"
    CHANGED_ACCOUNT = "changed_account"
    BANK_TAKEN_OVER = "bank_taken_over"
    NO_ADDRESS = "no_address"
    NAME_CUT = "name_cut"


SENTENCES: Final[Mapping[Why, Any]] = {
    Why.BLOCKED: _("Blocked: %(reason)s"),
    Why.NO_ACCOUNT: _("No account is known. Give one on the item, or add it to the contact."),
    Why.ACCOUNT_WAITS: _("The account %(account)s is another than before, and waits for the approval of "
                         "a second person."),
    Why.ACCOUNT_REFUSED: _("The account %(account)s was refused. Ask the payee for the right one."),
    Why.UNKNOWN_BANK: _("No bank has the number in the IBAN %(account)s. Ask the payee for the IBAN in force."),
    Why.BANK_CLOSED: _("The bank of %(account)s closed on %(date)s. Ask the payee for another account."),
    Why.QRR_NEEDED: _("%(account)s is a QR-IBAN and needs the QR reference of the bill. Give it on the item."),
    Why.BANK_NEEDED: _("A payment abroad needs the BIC of the payee's bank. Add it."),
    Why.ADDRESS_NEEDED: _("A payment abroad needs town and country of the payee. Add the address."),
    Why.UNWRITABLE: _("Banks cannot write the name %(name)s. Give it in Latin letters on the item."),
    Why.IN_RUN: _("It is in payment run %(number)s already."),
    Why.CREDIT_LEFT: _("The credit is larger than what is paid. Net it by hand, or ask for it back."),
    Why.LEFT_OUT: _("Left out of this run."),
    Why.ITEM_CHANGED: _("%(document)s has %(open)s open by now. Take it out, or change the amount."),
    Why.DETAILS_CHANGED: _("The bank details of %(payee)s were changed since. Take the payment out, and "
                           "propose it again."),
    Why.NO_BANK_DAY: _("On %(date)s banks are closed. Choose %(next)s."),
    Why.DAY_PAST: _("%(date)s has gone by. Choose a day to come."),
    Why.NEW_ACCOUNT: _("First payment to this account."),
    Why.CHANGED_ACCOUNT: _("The account was changed on %(date)s, before that %(before)s."),
    Why.BANK_TAKEN_OVER: _("The bank of this account was taken over; ask the payee for the IBAN in force."),
    Why.NO_ADDRESS: _("The address of the payee is missing; some banks ask for it."),
    Why.NAME_CUT: _("SEPA takes %(most)s characters of a name: the bank gets “%(name)s”."),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Reason:
    """A reason with its figures: a code that stays, and a sentence."""

    why: Why
    values: Mapping[str, Any] = field(default_factory=dict)

    @property
    def code(self) -> str:
        return self.why.value

    def __str__(self) -> str:
        return str(SENTENCES[self.why]) % {name: told(value) for name, value in self.values.items()}


def reason(why: Why, **values: Any) -> Reason:
    return Reason(why, values)


#: The fields of ``Details`` that a payment of a run keeps.
KEPT: Final = ("payee", "street", "house_number", "postcode", "town", "country", "account", "is_iban",
               "bic", "bank", "reference_kind", "reference", "message", "charges")  # fmt: skip
_WRITTEN: Final = {"payee": 140, "street": 70, "house_number": 16, "postcode": 16, "town": 35, "bank": 140,
                   "message": MESSAGE}  # fmt: skip


@dataclass(slots=True)
class Details:
    """To whom and how: see ``models.PayeeFields``. ``by`` gave the bank details last."""

    payee: str
    account: str
    street: str = ""
    house_number: str = ""
    postcode: str = ""
    town: str = ""
    country: str = ""
    is_iban: bool = True
    bic: str = ""
    bank: str = ""
    reference_kind: str = ""
    reference: str = ""
    message: str = ""
    charges: str = ""
    at: dt.datetime | None = None
    by: int | None = None

    @property
    def is_of_one_item(self) -> bool:
        """Whether it names what it pays, so that nothing else may go with it."""
        return bool(self.reference_kind or self.message)

    def kept(self) -> dict[str, Any]:
        """The values of ``KEPT``, texts as banks write them; an address without a town is left out."""
        told = {name: getattr(self, name) for name in KEPT}
        told |= {name: fitted(told[name]).text[:most] for name, most in _WRITTEN.items()}
        if not (told["town"] and told["country"]):
            told |= dict.fromkeys(("street", "house_number", "postcode", "town", "country"), "")
        return told


def way_of(one: Any) -> tuple[Any, ...]:
    """What tells one way to pay from another, of ``Details`` or of a payment of a run.

    The bank of a Swiss IBAN follows from it: it makes no difference whether it is told.
    """
    bank = ("", "") if one.is_iban and one.account[:2] in SWISS else (one.bic, one.bank)
    return (one.payee, one.account, one.is_iban, *bank, one.reference_kind, one.reference)


@dataclass(slots=True)
class Owed:
    """An open item of a creditor, as planning sees it; credit notes are negative."""

    id: int
    contact: int | None
    party: str
    document: str
    due_date: dt.date
    discount_percent: Decimal | None
    discount_until: dt.date | None
    amount: Decimal
    open_amount: Decimal
    blocked: str = ""
    instructed: Details | None = None

    @property
    def whose(self) -> Whose:
        return Whose.of(self.contact, self.party)

    @property
    def called(self) -> str:
        return self.document or self.party


@dataclass(slots=True)
class PlannedItem:
    """What a payment settles of an item; a credit note has negative amounts."""

    owed: Owed
    paid: Decimal
    discount: Decimal = ZERO

    @property
    def rest(self) -> Decimal:
        return self.owed.open_amount - self.paid - self.discount


@dataclass(slots=True)
class PlannedPayment:
    """A payment to one account for one item or several of a creditor."""

    details: Details
    items: list[PlannedItem]
    warnings: tuple[Reason, ...] = ()

    @property
    def amount(self) -> Decimal:
        return sum((one.paid for one in self.items), ZERO)

    @property
    def discount(self) -> Decimal:
        return sum((one.discount for one in self.items), ZERO)

    @property
    def party(self) -> str:
        return self.items[0].owed.party

    @property
    def message(self) -> str:
        """What is told to the payee: what was said, else the documents that it pays."""
        if self.details.message or self.details.reference_kind:
            return self.details.message
        told = ", ".join(one.owed.document for one in self.items if one.owed.document)
        return told if len(told) <= MESSAGE else f"{told[: MESSAGE - 3]}..."


@dataclass(frozen=True, slots=True)
class NotPaid:
    """An item that is not paid, and why."""

    owed: Owed
    why: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Proposal:
    """What would be paid on a day, from one account in one currency."""

    date: dt.date
    until: dt.date
    currency: str
    payments: list[PlannedPayment]
    others: list[NotPaid]
    balance: Decimal | None = None

    @property
    def total(self) -> Decimal:
        return sum((one.amount for one in self.payments), ZERO)

    @property
    def discount(self) -> Decimal:
        return sum((one.discount for one in self.payments), ZERO)

    @property
    def count(self) -> int:
        return sum(len(one.items) for one in self.payments)

    @property
    def left(self) -> Decimal | None:
        """What would be left on the account; None where it is kept in another currency."""
        return None if self.balance is None else self.balance - self.total
