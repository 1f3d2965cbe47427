"""A supplier's invoice as it is typed: accounts and codes by number, what is None by default."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal

from accounting.payables.models import SupplierInvoice


@dataclass(frozen=True, slots=True)
class TypedLine:
    """A line as typed. ``account`` and ``vat_code`` that are None come from the supplier's terms or
    the account; a blank VAT code is none. ``deposit`` is the deposit invoice it takes off, by id."""

    amount: Decimal
    text: str = ""
    account: str | None = None
    vat_code: str | None = None
    vat_amount: Decimal | None = None
    supply_from: dt.date | None = None
    supply_until: dt.date | None = None
    cost_centre: str | None = None
    cost_object: str | None = None
    spread: str = ""
    deposit: int | None = None


@dataclass(frozen=True, slots=True)
class Payment:
    """How an invoice is to be paid, as far as it says so; else as the supplier's contact says.

    ``payee`` is a structured address: name, street, house_no, postcode, town, country.
    """

    iban: str = ""
    reference: str = ""
    message: str = ""
    payee: dict[str, str] = field(default_factory=dict)
    blocked: str = ""


@dataclass(frozen=True, slots=True)
class TypedInvoice:
    """An invoice or credit note as typed; ``contact`` by id.

    ``payable`` is the total as it stands on the bill; None is what the lines come to.
    ``exchange_rate`` is the company's currency for one unit of ``currency``; None is the official
    rate of the day. Days to pay and discounts that are None come from the supplier's terms;
    ``due_date`` has its say before them.
    """

    contact: int
    date: dt.date
    lines: tuple[TypedLine, ...] = ()
    kind: str = SupplierInvoice.Kind.INVOICE
    number: str = ""
    booked_on: dt.date | None = None
    due_date: dt.date | None = None
    subject: str = ""
    currency: str | None = None
    exchange_rate: Decimal | None = None
    basis: str | None = None
    payable: Decimal | None = None
    supply_from: dt.date | None = None
    supply_until: dt.date | None = None
    net_days: int | None = None
    terms_discount: Decimal | None = None
    terms_discount_days: int | None = None
    instalments: tuple[tuple[Decimal, int], ...] | None = None
    payment: Payment = field(default_factory=Payment)
    is_deposit: bool = False
    duplicate_confirmed: bool = False
    follows: int | None = None
    file: int | None = None
