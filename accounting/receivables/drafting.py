"""Writing drafts (Belege erfassen): checked whole, with all faults and their places, and reckoned."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property
from typing import Any, Final

from django.db import transaction

from accounting.banking.models import BankAccount
from accounting.ledger.entering import (
    NotLiable,
    Reader,
    UnknownAccount,
    UnknownCostUnit,
    UnknownVatCode,
)
from accounting.ledger.models import Account
from accounting.receivables import defaults
from accounting.receivables.amounts import Amounts
from accounting.receivables.errors import (
    BadInstalments,
    ChangedMeanwhile,
    CustomerArchived,
    DepositIsNoInvoice,
    DiscountDaysMissing,
    NotADraft,
    NotForSales,
    PriceUnknown,
    TooLarge,
    UnknownBankAccount,
    UnknownCustomer,
    UnknownOrigin,
    UnknownProduct,
)
from accounting.receivables.lines import Kind
from accounting.receivables.models import DocumentLine, Product, SalesDocument
from accounting.receivables.reckoning import amounts_of, lawful_rate, method_day
from accounting.receivables.splitting import NoRate
from accounting.receivables.typed import TypedDocument, TypedItem
from contacts.models import Contact
from erp.access.models import User
from erp.audit import trail
from erp.companies.models import Company
from erp.core import clock
from erp.core.errors import DomainError, Refusals
from erp.core.money import to_centimes
from erp.own_fields import values as own_values
from erp.own_fields.lists import fields_of
from vat.codes.breakdown import Basis
from vat.codes.models import CodeKind, VatCode, VatSettings
from vat.codes.queries import exchange_rate

MOST_INSTALMENTS = 12
MOST_OF_A_PRICE = Decimal("99999999999.9999")  # and of a quantity
MOST_OF_A_RATE = Decimal(999_999)
MOST_OF_A_TOTAL = Decimal("9999999999999.99")
HUNDRED = Decimal(100)
_SALES = {CodeKind.OUTPUT, CodeKind.DISCOUNT, CodeKind.OTHER}
_Status = SalesDocument.Status
_NOT_ASKED = object()
#: Rooms above hear that a draft is thrown away, before it is; ``by`` is who does.
before_delete: Final[list[Callable[..., None]]] = []


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
    return _Desk(company, typed).draft()


@transaction.atomic
def save(
    *, company: Company, typed: TypedDocument, by: User, document: SalesDocument | None = None,
    version: int | None = None, status: str = _Status.DRAFT,
) -> SalesDocument:  # fmt: skip
    """Store a draft, new or in the place of ``document``, whose kind and origin stay.

    ``version`` is the one the caller has read: ``ChangedMeanwhile`` where it is not the last.
    ``status`` may make it a pattern. Raises ``NotADraft`` and what ``drafted`` raises.
    """
    before = held(document) if document is not None else None
    if before is not None and before.is_issued:
        raise NotADraft(document=str(before))
    if before is not None and version is not None and before.version != version:
        raise ChangedMeanwhile
    if before is not None:
        typed = replace(typed, kind=before.kind, follows=typed.follows or before.follows_id)
    draft = drafted(company, typed)
    new = draft.document
    new.created_at, new.created_by, new.status = clock.now(), by, status
    if before is not None:
        new.pk, new.status = before.pk, before.status
        new.created_at, new.created_by_id = before.created_at, before.created_by_id
        new.version = before.version + 1
        new._state.adding = False
        DocumentLine.of(company).filter(document=before).delete()
    new.save()
    for line in draft.lines:
        line.document = new
    DocumentLine.unscoped.bulk_create(draft.lines)
    told = trail.values(new, "kind", "contact", "date", "currency", "payable", "subject")
    if before is None:
        trail.record(company=company, by=by, action="document.draft", subject=new,
                     details=trail.filled(told))  # fmt: skip
    elif changed := trail.changes(trail.values(before, *told), told):
        trail.record(company=company, by=by, action="document.change", subject=new,
                     details=changed)  # fmt: skip
    return new


@transaction.atomic
def delete(document: SalesDocument, *, by: User) -> None:
    """Throw a draft away; it never had a number. Raises ``NotADraft``."""
    now = held(document)
    if now.is_issued:
        raise NotADraft(document=str(now))
    trail.record(company=now.company, by=by, action="document.delete", subject=now,
                 details=trail.filled(trail.values(now, "kind", "contact", "date", "payable")))  # fmt: skip
    for hear in before_delete:
        hear(now, by=by)
    DocumentLine.of(now.company_id).filter(document=now).delete()
    now.delete()


def held(document: SalesDocument) -> SalesDocument:
    """The document as it is now, held until the transaction ends."""
    rows = SalesDocument.of(document.company_id)
    found = rows.select_for_update().filter(pk=document.pk).first()
    if found is None:
        raise ChangedMeanwhile
    whole: SalesDocument = rows.select_related(
        "company", "contact", "person", "bank_account", "entry", "file"
    ).get(pk=document.pk)
    return whole


def lines_of(document: SalesDocument) -> list[DocumentLine]:
    """The lines of a document in their order, with what they refer to; one query."""
    rows = DocumentLine.of(document.company_id).filter(document=document)
    related = ("product", "account", "vat_code", "cost_centre", "cost_object", "deposit")
    return list(rows.select_related(*related).order_by("position"))


def is_liable(company: Company, reader: Reader, day: dt.date) -> bool:
    """Whether a company bills VAT on a day."""
    return company.uses("vat") and reader.method_on(day) != VatSettings.Method.NOT_LIABLE


def require_room(*amounts: Decimal) -> None:
    """Refuse amounts that no column holds. Raises ``TooLarge``."""
    for amount in amounts:
        if abs(amount) > MOST_OF_A_TOTAL:
            raise TooLarge(value=amount, most=MOST_OF_A_TOTAL)


class _Desk:
    """Reads one document: looks up what it names, and collects what is wrong."""

    def __init__(self, company: Company, typed: TypedDocument) -> None:
        self.company, self.typed = company, typed
        self.reader = Reader(company)
        self.faults: list[DomainError] = []
        self._official: Any = _NOT_ASKED  # the exchange rate of the day

    def draft(self) -> Draft:
        document = self._head()
        lines = [self._line(document, nth, item) for nth, item in enumerate(self.typed.lines)]
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

    # --- the lines ------------------------------------------------------------------------------
    @cached_property
    def products(self) -> dict[str, Product]:
        wanted = {item.product.strip() for item in self.typed.lines if item.product}
        related = ("account", "vat_code", "cost_centre", "cost_object")
        rows = Product.of(self.company).filter(number__in=wanted).select_related(*related)
        return {product.number: product for product in rows}

    @cached_property
    def _sources(self) -> set[int]:
        wanted = {item.source for item in self.typed.lines if item.source}
        rows = DocumentLine.of(self.company).filter(document__status=_Status.ISSUED)
        return set(rows.filter(pk__in=wanted).values_list("pk", flat=True))

    @cached_property
    def _deposits(self) -> dict[int, str]:
        """The deposits of the customer that went out, with their currencies."""
        wanted = {item.deposit for item in self.typed.lines if item.deposit}
        rows = SalesDocument.of(self.company).filter(
            pk__in=wanted, is_deposit=True, status=_Status.ISSUED, contact=self.typed.contact
        )  # fmt: skip
        return dict(rows.values_list("pk", "currency"))

    def _line(self, document: SalesDocument, nth: int, item: TypedItem) -> DocumentLine:
        place = f"lines[{nth}]"
        if item.kind != Kind.ITEM:
            return DocumentLine(company=self.company, position=nth + 1, kind=item.kind,
                                text=item.text or "", quantity=Decimal(0))  # fmt: skip
        product = self._product(item.product, place)
        line = DocumentLine(
            company=self.company, position=nth + 1, kind=item.kind, product=product,
            text=self._text(item, product, document.language), quantity=item.quantity,
            unit=self._unit(item, product, document.language),
            price=Decimal(0) if item.price is None else item.price,
            discount_percent=item.discount_percent, discount_amount=item.discount_amount,
            account=self._account(item, product, document, place),
            vat_code=self._vat_code(item, product, document, place),
            supply_from=item.supply_from, supply_until=item.supply_until,
            cost_centre=self._unit_of_cost("cost_centre", item, product, place),
            cost_object=self._unit_of_cost("cost_object", item, product, place),
        )  # fmt: skip
        if item.source is not None:
            if item.source not in self._sources:
                self.faults.append(UnknownOrigin(field=f"{place}.source", value=item.source))
            line.source_id = item.source
        if item.deposit is not None:
            if self._deposits.get(item.deposit) != document.currency:
                self.faults.append(UnknownOrigin(field=f"{place}.deposit", value=item.deposit))
            line.deposit_id = item.deposit
        self._rate(document, line, place)
        if item.price is None and product is not None:
            line.price = self._price(product, document, line, place)
        return line

    def _price(
        self, product: Product, document: SalesDocument, line: DocumentLine, place: str
    ) -> Decimal:
        """A product's price in the document's currency, by its rate or that of the day."""
        price = _converted(product, document.basis, line.rate)
        if document.currency == self.company.currency or not price:
            return price
        rate = document.exchange_rate or self._rate_of_day(document)
        if rate is None:
            self.faults.append(PriceUnknown(field=f"{place}.price", product=product.number,
                                            currency=document.currency))  # fmt: skip
            return price
        return to_centimes(price / rate)

    def _rate_of_day(self, document: SalesDocument) -> Decimal | None:
        if self._official is _NOT_ASKED:
            try:
                self._official = exchange_rate(self.company, document.currency, document.date).value
            except DomainError:
                self._official = None
        return self._official

    def _product(self, number: str, place: str) -> Product | None:
        if not number.strip():
            return None
        found = self.products.get(number.strip())
        if found is None:
            self.faults.append(UnknownProduct(field=f"{place}.product", value=number[:40]))
        return found

    def _text(self, item: TypedItem, product: Product | None, language: str) -> str:
        if item.text is not None:
            return item.text
        return product.text_in(language) if product else ""

    def _unit(self, item: TypedItem, product: Product | None, language: str) -> str:
        if item.unit is not None:
            return item.unit
        return product.unit_in(language) if product else ""

    def _account(
        self, item: TypedItem, product: Product | None, document: SalesDocument, place: str
    ) -> Account | None:
        if item.account:
            found = self.reader.accounts.get(item.account.strip())
            if found is None:
                self.faults.append(
                    UnknownAccount(field=f"{place}.account", value=item.account[:20])
                )
            return found
        if document.is_deposit:
            return self.reader.by_purpose.get(Account.Purpose.DEPOSITS_RECEIVED)
        return product.account if product else self.terms.income_account

    def _vat_code(
        self, item: TypedItem, product: Product | None, document: SalesDocument, place: str
    ) -> VatCode | None:
        day = method_day(document)
        liable = is_liable(self.company, self.reader, day)
        if item.vat_code is None:
            code = product.vat_code if product else self.terms.vat_code
            if code is None and item.account:
                account = self.reader.accounts.get(item.account.strip())
                code = account.vat_code if account else None
            return code if liable and (code is None or code.kind in _SALES) else None
        if not item.vat_code.strip():
            return None
        found = self.reader.vat_codes.get(item.vat_code.strip().upper())
        if found is None:
            self.faults.append(UnknownVatCode(field=f"{place}.vat_code", value=item.vat_code[:20]))
        elif found.kind not in _SALES or not found.active:
            self.faults.append(NotForSales(field=f"{place}.vat_code", value=found.code))
        elif not liable:
            self.faults.append(NotLiable(field=f"{place}.vat_code", date=day))
        return found

    def _unit_of_cost(self, what: str, item: TypedItem, product: Product | None, place: str) -> Any:
        typed: str | None = getattr(item, what)
        if typed is None:
            return getattr(product, what) if product else None
        if not typed.strip():
            return None
        found = getattr(self.reader, f"{what}s").get(typed.strip())
        if found is None:
            self.faults.append(UnknownCostUnit(field=f"{place}.{what}", value=typed[:20]))
        return found

    def _rate(self, document: SalesDocument, line: DocumentLine, place: str) -> None:
        try:
            line.rate = lawful_rate(document, line, self.reader)
        except DomainError as refusal:
            refusal.place = f"{place}.{refusal.place or 'supply_from'}"
            self.faults.append(refusal)


def _converted(product: Product, basis: str, rate: Decimal) -> Decimal:
    """A product's price as the document has its prices: with or without VAT."""
    if product.basis == basis or not rate:
        return product.price
    whole = HUNDRED + rate
    if basis == Basis.GROSS:
        return to_centimes(product.price * whole / HUNDRED)
    return (product.price * HUNDRED / whole).quantize(Decimal("0.0001"))
