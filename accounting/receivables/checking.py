"""Reading drafts (Belege prüfen): what a document as typed comes to, with all faults and their places."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

from accounting.banking.models import BankAccount
from accounting.ledger.entering import (
    Reader,
)
from accounting.receivables import defaults
from accounting.receivables.amounts import Amounts
from accounting.receivables.checking_lines import Lines
from accounting.receivables.errors import (
    BadInstalments,
    CustomerArchived,
    DepositIsNoInvoice,
    DiscountDaysMissing,
    TooLarge,
    UnknownBankAccount,
    UnknownCustomer,
    UnknownOrigin,
)
from accounting.receivables.models import DocumentLine, SalesDocument
from accounting.receivables.reckoning import amounts_of
from accounting.receivables.splitting import NoRate
from accounting.receivables.typed import TypedDocument
from contacts.models import Contact
from erp.companies.models import Company
from erp.core.errors import DomainError, Refusals
from erp.own_fields import values as own_values
from erp.own_fields.lists import fields_of
from vat.codes.models import CodeKind

MOST_INSTALMENTS = 12
MOST_OF_A_PRICE = Decimal("99999999999.9999")  # and of a quantity
MOST_OF_A_RATE = Decimal(999_999)
MOST_OF_A_TOTAL = Decimal("9999999999999.99")
HUNDRED = Decimal(100)
_SALES = {CodeKind.OUTPUT, CodeKind.DISCOUNT, CodeKind.OTHER}
_Status = SalesDocument.Status


@dataclass(frozen=True, slots=True)
class Draft:
    """A document that is checked and reckoned, but not stored."""

    document: SalesDocument
    lines: list[DocumentLine]
    amounts: Amounts


def drafted(company: Company, typed: TypedDocument) -> Draft:
    """Check and reckon a document as typed. Nothing is written.

    Raises the one refusal found, or ``Refusals`` with all of them; the places of lines read
    ``lines[3].account``, counted from 0.
    """
    return _Reading(company, typed).draft()


def require_room(*amounts: Decimal) -> None:
    """Refuse amounts that no column holds. Raises ``TooLarge``."""
    for amount in amounts:
        if abs(amount) > MOST_OF_A_TOTAL:
            raise TooLarge(value=amount, most=MOST_OF_A_TOTAL)


class _Reading:
    """Reads one document: looks up what it names, and collects what is wrong."""

    def __init__(self, company: Company, typed: TypedDocument) -> None:
        self.company, self.typed = company, typed
        self.reader = Reader(company)
        self.faults: list[DomainError] = []

    def draft(self) -> Draft:
        document = self._head()
        reading = Lines(self.company, self.typed, document, self.terms, self.reader, self.faults)
        lines = [reading.read(nth, item) for nth, item in enumerate(self.typed.lines)]
        self._check_sizes(lines)
        self._settle_faults()
        amounts = amounts_of(document, lines)
        require_room(
            *(told.amount for told in amounts.lines), *(group.lines for group in amounts.groups),
            amounts.net, amounts.vat, amounts.payable,
        )  # fmt: skip
        for line, told in zip(lines, amounts.lines, strict=True):
            line.amount = told.amount
        document.net, document.vat = amounts.net, amounts.vat
        document.payable = amounts.payable
        return Draft(document, lines, amounts)

    def _check_sizes(self, lines: list[DocumentLine]) -> None:
        for nth, line in enumerate(lines):
            for name in ("quantity", "price"):
                if abs(getattr(line, name)) > MOST_OF_A_PRICE:
                    self.faults.append(TooLarge(field=f"lines[{nth}].{name}", value=getattr(line, name),
                                                most=MOST_OF_A_PRICE))  # fmt: skip

    def _settle_faults(self) -> None:
        if len(self.faults) == 1:
            raise self.faults[0]
        if self.faults:
            raise Refusals(self.faults)

    # --- the head -------------------------------------------------------------------------------
    def _head(self) -> SalesDocument:
        typed, settings = self.typed, self.settings
        contact = self._contact(typed.contact, "contact")
        if contact is None:
            self._settle_faults()
            raise AssertionError("a contact that is missing is a fault")
        self.terms = terms = defaults.terms_of(self.company, contact)
        language = typed.language or contact.language
        currency = typed.currency or terms.currency or self.company.currency
        agreed = defaults.payment(terms.payment_terms or settings.payment_terms)
        intro, closing = defaults.texts(self.company, typed.kind, language)
        own_terms = typed.net_days is not None
        five = settings.five_centimes if typed.five_centimes is None else typed.five_centimes
        discount = typed.discount_percent
        if discount is None:
            discount = Decimal(0) if typed.discount_amount else terms.discount_percent
        document = SalesDocument(
            company=self.company, kind=typed.kind, date=typed.date, contact=contact,
            person=self._contact(typed.person, "person"), language=language,
            subject=typed.subject, customer_reference=typed.customer_reference,
            intro=intro if typed.intro is None else typed.intro,
            closing=closing if typed.closing is None else typed.closing,
            currency=currency, exchange_rate=typed.exchange_rate,
            basis=typed.basis or terms.basis or settings.basis,
            rounding=typed.rounding or settings.rounding,
            five_centimes=bool(five) and currency == "CHF",
            discount_percent=discount, discount_amount=typed.discount_amount,
            supply_from=typed.supply_from, supply_until=typed.supply_until,
            valid_until=self._valid_until(), is_deposit=typed.is_deposit,
            net_days=agreed.net_days if typed.net_days is None else typed.net_days,
            terms_discount=typed.terms_discount if own_terms else agreed.discount,
            terms_discount_days=typed.terms_discount_days if own_terms else agreed.discount_days,
            instalments=self._instalments(agreed), own_values=self._own_values(),
            open_amount_on_slip=typed.open_amount_on_slip,
            bank_account=self._bank_account(), follows=self._origin(),
        )  # fmt: skip
        self._check_discount(document)
        if document.is_deposit and document.kind != SalesDocument.Kind.INVOICE:
            self.faults.append(DepositIsNoInvoice())
        rate = document.exchange_rate
        if rate is not None and not 0 < rate <= MOST_OF_A_RATE:
            self.faults.append(NoRate(field="exchange_rate", value=rate))
        self._check_origin(document)
        document.due_date = document.date + dt.timedelta(days=document.net_days)
        return document

    @cached_property
    def settings(self) -> Any:
        return defaults.settings_of(self.company)

    def _contact(self, wanted: int | None, place: str) -> Contact | None:
        if wanted is None:
            return None
        found = Contact.of(self.company).filter(pk=wanted).first()
        if found is None:
            self.faults.append(UnknownCustomer(field=place, value=wanted))
        elif found.archived_at is not None:
            self.faults.append(CustomerArchived(field=place, name=found.name))
        return found

    def _valid_until(self) -> dt.date | None:
        typed = self.typed
        if typed.valid_until is not None or typed.kind != SalesDocument.Kind.OFFER:
            return typed.valid_until
        return typed.date + dt.timedelta(days=self.settings.offer_days)

    def _instalments(self, agreed: defaults.Payment) -> list[list[Any]]:
        parts = self.typed.instalments
        if parts is None:
            parts = () if self.typed.net_days is not None else agreed.instalments
        if not parts:
            return []
        whole = sum((percent for percent, _days in parts), Decimal(0))
        days = [days for _percent, days in parts]
        least = min(percent for percent, _days in parts)
        if (
            whole != HUNDRED
            or least <= 0
            or len(parts) > MOST_INSTALMENTS
            or days != sorted(set(days))
        ):
            self.faults.append(BadInstalments(value=whole))
        return [[f"{percent:f}", days] for percent, days in parts]

    def _check_discount(self, document: SalesDocument) -> None:
        percent, days = document.terms_discount, document.terms_discount_days
        if (percent is None) != (days is None) or (
            percent is not None and days is not None
            and not (0 < percent < HUNDRED and days < document.net_days)
        ):  # fmt: skip
            self.faults.append(DiscountDaysMissing())

    def _bank_account(self) -> BankAccount | None:
        wanted = self.typed.bank_account
        if wanted is None:
            return None
        found = BankAccount.of(self.company).filter(pk=wanted).first()
        if found is None:
            self.faults.append(UnknownBankAccount(value=wanted))
        return found

    def _own_values(self) -> dict[str, Any]:
        """The values of own fields as they are kept; no query where there are none."""
        if not self.typed.own_values:
            return {}
        try:
            fields = fields_of(self.company, SalesDocument.OWN_FIELDS)
            return own_values.checked(fields, self.typed.own_values)
        except Refusals as found:
            self.faults += found.refusals
            return {}

    def _origin(self) -> SalesDocument | None:
        wanted = self.typed.follows
        if wanted is None:
            return None
        rows = SalesDocument.of(self.company).filter(status=_Status.ISSUED)
        found = rows.filter(pk=wanted).first()
        if found is None:
            self.faults.append(UnknownOrigin(value=wanted))
        return found

    def _check_origin(self, document: SalesDocument) -> None:
        """A credit note is of an invoice of the same customer and currency."""
        origin, kinds = document.follows, SalesDocument.Kind
        if document.kind != kinds.CREDIT_NOTE or origin is None:
            return
        same = (origin.contact_id, origin.currency) == (document.contact_id, document.currency)
        if origin.kind != kinds.INVOICE or not same:
            self.faults.append(UnknownOrigin(value=str(origin)))
