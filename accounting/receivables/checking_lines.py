"""Reading the lines of a draft (Positionen): what product, terms and account say where a line is blank."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from functools import cached_property
from typing import Any

from accounting.ledger.entering import (
    NoPlaceForVat,
    NotLiable,
    Reader,
    UnknownAccount,
    UnknownCostUnit,
    UnknownVatCode,
)
from accounting.ledger.models import Account
from accounting.receivables.errors import (
    NotForSales,
    PriceUnknown,
    UnknownOrigin,
    UnknownProduct,
)
from accounting.receivables.lines import Kind
from accounting.receivables.models import DocumentLine, Product, SalesDocument
from accounting.receivables.reckoning import lawful_rate, method_day
from accounting.receivables.typed import TypedDocument, TypedItem
from accounting.terms.models import CustomerTerms
from erp.companies.models import Company
from erp.core.errors import DomainError
from erp.core.money import to_centimes
from vat.codes.breakdown import Basis
from vat.codes.models import CodeKind, VatCode, VatSettings
from vat.codes.queries import exchange_rate

HUNDRED = Decimal(100)
_SALES = {CodeKind.OUTPUT, CodeKind.DISCOUNT, CodeKind.OTHER}
_Status = SalesDocument.Status
_NOT_ASKED = object()


class Lines:
    """Reads the lines of one document; what is wrong joins ``faults``."""

    def __init__(
        self, company: Company, typed: TypedDocument, document: SalesDocument, terms: CustomerTerms,
        reader: Reader, faults: list[DomainError],
    ) -> None:  # fmt: skip
        self.company, self.typed, self.document = company, typed, document
        self.terms, self.reader, self.faults = terms, reader, faults
        self._official: Any = _NOT_ASKED  # the exchange rate of the day

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

    def read(self, nth: int, item: TypedItem) -> DocumentLine:
        """The line at a place, counted from 0."""
        document, place = self.document, f"lines[{nth}]"
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
        account = self.reader.accounts.get((item.account or "").strip())
        if item.vat_code is None:
            if account is not None and account.only_pays:
                return None
            code = product.vat_code if product else self.terms.vat_code
            if code is None and item.account:
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
        elif account is not None and account.only_pays:
            self.faults.append(
                NoPlaceForVat(field=f"{place}.vat_code", value=found.code, account=account)
            )
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


def is_liable(company: Company, reader: Reader, day: dt.date) -> bool:
    """Whether a company bills VAT on a day."""
    return company.uses("vat") and reader.method_on(day) != VatSettings.Method.NOT_LIABLE
