"""Invoices as data within a PDF file (ZUGFeRD, Factur-X): bytes of XML in, values out.

The syntax is Cross Industry Invoice (UN/CEFACT D16B; ZUGFeRD 1.0 an older one), whose elements are
found in whatever namespace they are declared. What cannot be read is left out and named. Nothing is
fetched, no entity is resolved, no document type is accepted. Source: EN 16931-3-3.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from django.utils.translation import gettext_lazy as _
from lxml import etree

from erp.core.errors import DomainError

#: Names that the standards give to the file within the PDF.
NAMES: Final = frozenset(
    {"factur-x.xml", "zugferd-invoice.xml", "xrechnung.xml", "facturx.xml", "zugferd_invoice.xml"}
)
LARGEST: Final = 5 * 1024 * 1024
CREDIT_NOTES: Final = frozenset({"381", "261", "262", "308", "396"})  # UNTDID 1001
_AMOUNT: Final = re.compile(r"-?[0-9]{1,13}(\.[0-9]{1,6})?", re.ASCII)


class UnreadableInvoice(DomainError):
    code = "capture.unreadable_einvoice"
    message = _("The PDF file holds an invoice as data (%(name)s) that cannot be read. Capture it by hand, beside "
                "the picture.")  # fmt: skip
    field = "einvoice"


@dataclass(frozen=True, slots=True)
class Tax:
    """VAT of one rate, in percent, with its net amount and the tax."""

    rate: Decimal
    base: Decimal
    tax: Decimal | None


@dataclass(frozen=True, slots=True)
class EInvoice:
    """What an invoice says as data; blank or None where it does not. ``total`` is with VAT.

    ``unread`` are the names of elements that are there and could not be understood.
    """

    number: str = ""
    type_code: str = ""
    date: dt.date | None = None
    due_date: dt.date | None = None
    currency: str = ""
    total: Decimal | None = None
    supplier: str = ""
    vat_id: str = ""
    street: str = ""
    postcode: str = ""
    town: str = ""
    country: str = ""
    iban: str = ""
    reference: str = ""
    taxes: tuple[Tax, ...] = ()
    unread: tuple[str, ...] = ()

    @property
    def is_credit_note(self) -> bool:
        return self.type_code in CREDIT_NOTES


def read(content: bytes) -> EInvoice | None:
    """The values of an invoice; None where the bytes are none that is well-formed."""
    if len(content) > LARGEST:
        return None
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False,
        remove_comments=True, remove_pis=True,
    )  # fmt: skip
    try:
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError):
        return None
    if root.getroottree().docinfo.doctype or "CrossIndustry" not in _name(root):
        return None
    return _Reader(root).invoice()


class _Reader:
    """Reads the elements of one invoice, and remembers what it could not understand."""

    def __init__(self, root: Any) -> None:
        self._root = root
        self._unread: list[str] = []

    def invoice(self) -> EInvoice:
        head = (
            ("ExchangedDocument",)
            if self._at("ExchangedDocument") is not None
            else ("HeaderExchangedDocument",)
        )
        seller = ("SellerTradeParty",)
        address = (*seller, "PostalTradeAddress")
        values: dict[str, Any] = {
            "number": self._text(*head, "ID"),
            "type_code": self._text(*head, "TypeCode"),
            "date": self._day(*head, "IssueDateTime", "DateTimeString"),
            "due_date": self._day("SpecifiedTradePaymentTerms", "DueDateDateTime", "DateTimeString"),
            "currency": self._text("InvoiceCurrencyCode")[:3].upper(),
            "total": self._amount(self._sums(), "GrandTotalAmount"),
            "supplier": self._text(*seller, "Name"),
            "vat_id": self._vat_id(),
            "street": self._text(*address, "LineOne"),
            "postcode": self._text(*address, "PostcodeCode"),
            "town": self._text(*address, "CityName"),
            "country": self._text(*address, "CountryID")[:2].upper(),
            "iban": re.sub(r"\s", "", self._text("PayeePartyCreditorFinancialAccount", "IBANID")).upper(),
            "reference": self._text("PaymentReference"),
            "taxes": self._taxes(),
        }  # fmt: skip
        return EInvoice(**values, unread=tuple(self._unread))

    def _sums(self) -> Any:
        found = self._at("SpecifiedTradeSettlementHeaderMonetarySummation")
        return self._at("SpecifiedTradeSettlementMonetarySummation") if found is None else found

    def _at(self, *path: str, within: Any = None) -> Any:
        """The first element of a path: its first step anywhere below, each other one a child."""
        place = self._root if within is None else within
        found = place.find(f".//{{*}}{path[0]}")
        for step in path[1:]:
            if found is None:
                return None
            found = found.find(f"{{*}}{step}")
        return found

    def _text(self, *path: str, within: Any = None) -> str:
        found = self._at(*path, within=within)
        text = "" if found is None or found.text is None else found.text
        return " ".join(text.split())[:140]

    def _day(self, *path: str) -> dt.date | None:
        found = self._at(*path)
        text = self._text(*path)
        if not text:
            return None
        try:
            if found.get("format", "102") == "102" and re.fullmatch(r"[0-9]{8}", text, re.ASCII):
                return dt.date(int(text[:4]), int(text[4:6]), int(text[6:]))
        except ValueError:
            pass
        self._unread.append(path[-2])
        return None

    def _amount(self, place: Any, name: str) -> Decimal | None:
        text = "" if place is None else self._text(name, within=place)
        if not text:
            return None
        if not _AMOUNT.fullmatch(text):
            self._unread.append(name)
            return None
        return Decimal(text)

    def _vat_id(self) -> str:
        party = self._at("SellerTradeParty")
        rows = [] if party is None else party.iterfind("{*}SpecifiedTaxRegistration/{*}ID")
        found = {one.get("schemeID", ""): (one.text or "").strip() for one in rows}
        return (found.get("VA") or next(iter(found.values()), ""))[:40]

    def _taxes(self) -> tuple[Tax, ...]:
        settlement = self._at("ApplicableHeaderTradeSettlement")
        if settlement is None:
            settlement = self._at("ApplicableSupplyChainTradeSettlement")
        rows = [] if settlement is None else settlement.iterfind("{*}ApplicableTradeTax")
        found = []
        for row in rows:
            rate = self._amount(row, "RateApplicablePercent")
            rate = self._amount(row, "ApplicablePercent") if rate is None else rate
            base = self._amount(row, "BasisAmount")
            if base is not None:
                found.append(Tax(rate or Decimal(0), base, self._amount(row, "CalculatedAmount")))
        return tuple(found)


def _name(element: Any) -> str:
    return str(element.tag).rpartition("}")[2]
