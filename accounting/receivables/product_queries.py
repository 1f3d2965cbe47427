"""Questions about products: the list, and what the mask of a document offers."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any, Final

from django.db.models import F, Q, QuerySet, Value
from django.db.models.functions import Coalesce, Lower, NullIf
from django.utils.translation import get_language

from accounting.receivables.models import Product
from accounting.receivables.pricing import Price, both_ways
from accounting.receivables.products import LANGUAGES, NAMES
from erp.companies.models import Company
from vat.codes.queries import is_liable_on, rates_on

PAGE: Final = 50
#: What the list can be ordered by.
ORDERS: Final = {"number": "number", "name": "shown_name", "price": "price"}


def whole(rows: QuerySet[Product]) -> QuerySet[Product]:
    """Products with all that they name, in the same query."""
    return rows.select_related("company", "account", "vat_code", "cost_centre", "cost_object")


def listing(
    company: Company, *, search: str = "", active: bool | None = True, order: str = "number"
) -> QuerySet[Product]:  # fmt: skip
    """Products that meet what is asked; ``active`` None is both. ``order`` is of ``ORDERS``, ``-`` backwards.

    ``search`` are words, each of which is in the number or a name, in any language.
    """
    found = Product.of(company)
    if active is not None:
        found = found.filter(active=active)
    for word in search[:80].split()[:6]:
        names = Q(*((f"{name}__icontains", word) for name in NAMES), _connector=Q.OR)
        found = found.filter(Q(number__icontains=word) | names)
    language = (get_language() or "de")[:2]
    first = [f"name_{language}", *(f"name_{other}" for other in LANGUAGES if other != language)]
    name: Any = Coalesce(*(NullIf(F(one), Value("")) for one in first))
    column, down = ORDERS[order.removeprefix("-")], order.startswith("-")
    place = Lower(column) if column == "shown_name" else F(column)
    found = whole(found.annotate(shown_name=name))
    return found.order_by(place.desc() if down else place.asc(), "number")


def rates(company: Company, on: dt.date) -> dict[str, Decimal]:
    """The VAT rate of each class for this company on a day; none where it is not liable."""
    return rates_on(on) if is_liable_on(company, on) else {}


def price_of(product: Product, rates: dict[str, Decimal]) -> Price:
    """A product's price both ways, by ``rates`` of a day."""
    code = product.vat_code
    rate = rates.get(code.rate_class, Decimal(0)) if code else Decimal(0)
    return both_ways(product.price, basis=product.basis, rate=rate)
