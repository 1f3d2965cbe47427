"""A document as it is typed: contacts, accounts and codes by number, what is blank by default."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from accounting.receivables.lines import Kind


@dataclass(frozen=True, slots=True)
class TypedItem:
    """A line as typed: product, account, VAT code and cost units by number.

    What is None comes from the product, or else from the customer's terms; a blank VAT code is
    none. ``source`` is the line of an order it bills, ``deposit`` the deposit invoice it deducts,
    both by id.
    """

    kind: str = Kind.ITEM
    product: str = ""
    text: str | None = None
    quantity: Decimal = Decimal(1)
    unit: str | None = None
    price: Decimal | None = None
    discount_percent: Decimal = Decimal(0)
    discount_amount: Decimal = Decimal(0)
    account: str | None = None
    vat_code: str | None = None
    supply_from: dt.date | None = None
    supply_until: dt.date | None = None
    cost_centre: str | None = None
    cost_object: str | None = None
    source: int | None = None
    deposit: int | None = None


@dataclass(frozen=True, slots=True)
class TypedDocument:
    """A document as typed; ``contact`` and ``person`` by id.

    What is None comes from the customer's terms, or else from the company's settings.
    ``exchange_rate`` is the company's currency for one unit of ``currency``; None is the official
    rate of the day, taken when the document is issued.
    """

    kind: str
    contact: int
    date: dt.date
    lines: tuple[TypedItem, ...] = ()
    person: int | None = None
    language: str | None = None
    subject: str = ""
    customer_reference: str = ""
    intro: str | None = None
    closing: str | None = None
    currency: str | None = None
    exchange_rate: Decimal | None = None
    basis: str | None = None
    rounding: str | None = None
    five_centimes: bool | None = None
    discount_percent: Decimal | None = None
    discount_amount: Decimal = Decimal(0)
    supply_from: dt.date | None = None
    supply_until: dt.date | None = None
    valid_until: dt.date | None = None
    net_days: int | None = None
    terms_discount: Decimal | None = None
    terms_discount_days: int | None = None
    instalments: tuple[tuple[Decimal, int], ...] | None = None
    bank_account: int | None = None
    is_deposit: bool = False
    open_amount_on_slip: bool = False
    own_values: dict[str, Any] = field(default_factory=dict)
    follows: int | None = None
