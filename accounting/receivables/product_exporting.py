"""Products to take along (Artikel exportieren): files that can be imported again, and a list in print."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from accounting.receivables.models import Product
from accounting.receivables.product_importing import COLUMNS
from accounting.receivables.product_queries import price_of
from accounting.receivables.products import shown
from erp.core import clock
from erp.core.display import swiss_date
from erp.web.export import Table, table


def importable(products: Iterable[Product]) -> Table:
    """The columns that an import reads, for CSV and workbooks."""
    rows = [[_cell(told[name]) for name in COLUMNS] for told in map(shown, products)]
    return table(title=_("Products"), subtitle=swiss_date(clock.today()), head=list(COLUMNS),
                 rows=rows, name="products")  # fmt: skip


def printed(products: Iterable[Product], rates: dict[str, Decimal]) -> Table:
    """The list as people read it, with prices both ways by the ``rates`` of today."""
    rows: list[list[Any]] = []
    for one in products:
        price = price_of(one, rates)
        rows.append([
            one.number, one.name, one.unit, price.net, price.gross,
            one.vat_code.code if one.vat_code else "", one.account.number,
            "" if one.active else _("switched off"),
        ])  # fmt: skip
    head = [_("Number"), _("Name"), _("Unit"), _("excl. VAT"), _("incl. VAT"), _("VAT code"),
            _("Account"), ""]  # fmt: skip
    return table(title=_("Products"), subtitle=swiss_date(clock.today()), head=head, rows=rows,
                 name="products")  # fmt: skip


def _cell(value: Any) -> Any:
    return str(value).lower() if isinstance(value, bool) else value
